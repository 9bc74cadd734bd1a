//! Parses an answer while it arrives, chunk by chunk on several threads.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::de::IgnoredAny;

use crate::encoding::without_utf8_bom;
use crate::ticket::column::Column;

pub use super::chunk_parser::ParseError;
use super::chunk_parser::{ChunkParser, Rules, State};
use super::expected::Expected;
use super::key_index::KeyIndex;
use super::list::{Chunk, Tickets};
use super::ticket_parser::TicketParser;

/// Parses an answer in chunks that come in any order and from any thread.
///
/// Each chunk is parsed as if it began with a ticket; whether it did is known once the chunks
/// before it are parsed. Nothing of the answer is kept but positions.
#[derive(Debug)]
pub struct ParallelParser<'c> {
    rules: Rules,
    progress: Mutex<Progress>,
    /// A parser that has seen no ticket.
    tickets: TicketParser<'c>,
}

/// The chunks that have been parsed so far.
#[derive(Debug)]
struct Progress {
    /// Chunks from the answer's beginning on, without a gap.
    chunks: Vec<Chunk>,
    /// A parser that continues behind them.
    rest: ChunkParser,
    /// The parsers of chunks further on.
    ahead: Vec<ChunkParser>,
}

impl Progress {
    /// Adds `parser`, and joins all parsers that follow the chunks without a gap.
    fn add(&mut self, mut parser: ChunkParser) {
        if parser.error.is_some() {
            parser.chunk.forget_tickets();
        }
        self.ahead.push(parser);
        let follows =
            |rest: &ChunkParser, next: &ChunkParser| next.error.is_none() && rest.leads_to(next);
        while let Some(index) = self.ahead.iter().position(|next| follows(&self.rest, next)) {
            let parser = self.ahead.swap_remove(index);
            self.rest.continue_after(&parser);
            self.chunks.push(parser.chunk);
        }
        // A chunk that begins in the wrong place may find very many elements that are no
        // tickets. It is parsed again at the end, and must not take memory until then.
        let ahead = self.ahead.iter().map(|parser| parser.chunk.elements).sum();
        if self.rest.has_too_many(ahead) {
            self.ahead.retain(|parser| parser.error.is_some());
        }
    }

    /// Returns whether the chunks that follow each other from the beginning on have too many
    /// elements.
    fn has_too_many(&self) -> bool {
        let is_next = |next: &ChunkParser| next.has_too_many(0) && self.rest.leads_to(next);
        self.rest.has_too_many(0) || self.ahead.iter().any(is_next)
    }
}

/// For more keys than this, noting the position of each value would take more memory than
/// parsing the ticket a second time takes time.
const MAX_NOTED: usize = 12;

/// Number of cells that are noted for an answer of any size, and for each requested id: more
/// than that must not take memory, whatever a server sends.
const CELLS: usize = 1 << 20;
const CELLS_PER_ID: usize = 4;

/// Returns a good end for a chunk that begins at the start of `chunk`: before its last ticket,
/// or else before the last thing that looks like an element. `start` is the answer's beginning,
/// which shows how a ticket begins. A wrong guess only costs time: tickets may contain the like.
pub(crate) fn chunk_end(start: &[u8], chunk: &[u8]) -> Option<usize> {
    last_ticket(start, chunk)
        .or_else(|| memchr::memrchr(b'{', chunk).filter(|end| *end > 0))
        .or_else(|| memchr::memmem::rfind(chunk, b"null").filter(|end| *end > 0))
}

fn last_ticket(start: &[u8], chunk: &[u8]) -> Option<usize> {
    let brace = memchr::memchr(b'{', start)?;
    let colon = memchr::memchr(b':', &start[brace..])?;
    memchr::memmem::rfind(chunk, &start[brace..=brace + colon]).filter(|end| *end > 0)
}

impl<'c> ParallelParser<'c> {
    /// Creates a parser that notes the positions of the values of `columns`.
    #[must_use]
    pub fn new(columns: &'c [Column], expected: Expected) -> Self {
        let keys = KeyIndex::new(columns);
        let is_noted = !columns.is_empty() && keys.len() <= MAX_NOTED;
        let (keys, cells_per_ticket) =
            if is_noted { (keys.clone(), keys.len()) } else { (KeyIndex::new(&[]), 0) };
        let max_cells = CELLS.saturating_add(expected.ids.saturating_mul(CELLS_PER_ID));
        Self::with_max_cells(keys, cells_per_ticket, expected, max_cells)
    }

    fn with_max_cells(
        keys: KeyIndex<'c>,
        cells_per_ticket: usize,
        expected: Expected,
        max_cells: usize,
    ) -> Self {
        let max_elements = expected.max_elements();
        let rules = Rules { cells_per_ticket, ids_expected: expected.has_ids, max_elements };
        let rest = ChunkParser::new(rules, 0, State::Start, max_cells);
        let progress = Progress { chunks: Vec::new(), rest, ahead: Vec::new() };
        Self { rules, progress: Mutex::new(progress), tickets: TicketParser::new(keys) }
    }

    /// Parses `chunk`, which begins at `offset` of the answer. Returns the position that the
    /// parser got to: the end of the chunk, unless an element goes on behind it. `None` once it
    /// is certain that the answer has too many elements.
    pub fn parse(&self, offset: usize, chunk: &[u8]) -> Option<usize> {
        let mut parser = {
            let rest = &lock(&self.progress).rest;
            // The state is known if nothing is missing before the chunk.
            let state = if offset == rest.position { rest.state } else { State::Ticket };
            ChunkParser::new(self.rules, offset, state, rest.max_cells)
        };
        parser.parse(&mut self.tickets.clone(), chunk, false);
        parser.chunk.shrink();
        let position = parser.position;
        let mut progress = lock(&self.progress);
        progress.add(parser);
        (!progress.has_too_many()).then_some(position)
    }

    /// Returns how far the answer has been parsed from its beginning on.
    #[cfg(test)]
    pub(super) fn position(&self) -> usize {
        lock(&self.progress).rest.position
    }

    /// Finishes with the whole `answer`. From the first chunk on that did not begin with a
    /// ticket, it is parsed again.
    ///
    /// # Errors
    /// If it is not JSON, an element is neither an object nor `null`, or there are too many.
    pub fn finish(mut self, answer: &[u8]) -> Result<Tickets<'_>, ParseError> {
        let progress = self.progress.into_inner().unwrap_or_else(PoisonError::into_inner);
        let has_too_many = progress.has_too_many();
        let Progress { mut chunks, mut rest, ahead } = progress;
        drop(ahead);
        if has_too_many {
            // Reading may have ended then.
            return Err(ParseError::TooMany(self.rules.max_elements));
        }
        rest.parse(&mut self.tickets, &answer[rest.position..], true);
        chunks.push(rest.chunk);
        match rest.error {
            None => Ok(Tickets { answer, chunks, cells_per_ticket: self.rules.cells_per_ticket }),
            // The position in the message would be that in the ticket.
            Some(ParseError::Syntax(message)) => {
                let whole = serde_json::from_slice::<Vec<IgnoredAny>>(without_utf8_bom(answer));
                Err(ParseError::Syntax(whole.err().map_or(message, |error| error.to_string())))
            }
            Some(error) => Err(error),
        }
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The id of each ticket or the error, parsed in chunks of this size.
    fn parse(json: &[u8], size: usize) -> Result<Vec<Option<i64>>, String> {
        let parser = ParallelParser::new(&[], Expected::ANY);
        for (index, chunk) in json.chunks(size).enumerate() {
            parser.parse(index * size, chunk);
        }
        let tickets = parser.finish(json).map_err(|error| format!("{error:?}"))?;
        Ok(tickets.entries().map(|(id, _)| id.number()).collect())
    }

    fn ids(json: &str) -> Vec<Option<i64>> {
        let whole = parse(json.as_bytes(), usize::MAX).expect("tickets");
        for size in [1, 2, 7, 30, 100] {
            assert_eq!(parse(json.as_bytes(), size).as_ref(), Ok(&whole), "{size}");
        }
        whole
    }

    #[test]
    fn ids_are_found_in_any_position_and_spelling() {
        let json = "\u{feff} [{\"TicketId\":839,\"Title\":\"æ世\"}, {\"Title\":\"b\",\"ticketid\":\"249\"},
            {\"\\u0054icketId\":7}, {\"Title\":\"c\"}, {\"TicketId\":null,\"Title\":\"d\"}, {\"TicketId\":0,\"Title\":\"e\"}] ";
        assert_eq!(ids(json), [Some(839), Some(249), Some(7), None, None, None]);
    }

    #[test]
    fn empty_ticket_is_left_out() {
        let empty = [
            "null",
            "{}",
            r#"{"TicketId":0}"#,
            r#"{"TicketId":0,"Title":"","CreatedAt":"0001-01-01T00:00:00","HasAttachment":false,"TableRight":null,"X":-0.0}"#,
            r#"{"Slevel":"Unknown","BaseStatus":"Unknown","FieldProperties":{ },"ClosedAt":"0001-01-01T01:00:00+01:00"}"#,
        ];
        for json in empty {
            assert_eq!(ids(&format!("[{json}]")), [], "{json}");
        }
        let full = [
            r#"{"TicketId":0,"Title":"Unknown"}"#,
            r#"{"HasAttachment":true}"#,
            r#"{"Sentiment":1e400}"#,
            r#"{"TableRight":{"Mask":"Select"}}"#,
        ];
        for json in full {
            assert_eq!(ids(&format!("[{json}]")), [None], "{json}");
        }
        assert_eq!(ids("[]"), []);
    }

    #[test]
    fn without_ids_only_null_is_empty() {
        let json = br#"[{"HasAttachment":false},{"HasAttachment":null},null,{},{"ClosedAt":"0001-01-01T00:00:00"},{"OwnedBy":0}]"#;
        let tickets = ParallelParser::new(&[], Expected { has_ids: false, ..Expected::ANY })
            .finish(json)
            .expect("tickets");
        assert_eq!(tickets.entries().count(), 3);
    }

    #[test]
    fn lone_surrogate_in_a_key_is_accepted() {
        let json = r#"[{"\ud800":1,"TicketId":7,"\udc00x":2}]"#;
        assert_eq!(ids(json), [Some(7)]);
        let columns = crate::ticket::column::parse(&["TicketId"], false).expect("fields");
        let tickets =
            ParallelParser::new(&columns, Expected::ANY).finish(json.as_bytes()).expect("tickets");
        assert_eq!(tickets.entries().next().and_then(|(id, _)| id.number()), Some(7));
    }

    #[test]
    fn small_and_empty_tickets_take_little_memory() {
        let columns = crate::ticket::column::parse(&["Title,Author"], false).expect("fields");
        let parser = ParallelParser::new(&columns, Expected::ANY);
        parser.parse(0, "[{},{},null,{\"TicketId\":1},{}".as_bytes());
        let parts = parser.progress.into_inner().expect("no panic").chunks;
        assert_eq!((parts[0].elements, parts[0].entries.len(), parts[0].cells.len()), (4, 1, 0));
    }

    #[test]
    fn other_input_than_a_list_of_tickets_is_an_error() {
        let cases: [(&[u8], &str); 15] = [
            (b"[{}, 5]", r#"NotATicket(2, "5")"#),
            (b"[[1, {}]]", r#"NotATicket(1, "[1, {}]")"#),
            (b"[{}, ", "Syntax(\"EOF while parsing a value at line 1 column 5\")"),
            (b"[{}", "Syntax(\"EOF while parsing a list at line 1 column 3\")"),
            (b"[{}] x", "Syntax(\"trailing characters at line 1 column 6\")"),
            (b"[{} {}]", "Syntax(\"expected `,` or `]` at line 1 column 5\")"),
            (b"[{},]", "Syntax(\"trailing comma at line 1 column 5\")"),
            (b"[\n{\"a\":}]", "Syntax(\"expected value at line 2 column 6\")"),
            (b"[{\"a\":\"\xff\"}]", "Encoding(7)"),
            (b"[{\"a\":\"x\"},{\"a\":\"y\"},{\"a\":\"\xc3\"}]", "Encoding(27)"),
            (b"[{\"a\":\"x\"},{\"a\":\"y\"},{\"a\":[\"\xff\"]}]", "Encoding(28)"),
            (b"[{\"a\":\"x\"},{\"\xff\":\"y\"}]", "Encoding(13)"),
            (b"[{\"\\ud800\":1},{\"\xed\xa0\x80\":1}]", "Encoding(16)"),
            (b"[{\"a\":1}\xff]", "Encoding(8)"),
            (b"[{\"a\":1},\xff]", "Encoding(9)"),
        ];
        for (json, error) in cases {
            assert_eq!(parse(json, usize::MAX), Err(error.to_owned()));
            assert_eq!(parse(json, 1), Err(error.to_owned()));
        }
    }

    #[test]
    fn chunks_that_end_between_tickets_are_parsed_in_any_order() {
        let json = br#"[{"TicketId":1,"X":[{"TicketId":8}]},{"TicketId":2},{"TicketId":3}]"#;
        let end = chunk_end(json, json).expect("a beginning");
        assert!(json[end..].starts_with(br#"{"TicketId":3}"#));
        let parser = ParallelParser::new(&[], Expected::ANY);
        // In any order.
        assert_eq!(parser.parse(end, &json[end..]), Some(json.len()));
        assert_eq!(lock(&parser.progress).ahead.len(), 1);
        assert_eq!(parser.parse(0, &json[..end]), Some(end));
        {
            let progress = lock(&parser.progress);
            let elements: Vec<usize> = progress.chunks.iter().map(|part| part.elements).collect();
            assert_eq!((elements, progress.ahead.len()), (vec![2, 1], 0));
            assert_eq!((progress.rest.position, progress.rest.state), (json.len(), State::Nothing));
        }
        assert_eq!(parser.finish(json).expect("tickets").entries().count(), 3);
        // A chunk that begins in the wrong place is parsed again, unless it begins where
        // the one before ended.
        let wrong = chunk_end(json, &json[..35]).expect("a beginning");
        for begins_there in [false, true] {
            let parser = ParallelParser::new(&[], Expected::ANY);
            let taken = parser.parse(0, &json[..wrong]).expect("few elements");
            assert_eq!(taken, 1);
            let start = if begins_there { taken } else { wrong };
            parser.parse(start, &json[start..]);
            let is_joined = lock(&parser.progress).ahead.is_empty();
            assert_eq!(is_joined, begins_there);
            assert_eq!(parser.finish(json).expect("tickets").entries().count(), 3);
        }
    }

    #[test]
    fn too_many_elements_are_an_error() {
        let expected = Expected { ids: 1, has_ids: true };
        let most = expected.max_elements();
        let answer = |count: usize| format!("[{}]", vec!["{\"a\":1}"; count].join(","));
        let parser = || ParallelParser::new(&[], expected);
        let whole = answer(most);
        assert_eq!(parser().finish(whole.as_bytes()).expect("tickets").entries().count(), most);
        let more = answer(most + 1);
        assert!(matches!(parser().finish(more.as_bytes()), Err(ParseError::TooMany(1002))));
        // In two chunks, in either order, neither of which has too many by itself.
        let middle = more.len() / 16 * 8 + 1;
        for reversed in [false, true] {
            let parser = parser();
            let mut chunks = [(0, &more[..middle]), (middle, &more[middle..])];
            if reversed {
                chunks.reverse();
            }
            let [first, last] = chunks.map(|(at, chunk)| parser.parse(at, chunk.as_bytes()));
            assert!(first.is_some() && last.is_none(), "{first:?} {last:?}");
            assert!(matches!(parser.finish(more.as_bytes()), Err(ParseError::TooMany(1002))));
        }
    }

    #[test]
    fn elements_in_a_ticket_are_not_counted() {
        let nested = vec!["{\"a\":1}"; 3000].join(",");
        let json = format!("[{{\"a\":[{nested}]}},{{\"a\":[{nested}]}}]");
        for size in [100, 1000, 20_000] {
            let parser = ParallelParser::new(&[], Expected { ids: 1, has_ids: true });
            for (index, chunk) in json.as_bytes().chunks(size).enumerate() {
                assert!(parser.parse(index * size, chunk).is_some(), "{size}");
            }
            assert_eq!(parser.finish(json.as_bytes()).expect("tickets").entries().count(), 2);
        }
    }

    #[test]
    fn cells_beyond_the_limit_are_not_noted() {
        let columns = crate::ticket::column::parse(&["Title"], false).expect("a field");
        let ticket = format!("{{\"TicketId\":1,\"Title\":\"{}\"}}", "x".repeat(100));
        let json = format!("[{}]", vec![ticket; 10].join(","));
        for size in [json.len(), 150, 300] {
            let keys = KeyIndex::new(&columns);
            let count = keys.len();
            let parser = ParallelParser::with_max_cells(keys, count, Expected::ANY, 8);
            let mut position = 0;
            while position + size < json.len() {
                let end = position + size;
                position = parser.parse(position, &json.as_bytes()[position..end]).expect("few");
            }
            let tickets = parser.finish(json.as_bytes()).expect("tickets");
            let noted: usize = tickets.chunks.iter().map(|part| part.cells.len()).sum();
            assert_eq!(noted, 8, "{size}");
            let mut reader = crate::answer::RowReader::new(&columns);
            for (_, ticket) in tickets.entries() {
                reader.read(ticket);
                assert_eq!(reader.json(0).map(str::len), Some(102));
            }
        }
    }

    #[test]
    fn unreadable_ids_have_their_number_in_the_answer() {
        let json = br#"[null,{"TicketId":"a"},{"TicketId":1},{"ticketid":1,"TicketId":true}]"#;
        let expected = vec![(2, "\"a\""), (4, "true")];
        for size in [1, 20, json.len()] {
            let parser = ParallelParser::new(&[], Expected::ANY);
            let mut position = 0;
            for end in (size..json.len()).step_by(size) {
                position = parser.parse(position, &json[position..end]).expect("few");
            }
            assert_eq!(parser.finish(json).expect("tickets").unreadable_ids(), expected);
        }
    }

    #[test]
    fn control_character_in_a_key_must_be_escaped() {
        let columns = crate::ticket::column::parse(&["Title"], false).expect("a field");
        let found = |json: &str| {
            let parser = ParallelParser::new(&columns, Expected::ANY);
            parser.finish(json.as_bytes()).map(|tickets| tickets.entries().count())
        };
        let escaped = r#"{"TicketId":1,"a\nb":2,"Title":"x"}"#;
        assert_eq!(found(&format!("[{escaped},{escaped}]")).ok(), Some(2));
        for bad in ["{\"TicketId\":1,\"a\nb\":2}", "{\"a\0\\n\":2,\"TicketId\":1}"] {
            assert!(found(&format!("[{bad}]")).is_err(), "{bad:?}");
            assert!(found(&format!("[{escaped},{escaped},{bad},{bad}]")).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn number_that_is_cut_by_a_chunk_is_no_error() {
        assert_eq!(ids(r#"[{"TicketId":7,"Sentiment":-12.5e-3,"X":-0,"Y":1E+9}]"#), [Some(7)]);
    }

    #[test]
    fn deep_nesting_does_not_overflow_the_stack() {
        let deep = format!("[{{\"X\":{}1{}}}]", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(parse(deep.as_bytes(), usize::MAX).expect("deep, and JSON").len(), 1);
        assert!(parse("[".repeat(100_000).as_bytes(), usize::MAX).is_err());
        assert!(parse("{\"a\":".repeat(100_000).as_bytes(), usize::MAX).is_err());
    }

    /// The parts of keys and texts: text, half a character as an escape and as bytes,
    /// and what is none.
    const WORDS: [&[u8]; 6] = [b"a", b"\\ud800", b"\xed\xa0\x80", b"\xff", "æ".as_bytes(), b"\xc3"];

    proptest! {
        #[test]
        fn chunk_size_makes_no_difference(bytes in "[\\[\\]{}\",:a0-9.eE+ \\\\næ-]{0,40}", chunk in 1usize..8) {
            let json = format!("[{{\"TicketId\":1}},{bytes}]");
            prop_assert_eq!(parse(json.as_bytes(), chunk), parse(json.as_bytes(), usize::MAX));
        }

        #[test]
        fn parsed_answer_is_utf8(
            words in prop::collection::vec(proptest::sample::select(WORDS.to_vec()), 2..12),
            chunk in 1usize..40,
        ) {
            let mut json = b"[".to_vec();
            for pair in words.chunks_exact(2) {
                json.extend_from_slice(&[b"{\"", pair[0], b"\":\"", pair[1], b"\"},"].concat());
            }
            json.extend_from_slice(b"null]");
            let parsed = parse(&json, chunk);
            prop_assert_eq!(parsed.is_ok(), std::str::from_utf8(&json).is_ok(), "{:?}", json);
            prop_assert_eq!(parsed, parse(&json, usize::MAX));
        }

        #[test]
        fn errors_are_those_of_serde_json(bytes in "[\\[\\]{}\",:a0-9 \\\\n]{0,30}") {
            let is_json = serde_json::from_str::<IgnoredAny>(&format!("[{bytes}]")).is_ok();
            let result = parse(format!("[{bytes}]").as_bytes(), 3);
            let parsed = !matches!(&result, Err(error) if !error.starts_with("NotATicket"));
            prop_assert!(parsed || !is_json, "{bytes}: {result:?}");
        }
    }
}
