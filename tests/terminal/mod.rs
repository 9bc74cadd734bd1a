//! Long calls and long output at a terminal.
#![cfg(unix)]

mod progress;
mod progress_off;
