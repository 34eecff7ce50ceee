#!/bin/sh
# The plain binary in an empty root folder, as in an image made FROM scratch: no C library, no shell, no /dev, no /proc and
# no /etc, only dumb-init and a static command. There, as PID 1, it starts the command, passes signals on, reaps orphans, waits
# for what is left, and exits with the right status.
# Usage: tests/package/empty-root.sh
#   DUMB_INIT        the binary; without it, what PACKAGES has for this machine, or else one that is built here
#   PACKAGES         a folder with plain binaries (packaging/machines) or packages
#   DUMB_INIT_CHILD  the command, tests/lib/child linked statically; without it, it is built here
# As root. Needs util-linux and binutils.
# It was seen to fail: with Debian's dynamic 1.2.5 (nothing starts), with a static stand-in that only starts the command and
# waits for it (127, signals, orphans, --wait), and without --wait in the test of that.
set -u

top=$(cd "$(dirname "$0")/../.." && pwd)
number=0
failed=0
outer=
work=$(mktemp -d)
root=$work/root

clean_up() {
	[ -z "$outer" ] || kill -KILL "$outer" 2>/dev/null # --kill-child takes the namespace along
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

result() { # STATUS DESCRIPTION
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $number - $2"
	else
		[ ! -s "$work/log" ] || tail -n 15 "$work/log" | sed 's/^/# /'
		echo "not ok $number - $2"
		failed=1
	fi
	: >"$work/log"
}

skip_all() { # REASON
	if [ "${DUMB_INIT_TESTS_MUST_RUN:-0}" = 1 ]; then
		echo "not ok 1 - the plain binary in an empty root folder # must run, but: $1"
	else
		echo "ok 1 - the plain binary in an empty root folder # SKIP $1"
	fi
	echo 1..1
	[ "${DUMB_INIT_TESTS_MUST_RUN:-0}" != 1 ]
	exit
}

bail_out() {
	tail -n 30 "$work/log" | sed 's/^/# /'
	echo "Bail out! $1"
	exit 1
}

build() { # TARGET
	if [ ! -e "$work/build/Makefile" ]; then
		mkdir "$work/build"
		# CFLAGS and the like are for what is tested.
		(cd "$work/build" && env -u CC -u CFLAGS -u LDFLAGS "$top/configure" --with-libc=musl) >"$work/log" 2>&1 || bail_out "configure failed"
	fi
	make -C "$work/build" "$1" >"$work/log" 2>&1 || bail_out "$1 cannot be built"
}

prepare() {
	[ "$(id -u)" -eq 0 ] || skip_all "only root can change the root folder"
	for command in unshare chroot readelf; do
		command -v "$command" >/dev/null || skip_all "$command is not installed"
	done
	: >"$work/log"
	program=${DUMB_INIT:-}
	if [ -z "$program" ] && [ -n "${PACKAGES:-}" ]; then
		architecture=$(dpkg --print-architecture 2>/dev/null || uname -m)
		for file in "$PACKAGES"/dumb-init-[0-9]*-"$architecture" "$PACKAGES"/dumb-init_*_"$architecture".deb; do
			case $file in
			*.deb)
				[ ! -f "$file" ] || [ -n "$program" ] || {
					dpkg-deb -x "$file" "$work/unpacked" && program=$work/unpacked/usr/bin/dumb-init
				}
				;;
			*) [ ! -f "$file" ] || program=$file ;;
			esac
		done
		[ -n "$program" ] || bail_out "there is nothing for $architecture in $PACKAGES"
	fi
	if [ -z "$program" ]; then
		build dumb-init
		program=$work/build/dumb-init
	fi
	child=${DUMB_INIT_CHILD:-}
	if [ -z "$child" ]; then
		build tests/lib/child
		child=$work/build/tests/lib/child
	fi
	# One by an older tar, or out of a zip, may have lost its mode.
	mkdir "$root"
	install -m 755 "$program" "$root/dumb-init"
	install -m 755 "$child" "$root/child"
	! readelf -lW "$root/child" | grep INTERP >"$work/log" || bail_out "the command is not static: $child"
	mkfifo "$work/in" "$work/lines"
	find "$root" -mindepth 1 -printf '%p %s\n' | sort >"$work/before"
}

# Runs the words in the empty root, as the first process of new namespaces, to their end. What they print goes to the log.
run() { # WORDS...
	timeout -s KILL 20 unshare --mount --pid --ipc --uts --net --fork --kill-child chroot "$root" "$@" \
		>"$work/log" 2>&1 </dev/null
}

# Starts the same. $line is then its first line; descriptor 9 has the others, and 8 is its input. $init is PID 1, as seen
# from here. A hang is a failure: the lines end when timeout ends it all.
start() { # WORDS...
	exec 8<>"$work/in"
	timeout -s KILL 20 unshare --mount --pid --ipc --uts --net --fork --kill-child chroot "$root" "$@" \
		>"$work/lines" 2>&1 <"$work/in" 8>&- &
	timer=$!
	exec 9<"$work/lines"
	line=
	next_line
	outer='' init=''
	read -r outer _ <"/proc/$timer/task/$timer/children"
	read -r init _ <"/proc/$outer/task/$outer/children"
}

next_line() {
	line=
	read -r line <&9 && echo "$line" >>"$work/log"
}

# Sets $status when all of its processes are gone.
end() {
	while next_line; do :; done
	wait "$timer"
	status=$?
	outer=
	exec 8>&- 9<&-
	echo "exit status $status" >>"$work/log"
}

test_file() {
	DUMB_INIT=$root/dumb-init LIBC=musl LINKED=static-pie "$top/tests/artifact.sh" >"$work/log" 2>&1
	result $? "a static PIE: no loader, no library, no executable stack, RELRO"
	DUMB_INIT=$root/dumb-init LIBC=musl LINKED=static-pie LINKER=lld OWN_CFLAGS=yes "$top/tests/size.sh" >"$work/log" 2>&1
	result $? "small"
	version=$(sed -n 's/^AC_INIT(\[dumb-init\], \[\([^]]*\)\].*/\1/p' "$top/configure.ac")
	run /dumb-init --version && [ "$(cat "$work/log")" = "dumb-init v$version" ]
	result $? "--version is $version"
}

test_start() {
	run /dumb-init /child ids && grep -q '^pid 2 ppid 1 ' "$work/log"
	result $? "as PID 1 it starts a command, which is its child"
	for code in 0 7 255; do
		run /dumb-init /child exit "$code"
		[ $? -eq "$code" ]
		result $? "exits with $code as the command does"
	done
	run /dumb-init /child die 15
	[ $? -eq 143 ]
	result $? "exits with 143 when SIGTERM killed the command"
	run /dumb-init /nothing
	[ $? -eq 127 ] && grep -q 'No such file' "$work/log"
	result $? "exits with 127, and says why, where there is no such command"
}

test_signals() {
	start /dumb-init /child signals 15
	[ "$line" = "ready 2" ] && kill -HUP "$init" && next_line && [ "$line" = "1 from 1 code 0" ] &&
		kill -TERM "$init" && next_line && [ "$line" = "15 from 1 code 0" ]
	passed=$?
	[ "$passed" -eq 0 ] || kill -KILL "$outer"
	end
	[ "$passed" -eq 0 ] && [ "$status" -eq 0 ]
	result $? "passes SIGHUP and SIGTERM on, and exits with 0 as the command does"
	start /dumb-init /child wait
	kill -TERM "$init" || kill -KILL "$outer"
	end
	[ "$status" -eq 143 ]
	result $? "exits with 143 when the SIGTERM that it passed on kills the command"
}

test_orphans() {
	start /dumb-init --warn-on-reap /child orphans 3 0 -- wait-for-input -- exit 4
	reaped=0
	while :; do
		case $line in
		*"reaped: "*"(PID "*) reaped=$((reaped + 1)) ;;
		esac
		[ "$reaped" -lt 3 ] || break
		next_line || break
	done
	# All three are reaped while the command is still there.
	echo go >&8
	end
	[ "$reaped" -eq 3 ] && grep -qx 'got go' "$work/log" && [ "$status" -eq 4 ]
	result $? "reaps orphans while the command runs"
}

test_wait() {
	start /dumb-init --wait /child leave take left 15 + wait-for-input + exit 0 -- exit 3
	# The signal comes when the command is gone. What is left takes it, and goes on until it is told to stop.
	while [ "$line" != "left 15 from 1 code 0" ] && next_line; do :; done
	kill -0 "$init" 2>>"$work/log"
	there=$?
	echo go >&8
	end
	[ "$there" -eq 0 ] && grep -qx 'got go' "$work/log" && [ "$status" -eq 3 ]
	result $? "--wait: waits for what the command leaves behind, and exits with the command's status"
}

prepare
test_file
test_start
test_signals
test_orphans
test_wait
find "$root" -mindepth 1 -printf '%p %s\n' | sort | diff "$work/before" - >"$work/log"
result $? "leaves nothing in the root folder"
echo "1..$number"
[ "$failed" -eq 0 ]
