"""Many containers at once on one machine: all are started, and stopped in the same moment. Times and memory are told, and not judged."""
import collections
import shutil
import statistics
import threading
import time

from engines import ENGINES, check
from scenarios import scenario

TITLE = 'Many at once'
SOME = 20  # where not all scenarios are asked for
PEERS = ('tini-static', 'catatonit')  # what docker and podman come with
told = []  # what was measured, a line each


def memory_of(pid):
    """In KiB: its share of the memory (Pss), and what is its alone and was written to."""
    sums = collections.Counter()
    with open(f'/proc/{pid}/smaps_rollup') as file:
        for line in file:
            name, _, rest = line.partition(':')
            if rest.strip().endswith('kB'):
                sums[name] += int(rest.split()[0])
    return sums['Pss'], sums['Private_Dirty']


def at_once(containers, what):
    """A thread for each: some engines take their time with each call. Raises what one of them raised."""
    reasons = []

    def one(container):
        try:
            what(container)
        except Exception as reason:  # for the caller's thread
            reasons.append(reason)

    threads = [threading.Thread(target=one, args=(container,)) for container in containers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if reasons:
        raise reasons[0]


def crowd(engine, count, name):
    containers = []
    begin = time.monotonic()
    try:
        for _ in range(count):
            containers.append(engine.start(('child', 'ready', '--', 'wait'), init=(name, '--')))
        for container in containers:
            container.wait_for('ready')
        started = time.monotonic()
        memory = [memory_of(container.init_pid()) for container in containers]
        stopping = time.monotonic()
        at_once(containers, lambda container: container.signal(15))
        statuses = collections.Counter(container.wait() for container in containers)
        stopped = time.monotonic()
        check(statuses == {143: count}, f'{name}: exit statuses and how often: {dict(statuses)}')
    finally:
        at_once(containers, lambda container: container.remove())
    shares, dirty = zip(*memory)
    told.append(f'{engine.name}, {count} containers under {name}: started in {started - begin:.1f} s, ended in {stopped - stopping:.1f} s; '
          f'KiB of each init, median and most: Pss {statistics.median(shares):.0f} {max(shares)}, '
          f'private and dirty {statistics.median(dirty):.0f} {max(dirty)}')
    print(f'# {told[-1]}', flush=True)


@scenario('many containers at once: all start, all end with 143', 'crowd')
def many(engine):
    crowd(engine, engine.crowd if engine.full else SOME, 'dumb-init')


@scenario('many containers at once: the same with tini and catatonit, to compare', 'crowd', 'folder', full=True)
def compared(engine):
    for peer in PEERS:
        shutil.copy(f'/usr/bin/{peer}', f'{ENGINES}/roots/deb/usr/bin/')
        crowd(engine, engine.crowd, peer)
