//! The widths of a table's columns: measuring the cells and fitting them into a terminal.

use std::borrow::Cow;

use crate::answer::RowReader;
use crate::ticket::column::Column;

use super::super::format::Document;
use super::super::{cell, parallel};
use super::{heading, width};

/// No text column is cut below this width.
const MIN_TEXT: usize = 8;
/// The longest text column, which is for reading, is not cut below this width.
const MIN_LONGEST: usize = 20;
/// The longest text column keeps this width as long as a heading can be broken.
const COMFORTABLE: usize = 40;

/// The widths that a column needs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ColumnSize {
    /// The widest cell.
    pub(crate) content: usize,
    /// The heading on one line.
    pub(crate) heading: usize,
    /// The heading broken into lines.
    pub(crate) broken_heading: usize,
    /// True if it is text, which a narrow table may cut, unlike numbers and dates.
    pub(crate) is_text: bool,
}

impl ColumnSize {
    /// Returns the width at which nothing is cut.
    pub(super) fn full(self) -> usize {
        self.content.max(self.heading)
    }
}

/// Measures the columns. `present` returns the text of a cell as the format writes it.
pub(crate) fn measure(
    document: &Document<'_>,
    present: impl for<'t> Fn(&'t str) -> Cow<'t, str> + Sync,
) -> Vec<ColumnSize> {
    let shares = parallel::map_shares(document.tickets, |tickets| {
        let mut contents = vec![0; document.columns.len()];
        let mut reader = RowReader::new(document.columns);
        for ticket in tickets {
            reader.read(*ticket);
            for (content, (column, value)) in contents.iter_mut().zip(reader.values()) {
                let text = cell::visible_text(column, value, document.dates);
                *content = width::measure(&present(&text)).max(*content);
            }
        }
        contents
    });
    let size = |(index, column): (usize, &Column)| ColumnSize {
        content: shares.iter().map(|contents| contents[index]).max().unwrap_or(0),
        heading: width::measure(&present(column.path())),
        broken_heading: heading::min_width(column.path()),
        is_text: column.is_text(),
    };
    document.columns.iter().enumerate().map(size).collect()
}

/// Returns the index of the longest text column.
pub(super) fn longest(columns: &[ColumnSize]) -> Option<usize> {
    let texts = columns.iter().enumerate().filter(|(_, column)| column.is_text);
    texts.rev().max_by_key(|(_, column)| column.content).map(|(index, _)| index)
}

/// Returns the widths at which a table of `columns` takes at most `room`, or `None` if it would
/// not be readable. The column at `longest` is for reading.
///
/// First that column is cut to a comfortable width, then headings are broken, then all texts are
/// cut to their minimum, the widest first. So less room never widens a column.
pub(super) fn fit(
    columns: &[ColumnSize],
    longest: Option<usize>,
    room: usize,
) -> Option<Vec<usize>> {
    let content = |index: usize, min_text: usize, min_longest: usize| {
        let column = columns[index];
        match longest {
            Some(longest) if index == longest => column.content.min(min_longest),
            _ if column.is_text => column.content.min(min_text),
            _ => column.content,
        }
    };
    // The minimum of each column, step by step.
    let steps: [&dyn Fn(usize) -> usize; 3] = [
        &|at| content(at, usize::MAX, COMFORTABLE).max(columns[at].heading),
        &|at| content(at, usize::MAX, COMFORTABLE).max(columns[at].broken_heading),
        &|at| content(at, MIN_TEXT, MIN_LONGEST).max(columns[at].broken_heading),
    ];
    let mut widths: Vec<usize> = columns.iter().map(|column| column.full()).collect();
    let has_room = steps.iter().any(|step| {
        let minimums: Vec<usize> = (0..widths.len()).map(step).collect();
        shrink(&mut widths, &minimums, room)
    });
    has_room.then_some(widths)
}

/// Shrinks the widest columns to a common width at which all take at most `room`, but none below
/// its minimum. Returns whether they fit.
fn shrink(widths: &mut [usize], minimums: &[usize], room: usize) -> bool {
    let limited = |width: usize, minimum: usize, limit: usize| width.min(limit.max(minimum));
    let sum = |limit: usize| -> usize {
        let columns = widths.iter().zip(minimums);
        columns.map(|(width, minimum)| limited(*width, *minimum, limit)).sum()
    };
    let mut limit = 0;
    let mut too_wide = widths.iter().max().map_or(1, |widest| widest + 1);
    while too_wide - limit > 1 {
        let middle = usize::midpoint(limit, too_wide);
        if sum(middle) <= room {
            limit = middle;
        } else {
            too_wide = middle;
        }
    }
    let left_over = room.checked_sub(sum(limit));
    // The first columns take what is left over.
    let mut rest = left_over.unwrap_or(0);
    for (width, minimum) in widths.iter_mut().zip(minimums) {
        let extra = usize::from(rest > 0 && *width > limit && *minimum <= limit);
        *width = limited(*width, *minimum, limit) + extra;
        rest -= extra;
    }
    left_over.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Fits columns of these contents and headings. The first is a number.
    fn fitted(sizes: &[(usize, usize)], room: usize) -> Option<Vec<usize>> {
        let columns = columns(sizes);
        fit(&columns, longest(&columns), room)
    }

    fn columns(sizes: &[(usize, usize)]) -> Vec<ColumnSize> {
        let size = |(index, (content, heading)): (usize, &(usize, usize))| ColumnSize {
            content: *content,
            heading: *heading,
            broken_heading: heading.div_ceil(2),
            is_text: index > 0,
        };
        sizes.iter().enumerate().map(size).collect()
    }

    #[test]
    fn longest_text_is_cut_first() {
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
    fn headings_are_broken_before_content_is_cut() {
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
            let columns = columns(&needs);
            let least = |column: &ColumnSize| {
                let content = column.content;
                if column.is_text { content.min(MIN_TEXT) } else { content }.max(column.broken_heading)
            };
            let least: Vec<usize> = columns.iter().map(least).collect();
            match fitted {
                Some(widths) => {
                    prop_assert!(widths.iter().sum::<usize>() <= room);
                    prop_assert!(widths.iter().zip(&least).all(|(width, least)| width >= least));
                    prop_assert!(widths.iter().zip(&columns).all(|(width, column)| *width <= column.full()));
                }
                None => {
                    let of_longest = MIN_LONGEST - MIN_TEXT;
                    prop_assert!(least.iter().sum::<usize>() + of_longest > room);
                }
            }
        }
    }
}
