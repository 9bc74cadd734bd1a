//! The keys of a ticket that are wanted, and finding them quickly.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Visitor};

use super::shape::Pattern;
use crate::ticket::column::{Column, TICKET_ID};

/// The names under which wanted values stand in a ticket's JSON object, each with
/// a place. Matched in any case, exactly where possible.
#[derive(Clone, Debug)]
pub struct Keys<'c> {
    wanted: Vec<&'c str>,
    /// What the tickets before looked like.
    pattern: Pattern,
    /// Whether a key was met that holds what is escaped in JSON.
    escaped: bool,
}

impl<'c> Keys<'c> {
    /// The place of `TicketId`, which is always wanted.
    pub const ID: usize = 0;

    /// The keys that `columns` need: their first names, and each path as a whole, in
    /// case a server answers a path that was selected under that very name.
    #[must_use]
    pub fn of(columns: &'c [Column]) -> Self {
        let mut keys =
            Self { wanted: vec![TICKET_ID], pattern: Pattern::default(), escaped: false };
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
        let member = match self.pattern.known(index, key) {
            Some(member) => member,
            None => {
                let exact = self.wanted.iter().position(|name| name.as_bytes() == key);
                let place = exact.or_else(|| {
                    self.wanted.iter().position(|name| name.as_bytes().eq_ignore_ascii_case(key))
                });
                self.pattern.put(index, key, place)
            }
        };
        self.escaped |= member.is_escaped();
        member.place
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

    /// What the tickets before looked like.
    pub(super) const fn pattern(&mut self) -> &mut Pattern {
        &mut self.pattern
    }

    /// The key at `index` of the ticket read last.
    pub(super) fn name(&mut self, index: usize) -> &str {
        self.pattern.name(index)
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
