# Completion of sotickets for bash. The program itself says what can follow.

_sotickets() {
    # bash parts words at : and = as well; COMP_LINE knows where a blank was.
    local line=${COMP_LINE:0:COMP_POINT} word words=() i
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if ((i > 0)) && [[ $line == [![:space:]]* ]]; then
            words[${#words[@]} - 1]+=${line:0:${#word}}
        else
            line=${line#"${line%%[![:space:]]*}"}
            words+=("${line:0:${#word}}")
        fi
        line=${line:${#word}}
    done

    # What readline replaces is the end of the last word, without an open quote.
    local last=${words[${#words[@]} - 1]} quote=
    if [[ $last == [\"\']* ]]; then
        quote=${last:0:1}
        last=${last:1}
    fi
    words[${#words[@]} - 1]=$last
    local typed=$2
    [[ $last == *"$typed" ]] || typed=${last##*[=:]}
    local kept=$((${#last} - ${#typed}))

    local kind value shown help path
    COMPREPLY=()
    while IFS=$'\t' read -r kind value shown help; do
        if [[ $kind == path ]]; then
            compopt -o filenames +o nospace 2>/dev/null
            while IFS= read -r path; do
                path=$value$path
                COMPREPLY+=("${path:kept}")
            done < <(compgen -f -- "${last:${#value}}")
            return
        fi
        if ((COMP_TYPE == 63)) && [[ $kind == item ]]; then
            # A list of candidates, of which none is inserted: what is new will do.
            COMPREPLY+=("$shown")
            continue
        fi
        value=${value:kept}
        if [[ -z $quote ]]; then
            [[ $value == *[!A-Za-z0-9_./:=,@%+-]* ]] && printf -v value %q "$value"
            [[ $kind == word ]] && value+=' '
        fi
        COMPREPLY+=("$value")
    done < <("${1/#\~/$HOME}" __complete -- "${words[@]:1}" 2>/dev/null)
}

complete -o nospace -F _sotickets sotickets
