# Completion of sotickets for Nushell, from version 0.108 on. The program itself says
# what can follow.

def "nu-complete sotickets" [words: list<string>] {
    let lines = try { ^$words.0 __complete -- ...($words | skip 1) e> /dev/null | lines } catch { [] }
    $lines | split column "\t" kind value shown help | each {|candidate|
        if $candidate.kind == path {
            let before = $candidate.value
            let path = $words | last | str substring ($before | str length).. | $in + "*" | into glob
            try { ls $path } catch { [] } | each {|file|
                {value: ($before + $file.name + (if $file.type == dir { "/" } else { "" }))}
            }
        } else {
            [{value: $candidate.value, description: $candidate.help}]
        }
    } | flatten | update value {|candidate|
        if $candidate.value =~ '[^\w./:=,@%+-]' { $candidate.value | to nuon } else { $candidate.value }
    }
}

@complete "nu-complete sotickets"
export extern "sotickets" [...words: string]
