# Completion of sotickets for elvish. The program itself says what can follow.

use str

set edit:completion:arg-completer[sotickets] = {|@words|
    var typed = $words[-1]
    for line [(try { e:sotickets __complete -- (all $words[1..]) 2>/dev/null | from-lines } catch { })] {
        var kind value shown help = (str:split "\t" $line)
        if (eq $kind path) {
            edit:complete-filename $typed[(count $value)..] | each {|path|
                edit:complex-candidate $value''$path[stem] &code-suffix=$path[code-suffix] &display=$path[stem]
            }
        } else {
            var suffix = ''
            if (eq $kind word) { set suffix = ' ' }
            if (not-eq $help '') { set shown = $shown'  '$help }
            edit:complex-candidate $value &code-suffix=$suffix &display=$shown
        }
    }
}
