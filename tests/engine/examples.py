"""Builds and runs examples/; inside tests/engine/sandbox. TAP on standard output.

Each case starts the image as its README says and raises Failed. What an example claims is also asked of the same image without dumb-init,
or without the option: these controls show what goes wrong there.
"""
import argparse
import contextlib
import functools
import glob
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import traceback
import urllib.parse

from engines import (DEADLINE, ENGINES, INIT, Container, Docker, Failed, Podman, check, children_of, output_of, status_of, wait_until)
from images import import_base
from scenarios import is_status, running, zombies_below

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'examples')
PORT = 8080  # of the sandbox's own loopback; what listens to another one says so
BUILD_TIME = 1200  # seconds; packages are fetched
EXAMPLES = {}
PODMAN = Podman()


class Example:
    """A folder of examples/, and the cases that are run with its image."""

    def __init__(self, name, quick=False):
        self.name, self.quick, self.cases = name, quick, []
        self.image = f'localhost/dumb-init-example:{name}'
        EXAMPLES[name] = self

    def case(self, title):
        def register(function):
            self.cases.append((title, function))
            return function
        return register

    def build(self):
        context = f'/run/examples/{self.name}'
        shutil.copytree(f'{FOLDER}/{self.name}', context)
        for package in glob.glob(f'{ENGINES}/context/dumb-init_*.deb'):
            shutil.copy2(package, context)
        done = subprocess.run(('buildah', 'build', '--network=host', '--pull=never', '--layers', '--tag', self.image, context), text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=BUILD_TIME)
        check(done.returncode == 0, f'{self.name}: {done.stdout[-3000:]}')

    def command(self):
        """The image's own CMD."""
        return tuple(json.loads(PODMAN.tell('image', 'inspect', '--format', '{{json .Config.Cmd}}', self.image)))

    def running(self, *command, ready, init=INIT, **how):
        """A container for the time of a `with`; another `init` than the image's is put before the image's own command."""
        if init is not INIT and not command:
            command = self.command()
        return running(PODMAN, *command, ready=ready, image=self.image, init=init, **{'network': 'host', **how})


# ---- what the cases ask ----

def comm_of(pid):
    with open(f'/proc/{pid}/comm') as file:
        return file.read().strip()


def command_line(pid):
    return content(f'/proc/{pid}/cmdline')


def command_below(container):
    """The process that dumb-init has started."""
    init = container.init_pid()
    check(comm_of(init) == 'dumb-init', f'PID 1 is {comm_of(init)}')
    return children_of(init)[0]


def below(pid):
    """All processes below this one, also those that other threads than the first have started."""
    found = [pid]
    for process in found:
        for path in glob.glob(f'/proc/{process}/task/*/children'):
            found += (int(word) for word in content(path).split())
    return found[1:]


def no_zombies(container):
    init = container.init_pid()
    wait_until(lambda: not any(status_of(pid).get('State', '').startswith('Z') for pid in below(init)), 'the last zombie to go')


def get(path='/', port=PORT):
    """What an HTTP server answers, once there is one."""
    def ask():
        connection = http.client.HTTPConnection('127.0.0.1', port, timeout=DEADLINE)
        try:
            connection.request('GET', path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except ConnectionRefusedError:
            return None
        finally:
            connection.close()
    status, body = wait_until(ask, f'an answer at port {port}')
    check(status == 200, f'{path} is {status}: {body[:200]}')
    return body


def refused(port=PORT):
    try:
        socket.create_connection(('127.0.0.1', port), timeout=DEADLINE).close()
    except ConnectionRefusedError:
        return True
    except ConnectionResetError:
        pass
    return False


@contextlib.contextmanager
def stop_under_way(container, timeout=DEADLINE):
    """The engine's stop, which comes back only after the container's end, beside what is done in the `with`."""
    thread = threading.Thread(target=lambda: subprocess.run((*PODMAN.program, 'stop', '--time', str(timeout), container.name),
                                                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    thread.start()
    try:
        yield
    finally:
        if sys.exc_info()[0]:
            container.remove()
        thread.join()


@contextlib.contextmanager
def volume():
    name = PODMAN.tell('volume', 'create')
    try:
        yield name
    finally:
        PODMAN.tell('volume', 'rm', '--force', name)


@contextlib.contextmanager
def folder(name):
    """An empty folder that everybody may write to, at /data of the container."""
    path = f'/run/examples/{name}'
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    os.chmod(path, 0o777)
    yield path


def content(path):
    try:
        with open(path) as file:
            return file.read()
    except (FileNotFoundError, ProcessLookupError):
        return ''


def execute(container, *words):
    return PODMAN.tell('exec', container.name, *words)


# ---- nginx ----

nginx = Example('nginx', quick=True)
NGINX_READY = 'start worker process '
LARGE = 16 << 20  # more than the sockets between server and client hold


class Download:
    """A large page, which is under way until read() asks for the rest."""

    def __init__(self, path='/large', port=PORT):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        self.socket.settimeout(DEADLINE)
        wait_until(lambda: self.socket.connect_ex(('127.0.0.1', port)) == 0, 'the server')
        self.socket.sendall(f'GET {path} HTTP/1.0\r\n\r\n'.encode())
        self.start = self.socket.recv(4096)
        check(b' 200 OK' in self.start, self.start)

    def read(self):
        """The length of the page, as far as it came."""
        data = len(self.start)
        header = self.start.index(b'\r\n\r\n') + 4
        try:
            while part := self.socket.recv(1 << 20):
                data += len(part)
        except ConnectionResetError:
            pass
        self.socket.close()
        return data - header


@nginx.case('serves pages as the child of dumb-init')
def nginx_serves(example):
    with example.running(ready=NGINX_READY) as container:
        check('nginx' in get(), 'another page')
        check(comm_of(command_below(container)) == 'nginx', 'the command is something else')


@nginx.case('a new configuration by SIGHUP: other workers, no zombies')
def nginx_reload(example):
    with example.running(ready=NGINX_READY) as container:
        before = set(children_of(command_below(container)))
        container.signal(signal.SIGHUP)
        wait_until(lambda: (now := set(children_of(command_below(container)))) and not now & before, 'other workers')
        no_zombies(container)
        get()
        is_status(container.stop(), 0)


@nginx.case('stop: nobody is let in, the download that is under way gets to its end, exit status 0')
def nginx_stop(example):
    with example.running(ready=NGINX_READY) as container:
        download = Download()
        with stop_under_way(container):
            wait_until(refused, 'the port to be closed')
            length = download.read()
        check(length == LARGE, f'cut off after {length} bytes')
        is_status(container.wait(), 0)


@nginx.case('control: without -r TERM:QUIT the download is cut off')
def nginx_control(example):
    with example.running(ready=NGINX_READY, init=('dumb-init', '--')) as container:
        download = Download()
        with stop_under_way(container):
            wait_until(refused, 'the port to be closed')
            container.wait()
            length = download.read()
        check(0 < length < LARGE, f'there were {length} bytes')


# ---- PostgreSQL ----

postgresql = Example('postgresql')
POSTGRESQL_READY = 'ready to accept connections'
ORPHAN = '(while kill -0 $$; do sleep 0.01; done; exit 7) >/dev/null 2>&1 &'  # it ends when its parent is gone


class Inserting:
    """A client that inserts numbers, each of them in a transaction of its own; `committed` is what the server said to be so."""

    def __init__(self, container, first):
        self.committed = []
        self.process = subprocess.Popen((*PODMAN.program, 'exec', '--interactive', container.name, 'psql', '-qAtX', '-d', 'postgres'),
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.threads = [threading.Thread(target=self._write, args=(first,)), threading.Thread(target=self._read)]
        for thread in self.threads:
            thread.start()

    def _write(self, first):
        with contextlib.suppress(BrokenPipeError):
            for number in range(first, first + 1_000_000):
                self.process.stdin.write(f'INSERT INTO numbers VALUES ({number}) RETURNING number;\n')

    def _read(self):
        for line in self.process.stdout:
            if line.endswith('\n'):
                self.committed.append(int(line))

    def end(self):
        self.process.kill()
        self.process.wait()
        for thread in self.threads:
            thread.join()
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()


def sql(container, words):
    return execute(container, 'psql', '-qAtX', '-d', 'postgres', '-c', words)


@postgresql.case('stop under load: exit status 0; after it nothing has to be recovered, and every committed row is there')
def postgresql_stop(example):
    with volume() as data:
        with example.running(ready=POSTGRESQL_READY, volume=f'{data}:/var/lib/postgresql') as container:
            sql(container, 'CREATE TABLE numbers (number int)')
            clients = [Inserting(container, first) for first in (0, 1_000_000, 2_000_000)]
            try:
                wait_until(lambda: all(len(client.committed) >= 50 for client in clients), 'rows')
                is_status(container.stop(), 0, container.output()[-500:])
            finally:
                for client in clients:
                    client.end()
            check('database system is shut down' in container.output(), container.output()[-500:])
        with example.running(ready=POSTGRESQL_READY, volume=f'{data}:/var/lib/postgresql') as container:
            check('database system was shut down at' in container.output(), container.output())
            check('recovery' not in container.output(), container.output())
            committed = {number for client in clients for number in client.committed}
            rows = {int(line) for line in sql(container, 'SELECT number FROM numbers').splitlines()}
            check(committed <= rows, f'{len(committed - rows)} of {len(committed)} are missing')


@postgresql.case('an orphan that ends with an error is reaped, and the server does not hear of it')
def postgresql_orphan(example):
    with example.running(ready=POSTGRESQL_READY, environment={'DUMB_INIT_WARN_ON_REAP': '1'}) as container:
        execute(container, 'sh', '-c', ORPHAN)
        container.wait_for(r'reaped: .*\(PID \d+\).* 7$')
        check(sql(container, 'SELECT 6 * 7') == '42', 'another answer')
        is_status(container.stop(), 0)
        check('crash' not in container.output() and 'terminating any other' not in container.output(), container.output())


@postgresql.case('control: as PID 1 the server takes that orphan for a crash of its own, and throws all clients out')
def postgresql_as_pid_1(example):
    with example.running(ready=POSTGRESQL_READY, init=()) as container:
        execute(container, 'sh', '-c', ORPHAN)
        container.wait_for('terminating any other active server processes')


@postgresql.case('control: without -r TERM:INT one idle client is enough for 137, and for a recovery')
def postgresql_control(example):
    with volume() as data:
        with example.running(ready=POSTGRESQL_READY, init=('dumb-init', '-c', '--'), volume=f'{data}:/var/lib/postgresql') as container:
            sql(container, 'CREATE TABLE numbers (number int)')
            client = Inserting(container, 0)
            try:
                wait_until(lambda: client.committed, 'rows')
                is_status(container.stop(timeout=2), 137)
            finally:
                client.end()
        with example.running(ready=POSTGRESQL_READY, volume=f'{data}:/var/lib/postgresql') as container:
            check('automatic recovery in progress' in container.output(), container.output())


# ---- redis ----

redis = Example('redis')
REDIS_READY = 'Ready to accept connections'
KEYS = 2000


def fill(container):
    execute(container, 'redis-cli', 'EVAL', f'for i = 1, {KEYS} do redis.call("SET", i, i) end', '0')


def keys_after(example, data):
    """How many keys there are when the server is started again with this volume."""
    with example.running(ready=REDIS_READY, volume=f'{data}:/var/lib/redis') as container:
        return int(execute(container, 'redis-cli', 'DBSIZE'))


@redis.case('stop: all keys are on the disk, exit status 0')
def redis_stop(example):
    with volume() as data:
        with example.running(ready=REDIS_READY, volume=f'{data}:/var/lib/redis') as container:
            fill(container)
            is_status(container.stop(), 0)
            check('DB saved on disk' in container.output(), container.output())
        check((found := keys_after(example, data)) == KEYS, f'{found} keys')


@redis.case('stop while a child writes a snapshot: the same')
def redis_stop_while_saving(example):
    with volume() as data:
        with example.running(ready=REDIS_READY, volume=f'{data}:/var/lib/redis') as container:
            fill(container)
            # The child takes 20 seconds, the server's own save at the end none of them.
            execute(container, 'redis-cli', 'CONFIG', 'SET', 'rdb-key-save-delay', '10000')
            execute(container, 'redis-cli', 'BGSAVE')
            container.wait_for('Background saving started')
            execute(container, 'redis-cli', 'CONFIG', 'SET', 'rdb-key-save-delay', '0')
            is_status(container.stop(), 0)
            check('There is a child saving an .rdb. Killing it' in container.output(), container.output())
        check((found := keys_after(example, data)) == KEYS, f'{found} keys')


@redis.case('control: behind a shell without an init it is killed, 137, and the keys are lost')
def redis_control(example):
    with volume() as data:
        command = ' '.join(f"'{word}'" for word in example.command())
        with example.running('sh', '-c', f'{command}; exit', ready=REDIS_READY, init=(), volume=f'{data}:/var/lib/redis') as container:
            fill(container)
            is_status(container.stop(timeout=1), 137)
        check((found := keys_after(example, data)) == 0, f'{found} keys')


# ---- Python workers ----

workers = Example('workers', quick=True)
WORKERS_READY = 'Booting worker with pid'


class Request:
    """A request to a worker that has begun to read it; answer() sends the rest."""

    def __init__(self, path='/'):
        self.socket = socket.create_connection(('127.0.0.1', PORT), timeout=DEADLINE)
        self.socket.sendall(f'POST {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n'.encode())
        begin = self.socket.recv(100)
        check(b' 100 ' in begin, begin)

    def answer(self):
        """The PID of the worker."""
        self.socket.sendall(b'0123456789')
        data = b''
        try:
            while part := self.socket.recv(4096):
                data += part
        except ConnectionResetError:
            pass
        self.socket.close()
        match = re.search(rb' 200 OK[^$]*10 bytes, worker (\d+)', data)
        check(match, f'the answer is {data}')
        return int(match[1])


def worker_numbers(container):
    """The workers as they are called in the container."""
    return {int(status_of(pid)['NSpid'].split()[-1]) for pid in children_of(command_below(container))}


@workers.case('rolling restart by SIGHUP: new workers, and the request that an old one has is answered')
def workers_restart(example):
    with example.running(ready=WORKERS_READY) as container:
        container.wait_for(WORKERS_READY)
        manager, old = command_below(container), worker_numbers(container)
        request = Request()
        container.signal(signal.SIGHUP)
        for _ in old:
            container.wait_for(WORKERS_READY)
        check((worker := request.answer()) in old, f'answered by {worker}, which is new')
        wait_until(lambda: len(now := worker_numbers(container)) == 2 and not now & old, 'two new workers')
        check(command_below(container) == manager, 'another manager')
        check(int(re.search(r'worker (\d+)', get())[1]) not in old, 'answered by an old worker')
        no_zombies(container)


@workers.case('stop in stages: a request is answered, then the job that a worker left is asked and saves; exit status 0')
def workers_stop(example):
    with example.running(ready=WORKERS_READY) as container:
        Request('/export').answer()
        container.wait_for('export: started')
        request = Request()
        with stop_under_way(container):
            container.wait_for('Handling signal: term')
            check('export: saved' not in container.output(), 'the job was asked before the workers had ended')
            request.answer()
        is_status(container.wait(), 0)
        check('export: saved' in container.output(), container.output())


@workers.case('stop with a worker that does not end: -k ends it, 137, long before the engine would')
def workers_stuck(example):
    command = (*example.command()[:-1], '--graceful-timeout', '1000', example.command()[-1])
    with example.running(*command, ready=WORKERS_READY, init=('dumb-init', '-c', '-k', '1', '--'), stop_timeout=600) as container:
        request = Request()
        with stop_under_way(container, timeout=600):
            is_status(container.wait(), 137)
        request.socket.close()


@workers.case('control: without dumb-init the job is killed and saves nothing')
def workers_control(example):
    with example.running(ready=WORKERS_READY, init=()) as container:
        Request('/export').answer()
        container.wait_for('export: started')
        is_status(container.stop(), 0)
        check('export: saved' not in container.output(), container.output())


# ---- celery ----

celery = Example('celery')
CELERY_READY = ' ready.'


def call_export(container, name):
    """Has a worker begin an export, which goes on until deliver() is called."""
    execute(container, 'celery', '--app', 'shop', 'call', 'shop.export', '--args', json.dumps([name]))
    container.wait_for(f'export: started {name}')


def deliver(data, name):
    with open(f'{data}/{name}.stock', 'w'):
        pass


@celery.case('rolling restart by SIGHUP: the task that is under way gets to its end, then the same container takes the next one')
def celery_restart(example):
    with folder('queue') as data, example.running(ready=CELERY_READY, volume=f'{data}:/data') as container:
        call_export(container, 'one')
        container.signal(signal.SIGHUP)
        container.wait_for('Restarting celery worker')
        deliver(data, 'one')
        container.wait_for('export: saved one')
        container.wait_for(CELERY_READY)
        call_export(container, 'two')
        no_zombies(container)


@celery.case('stop: the task that is under way gets to its end; exit status 0')
def celery_stop(example):
    with folder('queue') as data, example.running(ready=CELERY_READY, volume=f'{data}:/data') as container:
        call_export(container, 'one')
        with stop_under_way(container):
            container.wait_for('Warm shutdown')
            deliver(data, 'one')
            container.wait_for('export: saved one')
        is_status(container.wait(), 0)


@celery.case('stop with a task that does not end: -k ends it, 137, long before the engine would')
def celery_stuck(example):
    with example.running(ready=CELERY_READY, init=('dumb-init', '-c', '-k', '1', '--'), stop_timeout=600) as container:
        call_export(container, 'one')
        with stop_under_way(container, timeout=600):
            is_status(container.wait(), 137)


@celery.case('control: a SIGTERM for the whole group ends the worker with the task that is under way')
def celery_control(example):
    # celery does not always end after that (seen in one run of four).
    with folder('queue') as data, example.running(ready=CELERY_READY, init=('dumb-init', '-k', '5', '--'), volume=f'{data}:/data') as container:
        call_export(container, 'one')
        with stop_under_way(container):
            container.wait_for("exited with 'signal 15 ")
            deliver(data, 'one')
            container.wait()
        check('export: saved' not in container.output(), container.output())


# ---- Node ----

node = Example('node')


@node.case('stop ends it at once, and -e 143 makes that a success')
def node_stop(example):
    with example.running(ready='listening') as container:
        check(get() == 'hello\n', 'another page')
        check(comm_of(command_below(container)) == 'node', 'the command is something else')
        is_status(container.stop(), 0)


@node.case('without -e the exit status is 143')
def node_status(example):
    with example.running(ready='listening', init=('dumb-init', '--')) as container:
        is_status(container.stop(), 143)


@node.case('any other exit status stays what it is')
def node_error(example):
    with example.running('node', '-e', 'process.exit(5)', ready=None) as container:
        is_status(container.wait(), 5)


@node.case('control: as PID 1 it ignores SIGTERM, and is killed when the engine’s time is over: 137')
def node_control(example):
    with example.running(ready='listening', init=()) as container:
        is_status(container.stop(timeout=1), 137)


# ---- a pipeline ----

pipeline = Example('pipeline', quick=True)
PIPELINE_READY = 'consumer: first line'


@pipeline.case('stop: the whole pipeline gets it, and all that was written is read; 143 is the shell’s')
def pipeline_stop(example):
    with example.running(ready=PIPELINE_READY) as container:
        is_status(container.stop(), 143)
        output = container.output()
        written = re.search(r'producer: (\d+) written', output)
        read = re.search(r'consumer: (\d+) read', output)
        check(written and read and written[1] == read[1] and int(read[1]) % 10 == 0 and 'consumer: stopping' in output, output)


# Each of the three says that it got SIGUSR1; the shell can only after the end of the other two.
THREE = """
    trap 'echo "the shell has it" >&2' USR1
    sh -c 'trap "echo the first has it >&2; exit" USR1; echo line; while :; do sleep 0.1; done' |
    sh -c 'trap "echo the last has it; exit" USR1; read line; echo ready; while :; do sleep 0.1; done'
"""


@pipeline.case('any other signal gets to all of it, too')
def pipeline_signal(example):
    with example.running('sh', '-c', THREE, ready='ready') as container:
        container.signal(signal.SIGUSR1)
        container.wait()
        check({'the shell has it', 'the first has it', 'the last has it'} <= set(container.lines), container.output())


@pipeline.case('control: with -c, as other inits do it, only the shell gets it, and the pipeline is killed as it stands')
def pipeline_control(example):
    with example.running(ready=PIPELINE_READY, init=('dumb-init', '-c', '--')) as container:
        is_status(container.stop(), 143)
        check('written' not in container.output(), container.output())


@pipeline.case('control: the shell as PID 1 ignores SIGTERM, and all is killed when the engine’s time is over: 137')
def pipeline_without(example):
    with example.running(ready=PIPELINE_READY, init=()) as container:
        is_status(container.stop(timeout=1), 137)
        check('written' not in container.output(), container.output())


# ---- cron ----

cron = Example('cron')


def job_runs():
    """Once the web server has a page of the job's."""
    def ask():
        with contextlib.suppress(Failed):
            return 'report: at step' in get('/report')
    wait_until(ask, 'the job')


@cron.case('cron runs its jobs, beside the web server as dumb-init’s command')
def cron_runs(example):
    with folder('cron') as pages, example.running(ready=None, volume=f'{pages}:/var/www/html') as container:
        job_runs()
        check(comm_of(command_below(container)) == 'lighttpd', 'the command is something else')
        check('cron' in {comm_of(pid) for pid in children_of(container.init_pid())}, 'cron is not there')
        no_zombies(container)


@cron.case('stop: the job that is under way writes down how far it got; exit status 0, and nobody is left')
def cron_stop(example):
    with folder('cron') as pages, example.running(ready=None, volume=f'{pages}:/var/www/html') as container:
        job_runs()
        is_status(container.stop(), 0)
        check('report: stopped after step' in content(f'{pages}/report'), content(f'{pages}/report'))


@cron.case('control: without -a and -k the job is killed')
def cron_control(example):
    with folder('cron') as pages, example.running(ready=None, init=('dumb-init', '--'), volume=f'{pages}:/var/www/html') as container:
        job_runs()
        is_status(container.stop(), 0)
        check('report: at step' in content(f'{pages}/report'), content(f'{pages}/report'))


# ---- sshd ----

sshd = Example('sshd')
SSHD_READY = 'Server listening on 0.0.0.0'


@contextlib.contextmanager
def sshd_running(example, **how):
    """The server with a key of ours, and a folder at /data of it."""
    with folder('keys') as keys, folder('data') as data:
        os.chmod(keys, 0o700)
        subprocess.run((*PODMAN.program, 'run', '--rm', '--pull=never', '--volume', f'{keys}:/keys', '--entrypoint', 'ssh-keygen', example.image,
                        '-q', '-t', 'ed25519', '-N', '', '-f', '/keys/key'), check=True)
        with example.running(ready=SSHD_READY, flags=('--volume', f'{keys}/key.pub:/home/visitor/.ssh/authorized_keys:ro',
                                                      '--volume', f'{data}:/data'), **how) as container:
            yield container, data, keys


def ssh(example, keys, command):
    """A client in a container of its own."""
    return example.running('-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'BatchMode=yes', '-i', '/keys/key',
                           '-p', '2222', 'visitor@127.0.0.1', command, init=('ssh',), ready='in session', volume=f'{keys}:/keys:ro')


@sshd.case('sessions begin and end, and the orphans that they leave are reaped')
def sshd_orphans(example):
    with sshd_running(example) as (container, _, keys):
        with ssh(example, keys, 'setsid sh -c "while kill -0 \\$PPID; do sleep 0.01; done; exit 7" </dev/null >/dev/null 2>&1 & echo in session') as client:
            is_status(client.wait(), 0)
        container.wait_for(r'reaped: .*\(PID \d+\).* 7$')
        no_zombies(container)


# What it writes to is closed before it ends.
SESSION = 'exec 2>/dev/null; trap "sleep 0.2; echo saved >/data/work; exit" TERM; echo in session; while :; do sleep 0.1; done'


@sshd.case('stop ends the sessions: what runs in them is asked and has the time to save; exit status 0')
def sshd_stop(example):
    with sshd_running(example) as (container, data, keys), ssh(example, keys, SESSION) as client:
        is_status(container.stop(), 0)
        is_status(client.wait(), 255)
        check(content(f'{data}/work') == 'saved\n', 'nothing was saved')


@sshd.case('control: without -a and -k what runs in a session is killed')
def sshd_control(example):
    with sshd_running(example, init=('dumb-init', '--')) as (container, data, keys), ssh(example, keys, SESSION) as client:
        is_status(container.stop(), 0)
        is_status(client.wait(), 255)
        check(content(f'{data}/work') == '', 'it was asked')


# ---- Chromium ----

chromium = Example('chromium')


def dump(html):
    return get('/?' + urllib.parse.quote(f'data:text/html,{html}', safe=''))


@chromium.case('pages are dumped as their scripts have made them, and no zombies are left')
def chromium_pages(example):
    with example.running(ready='serving') as container:
        for number in range(3):
            page = dump(f'<script>document.write({number} + 40)</script>')
            check(f'<body>{number + 40}</body>' in page, page)
        no_zombies(container)
        wait_until(lambda: len(below(container.init_pid())) == 1, 'the browsers’ last processes to end')


@chromium.case('stop while the browser is at work: at once, 143')
def chromium_stop(example):
    with example.running(ready='serving') as container:
        with socket.create_connection(('127.0.0.1', PORT), timeout=DEADLINE) as connection:
            connection.sendall(b'GET /?data:text/html,%3Cscript%3Ewhile(true);%3C/script%3E HTTP/1.0\r\n\r\n')
            wait_until(lambda: any('--type=renderer' in command_line(pid) for pid in below(container.init_pid())), 'a renderer')
        is_status(container.stop(), 143)


@chromium.case('control: without dumb-init zombies are left')
def chromium_control(example):
    with example.running(ready='serving', init=()) as container:
        dump('page')
        wait_until(lambda: zombies_below(container.init_pid()), 'zombies')


# ---- a script before the start ----

prestart = Example('prestart', quick=True)
PRESTART = {'environment': {'GREETING': 'hello'}, 'ready': 'server: '}


@prestart.case('the script has become the command: the child of dumb-init, without a shell in between')
def prestart_exec(example):
    with example.running(**PRESTART) as container:
        check('prepare: writing the settings' in container.output(), container.output())
        check(container.lines[-1] == 'server: hello, child of 1', container.lines)
        check(comm_of(command_below(container)) == 'server', 'the command is something else')


@prestart.case('signals get to it, and the exit status is its own')
def prestart_stop(example):
    with example.running(**PRESTART) as container:
        container.signal(signal.SIGHUP)
        container.wait_for('server: reading its settings again')
        is_status(container.stop(), 3)
        check('server: stopping' in container.output(), container.output())


@prestart.case('where the script fails, nothing is started, and the status says so')
def prestart_failure(example):
    with example.running(ready='GREETING: must be set') as container:
        is_status(container.wait(), 2)
        check('server' not in container.output(), container.output())


@prestart.case('a stop during the script ends it: 143, and nothing is started')
def prestart_early(example):
    slow = ('dumb-init', '--', 'sh', '-c', 'echo preparing; sleep 1000; exec "$@"', 'sh')
    with example.running('server', init=slow, ready='preparing') as container:
        is_status(container.stop(), 143)
        check('server' not in container.output(), container.output())


@prestart.case('control: a shell as PID 1 that does not become the command keeps the signals to itself: 137')
def prestart_control(example):
    with example.running('sh', '-c', 'prepare true; server; exit', init=(), **PRESTART) as container:
        is_status(container.stop(timeout=1), 137)
        check('server: stopping' not in container.output(), container.output())


# ---- socket activation ----

sockets = Example('socket', quick=True)


@contextlib.contextmanager
def activated(example, init=INIT, **how):
    """The container that the first connection starts, and this connection."""
    name = PODMAN.new_name()
    command = () if init is INIT else example.command()
    container = Container(PODMAN, name, ('systemd-socket-activate', '--setenv=PODMAN_IGNORE_CGROUPSV1_WARNING', f'--listen=127.0.0.1:{PORT}',
                                         *PODMAN.words(name, command, example.image, init, how)))
    try:
        container.wait_for('Listening on')
        with socket.create_connection(('127.0.0.1', PORT), timeout=DEADLINE) as connection:
            yield container, connection
    finally:
        container.remove()


@sockets.case('LISTEN_PID is the server’s own, and the connection that started it is answered')
def sockets_activated(example):
    with activated(example) as (container, connection):
        number = container.wait_for(r'1 socket for process (\d+)')[1]
        check(number != '1', 'there is no init')
        answer = connection.recv(100).decode()
        check(answer == f'process {number}, child of 1\n', answer)


@sockets.case('a second connection is answered by the same process')
def sockets_again(example):
    with activated(example) as (_, connection):
        first = connection.recv(100)
        with socket.create_connection(('127.0.0.1', PORT), timeout=DEADLINE) as again:
            check(again.recv(100) == first, 'another answer')


@sockets.case('dumb-init itself does not keep the socket: it is closed when the server has ended; stop is 143')
def sockets_stop(example):
    with activated(example) as (container, connection):
        connection.recv(100)
        held = [link for fd in glob.glob(f'/proc/{container.init_pid()}/fd/*') if (link := os.readlink(fd)).startswith('socket:')]
        check(not held, f'dumb-init holds {held}')
        is_status(container.stop(), 143)
        check(refused(), 'somebody still listens')


@sockets.case('control: below tini LISTEN_PID names that one, and the server finds no socket')
def sockets_control(example):
    with activated(example, init=(), flags=('--init', '--init-path', '/usr/bin/tini-static')) as (container, _):
        container.wait_for('the sockets are for process 1, and this is [^1]')
        is_status(container.wait(), 1)


# ---- Compose ----

compose = Example('compose')
DOCKER = Docker()


@functools.cache
def load_into_docker(image):
    """Once; an older image of that name goes."""
    subprocess.run(f'podman save --quiet {image} | docker load --quiet', shell=True, check=True, stdout=subprocess.DEVNULL)
    DOCKER.tell('tag', image, 'dumb-init-example')
    DOCKER.tell('image', 'prune', '--force')


class composed:
    """The services of compose.yaml, with the names of their containers; `also` is a file beside it."""

    def __init__(self, example, also=None):
        self.words = ('docker', 'compose', '--project-name', 'example', '--file', f'{FOLDER}/compose/compose.yaml')
        if also:
            path = '/run/also.yaml'
            with open(path, 'w') as file:
                file.write(also)
            self.words += ('--file', path)
        self.image = example.image

    def tell(self, *words):
        return output_of(*self.words, *words)

    def container(self, service):
        return self.tell('ps', '--all', '--quiet', service)

    def status(self, service):
        return int(DOCKER.inspect(self.container(service), '.State.ExitCode'))

    def __enter__(self):
        load_into_docker(self.image)
        try:
            self.tell('up', '--detach', '--no-build')
            for service, line in (('web', 'serving'), ('worker', 'job: started')):
                wait_until(lambda: line in self.tell('logs', service), line)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *unused):
        self.tell('down', '--timeout', '0', '--volumes')


@compose.case('in each service PID 1 is dumb-init, and there is no init of the engine’s')
def compose_up(example):
    with composed(example) as services:
        for service in ('web', 'worker'):
            init = DOCKER.init_pid(services.container(service))
            check(comm_of(init) == 'dumb-init', f'PID 1 of {service} is {comm_of(init)}')


@compose.case('stop: the server ends at once, 143; the job in a session of its own has saved')
def compose_stop(example):
    with composed(example) as services:
        services.tell('stop')
        is_status(services.status('web'), 143)
        is_status(services.status('worker'), 143)
        check('job: saved' in services.tell('logs', 'worker'), services.tell('logs', 'worker'))


@compose.case('stop_grace_period is the time that the engine gives')
def compose_time(example):
    with composed(example) as services:
        check(DOCKER.inspect(services.container('worker'), '.Config.StopTimeout') == '30', 'another time')


@compose.case('control: without dumb-init the server is killed, 137, and the job with its worker')
def compose_control(example):
    without = 'services: {web: {entrypoint: []}, worker: {entrypoint: []}}\n'
    with composed(example, without) as services:
        services.tell('stop', '--timeout', '1')
        is_status(services.status('web'), 137)
        is_status(services.status('worker'), 137)
        check('job: saved' not in services.tell('logs', 'worker'), services.tell('logs', 'worker'))


# ---- all of them ----

def build_all(examples):
    import_base(PODMAN)
    for example in examples:
        print(f'# {example.name}', flush=True)
        example.build()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--full', action='store_true', help='all examples')
    parser.add_argument('--build', action='store_true', help='make the images, and do nothing with them')
    parser.add_argument('names', nargs='*', choices=[*EXAMPLES, []])
    arguments = parser.parse_args()
    examples = [example for example in EXAMPLES.values()
                if (example.name in arguments.names if arguments.names else arguments.full or example.quick)]
    if arguments.build:
        try:
            build_all(examples)
        except Failed as reason:
            print('\n'.join(f'# {line}' for line in str(reason).splitlines()))
            print('Bail out! an image cannot be built')
            return 1
        return 0
    number = failed = 0
    for example in examples:
        for title, function in example.cases:
            number += 1
            try:
                function(example)
                passed = True
            except Failed as reason:
                passed = False
                print('\n'.join(f'# {line}' for line in str(reason).splitlines()))
            except Exception:
                passed = False
                print('\n'.join(f'# {line}' for line in traceback.format_exc().splitlines()))
            failed += not passed
            print(f'{"ok" if passed else "not ok"} {number} - {example.name}: {title}', flush=True)
    print(f'1..{number}')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
