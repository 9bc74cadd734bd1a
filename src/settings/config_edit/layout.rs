//! The layout of a configuration file: where each heading, key, value and comma is written.
//!
//! A parsed tree keeps none of the repeated keys of `work.url` and `work.user`, and no comma.
//! The events of the parser have them all.

use std::ops::Range;
use std::slice::Iter;

use toml_parser::Source;
use toml_parser::parser::{Event, EventKind, parse_document};

/// A valid file, and its entries in their order.
pub(super) struct Layout<'t> {
    pub(super) text: &'t str,
    pub(super) entries: Vec<Entry>,
}

/// A heading, or a key with its value.
#[derive(Debug)]
pub(super) struct Entry {
    /// All keys, from the root of the file.
    pub(super) path: Vec<String>,
    /// The keys that are written here: the last ones of the path.
    pub(super) keys: Vec<Range<usize>>,
    pub(super) form: Form,
    /// The value; of a heading its brackets with what is between them.
    pub(super) value: Range<usize>,
    /// The heading or the inline table that the entry is in.
    pub(super) parent: Option<usize>,
    /// The commas around an entry of an inline table.
    pub(super) comma_before: Option<Range<usize>>,
    pub(super) comma_after: Option<Range<usize>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Heading,
    InlineTable,
    /// A text, a number, a list.
    Value,
}

impl Entry {
    /// Returns the position of the entry.
    pub(super) fn start(&self) -> usize {
        match self.form {
            Form::Heading => self.value.start,
            Form::InlineTable | Form::Value => self.first_key(),
        }
    }

    fn first_key(&self) -> usize {
        self.keys.first().map_or(self.value.start, |key| key.start)
    }

    /// Returns the number of keys in the path that are not written here.
    pub(super) fn inherited(&self) -> usize {
        self.path.len() - self.keys.len()
    }
}

impl<'t> Layout<'t> {
    /// Finds the entries of `text`, which is valid.
    pub(super) fn new(text: &'t str) -> Self {
        let source = Source::new(text);
        let mut events = Vec::new();
        parse_document(&source.lex().into_vec(), &mut |event| events.push(event), &mut ());
        let mut scanner = Scanner { source, events: events.iter(), entries: Vec::new() };
        scanner.document();
        Self { text, entries: scanner.entries }
    }

    /// Returns the index of the entry with this `path`.
    pub(super) fn find(&self, path: &[&str]) -> Option<usize> {
        self.entries.iter().position(|entry| entry.path == path)
    }

    /// Returns true if the entry is in an inline table.
    pub(super) fn is_inline(&self, entry: &Entry) -> bool {
        entry.parent.is_some_and(|parent| self.entries[parent].form == Form::InlineTable)
    }

    /// Returns the start of the line at `position`.
    pub(super) fn line_start(&self, position: usize) -> usize {
        self.text[..position].rfind('\n').map_or(0, |at| at + 1)
    }

    /// Returns the end of the line at `position`, behind its line end.
    pub(super) fn line_end(&self, position: usize) -> usize {
        self.text[position..].find('\n').map_or(self.text.len(), |at| position + at + 1)
    }
}

struct Scanner<'t, 'e> {
    source: Source<'t>,
    events: Iter<'e, Event>,
    entries: Vec<Entry>,
}

impl Scanner<'_, '_> {
    fn document(&mut self) {
        let mut heading = None;
        while let Some(event) = self.events.next() {
            match event.kind() {
                EventKind::StdTableOpen | EventKind::ArrayTableOpen => {
                    heading = Some(self.heading(event.span().start()));
                }
                EventKind::SimpleKey => {
                    self.pair(event, heading);
                }
                _ => {}
            }
        }
    }

    /// Reads a heading that begins at `start`, and returns its index.
    fn heading(&mut self, start: usize) -> usize {
        let (mut path, mut keys, mut end) = (Vec::new(), Vec::new(), start);
        for event in self.events.by_ref() {
            end = event.span().end();
            match event.kind() {
                EventKind::SimpleKey => {
                    path.push(decode(self.source, event));
                    keys.push(range(event));
                }
                EventKind::StdTableClose | EventKind::ArrayTableClose => break,
                _ => {}
            }
        }
        self.push(path, keys, None, Form::Heading, start..end)
    }

    /// Reads a pair whose first key is `first`, and returns its index.
    fn pair(&mut self, first: &Event, parent: Option<usize>) -> usize {
        let mut path = parent.map_or(Vec::new(), |parent| self.entries[parent].path.clone());
        path.push(decode(self.source, first));
        let mut keys = vec![range(first)];
        for event in self.events.by_ref() {
            match event.kind() {
                EventKind::SimpleKey => {
                    path.push(decode(self.source, event));
                    keys.push(range(event));
                }
                EventKind::KeyValSep => break,
                _ => {}
            }
        }
        while let Some(event) = self.events.next() {
            let span = range(event);
            match event.kind() {
                EventKind::Scalar => return self.push(path, keys, parent, Form::Value, span),
                EventKind::ArrayOpen => {
                    let end = self.skip_array(span.end);
                    return self.push(path, keys, parent, Form::Value, span.start..end);
                }
                EventKind::InlineTableOpen => {
                    let index = self.push(path, keys, parent, Form::InlineTable, span);
                    self.inline_table(index);
                    return index;
                }
                _ => {}
            }
        }
        let end = self.source.input().len();
        self.push(path, keys, parent, Form::Value, end..end)
    }

    /// Reads the entries of the inline table at `index`, whose brace is open.
    fn inline_table(&mut self, index: usize) {
        let (mut comma, mut last): (Option<Range<usize>>, Option<usize>) = (None, None);
        while let Some(event) = self.events.next() {
            match event.kind() {
                EventKind::SimpleKey => {
                    let child = self.pair(event, Some(index));
                    self.entries[child].comma_before = comma.take();
                    last = Some(child);
                }
                EventKind::ValueSep => {
                    comma = Some(range(event));
                    if let Some(last) = last {
                        self.entries[last].comma_after.clone_from(&comma);
                    }
                }
                EventKind::InlineTableClose => {
                    self.entries[index].value.end = event.span().end();
                    return;
                }
                _ => {}
            }
        }
    }

    /// Skips the rest of a list, and returns its end.
    fn skip_array(&mut self, start: usize) -> usize {
        let (mut depth, mut end) = (1, start);
        for event in self.events.by_ref() {
            end = event.span().end();
            match event.kind() {
                EventKind::ArrayOpen | EventKind::InlineTableOpen => depth += 1,
                EventKind::ArrayClose | EventKind::InlineTableClose => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        end
    }

    fn push(
        &mut self,
        path: Vec<String>,
        keys: Vec<Range<usize>>,
        parent: Option<usize>,
        form: Form,
        value: Range<usize>,
    ) -> usize {
        let (comma_before, comma_after) = (None, None);
        self.entries.push(Entry { path, keys, form, value, parent, comma_before, comma_after });
        self.entries.len() - 1
    }
}

fn range(event: &Event) -> Range<usize> {
    event.span().start()..event.span().end()
}

fn decode(source: Source<'_>, event: &Event) -> String {
    let mut key = String::new();
    if let Some(raw) = source.get(event) {
        raw.decode_key(&mut key, &mut ());
    }
    key
}
