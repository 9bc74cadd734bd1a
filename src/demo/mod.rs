//! The sample server: made-up tickets over real HTTP on this machine.

#[cfg(test)]
mod consistency;
mod data;
mod fields;
mod language;
mod select;
mod ticket;
mod timeline;
mod titles;
mod wording;
mod zone;

/// The tickets that exist.
pub const IDS: std::ops::RangeInclusive<i32> = 1..=1000;
