//! The server's answer: checks it while it arrives, and finds the tickets and values in it.
//!
//! An answer may hold 100,000 tickets of 2 KB, of which a call prints three columns. So it is
//! read into one buffer, from which tickets and values are borrowed, and parsed in chunks:
//!
//! ```text
//! body ──► one buffer    [ {…},{…},{…},  {…},{…},{…},  {…},{…} ]
//!                        └── chunk 1 ──┘└─ chunk 2 ──┘└ chunk 3 ┘
//!                               │             │            │
//!  ParallelParser           ChunkParser   ChunkParser  ChunkParser      on threads, in any order
//!                               │
//!                           TicketParser     like the last ticket? ──yes──► skip from value to value
//!                               │                    │
//!                               │                    no ──► serde_json, which shows the shape
//!                               ▼
//!                    range, id, cells of each ticket ──► Tickets ──► RowReader ──► Value
//! ```
//!
//! - A **chunk** is a guess: it ends before bytes that look like the beginning of a ticket.
//!   [`ParallelParser`] joins chunks if one begins in exactly the state in which the one before
//!   ended. From the first that does not, the answer is parsed again at the end.
//! - The **shape** of a ticket is the text between its values: braces, keys, commas, white space.
//!   Servers write all tickets alike, so the shape of the last ticket that serde_json has parsed
//!   is compared with the next one, and only values are checked. This halves the time.
//! - The **fallback** is serde_json, for a ticket with any other shape and for any value that
//!   the skipping does not know. It alone decides what an error is and what the message says.
//! - A **cell** is the position of a value that will be printed. Cells are noted for few columns;
//!   for many, [`RowReader`] parses each ticket again when it is printed.
//!
//! The result is the same as that of serde_json for the whole answer: the text between values is
//! text that serde_json has accepted there, each value is checked by the rules of JSON and UTF-8,
//! and all else is serde_json's. Property tests compare both for tickets in any shape
//! (`ticket_parser`) and for chunks of any size (`parallel_parser`).
//!
//! XML is only checked and searched for ids ([`xml`]), since it is printed as it was sent.

mod buffer;
mod chunk_parser;
mod expected;
mod key_index;
mod list;
pub(crate) mod merged;
mod parallel_parser;
mod reader;
mod row;
mod skip_value;
mod ticket_header;
mod ticket_parser;
pub(crate) mod value;
pub mod xml;

pub(crate) use buffer::Buffer;
pub use expected::Expected;
pub use list::{Ticket, Tickets};
pub use parallel_parser::{ParallelParser, ParseError};
pub(crate) use reader::{MAX_THREADS, read};
pub(crate) use row::RowReader;
pub(crate) use value::Value;
