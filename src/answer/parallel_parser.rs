//! Checking an answer while it arrives, and finding its tickets.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::de::IgnoredAny;

pub use super::chunk_parser::Fault;
use super::chunk_parser::{BOM, Next, Scan};
use super::key_index::Keys;
use super::list::{Part, Tickets};
use crate::ticket::column::Column;

/// Checks an answer and finds its tickets, piece by piece while it arrives.
///
/// Nothing of the answer is kept but positions. Pieces are scanned in any order and
/// on any thread, each as if it began with a ticket; whether it did shows once the pieces
/// before it are scanned.
#[derive(Debug)]
pub struct Scanner<'c> {
    /// A scan of nothing yet.
    fresh: Scan,
    progress: Mutex<Progress>,
    /// What is looked for, before any ticket was seen.
    keys: Keys<'c>,
    /// The same after a piece or more: what a ticket looks like is learned once.
    learned: Mutex<Vec<Keys<'c>>>,
}

/// The pieces that were scanned so far.
#[derive(Debug)]
struct Progress {
    /// What was found from the answer's beginning on without a gap.
    parts: Vec<Part>,
    /// A scan that continues behind those parts.
    rest: Scan,
    /// The scans of pieces further on.
    ahead: Vec<Scan>,
}

impl Progress {
    const fn new(rest: Scan) -> Self {
        Self { parts: Vec::new(), rest, ahead: Vec::new() }
    }

    /// Adds `scan`, and joins to the parts all scans that follow them without a gap.
    fn add(&mut self, mut scan: Scan) {
        if scan.fault.is_some() {
            scan.part.forget_tickets();
        }
        self.ahead.push(scan);
        let follows = |rest: &Scan, scan: &Scan| scan.fault.is_none() && rest.leads_to(scan);
        while let Some(index) = self.ahead.iter().position(|scan| follows(&self.rest, scan)) {
            let scan = self.ahead.swap_remove(index);
            self.rest.continue_after(&scan);
            self.parts.push(scan.part);
        }
        // Pieces that begin in the wrong place find tickets that are none. They are scanned
        // again at the end, and must not take memory until then.
        let ahead = self.ahead.iter().map(|scan| scan.part.elements).sum();
        if self.rest.has_too_many(ahead) {
            self.ahead.retain(|scan| scan.fault.is_some());
        }
    }

    /// Whether the answer has more elements than any needs, to judge by the pieces
    /// that follow each other from its beginning on.
    fn has_too_many(&self) -> bool {
        let is_next = |scan: &Scan| scan.has_too_many(0) && self.rest.leads_to(scan);
        self.rest.has_too_many(0) || self.ahead.iter().any(is_next)
    }
}

/// With more keys than this, noting where each value stands would take more memory
/// than reading the ticket a second time takes time.
const MOST_CELLS: usize = 12;

/// Elements that an answer may have on top of twice the ids that were asked for.
const MORE_ELEMENTS: usize = 1_000;

/// Cells that are noted for an answer of any size, and for each id that was asked for: what
/// a server sends beyond that must not take memory.
const CELLS: usize = 1 << 20;
const CELLS_AN_ID: usize = 4;

/// Returns where a piece of an answer may end: before the last beginning of a ticket in
/// `piece`, to judge by how the first ticket begins in `start`, the answer's first
/// bytes, or else before the last thing that looks like an element. It is a guess, and a
/// wrong one only costs time: tickets could hold the like.
#[must_use]
pub fn piece_end(start: &[u8], piece: &[u8]) -> Option<usize> {
    like_the_first(start, piece)
        .or_else(|| memchr::memrchr(b'{', piece).filter(|end| *end > 0))
        .or_else(|| memchr::memmem::rfind(piece, b"null").filter(|end| *end > 0))
}

fn like_the_first(start: &[u8], piece: &[u8]) -> Option<usize> {
    let brace = memchr::memchr(b'{', start)?;
    let colon = memchr::memchr(b':', &start[brace..])?;
    memchr::memmem::rfind(piece, &start[brace..=brace + colon]).filter(|end| *end > 0)
}

impl<'c> Scanner<'c> {
    /// A scanner that notes where the values of `columns` stand.
    #[must_use]
    pub fn new(columns: &'c [Column]) -> Self {
        let all = Keys::of(columns);
        let stride = if columns.is_empty() || all.count() > MOST_CELLS { 0 } else { all.count() };
        // Where no cells are noted the id is all that is looked for.
        let keys = if stride == 0 { Keys::of(&[]) } else { all };
        let fresh = Scan::new(stride);
        let progress = Mutex::new(Progress::new(fresh.clone()));
        Self { fresh, progress, keys, learned: Mutex::default() }
    }

    /// Refuses an answer with more elements than one for `ids` ids needs, `null` included:
    /// twice as many and 1,000 more.
    #[must_use]
    pub fn for_ids(mut self, ids: usize) -> Self {
        self.fresh.most_elements = most_elements(ids);
        self.fresh.most_cells = CELLS.saturating_add(ids.saturating_mul(CELLS_AN_ID));
        self.restarted()
    }

    /// For an answer whose tickets were not asked for their ids. Only one of nothing
    /// but `null` is empty then: 0, false and 'no date' may be the very values that
    /// were asked for.
    #[must_use]
    pub fn without_ids(mut self) -> Self {
        self.fresh.ids_expected = false;
        self.restarted()
    }

    /// Returns a scanner that has scanned nothing, after a change of how to scan.
    fn restarted(mut self) -> Self {
        self.progress = Mutex::new(Progress::new(self.fresh.clone()));
        self
    }

    /// Scans `piece`, which begins at `offset` of the answer. Returns how far that got: to
    /// the end of the piece, unless it ends within an element. `None` once it is certain
    /// that the answer has too many elements.
    pub fn feed(&self, offset: usize, piece: &[u8]) -> Option<usize> {
        let mut scan = {
            let rest = &lock(&self.progress).rest;
            // What comes first is known where nothing is missing before the piece.
            let first = if offset == rest.position { rest.next } else { Next::Ticket };
            self.fresh.beginning_at(offset, first, rest.most_cells)
        };
        let learned = lock(&self.learned).pop();
        let mut keys = learned.unwrap_or_else(|| self.keys.clone());
        scan.scan(&mut keys, piece, false);
        scan.part.shrink();
        lock(&self.learned).push(keys);
        let position = scan.position;
        let mut progress = lock(&self.progress);
        progress.add(scan);
        (!progress.has_too_many()).then_some(position)
    }

    /// Finishes with `answer`, which is whole now. From the first piece on that did
    /// not begin where a ticket does, it is scanned again.
    ///
    /// # Errors
    /// Where it is not JSON, an element is neither an object nor `null`, or there are too
    /// many elements.
    pub fn finish(self, answer: &[u8]) -> Result<Tickets<'_>, Fault> {
        let progress = self.progress.into_inner().unwrap_or_else(PoisonError::into_inner);
        let has_too_many = progress.has_too_many();
        let Progress { mut parts, mut rest, ahead } = progress;
        drop(ahead);
        if has_too_many {
            // Reading may have ended then.
            return Err(Fault::TooMany(rest.most_elements));
        }
        let (mut keys, stride) = (self.keys, rest.stride);
        rest.scan(&mut keys, &answer[rest.position..], true);
        parts.push(rest.part);
        match rest.fault {
            None => Ok(Tickets { answer, parts, stride }),
            // The parser's own position is that within a ticket.
            Some(Fault::Syntax(message)) => {
                let answer = answer.strip_prefix(BOM).unwrap_or(answer);
                let whole = serde_json::from_slice::<Vec<IgnoredAny>>(answer);
                Err(Fault::Syntax(whole.err().map_or(message, |error| error.to_string())))
            }
            Some(fault) => Err(fault),
        }
    }
}

/// The most elements that an answer for `ids` ids may have.
#[must_use]
pub fn most_elements(ids: usize) -> usize {
    ids.saturating_mul(2).saturating_add(MORE_ELEMENTS)
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The id of each ticket, or the fault; fed in pieces of this size.
    fn scan(json: &[u8], size: usize) -> Result<Vec<Option<i64>>, String> {
        let scanner = Scanner::new(&[]);
        for (index, piece) in json.chunks(size).enumerate() {
            scanner.feed(index * size, piece);
        }
        let scan = scanner.finish(json).map_err(|fault| format!("{fault:?}"))?;
        Ok(scan.entries().map(|(id, _)| id.number()).collect())
    }

    fn ids(json: &str) -> Vec<Option<i64>> {
        let whole = scan(json.as_bytes(), usize::MAX).expect("tickets");
        for size in [1, 2, 7, 30, 100] {
            assert_eq!(scan(json.as_bytes(), size).as_ref(), Ok(&whole), "{size}");
        }
        whole
    }

    #[test]
    fn ids_are_found_wherever_they_stand() {
        let json = "\u{feff} [{\"TicketId\":839,\"Title\":\"æ世\"}, {\"Title\":\"b\",\"ticketid\":\"249\"},
            {\"\\u0054icketId\":7}, {\"Title\":\"c\"}, {\"TicketId\":null,\"Title\":\"d\"}, {\"TicketId\":0,\"Title\":\"e\"}] ";
        assert_eq!(ids(json), [Some(839), Some(249), Some(7), None, None, None]);
    }

    #[test]
    fn an_empty_ticket_is_none() {
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
        let tickets = Scanner::new(&[]).without_ids().finish(json).expect("tickets");
        assert_eq!(tickets.entries().count(), 3);
    }

    #[test]
    fn half_a_character_in_a_key_costs_nothing() {
        let json = r#"[{"\ud800":1,"TicketId":7,"\udc00x":2}]"#;
        assert_eq!(ids(json), [Some(7)]);
        let columns = crate::ticket::column::parse(&["TicketId"], false).expect("fields");
        let tickets = Scanner::new(&columns).finish(json.as_bytes()).expect("tickets");
        assert_eq!(tickets.entries().next().and_then(|(id, _)| id.number()), Some(7));
    }

    #[test]
    fn small_and_empty_tickets_take_little_memory() {
        let columns = crate::ticket::column::parse(&["Title,Author"], false).expect("fields");
        let scanner = Scanner::new(&columns);
        scanner.feed(0, "[{},{},null,{\"TicketId\":1},{}".as_bytes());
        let parts = scanner.progress.into_inner().expect("no panic").parts;
        assert_eq!((parts[0].elements, parts[0].places.len(), parts[0].cells.len()), (4, 1, 0));
    }

    #[test]
    fn what_is_no_list_of_tickets_is_a_fault() {
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
        for (json, fault) in cases {
            assert_eq!(scan(json, usize::MAX), Err(fault.to_owned()));
            assert_eq!(scan(json, 1), Err(fault.to_owned()));
        }
    }

    #[test]
    fn pieces_that_end_between_tickets_are_scanned_as_they_come() {
        let json = br#"[{"TicketId":1,"X":[{"TicketId":8}]},{"TicketId":2},{"TicketId":3}]"#;
        let end = piece_end(json, json).expect("a beginning");
        assert!(json[end..].starts_with(br#"{"TicketId":3}"#));
        let scanner = Scanner::new(&[]);
        // Whichever is done first.
        assert_eq!(scanner.feed(end, &json[end..]), Some(json.len()));
        assert_eq!(lock(&scanner.progress).ahead.len(), 1);
        assert_eq!(scanner.feed(0, &json[..end]), Some(end));
        {
            let progress = lock(&scanner.progress);
            let elements: Vec<usize> = progress.parts.iter().map(|part| part.elements).collect();
            assert_eq!((elements, progress.ahead.len()), (vec![2, 1], 0));
            assert_eq!((progress.rest.position, progress.rest.next), (json.len(), Next::Nothing));
        }
        assert_eq!(scanner.finish(json).expect("tickets").entries().count(), 3);
        // A cut in the wrong place is noticed and mended, also by a piece that begins where
        // the scan of the one before ended.
        let wrong = piece_end(json, &json[..35]).expect("a beginning");
        for begins_there in [false, true] {
            let scanner = Scanner::new(&[]);
            let taken = scanner.feed(0, &json[..wrong]).expect("few elements");
            assert_eq!(taken, 1);
            let start = if begins_there { taken } else { wrong };
            scanner.feed(start, &json[start..]);
            let is_joined = lock(&scanner.progress).ahead.is_empty();
            assert_eq!(is_joined, begins_there);
            assert_eq!(scanner.finish(json).expect("tickets").entries().count(), 3);
        }
    }

    #[test]
    fn more_elements_than_any_answer_needs_are_a_fault() {
        let most = most_elements(1);
        let answer = |count: usize| format!("[{}]", vec!["{\"a\":1}"; count].join(","));
        let scanner = || Scanner::new(&[]).for_ids(1);
        let whole = answer(most);
        assert_eq!(scanner().finish(whole.as_bytes()).expect("tickets").entries().count(), most);
        let more = answer(most + 1);
        assert!(matches!(scanner().finish(more.as_bytes()), Err(Fault::TooMany(1002))));
        // In two pieces, in either order, neither of which has too many by itself.
        let middle = more.len() / 16 * 8 + 1;
        for reversed in [false, true] {
            let scanner = scanner();
            let mut pieces = [(0, &more[..middle]), (middle, &more[middle..])];
            if reversed {
                pieces.reverse();
            }
            let [first, last] = pieces.map(|(at, piece)| scanner.feed(at, piece.as_bytes()));
            assert!(first.is_some() && last.is_none(), "{first:?} {last:?}");
            assert!(matches!(scanner.finish(more.as_bytes()), Err(Fault::TooMany(1002))));
        }
    }

    #[test]
    fn elements_in_a_ticket_are_not_counted() {
        let nested = vec!["{\"a\":1}"; 3000].join(",");
        let json = format!("[{{\"a\":[{nested}]}},{{\"a\":[{nested}]}}]");
        for size in [100, 1000, 20_000] {
            let scanner = Scanner::new(&[]).for_ids(1);
            for (index, piece) in json.as_bytes().chunks(size).enumerate() {
                assert!(scanner.feed(index * size, piece).is_some(), "{size}");
            }
            assert_eq!(scanner.finish(json.as_bytes()).expect("tickets").entries().count(), 2);
        }
    }

    #[test]
    fn cells_beyond_the_most_are_not_noted() {
        let columns = crate::ticket::column::parse(&["Title"], false).expect("a field");
        let ticket = format!("{{\"TicketId\":1,\"Title\":\"{}\"}}", "x".repeat(100));
        let json = format!("[{}]", vec![ticket; 10].join(","));
        for size in [json.len(), 150, 300] {
            let mut scanner = Scanner::new(&columns).for_ids(10);
            scanner.fresh.most_cells = 8;
            let scanner = scanner.restarted();
            let mut position = 0;
            while position + size < json.len() {
                let end = position + size;
                position = scanner.feed(position, &json.as_bytes()[position..end]).expect("few");
            }
            let tickets = scanner.finish(json.as_bytes()).expect("tickets");
            let noted: usize = tickets.parts.iter().map(|part| part.cells.len()).sum();
            assert_eq!(noted, 8, "{size}");
            let mut reader = super::super::row::RowReader::new(&columns);
            for (_, ticket) in tickets.entries() {
                reader.read(ticket);
                assert_eq!(reader.json(0).map(str::len), Some(102));
            }
        }
    }

    #[test]
    fn unreadable_ids_are_known_by_their_number_in_the_answer() {
        let json = br#"[null,{"TicketId":"a"},{"TicketId":1},{"ticketid":1,"TicketId":true}]"#;
        let expected = vec![(2, "\"a\""), (4, "true")];
        for size in [1, 20, json.len()] {
            let scanner = Scanner::new(&[]);
            let mut position = 0;
            for end in (size..json.len()).step_by(size) {
                position = scanner.feed(position, &json[position..end]).expect("few");
            }
            assert_eq!(scanner.finish(json).expect("tickets").unreadable_ids(), expected);
        }
    }

    #[test]
    fn a_control_character_in_a_key_is_escaped_or_no_json() {
        let columns = crate::ticket::column::parse(&["Title"], false).expect("a field");
        let found = |json: &str| {
            let scanner = Scanner::new(&columns);
            scanner.finish(json.as_bytes()).map(|tickets| tickets.entries().count())
        };
        let escaped = r#"{"TicketId":1,"a\nb":2,"Title":"x"}"#;
        assert_eq!(found(&format!("[{escaped},{escaped}]")).ok(), Some(2));
        for bad in ["{\"TicketId\":1,\"a\nb\":2}", "{\"a\0\\n\":2,\"TicketId\":1}"] {
            assert!(found(&format!("[{bad}]")).is_err(), "{bad:?}");
            assert!(found(&format!("[{escaped},{escaped},{bad},{bad}]")).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_number_that_has_not_arrived_whole_is_no_fault() {
        assert_eq!(ids(r#"[{"TicketId":7,"Sentiment":-12.5e-3,"X":-0,"Y":1E+9}]"#), [Some(7)]);
    }

    #[test]
    fn deep_nesting_does_not_overflow_the_stack() {
        let deep = format!("[{{\"X\":{}1{}}}]", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(scan(deep.as_bytes(), usize::MAX).expect("deep, and JSON").len(), 1);
        assert!(scan("[".repeat(100_000).as_bytes(), usize::MAX).is_err());
        assert!(scan("{\"a\":".repeat(100_000).as_bytes(), usize::MAX).is_err());
    }

    /// What keys and texts are made of: text, half a character as an escape and as bytes,
    /// and what is none.
    const WORDS: [&[u8]; 6] = [b"a", b"\\ud800", b"\xed\xa0\x80", b"\xff", "æ".as_bytes(), b"\xc3"];

    proptest! {
        #[test]
        fn pieces_make_no_difference(bytes in "[\\[\\]{}\",:a0-9.eE+ \\\\næ-]{0,40}", piece in 1usize..8) {
            let json = format!("[{{\"TicketId\":1}},{bytes}]");
            prop_assert_eq!(scan(json.as_bytes(), piece), scan(json.as_bytes(), usize::MAX));
        }

        #[test]
        fn what_is_understood_is_text(
            words in prop::collection::vec(proptest::sample::select(WORDS.to_vec()), 2..12),
            piece in 1usize..40,
        ) {
            let mut json = b"[".to_vec();
            for pair in words.chunks_exact(2) {
                json.extend_from_slice(&[b"{\"", pair[0], b"\":\"", pair[1], b"\"},"].concat());
            }
            json.extend_from_slice(b"null]");
            let understood = scan(&json, piece);
            prop_assert_eq!(understood.is_ok(), std::str::from_utf8(&json).is_ok(), "{:?}", json);
            prop_assert_eq!(understood, scan(&json, usize::MAX));
        }

        #[test]
        fn it_is_json_where_the_parser_says_so(bytes in "[\\[\\]{}\",:a0-9 \\\\n]{0,30}") {
            let is_json = serde_json::from_str::<IgnoredAny>(&format!("[{bytes}]")).is_ok();
            let result = scan(format!("[{bytes}]").as_bytes(), 3);
            let understood = !matches!(&result, Err(fault) if !fault.starts_with("NotATicket"));
            prop_assert!(understood || !is_json, "{bytes}: {result:?}");
        }
    }
}
