//! Guards text in csv and tsv, so that no spreadsheet runs a part of it as a formula.

use std::borrow::Cow;

/// The characters that begin a formula, with the wide ones that a spreadsheet takes for
/// them where it is set to an East Asian language.
const OPERATORS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// The characters that a spreadsheet may skip before a formula at the very start of a cell.
const SKIPPED_AT_START: [char; 3] = ['\t', '\r', '\n'];

/// The characters that a harmful formula has: it calls a function, or names another sheet, file
/// or program.
const CALLS: [char; 3] = ['(', '!', '|'];

/// Returns `text` with an apostrophe before every possible formula: at the start of the cell,
/// and after a character that another reader takes for the end of one.
pub(super) fn guard_text(text: Cow<'_, str>, delimiter: u8) -> Cow<'_, str> {
    let start = text.trim_start_matches(is_skipped);
    let is_formula = text.starts_with(SKIPPED_AT_START) || start.starts_with(OPERATORS);
    let mut positions = if is_formula { vec![0] } else { vec![] };
    find_inside(&text, delimiter, None, &mut positions);
    insert_apostrophes(text, &positions)
}

/// Returns compact `json`, an array or an object, with the same apostrophes in its texts.
pub(super) fn guard_json(json: Cow<'_, str>, delimiter: u8) -> Cow<'_, str> {
    let mut positions = Vec::new();
    find_inside(&json, delimiter, Some(JsonPosition::default()), &mut positions);
    insert_apostrophes(json, &positions)
}

/// Adds the positions in `text` after a separator at which a formula may start; in JSON only
/// within its texts.
///
/// `Re: a; -b` and `a, +47 22` are not formulas: `+`, `-` and `@` need an apostrophe only if no
/// blank follows and the rest of the text could call something.
fn find_inside(
    text: &str,
    delimiter: u8,
    mut json: Option<JsonPosition>,
    positions: &mut Vec<usize>,
) {
    let last_call = text.rfind(CALLS);
    let mut is_after_separator = false;
    for (position, c) in text.char_indices() {
        if let Some(json) = &mut json {
            json.advance(c);
        }
        let rest = &text[position + c.len_utf8()..];
        let is_formula = match c {
            '=' | '＝' => true,
            '+' | '-' | '@' | '＋' | '－' | '＠' => {
                last_call > Some(position) && !rest.starts_with(char::is_whitespace)
            }
            _ => false,
        };
        let is_text = json.as_ref().is_none_or(|json| json.is_in_text);
        if is_after_separator && is_formula && is_text {
            positions.push(position);
        }
        // The delimiter may be an operator, too.
        if matches!(c, ',' | ';' | '\t' | '|' | '\r' | '\n') || c == char::from(delimiter) {
            is_after_separator = true;
        } else if !is_skipped(c) {
            is_after_separator = false;
        }
    }
}

/// The position in JSON: inside or outside of a text.
#[derive(Debug, Default)]
struct JsonPosition {
    is_in_text: bool,
    is_escaped: bool,
}

impl JsonPosition {
    fn advance(&mut self, c: char) {
        match c {
            _ if self.is_escaped => self.is_escaped = false,
            '\\' => self.is_escaped = true,
            '"' => self.is_in_text = !self.is_in_text,
            _ => {}
        }
    }
}

/// Returns whether readers may drop `c` before a formula.
fn is_skipped(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\u{feff}')
}

fn insert_apostrophes<'a>(text: Cow<'a, str>, positions: &[usize]) -> Cow<'a, str> {
    if positions.is_empty() {
        return text;
    }
    let mut guarded = String::with_capacity(text.len() + positions.len());
    let mut start = 0;
    for position in positions {
        guarded.push_str(&text[start..*position]);
        guarded.push('\'');
        start = *position;
    }
    guarded.push_str(&text[start..]);
    Cow::Owned(guarded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formula_at_the_start_of_a_cell_gets_an_apostrophe() {
        for sent in [
            "=1",
            "+1",
            "-1",
            "@x",
            "＝1",
            "＠x",
            "\tx",
            "\rx",
            "\nx",
            "\"=1+1\"",
            " =1",
            "\"\" -x",
            "\u{feff}=1",
            "\u{feff}\" =1",
            "\u{a0}@x",
            " \t=1",
        ] {
            let guarded = guard_text(Cow::Borrowed(sent), b',');
            assert!(guarded.starts_with('\'') && guarded.replace('\'', "") == sent, "{guarded:?}");
        }
        for sent in ["", "'=1", "a=1", "5", "\"x\"", " x", "\u{feff}x", "*-1"] {
            assert_eq!(guard_text(Cow::Borrowed(sent), b','), sent);
        }
    }

    #[test]
    fn formula_behind_a_separator_gets_an_apostrophe() {
        for (sent, guarded) in [
            ("x;=1+1", "x;'=1+1"),
            ("x,=1+1", "x,'=1+1"),
            ("x\t=1", "x\t'=1"),
            ("x|=1", "x|'=1"),
            ("x\r\n=1", "x\r\n'=1"),
            ("x\r=1;=2", "x\r'=1;'=2"),
            ("x, =1", "x, '=1"),
            ("x; \"=1\"", "x; \"'=1\""),
            ("x;\u{feff}\u{a0}＝1", "x;\u{feff}\u{a0}'＝1"),
            ("x;@SUM(1)", "x;'@SUM(1)"),
            ("x;-1+cmd|' /C calc'!A0", "x;'-1+cmd|' /C calc'!A0"),
            ("x;＋A!B1", "x;'＋A!B1"),
            ("\t=1", "'\t'=1"),
        ] {
            assert_eq!(guard_text(Cow::Borrowed(sent), b','), guarded);
        }
        assert_eq!(guard_text(Cow::Borrowed("x:=1 =2"), b':'), "x:'=1 =2");
        assert_eq!(guard_text(Cow::Borrowed("x:=1 =2"), b' '), "x:=1 '=2");
        assert_eq!(guard_text(Cow::Borrowed("x;=1"), b'='), "x;'=1");
    }

    #[test]
    fn text_that_is_no_formula_stays() {
        for sent in [
            "Re: a; -b",
            "x, @y",
            "a, +47 22",
            "x; - y (z)",
            "(x); -y",
            "a=b, c =d",
            "x,y=1",
            "a - b",
            "x,'=1",
            "x,-",
        ] {
            assert_eq!(guard_text(Cow::Borrowed(sent), b','), sent);
        }
    }

    #[test]
    fn json_is_guarded_in_its_texts_alone() {
        for (sent, guarded) in [
            (r#"{"a":"x;=1","b":[1,-2,"("]}"#, r#"{"a":"x;'=1","b":[1,-2,"("]}"#),
            (r#"["a","=1","\",-x(",-3,"!"]"#, r#"["a","'=1","\",'-x(",-3,"!"]"#),
            (r#"["\\",-3,"("]"#, r#"["\\",-3,"("]"#),
        ] {
            assert_eq!(guard_json(Cow::Borrowed(sent), b','), guarded);
        }
    }
}
