//! The server's answer: checks it and finds its tickets.

mod chunk_parser;
mod expected;
mod fast_parser;
pub mod key_index;
pub mod list;
pub mod merged;
pub mod parallel_parser;
pub mod row;
mod shape;
mod skip_value;
mod ticket_header;
pub mod value;
pub mod xml;
