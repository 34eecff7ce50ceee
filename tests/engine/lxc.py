"""LXC: a system container whose init is dumb-init. The engine, and what is true in it alone."""
import os
import re
import shutil
import subprocess

from engines import (HARDENED, LINUX, Container, Namespaces, check, output_of)
from scenarios import is_status, running, scenario

TITLE = 'LXC alone'


class LxcContainer(Container):
    def wait(self):
        """lxc-start ends with 0 or 1, whatever init ended with. Its log has the status, if there is one but 0."""
        super().wait()
        with open(f'{self.engine.folder(self.name)}/log') as file:
            log = file.read()
        check('exited' in log, f'init was not started: {self.output()}')
        end = re.search(r'Child <\d+> ended on (error|signal)[^(]*\((\d+)\)', log)
        return int(end[2]) + (128 if end[1] == 'signal' else 0) if end else 0


class Lxc(Namespaces):
    can = HARDENED | LINUX | {'environment', 'signal', 'scratch', 'memory', 'pids', 'exec', 'stop', 'lxc', 'halt', 'init_cmd'}
    kind = LxcContainer
    FOLDERS = '/run/lxc-containers'

    def __init__(self):
        super().__init__('lxc')

    def folder(self, name):
        return f'{self.FOLDERS}/{name}'

    def words(self, name, command, image, init, how):
        os.makedirs(self.folder(name))
        settings = [
            ('uts.name', name), ('rootfs.path', f'dir:{self.root(image)}'), ('net.0.type', 'empty'),
            ('mount.auto', 'proc:mixed sys:ro cgroup:ro:force'), ('console.path', 'none'), ('tty.max', 0),
            ('signal.halt', how.get('halt', 'SIGTERM')),
            *(('environment', f'{key}={value}') for key, value in how.get('environment', {}).items())]
        if 'init_cmd' in how:
            settings.append(('init.cmd', how['init_cmd']))
        if how.get('read_only'):
            settings.append(('rootfs.options', 'ro'))
        if 'user' in how:
            settings += [('init.uid', how['user']), ('init.gid', how['user'])]
        if how.get('drop_capabilities'):
            settings.append(('cap.keep', 'none'))
        if how.get('no_new_privileges'):
            settings.append(('no_new_privs', 1))
        if 'memory' in how:
            settings.append(('cgroup.memory.limit_in_bytes', how['memory']))
        if 'pids' in how:
            settings.append(('cgroup.pids.max', how['pids']))
        with open(f'{self.folder(name)}/config', 'w') as file:
            file.writelines(f'lxc.{key} = {value}\n' for key, value in settings)
        # It wants a root folder that is not mounted shared. Words behind -- stay as they are; lxc.init.cmd would be split at blanks.
        return ('unshare', '--mount', '--propagation', 'slave', *self.program('start', name), '--foreground', '--logpriority=DEBUG',
                f'--logfile={self.folder(name)}/log', *(() if 'init_cmd' in how else ('--', *init, *command)))

    def program(self, verb, name):
        return (f'lxc-{verb}', f'--lxcpath={self.FOLDERS}', f'--name={name}')

    def tell(self, verb, name, *words):
        """As with docker and podman, for what both have: tell('exec', name, ...)."""
        return output_of(*self.program({'exec': 'attach'}.get(verb, verb), name), *(('--clear-env', '--') + words if verb == 'exec' else words))

    def stop(self, container, timeout):
        self.tell('stop', container.name, f'--timeout={timeout}')

    def init_pid(self, container):
        return int(self.tell('info', container.name, '--pid', '--no-humanize'))

    def kill(self, container):
        subprocess.run((*self.program('stop', container.name), '--kill'), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def remove(self, container):
        shutil.rmtree(self.folder(container.name), ignore_errors=True)


@scenario('LXC: lxc-stop asks with SIGPWR, which gets to the command', 'lxc')
def stop_signal(engine):
    with running(engine, 'child', 'signals', '30', halt='SIGPWR') as container:
        is_status(container.stop(), 0)
        check('30 from 1 ' in container.output(), container.output())


@scenario('LXC: SIGPWR rewritten to SIGTERM ends what knows only that', 'lxc')
def rewritten(engine):
    with running(engine, 'child', 'ignore', '30', '--', 'ready', '--', 'wait', halt='SIGPWR',
                 environment={'DUMB_INIT_REWRITE': 'PWR:TERM'}) as container:
        is_status(container.stop(), 143)


@scenario('LXC: without an init, lxc-stop has to kill', 'lxc')
def control(engine):
    with running(engine, '/usr/local/bin/child', 'ready', '--', 'wait', halt='SIGPWR', init=()) as container:
        is_status(container.stop(timeout=1), 137)


@scenario('LXC: dumb-init and its options in lxc.init.cmd', 'lxc')
def init_cmd(engine):
    with running(engine, init_cmd='dumb-init --rewrite PWR:TERM --exit-map 143 -- child ready -- wait', halt='SIGPWR') as container:
        is_status(container.stop(), 0)
