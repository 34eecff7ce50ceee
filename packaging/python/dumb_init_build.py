"""Writes dumb-init as a Python wheel, and as an sdist that can build one. Nothing but Python 3's standard library.

It is run in two ways:

* by packaging/wheel, as a program (see main() below) that puts a finished static program into a wheel, or the release
  tarball into an sdist;
* by pip, as the build backend (PEP 517) that the sdist brings along: `./configure && make`, and the result into a wheel.
  It asks for no other package, so that `pip install --no-index` works.

The same input gives the same bytes: names in order, fixed modes, and the time of the release.
"""
import base64
import gzip
import hashlib
import io
import os
import re
import struct
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import time
import zipfile

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NAME = 'dumb_init'  # as file names spell it

PYPROJECT = b'''\
[build-system]
requires = []
build-backend = "dumb_init_build"
backend-path = ["packaging/python"]
'''

# Where they are in the source, and below the prefix.
DATA = (
    ('man/dumb-init.1', 'share/man/man1/dumb-init.1'),
    ('completions/bash/dumb-init', 'share/bash-completion/completions/dumb-init'),
    ('completions/fish/dumb-init.fish', 'share/fish/vendor_completions.d/dumb-init.fish'),
    ('completions/zsh/_dumb-init', 'share/zsh/site-functions/_dumb-init'),
)

# By the ELF header's machine, class and byte order: Python's name, and the first version of glibc for that machine that
# manylinux tags may name. A static program needs none; but this is how pip is told "any Linux".
MACHINES = {
    (62, 64, 'little'): ('x86_64', '2_5'),
    (3, 32, 'little'): ('i686', '2_5'),
    (183, 64, 'little'): ('aarch64', '2_17'),
    (40, 32, 'little'): ('armv7l', '2_17'),
    (21, 64, 'little'): ('ppc64le', '2_17'),
    (22, 64, 'big'): ('s390x', '2_17'),
    (243, 64, 'little'): ('riscv64', '2_27'),
    (258, 64, 'little'): ('loongarch64', '2_36'),
}
OLD_NAMES = {'2_5': 'manylinux1', '2_17': 'manylinux2014'}  # for a pip before 20.3

ARM_HARD_FLOAT = 0x400  # EF_ARM_ABI_FLOAT_HARD; Python has no portable tag for the other ARMs
SEGMENT_INTERP = 3  # PT_INTERP


class Refused(Exception):
    """What is said to the user, in a sentence."""


class NoTag(Refused):
    """There is nothing wrong with the program, but wheels are not made for its machine."""


def read(path):
    with open(os.path.join(SOURCE, path), 'rb') as file:
        return file.read()


def find(pattern, path):
    found = re.search(pattern, read(path).decode(), re.MULTILINE)
    if found is None:
        raise Refused(f'{path}: nothing there looks like {pattern}')
    return found.group(1)


def version():
    return find(r'^AC_INIT\(\[dumb-init\], \[([^]]*)\]', 'configure.ac')


def release_time():
    return int(subprocess.check_output(['sh', os.path.join(SOURCE, 'packaging/release-time'), SOURCE]))


def metadata():
    author, address = re.match(r'(.*) <(.*)>$', find(r'^Maintainer: (.*)$', 'debian/control')).groups()
    return '\n'.join((
        'Metadata-Version: 2.1',
        'Name: dumb-init',
        f'Version: {version()}',
        'Summary: ' + find(r'^Description: (.*)$', 'debian/control'),
        'Home-page: ' + find(r'^Homepage: (.*)$', 'debian/control'),
        f'Author: {author}',
        f'Author-email: {address}',
        'License: MIT',
        'Platform: linux',
        'Classifier: License :: OSI Approved :: MIT License',
        'Classifier: Operating System :: POSIX :: Linux',
        'Classifier: Programming Language :: C',
        'Description-Content-Type: text/markdown',
        '',
        read('README.md').decode(),
    )).encode()


def platform_tags(program):
    """The tags under which pip takes this program, which must be static: manylinux for glibc systems, musllinux for musl's."""
    if program[:4] != b'\x7fELF':
        raise Refused('it is no ELF program')
    bits = {1: 32, 2: 64}[program[4]]
    order = {1: 'little', 2: 'big'}[program[5]]
    form = '<>'[order == 'big']
    machine = struct.unpack_from(form + 'H', program, 18)[0]
    if bits == 64:
        headers, flags, size, count = struct.unpack_from(form + '32xQ8xI2xHH', program, 0)
    else:
        headers, flags, size, count = struct.unpack_from(form + '28xI4xI2xHH', program, 0)
    for index in range(count):
        if struct.unpack_from(form + 'I', program, headers + index * size)[0] == SEGMENT_INTERP:
            raise Refused('it is linked dynamically, so it would not run everywhere')
    name, glibc = MACHINES.get((machine, bits, order), (None, None))
    if name is None or name == 'armv7l' and not flags & ARM_HARD_FLOAT:
        raise NoTag('Python has no portable wheels for its machine')
    old = [f'{OLD_NAMES[glibc]}_{name}'] if glibc in OLD_NAMES else []
    return [f'manylinux_{glibc}_{name}'] + old + [f'musllinux_1_1_{name}']


def info_folder():
    return f'{NAME}-{version()}.dist-info'


def wheel_file(pythons, platforms):
    tags = ''.join(f'Tag: {python}-none-{platform}\n' for python in pythons for platform in platforms)
    return f'Wheel-Version: 1.0\nGenerator: dumb-init {version()}\nRoot-Is-Purelib: false\n{tags}'.encode()


def write_wheel(program, pythons, platforms, folder):
    """Returns the name of the wheel, in which the bytes of the program are dumb-init."""
    data = f'{NAME}-{version()}.data'
    files = [(f'{data}/scripts/dumb-init', program, 0o755)]
    files += [(f'{data}/data/{target}', read(source), 0o644) for source, target in DATA]
    files += [
        (f'{info_folder()}/METADATA', metadata(), 0o644),
        (f'{info_folder()}/COPYING', read('COPYING'), 0o644),
        (f'{info_folder()}/WHEEL', wheel_file(pythons, platforms), 0o644),
    ]
    record = ''
    for name, content, _ in files:
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b'=').decode()
        record += f'{name},sha256={digest},{len(content)}\n'
    record += f'{info_folder()}/RECORD,,\n'
    files.append((f'{info_folder()}/RECORD', record.encode(), 0o644))

    wheel = f"{NAME}-{version()}-{'.'.join(pythons)}-none-{'.'.join(platforms)}.whl"
    stamp = time.gmtime(release_time())[:6]
    with zipfile.ZipFile(os.path.join(folder, wheel), 'w', zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content, mode in files:
            entry = zipfile.ZipInfo(name, stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix: else the mode means nothing, and the program would not be executable
            entry.external_attr = (0o100000 | mode) << 16
            archive.writestr(entry, content)
    return wheel


def write_sdist(tarball, folder):
    """The files of the release tarball under the name that Python wants, and what pip needs beside them."""
    top = f'{NAME}-{version()}'
    name = f'{top}.tar.gz'
    files = {'PKG-INFO': (metadata(), 0o644), 'pyproject.toml': (PYPROJECT, 0o644)}
    with tarfile.open(tarball) as archive:
        for member in archive:
            if member.isfile():
                path = member.name.split('/', 1)[1]
                files[path] = (archive.extractfile(member).read(), member.mode & 0o755)
    if 'packaging/python/dumb_init_build.py' not in files:
        raise Refused(f'{tarball} has no packaging/python/dumb_init_build.py, without which pip cannot build')
    stamp = release_time()
    with open(os.path.join(folder, name), 'wb') as file, \
            gzip.GzipFile('', 'wb', 9, file, mtime=stamp) as compressed, \
            tarfile.open(fileobj=compressed, mode='w', format=tarfile.USTAR_FORMAT) as archive:
        for path in sorted(files):
            content, mode = files[path]
            entry = tarfile.TarInfo(f'{top}/{path}')
            entry.size, entry.mode, entry.mtime = len(content), mode, stamp
            archive.addfile(entry, io.BytesIO(content))
    return name


def build_program():
    """Returns the bytes of dumb-init, built for this machine and stripped."""
    # configure and make refuse files of the future, as where the clock is behind the release.
    for folder, _, names in os.walk(SOURCE):
        for name in names:
            os.utime(os.path.join(folder, name), (0, 0), follow_symlinks=False)
    with tempfile.TemporaryDirectory() as build:
        environment = dict(os.environ)
        # Else the build ID would depend on where it was built.
        maps = f'-ffile-prefix-map={SOURCE}=. -ffile-prefix-map={build}=.'
        environment['CPPFLAGS'] = f"{environment.get('CPPFLAGS', '')} {maps}".strip()
        root = os.path.join(build, 'root')
        for command in (
                ['sh', os.path.join(SOURCE, 'configure'), '--prefix=/usr', '--bindir=/usr/bin'],
                ['make', 'dumb-init'],
                ['make', 'install-strip', f'DESTDIR={root}']):
            # pip shows what goes to standard output only if the build fails, or is asked to say all.
            subprocess.run(command, cwd=build, env=environment, check=True, stdout=sys.stderr)
        with open(os.path.join(root, 'usr/bin/dumb-init'), 'rb') as file:
            return file.read()


# ---- the backend: these names are PEP 517's ----

class UnsupportedOperation(Exception):
    pass


def local_platform():
    """A program that was built here is for systems like this one."""
    name = re.sub('[-.]', '_', sysconfig.get_platform())
    if struct.calcsize('P') == 4:  # a 32-bit Python under a 64-bit kernel
        name = {'linux_x86_64': 'linux_i686', 'linux_aarch64': 'linux_armv8l'}.get(name, name)
    return name


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    folder = os.path.join(metadata_directory, info_folder())
    os.mkdir(folder)
    for name, content in (('METADATA', metadata()), ('WHEEL', wheel_file(['py3'], [local_platform()]))):
        with open(os.path.join(folder, name), 'wb') as file:
            file.write(content)
    return info_folder()


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return write_wheel(build_program(), ['py3'], [local_platform()], wheel_directory)


def build_sdist(sdist_directory, config_settings=None):
    raise UnsupportedOperation('the sdist is made from the release tarball: packaging/wheel TARBALL OUTDIR')


# ---- for packaging/wheel ----

def main(what, *arguments):
    """wheel OUTDIR [PROGRAM]...: a wheel for each static program, or for one that is built here. sdist OUTDIR TARBALL."""
    global SOURCE
    SOURCE = os.getcwd()
    folder = arguments[0]
    if what == 'sdist':
        print(write_sdist(arguments[1], folder))
        return
    for path in arguments[1:] or [None]:
        try:
            if path is None:
                path = 'dumb-init'
                program = build_program()
            else:
                with open(path, 'rb') as file:
                    program = file.read()
            print(write_wheel(program, ['py2', 'py3'], platform_tags(program), folder))
        except NoTag as reason:
            print(f'packaging/wheel: no wheel of {path}: {reason}', file=sys.stderr)
        except Refused as reason:
            raise Refused(f'{path}: {reason}')


if __name__ == '__main__':
    try:
        main(*sys.argv[1:])
    except (Refused, subprocess.CalledProcessError, OSError) as error:
        sys.exit(f'packaging/wheel: {error}')
