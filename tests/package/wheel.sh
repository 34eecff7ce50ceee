#!/bin/sh
# The Python packages: a wheel and an sdist, installed by pip in a virtual environment that has no network.
#
# Takes TARBALL, that of `make dist`, or PACKAGES, a folder with it; without either one is made here. As root, for the namespaces.
# Needs python3 with venv, a C compiler for musl and make; twine and mandoc are used where they are. TAP; a case that cannot run
# is a skip, or fails with DUMB_INIT_TESTS_MUST_RUN=1.
# What it has been seen to fail on is said at each group.
set -u
subject="the Python packages"
# shellcheck source=tests/package/lib.sh
. "$(dirname "$0")/lib.sh"

need_root "$@"
need python3:python3 readelf:binutils
python3 -c 'import venv, ensurepip' 2>/dev/null || skip_all "python3 has no venv: install the package python3-venv"
export PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1

# passes DESCRIPTION COMMAND...
passes() {
	description=$1
	shift
	"$@" >>"$log" 2>&1
	result $? "$description"
}

# prints DESCRIPTION STATUS TEXT COMMAND...
prints() {
	description=$1 wanted_status=$2 wanted=$3
	shift 3
	printed=$(timeout -s KILL 60 "$@" 2>>"$log")
	status=$?
	echo "exit status $status; printed: $printed" >>"$log"
	[ "$status" = "$wanted_status" ] && [ "$printed" = "$wanted" ]
	result $? "$description"
}

# Nothing that is run by this has a network, not even loopback.
offline() {
	timeout -s KILL 300 unshare --net "$@"
}

### Building
make_tarball

offline "$top/packaging/wheel" "$TARBALL" "$work/out" >"$log" 2>&1
result $? "packaging/wheel builds, offline"
wheel=$(find "$work/out" -name '*.whl')
sdist=$work/out/dumb_init-$version.tar.gz
if [ ! -f "$wheel" ] || [ ! -f "$sdist" ]; then
	bail_out "the packages are not there"
fi
case $(uname -m) in
i?86) machine=i686 ;;
armv*) machine=armv7l ;;
*) machine=$(uname -m) ;;
esac
case ${wheel##*/} in
dumb_init-"$version"-py2.py3-none-manylinux_2_*_"$machine".*musllinux_1_1_"$machine".whl) true ;;
*) false ;;
esac
result $? "its name says every Python, manylinux and musllinux: ${wheel##*/}"
[ "$(find "$work/out" | wc -l)" = 3 ] && [ -z "$(find "$work" -maxdepth 1 -name 'out?*')" ]
result $? "nothing else is left behind"
# Fails without Description-Content-Type.
if have twine; then
	passes "twine check --strict" twine check --strict "$wheel" "$sdist"
else
	skip "twine check --strict" "twine was not found: install the package twine"
fi

# contents WHEEL FOLDER: unpacks with the modes that the wheel has, which zipfile itself ignores.
contents() {
	python3 - "$@" <<'END'
import os, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    for entry in archive.infolist():
        os.chmod(archive.extract(entry, sys.argv[2]), entry.external_attr >> 16 & 0o777)
END
}
contents "$wheel" "$work/contents"
program=$work/contents/dumb_init-$version.data/scripts/dumb-init

### The same bytes
# Fails with time.time() in the place of release_time().
mkdir -p "$work/a longer path/for"
cp "$program" "$work/a longer path/for/program"
(umask 077 && cd / && TZ=Pacific/Kiritimati LC_ALL=C \
	"$top/packaging/wheel" "$TARBALL" "$work/a longer path/for/it" "$work/a longer path/for/program") >>"$log" 2>&1
for file in "$wheel" "$sdist"; do
	passes "the same bytes in another path, umask, time zone and locale: ${file##*.}" \
		cmp "$file" "$work/a longer path/for/it/${file##*/}"
done

### What is in the wheel
# Fails if the mode in the wheel is 0644.
python3 -m venv "$work/venv" >"$log" 2>&1 || bail_out "no virtual environment could be made"
venv=$work/venv
(cd "$venv" && find . -type f -o -type l | sort) >"$work/before"

# used HOW: what an installed dumb-init must be able to do.
used() {
	prints "$1: dumb-init --version" 0 "dumb-init v$version" "$venv/bin/dumb-init" --version
	[ "$(stat -c %a "$venv/bin/dumb-init")" = 755 ]
	result $? "$1: mode 755"
	# The machine may have another dumb-init on PATH.
	prints "$1: on PATH in the environment" 0 "$venv/bin/dumb-init" env PATH="$venv/bin:$PATH" sh -c 'command -v dumb-init'
	prints "$1: passes the exit status and the output on" 7 out "$venv/bin/dumb-init" sh -c 'echo out; exit 7'
	# shellcheck disable=SC2016 # for the inner shell
	prints "$1: a command killed by a signal" 143 "" "$venv/bin/dumb-init" -q sh -c 'kill -TERM $$'
	# The shell looks for signals between two commands, and not when it begins to wait: so it does not wait.
	prints "$1: as PID 1, a signal is passed on" 5 told \
		unshare --pid --fork --kill-child --mount-proc "$venv/bin/dumb-init" \
		sh -c "trap 'echo told; exit 5' TERM; kill -TERM 1; while :; do :; done"
	# cat sees the end of file when the orphan, which nobody but dumb-init can reap, has ended.
	unshare --pid --fork --kill-child --mount-proc timeout -s KILL 60 "$venv/bin/dumb-init" --wait -w \
		sh -c '(sh -c "exit 3" & exit 0) | cat' >>"$log" 2>&1
	grep -q 'reaped: .*PID.* 3$' "$log"
	result $? "$1: an orphan is reaped"
	man=$venv/share/man/man1/dumb-init.1
	if have mandoc; then
		passes "$1: the manual is there, and mandoc says nothing of it" mandoc -Tlint -W warning "$man"
	else
		skip "$1: the manual" "mandoc was not found: install the package mandoc"
	fi
	passes "$1: completions are there" ls "$venv/share/bash-completion/completions/dumb-init" \
		"$venv/share/zsh/site-functions/_dumb-init" "$venv/share/fish/vendor_completions.d/dumb-init.fish"
	check_program "$venv/bin/dumb-init" "$1: "
}

# removed HOW
removed() {
	passes "$1: pip uninstall" "$venv/bin/pip" uninstall -y dumb-init
	(cd "$venv" && find . -type f -o -type l | sort) >"$work/after"
	passes "$1: which leaves nothing" diff "$work/before" "$work/after"
}

passes "wheel: pip install --no-index, offline" offline "$venv/bin/pip" install --no-index --find-links "$work/out" \
	--only-binary :all: dumb-init
used wheel
passes "wheel: the program is the one in it" cmp "$program" "$venv/bin/dumb-init"
removed wheel

### The sdist
# Fails without backend-path in pyproject.toml.
passes "sdist: pip install --no-index builds it, offline" offline "$venv/bin/pip" install --no-index "$sdist"
used sdist
removed sdist

### Other machines, and what is no program for a wheel
# pretend FILE OFFSET BYTES: a copy of the program with these bytes (octal) in its ELF header.
pretend() {
	cp "$program" "$work/$1"
	# shellcheck disable=SC2059 # octal escapes
	printf "$3" | dd of="$work/$1" bs=1 seek="$2" conv=notrunc 2>>"$log"
}
if [ "$machine" = x86_64 ]; then
	pretend arm64 18 '\267\000'
	pretend mips 18 '\010\000'
	offline "$top/packaging/wheel" "$TARBALL" "$work/foreign" "$work/arm64" "$work/mips" >>"$log" 2>&1
	result $? "wheels for other machines"
	for platform in manylinux2014_aarch64 manylinux_2_17_aarch64 musllinux_1_1_aarch64; do
		passes "pip takes it for $platform" "$venv/bin/pip" download -q --no-index --no-deps --only-binary :all: \
			--find-links "$work/foreign" --platform "$platform" -d "$work/downloaded" dumb-init
	done
	for platform in win_amd64 macosx_11_0_arm64 manylinux2014_ppc64le; do
		! "$venv/bin/pip" download -q --no-index --no-deps --only-binary :all: \
			--find-links "$work/foreign" --platform "$platform" -d "$work/downloaded" dumb-init >>"$log" 2>&1
		result $? "and not for $platform"
	done
	[ "$(find "$work/foreign" -name '*.whl' | wc -l)" = 1 ]
	result $? "none for a machine for which Python has no portable wheels"
else
	skip "wheels for other machines" "the headers that are changed here are those of x86_64"
fi

# refused DESCRIPTION SENTENCE WORD...: says so, and leaves nothing.
refused() {
	description=$1 sentence=$2
	shift 2
	! timeout -s KILL 60 "$top/packaging/wheel" "$@" >>"$log" 2>&1 && grep -q "^packaging/wheel: .*$sentence" "$log" &&
		[ -z "$(find "$work" -path "$work/refused*" -type f)" ] && [ "$(find "$work" -maxdepth 1 -name 'refused*' | wc -l)" -le 1 ]
	result $? "refused, and nothing is left: $description"
}
refused "a program that is linked dynamically" "linked dynamically" "$TARBALL" "$work/refused" "$(realpath /proc/self/exe)"
refused "what is no program" "no ELF program" "$TARBALL" "$work/refused" "$0"
refused "no tarball" "make dist" /nonexistent.tar.xz "$work/refused"
refused "no words" "usage"
mkdir "$work/tools"
for tool in sh dirname realpath mktemp tar rm mkdir; do
	ln -s "$(command -v $tool)" "$work/tools"
done
# shellcheck disable=SC2123 # without python3
(PATH=$work/tools && export PATH && ! sh "$top/packaging/wheel" "$TARBALL" "$work/refused") >>"$log" 2>&1 &&
	grep -q 'install the package python3' "$log"
result $? "names the package where python3 is missing"

finish
