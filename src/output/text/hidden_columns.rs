//! The default columns that a narrow table hides, so that it stays a table.

use std::borrow::Cow;

use crate::ticket::column::Column;

use super::super::format::Document;
use super::column_widths;

/// The least width of each default column. Longer ids and dates need more.
const FLOORS: [(&str, usize); 8] = [
    ("TicketId", 8),
    ("Title", 20),
    ("TicketStatusDisplayValue", 12),
    ("PriorityName", 8),
    ("OwnedByName", 8),
    ("CategoryName", 8),
    ("PersonFullname", 8),
    ("LastChanged", 16),
];

/// The columns that may be hidden, the least important first.
const LEAST_IMPORTANT: [&str; 4] =
    ["CategoryName", "PersonFullname", "PriorityName", "LastChanged"];

/// The default column that takes the width which the others leave.
pub(super) const WIDEST: &str = "Title";

/// Returns the names of the default columns that are hidden in a table of `width`, with `gap`
/// between two columns. `None` if there is no room for the most important ones.
///
/// The texts do not matter, so a table of the same width has the same columns every day. Ids and
/// dates are never cut.
pub(super) fn find(
    document: &Document<'_>,
    width: usize,
    gap: usize,
) -> Option<&'static [&'static str]> {
    let floors = floors(document);
    let needed = |hidden: &[&str]| -> usize {
        let shown = floors.iter().filter(|(name, _)| !hidden.contains(name));
        shown.map(|(_, floor)| floor + gap).sum::<usize>().saturating_sub(gap)
    };
    let sets = (0..=LEAST_IMPORTANT.len()).map(|count| &LEAST_IMPORTANT[..count]);
    sets.into_iter().find(|hidden| needed(hidden) <= width)
}

/// Returns the least width of each column of `document`.
fn floors<'a>(document: &Document<'a>) -> Vec<(&'a str, usize)> {
    let uncut: Vec<Column> =
        document.columns.iter().filter(|column| !column.is_text()).cloned().collect();
    let uncut_document = Document { columns: &uncut, ..*document };
    let sizes = column_widths::measure(&uncut_document, |text| Cow::Borrowed(text));
    let floor = |column: &'a Column| {
        let floor = FLOORS.iter().find(|(name, _)| *name == column.path());
        let content =
            uncut.iter().position(|uncut| uncut == column).map(|index| sizes[index].content);
        (column.path(), floor.map_or(0, |(_, floor)| *floor).max(content.unwrap_or(0)))
    };
    document.columns.iter().map(floor).collect()
}
