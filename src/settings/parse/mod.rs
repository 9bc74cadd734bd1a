//! Parsers of single values.

pub(crate) mod header;
pub(crate) mod language;
pub(crate) mod zone;
pub(crate) mod zone_codes;
