//! The tickets that are expected in an answer.

/// The tickets that are expected in an answer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Expected {
    /// Number of requested ids.
    pub ids: usize,
    /// True if the ids of the tickets were requested as well. If not, a ticket counts as empty
    /// only if all its values are `null`.
    pub has_ids: bool,
}

/// Elements that an answer may have on top of twice the requested ids.
const MORE_ELEMENTS: usize = 1_000;

impl Expected {
    /// Any number of tickets, with their ids.
    pub const ANY: Self = Self { ids: usize::MAX, has_ids: true };

    /// Returns the most elements that an answer may have, `null` included. No server has a reason
    /// to send more, and what is noted of each takes memory.
    #[must_use]
    pub const fn max_elements(self) -> usize {
        self.ids.saturating_mul(2).saturating_add(MORE_ELEMENTS)
    }
}
