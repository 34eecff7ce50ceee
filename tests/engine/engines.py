"""The container engines that the scenarios are run in: one interface, a class for each kind of engine.

An engine starts containers from an image (see images.py): start() gives back a Container, whose output can be waited for line by line,
and which can be signalled, stopped and waited for. What an engine cannot be asked for is not in its `can`.
"""
import json
import os
import queue
import re
import shutil
import signal
import subprocess
import threading
import time

import pexpect

DEADLINE = 60  # seconds until something that was waited for counts as failed; nothing is measured against it
ENGINES = '/engines'  # see sandbox
INIT = ('dumb-init', '--')  # the images' own ENTRYPOINT: what stands before the command where nothing else is asked for
ENTRYPOINTS = {'scratch': ('/dumb-init', '--')}
HARDENED = frozenset({'read_only', 'user', 'drop_capabilities', 'no_new_privileges'})
# What Linux does by itself, and gVisor's kernel may not: the kernel gives PID 1 no signal without a handler; there are real-time signals;
# /proc/PID/status has the line NoNewPrivs; the out-of-memory killer takes one process; a new session can have the container's terminal.
LINUX = frozenset({'shield', 'real_time', 'privileges_line', 'out_of_memory', 'terminal_sessions'})


class Failed(Exception):
    """Something was not as it has to be; the message says what."""


def check(condition, message):
    if not condition:
        raise Failed(message)


def output_of(*words, **arguments):
    """What a command of an engine prints; raises where it fails."""
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=4 * DEADLINE,
                          stdin=subprocess.DEVNULL, **arguments)
    check(done.returncode == 0, f'{" ".join(words)}: exit status {done.returncode}: {done.stderr.strip() or done.stdout.strip()}')
    return done.stdout.strip()


def wait_until(question, what):
    """Asks until the answer is true and gives it back."""
    deadline = time.monotonic() + DEADLINE
    while not (answer := question()):
        check(time.monotonic() < deadline, f'waited in vain for {what}')
        time.sleep(0.02)
    return answer


def children_of(pid):
    try:
        with open(f'/proc/{pid}/task/{pid}/children') as file:
            return [int(word) for word in file.read().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def status_of(pid):
    """The fields of /proc/PID/status, or {} where there is no such process."""
    try:
        with open(f'/proc/{pid}/status') as file:
            return dict(line.rstrip('\n').split(':\t', 1) for line in file if ':\t' in line)
    except (FileNotFoundError, ProcessLookupError):
        return {}


class Container:
    """A container that runs in the foreground of its engine's program, which ends with the container's exit status."""

    def __init__(self, engine, name, words):
        self.engine, self.name = engine, name
        self.lines = []
        self.new_lines = queue.Queue()
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                        errors='replace', process_group=0)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.new_lines.put(line.rstrip('\r\n'))
        self.new_lines.put(None)

    def wait_for(self, pattern):
        """Reads lines until one has the pattern in it; gives back the match."""
        deadline = time.monotonic() + DEADLINE
        while True:
            try:
                line = self.new_lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                line = None
            check(line is not None, f'no line is like {pattern!r}; there were: {self.lines[-12:]}')
            self.lines.append(line)
            if match := re.search(pattern, line):
                return match

    def wait(self):
        """Until its end, and that of its output; gives back the exit status."""
        try:
            status = self.process.wait(timeout=DEADLINE)
        except subprocess.TimeoutExpired:
            raise Failed(f'it did not end; there were: {self.lines[-12:]}') from None
        while (line := self.new_lines.get(timeout=DEADLINE)) is not None:
            self.lines.append(line)
        return status if status >= 0 else 128 - status

    def output(self):
        return '\n'.join(self.lines)

    def signal(self, number):
        self.engine.signal(self, number)

    def stop(self, timeout=DEADLINE):
        """As the engine's own stop does it; gives back the exit status."""
        self.engine.stop(self, timeout)
        return self.wait()

    def init_pid(self):
        """PID 1 of the container, as it is called here."""
        return self.engine.init_pid(self)

    def remove(self):
        if self.process.poll() is None:
            self.engine.kill(self)
            try:
                self.process.wait(timeout=DEADLINE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.engine.remove(self)


class Terminal:
    """A container at a terminal: what is typed, and what is on the screen."""

    def __init__(self, words):
        self.child = pexpect.spawn(words[0], list(words[1:]), encoding='utf-8', codec_errors='replace', timeout=DEADLINE, dimensions=(24, 80))

    def expect(self, pattern):
        try:
            self.child.expect(pattern)
        except (pexpect.TIMEOUT, pexpect.EOF) as reason:
            raise Failed(f'{type(reason).__name__} and not {pattern!r} on the screen: {self.child.before!r}') from None
        return self.child.match

    def type(self, text):
        self.child.send(text)

    def resize(self, rows, columns):
        self.child.setwinsize(rows, columns)

    def end(self):
        """Waits for the end; gives back the exit status."""
        self.expect(pexpect.EOF)
        self.child.close()
        return self.child.exitstatus if self.child.exitstatus is not None else 128 + self.child.signalstatus

    def kill(self):
        self.child.close(force=True)


class Engine:
    can = frozenset()
    reasons = {}  # for words that are not in `can`: why, where it is not the same for all engines (run.py)
    kind = Container
    full = False  # what takes longer is asked for, too
    number = 0

    def __init__(self, name):
        self.name = name

    def new_name(self):
        Engine.number += 1
        return f'dumb-init-{Engine.number}'

    def start(self, command, image='deb', init=INIT, **how):
        """Starts a container; `how` are words of `can`. `init` is what stands before the command: () is none at all."""
        unknown = set(how) - self.can
        check(not unknown, f'{self.name} cannot {unknown}')
        name = self.new_name()
        if init is INIT and not isinstance(self, Cli):
            init = ENTRYPOINTS.get(image, INIT)
        return self.kind(self, name, self.words(name, command, image, init, how))

    def run(self, command, **how):
        """A container from start to end; gives it back with its exit status."""
        container = self.start(command, **how)
        try:
            status = container.wait()
        finally:
            container.remove()
        return status, container.output()

    def remove(self, container):
        pass

    def kill(self, container):
        self.signal(container, signal.SIGKILL)


class Cli(Engine):
    """docker and podman: the same command line, with little differences."""
    can = HARDENED | LINUX | {'environment', 'memory', 'pids', 'seccomp', 'stop_signal', 'stop_timeout', 'own_init', 'restart', 'health', 'terminal',
                      'exec', 'attach', 'stop', 'logs', 'detach', 'name', 'volume', 'pid', 'network', 'flags', 'signal', 'images',
                      'pause', 'scratch'}

    def __init__(self, name, program, runtime=None, before=()):
        super().__init__(name)
        self.before = tuple(before)
        self.program = self.before + tuple(program)
        self.runtime = runtime

    def builder(self):
        """The engine that makes its images."""
        return self

    def image(self, name):
        return f'localhost/dumb-init-test:{name}'

    def options(self, command, image, init, how):
        words = []
        simple = {'read_only': ('--read-only',), 'drop_capabilities': ('--cap-drop', 'ALL'),
                  'no_new_privileges': ('--security-opt', 'no-new-privileges'), 'own_init': ('--init',), 'terminal': ('--interactive', '--tty')}
        valued = {'user': '--user', 'pids': '--pids-limit', 'stop_signal': '--stop-signal', 'stop_timeout': '--stop-timeout', 'restart': '--restart',
                  'memory': '--memory', 'volume': '--volume', 'pid': '--pid'}
        for word, value in how.items():
            if word in simple and value:
                words += simple[word]
            elif word in valued:
                words += (valued[word], str(value))
        for variable, value in how.get('environment', {}).items():
            words += ('--env', f'{variable}={value}')
        if 'seccomp' in how:
            words += ('--security-opt', f'seccomp={how["seccomp"]}')
        if 'health' in how:
            words += ('--health-cmd', how['health'], '--health-interval', '1s', '--health-timeout', '30s')
        if how.get('network', 'none'):
            words += ('--network', how.get('network', 'none'))
        words += how.get('flags', ())
        if init is not INIT:
            words += ('--entrypoint', (init or command)[0])
            command = (*init, *command)[1:]
        return (*words, self.image(image) if ':' not in image else image, *command)

    def _run(self):
        return (*self.program, 'run', '--pull=never') + (('--runtime', self.runtime) if self.runtime and 'docker' in self.program else ())

    def words(self, name, command, image, init, how):
        return (*self._run(), '--sig-proxy=false', '--name', name, *self.options(command, image, init, how))

    def start_detached(self, command, image='deb', init=INIT, **how):
        """Gives back the container's name."""
        name = how.pop('name', None) or self.new_name()
        self.tell(*self._run()[len(self.program):], '--detach', '--name', name, *self.options(command, image, init, how))
        return name

    def terminal(self, command, image='deb', init=INIT, **how):
        """Gives back the Terminal and the container's name."""
        name = self.new_name()
        return Terminal((*self._run(), '--name', name, *self.options(command, image, init, {**how, 'terminal': True}))), name

    def tell(self, *words):
        """A command of the engine's, such as tell('stop', name); gives back what it prints."""
        return output_of(*self.program, *words)

    def signal(self, container, number):
        self.tell('kill', '--signal', str(int(number)), container.name)

    def stop(self, container, timeout):
        self.tell('stop', '--time', str(timeout), container.name)

    def inspect(self, name, field):
        return self.tell('inspect', '--format', '{{' + field + '}}', name)

    def init_pid(self, container):
        return int(self.inspect(getattr(container, 'name', container), '.State.Pid'))

    def forget(self, name):
        at_once = ('--time', '0') if 'podman' in self.program else ()  # docker rm waits for nothing
        subprocess.run((*self.program, 'rm', '--force', '--volumes', *at_once, name), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       timeout=4 * DEADLINE)

    def remove(self, container):
        self.forget(container.name)

    def kill(self, container):
        self.forget(container.name)


class Docker(Cli):
    can = Cli.can | {'crowd'}
    crowd = 50

    def __init__(self, runtime='runc'):
        super().__init__('docker' if runtime == 'runc' else f'docker, {runtime}', ('docker',), runtime)


class GVisor(Docker):
    """Docker with gVisor, whose kernel is a program: what follows is about gVisor itself, with any init or none."""
    reasons = {
        'shield': 'its PID 1 dies of SIGTERM like any other process, so that the stop without an init ends at once, too',
        'real_time': '`runsc kill` knows no signal past 31',
        'privileges_line': 'its /proc/PID/status has no line NoNewPrivs; the scenario “all of these at once” has the option',
        'seccomp': 'Docker’s filter is not put on what runs in it: gVisor has one of its own, around all of it',
        'out_of_memory': 'the limit holds for all of gVisor, and the killer takes all of it, the init too',
        'pids': 'the limit counts gVisor’s own threads: it does not start then',
        'terminal_sessions': 'a session that begins in it cannot have the terminal that Docker gives it: use `-c`, as the row below does',
        'crowd': 'each container has a kernel of its own, which is not what is measured',
    }
    can = Docker.can - frozenset(reasons)

    def __init__(self):
        super().__init__('runsc')
        self.name = 'docker, gVisor'


class Podman(Cli):
    can = Cli.can | {'kube', 'pod'}

    def __init__(self, runtime='crun'):
        super().__init__('podman' if runtime == 'crun' else f'podman, {runtime}', ('podman', '--runtime', runtime), runtime)


class RootlessPodman(Cli):
    """As a user without any rights of root's: in cgroup v1 that one cannot limit memory or processes, nor pause."""
    UID = 2000
    reasons = dict.fromkeys(('memory', 'pids', 'pause'), 'in cgroup v1 a user without root’s rights has no cgroup to limit or freeze')
    can = Cli.can - frozenset(reasons)

    def __init__(self):
        home = f'{ENGINES}/rootless'
        self.environment = {
            'PATH': os.environ['PATH'], 'HOME': home, 'USER': 'tester', 'LC_ALL': 'C.UTF-8', 'XDG_RUNTIME_DIR': f'/run/user/{self.UID}',
            'PODMAN_IGNORE_CGROUPSV1_WARNING': '1', 'CONTAINERS_STORAGE_CONF': '/run/rootless-storage.conf',
        }
        super().__init__('podman, rootless', ('podman',), None, (
            'setpriv', f'--reuid={self.UID}', f'--regid={self.UID}', '--clear-groups',
            'env', '-i', '-C', '/tmp', *(f'{name}={value}' for name, value in self.environment.items())))

    def prepare(self):
        """The user, with numbers to give to containers."""
        for path, line in (('/etc/passwd', f'tester:x:{self.UID}:{self.UID}::{ENGINES}/rootless:/bin/sh'),
                           ('/etc/group', f'tester:x:{self.UID}:'), ('/etc/subuid', 'tester:300000:65536'),
                           ('/etc/subgid', 'tester:300000:65536')):
            with open(path, 'a') as file:
                file.write(line + '\n')
        for path in (f'{ENGINES}/rootless', f'/run/user/{self.UID}'):
            os.makedirs(path, exist_ok=True)
            os.chown(path, self.UID, self.UID)
            os.chmod(path, 0o700)
        with open('/run/rootless-storage.conf', 'w') as file:
            file.write(f'[storage]\ndriver = "overlay"\ngraphroot = "{ENGINES}/rootless/storage"\nrunroot = "/run/user/{self.UID}/containers"\n')


class Oci(Engine):
    """An OCI runtime by itself: a bundle made by hand, of the same root folder as the images."""
    can = HARDENED | LINUX | {'environment', 'memory', 'pids', 'signal', 'scratch', 'crowd', 'folder'}
    crowd = 200  # containers at once; see crowd.py

    def __init__(self, name, *program):
        super().__init__(name)
        self.program = program or (name,)
        self.bundles = f'/run/bundles-{name}'

    def words(self, name, command, image, init, how):
        bundle = f'{self.bundles}/{name}'
        os.makedirs(bundle)
        output_of('runc', 'spec', cwd=bundle)
        path = f'{bundle}/config.json'
        with open(path) as file:
            config = json.load(file)
        process = config['process']
        process['terminal'] = False
        process['args'] = [*init, *command]
        process.pop('rlimits', None)
        process['env'] = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'] + [f'{key}={value}' for key, value in how.get('environment', {}).items()]
        process['noNewPrivileges'] = bool(how.get('no_new_privileges'))
        if 'user' in how:
            process['user'] = {'uid': how['user'], 'gid': how['user']}
        if how.get('drop_capabilities'):
            process['capabilities'] = {}
        config['root'] = {'path': f'{ENGINES}/roots/{image}', 'readonly': bool(how.get('read_only'))}
        resources = config['linux'].setdefault('resources', {})
        if 'memory' in how:
            resources['memory'] = {'limit': how['memory']}
        if 'pids' in how:
            resources['pids'] = {'limit': how['pids']}
        config['linux']['cgroupsPath'] = f'/{name}'
        with open(path, 'w') as file:
            json.dump(config, file)
        return (*self.program, 'run', '--bundle', bundle, name)

    def signal(self, container, number):
        output_of(*self.program, 'kill', container.name, str(int(number)))

    def init_pid(self, container):
        return json.loads(output_of(*self.program, 'state', container.name))['pid']

    def remove(self, container):
        subprocess.run((*self.program, 'delete', '--force', container.name), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        shutil.rmtree(f'{self.bundles}/{container.name}', ignore_errors=True)


class Namespaces(Engine):
    """What makes namespaces and becomes, or has, the init as a child: signals go straight to PID 1 of the container."""
    can = HARDENED | LINUX | {'environment', 'signal', 'scratch'}

    def root(self, image):
        return f'{ENGINES}/roots/{image}'

    def init_pid(self, container):
        """The first below it that is PID 1 of a namespace of its own."""
        def look():
            wanted = [container.process.pid]
            for pid in wanted:
                numbers = status_of(pid).get('NSpid', '').split()
                if len(numbers) > 1 and numbers[-1] == '1':
                    return pid
                wanted += children_of(pid)
            return None
        return wait_until(look, 'PID 1 of the container')

    def signal(self, container, number):
        os.kill(self.init_pid(container), number)


class Unshare(Namespaces):
    def __init__(self):
        super().__init__('unshare')

    def words(self, name, command, image, init, how):
        privileges = ['setpriv']
        if 'user' in how:
            privileges += [f'--reuid={how["user"]}', f'--regid={how["user"]}', '--clear-groups']
        if how.get('drop_capabilities'):
            privileges += ['--bounding-set=-all', '--inh-caps=-all']
        if how.get('no_new_privileges'):
            privileges += ['--no-new-privs']
        if len(privileges) == 1:
            privileges = []
        variables = (f'{key}={value}' for key, value in how.get('environment', {}).items())
        # setpriv is the image's own.
        return ('env', *variables, 'unshare', '--mount', '--pid', '--ipc', '--uts', '--net', '--fork', '--kill-child', 'sh', '-euc', """
            mount --bind "$1" "$1"
            mount -t proc proc "$1/proc"
            [ "$2" = no ] || mount -o remount,bind,ro "$1"
            root=$1
            shift 2
            exec chroot "$root" "$@"
        """, 'sh', self.root(image), 'yes' if how.get('read_only') else 'no', *privileges, *init, *command)


class Bubblewrap(Namespaces):
    def __init__(self):
        super().__init__('bubblewrap')

    def words(self, name, command, image, init, how):
        words = ['bwrap', '--unshare-all', '--as-pid-1', '--die-with-parent',
                 '--ro-bind' if how.get('read_only') else '--bind', self.root(image), '/', '--proc', '/proc', '--dev', '/dev', '--chdir', '/']
        if 'user' in how:
            words += ['--unshare-user', '--uid', str(how['user']), '--gid', str(how['user'])]
        if how.get('drop_capabilities'):
            words += ['--cap-drop', 'ALL']
        for key, value in how.get('environment', {}).items():
            words += ['--setenv', key, str(value)]
        return (*words, *init, *command)


class Nspawn(Namespaces):
    can = (Namespaces.can | {'stop'}) - {'scratch'}

    def __init__(self):
        super().__init__('systemd-nspawn')

    def words(self, name, command, image, init, how):
        words = ['systemd-nspawn', '--quiet', '--register=no', '--keep-unit', '--private-network', '--console=pipe', '--kill-signal=SIGTERM',
                 '--link-journal=no', '--resolv-conf=off', '--timezone=off', f'--machine={name}', '--volatile=no', '-D', self.root(image)]
        if how.get('read_only'):
            words.append('--read-only')
        if 'user' in how:
            words.append(f'--user={how["user"]}')
        if how.get('drop_capabilities'):
            words.append('--drop-capability=all')
        if how.get('no_new_privileges'):
            words.append('--no-new-privileges=yes')
        for key, value in how.get('environment', {}).items():
            words.append(f'--setenv={key}={value}')
        return (*words, '--', *init, *command)

    def stop(self, container, timeout):
        container.process.send_signal(signal.SIGTERM)
