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

/// `text` in lines no wider than `width`, broken at blanks, or else between two
/// characters; a line has one at least, however wide.
#[must_use]
pub fn wrap(text: &str, width: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    // The line's start, its width so far, and where the last word in it begins.
    let (mut start, mut used, mut word) = (0, 0, 0);
    for (at, grapheme) in text.grapheme_indices(true) {
        let wide = of(grapheme);
        while used + wide > width && at > start && grapheme != " " {
            let blank = text[start..word.max(start)].trim_start_matches(' ').is_empty();
            let end = if blank { at } else { word };
            lines.push(text[start..end].trim_end_matches(' '));
            start = end;
            used = of(&text[start..at]);
        }
        used += wide;
        if grapheme == " " {
            word = at + 1;
        }
    }
    lines.push(text[start..].trim_end_matches(' '));
    lines
}

/// What a column's content and its heading need, with nothing cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// The widest value.
    pub content: usize,
    /// The heading.
    pub heading: usize,
}

impl Need {
    /// The width at which nothing is cut.
    #[must_use]
    pub fn whole(self) -> usize {
        self.content.max(self.heading)
    }
}

/// What each column needs. `present` gives the text of a cell as the format writes
/// it.
pub fn needs(page: &Page<'_>, present: impl for<'t> Fn(&'t str) -> Cow<'t, str>) -> Vec<Need> {
    let mut needs: Vec<Need> = page
        .columns
        .iter()
        .map(|column| Need { content: 0, heading: of(&present(column.path())) })
        .collect();
    let mut reader = RowReader::new(page.columns);
    for ticket in page.tickets {
        reader.read(*ticket);
        for (need, (column, value)) in needs.iter_mut().zip(reader.values()) {
            let text = cell::shown(column, value, page.dates);
            need.content = of(&present(&text)).max(need.content);
        }
    }
    needs
}

/// The widths at which a table of these columns takes at most `room`; `None` where
/// it cannot. Headings that are wider than all below them give way first, then the
/// widest columns, of those that may be cut. None gets narrower than [`NARROWEST`].
#[must_use]
pub fn fit(needs: &[Need], may_cut: &[bool], room: usize) -> Option<Vec<usize>> {
    let mut widths: Vec<usize> = needs.iter().map(|need| need.whole()).collect();
    let floors = |floor: fn(Need) -> usize| -> Vec<usize> {
        let floor = |(need, may): (&Need, &bool)| {
            if *may { floor(*need).max(NARROWEST).min(need.whole()) } else { need.whole() }
        };
        needs.iter().zip(may_cut).map(floor).collect()
    };
    let enough = shrink(&mut widths, &floors(|need| need.content), room)
        || shrink(&mut widths, &floors(|_| NARROWEST), room);
    enough.then_some(widths)
}

/// Takes width from the widest columns until the sum is at most `room`, but leaves
/// each its floor. Says whether that is enough.
fn shrink(widths: &mut [usize], floors: &[usize], room: usize) -> bool {
    loop {
        let sum: usize = widths.iter().sum();
        if sum <= room {
            return true;
        }
        let Some(widest) =
            widths.iter().zip(floors).filter(|(width, floor)| width > floor).map(|(w, _)| *w).max()
        else {
            return false;
        };
        // All of the widest go down together, as far as the next width or floor, or by
        // what is lacking.
        let stop = widths
            .iter()
            .chain(floors)
            .filter(|stop| **stop < widest)
            .max()
            .copied()
            .unwrap_or_default();
        let alike = widths.iter().zip(floors).filter(|(w, f)| **w == widest && w > f).count();
        let each = (sum - room).div_ceil(alike).min(widest - stop);
        // What a division left over stays with the first.
        let mut surplus = (each * alike).saturating_sub(sum - room);
        for (width, floor) in widths.iter_mut().zip(floors) {
            if *width == widest && *width > *floor {
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
    fn lines_are_broken_at_blanks() {
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

    fn fitted(needs: &[(usize, usize)], room: usize) -> Option<Vec<usize>> {
        let needs: Vec<Need> = needs
            .iter()
            .map(|(content, heading)| Need { content: *content, heading: *heading })
            .collect();
        let mut may_cut = vec![true; needs.len()];
        may_cut[0] = false;
        fit(&needs, &may_cut, room)
    }

    #[test]
    fn the_widest_columns_give_way_first() {
        let needs = [(5, 2), (40, 5), (20, 5)];
        let cases = [
            (70, Some(vec![5, 40, 20])),
            (50, Some(vec![5, 25, 20])),
            (31, Some(vec![5, 13, 13])),
            (32, Some(vec![5, 14, 13])),
            (21, Some(vec![5, 8, 8])),
            (20, None),
        ];
        for (room, widths) in cases {
            assert_eq!(fitted(&needs, room), widths, "{room}");
        }
        assert_eq!(fitted(&[(5, 2), (6, 2), (7, 2)], 10), None);
    }

    #[test]
    fn a_long_heading_gives_way_before_any_content() {
        let needs = [(3, 8), (30, 5), (4, 24), (10, 12)];
        assert_eq!(fitted(&needs, 60), Some(vec![8, 30, 11, 11]));
        assert_eq!(fitted(&needs, 56), Some(vec![8, 30, 8, 10]));
        assert_eq!(fitted(&needs, 50), Some(vec![8, 24, 8, 10]));
    }

    proptest! {
        #[test]
        fn a_cut_text_fits(text in any::<String>(), width in 1usize..40) {
            let shown = crate::escape::visible(&text);
            prop_assert!(of(&cut(&shown, width)) <= width);
        }

        #[test]
        fn wrapped_lines_fit_and_lose_nothing(text in "[a-z 世界☺\u{fe0f}e\u{301}]{0,60}", width in 2usize..20) {
            let lines = wrap(&text, width);
            for line in &lines {
                prop_assert!(of(line) <= width, "{:?}", line);
            }
            let words = |text: &str| text.replace(' ', "");
            prop_assert_eq!(words(&lines.concat()), words(&text));
        }

        #[test]
        fn a_fitted_table_fits(needs in proptest::collection::vec((0usize..60, 1usize..30), 1..10), room in 0usize..300) {
            match fitted(&needs, room) {
                Some(widths) => {
                    prop_assert!(widths.iter().sum::<usize>() <= room);
                    let floor = |(content, heading): &(usize, usize)| NARROWEST.min(*content.max(heading));
                    prop_assert!(widths.iter().zip(&needs).all(|(width, need)| *width >= floor(need)));
                }
                None => {
                    let least = |(content, heading): &(usize, usize)| NARROWEST.min(*content.max(heading));
                    let first = needs[0].0.max(needs[0].1);
                    prop_assert!(first + needs[1..].iter().map(least).sum::<usize>() > room);
                }
            }
        }
    }
}
