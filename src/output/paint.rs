//! Colour: a second sign beside the word, never the only one.

use comfy_table::Color;

use crate::ticket::column::Column;

/// Whether to use colour, decided from option, variables and terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// Colour and bold headings.
    On,
    /// Neither.
    Off,
}

/// The colour of a cell that says how a ticket stands. The dark ones can be read
/// on a white ground too.
#[must_use]
pub fn color(column: &Column, text: &str) -> Option<Color> {
    match (column.path(), text) {
        ("BaseStatus", "Active") | ("ReadStatus", "Green") => Some(Color::DarkGreen),
        ("BaseStatus", "Closed" | "Merged") => Some(Color::DarkGrey),
        ("BaseStatus", "Deleted" | "Spam") | ("ReadStatus", "Red") => Some(Color::DarkRed),
        ("ReadStatus", "Yellow") => Some(Color::DarkYellow),
        ("BaseStatus", postponed) if postponed.starts_with("Postponed") => Some(Color::DarkYellow),
        _ => None,
    }
}

/// The escape sequence of `color`, and of bold, for text outside a table.
#[must_use]
pub const fn sequence(color: Color) -> &'static str {
    match color {
        Color::DarkGreen => "\x1b[32m",
        Color::DarkGrey => "\x1b[90m",
        Color::DarkRed => "\x1b[31m",
        Color::DarkYellow => "\x1b[33m",
        _ => "\x1b[39m",
    }
}

/// Begins bold text.
pub const BOLD: &str = "\x1b[1m";
/// Ends bold and colour.
pub const RESET: &str = "\x1b[0m";
