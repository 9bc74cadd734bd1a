//! A file a command; each reads as the command's summary.

pub mod demo;
pub mod fields;
