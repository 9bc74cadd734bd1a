//! The entry points that are fuzzed, which an ordinary test of the program calls too.

#[path = "../../tests/support/entry_points.rs"]
mod entry_points;

pub use entry_points::*;
