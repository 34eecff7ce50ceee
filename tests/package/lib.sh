#!/bin/sh
# What the tests of the packages have in common; with or without `set -e`. They read it with `. "$(dirname "$0")/lib.sh"`, after they have said in $subject
# what they test. It gives them $top (this source), $work (a temporary folder, removed at the end whatever happens) and $log
# (a file in it: what it holds when a case fails is printed, and each case begins with an empty one), an empty HOME, and one
# locale and umask. TARBALL, PACKAGES, DUMB_INIT and DUMB_INIT_CHILD come from the caller or are made when they are needed.
# shellcheck disable=SC2034,SC2154 # some variables are for the scripts, and $subject is theirs

top=$(cd "$(dirname "$0")/../.." && pwd)
number=0
failed=0
quick=no

# need_root starts the script again, with the same folder.
work=${DUMB_INIT_TESTS_WORK:-}
isolated=$work
unset DUMB_INIT_TESTS_WORK SOURCE_DATE_EPOCH TZ
if [ -z "$isolated" ]; then
	work=$(mktemp -d) || exit 1
	chmod 755 "$work" # there are tools that become another user
	mkdir "$work/home"
	mkdir -m 1777 "$work/tmp"
	trap 'rm -rf "$work"' EXIT
	trap 'exit 1' HUP INT TERM
fi
HOME=$work/home TMPDIR=$work/tmp LC_ALL=C.UTF-8
export HOME TMPDIR LC_ALL
umask 022
log=$work/log
: >"$log"
[ -z "${PACKAGES:-}" ] || PACKAGES=$(realpath "$PACKAGES")

# ---- results ----

result() { # STATUS DESCRIPTION
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $number - $2"
	else
		failed=1
		tail -n 40 "$log" | cut -c -500 | sed 's/^/# /'
		echo "not ok $number - $2"
	fi
	: >"$log"
}

skip() { # DESCRIPTION REASON
	if [ "${DUMB_INIT_TESTS_MUST_RUN:-0}" = 1 ]; then
		echo "this must run, but: $2" >"$log"
		result 1 "$1"
	else
		number=$((number + 1))
		echo "ok $number - $1 # SKIP $2"
	fi
}

skip_all() { # REASON
	skip "$subject" "$1"
	finish
}

bail_out() { # REASON
	tail -n 40 "$log" | cut -c -500 | sed 's/^/# /'
	echo "Bail out! $1"
	exit 1
}

# The last line, and the end.
finish() {
	echo "1..$number"
	exit "$failed"
}

# Numbers the results that something else has written, which may have comments among them.
relay() { # FILE PREFIX
	while IFS= read -r line; do
		case $line in
		"ok - "*) result 0 "$2${line#ok - }" ;;
		"not ok - "*) result 1 "$2${line#not ok - }" ;;
		*) echo "# ${line#\# }" ;;
		esac
	done <"$1"
}

# ---- words and what has to be there ----

take_quick() { # "$@"
	case $* in
	'') ;;
	--quick) quick=yes ;;
	*)
		echo "usage: tests/package/${0##*/} [--quick]" >&2
		exit 1
		;;
	esac
}

left_out() { # WHAT
	echo "# left out with --quick: $1"
}

# Starts the script again in PID and mount namespaces, and never comes back: when it ends, or a signal ends it, whatever it
# has started ends with it, and its mounts are gone.
need_root() { # "$@"
	[ "$(id -u)" -eq 0 ] || skip_all "this has to be root, who can make clean roots and namespaces"
	[ -z "$isolated" ] || return 0
	unshare --mount --pid --fork true 2>"$log" || skip_all "no namespaces can be made here: $(cat "$log")"
	# A shell's background processes ignore SIGINT and SIGQUIT.
	DUMB_INIT_TESTS_WORK=$work setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --mount-proc \
		env --default-signal=INT,QUIT sh "$0" "$@" &
	namespaces=$!
	trap end_namespaces HUP INT TERM
	status=0
	wait "$namespaces" || status=$?
	exit "$status"
}

# unshare waits for the first process in there, with which the kernel ends all others.
end_namespaces() {
	first=
	read -r first _ <"/proc/$namespaces/task/$namespaces/children" || :
	kill -KILL "${first:-$namespaces}" 2>/dev/null || :
	wait "$namespaces" || :
	exit 1
}

need() { # COMMAND:PACKAGE...
	missing=
	for word; do
		command -v "${word%:*}" >/dev/null || missing="$missing ${word#*:}"
	done
	[ -z "$missing" ] || skip_all "install the packages$missing"
}

have() { # COMMAND
	command -v "$1" >/dev/null
}

# ---- what is tested ----

# Makes targets in a build folder that is configured for it.
build() { # TARGET...
	if [ ! -e "$work/build/Makefile" ]; then
		[ -x "$top/configure" ] || bail_out "there is no configure: run autogen.sh"
		mkdir "$work/build"
		# CFLAGS and the like are for what is tested.
		(cd "$work/build" && env -u CC -u CFLAGS -u CPPFLAGS -u LDFLAGS "$top/configure" --with-libc=musl) >"$log" 2>&1 ||
			bail_out "configure failed"
	fi
	make -C "$work/build" "$@" >"$log" 2>&1 || bail_out "$* cannot be made"
	: >"$log"
}

# Sets TARBALL, if it is not given, to that in PACKAGES or to one that is made here, and version.
make_tarball() {
	if [ -z "${TARBALL:-}" ]; then
		TARBALL=$(echo "${PACKAGES:-$work}"/dumb-init-[0-9]*.tar.xz)
		if [ ! -f "$TARBALL" ]; then
			build dist
			TARBALL=$(echo "$work"/build/dumb-init-*.tar.xz)
		fi
	fi
	[ -f "$TARBALL" ] || bail_out "there is no $TARBALL"
	TARBALL=$(realpath "$TARBALL")
	version=${TARBALL##*/dumb-init-}
	version=${version%.tar.xz}
}

# Sets DUMB_INIT_CHILD, the static command under test, if it is not given. It was seen to refuse a dynamic one.
make_child() {
	if [ -z "${DUMB_INIT_CHILD:-}" ]; then
		build tests/lib/child
		DUMB_INIT_CHILD=$work/build/tests/lib/child
	fi
	! readelf -lW "$DUMB_INIT_CHILD" | grep INTERP >"$log" || bail_out "$DUMB_INIT_CHILD is not static"
	: >"$log"
}

# Prints the one file that a pattern stands for.
one() { # FILE...
	if [ $# -ne 1 ] || [ ! -f "$1" ]; then
		echo "Bail out! there has to be one file, and not: $*" >&2
		return 1
	fi
	echo "$1"
}

# Two cases. They were seen to fail with a dynamic program, without RELRO, with an executable stack, and with 20 KB more.
check_program() { # FILE PREFIX
	status=0
	DUMB_INIT=$1 LIBC=musl LINKED=static-pie "$top/tests/artifact.sh" >"$log" 2>&1 || status=$?
	result "$status" "${2}a static PIE: no loader, no library, no executable stack, RELRO"
	status=0
	DUMB_INIT=$1 LIBC=musl LINKED=static-pie LINKER=lld COMPILER=gcc OWN_CFLAGS=yes "$top/tests/size.sh" >"$log" 2>&1 || status=$?
	result "$status" "${2}small"
}

build_id() { # FILE
	readelf -nW "$1" | sed -n 's/.*Build ID: //p'
}

# ---- in a clean root ----

# A root of a Debian release that packages are installed in, with what uses the manual and the completions.
apt_root() { # SUITE
	"$top/packaging/clean-root" "apt-$1" "$1" man-db,bash-completion,zsh,fish
}

# Prints functions for a shell in such a root: what an installed copy has to bring besides the program. Each was seen to fail
# with a package that lacks the file.
functions_inside() {
	cat <<'INSIDE'
try_manual() {
	man -w dumb-init | grep -x /usr/share/man/man1/dumb-init.1.gz &&
		man --warnings dumb-init >/tmp/page 2>/tmp/warnings || return
	cat /tmp/warnings
	[ ! -s /tmp/warnings ] && grep -e --kill-after /tmp/page
}
# In the file, so that bash is what reads it.
try_bash() {
	cat >/tmp/complete <<-'BASH'
		. /usr/share/bash-completion/bash_completion
		_completion_loader dumb-init
		complete -p dumb-init
		COMP_WORDS=(dumb-init --ki) COMP_CWORD=1 COMP_LINE="dumb-init --ki" COMP_POINT=14
		_dumb_init
		echo "offered: ${COMPREPLY[*]}"
	BASH
	bash /tmp/complete | tee /dev/stderr | grep -x 'offered: --kill-after'
}
try_zsh() {
	zsh -fc 'autoload -Uz compinit && compinit -D -u && print -r -- "$_comps[dumb-init]" && autoload +X _dumb-init' | tee /dev/stderr |
		grep -x _dumb-init
}
try_fish() {
	HOME=/tmp fish -c 'complete -C "dumb-init --ki"' | tee /dev/stderr | grep -e '^--kill-after'
}
INSIDE
}

# ---- as the first process, in a root folder with nothing but the program and the command ----

# Runs the words there, in new namespaces, to their end. What they print goes to the log.
run_alone() { # ROOT WORDS...
	timeout -s KILL 20 unshare --mount --pid --ipc --uts --net --fork --kill-child chroot "$@" >"$log" 2>&1 </dev/null
}

# Starts the same. $line is then its first line; descriptor 9 has the others, and 8 is its input. $init is its PID 1, as seen
# from here. A hang is a failure: the lines end when timeout ends it all.
start_alone() { # ROOT WORDS...
	rm -f "$work/in" "$work/lines"
	mkfifo "$work/in" "$work/lines"
	exec 8<>"$work/in"
	timeout -s KILL 20 unshare --mount --pid --ipc --uts --net --fork --kill-child chroot "$@" \
		>"$work/lines" 2>&1 <"$work/in" 8>&- &
	timer=$!
	exec 9<"$work/lines"
	next_line
	outer='' init=''
	read -r outer _ <"/proc/$timer/task/$timer/children"
	read -r init _ <"/proc/$outer/task/$outer/children"
}

next_line() {
	line=
	read -r line <&9 && echo "$line" >>"$log"
}

# Sets $status when all of its processes are gone.
end_alone() {
	while next_line; do :; done
	status=0
	wait "$timer" || status=$?
	exec 8>&- 9<&-
	echo "exit status $status" >>"$log"
}

# ---- repositories ----

# Makes keys without a passphrase in a keyring of their own: NAME@example.org.
make_keys() { # KIND NAME...
	kind=$1
	shift
	export GNUPGHOME="$work/keys"
	[ -d "$GNUPGHOME" ] || mkdir -m 700 "$GNUPGHOME"
	for name; do
		gpg --batch --quiet --passphrase '' --quick-generate-key "$name <$name@example.org>" "$kind" sign never >"$log" 2>&1 ||
			bail_out "a key cannot be made"
	done
	: >"$log"
}

# One byte in the middle becomes another: in a package, that is in the files. Without it all refusals of it were seen to fail.
flip_byte() { # FILE
	python3 - "$1" <<'PYTHON'
import os, sys
with open(sys.argv[1], "r+b") as file:
    middle = os.path.getsize(sys.argv[1]) // 2
    file.seek(middle)
    byte = file.read(1)[0]
    file.seek(middle)
    file.write(bytes([byte ^ 1]))
PYTHON
}

# Serves a folder by HTTP on loopback, until the end. Sets $url. The server's first line says which port it has got.
start_server() { # FOLDER
	mkfifo "$work/server"
	python3 -u -m http.server 0 --bind 127.0.0.1 --directory "$1" >"$work/server" 2>/dev/null &
	read -r line <"$work/server"
	port=${line##*port }
	url=http://127.0.0.1:${port%% *}
}
