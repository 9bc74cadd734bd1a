//! A name, and beside it what is to be said of it, a line or more.

use std::io::{self, Write};

use super::color::{Paint, RESET, Style};
use super::hyperlink;
use super::style::Look;
use super::width;

/// Where the texts stand that go with names. No box characters: so it reads well aloud.
#[derive(Clone, Copy, Debug)]
pub struct Beside {
    start: usize,
    room: Option<usize>,
    /// Below the names, where there is no room beside them.
    is_below: bool,
    /// A text goes below its name where a word of it would be broken beside it.
    keeps_words: bool,
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
        Self { start, room, is_below, keeps_words: false, paint: look.paint }
    }

    /// Moves a text below its name where a word of it would be broken beside it, such as an
    /// address that somebody wants to copy.
    #[must_use]
    pub const fn keeping_words(self) -> Self {
        Self { keeps_words: true, ..self }
    }

    /// The place of `text`.
    fn place(self, text: &str) -> Self {
        let is_too_wide = |room: &usize| text.split(' ').any(|word| width::of(word) > *room);
        match self.room.filter(is_too_wide) {
            Some(room) if self.keeps_words && !self.is_below => Self {
                start: INDENT,
                room: Some((room + self.start).saturating_sub(INDENT)),
                is_below: true,
                ..self
            },
            _ => self,
        }
    }

    /// Writes `text`, which is short, as a link to `url`, and ends the line.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_link(
        &self,
        mut used: usize,
        text: &str,
        url: &str,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        if self.is_below {
            out.write_all(b"\n")?;
            used = 0;
        }
        let indent = " ".repeat(self.start.saturating_sub(used));
        writeln!(out, "{indent}{}", hyperlink::wrap(text, url))
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
        let place = self.place(text);
        let lines = place.room.map_or_else(|| vec![text], |room| width::wrap(text, room));
        for (index, line) in lines.iter().enumerate().filter(|(_, line)| !line.is_empty()) {
            if place.is_below || index > 0 {
                out.write_all(b"\n")?;
                used = 0;
            }
            let indent = " ".repeat(place.start.saturating_sub(used));
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
