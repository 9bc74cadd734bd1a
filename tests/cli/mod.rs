//! The command line, the terminal and the commands that fetch no ticket.

mod accessibility;
mod color;
mod command_line;
mod completions;
mod conflicting_options;
mod demo;
mod exit_codes;
mod fields;
mod guesses;
mod help;
mod limits;
mod narrow_table;
mod open;
mod open_browser;
mod tab;
mod terminal;
mod version;
mod windows;
