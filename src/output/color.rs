//! Colour: a second sign beside the word, never the only one.

use std::borrow::Cow;

use comfy_table::{Attribute, Cell, Color};

use crate::ticket::column::Column;

/// Whether to use colour, decided from option, variables and terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// Colour and bold headings.
    On,
    /// Neither.
    Off,
}

/// How a text is painted. Black, white and the bright colours are none of these: each of
/// them is the ground of somebody's terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// A heading, or a name.
    Bold,
    /// What matters less.
    Dim,
    /// Well.
    Green,
    /// To be looked at.
    Yellow,
    /// Not well.
    Red,
}

impl Style {
    /// The escape sequence that begins it.
    #[must_use]
    pub const fn sequence(self) -> &'static str {
        match self {
            Self::Bold => "\x1b[1m",
            Self::Dim => "\x1b[2m",
            Self::Green => "\x1b[32m",
            Self::Yellow => "\x1b[33m",
            Self::Red => "\x1b[31m",
        }
    }

    /// `cell` in this style.
    pub(crate) fn of_cell(self, cell: Cell) -> Cell {
        match self {
            Self::Bold => cell.add_attribute(Attribute::Bold),
            Self::Dim => cell.add_attribute(Attribute::Dim),
            Self::Green => cell.fg(Color::DarkGreen),
            Self::Yellow => cell.fg(Color::DarkYellow),
            Self::Red => cell.fg(Color::DarkRed),
        }
    }
}

/// Ends every style.
pub const RESET: &str = "\x1b[0m";

impl Paint {
    /// `text` in `style`, where there is colour at all.
    #[must_use]
    pub fn styled(self, text: &str, style: Option<Style>) -> Cow<'_, str> {
        match (self, style) {
            (Self::On, Some(style)) => format!("{}{text}{RESET}", style.sequence()).into(),
            _ => text.into(),
        }
    }

    /// A heading, or a name.
    #[must_use]
    pub fn bold(self, text: &str) -> Cow<'_, str> {
        self.styled(text, Some(Style::Bold))
    }

    /// What matters less.
    #[must_use]
    pub fn dim(self, text: &str) -> Cow<'_, str> {
        self.styled(text, Some(Style::Dim))
    }
}

/// The style of a cell that says how a ticket stands.
#[must_use]
pub fn style(column: &Column, text: &str) -> Option<Style> {
    match (column.path(), text) {
        ("BaseStatus", "Active") | ("ReadStatus", "Green") => Some(Style::Green),
        ("BaseStatus", "Closed" | "Merged") => Some(Style::Dim),
        ("BaseStatus", "Deleted" | "Spam") | ("ReadStatus", "Red") => Some(Style::Red),
        ("ReadStatus", "Yellow") => Some(Style::Yellow),
        ("BaseStatus", postponed) if postponed.starts_with("Postponed") => Some(Style::Yellow),
        _ => None,
    }
}
