"""Writes docs/engines.md: what passed in which engine, and why something was not asked. Each cell is a result of this run."""
import re

import crowd
from engines import ENGINES, check, output_of
from scenarios import SCENARIOS

FOREGROUND = 'it runs one container in the foreground; this is what an engine has beyond that'
NOT_ASKED = 'it could be asked, but the driver in tests/engine does not'
LIMITS = 'limits are not its own: they come from the cgroup that it is started in'
# For what an engine cannot do, the first of these that holds; the engine's own reasons come before them.
REASONS = {
    'pause': NOT_ASKED,
    'shield': FOREGROUND, 'images': FOREGROUND, 'own_init': FOREGROUND, 'stop_signal': FOREGROUND, 'stop_timeout': FOREGROUND,
    'restart': FOREGROUND, 'health': FOREGROUND, 'attach': FOREGROUND, 'stop': FOREGROUND,
    'seccomp': FOREGROUND, 'memory': LIMITS, 'pids': LIMITS, 'exec': NOT_ASKED, 'terminal': NOT_ASKED,
    'scratch': 'it takes no root folder without /usr',
    'init_path': 'its own init is left as it is here; the engines “its init” are for this',
    'pod': 'Docker has no pods; “podman, its init” is about `--init`, and pods are in the column podman',
    'crowd': NOT_ASKED, 'folder': 'the other inits are not in its image',
}

VERSIONS = (
    ('dumb-init', (f'{ENGINES}/context/dumb-init', '--version')), ('Docker', ('docker', '--version')),
    ('podman', ('podman', '--version')), ('crun', ('crun', '--version')), ('runc', ('runc', '--version')),
    ('gVisor', ('runsc', '--version')), ('systemd-nspawn', ('systemd-nspawn', '--version')), ('bubblewrap', ('bwrap', '--version')),
    ('unshare', ('unshare', '--version')), ('LXC', ('lxc-start', '--version')), ('kernel', ('uname', '-sr')),
)

TOP = """# dumb-init in container engines

Each row is a scenario of tests/engine, each column an engine; ✓ is a scenario that passed, ✗ one that failed, and — one that this engine was not
asked for, for the reason with that number below. An empty cell is a scenario that this run left out. The tables are written by

    tests/engine/run --full --table docs/engines.md

as root, with mmdebstrap, apt-utils and gnupg. The engines are not this machine's: they are Debian's packages in a root folder of their own
(tests/engine/sandbox), without a network but loopback. `tests/engine/run` without options runs the shorter set; with names of engines and `--only
WORDS` it runs some. In a column “its init” dumb-init is what the engine's `--init` runs, instead of tini or catatonit (podman: `init_path` in
containers.conf; Docker: `dockerd --init-path`); in all others it is in front of the command.

Versions:

"""

# Nothing of this is a result: it is why there is none.
BOTTOM = """
## What cannot run here

The tests run on one machine with Debian's packages and no other network. What is named here was not run, and nothing above is about it.

* **Kubernetes proper** (kubelet, k3s, minikube, kubeadm, kind): none is a package of Debian 12 or 13 that runs without fetching images. The pods of [examples/kubernetes](../examples/kubernetes/README.md) are run by `podman kube play`. That has no termination message:
  it is checked that the death report is the last line of the logs, which the kubelet copies (`FallbackToLogsOnError`).
* **containerd as CRI, CRI-O**: CRI-O is no package; of containerd it is Docker that is run here, and its CRI wants a kubelet or crictl, which is no package
  either. Both run runc or crun, whose columns are above. Example: examples/kubernetes.
* **Docker Desktop** is not free software and is no package; it runs the same dockerd in a virtual machine. Example: the Dockerfiles in README.md and examples/compose.
* **podman and Docker on cgroup v2 with limits**: this kind of machine has the memory controller in cgroup v1, and a controller can be in one version
  only. It needs a virtual machine. dumb-init's reading of `memory.events` is tested on prepared files (tests/e2e/memory.c). Example: any above, unchanged.
* **A virtual machine with KVM** (Kata Containers, gVisor with `--platform=kvm`): this is a virtual machine itself, and its /dev/kvm runs no guests.
  To Kata the image is the same; example: examples/kubernetes with a `runtimeClassName`.
* **Nomad, youki, apptainer** are no packages of Debian 12 or 13. Nomad's docker driver runs an image like Docker, `kill_signal` and `kill_timeout` being its
  `--stop-signal` and `--stop-timeout`; youki is one more runtime below Docker or podman; apptainer takes the image as it is. An example, not tried:

      task "my-server" {
        driver       = "docker"
        kill_timeout = "30s"
        config { image = "my-server:1" }
        env    { DUMB_INIT_KILL_AFTER = "25" }
      }
"""


def reason_of(engine, scenario):
    words = scenario.needs - engine.can
    for reasons in (engine.reasons, REASONS):
        for word, reason in reasons.items():
            if word in words:
                return reason
    check(False, f'{engine.name}: no reason is known for {sorted(words)}, which “{scenario.title}” needs')


class Numbers:
    """Of the reasons, in the order in which they come up."""

    def __init__(self):
        self.reasons = []

    def of(self, reason):
        if reason not in self.reasons:
            self.reasons.append(reason)
        return self.reasons.index(reason) + 1


def cell(engine, scenario, results, numbers):
    if (engine, scenario) in results:
        return '✓' if results[engine, scenario] else '✗'
    if scenario.needs <= engine.can:
        return ''
    return f'— {numbers.of(reason_of(engine, scenario))}'


def rows(engines, these, results, numbers):
    yield f'| | {" | ".join(engine.name for engine in engines)} |'
    yield f'| --- |{" --- |" * len(engines)}'
    for scenario in these:
        yield f'| {scenario.title} | {" | ".join(cell(engine, scenario, results, numbers) for engine in engines)} |'


def version(words):
    return re.sub(r'^(\S+ )?version |(?<=Linux \d\.\d\d)\..*', '', output_of(*words).splitlines()[0])


def write(path, engines, modules, results):
    numbers = Numbers()
    text = TOP + ''.join(f'- {name}: {version(words)}\n' for name, words in VERSIONS)
    for module in modules:
        these = [scenario for scenario in SCENARIOS if scenario.run.__module__ == module.__name__]
        asked = [engine for engine in engines if any(scenario.needs <= engine.can for scenario in these)]
        if asked:
            text += f'\n## {module.TITLE}\n\n' + '\n'.join(rows(asked, these, results, numbers)) + '\n'
    if crowd.told:
        text += '\nOn this machine, with two processors and other work on it:\n\n' + ''.join(f'- {line}\n' for line in crowd.told)
    text += '\n## Why not\n\n' + ''.join(f'{number}. {reason}\n' for number, reason in enumerate(numbers.reasons, 1)) + BOTTOM
    with open(path, 'w') as file:
        file.write(text)
