//! Reading a ticket as servers write them: without white space, and with the keys of
//! the ticket before.
//!
//! Nearly all of a large answer is like that, and reading it so takes half the time
//! of a parser that must be ready for everything. Whatever is written otherwise is
//! left to the parser, which also has the word on what is wrong.

use std::ops::Range;

use super::key_index::Keys;
use super::shape::Member;
use super::skip_value::value_end;

/// Calls `visit` with each key of the ticket that `bytes` begin with and where its value
/// stands, and gives where the ticket ends, which is UTF-8 as far as that. Once `visit` says
/// no, it is called for wanted keys alone. With `PASS` these are passed over, too, where they
/// are as expected, and visited on the way: better for many, and dearer for few. The same
/// `keys` must always be read with the same `PASS`.
///
/// `None` where it is written otherwise, or is not JSON or UTF-8: then nothing holds
/// that `visit` was told.
pub(super) fn read<const PASS: bool>(
    bytes: &[u8],
    keys: &mut Keys<'_>,
    mut visit: impl FnMut(&Member, Range<usize>) -> bool,
) -> Option<usize> {
    let pattern = keys.pattern();
    // Behind the brace.
    let mut start = 1 + pattern.member(0)?.key_in(bytes.get(1..)?)?;
    let (mut index, mut every) = (0, true);
    let end = loop {
        let member = pattern.member(index)?;
        let end = value_end(bytes, start, &mut member.nested)?;
        if every || member.place.is_some() {
            every = visit(member, start..end);
        }
        let rest = bytes.get(end..)?;
        if !every && let Some((length, next)) = member.next_in(rest) {
            debug_assert!(PASS || pattern.passed(index).next().is_none(), "read with another PASS");
            if PASS {
                for (member, range) in pattern.passed(index) {
                    visit(member, end + range.start..end + range.end);
                }
            }
            (index, start) = (next, end + length);
            if index == pattern.length() {
                break start;
            }
            continue;
        }
        pattern.learn(index, &bytes[start..end], PASS);
        match rest.first()? {
            b',' => {
                index += 1;
                start = end + 1;
                start += pattern.member(index)?.key_in(bytes.get(start..)?)?;
            }
            b'}' => break end + 1,
            _ => return None,
        }
    };
    pattern.link();
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::ticket_header::{Notes, TicketVisitor};
    use crate::answer::value::each_member;
    use proptest::prelude::*;
    use serde::de::{Deserializer as _, IgnoredAny};

    /// Keys that have seen a ticket with keys of these names.
    fn keys(names: &[String]) -> Keys<'static> {
        let members: Vec<_> = names.iter().map(|name| format!("\"{name}\":0")).collect();
        let token = format!("{{{}}}", members.join(","));
        let mut keys = Keys::of(&[]);
        let mut notes = Notes::new(&mut [], true);
        let visitor = TicketVisitor { token: token.as_bytes(), keys: &mut keys, notes: &mut notes };
        serde_json::Deserializer::from_str(&token).deserialize_map(visitor).expect("an object");
        keys
    }

    /// The values that are found in `text`, and where the ticket ends.
    fn values<'t>(text: &'t str, keys: &mut Keys<'_>) -> Option<(Vec<&'t str>, usize)> {
        let mut values = Vec::new();
        let end = read::<true>(text.as_bytes(), keys, |_, range| {
            values.push(&text[range]);
            true
        })?;
        Some((values, end))
    }

    #[test]
    fn a_ticket_written_like_the_last_one_is_read() {
        let mut keys = keys(&["TicketId", "Title", "Sentiment", "Right"].map(str::to_owned));
        let right = r#"{"a" : [1, {"}":null}]}"#;
        for title in
            ["", "x", "exactly8", r#"\"\\\/\b\f\n\r\t\u00e6\ud800"#, "Gdańsk 世界 and more"]
        {
            let text = format!(
                r#"{{"TicketId":1,"Title":"{title}","Sentiment":-1.5e9,"Right":{right}}},"#
            );
            let (values, end) = values(&text, &mut keys).expect("it is compact");
            assert_eq!(values, ["1", &format!("\"{title}\""), "-1.5e9", right]);
            assert_eq!(end, text.len() - 1);
        }
    }

    #[test]
    fn everything_else_is_left_to_the_parser() {
        let mut keys = keys(&["a".to_owned()]);
        let cases = [
            "{}",
            r#"{ "a":1}"#,
            r#"{"a" :1}"#,
            r#"{"a":1 }"#,
            r#"{"a": 1}"#,
            r#"{"b":1}"#,
            r#"{"a":1,"a":2}"#,
            r#"{"a":1"#,
            r#"{"a":"#,
            r#"{"a":01}"#,
            r#"{"a":1x}"#,
            r#"{"a":nul}"#,
            r#"{"a":"\x"}"#,
            r#"{"a":"\u12g4"}"#,
            r#"{"a":"\u12"}"#,
            "{\"a\":\"\n\"}",
            r#"{"a":""#,
            r#"{"a":[1}"#,
        ];
        for text in cases {
            assert_eq!(values(text, &mut keys), None, "{text}");
        }
    }

    #[test]
    fn an_object_like_the_last_is_known_and_another_is_read() {
        let mut keys = keys(&["a".to_owned()]);
        for nested in [r#"{"b":[1]}"#, r#"{"b":[1]}"#, r#"{"b":[12]}"#, "[]", r#"{"b":[1]}"#] {
            let text = format!(r#"{{"a":{nested}}}"#);
            let (found, end) = values(&text, &mut keys).expect("it is compact");
            assert_eq!((found, end), (vec![nested], text.len()));
        }
        // Neither one that goes on otherwise nor one that is cut is taken for it.
        for text in [r#"{"a":{"b":[1],"c":x}}"#, r#"{"a":{"b":[1]"#, r#"{"a":{"b":[1]}"#] {
            assert_eq!(values(text, &mut keys), None, "{text}");
        }
    }

    /// A key that looks in JSON like two of them is not followed.
    #[test]
    fn a_key_with_quotes_is_no_pattern() {
        let mut keys = keys(&[r#"a\":1,\"b"#.to_owned()]);
        assert_eq!(values(r#"{"a":1,"b":2}"#, &mut keys), None);
    }

    fn value() -> impl Strategy<Value = String> {
        let fixed = [
            "0",
            "-0",
            "7",
            "-12",
            "839",
            "01",
            "1.",
            "1.5",
            "1e400",
            "-",
            "+1",
            "null",
            "nul",
            "true",
            "false",
            "falsey",
            "\"\"",
            "{}",
            "[]",
            "{\"a\":\"}\"}",
            "[1,2",
            "",
            " 1",
            "1 ",
            "\"\\u12\"",
            "\"0001-01-01T00:00:00\"",
            "\"\\\\\"",
            "\"\\\"",
            "\"\u{7f}\"",
            "\"\u{1}\"",
            "\"\\ud83d\"",
        ];
        prop_oneof![
            proptest::sample::select(fixed.to_vec()).prop_map(str::to_owned),
            "[a-zæ世 ]{0,20}".prop_map(|text| format!("\"{text}\"")),
            "[\"\\\\ux0-9a-f\n\u{1f} ]{0,12}".prop_map(|text| format!("\"{text}\"")),
        ]
    }

    proptest! {
        #[test]
        fn what_is_read_is_what_the_parser_reads(
            members in prop::collection::vec(("[a-cA]{1,3}", value()), 1..6),
            tail in "[,\\]} x]{0,3}",
        ) {
            let names: Vec<_> = members.iter().map(|(name, _)| name.clone()).collect();
            let mut keys = keys(&names);
            let written: Vec<_> =
                members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
            let text = format!("{{{}}}{tail}", written.join(","));
            let mut parser = serde_json::Deserializer::from_str(&text);
            let parsed = parser.deserialize_ignored_any(IgnoredAny);
            let Some((values, end)) = values(&text, &mut keys) else {
                // Plain and sound tickets are not to be left.
                let plain = members.iter().all(|(_, value)| value.trim() == value);
                prop_assert!(parsed.is_err() || !plain || names.len() != count(&text, &parser_end(parser)));
                return Ok(());
            };
            prop_assert!(parsed.is_ok(), "{}", text);
            prop_assert_eq!(end, parser_end(parser));
            let mut expected = Vec::new();
            each_member(&text[..end], |_, value| expected.push(value.to_owned()));
            prop_assert_eq!(values, expected);
        }
    }

    proptest! {
        #[test]
        fn nothing_is_read_that_is_no_text(
            texts in prop::collection::vec("[a-zæ世🎉\"\\\\]{0,12}", 1..4),
            at in 0..100_usize,
            byte: u8,
        ) {
            let names: Vec<_> = (0..=texts.len()).map(|at| format!("k{at}")).collect();
            let members: Vec<_> = names.iter().zip(&texts)
                .map(|(name, text)| format!("\"{name}\":\"{text}\"")).collect();
            let nested = format!("\"{}\":{{\"æ\":[\"世\"]}}", names[texts.len()]);
            let mut bytes = format!("{{{},{nested}}}", members.join(",")).into_bytes();
            // Behind the brace, which is what makes it a ticket.
            let at = 1 + at % (bytes.len() - 1);
            bytes[at] = byte;
            let mut keys = keys(&names);
            // The second time some of it is known.
            for _ in 0..2 {
                if let Some(end) = read::<false>(&bytes, &mut keys, |_, _| false) {
                    prop_assert!(std::str::from_utf8(&bytes[..end]).is_ok(), "{:?}", bytes);
                }
            }
        }
    }

    /// What `read` tells of `text` that is wanted, and where the ticket ends.
    fn wanted<'t, const PASS: bool>(
        text: &'t str,
        keys: &mut Keys<'_>,
    ) -> Option<(Vec<(String, &'t str)>, usize)> {
        let mut told = Vec::new();
        let end = read::<PASS>(text.as_bytes(), keys, |member, range| {
            if member.place.is_some() {
                told.push((member.name().to_owned(), &text[range]));
            }
            false
        })?;
        Some((told, end))
    }

    proptest! {
        #[test]
        fn tickets_like_those_before_are_what_the_parser_reads(
            names in prop::collection::vec(
                proptest::sample::select(vec!["TicketId", "ticketid", "a", "b", "cc", "d"]), 1..7),
            tickets in prop::collection::vec(prop::collection::vec(often_the_same(), 7), 1..12),
            tail in "[,\\]} x]{0,3}",
        ) {
            let names: Vec<_> = names.into_iter().map(str::to_owned).collect();
            let (mut keys, mut others) = (keys(&names), keys(&names));
            for values in tickets {
                let members: Vec<_> = names.iter().zip(&values)
                    .map(|(name, value)| format!("\"{name}\":{value}")).collect();
                let text = format!("{{{}}}{tail}", members.join(","));
                let mut parser = serde_json::Deserializer::from_str(&text);
                let parsed = parser.deserialize_ignored_any(IgnoredAny);
                let passing = wanted::<true>(&text, &mut others);
                prop_assert_eq!(&passing, &wanted::<false>(&text, &mut keys));
                let Some((told, end)) = passing else { continue };
                prop_assert!(parsed.is_ok(), "{}", text);
                prop_assert_eq!(end, parser_end(parser));
                let mut expected = Vec::new();
                each_member(&text[..end], |name, value| {
                    if name.eq_ignore_ascii_case("TicketId") {
                        expected.push((name.to_owned(), value));
                    }
                });
                prop_assert_eq!(told, expected);
            }
        }
    }

    /// One of few values, mostly.
    fn often_the_same() -> impl Strategy<Value = String> {
        let few = ["1", "12", "\"x\"", "null", "{\"a\":[1]}"];
        prop_oneof![
            8 => proptest::sample::select(few.to_vec()).prop_map(str::to_owned),
            1 => value(),
        ]
    }

    fn parser_end<'de, R: serde_json::de::Read<'de>>(parser: serde_json::Deserializer<R>) -> usize {
        parser.into_iter::<IgnoredAny>().byte_offset()
    }

    /// How many members the object in `text` has.
    fn count(text: &str, end: &usize) -> usize {
        let mut count = 0;
        each_member(&text[..*end], |_, _| count += 1);
        count
    }
}
