//! The tickets of an answer that was checked whole, borrowed from its bytes.

use std::ops::Range;

/// The tickets of an answer, in its order.
#[derive(Debug)]
pub struct Tickets<'a> {
    pub(super) answer: &'a [u8],
    pub(super) places: Vec<Place>,
    pub(super) cells: Vec<Cell>,
    pub(super) stride: usize,
}

impl Tickets<'_> {
    /// The places of the array, in its order.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        self.places.iter().enumerate().map(|(index, place)| Entry {
            id: place.id,
            ticket: (!place.empty).then(|| Ticket {
                json: &self.answer[place.range.clone()],
                cells: &self.cells[index * self.stride..][..self.stride],
            }),
        })
    }
}

/// One place of the answer's array.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    id: Option<i64>,
    ticket: Option<Ticket<'a>>,
}

impl<'a> Entry<'a> {
    /// The ticket, unless there is a `null` or an empty ticket in its place: one
    /// whose every field is null, 0, false, an empty text, 'no date' or an enum's
    /// `Unknown`.
    #[must_use]
    pub const fn ticket(&self) -> Option<Ticket<'a>> {
        self.ticket
    }

    /// The ticket's id, where it carries one.
    #[must_use]
    pub const fn id(&self) -> Option<i64> {
        self.id
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
        std::str::from_utf8(self.json).unwrap_or_default()
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

/// Where a place of the array stands in the answer.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) range: Range<usize>,
    pub(super) id: Option<i64>,
    pub(super) empty: bool,
}

/// Where a value stands in its ticket; empty for one that is not there.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cell {
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Cell {
    /// Where `value`, a part of `ticket`, stands in it. A ticket of 4 GiB is more
    /// than an answer may have.
    pub(super) fn of(value: &str, ticket: &str) -> Self {
        let start = value.as_ptr() as usize - ticket.as_ptr() as usize;
        match (u32::try_from(start), u32::try_from(start + value.len())) {
            (Ok(start), Ok(end)) => Self { start, end },
            _ => Self::default(),
        }
    }
}
