//! The part of a ticket that is read before any ticket is printed: its id, and whether it is empty.

use std::ops::Range;

use crate::ticket::date;
use crate::ticket::received_id::ReceivedId;

use super::key_index::{Key, KeyIndex};
use super::value::Value;

#[derive(Debug)]
pub(super) struct TicketHeader {
    pub(super) id: ReceivedId,
    /// True if no value so far means anything. A server sends such a ticket for an id that it
    /// does not know.
    pub(super) is_empty: bool,
}

impl TicketHeader {
    pub(super) const fn new() -> Self {
        Self { id: ReceivedId::ABSENT, is_empty: true }
    }

    /// Takes the value at `range` of `ticket`. If no ids are expected, only `null` is empty: 0,
    /// false and 'no date' may be requested values.
    #[inline]
    pub(super) fn take(
        &mut self,
        key: Key,
        ticket: &[u8],
        range: &Range<usize>,
        ids_expected: bool,
    ) {
        let is_id = key.place == Some(KeyIndex::ID);
        if is_id || self.is_empty {
            let json = std::str::from_utf8(&ticket[range.clone()]).unwrap_or_default();
            if is_id {
                self.id = Value::new(json).received_id();
            }
            self.is_empty &= if ids_expected { is_empty(key, json) } else { json == "null" };
        }
    }
}

fn is_empty(key: Key, json: &str) -> bool {
    let is_id = key.place == Some(KeyIndex::ID);
    match json.as_bytes().first() {
        Some(b'n' | b'f') => true,
        Some(b'"') => is_empty_text(&json[1..json.len() - 1], is_id, key.is_enum),
        Some(b'{' | b'[') => json[1..json.len() - 1].trim().is_empty(),
        Some(b't') | None => false,
        Some(_) if is_id => Value::Number(json).received_id() == ReceivedId::ABSENT,
        Some(_) => json.parse::<f64>().is_ok_and(|number| number == 0.0),
    }
}

/// Returns whether the text of a field means nothing. A server that fills in a ticket for an
/// unknown id writes `Unknown` for its enums, as it writes 0 for its numbers.
pub(super) fn is_empty_text(text: &str, is_id: bool, is_enum: bool) -> bool {
    text.is_empty()
        || date::is_no_date(text)
        || (is_enum && text == "Unknown")
        || (is_id && ReceivedId::from_text(text) == ReceivedId::ABSENT)
}
