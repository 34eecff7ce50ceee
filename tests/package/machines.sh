#!/bin/sh
# The plain binaries of packaging/machines, each run as the program of its machine: by qemu-user, or by the kernel where it
# can (amd64 and i386 on amd64). Usage: tests/package/machines.sh [ARCH]...    all machines that $PACKAGES has, if none is named
# Takes PACKAGES, a folder with dumb-init-VERSION-ARCH; without it they are built, which takes a while. Needs root and
# mmdebstrap: the compiler for the command under test (tests/lib/child.c) and qemu-user come from the root folders of
# packaging/machines. Nothing is registered in binfmt_misc: a command is the machine's own by way of qemu's name before
# it, or is this machine's /bin/sh. Everything runs in PID namespaces, and leaves nothing.
#
# What a machine gets wrong shows here: its signals' numbers (mips has its own), the layout of the kernel's structures for
# times, signal sets and siginfo, calls that it has not or has under another name, and bytes in the other order (s390x).
# What qemu-user gets wrong itself, and is therefore not asked for or allowed for here:
#   * clone(CLONE_VM | CLONE_VFORK) is a fork, and its parent goes on at once. So the command may still be on its way
#     when dumb-init already waits for signals, which it never is without qemu-user.
#   * PR_SET_CHILD_SUBREAPER fails in some versions (7.2), so that only PID 1 is handed orphans.
#   * SIGABRT from outside ends some versions of it (since 9), whatever the program does about it.
#   * its own machine has two real-time signals less than the kernel, since two belong to the C library that qemu-user
#     itself is linked with; the others get there shifted. So they are compared with what the command gets without dumb-init.
set -u

# ---- one machine, in a PID namespace of its own: machines.sh --machine ARCH BINARY CHILD VERSION [QEMU] ----

variables= # for the next run alone: NAME=VALUE...

check() { # STATUS DESCRIPTION
	if [ "$1" -eq 0 ]; then
		echo "ok - $arch: $2"
	else
		sed 's/^/# stdout: /' out
		sed 's/^/# stderr: /' err
		echo "# exit status $status"
		echo "not ok - $arch: $2"
	fi
}

# Runs the init with these words, to its end.
run() {
	# shellcheck disable=SC2086 # no variable's value has a blank in it, and $qemu may be nothing
	timeout -s KILL 60 env $variables $qemu "$binary" "$@" >out 2>err </dev/null
	status=$?
	variables=
}

# run, and compares the exit status and, if not empty, standard output: ends STATUS STDOUT DESCRIPTION WORD...
ends() {
	expected_status=$1 expected_out=$2 description=$3
	shift 3
	run "$@"
	[ $status -eq "$expected_status" ] && { [ -z "$expected_out" ] || [ "$(cat out)" = "$expected_out" ]; }
	check $? "$description"
}

# run, and wants these words on standard error: says STATUS STDERR DESCRIPTION WORD...
says() {
	expected_status=$1 expected_err=$2 description=$3
	shift 3
	run "$@"
	[ $status -eq "$expected_status" ] && grep -qF -- "$expected_err" err
	check $? "$description"
}

# Starts the words and sets $pid.
begin() {
	status=running
	: >out
	: >err
	"$@" >out 2>err </dev/null &
	pid=$!
}

ended() {
	! grep -q '^State:[[:space:]]*[^Z]' "/proc/$pid/status" 2>/dev/null
}

# Waits until the command succeeds; fails if what was begun has ended without, or half a minute is over.
wait_until() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		if [ $tries -gt 600 ] || ended; then
			"$@"
			return
		fi
		sleep 0.05
	done
}

line() { # PATTERN [FILE]
	wait_until grep -qE -- "$1" "${2:-out}"
}

# shellcheck disable=SC2317 # by wait_until
lines() { # NUMBER PATTERN FILE
	[ "$(grep -cE -- "$2" "$3")" -eq "$1" ]
}

# Waits for the end, at most a minute, and sets $status.
finish() {
	tries=0
	until ended; do
		tries=$((tries + 1))
		[ $tries -ne 1200 ] || kill -KILL "$pid"
		sleep 0.05
	done
	wait "$pid"
	status=$?
}

# The init's PID here, also if it is PID 1 below an unshare.
init_pid() {
	if [ "$(cat "/proc/$pid/comm")" = unshare ]; then
		cut -d ' ' -f 1 "/proc/$pid/task/$pid/children"
	else
		echo "$pid"
	fi
}

send() {
	kill -"$1" "$(init_pid)"
}

# The number that a signal has on the machine under test, or on another one.
number_of() { # NAME [ARCH]
	case ${2:-$arch} in
	mips*) own='USR1 16 USR2 17 PWR 19 WINCH 20 URG 21 IO 22 CONT 25 VTALRM 28 PROF 29 XCPU 30 XFSZ 31 SYS 12' ;;
	*) own='USR1 10 USR2 12 PWR 30 WINCH 28 URG 23 IO 29 CONT 18 VTALRM 26 PROF 27 XCPU 24 XFSZ 25 SYS 31' ;;
	esac
	echo " HUP 1 INT 2 QUIT 3 TRAP 5 ABRT 6 KILL 9 SEGV 11 PIPE 13 ALRM 14 TERM 15 $own " | sed "s/.* $1 \([0-9]*\) .*/\1/"
}

# Sends signals by this machine's numbers to what was begun, one after the other, and prints "SENT CAME" for each.
record() {
	for number; do
		before=$(grep -c ' from ' out)
		kill -"$number" "$pid"
		if wait_until eval '! lines '"$before"' " from " out'; then
			echo "$number $(sed -n 's/^\([0-9]*\) from .*/\1/p' out | tail -n 1)"
		else
			echo "$number nothing"
		fi
	done
}

# shellcheck disable=SC2317 # by wait_until
no_zombies() {
	! cat /proc/[0-9]*/stat 2>/dev/null | grep -q "^[0-9]* (.*) Z $(init_pid) "
}

# What is about orphans: where dumb-init is handed them.
# shellcheck disable=SC2086 # words, or none
adopted() {
	begin $way $qemu "$binary" -w $me orphans 5 3 -- signals
	line '^ready' && wait_until lines 5 'reaped: .*exited with status 3$' err && wait_until no_zombies
	check $? "-w: orphans are reaped$as"
	send TERM
	finish
	begin $way $qemu "$binary" -a $me leave daemon + take daemon $usr1 + wait -- signals $usr2
	line '^ready'
	send USR1
	line "^daemon $usr1 from" && line "^$usr1 from"
	check $? "-a: a signal is for a daemon too$as"
	send KILL
	finish
	begin $way $qemu "$binary" --wait -e 5:6 $me leave daemon + take daemon 15 + exit 3 -- exit 5
	line '^daemon 15 from'
	check $? "--wait: what the command left is told to stop$as"
	finish
	[ $status -eq 6 ]
	check $? "--wait: the exit status is the command's, mapped$as"
	before=$(date +%s%N)
	begin $way $qemu "$binary" -k 500ms $me leave daemon + ignore 15 + wait -- exit 5
	finish
	[ $status -eq 5 ] && grep -q '^ready' out && [ $(($(date +%s%N) - before)) -ge 500000000 ]
	check $? "-k 500ms: what ignores SIGTERM is killed, and not before that$as"
}

# shellcheck disable=SC2016,SC2086 # the first: for inner shells; the second: $qemu, $me, $way and lists are words, or none
one_machine() {
	arch=$1 binary=$2 child=$3 version=$4 qemu=${5-}
	me="$qemu $child"
	term=15 usr1=$(number_of USR1) usr2=$(number_of USR2)

	# -- it runs, and is what it says
	ends 0 "dumb-init v$version" '--version' --version
	run --help
	[ $status -eq 0 ] && head -n 1 out | grep -q '^Usage: dumb-init ' && [ "$(wc -l <out)" -gt 30 ]
	check $? '--help'

	# -- exit status
	for code in 0 1 7 255; do
		ends $code '' "exit status $code" sh -c "exit $code"
	done
	ends 41 '' 'exit status of a command of its own machine' $me exit 41
	for name in TERM KILL USR1 USR2 SEGV; do
		number=$(number_of $name)
		says $((128 + number)) "was killed by SIG$name ($number)" "killed by SIG$name, which is $number" \
			sh -c "ulimit -c 0; kill -$name \$\$"
	done
	ends 0 '' '-e' -e $((128 + usr1)) sh -c 'kill -USR1 $$'
	variables=DUMB_INIT_EXIT_MAP=143,7:9
	ends 9 '' 'DUMB_INIT_EXIT_MAP' sh -c 'exit 7'

	# -- a command that cannot be started
	mkdir folder
	printf '#!/nowhere/sh\n' >script
	printf 'no program\n' >text
	: >denied
	chmod +x script text
	says 127 "/dumb-init-nothing: No such file or directory" 'no such command' /dumb-init-nothing
	says 127 'it is in no folder of PATH' 'no such command in PATH' dumb-init-nothing
	says 126 'it is a directory' 'a folder' ./folder
	says 126 'give it the permission with chmod +x' 'a file without permission' ./denied
	says 126 'its interpreter is missing' 'a script without its interpreter' ./script
	says 126 'a script needs a first line' 'a file of no known format' ./text

	# -- mistakes
	says 1 "'--nonsense'" 'an unknown option is refused' --nonsense true
	says 1 'NONSENSE' 'an unknown signal is refused' -r TERM:NONSENSE true
	says 1 '33' 'a signal of the C library is refused' -r TERM:33 true
	says 1 '65' 'a number above 64 is refused' -r TERM:65 true
	variables=DUMB_INIT_SETSID=2
	says 1 'DUMB_INIT_SETSID' 'a bad variable is refused' true
	says 1 '' 'no command is a mistake'

	# -- what the command starts with
	variables=OTHER=other
	ends 0 'OTHER=other' 'the environment is handed on' $me environment OTHER
	run_with_own_listen_pid='LISTEN_PID=$$; export LISTEN_PID; exec "$@"'
	begin sh -c "$run_with_own_listen_pid" sh $qemu "$binary" sh -c 'test "$LISTEN_PID" = $$'
	finish
	[ $status -eq 0 ]
	check $? 'LISTEN_PID names the command'
	printf 'blocked\nignored\npending\n' >expected
	variables=
	ends 0 "$(cat expected)" 'no signal is blocked, ignored or pending' $me status
	ends 0 '' 'it has a session of its own' sh -c 'read -r pid _ _ _ _ session _ </proc/self/stat; test $pid = $session'
	ends 1 '' 'with -c it has none' -c sh -c 'read -r pid _ _ _ _ session _ </proc/self/stat; test $pid = $session'
	begin script -qec "$qemu $binary sh -c 'read -r _ _ _ _ group _ tty front _ </proc/self/stat; test \$tty != 0 && test \$group = \$front'" /dev/null
	finish
	[ $status -eq 0 ]
	check $? 'it has the terminal, and is in the foreground'

	# -- signals, with the machine's own numbers; real-time ones: those that a command gets without dumb-init
	standard='' realtime=$(seq 35 64)
	for name in HUP INT QUIT TRAP ${qemu:-ABRT} USR1 USR2 PIPE ALRM URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS CONT TERM; do
		[ "$name" != "$qemu" ] || continue
		standard="$standard $(number_of $name amd64)"
		number_of $name
	done >numbers
	for mode in -g -c; do
		begin $qemu "$binary" $mode $me signals 0
		line '^ready'
		record $standard >came
		sed 's/.* //' came | cmp -s - numbers
		check $? "$mode: every standard signal: $(tr '\n' ' ' <numbers)"
		kill -KILL $pid
		finish
	done
	begin $me signals 0
	line '^ready'
	record $realtime >direct
	kill -KILL $pid
	finish
	begin $qemu "$binary" $me signals 0
	line '^ready'
	record $realtime >came
	kill -KILL $pid
	finish
	sed 's/^/# direct /' direct >err
	cmp -s direct came && [ "$(sed -n 's/.* \([0-9]\)/\1/p' came | sort -u | wc -l)" -ge 26 ]
	check $? "every real-time signal that gets there: $(sed -n '1p;$p' came | sed 's/.* //' | tr '\n' ' ')"
	# The second process of a group: -g reaches it, -c does not.
	begin $qemu "$binary" $me pair
	line '^command ready' && line '^child ready'
	send USR1
	line "^command $usr1 from" && line "^child $usr1 from"
	check $? 'a signal is for the whole group'
	kill -KILL $pid
	finish

	# -- rewriting, by the machine's names and numbers
	for rule in TERM:USR1 15:$usr1 SIGTERM:sigusr1 term:$usr1; do
		begin $qemu "$binary" -r $rule $me signals $usr1
		line '^ready'
		send TERM
		line "^$usr1 from"
		check $? "-r $rule: $usr1 comes"
		finish
	done
	begin $qemu "$binary" -r TERM:ABRT $me signals 6
	line '^ready'
	send TERM
	line '^6 from'
	check $? '-r TERM:ABRT: 6 comes'
	finish
	begin $qemu "$binary" -r TERM:RTMIN+3,USR1:0 -r USR2:41 $me signals 41
	line '^ready'
	send USR1
	send TERM
	line '^37 from'
	check $? '-r TERM:RTMIN+3: 37 comes'
	send USR2
	finish
	grep -q '^41 from' out && ! grep -q "^$usr1 from" out && [ $status -eq 0 ]
	check $? '-r USR2:41: 41 comes; -r USR1:0: nothing comes'

	# -- delay
	begin env DUMB_INIT_DELAY=TERM:1h $qemu "$binary" -d USR1:300ms $me signals
	line '^ready'
	before=$(date +%s%N)
	send USR1
	line "^$usr1 from" && [ $(($(date +%s%N) - before)) -ge 300000000 ]
	check $? '-d USR1:300ms: it comes, and not before that'
	kill -KILL $pid
	finish
	begin env DUMB_INIT_DELAY=TERM:1h $qemu "$binary" $me signals
	line '^ready'
	send TERM
	send USR2
	line "^$usr2 from" && ! grep -q "^$term from" out
	check $? 'DUMB_INIT_DELAY=TERM:1h: it waits, and what comes after it does not'
	send TERM
	finish
	[ $status -eq 0 ] && grep -q "^$term from" out
	check $? 'it comes at once when it is sent again'

	# -- orphans, and the end, as PID 1 and not
	run -s true
	adopts=yes
	if [ -n "$qemu" ] && [ $status -eq 1 ] && grep -q 'cannot adopt orphans' err; then
		adopts=no
		echo '# this qemu-user lacks PR_SET_CHILD_SUBREAPER: orphans are seen as PID 1 only'
	else
		check $status '-s'
	fi
	for way in '' 'unshare --pid --fork --kill-child --mount-proc'; do
		as=${way:+, as PID 1}
		[ "$adopts$way" = no ] || adopted
		begin $way $qemu "$binary" -k 500ms $me ignore 15 -- wait
		line '^ready'
		send TERM
		finish
		[ $status -eq 137 ]
		check $? "-k 500ms: a command that ignores it too$as"
		begin $way $qemu "$binary" -v -P
		line . err
		send TERM
		finish
		[ $status -eq 0 ]
		check $? "-P ends at SIGTERM$as"
	done
	begin sh -c '"$@" & read -r _ <gate' sh $qemu "$binary" -p USR1 $me signals $usr1
	line '^ready'
	kill -KILL $pid
	finish
	tries=0
	until grep -q "^$usr1 from" out || [ $tries -gt 600 ]; do
		tries=$((tries + 1))
		sleep 0.05
	done
	grep -q "^$usr1 from" out
	check $? '-p: the signal comes when the parent dies'
}

if [ "${1-}" = --machine ]; then
	shift
	for name in $(env | sed -n 's/^\(DUMB_INIT_[A-Z_]*\)=.*/\1/p'); do
		unset "$name"
	done
	mkfifo gate
	one_machine "$@"
	exit
fi

# ---- all machines ----

subject="all machines"
# shellcheck source=tests/package/lib.sh
. "$(dirname "$0")/lib.sh"

need_root "$@"
need mmdebstrap:mmdebstrap script:bsdutils

version=$(sed -n 's/^AC_INIT(\[dumb-init\], \[\(.*\)\])$/\1/p' "$top/configure.ac")
if [ -z "${PACKAGES-}" ]; then
	make_tarball
	PACKAGES=$work/packages
	"$top/packaging/machines" "$TARBALL" "$PACKAGES" "$@" >"$log" 2>&1 || bail_out "the binaries cannot be built"
fi
if [ $# -eq 0 ]; then
	# shellcheck disable=SC2013 # a word each
	for machine in $(sed '/^#/d; s/ .*//' "$top/packaging/machines.table"); do
		if [ -e "$PACKAGES/dumb-init-$version-$machine" ]; then
			set -- "$@" "$machine"
		else
			echo "# $machine: not in PACKAGES"
		fi
	done
	[ $# -gt 0 ] || bail_out "there is no dumb-init-$version-MACHINE in $PACKAGES"
fi

for machine; do
	binary=$PACKAGES/dumb-init-$version-$machine
	if [ ! -e "$binary" ]; then
		skip "$machine" "there is no ${binary##*/}"
		continue
	fi
	read -r _ triplet compiler qemu _ <<-ROW
		$(grep "^$machine " "$top/packaging/machines.table")
	ROW
	if ! root=$("$top/packaging/machines" --root "$machine" 2>"$log"); then
		result 1 "$machine: its root folder can be made"
		continue
	fi
	mkdir "$work/$machine"
	cp "$top/tests/lib/child.c" "$work/$machine"
	if ! "$top/packaging/in-root" "$root" --bind "$work/$machine" "$compiler" -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -O1 -static \
		-o "$work/$machine/child" "$work/$machine/child.c" 2>"$log"; then
		result 1 "$machine: the command under test is built, with $triplet"
		continue
	fi
	# The kernel's own word is better than qemu's.
	if [ "$("$work/$machine/child" words native 2>/dev/null)" = '<native>' ]; then
		qemu=
	else
		for qemu in "$root/usr/bin/qemu-$qemu-static" "$root/usr/bin/qemu-$qemu"; do
			[ ! -x "$qemu" ] || break
		done
	fi
	echo "# $machine: ${qemu:+by qemu-user }${qemu:-by the kernel itself}"
	# shellcheck disable=SC2086 # nothing if the machine needs no qemu
	(cd "$work/$machine" && unshare --pid --fork --kill-child --mount-proc "$top/tests/package/machines.sh" \
		--machine "$machine" "$binary" "$work/$machine/child" "$version" $qemu) >"$work/results" 2>&1
	status=$?
	relay "$work/results" ""
	[ $status -eq 0 ] || result 1 "$machine: the tests came to their end ($status)"
done
finish
