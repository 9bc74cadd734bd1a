//! Ids from standard input or a file, which is read as a stream and may have no end.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use crate::encoding::{DecodeError, Utf8Reader};
use crate::error::{Error, Result};

use super::IdList;
use super::tickets::{self, Header, Row, Rows};
use super::token::{self, FORMS};

/// The largest record: a line of jsonl, a row, a word of a list.
pub(super) const MAX_RECORD: usize = 1024 * 1024;
/// The most that is read without a new id.
const MAX_IDLE: usize = 64 * 1024 * 1024;

/// Adds the ids of `input`, called `name` in messages, to `list`.
///
/// # Errors
/// A usage error that ends the reading. Words that are not ids are errors of `list`.
pub(super) fn read(list: &mut IdList, name: &str, input: impl Read) -> Result<()> {
    read_within(MAX_IDLE, list, name, input)
}

/// Does the same with another limit of what may pass without a new id.
fn read_within(max_idle: usize, list: &mut IdList, name: &str, input: impl Read) -> Result<()> {
    let mut rest = BufReader::new(Utf8Reader::new(input));
    let mut input = Input { name, line: 1, idle: 0, max_idle };
    let (first, form) = input.detect(&mut rest)?;
    let reader = &mut Cursor::new(first).chain(rest);
    match form {
        Form::Empty => Err(Error::usage(format!("no ticket id in {name}"))),
        Form::List => input.read_list(reader, list),
        Form::Tickets => input.read_tickets(reader, list),
        Form::Table(header) => input.read_rows(reader, &header, list),
        Form::Refused(message, hint) => Err(Error::usage(format!("{name}: {message}")).hint(hint)),
    }
}

/// The form of an input, by its first line.
enum Form {
    /// Nothing but white space.
    Empty,
    /// Ids with separators between them.
    List,
    /// A ticket a line, as `-o jsonl` writes it.
    Tickets,
    /// Rows below a header, as `-o csv` and `-o tsv` write them.
    Table(Header),
    /// A form that is not read: message and hint.
    Refused(&'static str, &'static str),
}

impl Form {
    fn of_line(first: &str) -> Self {
        if first.starts_with('{') {
            return Self::Tickets;
        }
        if first.starts_with('[') {
            return Self::Refused(
                "it is a JSON array, and tickets are read from JSON a ticket a line",
                "write them with -o jsonl, -o csv or -o tsv",
            );
        }
        match Header::parse(first) {
            Ok(Some(header)) => Self::Table(header),
            Ok(None) => Self::List,
            Err(message) => Self::Refused(
                message,
                "add TicketId to --select where the tickets are written; without a header an input is a list of ids",
            ),
        }
    }
}

/// An input under way.
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
            let end = read_line(reader, &mut first).map_err(|error| self.failed(&error))?;
            let text = String::from_utf8_lossy(first.trim_ascii());
            let form = match end {
                LineEnd::Feed if text.is_empty() => {
                    self.line += 1;
                    self.count(first.len(), 0)?;
                    first.clear();
                    continue;
                }
                LineEnd::Input if text.is_empty() => Form::Empty,
                LineEnd::TooLong if !text.starts_with('{') => Form::List,
                _ => Form::of_line(&text),
            };
            return Ok((first, form));
        }
    }

    /// Reads ids with separators between them.
    fn read_list(&mut self, reader: &mut impl BufRead, list: &mut IdList) -> Result<()> {
        let mut words = Words::default();
        loop {
            let bytes = reader.fill_buf().map_err(|error| self.failed(&error))?;
            let (length, known) = (bytes.len(), list.len());
            for byte in bytes {
                words.add(*byte, list, self);
            }
            if length == 0 {
                words.end_word(list, self);
                return Ok(());
            }
            reader.consume(length);
            if words.word.len() > MAX_RECORD {
                return Err(self.too_large("a word"));
            }
            if !list.is_open() {
                return Ok(());
            }
            self.count(length, list.len() - known)?;
        }
    }

    /// Reads a ticket a line.
    fn read_tickets(&mut self, reader: &mut impl BufRead, list: &mut IdList) -> Result<()> {
        let mut line = Vec::new();
        while list.is_open() {
            let end = read_line(reader, &mut line).map_err(|error| self.failed(&error))?;
            if end == LineEnd::TooLong {
                return Err(self.too_large("a ticket"));
            }
            let known = list.len();
            if !line.trim_ascii().is_empty() {
                match tickets::id_in_json(&line) {
                    Ok(id) => list.add_token(&id, &self.place()),
                    Err(fault) => list.refuse(&self.place(), fault),
                }
            }
            if end == LineEnd::Input {
                break;
            }
            self.line += 1;
            self.count(line.len(), list.len() - known)?;
            line.clear();
        }
        Ok(())
    }

    /// Reads rows below `header`, which comes first.
    fn read_rows(
        &mut self,
        reader: &mut impl BufRead,
        header: &Header,
        list: &mut IdList,
    ) -> Result<()> {
        let mut rows = Rows::new(header, self.line);
        let mut is_header = true;
        while list.is_open() {
            self.line = rows.line();
            let (row, length) = rows.next(reader).map_err(|error| self.failed(&error))?;
            let known = list.len();
            match row {
                Row::End => break,
                Row::TooLarge => return Err(self.too_large("a row")),
                Row::Id(_) if is_header => is_header = false,
                Row::Id(id) => list.add_token(id, &self.place()),
                Row::Fault(fault) => {
                    list.refuse(&self.place(), fault);
                    break;
                }
            }
            self.count(length, list.len() - known)?;
        }
        Ok(())
    }

    /// Counts `bytes` that were read and the `ids` that were new in them.
    ///
    /// # Errors
    /// A usage error for an input that goes on and on.
    fn count(&mut self, bytes: usize, ids: usize) -> Result<()> {
        self.idle = if ids > 0 { 0 } else { self.idle.saturating_add(bytes) };
        if self.idle <= self.max_idle {
            return Ok(());
        }
        let limit = self.max_idle / (1024 * 1024);
        Err(Error::usage(format!("{}: {limit} MiB came without a new ticket id", self.name))
            .hint("an input has to end; --max-ids N counts only ids that differ"))
    }

    /// `ids.txt, line 3: `, before the message of an error.
    fn place(&self) -> String {
        format!("{}, line {}: ", self.name, self.line)
    }

    fn failed(&self, error: &io::Error) -> Error {
        let failed = Error::usage(format!("{}: {error}", self.name));
        let is_encoding = matches!(error.get_ref(), Some(inner) if inner.is::<DecodeError>());
        if is_encoding { failed.hint(DecodeError::HINT) } else { failed }
    }

    fn too_large(&self, record: &str) -> Error {
        Error::usage(format!("{}{record} has more than 1 MiB", self.place())).hint(FORMS)
    }
}

/// The end of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LineEnd {
    /// A line feed.
    Feed,
    /// The end of the input.
    Input,
    /// None within the largest record.
    TooLong,
}

/// Appends the next line to `line`, with its line feed.
fn read_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<LineEnd> {
    loop {
        let bytes = reader.fill_buf()?;
        if bytes.is_empty() {
            return Ok(LineEnd::Input);
        }
        let feed = memchr::memchr(b'\n', bytes);
        let read = feed.map_or(bytes.len(), |at| at + 1);
        line.extend_from_slice(&bytes[..read]);
        reader.consume(read);
        if feed.is_some() {
            return Ok(LineEnd::Feed);
        }
        if line.len() > MAX_RECORD {
            return Ok(LineEnd::TooLong);
        }
    }
}

/// The words of a list, byte by byte.
#[derive(Default)]
struct Words {
    word: Vec<u8>,
    /// Whether the word may be an address, in which commas and semicolons separate nothing.
    may_be_address: bool,
    /// Whether the line has a word since its last comma or semicolon.
    has_word: bool,
}

impl Words {
    fn add(&mut self, byte: u8, list: &mut IdList, input: &mut Input<'_>) {
        match byte {
            b',' | b';' if !self.may_be_address => {
                self.end_word(list, input);
                if !std::mem::take(&mut self.has_word) {
                    list.refuse(
                        &input.place(),
                        token::empty_id(if byte == b',' { "," } else { ";" }),
                    );
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
            Err(fault) => list.refuse(&place, fault),
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
    fn input_without_an_end_is_refused() {
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
    fn long_list_in_one_line_is_counted_while_it_is_read() {
        let text = (1..=200_000).map(|id| id.to_string()).collect::<Vec<_>>().join(",");
        assert!(text.len() > MAX_RECORD);
        let mut list = IdList::new(200_000);
        read(&mut list, "ids.txt", text.as_bytes()).expect("ids");
        assert_eq!(list.len(), 200_000);
        assert_eq!(error(1000, &text, ",839"), "ids.txt, line 1: more than 1000 ticket ids");
    }
}
