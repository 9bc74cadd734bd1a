//! The width of text in terminal columns: measuring, cutting, wrapping and padding.
//!
//! Wrapping is not textwrap's, which breaks a long word between the characters of an emoji.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::ticket::column::Column;
use crate::ticket::field::FieldType;

/// Returns the width of `text`, which has no control characters. CJK and emoji take two columns.
pub(crate) fn measure(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.width() }
}

/// Returns `text`, cut to `width` columns of which the last are `ellipsis`.
pub(crate) fn cut<'t>(text: &'t str, width: usize, ellipsis: &str) -> Cow<'t, str> {
    if measure(text) <= width {
        return Cow::Borrowed(text);
    }
    let room = width.saturating_sub(measure(ellipsis));
    let mut used = 0;
    let mut end = 0;
    for (start, grapheme) in text.grapheme_indices(true) {
        used += measure(grapheme);
        if used > room {
            break;
        }
        end = start + grapheme.len();
    }
    let with_ellipsis = |end: usize| format!("{}{ellipsis}", text[..end].trim_end());
    let mut cut = with_ellipsis(end);
    // Graphemes next to each other can be wider than their sum.
    while let excess @ 1.. = measure(&cut).saturating_sub(width)
        && end > 0
    {
        let mut dropped = 0;
        for (start, grapheme) in text[..end].grapheme_indices(true).rev() {
            (end, dropped) = (start, dropped + measure(grapheme));
            if dropped >= excess {
                break;
            }
        }
        cut = with_ellipsis(end);
    }
    Cow::Owned(cut)
}

/// Returns `text` in lines of at most `width` columns, broken at blanks, or else between two
/// characters. A line has at least one character.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    // The line's start, its width so far, and where the last word in it begins.
    let (mut start, mut used, mut word) = (0, 0, 0);
    for (at, grapheme) in text.grapheme_indices(true) {
        let wide = measure(grapheme);
        while used + wide > width && at > start && grapheme != " " {
            let blank = text[start..word.max(start)].trim_start_matches(' ').is_empty();
            let end = if blank { at } else { word };
            lines.push(text[start..end].trim_end_matches(' '));
            start = end;
            used = measure(&text[start..at]);
        }
        used += wide;
        if grapheme == " " {
            word = at + 1;
        }
    }
    lines.push(text[start..].trim_end_matches(' '));
    lines
}

/// Appends `count` blanks.
pub(crate) fn push_blanks(count: usize, out: &mut Vec<u8>) {
    out.resize(out.len() + count, b' ');
}

/// Appends `text`, which is `used` columns wide, with blanks up to `width` columns.
pub(super) fn push_aligned(text: &str, used: usize, cell: Alignment, out: &mut Vec<u8>) {
    let blanks = cell.width.saturating_sub(used);
    let (before, after) = if cell.is_right { (blanks, 0) } else { (0, blanks) };
    push_blanks(before, out);
    out.extend_from_slice(text.as_bytes());
    push_blanks(after, out);
}

/// The alignment of the cells of a column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Alignment {
    pub(super) width: usize,
    pub(super) is_right: bool,
}

impl Alignment {
    /// Aligns numbers at the right, everything else at the left.
    pub(super) fn new(column: &Column, width: usize) -> Self {
        Self { width, is_right: column.kind() == Some(FieldType::Int) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cut_keeps_characters_whole() {
        let cases = [
            ("Printer", 7, "Printer"),
            ("Printer jam", 8, "Printer…"),
            ("Printer", 4, "Pri…"),
            ("世界世界", 5, "世界…"),
            ("世界世界", 4, "世…"),
            ("👩‍💻👩‍💻", 3, "👩‍💻…"),
            ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
        ];
        for (text, width, shown) in cases {
            assert_eq!(cut(text, width, "…"), shown);
        }
        // Each of the two is one column wide, and both together three.
        let wide = "\u{2018}\u{fe0f}\u{fe01}\u{5dc}".repeat(4);
        assert_eq!(
            (measure(&wide), measure("\u{2018}\u{fe0f}\u{fe01}"), measure("\u{5dc}")),
            (12, 1, 1)
        );
        assert_eq!(measure(&cut(&wide, 11, "…")), 10);
        assert_eq!(cut("Printer jam", 8, "..."), "Print...");
        assert_eq!(cut("世界世界", 6, "..."), "世...");
    }

    #[test]
    fn wrap_breaks_at_blanks() {
        let cases: [(&str, usize, &[&str]); 7] = [
            ("", 5, &[""]),
            ("one two", 7, &["one two"]),
            ("one two", 6, &["one", "two"]),
            ("one  two ", 3, &["one", "two"]),
            ("a longword b", 5, &["a", "longw", "ord b"]),
            ("世界世界", 3, &["世", "界", "世", "界"]),
            ("👩\u{200d}💻☺\u{fe0f}a", 2, &["👩\u{200d}💻", "☺\u{fe0f}", "a"]),
        ];
        for (text, width, lines) in cases {
            assert_eq!(wrap(text, width), lines, "{text:?} {width}");
        }
    }

    proptest! {
        #[test]
        fn cut_text_fits(
            text in prop_oneof![any::<String>(), "[\u{2018}\u{fe0f}\u{fe01}\u{5dc}世 a]{0,60}"],
            width in 1usize..40,
        ) {
            let shown = crate::escape::visible(&text);
            prop_assert!(measure(&cut(&shown, width, "…")) <= width);
            prop_assert!(measure(&cut(&shown, width + 2, "...")) <= width + 2);
        }

        #[test]
        fn wrapped_lines_fit_and_are_complete(text in "[a-z 世界☺\u{fe0f}e\u{301}]{0,60}", width in 2usize..20) {
            let lines = wrap(&text, width);
            for line in &lines {
                prop_assert!(measure(line) <= width, "{:?}", line);
            }
            let words = |text: &str| text.replace(' ', "");
            prop_assert_eq!(words(&lines.concat()), words(&text));
        }
    }
}
