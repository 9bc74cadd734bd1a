//! The keys of a ticket whose values are needed.

use crate::ticket::catalogue;
use crate::ticket::column::{Column, TICKET_ID};

use super::value::Value;

/// The names of the needed values, each with its place. A name matches in any case, and exactly
/// if possible.
#[derive(Clone, Debug)]
pub(super) struct KeyIndex<'c> {
    names: Vec<&'c str>,
}

/// A key of a ticket.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    /// The place in the index; `None` if the value is not needed.
    pub(super) place: Option<usize>,
    /// True if the field has a fixed set of values, among them `Unknown`.
    pub(super) is_enum: bool,
}

impl<'c> KeyIndex<'c> {
    /// The place of `TicketId`, which is always needed.
    pub(super) const ID: usize = 0;

    /// Collects the keys of `columns`: the first name of each path, and the path as a whole,
    /// since a server may use the path that was selected as a key.
    pub(super) fn new(columns: &'c [Column]) -> Self {
        let mut names = vec![TICKET_ID];
        for column in columns {
            for name in [column.root(), column.path()] {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        Self { names }
    }

    pub(super) const fn len(&self) -> usize {
        self.names.len()
    }

    /// Returns the place of exactly `name`.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| *known == name)
    }

    /// Returns the key that `json`, a JSON string, stands for.
    pub(super) fn find(&self, json: &str) -> Key {
        let Value::Text(name) = Value::new(json) else {
            return Key { place: None, is_enum: false };
        };
        let place = self
            .place(&name)
            .or_else(|| self.names.iter().position(|known| known.eq_ignore_ascii_case(&name)));
        Key { place, is_enum: catalogue::is_enum(&name) }
    }
}
