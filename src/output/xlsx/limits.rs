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

/// The links that Excel allows in a sheet, and the characters in their address.
const MAX_LINKS: usize = 65_530;
const MAX_ADDRESS: usize = 2_079;

/// Checks the number of tickets, and returns warnings about links and texts.
pub(super) fn check(document: &Document<'_>) -> Result<Vec<String>> {
    let count = document.tickets.len();
    if count > LIMITS.tickets {
        let limit = LIMITS.tickets;
        let message = format!("{count} tickets came, and a sheet holds {limit}");
        return Err(Error::new(Kind::Answer, message).hint("-o csv has no limit"));
    }
    let mut warnings: Vec<String> = check_links(document).err().into_iter().collect();
    warn_about_cut_texts(document, &mut warnings);
    Ok(warnings)
}

/// Returns the column whose cells are links: that of the ids, if the addresses are known and a
/// sheet can hold that many links.
pub(super) fn link_column(document: &Document<'_>) -> Option<usize> {
    check_links(document).ok().flatten()
}

/// Returns that column, or a warning that a sheet cannot hold the links.
fn check_links(document: &Document<'_>) -> std::result::Result<Option<usize>, String> {
    const MAX_ID: usize = "2147483647".len();
    let column = document.columns.iter().position(|column| column.path() == TICKET_ID);
    let (Some(column), Some(urls)) = (column, document.urls) else { return Ok(None) };
    let count = document.tickets.len();
    if count > MAX_LINKS {
        return Err(format!("{count} tickets have no links: Excel allows {MAX_LINKS} in a sheet"));
    }
    if urls.length() + MAX_ID > MAX_ADDRESS {
        return Err(format!("no ticket has a link: Excel allows {MAX_ADDRESS} characters in one"));
    }
    Ok(Some(column))
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
                Value::Number(number) => text::is_cut(number),
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
            let id = id_reader.value(0).received_id().number();
            let id = id.map_or_else(|| "without id".to_owned(), |id| id.to_string());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::Ticket;
    use crate::ticket::column::Column;
    use crate::ticket::date::{DateFormatter, Style};

    /// Passes a document of so many equal tickets and columns, and of these answers, to `test`.
    fn with_document<T>(
        (tickets, columns): (usize, usize),
        answers: &[&[u8]],
        test: impl FnOnce(&Document<'_>) -> T,
    ) -> T {
        let columns: Vec<Column> = vec![column::ticket_id(); columns];
        test(&Document {
            answers,
            tickets: &vec![Ticket::from_json("{\"TicketId\":1}"); tickets],
            columns: &columns,
            dates: &DateFormatter::new(Style::Short, None, chrono::DateTime::default()),
            urls: None,
            about: None,
        })
    }

    #[test]
    fn more_tickets_than_rows_are_an_error_of_the_answer() {
        let check = |tickets| with_document((tickets, 1), &[], check);
        assert_eq!(check(1_048_575).expect("it fits"), [""; 0]);
        let error = check(1_048_576).expect_err("too many");
        assert_eq!(error.kind(), Kind::Answer);
        assert_eq!(error.to_string(), "1048576 tickets came, and a sheet holds 1048575");
    }

    #[test]
    fn workbook_is_large_by_its_cells_or_its_texts() {
        assert!(!with_document((1_048_575, 60), &[], is_large));
        assert!(with_document((1_048_575, 64), &[], is_large));
        let answer = vec![0; 1 << 20];
        assert!(!with_document((1, 1), &[&answer[..]; 600], is_large));
        assert!(with_document((1, 1), &[&answer[..]; 700], is_large));
    }
}
