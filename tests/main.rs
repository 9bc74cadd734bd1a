//! The tests of the program, a folder a subject. As one crate they are built and linked much
//! sooner than each by itself; `cargo test --test program ids::` runs those of a file.
#![cfg_attr(
    windows,
    allow(dead_code, unused_imports, reason = "some are for tests that are for Unix alone")
)]

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
