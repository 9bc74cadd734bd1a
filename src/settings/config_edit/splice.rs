//! Changes of a text at the positions of its [`Layout`]. All other bytes stay as they are.

use std::ops::Range;

use toml_writer::{ToTomlKey as _, TomlKeyBuilder};

use super::layout::{Entry, Form, Layout};

/// Sets the value at `path` to `value`, a text in TOML.
pub(super) fn set(text: &str, path: &[&str], value: &str) -> String {
    let layout = Layout::new(text);
    match layout.find(path) {
        Some(index) => replace(text, &layout.entries[index].value, value),
        None => insert(&layout, path, value),
    }
}

/// Removes the value or the table at `path`, in every place where a part of it is written.
pub(super) fn remove(text: &str, path: &[&str]) -> String {
    let mut text = text.to_owned();
    loop {
        let layout = Layout::new(&text);
        let is_below = |entry: &Entry| is_prefix(path, entry);
        let Some(last) = layout.entries.iter().rfind(|entry| {
            // An entry goes with the heading or the inline table that it is in.
            is_below(entry) && !entry.parent.is_some_and(|it| is_below(&layout.entries[it]))
        }) else {
            return text;
        };
        let range = match last.form {
            Form::Heading => keep_missing_end(&text, section(&layout, last)),
            _ if layout.is_inline(last) => {
                let (item, comma) = inline_ranges(&layout, last);
                let rest = replace(&text, &item, "");
                // The comma is before the item.
                text = comma.map_or(rest.clone(), |comma| replace(&rest, &comma, ""));
                continue;
            }
            _ => {
                let mut lines = layout.line_start(last.start())..layout.line_end(last.value.end);
                if path.len() == 1 {
                    lines.end = skip_gap(&layout, &lines);
                }
                keep_missing_end(&text, lines)
            }
        };
        text = replace(&text, &range, "");
    }
}

/// Returns the name of a key as it is written in TOML.
pub(super) fn quote_key(key: &str) -> String {
    TomlKeyBuilder::new(key).as_default().to_toml_key()
}

fn replace(text: &str, range: &Range<usize>, new: &str) -> String {
    [&text[..range.start], new, &text[range.end..]].concat()
}

fn is_prefix(path: &[&str], entry: &Entry) -> bool {
    entry.path.len() >= path.len() && path.iter().zip(&entry.path).all(|(a, b)| a == b)
}

/// Inserts a value into the innermost table that there is, in the way in which that is written.
fn insert(layout: &Layout<'_>, path: &[&str], value: &str) -> String {
    if let [key] = path {
        return insert_at_top(layout, &format!("{} = {value}", quote_key(key)));
    }
    for depth in (1..path.len()).rev() {
        let (table, rest) = path.split_at(depth);
        match layout.find(table).map(|index| (index, &layout.entries[index])) {
            Some((index, entry)) if entry.form == Form::InlineTable => {
                let nested = nest(rest, value);
                return insert_inline(layout, index, &nested);
            }
            // A profile gets a heading of its own.
            Some((index, entry)) if entry.form == Form::Heading && depth > 1 => {
                let line = format!("{} = {value}", dotted(rest));
                let last = layout.entries.iter().rfind(|it| it.parent == Some(index));
                return insert_line_after(layout, last.unwrap_or(entry), &line);
            }
            _ if depth == 1 => {}
            _ => {
                if let Some((entry, prefix)) = last_dotted(layout, table) {
                    let pair = format!("{prefix}{} = {value}", dotted(rest));
                    return if layout.is_inline(entry) {
                        replace(layout.text, &at(entry.value.end), &format!(", {pair}"))
                    } else {
                        insert_line_after(layout, entry, &pair)
                    };
                }
            }
        }
    }
    let (table, rest) = path.split_at(path.len().min(2));
    append_section(layout.text, &dotted(table), &format!("{} = {value}", dotted(rest)))
}

fn at(position: usize) -> Range<usize> {
    position..position
}

fn dotted(keys: &[&str]) -> String {
    keys.iter().map(|key| quote_key(key)).collect::<Vec<_>>().join(".")
}

/// Returns `keys` and `value` as nested inline tables: `work = { url = "x" }`.
fn nest(keys: &[&str], value: &str) -> String {
    match keys {
        [] => value.to_owned(),
        [key] => format!("{} = {value}", quote_key(key)),
        [key, rest @ ..] => format!("{} = {{ {} }}", quote_key(key), nest(rest, value)),
    }
}

/// Finds the last entry that writes the keys of `table` before others of its own, as in
/// `work.url`. Returns it with the text of those keys.
fn last_dotted<'l>(layout: &'l Layout<'_>, table: &[&str]) -> Option<(&'l Entry, &'l str)> {
    layout.entries.iter().rev().find_map(|entry| {
        let written = table.len().checked_sub(entry.inherited()).filter(|count| *count > 0)?;
        let next = entry.keys.get(written)?;
        let is_found = entry.form != Form::Heading && is_prefix(table, entry);
        is_found.then(|| (entry, &layout.text[entry.start()..next.start]))
    })
}

/// Inserts `pair` at the end of the inline table at `index`.
fn insert_inline(layout: &Layout<'_>, index: usize, pair: &str) -> String {
    let table = &layout.entries[index];
    match layout.entries.iter().rfind(|entry| entry.parent == Some(index)) {
        Some(last) => replace(layout.text, &at(last.value.end), &format!(", {pair}")),
        None => {
            let inner = table.value.start + 1..table.value.end - 1;
            if layout.text[inner.clone()].trim().is_empty() {
                replace(layout.text, &inner, &format!(" {pair} "))
            } else {
                // A comment is in it.
                replace(layout.text, &at(inner.start), &format!(" {pair}"))
            }
        }
    }
}

/// Inserts `line` below that of `entry`, with the same indent.
fn insert_line_after(layout: &Layout<'_>, entry: &Entry, line: &str) -> String {
    let before = &layout.text[layout.line_start(entry.start())..entry.start()];
    let indent = if before.trim().is_empty() { before } else { "" };
    insert_line(layout.text, layout.line_end(entry.value.end), &format!("{indent}{line}"))
}

/// Inserts `line` at `position`, a start of a line or the end of the text.
fn insert_line(text: &str, position: usize, line: &str) -> String {
    let (before, end) = (&text[..position], line_end_of(text, position));
    let new = if before.is_empty() || before.ends_with('\n') {
        format!("{line}{end}")
    } else {
        format!("{end}{line}")
    };
    replace(text, &at(position), &new)
}

/// Returns the line end that is used before `position`, or else in the text.
fn line_end_of(text: &str, position: usize) -> &'static str {
    let last = text[..position].rfind('\n').or_else(|| text.find('\n'));
    match last {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// Inserts `line` above the first heading: below the other keys there, or else below the comment
/// at the top of the file.
fn insert_at_top(layout: &Layout<'_>, line: &str) -> String {
    let text = layout.text;
    let is_top = |entry: &&Entry| entry.parent.is_none() && entry.form != Form::Heading;
    if let Some(last) = layout.entries.iter().rfind(is_top) {
        return insert_line_after(layout, last, line);
    }
    let end = |start: usize, is_in: fn(&str) -> bool| {
        let lines = text[start..].split_inclusive('\n').take_while(|line| is_in(line.trim()));
        start + lines.map(str::len).sum::<usize>()
    };
    let comment = end(0, |line| line.starts_with('#'));
    let blank = end(comment, str::is_empty);
    // A comment directly above a heading is about that.
    let position = if blank > comment || blank == text.len() { blank } else { 0 };
    let gap = if position == text.len() { "" } else { line_end_of(text, position) };
    insert_line(text, position, &format!("{line}{gap}"))
}

/// Appends a section with one line, after a blank line of its own: [`section`] removes one with it.
fn append_section(text: &str, table: &str, line: &str) -> String {
    let end = line_end_of(text, text.len());
    let section = format!("[{table}]{end}{line}");
    if text.is_empty() {
        return format!("{section}{end}");
    }
    match text.ends_with('\n') {
        true => format!("{text}{end}{section}{end}"),
        false => format!("{text}{end}{end}{section}"),
    }
}

/// Returns the end of `lines` with the blank line below them, if there is no text directly above
/// them: [`insert_at_top`] adds both.
fn skip_gap(layout: &Layout<'_>, lines: &Range<usize>) -> usize {
    let text = layout.text;
    let above = text[..lines.start].lines().next_back();
    let end = layout.line_end(lines.end);
    let is_blank = |line: &str| line.trim().is_empty();
    if above.is_none_or(is_blank) && is_blank(&text[lines.end..end]) { end } else { lines.end }
}

/// Returns the lines of a heading and of what is below it, with the comments that are attached
/// to either, and with the blank lines that would be left over: those below it, and at the end of
/// the text the one above it.
fn section(layout: &Layout<'_>, heading: &Entry) -> Range<usize> {
    let text = layout.text;
    let last = layout.entries.iter().rfind(|entry| {
        let top = std::iter::successors(Some(*entry), |it| it.parent.map(|at| &layout.entries[at]));
        top.last().is_some_and(|top| std::ptr::eq(top, heading))
    });
    let mut start = layout.line_start(heading.start());
    let mut end = layout.line_end(last.unwrap_or(heading).value.end);
    let line_before = |position: usize| &text[layout.line_start(position - 1)..position];
    let is_comment = |line: &str| line.trim_start().starts_with('#');
    let is_blank = |line: &str| line.trim().is_empty();

    // The comment above, if a blank line is above that: another belongs to what is there.
    let mut top = start;
    while top > 0 && is_comment(line_before(top)) {
        top -= line_before(top).len();
    }
    if top > 0 && is_blank(line_before(top)) {
        start = top;
    }
    // The comment below, unless it is directly above something else.
    let mut bottom = end;
    let line_at = |position: usize| &text[position..layout.line_end(position)];
    while bottom < text.len() && is_comment(line_at(bottom)) {
        bottom += line_at(bottom).len();
    }
    if bottom == text.len() || is_blank(line_at(bottom)) {
        end = bottom;
    }
    if start == 0 || is_blank(line_before(start)) {
        while end < text.len() && is_blank(line_at(end)) {
            end += line_at(end).len();
        }
    }
    if end == text.len() && start > 0 && is_blank(line_before(start)) {
        start -= line_before(start).len();
    }
    start..end
}

/// Returns `range`, which are whole lines. If the last line has no line end, what is above loses
/// its own, so that the text has none either.
fn keep_missing_end(text: &str, range: Range<usize>) -> Range<usize> {
    if range.end < text.len() || text.ends_with('\n') {
        return range;
    }
    text[..range.start].trim_end_matches(['\n', '\r']).len()..range.end
}

/// Returns the range of an entry of an inline table with one comma. If a comment is between them,
/// the range of the comma is apart.
fn inline_ranges(layout: &Layout<'_>, entry: &Entry) -> (Range<usize>, Option<Range<usize>>) {
    let (text, item) = (layout.text, entry.start()..entry.value.end);
    let is_blank = |range: Range<usize>| text[range].trim().is_empty();
    let skip_blanks = |position: usize| {
        let rest = &text[position..];
        position + rest.len() - rest.trim_start_matches([' ', '\t']).len()
    };
    match (&entry.comma_after, &entry.comma_before) {
        (Some(comma), _) => {
            let line = layout.line_start(item.start)..layout.line_end(comma.end);
            let is_alone = is_blank(line.start..item.start) && is_blank(comma.end..line.end);
            if is_alone && text[line.clone()].ends_with('\n') {
                (line, None)
            } else {
                (item.start..skip_blanks(comma.end), None)
            }
        }
        (None, Some(comma)) if is_blank(comma.end..item.start) => (comma.start..item.end, None),
        (None, Some(comma)) => (item, Some(comma.clone())),
        (None, None) => (item.start..skip_blanks(item.end), None),
    }
}
