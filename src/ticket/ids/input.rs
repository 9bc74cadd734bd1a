//! Ids from standard input or a file, which is read as a stream and may have no end.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use crate::encoding::{DecodeError, Utf8Reader};
use crate::error::{Error, Result};

use super::id_error::{FORMS, IdError};
use super::id_list::IdList;
use super::table::{self, Header, Rows, TooLarge};
use super::token;

/// The largest record: a line of jsonl, a row, a word of a list.
const MAX_RECORD: usize = 1024 * 1024;
/// The most that is read without a new id.
const MAX_IDLE: usize = 16 * 1024 * 1024;

/// Adds the ids of `input`, called `name` in messages, to `list` while it is read: a list of ids,
/// or the csv, tsv or jsonl of this program. Errors wait for [`IdList::into_ids`].
pub fn read_input(list: &mut IdList, name: &str, input: impl Read) {
    if let Err(error) = read_within(MAX_IDLE, list, name, input) {
        list.fail(error);
    }
}

/// Reads an input until more than `max_idle` bytes came without a new id.
fn read_within(max_idle: usize, list: &mut IdList, name: &str, input: impl Read) -> Result<()> {
    let mut rest = BufReader::new(Utf8Reader::new(input));
    let mut input = Input { name, line: 1, idle: 0, max_idle };
    let (first, form) = input.detect(&mut rest)?;
    let reader = Cursor::new(first).chain(rest);
    match form {
        Form::Empty => Err(Error::usage(format!("no ticket id in {name}"))),
        Form::List => input.read_list(reader, list),
        Form::Tickets => input.read_tickets(reader, list),
        Form::Table(header) => input.read_rows(Rows::new(header, reader, MAX_RECORD), list),
        Form::Unsupported(message, hint) => {
            Err(Error::usage(format!("{name}: {message}")).hint(hint))
        }
    }
}

/// The beginnings of a workbook, where bytes that are not UTF-8 are U+FFFD: of a zip archive, and of
/// an old one (`.xls`).
const WORKBOOKS: [&str; 2] = ["PK\x03\x04", "\u{fffd}\u{fffd}\x11\u{871}\x1a"];

fn is_workbook(start: &str) -> bool {
    WORKBOOKS.iter().any(|workbook| start.starts_with(workbook))
}

/// The form of an input.
enum Form {
    /// White space only.
    Empty,
    /// Ids with separators between them.
    List,
    /// A ticket a line, as `-o jsonl` writes it.
    Tickets,
    /// Rows below a header, as `-o csv` and `-o tsv` write them.
    Table(Header),
    /// A form that is not read, with a message and a hint.
    Unsupported(&'static str, &'static str),
}

impl Form {
    fn from_line(first: &str) -> Self {
        if first.starts_with('{') {
            return Self::Tickets;
        }
        if is_workbook(first) {
            return Self::Unsupported(
                "it is a workbook, or another archive",
                "save its column of ids as CSV, or copy it and paste it into: sotickets get -",
            );
        }
        if first.starts_with('[') {
            return Self::Unsupported(
                "it is a JSON array, and tickets are read from JSON a ticket a line",
                "write them with -o jsonl, -o csv or -o tsv",
            );
        }
        match Header::parse(first) {
            Ok(Some(header)) => Self::Table(header),
            Ok(None) => Self::List,
            Err(message) => Self::Unsupported(
                message,
                "add TicketId to --select where the tickets are written; without a header an input is a list of ids",
            ),
        }
    }
}

/// An input that is being read.
struct Input<'a> {
    name: &'a str,
    /// The line that is read next.
    line: u64,
    /// Bytes since the last new id.
    idle: usize,
    max_idle: usize,
}

impl Input<'_> {
    /// Detects the form by the first line that is not blank, and returns that line.
    fn detect(&mut self, reader: &mut impl BufRead) -> Result<(Vec<u8>, Form)> {
        let mut first = Vec::new();
        loop {
            let has_feed = self.read_line(reader, &mut first)?;
            let text = String::from_utf8_lossy(first.trim_ascii());
            let form = match has_feed {
                true if text.is_empty() => {
                    self.line += 1;
                    self.count(first.len(), 0)?;
                    first.clear();
                    continue;
                }
                false if text.is_empty() => Form::Empty,
                false
                    if first.len() > MAX_RECORD
                        && !text.starts_with('{')
                        && !is_workbook(&text) =>
                {
                    Form::List
                }
                _ => Form::from_line(&text),
            };
            return Ok((first, form));
        }
    }

    /// Reads the next line into `line`, with its line feed if it has one: at the end of the input
    /// and in a line beyond the largest record it has none.
    fn read_line(&self, reader: &mut impl BufRead, line: &mut Vec<u8>) -> Result<bool> {
        line.clear();
        let read = reader.take(MAX_RECORD as u64 + 1).read_until(b'\n', line);
        read.map_err(|error| self.failed(&error))?;
        Ok(line.ends_with(b"\n"))
    }

    /// Reads ids with separators between them.
    fn read_list(&mut self, mut reader: impl BufRead, list: &mut IdList) -> Result<()> {
        let mut words = Words::default();
        while list.is_open() {
            let bytes = reader.fill_buf().map_err(|error| self.failed(&error))?;
            let (length, known) = (bytes.len(), list.len());
            for byte in bytes {
                words.add(*byte, list, self);
            }
            if length == 0 {
                words.end_word(list, self);
                break;
            }
            reader.consume(length);
            if words.word.len() > MAX_RECORD {
                return Err(self.too_large("a word"));
            }
            if list.is_open() {
                self.count(length, list.len() - known)?;
            }
        }
        Ok(())
    }

    /// Reads a ticket a line.
    fn read_tickets(&mut self, mut reader: impl BufRead, list: &mut IdList) -> Result<()> {
        let mut line = Vec::new();
        while list.is_open() {
            let has_feed = self.read_line(&mut reader, &mut line)?;
            if !has_feed && line.len() > MAX_RECORD {
                return Err(self.too_large("a ticket"));
            }
            let known = list.len();
            if !line.trim_ascii().is_empty() {
                match table::id_in_json(&line) {
                    Ok(id) => list.add_token(&id, &self.place()),
                    Err(error) => list.refuse(&self.place(), error),
                }
            }
            if !has_feed {
                break;
            }
            self.line += 1;
            self.count(line.len(), list.len() - known)?;
        }
        Ok(())
    }

    /// Reads rows below a header.
    fn read_rows(&mut self, mut rows: Rows<impl Read>, list: &mut IdList) -> Result<()> {
        let (first_line, mut is_header) = (self.line, true);
        while list.is_open() {
            let (line, start) = rows.position();
            self.line = first_line + line;
            match rows.next() {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) if is::<TooLarge>(&error) => return Err(self.too_large("a row")),
                Err(error) => return Err(self.failed(&error)),
            }
            let known = list.len();
            match rows.id() {
                Ok(_) if std::mem::take(&mut is_header) => {}
                Ok(id) => list.add_token(&id, &self.place()),
                Err(error) => {
                    list.refuse(&self.place(), error);
                    break;
                }
            }
            let length = usize::try_from(rows.position().1 - start).unwrap_or(usize::MAX);
            self.count(length, list.len() - known)?;
        }
        Ok(())
    }

    /// Counts `bytes` that were read and the `ids` that were new in them.
    ///
    /// # Errors
    /// If too much came without a new id.
    fn count(&mut self, bytes: usize, ids: usize) -> Result<()> {
        self.idle = if ids > 0 { 0 } else { self.idle.saturating_add(bytes) };
        if self.idle <= self.max_idle {
            return Ok(());
        }
        let limit = self.max_idle / (1024 * 1024);
        Err(Error::usage(format!("{}: {limit} MiB came without a new ticket id", self.name))
            .hint("an input has to end; --max-ids N counts only ids that differ"))
    }

    /// Returns `ids.txt, line 3: `, which begins the message of an error.
    fn place(&self) -> String {
        format!("{}, line {}: ", self.name, self.line)
    }

    fn failed(&self, error: &io::Error) -> Error {
        let failed = Error::usage(format!("{}: {error}", self.name));
        if is::<DecodeError>(error) { failed.hint(DecodeError::HINT) } else { failed }
    }

    fn too_large(&self, record: &str) -> Error {
        Error::usage(format!("{}{record} has more than 1 MiB", self.place())).hint(FORMS)
    }
}

/// Returns whether `error` has an error of type `E` inside.
fn is<E: std::error::Error + 'static>(error: &io::Error) -> bool {
    error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<E>)
}

/// The words of a list, byte by byte.
#[derive(Default)]
struct Words {
    word: Vec<u8>,
    /// True if the word may be an address, in which commas and semicolons separate nothing.
    may_be_address: bool,
    /// True if the line has a word since its last comma or semicolon.
    has_word: bool,
}

impl Words {
    fn add(&mut self, byte: u8, list: &mut IdList, input: &mut Input<'_>) {
        match byte {
            b',' | b';' if !self.may_be_address => {
                self.end_word(list, input);
                if !std::mem::take(&mut self.has_word) {
                    let separator = if byte == b',' { "," } else { ";" };
                    list.refuse(&input.place(), IdError::empty_id(separator));
                }
            }
            byte if byte.is_ascii_whitespace() => {
                self.end_word(list, input);
                if byte == b'\n' {
                    self.has_word = false;
                    input.line += 1;
                }
            }
            byte => {
                self.may_be_address |= matches!(byte, b':' | b'/' | b'?');
                self.word.push(byte);
            }
        }
    }

    fn end_word(&mut self, list: &mut IdList, input: &Input<'_>) {
        if self.word.is_empty() {
            return;
        }
        let place = input.place();
        match token::split(&String::from_utf8_lossy(&self.word)) {
            Ok(tokens) => tokens.into_iter().for_each(|token| list.add_token(token, &place)),
            Err(error) => list.refuse(&place, error),
        }
        self.word.clear();
        self.may_be_address = false;
        self.has_word = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same bytes again and again.
    struct Endless(&'static str);

    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let units = buffer.chunks_exact_mut(self.0.len());
            let length = units.map(|unit| unit.copy_from_slice(self.0.as_bytes())).count();
            Ok(length * self.0.len())
        }
    }

    /// The error that ends the reading of `start` with `unit` behind it without end.
    fn error(limit: usize, start: &str, unit: &'static str) -> String {
        let mut list = IdList::new(limit);
        let input = start.as_bytes().chain(Endless(unit));
        let read = read_within(MAX_RECORD, &mut list, "ids.txt", input);
        let error = read.map_or_else(Err, |()| list.into_ids()).expect_err("no end");
        error.to_string()
    }

    #[test]
    fn endless_input_is_rejected() {
        let idle = "ids.txt: 1 MiB came without a new ticket id";
        let cases = [
            ("", "839\n", idle),
            ("", " \n", idle),
            ("", "{\"TicketId\":839}\n", idle),
            ("TicketId,Title\n", "839,x\n", idle),
            ("", "\0", "ids.txt, line 1: a word has more than 1 MiB"),
            ("", "https://a.example/,", "ids.txt, line 1: a word has more than 1 MiB"),
            ("", "{", "ids.txt, line 1: a ticket has more than 1 MiB"),
            ("TicketId,Title\n839,\"", "x\n", "ids.txt, line 2: a row has more than 1 MiB"),
        ];
        for (start, unit, message) in cases {
            assert_eq!(error(10, start, unit), message, "{start:?} {unit:?}");
        }
    }

    #[test]
    fn long_list_in_one_line_is_limited_by_its_ids() {
        let text = (1..=200_000).map(|id| id.to_string()).collect::<Vec<_>>().join(",");
        assert!(text.len() > MAX_RECORD);
        let mut list = IdList::new(200_000);
        read_input(&mut list, "ids.txt", text.as_bytes());
        assert_eq!(list.len(), 200_000);
        assert_eq!(error(1000, &text, ",839"), "ids.txt, line 1: more than 1000 ticket ids");
    }
}
