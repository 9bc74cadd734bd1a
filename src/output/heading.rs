//! Headings: names of fields, broken where a word of theirs begins.

use std::borrow::Cow;

use super::width;

/// A heading that would get no narrower than this by a break is left whole.
const WORTH_A_LINE: usize = 4;
/// The part of a heading that is wider than this may be cut.
const WIDEST_PART: usize = 16;

/// The width that `name` needs as a heading that may be broken: mostly into two lines.
#[must_use]
pub fn least(name: &str) -> usize {
    let whole = width::of(name);
    let halves = |(at, _)| {
        let (first, second) = name.split_at(at);
        width::of(first).max(width::of(second))
    };
    let broken = words(name).skip(1).map(halves).min().unwrap_or(whole).min(WIDEST_PART);
    if broken + WORTH_A_LINE <= whole { broken } else { whole }
}

/// `name` in lines no wider than `room`. What has to be cut ends with `ellipsis`.
#[must_use]
pub fn lines<'n>(name: &'n str, room: usize, ellipsis: &str) -> Vec<Cow<'n, str>> {
    if width::of(name) <= room {
        return vec![Cow::Borrowed(name)];
    }
    let mut lines = Vec::new();
    let mut start = 0;
    for (at, word) in words(name) {
        if at > start && width::of(&name[start..at + word.len()]) > room {
            lines.push(width::cut(&name[start..at], room, ellipsis));
            start = at;
        }
    }
    lines.push(width::cut(&name[start..], room, ellipsis));
    lines
}

/// The words of `TicketStatus` or `TableRight/Mask`, with the places where they begin.
fn words(name: &str) -> impl Iterator<Item = (usize, &str)> {
    let begins = |at: usize, c: char| {
        let before = name[..at].chars().next_back();
        before.is_none_or(|before| before == '/' || (before.is_lowercase() && c.is_uppercase()))
    };
    let starts: Vec<usize> =
        name.char_indices().filter(|(at, c)| begins(*at, *c)).map(|(at, _)| at).collect();
    let ends = starts.clone().into_iter().skip(1).chain([name.len()]);
    starts.into_iter().zip(ends).map(move |(start, end)| (start, &name[start..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_is_broken_where_a_word_begins() {
        let cases: [(&str, usize, &[&str]); 8] = [
            ("Title", 5, &["Title"]),
            ("TicketStatusDisplayValue", 24, &["TicketStatusDisplayValue"]),
            ("TicketStatusDisplayValue", 23, &["TicketStatusDisplay", "Value"]),
            ("TicketStatusDisplayValue", 12, &["TicketStatus", "DisplayValue"]),
            ("TableRight/Mask", 11, &["TableRight/", "Mask"]),
            ("årsagÆrlig", 6, &["årsag", "Ærlig"]),
            ("lowercase", 6, &["lower…"]),
            ("", 3, &[""]),
        ];
        for (name, room, expected) in cases {
            assert_eq!(lines(name, room, "…"), expected, "{name} {room}");
        }
    }

    #[test]
    fn at_its_least_a_field_needs_two_lines_and_a_long_path_more() {
        let cases = [
            ("Title", 5),
            ("TicketId", 8),
            ("PriorityName", 8),
            ("TicketStatusDisplayValue", 12),
            ("RealTimeSpentExternally", 13),
            ("onelongwordofanotherworld", 16),
        ];
        for (name, least) in cases {
            assert_eq!(super::least(name), least, "{name}");
            assert!(lines(name, least, "…").len() <= 2);
        }
        let path = "FieldProperties/Title/FieldRight/Mask";
        assert_eq!(
            lines(path, least(path), "…"),
            ["FieldProperties/", "Title/Field", "Right/Mask"]
        );
    }
}
