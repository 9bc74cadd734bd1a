//! The tickets of an answer that was checked whole, borrowed from its bytes.

use std::ops::Range;

use super::value::each_member;
use crate::ticket::column::TICKET_ID;
use crate::ticket::received_id::ReceivedId;

/// The tickets of an answer, in its order.
#[derive(Debug)]
pub struct Tickets<'a> {
    pub(super) answer: &'a [u8],
    pub(super) parts: Vec<Part>,
    pub(super) stride: usize,
}

/// What was found in one piece of an answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    /// How many elements the piece has, those that are no tickets among them.
    pub(super) elements: usize,
    pub(super) places: Vec<Place>,
    pub(super) cells: Vec<Cell>,
    /// The first tickets whose id is unreadable.
    pub(super) unreadable: Vec<Unreadable>,
}

impl Part {
    /// Gives back the memory that it does not need.
    pub(super) fn shrink(&mut self) {
        self.places.shrink_to_fit();
        self.cells.shrink_to_fit();
    }

    /// Keeps the number of elements alone.
    pub(super) fn forget_tickets(&mut self) {
        *self = Self { elements: self.elements, ..Self::default() };
    }
}

/// A ticket whose id is unreadable.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unreadable {
    /// Its number among the elements of its part, counted from 1.
    pub(super) element: usize,
    /// Its index in the places of its part.
    pub(super) place: usize,
}

/// More tickets with unreadable ids than this are counted and not named.
pub(super) const MOST_NAMED: usize = 10;

impl Tickets<'_> {
    /// Returns the tickets with their ids.
    pub fn entries(&self) -> impl Iterator<Item = (ReceivedId, Ticket<'_>)> + Clone {
        self.parts.iter().flat_map(|part| {
            part.places.iter().map(|place| {
                let ticket = Ticket {
                    json: &self.answer[place.range.clone()],
                    cells: place.cells_in(&part.cells, self.stride),
                };
                (place.id, ticket)
            })
        })
    }

    /// Returns the first tickets whose `TicketId` is unreadable: the number of each among
    /// the elements of the answer, counted from 1, and the JSON of that `TicketId`.
    #[must_use]
    pub fn unreadable_ids(&self) -> Vec<(usize, &str)> {
        let mut found = Vec::new();
        let mut before = 0;
        for part in &self.parts {
            for unreadable in &part.unreadable {
                let bytes = &self.answer[part.places[unreadable.place].range.clone()];
                let mut id = "";
                each_member(std::str::from_utf8(bytes).unwrap_or_default(), |key, value| {
                    if key.eq_ignore_ascii_case(TICKET_ID) {
                        id = value;
                    }
                });
                found.push((before + unreadable.element, id));
            }
            before += part.elements;
        }
        found.truncate(MOST_NAMED);
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
    /// The JSON object, as sent.
    #[must_use]
    pub fn json(self) -> &'a str {
        // It was checked when the answer was scanned.
        simdutf8::basic::from_utf8(self.json).unwrap_or_default()
    }

    /// The JSON object's bytes.
    #[must_use]
    pub const fn bytes(self) -> &'a [u8] {
        self.json
    }

    /// Returns the same ticket without what was noted for the columns to print, for a reader
    /// of other columns.
    #[must_use]
    pub const fn without_cells(self) -> Self {
        Self { cells: &[], ..self }
    }

    /// Fills `found` with the values that were noted for its places, where they
    /// were; says whether that is so.
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

/// Where a ticket is in the answer.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) range: Range<usize>,
    pub(super) id: ReceivedId,
    /// The row of its cells in those of its part; [`NO_CELLS`] where none were noted.
    pub(super) row: u32,
}

/// No row of cells.
pub(super) const NO_CELLS: u32 = u32::MAX;

impl Place {
    /// Returns its cells, of `stride` each, out of those of its part.
    fn cells_in<'c>(&self, cells: &'c [Cell], stride: usize) -> &'c [Cell] {
        if self.row == NO_CELLS {
            return &[];
        }
        let start = self.row as usize * stride;
        &cells[start..start + stride]
    }
}

/// Where a value stands in its ticket; empty for one that is not there.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cell {
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Cell {
    /// Where `value`, a part of `ticket`, stands in it; only for a ticket that is
    /// [`worth_noting`].
    pub(super) fn of(value: &[u8], ticket: &[u8]) -> Self {
        let start = value.as_ptr() as usize - ticket.as_ptr() as usize;
        Self::at(&(start..start + value.len()))
    }

    /// The cell of a value that stands at `range` of its ticket.
    pub(super) fn at(range: &Range<usize>) -> Self {
        let at = |position| u32::try_from(position).unwrap_or_default();
        Self { start: at(range.start), end: at(range.end) }
    }
}

/// Whether noting `cells` cells of a ticket of `length` bytes saves time and takes
/// little memory beside it; and whether they can be noted at all.
pub(super) fn worth_noting(length: usize, cells: usize) -> bool {
    cells > 0 && length >= cells * 4 * size_of::<Cell>() && u32::try_from(length).is_ok()
}
