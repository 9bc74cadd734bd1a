# Completion of sotickets for PowerShell. The program itself says what can follow.

Register-ArgumentCompleter -Native -CommandName sotickets -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    # PowerShell takes a list apart at its commas; the program wants it whole.
    $start = $commandAst.Extent.StartOffset
    $text = $commandAst.Extent.Text.PadRight($cursorPosition - $start).Substring(0, $cursorPosition - $start)
    $words = @([regex]::Matches($text, '(?:"[^"]*"?|''[^'']*''?|[^\s"''])+') | ForEach-Object { $_.Value -replace '["'']', '' })
    $last = ''
    # An older PowerShell passes no empty argument on.
    $arguments = @('__complete')
    if ($text -match '\s$') { $arguments += '--next' } else { $last = $words[-1] }
    $arguments += '--'
    if ($words.Count -gt 1) { $arguments += $words[1..($words.Count - 1)] }
    $typed = $wordToComplete.Trim('"', "'")
    $kept = if ($last.EndsWith($typed)) { $last.Length - $typed.Length } else { 0 }

    & $words[0] @arguments 2>$null | ForEach-Object {
        $kind, $value, $shown, $help = $_ -split "`t"
        if ($kind -eq 'path') {
            [System.Management.Automation.CompletionCompleters]::CompleteFilename($last.Substring($value.Length)) | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new(($value + $_.CompletionText).Substring($kept), $_.ListItemText, $_.ResultType, $_.ToolTip)
            }
        } else {
            $text = $value.Substring($kept)
            if ($text -match '[^\w./:=,@%+-]') { $text = "'" + $text.Replace("'", "''") + "'" }
            if (-not $help) { $help = $shown }
            [System.Management.Automation.CompletionResult]::new($text, $shown, 'ParameterValue', $help)
        }
    }
}
