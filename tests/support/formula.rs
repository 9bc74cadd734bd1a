//! The formulas of spreadsheets. The expectation must not come from the code under test.

/// Returns whether a reader may drop `c` before a formula.
pub fn is_skipped(c: char) -> bool {
    c.is_whitespace() || c == '"' || c == '\u{feff}'
}

/// Returns whether a spreadsheet may run the cell `text`.
pub fn is_formula(text: &str) -> bool {
    let start = text.trim_start_matches(is_skipped);
    let after_sign = start.strip_prefix(['+', '-', '@', '＋', '－', '＠']);
    start.starts_with(['=', '＝'])
        || after_sign.is_some_and(|rest| {
            !rest.starts_with(char::is_whitespace) && rest.contains(['(', '!', '|'])
        })
}
