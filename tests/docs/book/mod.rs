//! The book: README.md and each page in docs/ do what they say. Commands are run against
//! the sample server, and what cannot be run is held against the command line.
#![cfg(unix)]

mod calls;
mod ci;
mod exceptions;
mod habits;
mod links;
mod page;
mod prose;
mod session;
mod shown;
mod sign_in;
