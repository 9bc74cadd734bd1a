//! The headings of options in help, in their order.

pub(super) const TICKETS: &str = "Tickets";
pub(super) const OUTPUT: &str = "Output";
pub(super) const LANGUAGE: &str = "Language and time";
pub(super) const SERVER: &str = "Server and sign-in";
pub(super) const NETWORK: &str = "Network";
/// The last heading, which also has `--help`.
pub const OTHER: &str = "Other";
