//! The widths of the sheet's columns.

use crate::answer::{RowReader, Value};
use crate::ticket::column::Column;

use super::super::format::Document;
use super::super::parallel;
use super::super::text::width;

/// A wider text is cut by the next cell that is not empty.
const MAX_WIDTH: usize = 60;
/// The width of a date: `2024-08-18 00:58`.
const DATE: usize = 16;
/// The room for the arrow of the filter in a heading, and at both sides of a cell.
const ARROW: usize = 3;
const PADDING: usize = 2;

/// Returns the width of each column in digits: that of its widest cell or its bold heading.
pub(super) fn measure(document: &Document<'_>) -> Vec<usize> {
    let shares = parallel::map_shares(document.tickets, |tickets| {
        let mut widths = vec![0; document.columns.len()];
        let mut reader = RowReader::new(document.columns);
        for ticket in tickets {
            reader.read(*ticket);
            for (index, (width, column)) in widths.iter_mut().zip(document.columns).enumerate() {
                // No value is wider than its JSON is long, but for the quotes.
                let length = reader.json(index).map_or(0, str::len);
                if length > *width && *width < MAX_WIDTH {
                    *width = width_of(column, &reader.value(index)).max(*width);
                }
            }
        }
        widths
    });
    let columns = document.columns.iter().enumerate();
    columns
        .map(|(index, column)| {
            let heading = column.path();
            let content = shares.iter().map(|widths| widths[index]).max().unwrap_or(0);
            // Bold letters are a tenth wider.
            let heading = width::measure(heading) * 11 / 10 + ARROW;
            content.max(heading).min(MAX_WIDTH) + PADDING
        })
        .collect()
}

fn width_of(column: &Column, value: &Value<'_>) -> usize {
    match value {
        Value::Null => 0,
        Value::Bool(_) => "FALSE".len(),
        Value::Number(text) | Value::Json(text) => text.len(),
        Value::Text(_) if column.is_date() => DATE,
        Value::Text(text) => text.lines().map(width::measure).max().unwrap_or(0),
    }
}
