#!/bin/sh
# The command line and the environment: what is taken, and how mistakes are refused.
#
# A mistake is one line on standard error that names the culprit and where it stood, exit status 1, and nothing started.
# dumb-init 1.2.5 fails on most of these: it starts the command in spite of a bad number in --rewrite ("15:9x"), takes
# no signal names, ignores bad values in its variables, and exits 0 or 2 or with getopt's own several lines.
set -u

init=${DUMB_INIT:-./dumb-init}
case $init in */*) ;; *) init=./$init ;; esac
folder=$(mktemp -d) || exit 99
trap 'rm -rf "$folder"' EXIT
trap 'exit 99' HUP INT TERM
# What the user has set must not take part; each case sets its own.
unset DUMB_INIT_SETSID DUMB_INIT_REWRITE DUMB_INIT_DEBUG DUMB_INIT_QUIET

cases=0
failures=0

# report PASSED DESCRIPTION: PASSED is 0 where it did
report() {
	cases=$((cases + 1))
	if [ "$1" = 0 ]; then
		echo "ok $cases - $2"
	else
		failures=$((failures + 1))
		echo "not ok $cases - $2"
		echo "# exit status $status"
		sed 's/^/# stdout: /' "$folder/stdout"
		sed 's/^/# stderr: /' "$folder/stderr"
	fi
}

# run [NAME=VALUE]... -- WORD...: runs the init with these variables and words.
run() {
	variables=
	while [ "$1" != -- ]; do
		variables="$variables $1"
		shift
	done
	shift
	# shellcheck disable=SC2086 # no variable's value has a blank in it
	timeout -s KILL 60 env $variables "$init" "$@" >"$folder/stdout" 2>"$folder/stderr" </dev/null
	status=$?
}

# Prints variables and words as far as the command.
describe() {
	echo "$*" | tr '\n' ' ' | sed 's/^-- //; s/ -- / /; s/ *sh -c .*//'
}

# mistake CULPRIT PLACE [NAME=VALUE]... -- WORD...: the line has both, the place behind the culprit.
mistake() {
	culprit=$1
	place=$2
	shift 2
	# A command that would show that it was started.
	run "$@" sh -c 'echo started'
	[ "$status" = 1 ] && [ ! -s "$folder/stdout" ] && [ "$(wc -l <"$folder/stderr")" = 1 ] &&
		grep -qF -- "$culprit" "$folder/stderr" && grep -qF -- "$place" "$folder/stderr" &&
		grep -q "^dumb-init: .* (try 'dumb-init --help')\$" "$folder/stderr"
	report $? "refused, naming '$culprit': $(describe "$@")"
}

# incomplete CULPRIT WORD...: the same where the words end too soon for there to be a command.
incomplete() {
	culprit=$1
	shift
	run -- "$@"
	[ "$status" = 1 ] && [ ! -s "$folder/stdout" ] && [ "$(wc -l <"$folder/stderr")" = 1 ] &&
		grep -qF -- "$culprit" "$folder/stderr"
	report $? "refused, naming '$culprit': $*"
}

# taken STATUS STDOUT [NAME=VALUE]... -- WORD...: runs the command that the words have, silently.
taken() {
	expected_status=$1
	expected_stdout=$2
	shift 2
	run "$@"
	[ "$status" = "$expected_status" ] && [ "$(cat "$folder/stdout")" = "$expected_stdout" ] && [ ! -s "$folder/stderr" ]
	report $? "taken: $(describe "$@")"
}

# effect DESCRIPTION CHECK [NAME=VALUE]... -- WORD...: CHECK, one of the functions below, says whether there is the effect.
effect() {
	description=$1
	check=$2
	shift 2
	run "$@"
	"$check"
	report $? "$description: $(describe "$@")"
}

verbose() { grep -q '^\[dumb-init\] .*exit' "$folder/stderr"; }
silent() { [ ! -s "$folder/stderr" ]; }
succeeded() { [ "$status" = 0 ]; }
helped() { succeeded && silent && grep -q '^Usage: dumb-init' "$folder/stdout"; }

# The command says whether it leads a session. `read` is built into the shell, so /proc/self is the shell itself.
# shellcheck disable=SC2016 # for the inner shell
leads_session='read -r pid _ _ _ _ session _ </proc/self/stat; [ "$pid" = "$session" ] && echo session || echo none'
new_session() { [ "$(cat "$folder/stdout")" = session ]; }
no_session() { [ "$(cat "$folder/stdout")" = none ]; }
verbose_and_no_session() { verbose && no_session; }

# The command is killed by a signal that dumb-init did not send.
# shellcheck disable=SC2016 # for the inner shell
suicide='kill -TERM $$'
killed() { [ "$status" = 143 ]; }
death_reported() { killed && grep -q 'SIGTERM (15)' "$folder/stderr"; }
death_not_reported() { killed && silent; }

# The command sends SIGTERM to its parent, dumb-init, and waits for ever, in opening what nobody writes to: what comes
# back kills it. Signal numbers differ between machines, so a shell tells them.
mkfifo "$folder/fifo"
# shellcheck disable=SC2016 # for the inner shell
ask='kill -TERM $PPID; exec cat '"$folder/fifo"
# shellcheck disable=SC2016 # for the inner shell
sh -c 'kill -USR1 $$' >"$folder/stdout" 2>&1
usr1=$?
got_usr1() { [ "$status" = "$usr1" ]; }
# shellcheck disable=SC2016 # for the inner shell
sh -c 'kill -USR2 $$' >"$folder/stdout" 2>&1
usr2=$?
got_usr2() { [ "$status" = "$usr2" ]; }

### Unknown options
mistake "'-x'" "-x" -- -x
mistake "'-x'" "'-cx'" -- -cx
mistake "'-='" "-=" -- -=
mistake "'--nonsense'" "--nonsense" -- --nonsense
mistake "'--nonsense" "--nonsense" -- --nonsense=1
mistake "'--verboses'" "--verboses" -- --verboses
mistake "'--ver'" "ambiguous" -- --ver

### Values
mistake "'--verbose'" "takes no value" -- --verbose=1
mistake "'--group'" "takes no value" -- --group=
incomplete "'-r'" -r
incomplete "'-r'" -cr
incomplete "'--rewrite'" --rewrite
incomplete "Usage: dumb-init"
incomplete "Usage: dumb-init" --
incomplete "Usage: dumb-init" -c
incomplete "Usage: dumb-init" -v --

### Rewriting
for rule in TREM:QUIT TERM:QIUT TERM:QUIT,HUPP:0 15:9x 15x:9 65:9 15:65 -15:9 15:-9 SIG:9 SIGSIGTERM:9 RTMIN-1:9 RTMIN+31:9 \
	RTMAX+1:9 99999999999999999999:9 15:4294967305 " 15:9" "15:9 " 15:9:1 15: :9 : 15 "" "," "15:9," ",15:9" "15:9,,15:9" 0:15 0x0f:9; do
	case $rule in
	TREM*) culprit="'TREM'" ;;
	TERM:QIUT) culprit="'QIUT'" ;;
	*HUPP*) culprit="'HUPP'" ;;
	*) culprit="$rule" ;;
	esac
	mistake "$culprit" "--rewrite '$rule'" -- -r "$rule"
done
mistake "'TREM'" "--rewrite 'TREM:QUIT'" -- --rewrite=TREM:QUIT
mistake "'TREM'" "--rewrite 'TREM:QUIT'" -- --rewrite TREM:QUIT
mistake "'TREM'" "--rewrite 'TREM:QUIT'" -- -rTREM:QUIT
mistake "'TREM'" "--rewrite 'TREM:QUIT'" -- -cvr TREM:QUIT
mistake "'TREM'" "--rewrite 'TREM:QUIT'" -- -r TERM:QUIT -r TREM:QUIT
for number in 32 33; do
	mistake "'$number'" "threads" -- -r "$number:15"
	mistake "'$number'" "threads" -- -r "15:$number"
done

### The environment
mistake "'X'" "DUMB_INIT_REWRITE 'X:Y'" DUMB_INIT_REWRITE=X:Y --
mistake "'2'" DUMB_INIT_SETSID DUMB_INIT_SETSID=2 --
mistake "'-1'" DUMB_INIT_SETSID DUMB_INIT_SETSID=-1 --
mistake "'yes'" DUMB_INIT_DEBUG DUMB_INIT_DEBUG=yes --
mistake "'01'" DUMB_INIT_QUIET DUMB_INIT_QUIET=01 --
mistake "'X'" "DUMB_INIT_REWRITE 'X:Y'" DUMB_INIT_REWRITE=X:Y -- -r TERM:QUIT
mistake "'2'" DUMB_INIT_SETSID DUMB_INIT_SETSID=2 -- -c

### A mistake cannot start a line of its own on the log
run -- "--no
[dumb-init] such option"
[ "$status" = 1 ] && [ "$(wc -l <"$folder/stderr")" = 1 ]
report $? "a newline in a mistake does not end the line"

### Where options end
taken 0 "-c" -- echo -c
taken 0 "--nonsense -r" -- -c echo --nonsense -r
taken 0 "-V" -- -- echo -V
taken 0 "--" -- -- echo --
taken 7 "" -- -c -- sh -c 'exit 7'
taken 7 "" -- sh -c 'exit 7'

### Options in each of their forms
effect "a new session is the default" new_session -- sh -c "$leads_session"
for option in -c --single-child --single --si; do
	effect "no new session" no_session -- $option sh -c "$leads_session"
done
for option in -g --group --g; do
	effect "takes back -c" new_session -- -c $option sh -c "$leads_session"
	effect "is taken back" no_session -- $option -c sh -c "$leads_session"
	effect "takes back the environment" new_session DUMB_INIT_SETSID=0 -- $option sh -c "$leads_session"
done
effect "environment" no_session DUMB_INIT_SETSID=0 -- sh -c "$leads_session"
effect "environment" new_session DUMB_INIT_SETSID=1 -- sh -c "$leads_session"
effect "environment, empty" new_session DUMB_INIT_SETSID= -- sh -c "$leads_session"
effect "the command line wins" no_session DUMB_INIT_SETSID=1 -- -c sh -c "$leads_session"

for option in -v --verbose --verb; do
	effect "verbose" verbose -- $option true
done
effect "verbose, bundled" verbose_and_no_session -- -cv sh -c "$leads_session"
effect "verbose, bundled" verbose_and_no_session -- -vc sh -c "$leads_session"
effect "verbose, environment" verbose DUMB_INIT_DEBUG=1 -- true
for variable in DUMB_INIT_DEBUG=0 DUMB_INIT_DEBUG= DUMB_INIT_QUIET=0 DUMB_INIT_QUIET=; do
	effect "not verbose" silent $variable -- true
done

effect "death report" death_reported -- sh -c "$suicide"
effect "death report" death_reported DUMB_INIT_QUIET=0 -- sh -c "$suicide"
for option in -q --quiet --q; do
	effect "no death report" death_not_reported -- $option sh -c "$suicide"
done
effect "no death report" death_not_reported DUMB_INIT_QUIET=1 -- sh -c "$suicide"

effect "not rewritten" killed -- sh -c "$ask"
for rule in TERM:USR1 SIGTERM:SIGUSR1 term:usr1 sigTerm:SigUsr1 "TERM:$((usr1 - 128))" 15:USR1 HUP:0,TERM:USR1 TERM:USR2,TERM:USR1; do
	effect "rewritten" got_usr1 -- -r "$rule" sh -c "$ask"
done
effect "rewritten" got_usr1 -- -rTERM:USR1 sh -c "$ask"
effect "rewritten" got_usr1 -- -cvrTERM:USR1 sh -c "$ask"
effect "rewritten" got_usr1 -- --rewrite=TERM:USR1 sh -c "$ask"
effect "rewritten" got_usr1 -- --rew TERM:USR1 sh -c "$ask"
effect "rewritten, the last rule" got_usr1 -- -r TERM:USR2 -r TERM:USR1 sh -c "$ask"
effect "rewritten, environment" got_usr2 DUMB_INIT_REWRITE=HUP:0,TERM:USR2 -- sh -c "$ask"
effect "the command line wins" got_usr1 DUMB_INIT_REWRITE=TERM:USR2 -- -r TERM:USR1 sh -c "$ask"
effect "the environment's other rules hold" got_usr2 DUMB_INIT_REWRITE=TERM:USR2 -- -r HUP:0 sh -c "$ask"

### Help and version
for option in -h --help --he -ch; do
	effect "help" helped -- $option
done
effect "help comes before the environment's mistakes" succeeded DUMB_INIT_DEBUG=x -- -h
run -- --help
[ "$(wc -L <"$folder/stdout")" -le 80 ]
report $? "no line of the help is longer than 80 columns"
! grep -q '[[:blank:]]$' "$folder/stdout"
report $? "no line of the help ends in a blank"
for name in single-child group rewrite verbose quiet help version; do
	grep -q -- "^ *-., --$name" "$folder/stdout"
	report $? "the help has --$name"
done
for variable in SETSID REWRITE DEBUG QUIET; do
	grep -q "DUMB_INIT_$variable" "$folder/stdout"
	report $? "the help has DUMB_INIT_$variable"
done
for option in -V --version --vers; do
	taken 0 "dumb-init v2.0.0" -- $option
done
if [ -c /dev/full ]; then
	"$init" --version >/dev/full 2>"$folder/stderr"
	status=$?
	[ "$status" = 1 ]
	report $? "a version that cannot be written is no success"
fi

echo "1..$cases"
[ "$failures" = 0 ]
