//! The scan of one piece of an answer: whether it is JSON, and where tickets stand in it.

use std::str::Utf8Error;

use serde::de::{Deserializer as _, Error as _, IgnoredAny};

use super::fast_parser;
use super::key_index::Keys;
use super::list::{Cell, MOST_NAMED, NO_CELLS, Part, Place, Unreadable, worth_noting};
use super::ticket_header::{Notes, TicketVisitor};
use crate::ticket::received_id::ReceivedId;

/// Why an answer is not a list of tickets.
#[derive(Clone, Debug)]
pub enum Fault {
    /// The text is not JSON.
    Syntax(String),
    /// The text is not UTF-8 from this byte on.
    Encoding(usize),
    /// The element at this place, counted from 1, is something else than an
    /// object; with its beginning.
    NotATicket(usize, String),
    /// There are more elements than this, which is more than any answer needs.
    TooMany(usize),
}

/// What was found from one place of the answer to another.
#[derive(Clone, Debug)]
pub(super) struct Scan {
    /// How many cells are noted for each ticket; 0 where it would be too many.
    pub(super) stride: usize,
    /// Where in the answer it began, and what was expected there.
    pub(super) start: usize,
    first: Next,
    /// What comes next, and where in the answer.
    pub(super) next: Next,
    pub(super) position: usize,
    /// How many elements came before its start.
    before: usize,
    pub(super) part: Part,
    /// Without ids in it, a ticket of zeros may be what was asked for.
    pub(super) ids_expected: bool,
    /// More elements than these are a fault.
    pub(super) most_elements: usize,
    /// No more cells than these are noted.
    pub(super) most_cells: usize,
    pub(super) fault: Option<Fault>,
}

/// What comes next in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Start,
    FirstOrEnd,
    Ticket,
    CommaOrEnd,
    Nothing,
}

/// The byte-order mark.
pub(super) const BOM: &[u8] = b"\xef\xbb\xbf";

/// White space in JSON.
const SPACE: &[u8] = b" \t\n\r";

/// More than this many characters of an element that is no ticket are not kept.
const MOST_SHOWN: usize = 64 * 1024;

impl Scan {
    /// A scan from the beginning of an answer.
    pub(super) const fn new(stride: usize) -> Self {
        Self {
            stride,
            start: 0,
            first: Next::Start,
            next: Next::Start,
            position: 0,
            before: 0,
            part: Part {
                elements: 0,
                places: Vec::new(),
                cells: Vec::new(),
                unreadable: Vec::new(),
            },
            ids_expected: true,
            most_elements: usize::MAX,
            most_cells: usize::MAX,
            fault: None,
        }
    }

    /// Returns the same scan of a piece that begins at `start` of the answer, where `first`
    /// is expected, and for which so many cells may be noted.
    pub(super) fn beginning_at(&self, start: usize, first: Next, most_cells: usize) -> Self {
        Self { start, first, position: start, next: first, most_cells, ..self.clone() }
    }

    /// Whether `other` began where this ended, and in the same state.
    pub(super) fn leads_to(&self, other: &Self) -> bool {
        self.position == other.start && self.next == other.first
    }

    /// Continues where `other` ended, to which this [leads](Self::leads_to).
    pub(super) fn continue_after(&mut self, other: &Self) {
        self.before += other.part.elements;
        self.most_cells = self.most_cells.saturating_sub(other.part.cells.len());
        (self.position, self.next) = (other.position, other.next);
    }

    /// Whether there are more elements than any answer needs, with `more` that are known of
    /// further on.
    pub(super) const fn has_too_many(&self, more: usize) -> bool {
        self.before + self.part.elements + more > self.most_elements
    }

    /// Scans on with `piece`, which stands at the scanner's position. Unless it is
    /// the `last` one, whatever is wrong at its end may be put right by the next.
    pub(super) fn scan(&mut self, keys: &mut Keys<'_>, piece: &[u8], last: bool) {
        let piece = Piece { offset: self.position, bytes: piece, is_last: last };
        loop {
            let rest = piece.from(self.position);
            let Some(space) = rest.iter().position(|byte| !SPACE.contains(byte)) else {
                self.position += rest.len();
                break;
            };
            let (start, token) = (self.position + space, &rest[space..]);
            match (self.next, token[0]) {
                (Next::Start, 0xef) if start == 0 && token.starts_with(BOM) => {
                    self.position = BOM.len();
                    continue;
                }
                (Next::Start, b'[') => self.next = Next::FirstOrEnd,
                (Next::FirstOrEnd | Next::CommaOrEnd, b']') => self.next = Next::Nothing,
                (Next::CommaOrEnd, b',') => self.next = Next::Ticket,
                (Next::FirstOrEnd | Next::Ticket, _) => {
                    if self.element(keys, &piece, start) {
                        continue;
                    }
                    return;
                }
                _ => {
                    self.fault = Some(piece.fault(format!("unexpected byte at {start}")));
                    return;
                }
            }
            self.position = start + 1;
        }
        if last && self.next != Next::Nothing {
            self.fault = Some(Fault::Syntax("unexpected end".to_owned()));
        }
    }

    /// Takes the element that stands at `start` of the answer. Says whether the scan can
    /// go on.
    fn element(&mut self, keys: &mut Keys<'_>, piece: &Piece<'_>, start: usize) -> bool {
        let first_cell = self.part.cells.len();
        self.part.cells.resize(first_cell + self.stride, Cell::default());
        let mut notes = Notes::new(&mut self.part.cells[first_cell..], self.ids_expected);
        let token = piece.from(start);
        let (end, head) = match read(token, keys, &mut notes) {
            Ok(end) => (end, notes.head),
            Err(error) if piece.is_last => {
                self.part.cells.truncate(first_cell);
                self.fault = Some(piece.fault(error.to_string()));
                return false;
            }
            Err(_) => (token.len(), notes.head),
        };
        if end == token.len() && !piece.is_last {
            // It may go on in the next piece.
            self.part.cells.truncate(first_cell);
            self.position = start;
            return false;
        }
        if !matches!(token[0], b'{' | b'n') {
            let element = self.before + self.part.elements + 1;
            let shown = String::from_utf8_lossy(&token[..end]).chars().take(MOST_SHOWN).collect();
            self.fault = Some(Fault::NotATicket(element, shown));
            return false;
        }
        self.position = start + end;
        self.next = Next::CommaOrEnd;
        self.part.elements += 1;
        let noted = !head.empty && worth_noting(end, self.stride);
        let row = match first_cell.checked_div(self.stride).map(u32::try_from) {
            Some(Ok(row)) if noted && self.part.cells.len() <= self.most_cells => row,
            _ => NO_CELLS,
        };
        if row == NO_CELLS {
            self.part.cells.truncate(first_cell);
        }
        if !head.empty {
            self.add_ticket(Place { range: start..self.position, id: head.id, row });
        }
        if self.has_too_many(0) {
            self.fault = Some(Fault::TooMany(self.most_elements));
            return false;
        }
        true
    }

    fn add_ticket(&mut self, place: Place) {
        if place.id == ReceivedId::UNREADABLE && self.part.unreadable.len() < MOST_NAMED {
            let (element, place) = (self.part.elements, self.part.places.len());
            self.part.unreadable.push(Unreadable { element, place });
        }
        self.part.places.push(place);
    }
}

/// A piece of an answer.
struct Piece<'p> {
    /// Where in the answer it stands.
    offset: usize,
    bytes: &'p [u8],
    is_last: bool,
}

impl<'p> Piece<'p> {
    /// What stands at `position` of the answer and after it.
    fn from(&self, position: usize) -> &'p [u8] {
        self.bytes.get(position - self.offset..).unwrap_or_default()
    }

    /// Why it is no JSON: `message`, unless it is not even text.
    fn fault(&self, message: String) -> Fault {
        match utf8(self.bytes) {
            Err(error) => Fault::Encoding(self.offset + error.valid_up_to()),
            Ok(_) => Fault::Syntax(message),
        }
    }
}

/// Reads the element that `token` begins with, and gives its length.
fn read(token: &[u8], keys: &mut Keys<'_>, notes: &mut Notes<'_>) -> serde_json::Result<usize> {
    let is_ticket = token.starts_with(b"{");
    if is_ticket {
        let end = fast_parser::read::<false>(token, keys, |key, range| {
            if notes.wants(key.place) {
                let cell = Cell::at(&range);
                notes.take(key.place, || key.name(), &token[range], cell);
            }
            notes.wants(None)
        });
        if let Some(end) = end {
            return Ok(end);
        }
        notes.clear();
    }
    let mut parser = serde_json::Deserializer::from_slice(token);
    if is_ticket {
        parser.deserialize_map(TicketVisitor { token, keys: &mut *keys, notes })?;
        if keys.took_escaped() {
            serde_json::Deserializer::from_slice(token).deserialize_ignored_any(IgnoredAny)?;
        }
    } else {
        parser.deserialize_ignored_any(IgnoredAny)?;
    }
    let end = parser.into_iter::<IgnoredAny>().byte_offset();
    // The parser does not look into texts that it ignores.
    match utf8(&token[..end]) {
        Ok(_) => Ok(end),
        Err(error) => Err(serde_json::Error::custom(error)),
    }
}

/// The standard library's answer, several times faster where there is no error.
fn utf8(bytes: &[u8]) -> Result<&str, Utf8Error> {
    simdutf8::basic::from_utf8(bytes).or_else(|_| std::str::from_utf8(bytes))
}
