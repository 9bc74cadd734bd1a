//! Headings: field names, broken where one of their words begins.

use std::borrow::Cow;

use super::width;

/// A heading is broken only if it gets this much narrower.
const MIN_GAIN: usize = 4;
/// A part of a heading that is wider than this may be cut.
const MAX_PART: usize = 16;

/// Returns the width that `name` needs as a heading that may be broken, mostly into two lines.
pub(super) fn min_width(name: &str) -> usize {
    let whole = width::measure(name);
    let broken = best_break(name).map_or(whole, |(_, width)| width).min(MAX_PART);
    if broken + MIN_GAIN <= whole { broken } else { whole }
}

/// Returns `name` in one part, or in two if that makes it much narrower.
pub(crate) fn halves(name: &str) -> (&str, &str) {
    match best_break(name) {
        Some((at, width)) if width + MIN_GAIN <= width::measure(name) => name.split_at(at),
        _ => (name, ""),
    }
}

/// Returns the position at which two lines of `name` are narrowest, and their width.
fn best_break(name: &str) -> Option<(usize, usize)> {
    let widest_part = |(at, _)| {
        let (first, second) = name.split_at(at);
        (at, width::measure(first).max(width::measure(second)))
    };
    words(name).skip(1).map(widest_part).min_by_key(|(_, width)| *width)
}

/// Returns `name` in lines of at most `room` columns. A line that is cut ends with `ellipsis`.
pub(super) fn lines<'n>(name: &'n str, room: usize, ellipsis: &str) -> Vec<Cow<'n, str>> {
    let mut lines = Vec::new();
    let mut start = 0;
    for (at, word) in words(name) {
        if at > start && width::measure(&name[start..at + word.len()]) > room {
            lines.push(width::cut(&name[start..at], room, ellipsis));
            start = at;
        }
    }
    lines.push(width::cut(&name[start..], room, ellipsis));
    lines
}

/// Returns the words of `TicketStatus` or `TableRight/Mask` with their positions.
fn words(name: &str) -> impl Iterator<Item = (usize, &str)> {
    let begins_word = |at: usize, c: char| {
        let before = name[..at].chars().next_back();
        before.is_none_or(|before| before == '/' || (before.is_lowercase() && c.is_uppercase()))
    };
    let starts: Vec<usize> =
        name.char_indices().filter(|(at, c)| begins_word(*at, *c)).map(|(at, _)| at).collect();
    let ends = starts.clone().into_iter().skip(1).chain([name.len()]);
    starts.into_iter().zip(ends).map(move |(start, end)| (start, &name[start..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heading_is_broken_where_a_word_begins() {
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
    fn min_width_takes_two_lines_for_a_field_and_more_for_a_long_path() {
        let cases = [
            ("Title", 5),
            ("TicketId", 8),
            ("PriorityName", 8),
            ("TicketStatusDisplayValue", 12),
            ("RealTimeSpentExternally", 13),
            ("onelongwordofanotherworld", 16),
        ];
        for (name, least) in cases {
            assert_eq!(min_width(name), least, "{name}");
            assert!(lines(name, least, "…").len() <= 2);
        }
        let path = "FieldProperties/Title/FieldRight/Mask";
        assert_eq!(
            lines(path, min_width(path), "…"),
            ["FieldProperties/", "Title/Field", "Right/Mask"]
        );
    }
}
