//! Tickets that this program has written: rows of csv and tsv, and lines of jsonl.

use std::cell::Cell;
use std::fmt;
use std::io::{self, Read};
use std::rc::Rc;

use csv::ByteRecord;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::ticket::column::{self, TICKET_ID};

use super::id_error::IdError;
use super::token;

/// The header of a table of tickets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    delimiter: u8,
    columns: usize,
    /// The column of the ids.
    id: usize,
}

impl Header {
    /// Parses the `line` as a header; returns `None` for a line of ids.
    ///
    /// # Errors
    /// If the header does not say which column has the ids.
    pub(super) fn parse(line: &str) -> Result<Option<Self>, &'static str> {
        let delimiter = delimiter(line);
        let mut cells = csv::StringRecord::new();
        if !reader(delimiter, line.as_bytes()).read_record(&mut cells).unwrap_or_default() {
            return Ok(None);
        }
        cells.trim();
        // A column of the web client's list is headed by `ID`.
        let is_column = cells.len() == 1;
        let is_id = |cell: &&str| {
            cell.eq_ignore_ascii_case(TICKET_ID) || (is_column && cell.eq_ignore_ascii_case("id"))
        };
        let is_name = |cell: &str| !cell.is_empty() && token::parse(cell).is_err();
        let mut ids = cells.iter().enumerate().filter(|(_, cell)| is_id(cell));
        match (ids.next(), ids.next()) {
            (Some((id, _)), None) if cells.iter().all(is_name) => {
                Ok(Some(Self { delimiter, columns: cells.len(), id }))
            }
            (Some(_), Some(_)) => Err("its header has the column TicketId twice"),
            (None, _) if column::parse(&cells.iter().collect::<Vec<_>>(), false).is_ok() => {
                Err("its header has no column TicketId")
            }
            _ => Ok(None),
        }
    }
}

/// The delimiter in the header `line`: the first character outside quotes that no name has.
fn delimiter(line: &str) -> u8 {
    let mut is_quoted = false;
    line.bytes()
        .find(|byte| {
            is_quoted ^= *byte == b'"';
            let is_of_name = byte.is_ascii_alphanumeric() || b"_/\"'\\".contains(byte);
            !is_quoted && byte.is_ascii() && !is_of_name
        })
        .unwrap_or(b',')
}

/// Creates a reader of rows. tsv has no quotes.
fn reader<R: Read>(delimiter: u8, input: R) -> csv::Reader<R> {
    let mut builder = csv::ReaderBuilder::new();
    builder.delimiter(delimiter).quoting(delimiter != b'\t').has_headers(false).flexible(true);
    builder.from_reader(input)
}

/// The rows of a table, the header first.
pub(super) struct Rows<R> {
    header: Header,
    reader: csv::Reader<Limited<R>>,
    row: ByteRecord,
    left: Rc<Cell<usize>>,
    max_row: usize,
}

const REWRITE: &str = "write the tickets again, with -o csv, -o tsv or -o jsonl";

impl<R: Read> Rows<R> {
    /// Reads a table with `header`, whose rows have at most `max_row` bytes.
    pub(super) fn new(header: Header, input: R, max_row: usize) -> Self {
        let left = Rc::new(Cell::new(max_row));
        let input = Limited { input, left: Rc::clone(&left) };
        let reader = reader(header.delimiter, input);
        Self { header, reader, row: ByteRecord::new(), left, max_row }
    }

    /// Returns the line and the byte that are read next, counted from 0.
    pub(super) fn position(&self) -> (u64, u64) {
        let position = self.reader.position();
        (position.line() - 1, position.byte())
    }

    /// Reads the next row. Returns whether there is one.
    ///
    /// # Errors
    /// Those of the input, and [`TooLarge`].
    pub(super) fn next(&mut self) -> io::Result<bool> {
        self.left.set(self.max_row);
        self.reader.read_byte_record(&mut self.row).map_err(|error| match error.into_kind() {
            csv::ErrorKind::Io(error) => error,
            // There is none: a row may have any length and any bytes.
            other => io::Error::other(format!("{other:?}")),
        })
    }

    /// Returns the text in the column of the ids, of the row that was read last.
    ///
    /// # Errors
    /// If the row does not fit the header, or has no id.
    pub(super) fn id(&self) -> Result<String, IdError> {
        let (cells, columns) = (self.row.len(), self.header.columns);
        if cells != columns {
            let more = if cells > columns { "more than " } else { "" };
            let cells = cells.min(columns);
            let message = format!("the row has {more}{cells} cells, and the header {columns}");
            return Err(IdError::new(message, REWRITE));
        }
        match String::from_utf8_lossy(&self.row[self.header.id]).trim() {
            "" => Err(IdError::new("the cell of TicketId is empty", REWRITE)),
            id => Ok(id.to_owned()),
        }
    }
}

/// An input that fails with [`TooLarge`] once nothing is `left` of the limit.
struct Limited<R> {
    input: R,
    left: Rc<Cell<usize>>,
}

/// A row that is longer than any ticket.
#[derive(Debug)]
pub(super) struct TooLarge;

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the row is too large")
    }
}

impl std::error::Error for TooLarge {}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left.get() == 0 {
            return Err(io::Error::other(TooLarge));
        }
        let read = self.input.read(buffer)?;
        self.left.set(self.left.get().saturating_sub(read));
        Ok(read)
    }
}

/// Returns the text of the TicketId in a line of jsonl. As in an answer, the case of the
/// key does not matter, and the last of several counts.
///
/// # Errors
/// If there is none.
pub(super) fn id_in_json(line: &[u8]) -> Result<String, IdError> {
    let LastId(id) = serde_json::from_slice(line).map_err(|_| {
        IdError::new(
            "it is not a JSON object",
            "tickets are read a JSON object a line, as -o jsonl writes them",
        )
    })?;
    match id.map(RawValue::get) {
        None | Some("null") => Err(IdError::new(
            "the ticket has no TicketId",
            "add TicketId to --select where the tickets are written",
        )),
        Some(id) => Ok(id.to_owned()),
    }
}

/// The value of the last TicketId in a JSON object.
struct LastId<'a>(Option<&'a RawValue>);

impl<'de> Deserialize<'de> for LastId<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(LastIdVisitor)
    }
}

struct LastIdVisitor;

impl<'de> Visitor<'de> for LastIdVisitor {
    type Value = LastId<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a ticket")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut id = None;
        while let Some((key, value)) = map.next_entry::<String, &'de RawValue>()? {
            if key.eq_ignore_ascii_case(TICKET_ID) {
                id = Some(value);
            }
        }
        Ok(LastId(id))
    }
}
