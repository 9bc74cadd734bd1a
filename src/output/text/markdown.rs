//! `-o markdown`: a Markdown table, to paste into a chat or an issue.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::ops::Range;

use crate::answer::RowReader;
use crate::ticket::column::{Column, TICKET_ID};

use super::super::format::{Document, Format};
use super::super::{cell, hyperlink, parallel};
use super::width::Alignment;
use super::{column_widths, width};

#[derive(Debug)]
pub(crate) struct Markdown;

/// The shortest delimiter row that every reader accepts.
const MIN_HYPHENS: usize = 3;

impl Format for Markdown {
    fn write(&self, document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
        if document.tickets.is_empty() {
            return Ok(());
        }
        let sizes = column_widths::measure(document, escape);
        let columns = document.columns.iter().zip(sizes);
        let cells: Vec<Alignment> = columns
            .map(|(column, size)| {
                let link = link_width(document, column, size.content);
                Alignment::new(column, size.full().max(MIN_HYPHENS).max(link))
            })
            .collect();
        let mut lines = Vec::new();
        for (column, cell) in document.columns.iter().zip(&cells) {
            write_cell(&escape(column.path()), *cell, &mut lines);
        }
        lines.extend_from_slice(b"|\n");
        for Alignment { width, is_right } in &cells {
            let hyphens = "-".repeat(width - usize::from(*is_right));
            write!(lines, "| {hyphens}{} ", if *is_right { ":" } else { "" })?;
        }
        lines.extend_from_slice(b"|\n");
        out.write_all(&lines)?;
        parallel::write(document.tickets, out, || {
            let mut reader = RowReader::new(document.columns);
            let cells = &cells;
            move |tickets, lines| {
                for ticket in tickets {
                    reader.read(*ticket);
                    for ((column, value), cell) in reader.values().zip(cells) {
                        let text = cell::visible_text(column, value, document.dates);
                        let text = match hyperlink::url(document, column, &text) {
                            Some(url) => format!("[{text}]({url})").into(),
                            None => escape(&text),
                        };
                        write_cell(&text, *cell, lines);
                    }
                    lines.extend_from_slice(b"|\n");
                }
                Ok(())
            }
        })
    }
}

/// Returns the width of a link around an id of `content` characters, whose address contains the
/// id as well; 0 without links.
fn link_width(document: &Document<'_>, column: &Column, content: usize) -> usize {
    match document.urls.filter(|_| column.path() == TICKET_ID) {
        Some(urls) => 2 * content + urls.length() + "[]()".len(),
        None => 0,
    }
}

fn write_cell(text: &str, cell: Alignment, line: &mut Vec<u8>) {
    line.extend_from_slice(b"| ");
    width::push_aligned(text, width::measure(text), cell, line);
    line.push(b' ');
}

/// Escapes `text` so that no part of it is read as Markdown: it cannot end its cell, nor start
/// emphasis, code, HTML, a formula, a link or an image.
///
/// A backslash before the colon of an address, or before the dot of `www.`, keeps it text. Words
/// with an `@` become code, because GitHub looks for mail addresses and user names after it has
/// removed the backslashes.
fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(SPECIAL) && !text.contains(['.', '@']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut start = 0;
    while let Some(at) = text[start..].find('@') {
        let at = start + at;
        let word = text[..at].trim_end_matches(is_in_address).len().max(start);
        let rest = &text[at..];
        let end = text.len() - rest.trim_start_matches(is_in_address).len();
        escape_into(text, start..word, &mut out);
        if end - word == 1 {
            out.push_str("\\@");
        } else {
            let _ = write!(out, "`{}`", &text[word..end]);
        }
        start = end;
    }
    escape_into(text, start..text.len(), &mut out);
    Cow::Owned(out)
}

const SPECIAL: [char; 14] = ['\\', '`', '*', '_', '[', ']', '<', '>', '|', '~', '&', '$', ':', '#'];

/// Returns whether `c` can be part of a mail address or a user name.
fn is_in_address(c: char) -> bool {
    c.is_ascii_alphanumeric() || "@._+-".contains(c)
}

/// Appends the part of `text` at `range`, with backslashes before special characters.
fn escape_into(text: &str, range: Range<usize>, out: &mut String) {
    let is_www = |at: usize| {
        let word = at.checked_sub(3).and_then(|start| text.get(start..at));
        word.is_some_and(|word| word.eq_ignore_ascii_case("www"))
    };
    for (at, c) in text[range.clone()].char_indices() {
        let at = range.start + at;
        let is_special = match c {
            ':' => text[at + 1..].starts_with('/'),
            '.' => is_www(at),
            c => SPECIAL.contains(&c),
        };
        if is_special {
            out.push('\\');
        }
        out.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_characters_are_escaped() {
        let cases = [
            ("plain, text - 5!", "plain, text - 5!"),
            ("a|b\\|c", "a\\|b\\\\\\|c"),
            ("![x](http://a.b)", "!\\[x\\](http\\://a.b)"),
            ("see www.example.com or WWW.x", "see www\\.example.com or WWW\\.x"),
            ("see tim.b@example.com, @", "see `tim.b@example.com`, \\@"),
            ("@team `a@b@c`|", "`@team` \\``a@b@c`\\`\\|"),
            (
                "<b> **x** _y_ `z` ~~s~~ $m$ #1",
                "\\<b\\> \\*\\*x\\*\\* \\_y\\_ \\`z\\` \\~\\~s\\~\\~ \\$m\\$ \\#1",
            ),
            ("v1.2: done", "v1.2: done"),
        ];
        for (text, shown) in cases {
            assert_eq!(escape(text), shown);
        }
    }
}
