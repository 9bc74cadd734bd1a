//! Printing: a file a format.

pub mod fields;
