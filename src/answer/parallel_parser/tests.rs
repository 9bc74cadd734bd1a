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
