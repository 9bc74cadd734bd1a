//! The tickets of an answer that was checked whole, borrowed from its bytes.

use std::ops::Range;

/// The tickets of an answer, in its order.
#[derive(Debug)]
pub struct Tickets<'a> {
    pub(super) answer: &'a [u8],
    pub(super) parts: Vec<Part>,
    pub(super) stride: usize,
}

/// What was found in one piece of an answer.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) places: Vec<Place>,
    pub(super) cells: Vec<Cell>,
}

impl Tickets<'_> {
    /// The tickets with their ids, where they carry one.
    pub fn entries(&self) -> impl Iterator<Item = (Option<i64>, Ticket<'_>)> + Clone {
        self.parts.iter().flat_map(|part| {
            part.places.iter().map(|place| {
                let cells = part.cells.get(place.cells..);
                let ticket = Ticket {
                    json: &self.answer[place.range.clone()],
                    cells: cells.map_or(&[], |cells| &cells[..self.stride]),
                };
                (place.id, ticket)
            })
        })
    }
}

/// A ticket, borrowed from the answer's bytes.
#[derive(Clone, Copy, Debug)]
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

/// Where a ticket stands in the answer.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) range: Range<usize>,
    pub(super) id: Option<i64>,
    /// Where its cells begin; [`NO_CELLS`] where none were noted.
    pub(super) cells: usize,
}

/// Beyond the end of any list.
pub(super) const NO_CELLS: usize = usize::MAX;

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
