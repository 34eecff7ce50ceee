#!/bin/sh
# The manual and the completions: that they know the options and variables that dumb-init knows, and that shells can use them.
#
# Takes DUMB_INIT (./dumb-init). Uses mandoc, bash with bash-completion, fish and zsh where they are. TAP; a case that cannot run
# is a skip, or fails with DUMB_INIT_TESTS_MUST_RUN=1.
# Seen to fail with an option taken out of each file, and without _command_offset and its likes.
# shellcheck disable=SC2016 # the dollar signs are for other shells
set -u

top=$(cd "$(dirname "$0")/../.." && pwd)
init=$(realpath "${DUMB_INIT:-./dumb-init}")
bash=$top/completions/bash/dumb-init fish=$top/completions/fish/dumb-init.fish zsh=$top/completions/zsh/_dumb-init man=$top/man/dumb-init.1
folder=$(mktemp -d) || exit 99
trap 'rm -rf "$folder"' EXIT
trap 'exit 99' HUP INT TERM
HOME=$folder LC_ALL=C.UTF-8
export HOME LC_ALL
cases=0
failures=0

report() { # STATUS DESCRIPTION, and what went wrong in $folder/log
	cases=$((cases + 1))
	if [ "$1" = 0 ]; then
		echo "ok $cases - $2"
	else
		failures=$((failures + 1))
		echo "not ok $cases - $2"
		sed 's/^/# /' "$folder/log"
	fi
	: >"$folder/log"
}
: >"$folder/log"

# have COMMAND PACKAGE DESCRIPTION: false, and a skip, where it is not there.
have() {
	command -v "$1" >/dev/null && return
	if [ "${DUMB_INIT_TESTS_MUST_RUN:-}" = 1 ]; then
		echo "$1 was not found: install the package $2" >"$folder/log"
		report 1 "$3"
	else
		cases=$((cases + 1))
		echo "ok $cases - $3 # SKIP $1 was not found: install the package $2"
	fi
	return 1
}

# knows FILE WHAT PATTERN: a line matches.
knows() {
	grep -qE -e "$3" "$1" || echo "$1 has no $2" >>"$folder/log"
}

# The table of options as --help prints it: `  -k, --kill-after T   DUMB_INIT_KILL_AFTER=`.
"$init" --help >"$folder/help" || exit 99
sed -nE 's/^  (-([A-Za-z]),|   ) --([a-z-]+).*/\3 \2/p' "$folder/help" >"$folder/options"
while read -r name letter; do
	knows "$man" "--$name" "^\.It Fl (. , )?-$name( |$)"
	knows "$bash" "--$name" "--$name( |'|$)"
	knows "$fish" "--$name" "-l $name "
	knows "$zsh" "--$name" "--${name}[]}[]"
	[ -n "$letter" ] || continue
	knows "$man" "-$letter" "^\.It Fl $letter , -$name"
	knows "$bash" "-$letter" "-$letter( --$name|$)"
	knows "$fish" "-$letter" "-s $letter -l $name "
	knows "$zsh" "-$letter" "\{-$letter,--$name\}"
done <"$folder/options"
[ "$(wc -l <"$folder/options")" -ge 16 ] && [ ! -s "$folder/log" ]
report $? "the manual and the completions have all options of --help"
grep -oE 'DUMB_INIT_[A-Z_]+' "$folder/help" | sort -u >"$folder/variables"
while read -r variable; do
	knows "$man" "$variable" "^\.It Ev $variable "
done <"$folder/variables"
[ -s "$folder/variables" ] && [ ! -s "$folder/log" ]
report $? "the manual has all variables of --help"

# shellcheck disable=SC2013 # options are words
for option in $(grep -ohE -- '--[a-z-]+' "$bash") $(sed -nE 's/^complete .* -l ([a-z-]+) .*/--\1/p' "$fish") \
	$(sed -nE 's/^\.It Fl (. , )?-([a-z-]+).*/--\2/p' "$man"); do
	case $option in
	--par) ;; # the beginning of one
	*) knows "$folder/help" "$option" "$option( |$)" ;;
	esac
done
[ ! -s "$folder/log" ]
report $? "and none that --help does not have"

if have mandoc mandoc "mandoc says nothing of the manual"; then
	mandoc -Tlint -W warning "$man" >"$folder/log" 2>&1
	report $? "mandoc says nothing of the manual"
fi

# What a shell offers for a line, a word each; the command of the examples has an option of its own.
completions_bash() {
	bash --norc -c '
		. /usr/share/bash-completion/bash_completion
		. "$1"
		complete -W "--foreground" our-tool
		COMP_LINE=$2 COMP_POINT=${#2} COMP_TYPE=9 COMP_KEY=9
		read -ra COMP_WORDS <<<"$COMP_LINE"
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		_dumb_init dumb-init "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
		printf "%s\n" "${COMPREPLY[@]}"' bash "$bash" "$1" 2>/dev/null
}
completions_fish() {
	timeout -s KILL 60 fish --no-config -c '
		source $argv[1]
		complete -c our-tool -l foreground
		complete -C $argv[2]' "$fish" "$1" 2>>"$folder/log" | cut -f 1
}

# offers SHELL LINE WORD
offers() {
	"completions_$1" "$2" >"$folder/offered"
	sed 's/^/offered: /' "$folder/offered" >>"$folder/log"
	grep -qxF -e "$3" "$folder/offered"
	report $? "$1: '$2' is completed to $3"
}

for shell in bash fish; do
	have $shell $shell "$shell completes" || continue
	if [ $shell = bash ] && ! have /usr/share/bash-completion/bash_completion bash-completion "bash completes"; then
		continue
	fi
	offers $shell "dumb-init --k" --kill-after
	offers $shell "dumb-init -c --wai" --wait
	offers $shell "dumb-init mktem" mktemp
	offers $shell "dumb-init -- mktem" mktemp
	for options in "" "--" "-v" "-k 5" "-k5" "-cvk 5" "-rterm:stop" "--rewrite TERM:QUIT" "--kill-after=5" "-c -k 5 --"; do
		offers $shell "dumb-init $options our-tool --fore" --foreground
	done
	! "completions_$shell" "dumb-init our-tool --wai" | grep -qx -e --wait
	report $? "$shell: none of dumb-init's options behind the command"
done
if have zsh zsh "zsh loads its completions"; then
	zsh -n "$zsh" >>"$folder/log" 2>&1 && zsh -f -c '
		fpath=(${1:h} $fpath)
		autoload -U compinit && compinit -u -D
		[[ $_comps[dumb-init] == _dumb-init ]] && autoload +X _dumb-init' zsh "$zsh" >>"$folder/log" 2>&1
	report $? "zsh loads its completions"
fi

echo "1..$cases"
[ "$failures" = 0 ]
