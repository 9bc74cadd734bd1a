//! Headings of the options in help.

pub(super) const OUTPUT: &str = "Output";
pub(super) const LANGUAGE: &str = "Language and time";
pub(super) const CONNECTION: &str = "Connection";
pub(super) const CREDENTIAL: &str = "Credential";
