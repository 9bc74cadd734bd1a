//! Parses one chunk of an answer: checks that it is JSON, and finds its tickets.

use std::str::Utf8Error;

use serde::de::{Deserializer as _, Error as _, IgnoredAny};

use crate::encoding::UTF8_BOM;
use crate::ticket::received_id::ReceivedId;

use super::list::{Cell, Chunk, Entry, MAX_NAMED, NO_CELLS, Unreadable, is_worth_noting};
use super::ticket_header::TicketHeader;
use super::ticket_parser::TicketParser;

/// The reason why an answer is not a list of tickets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParseError {
    /// The text is not well-formed, with the problem and its position.
    Syntax(String),
    /// The text is not UTF-8 from this byte on.
    Encoding(usize),
    /// The element with this number, counted from 1, is not an object; with its beginning.
    NotATicket(usize, String),
    /// It is another XML document, whose root has this name.
    OtherDocument(String),
    /// The root of the XML document is `null`.
    Null,
    /// There are more elements than this, which is more than any answer needs.
    TooMany(usize),
}

/// The rules for all chunks of an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// Number of cells that are noted for each ticket; 0 if none are.
    pub(super) cells_per_ticket: usize,
    /// True if tickets come with their ids. If not, a ticket of zeros may be a requested one.
    pub(super) ids_expected: bool,
    pub(super) max_elements: usize,
}

/// The parsing of a chunk, from one position of the answer to another.
#[derive(Clone, Debug)]
pub(super) struct ChunkParser {
    rules: Rules,
    start: usize,
    start_state: State,
    pub(super) position: usize,
    pub(super) state: State,
    /// Number of elements before the chunk, as far as it is known.
    elements_before: usize,
    /// Number of cells that may still be noted.
    pub(super) max_cells: usize,
    pub(super) chunk: Chunk,
    pub(super) error: Option<ParseError>,
}

/// The next thing in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Start,
    FirstOrEnd,
    Ticket,
    CommaOrEnd,
    Nothing,
}

const WHITE_SPACE: &[u8] = b" \t\n\r";

/// Number of characters that are kept of an element that is no ticket.
const MAX_QUOTED: usize = 64 * 1024;

impl ChunkParser {
    /// Starts at `position` of an answer, where `state` is expected.
    pub(super) const fn new(rules: Rules, position: usize, state: State, max_cells: usize) -> Self {
        Self {
            rules,
            start: position,
            start_state: state,
            position,
            state,
            elements_before: 0,
            max_cells,
            chunk: Chunk::EMPTY,
            error: None,
        }
    }

    /// Returns whether `other` started where this one ended, and in the same state.
    pub(super) fn leads_to(&self, other: &Self) -> bool {
        self.position == other.start && self.state == other.start_state
    }

    /// Continues where `other` ended.
    pub(super) fn continue_after(&mut self, other: &Self) {
        self.elements_before += other.chunk.elements;
        self.max_cells = self.max_cells.saturating_sub(other.chunk.cells.len());
        (self.position, self.state) = (other.position, other.state);
    }

    /// Returns whether there are too many elements, with `more` in chunks further on.
    pub(super) const fn has_too_many(&self, more: usize) -> bool {
        self.elements_before + self.chunk.elements + more > self.rules.max_elements
    }

    /// Parses `bytes`, which are at the parser's position of the answer. Unless they are the last
    /// ones, whatever is wrong at their end may become right with the next bytes.
    pub(super) fn parse(&mut self, tickets: &mut TicketParser<'_>, bytes: &[u8], is_last: bool) {
        let input = Input { offset: self.position, bytes, is_last };
        loop {
            let rest = input.from(self.position);
            let Some(space) = rest.iter().position(|byte| !WHITE_SPACE.contains(byte)) else {
                self.position += rest.len();
                break;
            };
            let (start, token) = (self.position + space, &rest[space..]);
            match (self.state, token[0]) {
                (State::Start, 0xef) if start == 0 && token.starts_with(UTF8_BOM) => {
                    self.position = UTF8_BOM.len();
                    continue;
                }
                (State::Start, b'[') => self.state = State::FirstOrEnd,
                (State::FirstOrEnd | State::CommaOrEnd, b']') => self.state = State::Nothing,
                (State::CommaOrEnd, b',') => self.state = State::Ticket,
                (State::FirstOrEnd | State::Ticket, _) => {
                    if self.parse_element(tickets, &input, start) {
                        continue;
                    }
                    return;
                }
                _ => {
                    self.error = Some(input.error(format!("unexpected byte at {start}")));
                    return;
                }
            }
            self.position = start + 1;
        }
        if is_last && self.state != State::Nothing {
            self.error = Some(ParseError::Syntax("unexpected end".to_owned()));
        }
    }

    /// Parses the element at `start` of the answer. Returns whether parsing can go on.
    fn parse_element(
        &mut self,
        tickets: &mut TicketParser<'_>,
        input: &Input<'_>,
        start: usize,
    ) -> bool {
        let first_cell = self.chunk.cells.len();
        self.chunk.cells.resize(first_cell + self.rules.cells_per_ticket, Cell::default());
        let token = input.from(start);
        let mut header = TicketHeader::new();
        let parsed = if token[0] == b'{' {
            let cells = &mut self.chunk.cells[first_cell..];
            tickets.parse(token, |key, range| {
                header.take(key, token, &range, self.rules.ids_expected);
                if let Some(cell) = key.place.and_then(|place| cells.get_mut(place)) {
                    *cell = Cell::new(&range);
                }
            })
        } else {
            skip_other(token)
        };
        let end = match parsed {
            Ok(end) if end < token.len() || input.is_last => end,
            Err(error) if input.is_last => {
                self.chunk.cells.truncate(first_cell);
                self.error = Some(input.error(error.to_string()));
                return false;
            }
            // It may go on behind these bytes.
            Ok(_) | Err(_) => {
                self.chunk.cells.truncate(first_cell);
                self.position = start;
                return false;
            }
        };
        if !matches!(token[0], b'{' | b'n') {
            let number = self.elements_before + self.chunk.elements + 1;
            let quoted = String::from_utf8_lossy(&token[..end]).chars().take(MAX_QUOTED).collect();
            self.error = Some(ParseError::NotATicket(number, quoted));
            return false;
        }
        self.position = start + end;
        self.state = State::CommaOrEnd;
        self.chunk.elements += 1;
        self.add_ticket(&header, start, first_cell);
        if self.has_too_many(0) {
            self.error = Some(ParseError::TooMany(self.rules.max_elements));
            return false;
        }
        true
    }

    /// Adds the ticket from `start` to the parser's position, whose cells begin at `first_cell`.
    fn add_ticket(&mut self, header: &TicketHeader, start: usize, first_cell: usize) {
        let count = self.rules.cells_per_ticket;
        let is_noted = !header.is_empty
            && is_worth_noting(self.position - start, count)
            && self.chunk.cells.len() <= self.max_cells;
        let row = match first_cell.checked_div(count).map(u32::try_from) {
            Some(Ok(row)) if is_noted => row,
            _ => NO_CELLS,
        };
        if row == NO_CELLS {
            self.chunk.cells.truncate(first_cell);
        }
        if header.is_empty {
            return;
        }
        if header.id == ReceivedId::UNREADABLE && self.chunk.unreadable.len() < MAX_NAMED {
            let (element, entry) = (self.chunk.elements, self.chunk.entries.len());
            self.chunk.unreadable.push(Unreadable { element, entry });
        }
        self.chunk.entries.push(Entry { range: start..self.position, id: header.id, row });
    }
}

/// The bytes of a chunk.
struct Input<'p> {
    /// Position in the answer.
    offset: usize,
    bytes: &'p [u8],
    is_last: bool,
}

impl<'p> Input<'p> {
    /// Returns the bytes from `position` of the answer on.
    fn from(&self, position: usize) -> &'p [u8] {
        self.bytes.get(position - self.offset..).unwrap_or_default()
    }

    /// Returns `message` as an error, unless the bytes are not even text.
    fn error(&self, message: String) -> ParseError {
        match check_utf8(self.bytes) {
            Err(error) => ParseError::Encoding(self.offset + error.valid_up_to()),
            Ok(()) => ParseError::Syntax(message),
        }
    }
}

/// Returns the end of an element that is no object.
fn skip_other(token: &[u8]) -> serde_json::Result<usize> {
    let mut parser = serde_json::Deserializer::from_slice(token);
    parser.deserialize_ignored_any(IgnoredAny)?;
    let end = parser.into_iter::<IgnoredAny>().byte_offset();
    // serde_json does not check the encoding of texts that it ignores.
    check_utf8(&token[..end]).map_err(serde_json::Error::custom)?;
    Ok(end)
}

/// Checks as the standard library does, several times faster if there is no error.
fn check_utf8(bytes: &[u8]) -> Result<(), Utf8Error> {
    simdutf8::basic::from_utf8(bytes).or_else(|_| std::str::from_utf8(bytes)).map(|_| ())
}
