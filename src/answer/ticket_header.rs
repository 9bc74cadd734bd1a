//! The head of a ticket: its id, and whether there is anything in it.

use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::key_index::Keys;
use super::list::Cell;
use super::value::Value;
use crate::ticket::column::TICKET_ID;
use crate::ticket::date;
use crate::ticket::field;
use crate::ticket::received_id::ReceivedId;

/// What must be known of each ticket before any is printed.
pub(super) struct Head {
    pub(super) id: ReceivedId,
    pub(super) empty: bool,
}

/// Takes down the head of a ticket, and where the wanted values stand.
pub(super) struct Notes<'s> {
    pub(super) head: Head,
    /// A cell for each wanted key; none where they are not noted.
    pub(super) cells: &'s mut [Cell],
    /// Whether zeros, too, are nothing.
    ids_expected: bool,
}

impl<'s> Notes<'s> {
    pub(super) const fn new(cells: &'s mut [Cell], ids_expected: bool) -> Self {
        Self { head: Head { id: ReceivedId::ABSENT, empty: true }, cells, ids_expected }
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.head = Head { id: ReceivedId::ABSENT, empty: true };
        self.cells.fill(Cell::default());
    }

    /// Whether the value of a key at `place` tells anything new.
    pub(super) fn wants(&self, place: Option<usize>) -> bool {
        self.noted(place).is_some() || place == Some(Keys::ID) || self.head.empty
    }

    /// Takes the value of the key `name` at `place`, which stands at `cell`.
    pub(super) fn take<'k>(
        &mut self,
        place: Option<usize>,
        name: impl FnOnce() -> &'k str,
        value: &[u8],
        cell: Cell,
    ) {
        let value = || std::str::from_utf8(value).unwrap_or_default();
        if place == Some(Keys::ID) {
            self.head.id = Value::new(value()).received_id();
        }
        if self.head.empty {
            self.head.empty = match self.ids_expected {
                true => is_empty(name(), value()),
                false => value() == "null",
            };
        }
        if let Some(place) = self.noted(place) {
            self.cells[place] = cell;
        }
    }

    fn noted(&self, place: Option<usize>) -> Option<usize> {
        place.filter(|place| *place < self.cells.len())
    }
}

/// Reads a ticket with the parser, whatever it looks like.
pub(super) struct TicketVisitor<'n, 's, 'c> {
    /// The ticket, with whatever follows it.
    pub(super) token: &'n [u8],
    pub(super) keys: &'n mut Keys<'c>,
    pub(super) notes: &'n mut Notes<'s>,
}

impl<'de> Visitor<'de> for TicketVisitor<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a ticket")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut index = 0;
        while let Some(place) = map.next_key_seed(self.keys.at(index))? {
            if self.notes.wants(place) {
                // A raw value is skipped over without recursion, so that no depth of
                // brackets can overflow the stack.
                let value = map.next_value::<&RawValue>()?.get().as_bytes();
                let cell = Cell::of(value, self.token);
                self.notes.take(place, || self.keys.name(index), value, cell);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
            index += 1;
        }
        Ok(())
    }
}

fn is_empty(name: &str, json: &str) -> bool {
    match json.as_bytes().first() {
        Some(b'n' | b'f') => true,
        Some(b'"') => is_empty_text(name, &json[1..json.len() - 1]),
        Some(b'{' | b'[') => json[1..json.len() - 1].trim().is_empty(),
        Some(b't') | None => false,
        Some(_) if name.eq_ignore_ascii_case(TICKET_ID) => {
            Value::new(json).received_id() == ReceivedId::ABSENT
        }
        Some(_) => json.parse::<f64>().is_ok_and(|number| number == 0.0),
    }
}

/// Whether the text of the field `name` says nothing.
pub(super) fn is_empty_text(name: &str, text: &str) -> bool {
    text.is_empty()
        || date::is_no_date(text)
        || is_no_value(name, text)
        || (name.eq_ignore_ascii_case(TICKET_ID)
            && ReceivedId::from_text(text) == ReceivedId::ABSENT)
}

/// Whether `text` is the value of an enum that says nothing. A made-up ticket
/// carries these where its numbers are 0.
fn is_no_value(name: &str, text: &str) -> bool {
    text == "Unknown" && field::find(name).is_some_and(|field| !field.values.is_empty())
}
