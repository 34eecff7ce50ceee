# fish completion for dumb-init(1)

# Prints the command and its arguments as far as they are written, a null byte after each; fails where there is none yet.
function __dumb_init_command
    set -l words (commandline -opc) (commandline -ct)
    set -e words[1]
    argparse -s c/single-child g/group a/all r/rewrite=+ d/delay=+ k/kill-after= 1-wait e/exit-map=+ \
        p/parent-death-signal= s/subreaper P/pause w/warn-on-reap v/verbose q/quiet h/help V/version \
        -- $words 2>/dev/null
    and test -n "$argv"
    and not string match -q -- '-*' $argv[1]
    and string join0 -- $argv
end

function __dumb_init_no_command
    not __dumb_init_command >/dev/null
end

function __dumb_init_complete_command
    set -l words (__dumb_init_command | string split0)
    __fish_complete_subcommand --commandline $words
end

__fish_make_completion_signals

complete -c dumb-init -n __dumb_init_no_command -s c -l single-child -d 'Send signals to the command only'
complete -c dumb-init -n __dumb_init_no_command -s g -l group -d 'New session, signals go to its process group'
complete -c dumb-init -n __dumb_init_no_command -s a -l all -d 'Signals go to every process below'
complete -c dumb-init -n __dumb_init_no_command -s r -l rewrite -x -d 'Send R where S was received'
complete -c dumb-init -n __dumb_init_no_command -s d -l delay -x -d 'Hold a signal back'
complete -c dumb-init -n __dumb_init_no_command -s k -l kill-after -x -d 'Kill what is left after this time'
complete -c dumb-init -n __dumb_init_no_command -l wait -d 'Wait for everything that the command leaves behind'
complete -c dumb-init -n __dumb_init_no_command -s e -l exit-map -x -d 'Exit with N where the status would be C'
complete -c dumb-init -n __dumb_init_no_command -s p -l parent-death-signal -xa '$__kill_signals' \
    -d 'Signal to get when the parent dies'
complete -c dumb-init -n __dumb_init_no_command -s s -l subreaper -d 'Refuse to start where orphans cannot be adopted'
complete -c dumb-init -n __dumb_init_no_command -s P -l pause -d 'Run no command'
complete -c dumb-init -n __dumb_init_no_command -s w -l warn-on-reap -d 'A line for each orphan reaped'
complete -c dumb-init -n __dumb_init_no_command -s v -l verbose -d 'A line for everything that is done'
complete -c dumb-init -n __dumb_init_no_command -s q -l quiet -d 'Nothing but errors'
complete -c dumb-init -n __dumb_init_no_command -s h -l help -d 'Print the options'
complete -c dumb-init -n __dumb_init_no_command -s V -l version -d 'Print the version'
complete -c dumb-init -x -a '(__dumb_init_complete_command)'
