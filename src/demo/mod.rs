//! The sample server: a thousand SuperOffice Service tickets over HTTP, on this machine only.
//!
//! It implements GetTickets as far as a client can see it, so that every option of the tool has
//! something to act on. A ticket is computed from its id and is the same every time; nothing is
//! stored.

mod answer;
mod credential;
mod data;
mod draw;
mod fields;
mod locale;
mod request;
mod server;
#[cfg(test)]
mod tests;
mod ticket;
mod timeline;

pub use credential::{APP_TOKEN, COOKIE, PASSWORD, TICKET, TOKEN, USER, XSRF_TOKEN};
pub use server::{Behavior, Server};
pub use ticket::IDS;
