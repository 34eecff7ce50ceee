"""dumb-init as the init of the engine itself, in the place of tini and catatonit: `run --init`, and the pause container of a pod.

The engines here are asked for `--init` each time, with an image whose ENTRYPOINT is passed over: PID 1 is the program that the engine's
`init-path` names. So all scenarios are asked of it, beside those below.
"""
import atexit
import json
import os
import shutil
import subprocess

from engines import DEADLINE, ENGINES, INIT, Docker, Podman, check, children_of, status_of, wait_until
from images import build
from scenarios import is_status, running, scenario

TITLE = 'As the engine’s own init'
BINARY = f'{ENGINES}/context/dumb-init'


class ByItself:
    """For docker and podman: --init instead of the image's ENTRYPOINT."""
    reasons = {
        'shield': 'there is an init always: it is asked of the same engine without `--init`',
        'own_init': 'it is the engine’s `--init` itself',
        'images': 'it is about images, which are the same',
        'crowd': 'it is asked of the same engine without `--init`',
    }

    def builder(self):
        return Docker() if isinstance(self, Docker) else Podman()

    def options(self, command, image, init, how):
        return super().options(command, image, () if init is INIT else init, {**how, 'own_init': True})


class PodmanInit(ByItself, Podman):
    can = Podman.can - {'kube', 'pod', 'shield', 'own_init', 'images'} | {'init_path'}
    SETTINGS = '/run/own-init.conf'
    helper = '/run/podman-init'

    def __init__(self):
        super().__init__()
        self.name = 'podman, its init'
        self.program = ('env', f'CONTAINERS_CONF_OVERRIDE={self.SETTINGS}', *self.program)

    def prepare(self):
        with open(self.SETTINGS, 'w') as file:
            file.write(f'[containers]\ninit_path = "{BINARY}"\n')


class DockerInit(ByItself, Docker):
    """A second dockerd, with its own of everything."""
    can = Docker.can - {'shield', 'own_init', 'images', 'crowd'} | {'init_path'}
    FOLDER = f'{ENGINES}/docker-init'
    SOCKET = 'unix:///run/docker-init.sock'
    helper = '/sbin/docker-init'

    def __init__(self):
        super().__init__()
        self.name = 'docker, its init'
        self.program = ('docker', '--host', self.SOCKET)
        self.daemon = None

    def prepare(self):
        shutil.rmtree(self.FOLDER, ignore_errors=True)
        os.makedirs(self.FOLDER)
        with open('/etc/docker/daemon.json') as first, open(f'{self.FOLDER}/daemon.json', 'w') as second:
            json.dump({'default-ulimits': json.load(first)['default-ulimits']}, second)
        with open(f'{self.FOLDER}/log', 'w') as log:
            self.daemon = subprocess.Popen(
                ('dockerd', f'--config-file={self.FOLDER}/daemon.json', f'--init-path={BINARY}', f'--host={self.SOCKET}',
                 f'--data-root={self.FOLDER}/data', '--exec-root=/run/docker-init', '--pidfile=/run/docker-init.pid',
                 '--storage-driver=overlay2', '--bridge=none', '--iptables=false', '--ip6tables=false'), stdout=log, stderr=log)
        atexit.register(self.end)
        wait_until(lambda: self.daemon.poll() is not None or subprocess.run(
            (*self.program, 'version'), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0, 'the second dockerd')
        check(self.daemon.poll() is None, 'the second dockerd has ended')
        subprocess.run(f'docker save {self.image("deb")} {self.image("scratch")} | docker --host {self.SOCKET} load', shell=True, check=True,
                       stdout=subprocess.DEVNULL)

    def end(self):
        self.daemon.terminate()
        self.daemon.wait(timeout=DEADLINE)
        shutil.rmtree(self.FOLDER, ignore_errors=True)


@scenario('as the engine’s own init: it is what the engine runs', 'init_path')
def is_the_init(engine):
    status, output = engine.run(('sh', '-c', f'tr "\\0" "|" </proc/1/cmdline; echo; {engine.helper} --version'))
    check(output.startswith(f'{engine.helper}|--|sh|-c|'), f'another command line: {output}')
    check('\ndumb-init v2.' in output, f'another program: {output}')
    is_status(status, 0)


@scenario('as the engine’s own init: with dumb-init below it, too', 'init_path', 'stop')
def nested(engine):
    with running(engine, 'dumb-init', '--wait', '--', 'child', 'leave', 'daemon', '+', 'take', 'left', '15', '+', 'exit', '3', '--',
                 'signals', '15') as container:
        container.wait_for('ready')
        status = container.stop()
        check('left 15 from ' in container.output(), container.output())
        is_status(status, 0)


# ---- pods ----

PAUSE = 'localhost/my-pause:1'


class pod:
    """A pod with our own pause container, for the time of a `with`."""
    name = 'dumb-init-pod'

    def __init__(self, engine, share='pid,ipc,uts'):
        folder = f'{ENGINES}/pause'
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        shutil.copy(BINARY, folder)
        with open(f'{folder}/Dockerfile', 'w') as file:
            file.write('FROM scratch\nCOPY dumb-init /dumb-init\nENTRYPOINT ["/dumb-init", "--pause", "--warn-on-reap"]\n')
        build(engine, folder, PAUSE, context=folder)
        self.engine, self.share = engine, share

    def __enter__(self):
        self.engine.tell('pod', 'create', '--name', self.name, '--network', 'none', '--share', self.share, '--infra-image', PAUSE)
        return self

    def __exit__(self, *unused):
        subprocess.run((*self.engine.program, 'pod', 'rm', '--force', '--time', '0', self.name), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def pause(self):
        return self.engine.tell('pod', 'inspect', '--format', '{{.InfraContainerID}}', self.name)

    def log(self):
        """What the pause container has said."""
        return subprocess.run((*self.engine.program, 'logs', self.pause()), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout

    def status(self):
        """Of the pause container, once it has ended."""
        pause = self.pause()
        wait_until(lambda: self.engine.inspect(pause, '.State.Running') == 'false', 'the end of the pause container')
        return int(self.engine.inspect(pause, '.State.ExitCode'))


@scenario('as the pause container of a pod: its stop is at once, with 0', 'pod')
def pause_stops(engine):
    with pod(engine) as a_pod:
        engine.tell('pod', 'start', a_pod.name)
        engine.tell('pod', 'stop', '--time', '600', a_pod.name)
        is_status(a_pod.status(), 0)


@scenario('as the pause container of a pod: it is PID 1, and reaps the orphans of all containers', 'pod')
def pause_reaps(engine):
    with pod(engine) as a_pod:
        how = {'init': (), 'flags': ('--pod', a_pod.name), 'network': None}
        with running(engine, 'child', 'orphans', '3', '9', '--', 'ready', '--', 'wait', **how) as first, \
                running(engine, 'child', 'orphans', '2', '9', '--', 'ready', '--', 'wait', **how) as second:
            init = engine.init_pid(a_pod.pause())
            check(status_of(init)['NSpid'].split()[-1] == '1', 'it is not PID 1')
            for container in (first, second):
                check(status_of(engine.init_pid(container))['NSpid'].split()[-1] != '1', 'the container has a PID namespace of its own')
            wait_until(lambda: a_pod.log().count(' reaped: ') == 5, 'five orphans')
            wait_until(lambda: not children_of(init), 'the end of the orphans')
            for container in (first, second):
                is_status(container.stop(), 143)
        engine.tell('pod', 'stop', '--time', '600', a_pod.name)
        is_status(a_pod.status(), 0)


@scenario('as the pause container of a pod: containers with dumb-init have PID namespaces of their own', 'pod')
def pause_only(engine):
    with pod(engine, share='ipc,uts') as a_pod:
        with running(engine, 'child', 'ready', '--', 'wait', flags=('--pod', a_pod.name), network=None) as container:
            engine.tell('pod', 'stop', '--time', '600', a_pod.name)
            is_status(container.wait(), 143)
            is_status(a_pod.status(), 0)
