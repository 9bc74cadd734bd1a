//! The tests of the program, a folder a subject. As one crate they are built and linked much
//! sooner than each by itself; `cargo test --test program ids::` runs those of a file.

mod auth;
mod cli;
mod docs;
mod doctor;
mod faults;
mod formats;
mod get;
mod network;
mod packaging;
mod properties;
mod settings;
mod support;
mod terminal;
