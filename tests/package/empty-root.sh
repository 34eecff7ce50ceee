#!/bin/sh
# The plain binary in an empty root folder, as in an image made FROM scratch: no C library, no shell, no /dev, no /proc and
# no /etc, only dumb-init and a static command. There, as PID 1, it starts the command, passes signals on, reaps orphans, waits
# for what is left, and exits with the right status.
# Usage: tests/package/empty-root.sh
#   PACKAGES         a folder with plain binaries (packaging/machines) or packages: what it has for this machine is tried
#   DUMB_INIT        the binary, if there are no PACKAGES; without either, one is built here
#   DUMB_INIT_CHILD  the command, tests/lib/child linked statically; without it, it is built here
# As root. Needs util-linux and binutils.
# It was seen to fail: with Debian's dynamic 1.2.5 (nothing starts), with a static stand-in that only starts the command and
# waits for it (127, signals, orphans, --wait), and without --wait in the test of that.
set -u
subject="the plain binary in an empty root folder"
# shellcheck source=tests/package/lib.sh
. "$(dirname "$0")/lib.sh"

root=$work/root

prepare() {
	need chroot:coreutils readelf:binutils
	program=
	if [ -n "${PACKAGES:-}" ]; then
		architecture=$(dpkg --print-architecture 2>/dev/null || uname -m)
		for file in "$PACKAGES"/dumb-init-[0-9]*-"$architecture"; do
			[ ! -f "$file" ] || program=$file
		done
		for file in "$PACKAGES"/dumb-init_*_"$architecture".deb; do
			[ -n "$program" ] || ! [ -f "$file" ] || {
				dpkg-deb -x "$file" "$work/unpacked" && program=$work/unpacked/usr/bin/dumb-init
			}
		done
		[ -n "$program" ] || bail_out "there is nothing for $architecture in $PACKAGES"
	elif [ -n "${DUMB_INIT:-}" ]; then
		program=$DUMB_INIT
	else
		build dumb-init
		program=$work/build/dumb-init
	fi
	make_child
	# One by an older tar, or out of a zip, may have lost its mode.
	mkdir "$root"
	install -m 755 "$program" "$root/dumb-init"
	install -m 755 "$DUMB_INIT_CHILD" "$root/child"
	find "$root" -mindepth 1 -printf '%p %s\n' | sort >"$work/before"
}

test_file() {
	check_program "$root/dumb-init" ""
	version=$(sed -n 's/^AC_INIT(\[dumb-init\], \[\([^]]*\)\].*/\1/p' "$top/configure.ac")
	run_alone "$root" /dumb-init --version && [ "$(cat "$log")" = "dumb-init v$version" ]
	result $? "--version is $version"
}

test_start() {
	run_alone "$root" /dumb-init /child ids && grep -q '^pid 2 ppid 1 ' "$log"
	result $? "as PID 1 it starts a command, which is its child"
	for code in 0 7 255; do
		run_alone "$root" /dumb-init /child exit "$code"
		[ $? -eq "$code" ]
		result $? "exits with $code as the command does"
	done
	run_alone "$root" /dumb-init /child die 15
	[ $? -eq 143 ]
	result $? "exits with 143 when SIGTERM killed the command"
	run_alone "$root" /dumb-init /nothing
	[ $? -eq 127 ] && grep -q 'No such file' "$log"
	result $? "exits with 127, and says why, where there is no such command"
}

test_signals() {
	start_alone "$root" /dumb-init /child signals 15
	[ "$line" = "ready 2" ] && kill -HUP "$init" && next_line && [ "$line" = "1 from 1 code 0" ] &&
		kill -TERM "$init" && next_line && [ "$line" = "15 from 1 code 0" ]
	passed=$?
	[ "$passed" -eq 0 ] || kill -KILL "$outer"
	end_alone
	[ "$passed" -eq 0 ] && [ "$status" -eq 0 ]
	result $? "passes SIGHUP and SIGTERM on, and exits with 0 as the command does"
	start_alone "$root" /dumb-init /child wait
	kill -TERM "$init" || kill -KILL "$outer"
	end_alone
	[ "$status" -eq 143 ]
	result $? "exits with 143 when the SIGTERM that it passed on kills the command"
}

test_orphans() {
	start_alone "$root" /dumb-init --warn-on-reap /child orphans 3 0 -- wait-for-input -- exit 4
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
	end_alone
	[ "$reaped" -eq 3 ] && grep -qx 'got go' "$log" && [ "$status" -eq 4 ]
	result $? "reaps orphans while the command runs"
}

test_wait() {
	start_alone "$root" /dumb-init --wait /child leave take left 15 + wait-for-input + exit 0 -- exit 3
	# The signal comes when the command is gone. What is left takes it, and goes on until it is told to stop.
	while [ "$line" != "left 15 from 1 code 0" ] && next_line; do :; done
	kill -0 "$init" 2>>"$log"
	there=$?
	echo go >&8
	end_alone
	[ "$there" -eq 0 ] && grep -qx 'got go' "$log" && [ "$status" -eq 3 ]
	result $? "--wait: waits for what the command leaves behind, and exits with the command's status"
}

need_root "$@"
prepare
test_file
test_start
test_signals
test_orphans
test_wait
find "$root" -mindepth 1 -printf '%p %s\n' | sort | diff "$work/before" - >"$log"
result $? "leaves nothing in the root folder"
finish
