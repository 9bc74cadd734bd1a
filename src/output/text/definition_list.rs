//! Definition lists: terms, each with its definition next to it.
//!
//! There are no box characters, so that a screen reader reads the list well.

use clap::builder::styling::Style;

use super::super::hyperlink;
use super::style::TextStyle;
use super::width;

/// Definitions that would be narrower than this go below their terms.
const MIN_WIDTH: usize = 16;
const GAP: usize = 2;
/// The indentation of a definition below its term.
const INDENT: usize = 2;

/// The layout of a definition list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DefinitionList {
    style: TextStyle,
    /// The column at which definitions start.
    start: usize,
    /// True if definitions are below their terms, because there is no room next to them.
    is_below: bool,
    keeps_words: bool,
}

impl DefinitionList {
    /// Creates the layout for terms of at most `longest` columns.
    pub(crate) fn new(longest: usize, style: TextStyle) -> Self {
        let start = longest + GAP;
        let list = Self { style, start, is_below: false, keeps_words: false };
        if style.width.is_some_and(|width| width < start + MIN_WIDTH) { list.below() } else { list }
    }

    /// Puts a definition below its term if a word of it would be broken next to it, such as an
    /// address that somebody wants to copy.
    pub(crate) const fn keeping_words(self) -> Self {
        Self { keeps_words: true, ..self }
    }

    const fn below(self) -> Self {
        Self { start: INDENT, is_below: true, ..self }
    }

    /// Returns the width of a definition; `None` without a limit.
    fn room(self) -> Option<usize> {
        self.style.width.map(|width| width.saturating_sub(self.start).max(1))
    }

    /// Appends the definition of a term that is `used` columns wide, and ends the line.
    pub(crate) fn write(self, used: usize, text: &str, style: Style, out: &mut Vec<u8>) {
        let is_broken = |room: usize| {
            self.keeps_words && text.split(' ').any(|word| width::measure(word) > room)
        };
        let list = if self.room().is_some_and(is_broken) { self.below() } else { self };
        match list.room() {
            Some(room) if width::measure(text) > room => {
                let lines = width::wrap(text, room).into_iter().enumerate();
                for (index, line) in lines.filter(|(_, line)| !line.is_empty()) {
                    list.write_line(used, index > 0, &list.style.paint(line, style), out);
                }
            }
            _ if text.is_empty() => {}
            _ => list.write_line(used, false, &list.style.paint(text, style), out),
        }
        out.push(b'\n');
    }

    /// Appends a definition that is a link to `url` with the short `text`, and ends the line.
    pub(crate) fn write_link(self, used: usize, text: &str, url: &str, out: &mut Vec<u8>) {
        self.write_line(used, false, &hyperlink::wrap(text, url), out);
        out.push(b'\n');
    }

    fn write_line(self, used: usize, is_continued: bool, line: &str, out: &mut Vec<u8>) {
        let is_next = self.is_below || is_continued;
        if is_next {
            out.push(b'\n');
        }
        width::push_blanks(self.start.saturating_sub(if is_next { 0 } else { used }), out);
        out.extend_from_slice(line.as_bytes());
    }
}
