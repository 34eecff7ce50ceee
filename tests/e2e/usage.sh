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
unset DUMB_INIT_SETSID DUMB_INIT_ALL DUMB_INIT_REWRITE DUMB_INIT_DELAY DUMB_INIT_KILL_AFTER DUMB_INIT_WAIT DUMB_INIT_EXIT_MAP \
	DUMB_INIT_PARENT_DEATH_SIGNAL DUMB_INIT_SUBREAPER DUMB_INIT_PAUSE DUMB_INIT_WARN_ON_REAP DUMB_INIT_DEBUG DUMB_INIT_QUIET

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
for option in --ver --s --w --wa --p --pa; do
	mistake "'$option'" "ambiguous" -- $option
done

### Values
mistake "'--verbose'" "takes no value" -- --verbose=1
mistake "'--group'" "takes no value" -- --group=
for name in single-child all wait subreaper pause warn-on-reap quiet help version; do
	mistake "'--$name'" "takes no value" -- "--$name=1"
done
incomplete "'-r'" -r
incomplete "'-r'" -cr
incomplete "'--rewrite'" --rewrite
for letter in d k e p; do
	incomplete "'-$letter'" -$letter
	incomplete "'-$letter'" -sgvw$letter
done
for name in delay kill-after exit-map parent-death-signal; do
	incomplete "'--$name'" --$name
done
incomplete "dumb-init: no command is given"
incomplete "dumb-init: no command is given" --
incomplete "dumb-init: no command is given" -c
incomplete "dumb-init: no command is given" -v --

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

### Times
for time in "" 5x 10y 1d 1us 1S " 1" "1 " -1 -0 +1 .5 1. 1.5.5 1,5 1e3 0x1 inf infinit infinityy Infinity -infinity 9999999999999999999 \
	18446744073709551617 87841h 316224001 5270401m; do
	mistake "invalid time '$time'" "in --kill-after '$time'" -- -k "$time"
	mistake "invalid time '$time'" "in --kill-after '$time'" -- "--kill-after=$time"
	case $time in
	*,*) mistake "SIGTRAP (5)" "in --delay 'TERM:$time'" -- -d "TERM:$time" ;;
	*) mistake "invalid time '$time'" "in --delay 'TERM:$time'" -- -d "TERM:$time" ;;
	esac
done
for time in 0 00 0s 0.0h 1 10 1.5 10s 500ms 0.5ms 2m 1h 1.25h 87600h 315360000 infinity; do
	taken 7 "" -- -k "$time" sh -c 'exit 7'
	taken 7 "" -- -d "TERM:$time" sh -c 'exit 7'
	taken 7 "" DUMB_INIT_KILL_AFTER="$time" DUMB_INIT_DELAY="TERM:$time" -- sh -c 'exit 7'
done
# in_force LINE WORD...: --verbose says that this is in force.
in_force() {
	line=$1
	shift
	run -- -v "$@" sh -c 'exit 7'
	[ "$status" = 7 ] && grep -qxF -- "[dumb-init] in force: $line" "$folder/stderr"
	report $? "in force: $line: $*"
}
for pair in 1:1000 1.5:1500 10s:10000 500ms:500 2m:120000 0.5m:30000 1h:3600000 1.25h:4500000 0.001:1 87600h:315360000000; do
	in_force "--delay SIGTERM (15) for ${pair#*:} ms" -d "TERM:${pair%:*}"
done
in_force "--delay SIGTERM (15) until it comes again" -d TERM:infinity

### Delays
mistake "SIGTERM (15)" "in --delay 'TERM'" -- -d TERM
mistake "invalid signal ''" "in --delay ''" -- -d ""
mistake "invalid signal 'TREM'" "in --delay 'TREM:1'" -- -d TREM:1
mistake "invalid signal '0'" "in --delay '0:1'" -- -d 0:1
mistake "invalid signal ''" "in --delay ':1'" -- -d :1
mistake "invalid time '1:2'" "in --delay 'TERM:1:2'" -- -d TERM:1:2
mistake "invalid signal ''" "in --delay 'TERM:1,'" -- --delay TERM:1,
mistake "invalid signal ''" "in --delay 'TERM:1,,INT:1'" -- --delay=TERM:1,,INT:1
mistake "invalid time '5x'" "in --delay 'TERM:1,INT:5x'" -- -cdTERM:1,INT:5x
mistake "invalid time '5x'" "in --delay 'INT:5x'" -- -d TERM:1 -d INT:5x

### Exit statuses
for wrong in 256 -1 +1 1x 0x1 " 1" "1 " one 4294967296; do
	mistake "invalid exit status '$wrong'" "in --exit-map '$wrong'" -- -e "$wrong"
	mistake "invalid exit status '$wrong'" "in --exit-map '1:$wrong'" -- -e "1:$wrong"
done
for map in "" 1: :1 "," "1," ,1 1,,2; do
	mistake "invalid exit status ''" "in --exit-map '$map'" -- -e "$map"
done
mistake "invalid exit status '2:3'" "in --exit-map '1:2:3'" -- -e 1:2:3
mistake "invalid exit status '256'" "in --exit-map '256'" -- --exit-map=256
for map in 0 255 143 0:0 0:255 255:0 1,2:3,4 007:008; do
	taken 9 "" -- -e "$map" sh -c 'exit 9'
done
taken 0 "" -- --exit-map=143 sh -c 'exit 143'
taken 0 "" -- -sgvqwe9 sh -c 'exit 9'
taken 0 "" DUMB_INIT_EXIT_MAP=9 -- sh -c 'exit 9'
taken 8 "" DUMB_INIT_EXIT_MAP=9 -- -e 9:8 sh -c 'exit 9'

### Signals for the parent's death
for signal in "" 0 65 TREM SIG SIGSIGTERM RTMIN-1 RTMIN+31 RTMAX+1 15x 15:9 TERM,INT; do
	mistake "invalid signal '$signal'" "in --parent-death-signal '$signal'" -- -p "$signal"
done
for number in 32 33; do
	mistake "'$number'" "threads" -- -p $number
	mistake "'$number'" "threads" -- -d $number:1
done
for signal in TERM SIGTERM sigterm SigKill 1 64 RTMIN RTMIN+30 rtmax-1; do
	taken 7 "" -- -p "$signal" sh -c 'exit 7'
done

### The environment
mistake "'X'" "DUMB_INIT_REWRITE 'X:Y'" DUMB_INIT_REWRITE=X:Y --
mistake "'2'" DUMB_INIT_SETSID DUMB_INIT_SETSID=2 --
mistake "'-1'" DUMB_INIT_SETSID DUMB_INIT_SETSID=-1 --
mistake "'yes'" DUMB_INIT_DEBUG DUMB_INIT_DEBUG=yes --
mistake "'01'" DUMB_INIT_QUIET DUMB_INIT_QUIET=01 --
mistake "'X'" "DUMB_INIT_REWRITE 'X:Y'" DUMB_INIT_REWRITE=X:Y -- -r TERM:QUIT
mistake "'2'" DUMB_INIT_SETSID DUMB_INIT_SETSID=2 -- -c
mistake "invalid time '5x'" "in DUMB_INIT_KILL_AFTER '5x'" DUMB_INIT_KILL_AFTER=5x --
mistake "invalid time '5x'" "in DUMB_INIT_KILL_AFTER '5x'" DUMB_INIT_KILL_AFTER=5x -- -k 2
mistake "invalid time '5x'" "in DUMB_INIT_DELAY 'TERM:5x'" DUMB_INIT_DELAY=TERM:5x --
mistake "invalid signal 'TREM'" "in DUMB_INIT_DELAY 'TREM:5'" DUMB_INIT_DELAY=TREM:5 -- -d TERM:5
mistake "invalid exit status '256'" "in DUMB_INIT_EXIT_MAP '1,256'" DUMB_INIT_EXIT_MAP=1,256 --
mistake "invalid signal 'TREM'" "in DUMB_INIT_PARENT_DEATH_SIGNAL 'TREM'" DUMB_INIT_PARENT_DEATH_SIGNAL=TREM -- -p TERM
mistake "'32'" "threads" DUMB_INIT_PARENT_DEATH_SIGNAL=32 --
for name in SETSID ALL WAIT SUBREAPER PAUSE WARN_ON_REAP DEBUG QUIET; do
	for value in 2 yes true 10 01 -1 O; do
		mistake "'$value'" "DUMB_INIT_$name" "DUMB_INIT_$name=$value" --
	done
done
mistake "'2'" DUMB_INIT_PAUSE DUMB_INIT_PAUSE=2 -- -P
# The command line's mistake comes first.
mistake "invalid time '6x'" "in --kill-after '6x'" DUMB_INIT_KILL_AFTER=5x -- -k 6x

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

for variable in ALL WAIT SUBREAPER PAUSE WARN_ON_REAP KILL_AFTER DELAY EXIT_MAP PARENT_DEATH_SIGNAL; do
	taken 7 "" "DUMB_INIT_$variable=" -- sh -c 'exit 7'
done
for variable in ALL WAIT SUBREAPER PAUSE WARN_ON_REAP KILL_AFTER; do
	taken 7 "" "DUMB_INIT_$variable=0" -- sh -c 'exit 7'
done
for variable in ALL WAIT SUBREAPER WARN_ON_REAP; do
	taken 7 "" "DUMB_INIT_$variable=1" -- sh -c 'exit 7'
done
for option in -a --all --a -s --subreaper --su --wait --wai -w --warn-on-reap --war -k1 --kill=1 --kill-after=1 --k=1 "--k 1" -sgw -asgw; do
	# shellcheck disable=SC2086 # one of them is two words
	taken 7 "" -- $option sh -c 'exit 7'
done
for option in -a --all; do
	effect "a new session" new_session -- $option sh -c "$leads_session"
	effect "takes back -c" new_session -- -c $option sh -c "$leads_session"
	effect "is taken back" no_session -- $option -c sh -c "$leads_session"
	effect "takes back the environment" new_session DUMB_INIT_SETSID=0 -- $option sh -c "$leads_session"
done
effect "the command line wins" no_session DUMB_INIT_ALL=1 -- -c sh -c "$leads_session"

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
for option in c,single-child g,group a,all r,rewrite d,delay k,kill-after e,exit-map p,parent-death-signal s,subreaper P,pause \
	w,warn-on-reap v,verbose q,quiet h,help V,version; do
	grep -q -- "^ *-${option%,*}, --${option#*,}\( \|$\)" "$folder/stdout"
	report $? "the help has --${option#*,}"
done
grep -q -- "^ *--wait " "$folder/stdout"
report $? "the help has --wait"
for variable in SETSID ALL REWRITE DELAY KILL_AFTER WAIT EXIT_MAP PARENT_DEATH_SIGNAL SUBREAPER PAUSE WARN_ON_REAP DEBUG QUIET; do
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
