//! How a page for people is to look where it goes.

use std::borrow::Cow;

use crate::context::{Charset, Environment, Terminal};

use super::color::Paint;

/// What suits the terminal, or the pipe, that a page goes to.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// The width to keep to, in columns; none in a pipe, where nothing is cut.
    pub width: Option<usize>,
    /// A rule under the headings.
    pub rule: bool,
    /// Colour.
    pub paint: Paint,
    /// The characters to draw with.
    pub charset: Charset,
}

/// The width of a terminal that does not say how wide it is.
const UNKNOWN_WIDTH: usize = 80;

impl Look {
    /// That of a pipe: nothing is cut, ruled or coloured.
    pub const PIPE: Self =
        Self { width: None, rule: false, paint: Paint::Off, charset: Charset::Utf8 };

    /// What suits `terminal`, as far as `environment` does not say otherwise.
    #[must_use]
    pub fn of(terminal: Terminal, environment: &Environment) -> Self {
        let is_colored = environment.wants_color(terminal.color, terminal.stdout);
        Self {
            width: terminal.stdout.then(|| terminal.width.unwrap_or(UNKNOWN_WIDTH)),
            rule: terminal.stdout,
            paint: if is_colored { Paint::On } else { Paint::Off },
            charset: environment.charset(),
        }
    }

    /// What stands at the end of a text that was cut.
    #[must_use]
    pub const fn ellipsis(self) -> &'static str {
        match self.charset {
            Charset::Utf8 => ELLIPSIS,
            Charset::Ascii => ASCII_ELLIPSIS,
        }
    }

    /// A rule of so many columns, as it is to be printed.
    #[must_use]
    pub fn line(self, width: usize) -> String {
        let line = match self.charset {
            Charset::Utf8 => "─",
            Charset::Ascii => "-",
        };
        self.paint.dim(&line.repeat(width)).into_owned()
    }
}

const ELLIPSIS: &str = "…";
const ASCII_ELLIPSIS: &str = "...";

/// By how much a line of [`message`] may get longer: few have two of them.
#[must_use]
pub const fn longer(charset: Charset) -> usize {
    match charset {
        Charset::Utf8 => 0,
        Charset::Ascii => 2 * (ASCII_ELLIPSIS.len() - 1),
    }
}

/// A message of the program's own in `charset`: its one character beyond ASCII is `…`.
#[must_use]
pub fn message(text: &str, charset: Charset) -> Cow<'_, str> {
    match charset {
        Charset::Ascii if text.contains(ELLIPSIS) => text.replace(ELLIPSIS, ASCII_ELLIPSIS).into(),
        _ => text.into(),
    }
}
