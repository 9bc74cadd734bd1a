//! Widths in terminal columns: measuring, cutting, and fitting a table.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::ticket::row::RowReader;

use super::{Page, cell};

/// A text column is never cut below this width.
pub const NARROWEST: usize = 8;

/// The width of `text`, which must be without control characters. CJK and emoji
/// take two columns.
#[must_use]
pub fn of(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.width() }
}

/// `text`, cut with `…` where it is wider than `width`.
#[must_use]
pub fn cut(text: &str, width: usize) -> Cow<'_, str> {
    if of(text) <= width {
        return Cow::Borrowed(text);
    }
    let mut used = 0;
    let mut end = 0;
    for (start, grapheme) in text.grapheme_indices(true) {
        used += of(grapheme);
        if used + 1 > width {
            break;
        }
        end = start + grapheme.len();
    }
    Cow::Owned(format!("{}…", text[..end].trim_end()))
}

/// The width of each column, headings included, with nothing cut. `present`
/// gives the text of a cell as the format writes it.
pub fn natural(page: &Page<'_>, present: impl for<'t> Fn(&'t str) -> Cow<'t, str>) -> Vec<usize> {
    let mut widths: Vec<usize> =
        page.columns.iter().map(|column| of(&present(column.path()))).collect();
    let mut reader = RowReader::new(page.columns);
    for ticket in page.tickets {
        reader.read(*ticket);
        for (width, (column, value)) in widths.iter_mut().zip(reader.values()) {
            let text = cell::shown(column, value, page.dates);
            *width = of(&present(&text)).max(*width);
        }
    }
    widths
}

/// Takes width from the widest of the columns that may be cut until the sum is at
/// most `room`, but leaves each [`NARROWEST`]. Says whether that is enough.
pub fn fit(widths: &mut [usize], may_cut: &[bool], room: usize) -> bool {
    loop {
        let sum: usize = widths.iter().sum();
        if sum <= room {
            return true;
        }
        let cuttable = |width: usize, may: bool| may && width > NARROWEST;
        let mut wide: Vec<usize> = widths
            .iter()
            .zip(may_cut)
            .filter(|(width, may)| cuttable(**width, **may))
            .map(|(width, _)| *width)
            .collect();
        wide.sort_unstable_by(|a, b| b.cmp(a));
        wide.dedup();
        let Some(&widest) = wide.first() else { return false };
        let next = wide.get(1).copied().unwrap_or(NARROWEST);
        let alike = widths.iter().zip(may_cut).filter(|(w, may)| **may && **w == widest).count();
        // All the widest go down together, to the next width or by what is lacking.
        let each = (sum - room).div_ceil(alike).min(widest - next);
        let mut surplus = (each * alike).saturating_sub(sum - room);
        for (width, may) in widths.iter_mut().zip(may_cut) {
            if *may && *width == widest {
                // What a division left over stays with the first.
                let back = surplus.min(1);
                surplus -= back;
                *width -= each - back;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cut_never_splits_a_character() {
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
            assert_eq!(cut(text, width), shown);
        }
    }

    #[test]
    fn the_widest_columns_give_way_first() {
        let cases = [
            (vec![5, 40, 20], 50, vec![5, 25, 20], true),
            (vec![5, 40, 20], 31, vec![5, 13, 13], true),
            (vec![5, 40, 20], 32, vec![5, 14, 13], true),
            (vec![5, 40, 20], 21, vec![5, 8, 8], true),
            (vec![5, 40, 20], 20, vec![5, 8, 8], false),
            (vec![5, 6, 7], 10, vec![5, 6, 7], false),
        ];
        for (mut widths, room, fitted, enough) in cases {
            assert_eq!(fit(&mut widths, &[false, true, true], room), enough);
            assert_eq!(widths, fitted, "{room}");
        }
    }

    proptest! {
        #[test]
        fn a_cut_text_fits(text in any::<String>(), width in 1usize..40) {
            let shown = crate::escape::visible(&text);
            prop_assert!(of(&cut(&shown, width)) <= width);
        }
    }
}
