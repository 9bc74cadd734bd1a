//! The circumstances of a call, for formats that print them.

use chrono::{DateTime, Utc};

use crate::ticket::ids::TicketId;

/// Where, when and how the tickets were fetched. It has no secret.
#[derive(Clone, Debug)]
pub struct About<'a> {
    /// The address of the installation.
    pub server: &'a str,
    /// The time of the call.
    pub time: DateTime<Utc>,
    /// The time zone of the dates, for a person.
    pub zone: String,
    /// The language of texts, as requested.
    pub language: &'a str,
    /// The number of requested ids.
    pub requested: usize,
    /// The ids that did not come back.
    pub missing: &'a [TicketId],
    /// The number of missing tickets that cannot be named.
    pub missing_unnamed: usize,
}

impl About<'_> {
    /// Returns the number of requested tickets that did not come back.
    pub(super) const fn missing_count(&self) -> usize {
        self.missing.len() + self.missing_unnamed
    }
}
