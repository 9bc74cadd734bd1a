//! A name, and beside it what is to be said of it, a line or more.

use std::io::{self, Write};

use super::look::Look;
use super::paint::{Paint, RESET, Style};
use super::width;

/// Where the texts stand that go with names. No box characters: so it reads well aloud.
#[derive(Clone, Copy, Debug)]
pub struct Beside {
    start: usize,
    room: Option<usize>,
    /// Below the names, where there is no room beside them.
    is_below: bool,
    paint: Paint,
}

/// Texts narrower than this are not worth a column of their own.
const NARROWEST: usize = 16;
const GAP: usize = 2;
const INDENT: usize = 2;

impl Beside {
    /// Texts beside names that are at most so wide.
    #[must_use]
    pub fn names(widest: usize, look: Look) -> Self {
        let start = widest + GAP;
        let is_below = look.width.is_some_and(|width| width < start + NARROWEST);
        let start = if is_below { INDENT } else { start };
        let room = look.width.map(|width| width.saturating_sub(start).max(1));
        Self { start, room, is_below, paint: look.paint }
    }

    /// Writes `text` beside a name that was just written, `used` columns wide, and ends
    /// the line.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(
        &self,
        mut used: usize,
        text: &str,
        style: Option<Style>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let lines = self.room.map_or_else(|| vec![text], |room| width::wrap(text, room));
        for (index, line) in lines.iter().enumerate().filter(|(_, line)| !line.is_empty()) {
            if self.is_below || index > 0 {
                out.write_all(b"\n")?;
                used = 0;
            }
            let indent = " ".repeat(self.start.saturating_sub(used));
            match style {
                Some(style) if self.paint == Paint::On => {
                    write!(out, "{indent}{}{line}{RESET}", style.sequence())?;
                }
                _ => write!(out, "{indent}{line}")?,
            }
        }
        out.write_all(b"\n")
    }
}
