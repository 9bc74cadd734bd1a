//! Tickets: their ids, their fields, and a ticket borrowed from the answer.

pub mod catalogue;
pub mod field;
