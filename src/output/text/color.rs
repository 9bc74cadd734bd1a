//! The colors of text. A color repeats what a word says and is never the only sign.
//!
//! Black, white and the bright colors are not among them: each is the background of somebody's
//! terminal.

use clap::builder::styling::{AnsiColor, Style};

use crate::ticket::column::Column;

pub(crate) const PLAIN: Style = Style::new();
/// A heading or a name.
pub(crate) const BOLD: Style = Style::new().bold();
/// Text that matters less.
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const GREEN: Style = AnsiColor::Green.on_default();
pub(crate) const YELLOW: Style = AnsiColor::Yellow.on_default();
pub(crate) const RED: Style = AnsiColor::Red.on_default();

/// Returns the style of a cell: the states of a ticket have colors.
pub(super) fn cell_style(column: &Column, text: &str) -> Style {
    match (column.path(), text) {
        ("BaseStatus", "Active") | ("ReadStatus", "Green") => GREEN,
        ("BaseStatus", "Closed" | "Merged") => DIM,
        ("BaseStatus", "Deleted" | "Spam") | ("ReadStatus", "Red") => RED,
        ("ReadStatus", "Yellow") => YELLOW,
        ("BaseStatus", postponed) if postponed.starts_with("Postponed") => YELLOW,
        _ => PLAIN,
    }
}
