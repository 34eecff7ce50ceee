"""What has to be true in every engine that can be asked for it.

A scenario takes an engine and raises Failed. It waits for lines and for facts in /proc and in what the engine says, and never for time:
that a stop was at once is seen by the exit status, since the engine's own timeout ends it by SIGKILL.
"""
import re
import signal

from engines import (HARDENED, Terminal, check, children_of, status_of, wait_until)

SCENARIOS = []
TITLE = 'In every engine that can be asked for it'


class Scenario:
    def __init__(self, function, title, needs, full):
        self.run, self.title, self.needs, self.full = function, title, frozenset(needs), full


def scenario(title, *needs, full=False):
    """Of engines that can all of `needs`; with `full`, only if all are asked for, since it takes long."""
    def register(function):
        SCENARIOS.append(Scenario(function, title, needs, full))
        return function
    return register


class running:
    """A container for the time of a `with`, after its first line that is like `ready`."""

    def __init__(self, engine, *command, ready='ready', **how):
        self.container = engine.start(command, **how)
        self.ready = ready

    def __enter__(self):
        try:
            if self.ready:
                self.container.wait_for(self.ready)
        except BaseException:
            self.container.remove()
            raise
        return self.container

    def __exit__(self, *unused):
        self.container.remove()


def is_status(found, wanted, output=''):
    check(found == wanted, f'exit status {found} and not {wanted} {output}')


# ---- start and end ----

@scenario('the exit status is the command’s')
def exit_status(engine):
    is_status(*engine.run(('child', 'exit', '37'))[:1], 37)
    status, output = engine.run(('child', 'die', '15'))
    is_status(status, 143, output)


@scenario('a missing command is 127, and says why')
def missing(engine):
    status, output = engine.run(('/no/such/program',))
    is_status(status, 127, output)
    check('No such file or directory' in output, f'says only {output!r}')


@scenario('PID 1 is dumb-init, the command its child', 'signal')
def is_pid_1(engine):
    status, output = engine.run(('child', 'ids'))
    check(re.search(r'pid \d+ ppid 1 ', output), output)


@scenario('from scratch: the static binary and nothing else', 'scratch', 'signal')
def scratch(engine):
    with running(engine, '/child', 'signals', '15', image='scratch') as container:
        container.signal(signal.SIGTERM)
        container.wait_for('15 from 1 ')
        is_status(container.wait(), 0)


@scenario('installed by apt from the signed repository', 'images')
def from_apt(engine):
    status, output = engine.run(('--version',), image='apt', init=('dumb-init',))
    check(status == 0 and output.startswith('dumb-init v2.'), output)


# ---- signals and the stop ----

@scenario('without an init the stop takes all of its time, and is 137', 'stop', 'restart', 'shield')
def control(engine):
    # The kernel gives PID 1 no signal that it has no handler for: this is what an init is for.
    with running(engine, 'child', 'ready', '--', 'wait', init=()) as container:
        is_status(container.stop(timeout=1), 137)


@scenario('stop ends it at once, with 143', 'stop')
def stop(engine):
    with running(engine, 'child', 'ready', '--', 'wait') as container:
        is_status(container.stop(), 143)


@scenario('SIGTERM ends it, with 143', 'signal')
def terminate(engine):
    with running(engine, 'child', 'ready', '--', 'wait') as container:
        container.signal(signal.SIGTERM)
        is_status(container.wait(), 143)


@scenario('every signal gets to the command', 'signal', 'real_time')
def every_signal(engine):
    last = 64
    # 32 and 33 are the C libraries' own, and some engines do not know them.
    stopping = {signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU}
    numbers = [number for number in range(1, last + 1)
               if number not in {signal.SIGKILL, signal.SIGSTOP, 32, 33} | stopping]
    with running(engine, 'child', 'signals', str(last)) as container:
        for number in numbers:
            container.signal(number)
            container.wait_for(f'^{number} from ')
        is_status(container.wait(), 0)


@scenario('--stop-signal SIGRTMIN+3', 'stop_signal', 'stop', 'real_time')
def stop_signal(engine):
    with running(engine, 'child', 'signals', '37', stop_signal='SIGRTMIN+3') as container:
        is_status(container.stop(), 0)
        check('37 from 1' in container.output(), container.output())


@scenario('--stop-timeout: dumb-init’s own clock ends what does not stop', 'stop_timeout', 'stop')
def stop_timeout(engine):
    with running(engine, 'child', 'ignore', '15', '--', 'ready', '--', 'wait', stop_timeout=600,
                 environment={'DUMB_INIT_KILL_AFTER': '0.2'}) as container:
        engine.tell('stop', container.name)
        is_status(container.wait(), 137)


@scenario('options by DUMB_INIT_… on an unchanged image', 'environment', 'signal')
def environment(engine):
    with running(engine, 'child', 'signals', '3', environment={'DUMB_INIT_REWRITE': 'TERM:QUIT', 'DUMB_INIT_EXIT_MAP': '0:9'}) as container:
        container.signal(signal.SIGTERM)
        container.wait_for('^3 from 1 ')
        is_status(container.wait(), 9)


@scenario('--wait: what the command leaves is asked to stop, too', 'environment', 'signal')
def wait(engine):
    with running(engine, 'child', 'leave', 'daemon', '+', 'take', 'left', '15', '+', 'exit', '3', '--', 'signals', '15',
                 environment={'DUMB_INIT_WAIT': '1'}) as container:
        container.wait_for('ready')
        container.signal(signal.SIGTERM)
        container.wait_for('^left 15 from 1 ')
        is_status(container.wait(), 0)


@scenario('paused and continued', 'pause', 'stop')
def pause(engine):
    with running(engine, 'child', 'signals', '15') as container:
        engine.tell('pause', container.name)
        engine.tell('unpause', container.name)
        is_status(container.stop(), 0)


@scenario('a command that is stopped, and continued, has not ended', 'exec', 'signal')
def stopped_and_continued(engine):
    with running(engine, 'sh', '-c', 'echo "waiting $$"; kill -STOP $$; exec child signals 15', ready=None) as container:
        pid = container.wait_for(r'waiting (\d+)').group(1)
        # Where the container has a kernel of its own, its processes are seen from inside only.
        wait_until(lambda: 'T' in engine.tell('exec', container.name, 'sed', '-n', 's/^State:.//p', f'/proc/{pid}/status'), 'the stop')
        engine.tell('exec', container.name, 'sh', '-c', f'kill -CONT {pid}')
        container.wait_for('^ready')  # it goes on, so that nothing ends what continued it
        container.signal(signal.SIGTERM)
        is_status(container.wait(), 0)


# ---- orphans ----

def zombies_below(pid):
    return [child for child in children_of(pid) if status_of(child).get('State', '').startswith('Z')]


@scenario('orphans are reaped', 'environment')
def orphans(engine):
    with running(engine, 'child', 'orphans', '5', '7', '--', 'signals', '15', environment={'DUMB_INIT_WARN_ON_REAP': '1'},
                 ready=None) as container:
        for _ in range(5):
            container.wait_for(r'reaped: .*\(PID \d+\).* 7$')


@scenario('orphans of exec are reaped', 'exec')
def orphans_of_exec(engine):
    with running(engine, 'child', 'ready', '--', 'wait', environment={'DUMB_INIT_WARN_ON_REAP': '1'}) as container:
        engine.tell('exec', container.name, 'child', 'orphans', '3', '9', '--', 'exit', '0')
        for _ in range(3):
            container.wait_for(r'reaped: .*\(PID \d+\).* 9$')
        init = container.init_pid()
        # It says so just before it collects the last one.
        wait_until(lambda: not zombies_below(init), 'the end of the zombies')


# ---- the terminal ----

PROMPT = r'(?m)^prompt> '


def shell(engine, *options):
    return engine.terminal(('bash', '--norc', '--noprofile', '-i'), environment={'PS1': 'prompt> '}, init=('dumb-init', *options, '--'))


def job_control(engine, *options):
    terminal, name = shell(engine, *options)
    try:
        terminal.expect('prompt> ')
        # ^C ends what runs in the foreground, and not the shell.
        terminal.type('child ready -- wait\r')
        terminal.expect(r'ready \d+')
        terminal.type('\x03')
        terminal.expect('prompt> ')
        terminal.type('echo "status $?"\r')
        terminal.expect('status 130')
        # ^Z stops it, `fg` goes on with it.
        terminal.type('child signals 12\r')
        terminal.expect(r'ready (\d+)')
        terminal.type('\x1a')
        terminal.expect('20 from') # it blocks all signals, and so tells of this one
        terminal.type('\x1c')
        terminal.expect('3 from')
        terminal.type('\x03')
        terminal.expect('2 from')
        engine.tell('exec', name, 'sh', '-c', 'kill -USR2 $(cat /proc/[0-9]*/stat | sed -n "s/^\\([0-9]*\\) (child) .*/\\1/p")')
        terminal.expect('prompt> ')
        terminal.type('child ready -- exec /bin/cat\r')
        terminal.expect(r'ready \d+')
        terminal.type('\x1a')
        terminal.expect('Stopped')
        terminal.expect('prompt> ')
        terminal.type('fg\r')
        terminal.expect('child ready -- exec /bin/cat')
        # The shell names the command before it lends the terminal; what reads from it has it.
        terminal.type('read\r')
        terminal.expect('read\r\nread')
        terminal.type('\x03')
        terminal.expect('prompt> ')
        terminal.type('exit 5\r')
        is_status(terminal.end(), 5)
    finally:
        terminal.kill()
        engine.forget(name)


@scenario('run -it: job control, ^C, ^Z, fg', 'terminal', 'exec', 'terminal_sessions')
def interactive(engine):
    job_control(engine)


@scenario('run -it with -c: the same', 'terminal', 'exec')
def interactive_single_child(engine):
    job_control(engine, '-c')


@scenario('run -it: a new size of the window gets there', 'terminal')
def resize(engine):
    terminal, name = engine.terminal(('child', 'signals', '15'))
    try:
        terminal.expect('ready')
        terminal.resize(31, 101)
        terminal.expect('28 from')
        engine.tell('stop', name)
        is_status(terminal.end(), 0)
    finally:
        terminal.kill()
        engine.forget(name)


@scenario('attach, detach, attach again', 'terminal', 'attach', 'detach', 'terminal_sessions')
def attach(engine):
    # One key: podman takes the two of its ^P ^Q for a detachment only where it reads them one by one, and for typing where both are there.
    terminal, name = engine.terminal(('bash', '--norc', '--noprofile', '-i'), environment={'PS1': 'prompt> '},
                                     flags=('--detach-keys', 'ctrl-x'))
    again = None
    try:
        terminal.expect('prompt> ')
        terminal.type('\x18')
        terminal.end()
        check(engine.inspect(name, '.State.Running') == 'true', 'it ended when it was detached from')
        again = Terminal((*engine.program, 'attach', name))
        again.type('\r')
        again.expect('prompt> ')
        again.type('exit 6\r')
        again.end()
        wait_until(lambda: engine.inspect(name, '.State.Running') == 'false', 'its end')
        check(engine.inspect(name, '.State.ExitCode') == '6', 'another status')
    finally:
        terminal.kill()
        if again:
            again.kill()
        engine.forget(name)


# ---- restrictions ----

def hardened(engine, **how):
    with running(engine, 'child', 'leave', 'daemon', '+', 'take', 'left', '15', '+', 'exit', '3', '--', 'signals', '15', **how) as container:
        container.wait_for('ready')
        container.signal(signal.SIGTERM)
        container.wait_for('^15 from 1 ')
        is_status(container.wait(), 0)


def own_status(engine, **how):
    """Fields of /proc/1/status in a container like this."""
    status, output = engine.run(('cat', '/proc/1/status'), **how)
    is_status(status, 0, output)
    return dict(line.split(':\t', 1) for line in output.splitlines() if ':\t' in line)


@scenario('a root folder that is read-only', 'read_only')
def read_only(engine):
    status, output = engine.run(('sh', '-c', 'touch /file || exit 3'), read_only=True)
    is_status(status, 3, output)
    hardened(engine, read_only=True)


@scenario('without any capability', 'drop_capabilities')
def without_capabilities(engine):
    check(int(own_status(engine, drop_capabilities=True)['CapEff'], 16) == 0, 'it has some')
    hardened(engine, drop_capabilities=True)


@scenario('no-new-privileges', 'no_new_privileges', 'privileges_line')
def no_new_privileges(engine):
    check(own_status(engine, no_new_privileges=True)['NoNewPrivs'] == '1', 'not set')
    hardened(engine, no_new_privileges=True)


@scenario('as user 1000', 'user')
def as_user(engine):
    check(own_status(engine, user=1000)['Uid'].split() == ['1000'] * 4, 'another user')
    hardened(engine, user=1000)


@scenario('all of these at once', *HARDENED)
def all_restrictions(engine):
    hardened(engine, read_only=True, drop_capabilities=True, no_new_privileges=True, user=1000)


@scenario('the engine’s default seccomp filter', 'seccomp', 'images')
def seccomp(engine):
    check(own_status(engine)['Seccomp'] == '2', 'there is no filter')
    hardened(engine)


@scenario('--memory: the death report names the OOM killer', 'memory', 'out_of_memory')
def out_of_memory(engine):
    status, output = engine.run(('child', 'eat', '200'), memory=32 << 20)
    is_status(status, 137, output)
    check(re.search(r'out of memory', output), f'no word of it: {output}')


@scenario('--memory: and does not for a plain kill -9', 'memory')
def not_out_of_memory(engine):
    status, output = engine.run(('sh', '-c', 'kill -9 $$'), memory=64 << 20)
    is_status(status, 137, output)
    check('SIGKILL' in output and 'out of memory' not in output, f'{output}')


@scenario('--pids-limit: signals and the stop work with no process to be had', 'pids', 'signal')
def pids_limit(engine):
    # dumb-init, the shell and one more: nothing can be forked any more.
    with running(engine, 'bash', '-c', 'child signals 15 & while (exit 0); do (exit 0) & wait -n; done 2>&1; wait %1', pids=8) as container:
        container.signal(signal.SIGTERM)
        container.wait()
    status, output = engine.run(('sh', '-c', '(exit 0); echo forked; (exec child crowd 100 -- exit 0)'), pids=8)
    check('forked' in output and 'clone' in output, f'{status}: {output}')


# ---- with the engine ----

@scenario('restart policy: sees the status, and starts it again', 'restart')
def restart(engine):
    name = engine.start_detached(('child', 'exit', '3'), restart='on-failure:2')
    try:
        wait_until(lambda: engine.inspect(name, '.RestartCount') == '2' and engine.inspect(name, '.State.Running') == 'false', 'two restarts')
        check(engine.inspect(name, '.State.ExitCode') == '3', 'another status')
    finally:
        engine.forget(name)
    name = engine.start_detached(('child', 'exit', '0'), restart='on-failure:2')
    try:
        wait_until(lambda: engine.inspect(name, '.State.Running') == 'false', 'its end')
        check(engine.inspect(name, '.RestartCount') == '0', 'it was started again after success')
    finally:
        engine.forget(name)


@scenario('below the engine’s own --init', 'own_init', 'stop')
def below_own_init(engine):
    with running(engine, 'child', 'ready', '--', 'wait', own_init=True) as container:
        is_status(container.stop(), 143)
    status, output = engine.run(('child', 'exit', '38'), own_init=True)
    is_status(status, 38, output)
    with running(engine, 'child', 'leave', 'daemon', '+', 'take', 'left', '15', '+', 'exit', '3', '--', 'signals', '15', own_init=True,
                 environment={'DUMB_INIT_WAIT': '1', 'DUMB_INIT_SUBREAPER': '1'}) as container:
        container.wait_for('ready')
        container.signal(signal.SIGTERM)
        container.wait_for('^left 15 from ')
        is_status(container.wait(), 0)


@scenario('health checks run while it is stopping', 'health', 'stop', 'exec')
def health(engine):
    # The stop is held back for an hour; the checks that come meanwhile are reaped, and a second stop ends it.
    with running(engine, 'child', 'signals', '15', health='child exit 0',
                 environment={'DUMB_INIT_DELAY': 'TERM:1h', 'DUMB_INIT_DEBUG': '1'}) as container:
        container.signal(signal.SIGTERM)
        container.wait_for('received SIGTERM')
        if 'podman' in engine.program:
            # Its timers are systemd's, which is not there.
            for _ in range(3):
                engine.tell('healthcheck', 'run', container.name)
        else:
            log = '{{len .State.Health.Log}}'
            before = int(engine.tell('inspect', '--format', log, container.name))
            wait_until(lambda: int(engine.tell('inspect', '--format', log, container.name)) >= min(before + 2, 5), 'two checks')
        check(not zombies_below(container.init_pid()), 'there are zombies')
        is_status(container.stop(), 0)
