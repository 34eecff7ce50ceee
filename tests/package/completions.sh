#!/bin/sh
# The manual and the completions: that they know the options and variables that dumb-init knows, and that shells can use them.
#
# Takes DUMB_INIT (./dumb-init). Uses mandoc, bash with bash-completion, fish and zsh where they are. TAP; a case that cannot run
# is a skip, or fails with DUMB_INIT_TESTS_MUST_RUN=1.
# Seen to fail with an option taken out of each file, and without _command_offset and its likes.
# shellcheck disable=SC2016,SC2317 # the dollar signs are for other shells; it does not see what is called by a variable
set -u
subject="the manual and the completions"
# shellcheck source=tests/package/lib.sh
. "$(dirname "$0")/lib.sh"

init=$(realpath "${DUMB_INIT:-./dumb-init}")
bash=$top/completions/bash/dumb-init fish=$top/completions/fish/dumb-init.fish zsh=$top/completions/zsh/_dumb-init man=$top/man/dumb-init.1

# installed COMMAND PACKAGE DESCRIPTION: false, and a skip, where it is not there.
installed() {
	have "$1" && return
	skip "$3" "$1 was not found: install the package $2"
	return 1
}

# knows FILE WHAT PATTERN: a line matches.
knows() {
	grep -qE -e "$3" "$1" || echo "$1 has no $2" >>"$log"
}

# The table of options as --help prints it: `  -k, --kill-after T   DUMB_INIT_KILL_AFTER=`.
"$init" --help >"$work/help" 2>"$log" || bail_out "$init does not run: DUMB_INIT says which is to be tried"
sed -nE 's/^  (-([A-Za-z]),|   ) --([a-z-]+).*/\3 \2/p' "$work/help" >"$work/options"
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
done <"$work/options"
[ "$(wc -l <"$work/options")" -ge 16 ] && [ ! -s "$log" ]
result $? "the manual and the completions have all options of --help"
grep -oE 'DUMB_INIT_[A-Z_]+' "$work/help" | sort -u >"$work/variables"
while read -r variable; do
	knows "$man" "$variable" "^\.It Ev $variable "
done <"$work/variables"
[ -s "$work/variables" ] && [ ! -s "$log" ]
result $? "the manual has all variables of --help"

# shellcheck disable=SC2013 # options are words
for option in $(grep -ohE -- '--[a-z-]+' "$bash") $(sed -nE 's/^complete .* -l ([a-z-]+) .*/--\1/p' "$fish") \
	$(sed -nE 's/^\.It Fl (. , )?-([a-z-]+).*/--\2/p' "$man"); do
	case $option in
	--par) ;; # the beginning of one
	*) knows "$work/help" "$option" "$option( |$)" ;;
	esac
done
[ ! -s "$log" ]
result $? "and none that --help does not have"

if installed mandoc mandoc "mandoc says nothing of the manual"; then
	mandoc -Tlint -W warning "$man" >"$log" 2>&1
	result $? "mandoc says nothing of the manual"
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
		complete -C $argv[2]' "$fish" "$1" 2>>"$log" | cut -f 1
}

# offers SHELL LINE WORD
offers() {
	"completions_$1" "$2" >"$work/offered"
	sed 's/^/offered: /' "$work/offered" >>"$log"
	grep -qxF -e "$3" "$work/offered"
	result $? "$1: '$2' is completed to $3"
}

for shell in bash fish; do
	installed $shell $shell "$shell completes" || continue
	if [ $shell = bash ] && ! installed /usr/share/bash-completion/bash_completion bash-completion "bash completes"; then
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
	result $? "$shell: none of dumb-init's options behind the command"
done
if installed zsh zsh "zsh loads its completions"; then
	zsh -n "$zsh" >>"$log" 2>&1 && zsh -f -c '
		fpath=(${1:h} $fpath)
		autoload -U compinit && compinit -u -D
		[[ $_comps[dumb-init] == _dumb-init ]] && autoload +X _dumb-init' zsh "$zsh" >>"$log" 2>&1
	result $? "zsh loads its completions"
fi

finish
