//! Tickets: their ids, their fields, and a ticket borrowed from the answer.

pub mod account;
pub mod catalogue;
pub mod column;
mod compact;
pub mod date;
mod expected;
pub mod field;
mod head;
pub mod ids;
pub mod keys;
pub mod list;
pub mod merged;
mod pattern;
pub mod received_id;
pub mod row;
mod scan;
pub mod scanner;
pub mod url_template;
pub mod value;
mod value_end;
pub mod xml;
