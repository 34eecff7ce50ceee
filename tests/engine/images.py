"""The images that the scenarios run: made by each engine's own builder, of Dockerfiles and a base made of distribution packages.

/engines/context has what they copy: dumb-init_*.deb, dumb-init, child, and the repository in apt/, which is served on loopback for
the time of the build.
"""
import contextlib
import functools
import http.server
import os
import re
import shutil
import subprocess
import threading

from engines import ENGINES, Cli, Podman, RootlessPodman, check

BASE = 'debian:bookworm-slim'
PORT = 8321  # in a network namespace of our own
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'images')


@contextlib.contextmanager
def repository():
    """The repository for apt, over HTTP."""
    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *unused):
            pass

    with http.server.ThreadingHTTPServer(('127.0.0.1', PORT), functools.partial(Handler, directory=f'{ENGINES}/context/apt')) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield
        server.shutdown()


def has(engine, image):
    return subprocess.run((*engine.program, 'image', 'inspect', image), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def import_base(engine):
    """Once for each tar: it is named after its time."""
    stamp = int(os.stat(f'{ENGINES}/base.tar').st_mtime)
    own, name = f'localhost/dumb-init-base:{stamp}', BASE if 'docker' in engine.program else f'docker.io/library/{BASE}'
    if not has(engine, own):
        engine.tell('import', f'{ENGINES}/base.tar', own)
    engine.tell('tag', own, name)


def build(engine, folder, tag, context=f'{ENGINES}/context', network='none'):
    """With the engine's own builder; nothing is ever pulled."""
    pull = ('--pull=never',) if 'podman' in engine.program else ()
    engine.tell('build', '--quiet', *pull, f'--network={network}', '--tag', tag, '--file', f'{folder}/Dockerfile', context)


def forget_all(engine):
    """What a run that was killed has left: the storage outlives it."""
    if 'podman' in engine.program:
        engine.tell('pod', 'rm', '--all', '--force', '--time', '0')
        engine.tell('rm', '--all', '--force', '--time', '0')
    elif names := engine.tell('ps', '--all', '--quiet').split():
        engine.tell('rm', '--force', *names)


def build_all(engine):
    forget_all(engine)
    import_base(engine)
    for name in ('deb', 'scratch'):
        build(engine, f'{FOLDER}/{name}', engine.image(name))
    with repository():
        build(engine, f'{FOLDER}/apt', engine.image('apt'), network='host')


def unpack(engine):
    """The images' root folders, for what takes a folder: out of this engine."""
    for name in ('deb', 'scratch'):
        root = f'{ENGINES}/roots/{name}'
        shutil.rmtree(root, ignore_errors=True)
        os.makedirs(root)
        container = engine.tell('create', engine.image(name))
        try:
            subprocess.run(f'{" ".join(engine.program)} export {container} | tar -xf - -C {root}', shell=True, check=True)
        finally:
            engine.forget(container)
        for folder in ('proc', 'sys', 'dev', 'run', 'tmp'):
            os.makedirs(f'{root}/{folder}', exist_ok=True)


def check_readme():
    """The Dockerfile lines in README.md's chapter on installing are those that are built here, but for the reader's own server."""
    with open(f'{FOLDER}/../../../README.md') as file:
        chapter = re.search(r'\n## Installing\n(.*?)\n## ', file.read(), re.DOTALL).group(1)
    built = set()
    for name in os.listdir(FOLDER):
        with open(f'{FOLDER}/{name}/Dockerfile') as file:
            built |= set(file.read().splitlines())
    blocks = re.findall(r'```Dockerfile\n(.*?)```', chapter, re.DOTALL)
    check(len(blocks) == len(os.listdir(FOLDER)), f'{len(blocks)} ways of installing, and not one for each image')
    for line in ''.join(blocks).splitlines():
        check(line in built or 'my-server' in line, f'README.md says {line!r}, which no image here has')


def prepare(engines):
    """The images of all these engines."""
    check_readme()
    built = set()
    for engine in engines:
        if isinstance(engine, RootlessPodman):
            engine.prepare()
        builder = engine.builder() if isinstance(engine, Cli) else None
        if builder and (key := (*builder.before, builder.program[len(builder.before)])) not in built:
            built.add(key)
            build_all(builder)
        if builder and builder is not engine:
            engine.prepare()
    others = [engine for engine in engines if not isinstance(engine, Cli)]
    if others:
        podman = next((engine for engine in engines if isinstance(engine, Podman)), None)
        if podman is None:
            podman = Podman()
            build_all(podman)
        unpack(podman)
