//! Checking an answer while it arrives, and finding its tickets.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::de::IgnoredAny;

use super::column::Column;
use super::keys::Keys;
use super::list::Tickets;
pub use super::scan::Fault;
use super::scan::{BOM, Next, Scan};

/// Checks an answer and finds its tickets, piece by piece while it arrives.
///
/// Nothing of the answer is kept but positions. Pieces are scanned in any order and
/// on any thread, each as if it began with a ticket; whether it did shows at the end.
#[derive(Debug)]
pub struct Scanner<'c> {
    /// A scan of nothing yet.
    fresh: Scan,
    scans: Mutex<Vec<Scan>>,
    /// What is looked for, before any ticket was seen.
    keys: Keys<'c>,
    /// The same after a piece or more: what a ticket looks like is learned once.
    learned: Mutex<Vec<Keys<'c>>>,
}

/// With more keys than this, noting where each value stands would take more memory
/// than reading the ticket a second time takes time.
const MOST_CELLS: usize = 12;

/// Where a piece of an answer may end: before the last beginning of a ticket in
/// `piece`, to judge by how the first ticket begins in `start`, the answer's first
/// bytes. It is a guess, and a wrong one only costs time: texts could hold the like.
#[must_use]
pub fn piece_end(start: &[u8], piece: &[u8]) -> Option<usize> {
    let brace = memchr::memchr(b'{', start)?;
    let colon = memchr::memchr(b':', &start[brace..])?;
    memchr::memmem::rfind(piece, &start[brace..=brace + colon])
}

impl<'c> Scanner<'c> {
    /// A scanner that notes where the values of `columns` stand.
    #[must_use]
    pub fn new(columns: &'c [Column]) -> Self {
        let all = Keys::of(columns);
        let stride = if columns.is_empty() || all.count() > MOST_CELLS { 0 } else { all.count() };
        // Where no cells are noted the id is all that is looked for.
        let keys = if stride == 0 { Keys::of(&[]) } else { all };
        Self { fresh: Scan::new(stride), scans: Mutex::default(), keys, learned: Mutex::default() }
    }

    /// For an answer whose tickets were not asked for their ids. Only one of nothing
    /// but `null` is empty then: 0, false and 'no date' may be the very values that
    /// were asked for.
    #[must_use]
    pub const fn without_ids(mut self) -> Self {
        self.fresh.ids_expected = false;
        self
    }

    /// Scans `piece`, which stands at `offset` of the answer.
    pub fn feed(&self, offset: usize, piece: &[u8]) {
        let mut scan = self.fresh.clone();
        if offset > 0 {
            (scan.start, scan.position, scan.next) = (offset, offset, Next::Ticket);
        }
        let learned = lock(&self.learned).pop();
        let mut keys = learned.unwrap_or_else(|| self.keys.clone());
        scan.scan(&mut keys, piece, false);
        lock(&self.learned).push(keys);
        lock(&self.scans).push(scan);
    }

    /// Finishes with `answer`, which is whole now. From the first piece on that did
    /// not begin where a ticket does, it is scanned again.
    ///
    /// # Errors
    /// Where it is not JSON, or an element is neither an object nor `null`.
    pub fn finish(self, answer: &[u8]) -> Result<Tickets<'_>, Fault> {
        let mut scans = self.scans.into_inner().unwrap_or_else(PoisonError::into_inner);
        scans.sort_by_key(|scan| scan.start);
        let (mut rest, mut keys) = (self.fresh, self.keys);
        let stride = rest.stride;
        let mut parts = Vec::with_capacity(scans.len() + 1);
        for scan in scans {
            if scan.fault.is_some() || !rest.leads_to(&scan) {
                break;
            }
            rest.go_on_after(&scan);
            parts.push(scan.part);
        }
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
        Ok(scan.entries().map(|(id, _)| id).collect())
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
        assert_eq!(tickets.entries().next().and_then(|(id, _)| id), Some(7));
    }

    #[test]
    fn small_and_empty_tickets_take_little_memory() {
        let columns = crate::ticket::column::parse(&["Title,Author"], false).expect("fields");
        let scanner = Scanner::new(&columns);
        scanner.feed(0, "[{},{},null,{\"TicketId\":1},{}".as_bytes());
        let scans = scanner.scans.into_inner().expect("no panic");
        assert_eq!((scans[0].part.places.len(), scans[0].part.cells.len()), (1, 0));
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
        scanner.feed(end, &json[end..]);
        scanner.feed(0, &json[..end]);
        let scans = scanner.scans.lock().expect("no panic").clone();
        assert_eq!((scans[0].part.places.len(), scans[0].next), (1, Next::Nothing));
        assert_eq!((scans[1].position, scans[1].part.places.len()), (end, 2));
        assert!(scans[1].leads_to(&scans[0]));
        assert_eq!(scanner.finish(json).expect("tickets").entries().count(), 3);
        // A cut in the wrong place is noticed and mended.
        let wrong = piece_end(json, &json[..35]).expect("a beginning");
        let scanner = Scanner::new(&[]);
        scanner.feed(0, &json[..wrong]);
        scanner.feed(wrong, &json[wrong..]);
        let scans = scanner.scans.lock().expect("no panic").clone();
        assert!(!scans[0].leads_to(&scans[1]));
        assert_eq!(scanner.finish(json).expect("tickets").entries().count(), 3);
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
