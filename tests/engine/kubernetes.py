"""The pods of examples/kubernetes, as `podman kube play` runs them."""
import contextlib
import os
import re
import shutil
import subprocess

from engines import ENGINES, check, wait_until
from images import build
from scenarios import is_status, scenario

EXAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'examples', 'kubernetes')
BASE = 'localhost/dumb-init-test:deb'
WITHOUT = 'debian:bookworm-slim'
POD = 'my-pod'
TITLE = 'Kubernetes’ pods, by podman kube play'


def make_image(engine, name, script, base=BASE):
    """An image with the script as my-server and their-server. It is one of the three that the examples name."""
    folder = f'{ENGINES}/kubernetes'
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    shutil.copy(f'{ENGINES}/context/child', folder)
    with open(f'{folder}/server', 'w') as file:
        file.write(f'#!/bin/sh\n{script}\n')
    with open(f'{folder}/Dockerfile', 'w') as file:
        file.write(f'FROM {base}\nCOPY child /usr/local/bin/\nCOPY --chmod=755 server /usr/local/bin/my-server\n'
                   'COPY --chmod=755 server /usr/local/bin/their-server\n')
    build(engine, folder, f'localhost/{name}', context=folder)


@contextlib.contextmanager
def pod(engine, example, changes=None):
    """The example's pod for the time of a `with`. The changes are {what stands there: what is to stand there}."""
    with open(f'{EXAMPLES}/{example}.yaml') as file:
        text = file.read()
    for old, new in (changes or {}).items():
        check(old in text, f'{example}.yaml has no {old!r}')
        text = text.replace(old, new)
    # Nothing is ever pulled.
    text = re.sub(r'^( *)image: .*', r'\g<0>\n\1imagePullPolicy: Never', text, flags=re.M)
    path = f'/run/{example}.yaml'
    with open(path, 'w') as file:
        file.write(text)
    try:
        engine.tell('kube', 'play', '--network', 'none', path)
        yield
    finally:
        subprocess.run((*engine.program, 'pod', 'rm', '--force', '--time', '0', POD), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def logs(engine, container):
    done = subprocess.run((*engine.program, 'logs', f'{POD}-{container}'), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout.splitlines()


def has_said(engine, container, pattern):
    return wait_until(lambda: next((match for line in logs(engine, container) if (match := re.search(pattern, line))), None),
                      f'{pattern!r} in the logs of {container}')


def status(engine, container):
    """Once it has ended."""
    wait_until(lambda: engine.inspect(f'{POD}-{container}', '.State.Running') == 'false', f'the end of {container}')
    return int(engine.inspect(f'{POD}-{container}', '.State.ExitCode'))


def below_dumb_init(engine, container):
    check(engine.tell('exec', f'{POD}-{container}', 'cat', '/proc/1/comm') == 'dumb-init', 'PID 1 is something else')


# A grace period that nobody has the time for: whoever needs it fails.
FOREVER = {'terminationGracePeriodSeconds: 30': 'terminationGracePeriodSeconds: 3600'}


@scenario('Kubernetes: a pod is stopped at once, with 143', 'kube')
def stopped(engine):
    make_image(engine, 'my-server:1', 'exec child ready -- wait')
    with pod(engine, 'pod', changes=FOREVER):
        has_said(engine, 'my-server', '^ready')
        below_dumb_init(engine, 'my-server')
        engine.tell('pod', 'stop', POD)
        is_status(status(engine, 'my-server'), 143)


@scenario('Kubernetes: a slow command ends within the grace period', 'kube')
def graceful(engine):
    # Its worker is a daemon, which nobody would ask to stop but dumb-init when the server is gone, and waits for.
    make_image(engine, 'my-server:1', 'exec child leave daemon + take worker 15 + say "the worker is done" + exit 0 -- take server 15 -- exit 0')
    with pod(engine, 'pod', changes=FOREVER):
        has_said(engine, 'my-server', '^server ready')
        engine.tell('pod', 'stop', POD)
        is_status(status(engine, 'my-server'), 0)
        check('the worker is done' in logs(engine, 'my-server'), logs(engine, 'my-server'))


@scenario('Kubernetes: DUMB_INIT_KILL_AFTER ends a stubborn command before the grace period is over', 'kube')
def stubborn(engine):
    make_image(engine, 'my-server:1', 'exec child ignore 15 -- ready -- wait')
    with pod(engine, 'pod', changes={**FOREVER, 'value: "25"': 'value: "0.3"'}):
        has_said(engine, 'my-server', '^ready')
        engine.tell('pod', 'stop', POD)
        is_status(status(engine, 'my-server'), 137)


@scenario('Kubernetes: the death report is the last line of the logs, the termination message', 'kube')
def termination_message(engine):
    make_image(engine, 'my-server:1', 'echo started; exec child die 11')
    with pod(engine, 'pod'):
        is_status(status(engine, 'my-server'), 139)
        last = logs(engine, 'my-server')[-1]
        check(re.search(r'^\[dumb-init\] child \(PID \d+\) was killed by SIGSEGV \(11\)', last), f'the last line is {last!r}')
    make_image(engine, 'my-server:1', 'exec child eat 200')
    with pod(engine, 'pod', changes={'      args:': '      resources: {limits: {memory: 32Mi}}\n      args:'}):
        is_status(status(engine, 'my-server'), 137)
        last = logs(engine, 'my-server')[-1]
        report = r'^\[dumb-init\] child \(PID \d+\) was killed by SIGKILL \(9\): out of memory, limit 32 MiB$'
        check(re.search(report, last), f'the last line is {last!r}')


@scenario('Kubernetes: shareProcessNamespace: orphans come to the container’s own dumb-init', 'kube')
def shared_processes(engine):
    make_image(engine, 'my-server:1', 'exec child orphans 3 9 -- ready -- wait')
    with pod(engine, 'shared-processes', changes={**FOREVER, 'name: DUMB_INIT_SUBREAPER\n          value: "1"':
                                                  'name: DUMB_INIT_SUBREAPER\n          value: "1"\n'
                                                  '        - name: DUMB_INIT_WARN_ON_REAP\n          value: "1"'}):
        for container in ('my-server', 'my-helper'):
            number = int(has_said(engine, container, r'^ready (\d+)')[1])
            check(number > 2, f'it is PID {number}: a namespace of its own')
        wait_until(lambda: sum(bool(re.search(r'reaped: .*\(PID \d+\).* 9$', line)) for line in logs(engine, 'my-server')) == 3, 'three orphans')
        for container in ('my-server', 'my-helper'):
            engine.tell('stop', f'{POD}-{container}')
            is_status(status(engine, container), 143)


@scenario('Kubernetes: an init container brings dumb-init to an unchanged image', 'kube')
def unchanged_image(engine):
    engine.tell('tag', BASE, 'localhost/my-dumb-init:2')
    make_image(engine, 'their-server:1', 'exec child ready -- wait', base=WITHOUT)
    tried = subprocess.run((*engine.program, 'run', '--rm', '--pull=never', '--network=none', 'localhost/their-server:1',
                            'test', '-e', '/usr/bin/dumb-init'))
    check(tried.returncode == 1, 'dumb-init is in the image')
    with pod(engine, 'unchanged-image', changes=FOREVER):
        has_said(engine, 'my-server', '^ready')
        below_dumb_init(engine, 'my-server')
        engine.tell('pod', 'stop', POD)
        is_status(status(engine, 'my-server'), 143)
