//! Widths in terminal columns: measuring, cutting, and fitting a table.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::answer::RowReader;
use crate::ticket::column::Column;

use super::{Page, cell, parallel};

/// A text column is never cut below this width.
pub const NARROWEST: usize = 8;
/// Nor the longest, which is for reading, below this.
pub const NARROWEST_OF_LONGEST: usize = 20;
/// The longest is cut to no less than this before a heading is broken.
const COMFORTABLE: usize = 40;

/// The width of `text`, which must be without control characters. CJK and emoji
/// take two columns.
#[must_use]
pub fn of(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.width() }
}

/// `text`, cut where it is wider than `width`, with `ellipsis` in place of the rest.
#[must_use]
pub fn cut<'t>(text: &'t str, width: usize, ellipsis: &str) -> Cow<'t, str> {
    if of(text) <= width {
        return Cow::Borrowed(text);
    }
    let room = width.saturating_sub(of(ellipsis));
    let mut used = 0;
    let mut end = 0;
    for (start, grapheme) in text.grapheme_indices(true) {
        used += of(grapheme);
        if used > room {
            break;
        }
        end = start + grapheme.len();
    }
    let with_ellipsis = |end: usize| format!("{}{ellipsis}", text[..end].trim_end());
    let mut cut = with_ellipsis(end);
    // Side by side graphemes can be wider than each by itself.
    while let excess @ 1.. = of(&cut).saturating_sub(width)
        && end > 0
    {
        let mut dropped = 0;
        for (start, grapheme) in text[..end].grapheme_indices(true).rev() {
            (end, dropped) = (start, dropped + of(grapheme));
            if dropped >= excess {
                break;
            }
        }
        cut = with_ellipsis(end);
    }
    Cow::Owned(cut)
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
pub fn needs(
    page: &Page<'_>,
    present: impl for<'t> Fn(&'t str) -> Cow<'t, str> + Sync,
) -> Vec<Need> {
    let shares = parallel::shares(page.tickets, |tickets| {
        let mut contents = vec![0; page.columns.len()];
        let mut reader = RowReader::new(page.columns);
        for ticket in tickets {
            reader.read(*ticket);
            for (content, (column, value)) in contents.iter_mut().zip(reader.values()) {
                let text = cell::shown(column, value, page.dates);
                *content = of(&present(&text)).max(*content);
            }
        }
        contents
    });
    let columns = page.columns.iter().enumerate();
    let need = |(at, column): (usize, &Column)| Need {
        content: shares.iter().map(|contents| contents[at]).max().unwrap_or(0),
        heading: of(&present(column.path())),
    };
    columns.map(need).collect()
}

/// The widths at which a table of these columns takes at most `room`; `None` where it
/// cannot, or not so that it could be read. The longest of the texts that may be cut is cut
/// first, as long as much of it stays; then headings are broken, to no less than `broken`;
/// then it is cut further and the others too, the widest first. No text gets narrower than
/// [`NARROWEST`]. So no column is wider where there is less room.
#[must_use]
pub fn fit(needs: &[Need], broken: &[usize], may_cut: &[bool], room: usize) -> Option<Vec<usize>> {
    let texts = needs.iter().zip(may_cut).enumerate().filter(|(_, (_, may_cut))| **may_cut);
    let longest = texts.rev().max_by_key(|(_, (need, _))| need.content).map(|(at, _)| at);
    let content = |at: usize, least: usize, of_longest: usize| match longest {
        Some(longest) if at == longest => needs[at].content.min(of_longest),
        _ if may_cut[at] => needs[at].content.min(least),
        _ => needs[at].content,
    };
    // Down to which width each column gives way, step by step.
    let steps: [&dyn Fn(usize) -> usize; 3] = [
        &|at| content(at, usize::MAX, COMFORTABLE).max(needs[at].heading),
        &|at| content(at, usize::MAX, COMFORTABLE).max(broken[at]),
        &|at| content(at, NARROWEST, NARROWEST_OF_LONGEST).max(broken[at]),
    ];
    let mut widths: Vec<usize> = needs.iter().map(|need| need.whole()).collect();
    let is_enough = steps.iter().any(|step| {
        let floors: Vec<usize> = (0..widths.len()).map(step).collect();
        shrink(&mut widths, &floors, room)
    });
    is_enough.then_some(widths)
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
            assert_eq!(cut(text, width, "…"), shown);
        }
        // Each of the two is one column wide, and both together three.
        let wide = "\u{2018}\u{fe0f}\u{fe01}\u{5dc}".repeat(4);
        assert_eq!((of(&wide), of("\u{2018}\u{fe0f}\u{fe01}"), of("\u{5dc}")), (12, 1, 1));
        assert_eq!(of(&cut(&wide, 11, "…")), 10);
        assert_eq!(cut("Printer jam", 8, "..."), "Print...");
        assert_eq!(cut("世界世界", 6, "..."), "世...");
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

    /// The widths for columns of these contents and headings, the first of which is a
    /// number. A heading's halves are half as long.
    fn fitted(needs: &[(usize, usize)], room: usize) -> Option<Vec<usize>> {
        let (needs, broken) = columns(needs);
        let may_cut: Vec<bool> = (0..needs.len()).map(|at| at > 0).collect();
        fit(&needs, &broken, &may_cut, room)
    }

    fn columns(needs: &[(usize, usize)]) -> (Vec<Need>, Vec<usize>) {
        let need =
            |(content, heading): &(usize, usize)| Need { content: *content, heading: *heading };
        let broken = |(_, heading): &(usize, usize)| heading.div_ceil(2);
        (needs.iter().map(need).collect(), needs.iter().map(broken).collect())
    }

    #[test]
    fn the_longest_column_is_cut_alone_and_then_the_others_too() {
        let needs = [(5, 2), (90, 5), (30, 5), (10, 5)];
        let cases = [
            (135, Some(vec![5, 90, 30, 10])),
            (100, Some(vec![5, 55, 30, 10])),
            (85, Some(vec![5, 40, 30, 10])),
            (84, Some(vec![5, 39, 30, 10])),
            (60, Some(vec![5, 23, 22, 10])),
            (50, Some(vec![5, 20, 15, 10])),
            (47, Some(vec![5, 20, 12, 10])),
            (41, Some(vec![5, 20, 8, 8])),
            (40, None),
        ];
        for (room, widths) in cases {
            assert_eq!(fitted(&needs, room), widths, "{room}");
        }
        assert_eq!(fitted(&[(5, 2), (6, 2), (7, 2)], 17), None);
        assert_eq!(fitted(&[(5, 2)], 4), None);
    }

    #[test]
    fn a_long_heading_is_broken_before_any_content_is_cut() {
        let needs = [(3, 8), (30, 5), (4, 24), (10, 12)];
        assert_eq!(fitted(&needs, 74), Some(vec![8, 30, 24, 12]));
        assert_eq!(fitted(&needs, 62), Some(vec![8, 30, 12, 12]));
        assert_eq!(fitted(&needs, 56), Some(vec![4, 30, 12, 10]));
        // Where some has to be cut all the same, headings stay whole if enough is left.
        let needs = [(3, 8), (90, 5), (4, 24), (10, 12)];
        assert_eq!(fitted(&needs, 84), Some(vec![8, 40, 24, 12]));
        assert_eq!(fitted(&needs, 83), Some(vec![8, 40, 23, 12]));
        assert_eq!(fitted(&needs, 66), Some(vec![4, 40, 12, 10]));
        assert_eq!(fitted(&needs, 65), Some(vec![4, 39, 12, 10]));
    }

    proptest! {
        #[test]
        fn a_cut_text_fits(
            text in prop_oneof![any::<String>(), "[\u{2018}\u{fe0f}\u{fe01}\u{5dc}世 a]{0,60}"],
            width in 1usize..40,
        ) {
            let shown = crate::escape::visible(&text);
            prop_assert!(of(&cut(&shown, width, "…")) <= width);
            prop_assert!(of(&cut(&shown, width + 2, "...")) <= width + 2);
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
        fn less_room_makes_no_column_wider(needs in proptest::collection::vec((0usize..90, 1usize..30), 1..10), room in 1usize..300) {
            if let (Some(narrow), Some(wide)) = (fitted(&needs, room - 1), fitted(&needs, room)) {
                // By one, since what a division leaves over goes to the first.
                let grows = narrow.iter().zip(&wide).any(|(narrow, wide)| *narrow > wide + 1);
                prop_assert!(!grows, "{:?} {:?}", narrow, wide);
            }
        }

        #[test]
        fn a_fitted_table_fits(needs in proptest::collection::vec((0usize..60, 1usize..30), 1..10), room in 0usize..300) {
            let fitted = fitted(&needs, room);
            let (needs, broken) = columns(&needs);
            let least = |at: usize| {
                let content = needs[at].content;
                if at == 0 { content } else { content.min(NARROWEST) }.max(broken[at])
            };
            let least: Vec<usize> = (0..needs.len()).map(least).collect();
            match fitted {
                Some(widths) => {
                    prop_assert!(widths.iter().sum::<usize>() <= room);
                    prop_assert!(widths.iter().zip(&least).all(|(width, least)| width >= least));
                    prop_assert!(widths.iter().zip(&needs).all(|(width, need)| *width <= need.whole()));
                }
                None => {
                    let of_longest = NARROWEST_OF_LONGEST - NARROWEST;
                    prop_assert!(least.iter().sum::<usize>() + of_longest > room);
                }
            }
        }
    }
}
