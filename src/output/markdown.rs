//! A Markdown table, to paste into a chat or an issue.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::ops::Range;

use crate::answer::RowReader;
use crate::ticket::column::{Column, TICKET_ID};
use crate::ticket::field::FieldType;

use super::{Format, Page, cell, hyperlink, parallel, width};

/// `-o markdown`.
#[derive(Debug)]
pub struct Markdown;

impl Format for Markdown {
    fn write(&self, page: &Page<'_>, out: &mut dyn Write) -> io::Result<()> {
        if page.tickets.is_empty() {
            return Ok(());
        }
        // A rule of three hyphens is the shortest that every reader takes.
        let needs = width::needs(page, literal);
        let widths: Vec<usize> = needs
            .iter()
            .zip(page.columns)
            .map(|(need, column)| need.whole().max(3).max(link_width(page, column, need.content)))
            .collect();
        let right: Vec<bool> =
            page.columns.iter().map(|column| column.kind() == Some(FieldType::Int)).collect();
        for (at, column) in page.columns.iter().enumerate() {
            write_cell(&literal(column.path()), widths[at], right[at], out)?;
        }
        out.write_all(b"|\n")?;
        for (width, right) in widths.iter().zip(&right) {
            let hyphens = "-".repeat(width - usize::from(*right));
            write!(out, "| {hyphens}{} ", if *right { ":" } else { "" })?;
        }
        out.write_all(b"|\n")?;
        parallel::write(page.tickets, out, || {
            let mut reader = RowReader::new(page.columns);
            let (widths, right) = (&widths, &right);
            move |tickets, lines| {
                for ticket in tickets {
                    reader.read(*ticket);
                    for (at, (column, value)) in reader.values().enumerate() {
                        let text = cell::shown(column, value, page.dates);
                        let text = match hyperlink::url(page, column, &text) {
                            Some(url) => format!("[{text}]({url})").into(),
                            None => literal(&text),
                        };
                        write_cell(&text, widths[at], right[at], lines)?;
                    }
                    lines.extend_from_slice(b"|\n");
                }
                Ok(())
            }
        })
    }
}

/// The width of a link around an id of `content` characters, which is in its address again;
/// 0 without links.
fn link_width(page: &Page<'_>, column: &Column, content: usize) -> usize {
    match page.urls.filter(|_| column.path() == TICKET_ID) {
        Some(urls) => 2 * content + urls.length() + "[]()".len(),
        None => 0,
    }
}

fn write_cell(text: &str, width: usize, right: bool, out: &mut dyn Write) -> io::Result<()> {
    // Not by the formatting of a number of blanks, which ends at 65,535.
    let fill = " ".repeat(width.saturating_sub(width::of(text)));
    if right { write!(out, "| {fill}{text} ") } else { write!(out, "| {text}{fill} ") }
}

/// `text` so that none of it is read as Markdown: a backslash before all that Markdown
/// would read, and the words with an `@` in them as code. It can then neither end its
/// cell nor start emphasis, code, HTML, a formula, a link or an image. A bare address
/// would become a link of its own; a backslash before its colon or the dot of `www.`
/// keeps it text. One before an `@` does not: GitHub looks for mail addresses and for
/// names of users once it has forgotten what was escaped, but not in code.
fn literal(text: &str) -> Cow<'_, str> {
    if !text.contains(SPECIAL) && !text.contains(['.', '@']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut start = 0;
    while let Some(at) = text[start..].find('@') {
        let at = start + at;
        let word = text[..at].trim_end_matches(in_address).len().max(start);
        let rest = &text[at..];
        let end = text.len() - rest.trim_start_matches(in_address).len();
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

/// Whether `c` can be part of a mail address or of a user's name.
fn in_address(c: char) -> bool {
    c.is_ascii_alphanumeric() || "@._+-".contains(c)
}

/// Appends the part of `text` at `range`, with backslashes.
fn escape_into(text: &str, range: Range<usize>, out: &mut String) {
    let is_www = |at: usize| {
        let word = at.checked_sub(3).and_then(|start| text.get(start..at));
        word.is_some_and(|word| word.eq_ignore_ascii_case("www"))
    };
    for (at, c) in text[range.clone()].char_indices() {
        let at = range.start + at;
        let special = match c {
            ':' => text[at + 1..].starts_with('/'),
            '.' => is_www(at),
            c => SPECIAL.contains(&c),
        };
        if special {
            out.push('\\');
        }
        out.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_read_as_markdown() {
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
            assert_eq!(literal(text), shown);
        }
    }
}
