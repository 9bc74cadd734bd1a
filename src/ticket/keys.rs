//! The keys of a ticket that are wanted, and finding them quickly.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Visitor};

use super::column::{Column, TICKET_ID};

/// The names under which wanted values stand in a ticket's JSON object, each with
/// a place. Matched in any case, exactly where possible.
#[derive(Clone, Debug)]
pub struct Keys<'c> {
    wanted: Vec<&'c str>,
    /// The keys of the last ticket with their places. Tickets of an answer have the
    /// same keys in the same order, so that a key costs one comparison instead of a
    /// search.
    last: Vec<LastKey>,
    /// Whether a key was met that holds what is escaped in JSON.
    escaped: bool,
}

/// A key of the last ticket.
#[derive(Clone, Debug)]
pub(super) struct LastKey {
    key: Vec<u8>,
    /// With its quotes and colon, without white space; empty where it holds what is
    /// escaped in JSON.
    written: Vec<u8>,
    head: Head,
    /// Its place among the wanted keys.
    pub(super) place: Option<usize>,
    /// The object or array that stood behind it last, which many tickets have in
    /// common; empty where there was none.
    pub(super) nested: Vec<u8>,
}

impl LastKey {
    fn new(key: &[u8], place: Option<usize>) -> Self {
        let plain = key.iter().all(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20));
        let written = if plain { [b"\"", key, b"\":"].concat() } else { Vec::new() };
        let head = Head::of(&written);
        Self { key: key.to_owned(), written, head, place, nested: Vec::new() }
    }

    /// Where `text` begins with this key as it was written, its length with quotes and
    /// colon.
    #[inline(always)]
    pub(super) fn length_in(&self, text: &[u8]) -> Option<usize> {
        let same = match text.first_chunk() {
            Some(head) if self.written.len() <= HEAD => self.head.leads(head),
            _ => !self.written.is_empty() && text.starts_with(&self.written),
        };
        same.then_some(self.written.len())
    }

    /// The key.
    pub(super) fn name(&self) -> &str {
        std::str::from_utf8(&self.key).unwrap_or_default()
    }
}

/// Nearly all keys are no longer than this with their quotes and colon.
const HEAD: usize = 32;

/// The beginning of a text, which others are held against at once and not byte by
/// byte: much of the time that a large answer takes is for its keys.
#[derive(Clone, Debug)]
struct Head {
    bytes: [u8; HEAD],
    /// What of these counts.
    mask: [u8; HEAD],
}

impl Head {
    /// Of `text`; an empty one leads nothing.
    fn of(text: &[u8]) -> Self {
        let mut head = Self { bytes: [0; HEAD], mask: [0; HEAD] };
        for (index, byte) in text.iter().take(HEAD).enumerate() {
            (head.bytes[index], head.mask[index]) = (*byte, u8::MAX);
        }
        if text.is_empty() {
            // Where the mask leaves 0.
            head.bytes[0] = 1;
        }
        head
    }

    #[inline]
    fn leads(&self, text: &[u8; HEAD]) -> bool {
        let mut same = true;
        // Without an early end this is a few instructions for all bytes together.
        for (index, byte) in text.iter().enumerate() {
            same &= byte & self.mask[index] == self.bytes[index];
        }
        same
    }
}

impl<'c> Keys<'c> {
    /// The place of `TicketId`, which is always wanted.
    pub const ID: usize = 0;

    /// The keys that `columns` need: their first names, and each path as a whole, in
    /// case a server answers a path that was selected under that very name.
    #[must_use]
    pub fn of(columns: &'c [Column]) -> Self {
        let mut keys = Self { wanted: vec![TICKET_ID], last: Vec::new(), escaped: false };
        for column in columns {
            let path = column.path();
            keys.add(column.segments().next().unwrap_or(path));
            keys.add(path);
        }
        keys
    }

    /// How many keys are wanted.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.wanted.len()
    }

    /// The place of `name`, which must be exact.
    #[must_use]
    pub fn place_of(&self, name: &str) -> Option<usize> {
        self.wanted.iter().position(|known| *known == name)
    }

    fn add(&mut self, name: &'c str) {
        if self.place_of(name).is_none() {
            self.wanted.push(name);
        }
    }

    /// The place of `key`, the one at `index` of its ticket.
    fn look_up(&mut self, index: usize, key: &[u8]) -> Option<usize> {
        if let Some(last) = self.last.get(index)
            && last.key == key
        {
            self.escaped |= last.written.is_empty();
            return last.place;
        }
        let exact = self.wanted.iter().position(|name| name.as_bytes() == key);
        let place = exact.or_else(|| {
            self.wanted.iter().position(|name| name.as_bytes().eq_ignore_ascii_case(key))
        });
        let last = LastKey::new(key, place);
        self.escaped |= last.written.is_empty();
        self.last.truncate(index);
        self.last.push(last);
        place
    }

    /// Whether a key was met, since this was last asked, that holds what is escaped in
    /// JSON. The parser decodes a key without a look at whether it was.
    pub(super) fn took_escaped(&mut self) -> bool {
        std::mem::take(&mut self.escaped)
    }

    /// Reads the key at `index` of a ticket into its place.
    pub(super) fn at(&mut self, index: usize) -> KeyAt<'_, 'c> {
        KeyAt { keys: self, index }
    }

    /// The keys of the ticket read last, in its order.
    pub(super) fn last(&mut self) -> &mut [LastKey] {
        &mut self.last
    }

    /// The key at `index` of the ticket read last.
    pub(super) fn name(&self, index: usize) -> &str {
        self.last.get(index).map_or("", LastKey::name)
    }
}

/// Turns a key into its place among the wanted ones.
pub(super) struct KeyAt<'k, 'c> {
    keys: &'k mut Keys<'c>,
    index: usize,
}

impl<'de> DeserializeSeed<'de> for KeyAt<'_, '_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        // As bytes: a key may hold half a character (`\ud800`), as a text may.
        deserializer.deserialize_bytes(self)
    }
}

impl Visitor<'_> for KeyAt<'_, '_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field's name")
    }

    fn visit_bytes<E>(self, key: &[u8]) -> Result<Self::Value, E> {
        Ok(self.keys.look_up(self.index, key))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_leads_what_begins_with_it(
            key in "[a-zA-Zæ/ ]{0,40}",
            text in "[a-z\":,0]{0,40}",
            flipped in 0..48_usize,
        ) {
            let last = LastKey::new(key.as_bytes(), None);
            let mut written = format!("\"{key}\":{text}").into_bytes();
            let length = key.len() + 3;
            prop_assert_eq!(last.length_in(&written), Some(length));
            prop_assert_eq!(last.length_in(&written[..length - 1]), None);
            if let Some(byte) = written.get_mut(flipped) {
                *byte ^= 0x20;
                prop_assert_eq!(last.length_in(&written), (flipped >= length).then_some(length));
            }
        }
    }

    #[test]
    fn a_key_with_what_json_escapes_leads_nothing() {
        for key in ["\"", "a\\b", "a\n"] {
            let last = LastKey::new(key.as_bytes(), None);
            for text in [&[0; 64][..], b"", format!("\"{key}\":").as_bytes()] {
                assert_eq!(last.length_in(text), None);
            }
        }
    }
}
