# Completion of sotickets for fish. The program itself says what can follow.

function __sotickets_candidates
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    set -l typed (commandline --current-token --cut-at-cursor)
    # Without its backslashes, as the words before it are.
    set -l plain (string unescape -- $typed); and set typed $plain
    set -l lines (command $words[1] __complete -- $words[2..] $typed 2>/dev/null)
    for line in $lines
        set -l part (string split \t -- $line)
        if test "$part[1]" = path
            set -l start (math (string length -- "$part[2]") + 1)
            for path in (__fish_complete_path (string sub --start $start -- $typed))
                echo -- $part[2]$path
            end
        else
            # fish puts a blank behind the only candidate, and a list may go on.
            if test "$part[1]" = item; and test (count $lines) = 1
                printf '%s,\t%s\n' $part[2] 'and another field'
            end
            printf '%s\t%s\n' $part[2] $part[4]
        end
    end
end

complete --command sotickets --no-files --keep-order --arguments '(__sotickets_candidates)'
