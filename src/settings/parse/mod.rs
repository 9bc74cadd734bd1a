//! Parsers of single values.

pub mod header;
pub mod language;
pub mod limits;
pub mod pem;
pub mod zone;
pub mod zone_codes;
