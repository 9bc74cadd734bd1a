//! Ids of tickets that this program has written: csv, tsv and jsonl.

use std::fmt;
use std::io::{self, BufRead};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::ticket::column::{self, TICKET_ID};

use super::input::MAX_RECORD;
use super::token::{self, Fault};

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
    /// The reason why a header is of no use.
    pub(super) fn parse(line: &str) -> Result<Option<Self>, &'static str> {
        let delimiter = delimiter(line);
        let columns = line.bytes().filter(|byte| *byte == delimiter).count() + 1;
        let mut rows = Rows::new(&Self { delimiter, columns, id: 0 }, 1);
        if !matches!(rows.next(&mut line.as_bytes()), Ok((Row::Id(_) | Row::Fault(_), _))) {
            return Ok(None);
        }
        let cells: Vec<String> = rows.cells().map(|cell| cell.trim().to_owned()).collect();
        let is_id = |cell: &String| cell.eq_ignore_ascii_case(TICKET_ID);
        let is_name = |cell: &String| !cell.is_empty() && token::parse(cell).is_err();
        let mut ids = cells.iter().enumerate().filter(|(_, cell)| is_id(cell));
        match (ids.next(), ids.next()) {
            (Some((id, _)), None) if cells.iter().all(is_name) => {
                Ok(Some(Self { delimiter, columns: cells.len(), id }))
            }
            (Some(_), Some(_)) => Err("its header has the column TicketId twice"),
            (None, _) if column::parse(&cells, false).is_ok() => {
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

/// The rows of a table, one at a time.
pub(super) struct Rows {
    header: Header,
    reader: Reader,
    cells: Vec<u8>,
    ends: Vec<usize>,
    /// The number of cells in the last row.
    count: usize,
}

/// A row of a table.
#[derive(Debug)]
pub(super) enum Row<'a> {
    /// The cell with the id.
    Id(&'a str),
    /// A row that does not fit the header.
    Fault(Fault),
    /// A row beyond the largest record.
    TooLarge,
    /// The end of the input.
    End,
}

impl Rows {
    /// The rows of a table whose `header` is in the given line. tsv has no quotes.
    pub(super) fn new(header: &Header, line: u64) -> Self {
        let quoting = header.delimiter != b'\t';
        let mut reader = ReaderBuilder::new().delimiter(header.delimiter).quoting(quoting).build();
        reader.set_line(line);
        let (cells, ends) = (Vec::new(), vec![0; header.columns + 1]);
        Self { header: *header, reader, cells, ends, count: 0 }
    }

    /// The line that is read next.
    pub(super) fn line(&self) -> u64 {
        self.reader.line()
    }

    /// Reads the next row, and returns it with its length in bytes.
    ///
    /// # Errors
    /// Those of `input`.
    pub(super) fn next(&mut self, input: &mut impl BufRead) -> io::Result<(Row<'_>, usize)> {
        let (mut read, mut written, mut ended) = (0, 0, 0);
        loop {
            let bytes = input.fill_buf()?;
            let needed = (written + bytes.len()).min(MAX_RECORD);
            self.cells.resize(self.cells.len().max(needed), 0);
            let (result, taken, cells, ends) =
                self.reader.read_record(bytes, &mut self.cells[written..], &mut self.ends[ended..]);
            input.consume(taken);
            (read, written, ended) = (read + taken, written + cells, ended + ends);
            match result {
                ReadRecordResult::InputEmpty if read <= MAX_RECORD => {}
                ReadRecordResult::InputEmpty | ReadRecordResult::OutputFull => {
                    return Ok((Row::TooLarge, read));
                }
                ReadRecordResult::End => return Ok((Row::End, read)),
                ReadRecordResult::Record if ended == self.header.columns => break,
                ReadRecordResult::Record | ReadRecordResult::OutputEndsFull => {
                    self.count = ended;
                    return Ok((Row::Fault(self.wrong_length(ended)), read));
                }
            }
        }
        self.count = ended;
        Ok((self.id(), read))
    }

    /// The cells of the last row.
    fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.count).map(|index| self.cell(index))
    }

    fn cell(&self, index: usize) -> &str {
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        std::str::from_utf8(&self.cells[start..self.ends[index]]).unwrap_or("\u{fffd}")
    }

    fn id(&self) -> Row<'_> {
        match self.cell(self.header.id).trim() {
            "" => Row::Fault(Fault::new("the cell of TicketId is empty", REWRITE)),
            id => Row::Id(id),
        }
    }

    fn wrong_length(&self, cells: usize) -> Fault {
        let more = if cells > self.header.columns { "more than " } else { "" };
        let cells = cells.min(self.header.columns);
        let message =
            format!("the row has {more}{cells} cells, and the header {}", self.header.columns);
        Fault::new(message, REWRITE)
    }
}

const REWRITE: &str = "write the tickets again, with -o csv, -o tsv or -o jsonl";

/// Returns the text of the TicketId in a line of jsonl. As in an answer, the case of the
/// key does not matter, and the last of several counts.
///
/// # Errors
/// The reason why there is none.
pub(super) fn id_in_json(line: &[u8]) -> Result<String, Fault> {
    let LastId(id) = serde_json::from_slice(line).map_err(|_| {
        Fault::new(
            "it is not a JSON object",
            "tickets are read a JSON object a line, as -o jsonl writes them",
        )
    })?;
    match id.map(RawValue::get) {
        None | Some("null") => Err(Fault::new(
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
