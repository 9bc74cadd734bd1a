//! Long calls and long output at a terminal.
#![cfg(unix)]

mod less;
mod pager;
mod progress;
mod progress_off;
