//! The tickets of an answer that has been checked, with its bytes.

use std::ops::Range;

use crate::ticket::column::TICKET_ID;
use crate::ticket::received_id::ReceivedId;

use super::value;

/// The tickets of an answer, in its order, with its bytes `B`.
#[derive(Debug)]
pub struct Tickets<B> {
    pub(super) answer: B,
    pub(super) chunks: Vec<Chunk>,
    pub(super) cells_per_ticket: usize,
}

/// The tickets in one chunk of an answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Chunk {
    /// Number of elements, `null` and empty tickets included.
    pub(super) elements: usize,
    pub(super) entries: Vec<Entry>,
    /// Rows of cells, a row for each ticket that has one.
    pub(super) cells: Vec<Cell>,
    /// The first tickets whose id is unreadable.
    pub(super) unreadable: Vec<Unreadable>,
}

impl Chunk {
    pub(super) const EMPTY: Self =
        Self { elements: 0, entries: Vec::new(), cells: Vec::new(), unreadable: Vec::new() };

    /// Gives back the memory that it does not need.
    pub(super) fn shrink(&mut self) {
        self.entries.shrink_to_fit();
        self.cells.shrink_to_fit();
    }

    /// Keeps nothing but the number of elements.
    pub(super) fn forget_tickets(&mut self) {
        *self = Self { elements: self.elements, ..Self::EMPTY };
    }
}

/// A ticket whose id is unreadable.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unreadable {
    /// Number among the elements of the chunk, counted from 1.
    pub(super) element: usize,
    /// Index in the entries of the chunk.
    pub(super) entry: usize,
}

/// More tickets with unreadable ids than this are counted and not named.
pub(super) const MAX_NAMED: usize = 10;

impl<B: AsRef<[u8]>> Tickets<B> {
    /// Returns the answer.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.answer.as_ref()
    }

    /// Returns the number of tickets.
    pub(crate) fn count(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.entries.len()).sum()
    }

    /// Returns the number of elements, `null` and empty tickets included.
    pub(crate) fn elements(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.elements).sum()
    }

    /// Returns the tickets with their ids.
    pub fn entries(&self) -> impl Iterator<Item = (ReceivedId, Ticket<'_>)> + Clone {
        let (answer, cells_per_ticket) = (self.bytes(), self.cells_per_ticket);
        self.chunks.iter().flat_map(move |chunk| {
            chunk.entries.iter().map(move |entry| {
                let json = &answer[entry.range.clone()];
                let cells = entry.cells(&chunk.cells, cells_per_ticket);
                (entry.id, Ticket { json, cells })
            })
        })
    }

    /// Returns the first tickets whose `TicketId` is unreadable: the number of each among the
    /// elements of the answer, counted from 1, and the JSON of that `TicketId`.
    pub(crate) fn unreadable_ids(&self) -> Vec<(usize, &str)> {
        let mut found = Vec::new();
        let mut elements_before = 0;
        for chunk in &self.chunks {
            for unreadable in &chunk.unreadable {
                let bytes = &self.bytes()[chunk.entries[unreadable.entry].range.clone()];
                let json = std::str::from_utf8(bytes).unwrap_or_default();
                let id = value::member(json, TICKET_ID).unwrap_or_default();
                found.push((elements_before + unreadable.element, id));
            }
            elements_before += chunk.elements;
        }
        found.truncate(MAX_NAMED);
        found
    }
}

/// A ticket, borrowed from the answer's bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ticket<'a> {
    json: &'a [u8],
    cells: &'a [Cell],
}

impl<'a> Ticket<'a> {
    /// Returns the JSON object, as sent.
    #[must_use]
    pub fn json(self) -> &'a str {
        // It was checked when the answer was parsed.
        simdutf8::basic::from_utf8(self.json).unwrap_or_default()
    }

    /// Returns the JSON object's bytes.
    pub(crate) const fn bytes(self) -> &'a [u8] {
        self.json
    }

    /// Returns the same ticket without its cells, for a reader of other columns.
    pub(crate) const fn without_cells(self) -> Self {
        Self { cells: &[], ..self }
    }

    /// Fills `found` with the values of the cells. Returns whether there are any.
    pub(super) fn cells_into(self, found: &mut [Option<&'a str>]) -> bool {
        if self.cells.len() != found.len() {
            return false;
        }
        for (found, cell) in found.iter_mut().zip(self.cells) {
            let bytes = &self.json[cell.start as usize..cell.end as usize];
            *found = std::str::from_utf8(bytes).ok().filter(|json| !json.is_empty());
        }
        true
    }

    #[cfg(test)]
    pub(crate) const fn from_json(json: &'a str) -> Self {
        Self { json: json.as_bytes(), cells: &[] }
    }
}

/// The position of a ticket in the answer, with its id.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) range: Range<usize>,
    pub(super) id: ReceivedId,
    /// Row in the cells of the chunk, or [`NO_CELLS`].
    pub(super) row: u32,
}

/// No row of cells.
pub(super) const NO_CELLS: u32 = u32::MAX;

impl Entry {
    /// Returns its row of `cells`, which are so many for each ticket.
    fn cells<'c>(&self, cells: &'c [Cell], cells_per_ticket: usize) -> &'c [Cell] {
        if self.row == NO_CELLS {
            return &[];
        }
        let start = self.row as usize * cells_per_ticket;
        &cells[start..start + cells_per_ticket]
    }
}

/// The position of a value in its ticket; empty if there is no such value.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cell {
    start: u32,
    end: u32,
}

impl Cell {
    /// Creates the cell of `range`, for a ticket that [`is_worth_noting`].
    pub(super) fn new(range: &Range<usize>) -> Self {
        let position = |position| u32::try_from(position).unwrap_or_default();
        Self { start: position(range.start), end: position(range.end) }
    }
}

/// Returns whether `cells` cells of a ticket of `length` bytes save time, take little memory and
/// can be noted at all.
pub(super) fn is_worth_noting(length: usize, cells: usize) -> bool {
    cells > 0 && length >= cells * 4 * size_of::<Cell>() && u32::try_from(length).is_ok()
}
