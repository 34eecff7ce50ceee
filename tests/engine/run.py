"""Runs the scenarios in the engines; inside tests/engine/sandbox. TAP on standard output, the table to a file."""
import argparse
import os
import sys
import traceback

import crowd
import images
import kubernetes
import lxc
import own_init
import scenarios
import table
from engines import Bubblewrap, Docker, Failed, GVisor, Nspawn, Oci, Podman, RootlessPodman, Unshare

ALL = {
    'docker': Docker, 'docker-crun': lambda: Docker('crun'), 'docker-gvisor': GVisor, 'docker-init': own_init.DockerInit, 'podman': Podman,
    'podman-runc': lambda: Podman('runc'), 'podman-rootless': RootlessPodman, 'podman-init': own_init.PodmanInit, 'runc': lambda: Oci('runc'),
    'crun': lambda: Oci('crun'), 'nspawn': Nspawn, 'bubblewrap': Bubblewrap, 'unshare': Unshare, 'lxc': lxc.Lxc,
}
QUICK = ('docker', 'docker-init', 'podman', 'podman-rootless', 'podman-init', 'runc', 'crun', 'nspawn', 'bubblewrap', 'unshare', 'lxc')
TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
# The first has what is asked of every engine; each of the others is about something that only some engines have.
MODULES = (scenarios, own_init, kubernetes, lxc, crowd)


def comment(text):
    print('\n'.join(f'# {line}' for line in text.splitlines()), flush=True)


def run(scenario, engine):
    try:
        scenario.run(engine)
    except Failed as reason:
        comment(str(reason))
        return False
    except Exception:  # the next ones are to be run all the same
        comment(traceback.format_exc())
        return False
    return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--full', action='store_true')
    parser.add_argument('--table', metavar='FILE', help='a path that begins with no / is below the repository')
    parser.add_argument('--only', help='scenarios with this in their titles')
    parser.add_argument('engines', nargs='*', choices=[*ALL, []])
    arguments = parser.parse_args()
    if arguments.table and arguments.only:
        parser.error('a table of some scenarios would leave out the others: --table and --only exclude each other')
    path = arguments.table and os.path.join(TOP, arguments.table)
    if path and not os.path.isdir(os.path.dirname(path)):
        parser.error(f'there is no folder for {path}')  # now, and not when all is done
    engines = [ALL[name]() for name in arguments.engines or (ALL if arguments.full else QUICK)]
    images.prepare(engines)
    number = 0
    results = {}
    for engine in engines:
        engine.full = arguments.full
        for scenario in scenarios.SCENARIOS:
            if not scenario.needs <= engine.can or scenario.full and not arguments.full:
                continue
            if arguments.only and arguments.only not in scenario.title:
                continue
            number += 1
            results[engine, scenario] = run(scenario, engine)
            print(f'{"ok" if results[engine, scenario] else "not ok"} {number} - {engine.name}: {scenario.title}', flush=True)
    print(f'1..{number}')
    if path:
        table.write(path, engines, MODULES, results)
    return 0 if all(results.values()) else 1


if __name__ == '__main__':
    sys.exit(main())
