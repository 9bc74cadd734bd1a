//! The style of text: width, color and characters, as they suit a terminal, a pipe or a file.

use std::borrow::Cow;

use clap::builder::styling::Style;

use crate::context::{Charset, Terminal, Variables};

/// The width of a terminal that does not report one.
pub(crate) const UNKNOWN_WIDTH: usize = 80;
const ELLIPSIS: &str = "…";
const ASCII_ELLIPSIS: &str = "...";

/// The style of a text. The default is that of a pipe or a file: nothing is cut, wrapped or
/// colored.
#[derive(Clone, Copy, Debug, Default)]
pub struct TextStyle {
    /// The width to keep to, in columns.
    pub width: Option<usize>,
    /// True if there is a rule below the headings.
    pub has_rule: bool,
    /// True if there is color, and headings are bold.
    pub is_colored: bool,
    /// The characters to draw with.
    pub charset: Charset,
}

impl TextStyle {
    /// Returns the style that suits `terminal`, with the color that options and variables set.
    pub(crate) fn for_terminal(terminal: Terminal, variables: &Variables) -> Self {
        Self {
            width: terminal.stdout.then(|| terminal.width.unwrap_or(UNKNOWN_WIDTH)),
            has_rule: terminal.stdout,
            is_colored: variables.wants_color(terminal.color, terminal.stdout),
            charset: variables.charset(),
        }
    }

    /// Returns the same for messages on standard error.
    pub(crate) fn for_messages(terminal: Terminal, variables: &Variables) -> Self {
        let Terminal { stderr, .. } = terminal;
        Self::for_terminal(Terminal { stdout: stderr, ..terminal }, variables)
    }

    /// Returns `text` in `style` if there is color, else as it is.
    pub(crate) fn paint(self, text: &str, style: Style) -> Cow<'_, str> {
        if self.is_colored { format!("{style}{text}{style:#}").into() } else { text.into() }
    }

    /// Returns the end of a text that was cut.
    pub(crate) const fn ellipsis(self) -> &'static str {
        match self.charset {
            Charset::Utf8 => ELLIPSIS,
            Charset::Ascii => ASCII_ELLIPSIS,
        }
    }

    /// Returns a horizontal rule of `width` columns.
    pub(crate) fn rule(self, width: usize) -> String {
        let line = match self.charset {
            Charset::Utf8 => "─",
            Charset::Ascii => "-",
        };
        self.paint(&line.repeat(width), super::color::DIM).into_owned()
    }
}

/// Returns a message of the program in `charset`. Its one character beyond ASCII is `…`.
pub(crate) fn in_charset(text: &str, charset: Charset) -> Cow<'_, str> {
    match charset {
        Charset::Ascii if text.contains(ELLIPSIS) => text.replace(ELLIPSIS, ASCII_ELLIPSIS).into(),
        _ => text.into(),
    }
}

/// Returns by how many columns [`in_charset`] may lengthen a line. Few have two ellipses.
pub(crate) const fn excess_width(charset: Charset) -> usize {
    match charset {
        Charset::Utf8 => 0,
        Charset::Ascii => 2 * (ASCII_ELLIPSIS.len() - 1),
    }
}
