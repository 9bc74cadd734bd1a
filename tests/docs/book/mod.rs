//! Tests of README.md and the pages in docs/: commands are run against the sample server;
//! commands that cannot be run are parsed.
#![cfg(unix)]

mod calls;
mod ci;
mod exceptions;
mod inline_code;
mod justfile;
mod links;
mod output;
mod page;
mod session;
mod sign_in;
mod windows;
