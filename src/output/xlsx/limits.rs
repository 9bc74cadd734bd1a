//! The limits of a workbook.

use crate::answer::RowReader;
use crate::answer::value::{self, Value};
use crate::error::{Error, Kind, Result};
use crate::escape;
use crate::ticket::column::{self, TICKET_ID};

use super::super::format::{Document, Limits};
use super::text::{self, MAX_UNITS};

/// The rows and columns of a sheet, without the heading.
pub(crate) const LIMITS: Limits = Limits { tickets: 1_048_575, columns: 16_384 };

/// The links that Excel allows in a sheet.
const MAX_LINKS: usize = 65_530;

/// Checks the number of tickets, and returns warnings about links and texts.
pub(super) fn check(document: &Document<'_>) -> Result<Vec<String>> {
    let count = document.tickets.len();
    if count > LIMITS.tickets {
        let limit = LIMITS.tickets;
        let message = format!("{count} tickets came, and a sheet holds {limit}");
        return Err(Error::new(Kind::Answer, message).hint("-o csv has no limit"));
    }
    let mut warnings = Vec::new();
    let has_ids = document.columns.iter().any(|column| column.path() == TICKET_ID);
    if document.urls.is_some() && has_ids && count > MAX_LINKS {
        warnings
            .push(format!("{count} tickets have no links: Excel allows {MAX_LINKS} in a sheet"));
    }
    warn_about_cut_texts(document, &mut warnings);
    Ok(warnings)
}

/// Returns the column whose cells are links: that of the ids, if the addresses are known and a
/// sheet can hold that many links.
pub(super) fn link_column(document: &Document<'_>) -> Option<usize> {
    let has_links = document.urls.is_some() && (1..=MAX_LINKS).contains(&document.tickets.len());
    has_links.then(|| document.columns.iter().position(|column| column.path() == TICKET_ID))?
}

/// Names the texts that are too long for a cell.
fn warn_about_cut_texts(document: &Document<'_>, warnings: &mut Vec<String>) {
    const MAX_NAMED: usize = 10;
    let mut reader = RowReader::new(document.columns);
    let ids = [column::ticket_id()];
    let mut id_reader = RowReader::new(&ids);
    let mut more = 0;
    // A text is not longer than its JSON.
    for ticket in document.tickets.iter().filter(|ticket| ticket.bytes().len() > MAX_UNITS) {
        reader.read(*ticket);
        for (index, column) in document.columns.iter().enumerate() {
            if reader.json(index).is_none_or(|json| json.len() <= MAX_UNITS) {
                continue;
            }
            let is_cut = match reader.value(index) {
                Value::Text(text) => text::is_cut(&text),
                Value::Json(json) => text::is_cut(&value::compact(json)),
                _ => false,
            };
            if !is_cut {
                continue;
            }
            if warnings.len() > MAX_NAMED {
                more += 1;
                continue;
            }
            id_reader.read(ticket.without_cells());
            let id = match id_reader.value(0) {
                Value::Number(id) => escape::excerpt(id, 20),
                _ => "without id".to_owned(),
            };
            let name = escape::excerpt(column.path(), 60);
            warnings.push(format!(
                "{name} of ticket {id} was cut: a cell holds {MAX_UNITS} characters"
            ));
        }
    }
    if more > 0 {
        warnings.push(format!("{more} more texts were cut"));
    }
}

/// Returns whether the sheet may be larger than the 4 GiB of an ordinary zip file.
pub(super) fn is_large(document: &Document<'_>) -> bool {
    /// Each cell takes at most so many bytes around its value, and a character of the answer at
    /// most so many in the sheet.
    const CELL: usize = 64;
    const CHARACTER: usize = 6;
    let cells = (document.tickets.len() + 1).saturating_mul(document.columns.len());
    let bytes = cells.saturating_mul(CELL);
    let answers: usize = document.answers.iter().map(|answer| answer.len()).sum();
    let bytes = bytes.saturating_add(answers.saturating_mul(CHARACTER));
    bytes > u32::MAX as usize
}
