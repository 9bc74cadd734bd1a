//! Parses the JSON object of a ticket, quickly if it is written like the one before it.

use std::fmt;
use std::ops::Range;

use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::key_index::{Key, KeyIndex};
use super::skip_value::{skip_expected, skip_value};

/// Parses ticket after ticket, and keeps the shape of the last one that serde_json has parsed.
#[derive(Clone, Debug)]
pub(super) struct TicketParser<'c> {
    keys: KeyIndex<'c>,
    /// The members of that ticket, in their order.
    members: Vec<Member>,
    /// The text behind the last value, with the closing brace; empty if there is no shape.
    end: Vec<u8>,
}

/// A member of a ticket, without its value.
#[derive(Clone, Debug)]
struct Member {
    /// The text before the value as far as the value before it: comma, key, colon and white space.
    before: Vec<u8>,
    key: Key,
}

/// A ticket with more members, or more text between two values, has no shape, so that a hostile
/// answer cannot fill the memory.
const MAX_MEMBERS: usize = 512;
const MAX_BETWEEN: usize = 4096;

impl<'c> TicketParser<'c> {
    pub(super) const fn new(keys: KeyIndex<'c>) -> Self {
        Self { keys, members: Vec::new(), end: Vec::new() }
    }

    /// Calls `visit` with each key of the ticket at the start of `text` and the range of its
    /// value, and returns the end of the ticket. Members may be visited twice, in the same order;
    /// without an error all of it is JSON and UTF-8.
    ///
    /// # Errors
    /// Those of serde_json.
    pub(super) fn parse(
        &mut self,
        text: &[u8],
        mut visit: impl FnMut(Key, Range<usize>),
    ) -> serde_json::Result<usize> {
        match self.parse_like_last(text, &mut visit) {
            Some(end) => Ok(end),
            None => self.parse_any(text, &mut visit),
        }
    }

    /// Parses a ticket of the same shape. serde_json has accepted the text between its values, in
    /// which the keys are, and the values are checked here. `None` if it is anything else.
    fn parse_like_last(
        &mut self,
        text: &[u8],
        visit: &mut impl FnMut(Key, Range<usize>),
    ) -> Option<usize> {
        if self.end.is_empty() {
            return None;
        }
        let mut position = 0;
        for member in &self.members {
            position = skip_expected(text, position, &member.before)?;
            let end = skip_value(text, position)?;
            visit(member.key, position..end);
            position = end;
        }
        skip_expected(text, position, &self.end)
    }

    /// Parses a ticket of any shape, and keeps its shape.
    #[cold]
    fn parse_any(
        &mut self,
        text: &[u8],
        visit: &mut impl FnMut(Key, Range<usize>),
    ) -> serde_json::Result<usize> {
        self.end.clear();
        let mut parser = serde_json::Deserializer::from_slice(text);
        let learner = Learner { parser: self, text, visit };
        let (count, last) = parser.deserialize_map(learner)?;
        let end = parser.into_iter::<IgnoredAny>().byte_offset();
        if count == self.members.len() && end - last <= MAX_BETWEEN {
            self.end.extend_from_slice(&text[last..end]);
        }
        Ok(end)
    }

    /// Returns the key at `index` of a ticket, whose JSON is `name`. Keeps it with the text
    /// `before` its value.
    fn learn(&mut self, index: usize, name: &str, before: &[u8]) -> Key {
        if let Some(member) = self.members.get(index)
            && member.before == before
        {
            return member.key;
        }
        self.members.truncate(index);
        let key = self.keys.find(name);
        let fits = index < MAX_MEMBERS && before.len() <= MAX_BETWEEN;
        if fits && index == self.members.len() {
            self.members.push(Member { before: before.to_owned(), key });
        }
        key
    }
}

/// Visits the members of a ticket and learns its shape. Keys and values are raw, so that
/// serde_json skips them without recursion: no depth of brackets overflows the stack.
struct Learner<'l, 'c, V> {
    parser: &'l mut TicketParser<'c>,
    text: &'l [u8],
    visit: &'l mut V,
}

impl<'de, V: FnMut(Key, Range<usize>)> Visitor<'de> for Learner<'_, '_, V> {
    /// The number of members and the end of the last value.
    type Value = (usize, usize);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a ticket")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut count, mut last) = (0, 0);
        while let Some(key) = map.next_key::<&'de RawValue>()? {
            let value = map.next_value::<&'de RawValue>()?.get();
            let start = value.as_ptr() as usize - self.text.as_ptr() as usize;
            let key = self.parser.learn(count, key.get(), &self.text[last..start]);
            last = start + value.len();
            (self.visit)(key, start..last);
            count += 1;
        }
        self.parser.members.truncate(count);
        Ok((count, last))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::value::each_member;
    use super::*;

    fn parser() -> TicketParser<'static> {
        TicketParser::new(KeyIndex::new(&[]))
    }

    type Parsed<'t> = (Vec<&'t str>, usize);

    /// Returns the values of `text` and its end, if it has the shape that `parser` knows.
    fn like_last<'t>(parser: &mut TicketParser<'_>, text: &'t str) -> Option<Parsed<'t>> {
        let mut values = Vec::new();
        let end =
            parser.parse_like_last(text.as_bytes(), &mut |_, range| values.push(&text[range]))?;
        Some((values, end))
    }

    /// Returns a parser that knows the shape of `text`.
    fn parser_for(text: &str) -> TicketParser<'static> {
        let mut parser = parser();
        parser.parse(text.as_bytes(), |_, _| ()).expect("a ticket");
        parser
    }

    #[test]
    fn ticket_with_the_same_shape_is_parsed() {
        let forms = [
            r#"{"TicketId":1,"Title":TITLE,"Sentiment":-1.5e9,"Right":{"a" : [1, {"}":null}]}}"#,
            "{ \"TicketId\" : 1 ,\n\t\"Title\": TITLE,\"x\\u0041\\\"\":-1.5e9 , \"R\":{\"a\" : [1, {\"}\":null}]}\n}",
        ];
        for form in forms {
            let mut parser = parser_for(&form.replace("TITLE", "0"));
            for title in
                ["\"\"", r#""\"\\\/\b\f\n\r\t\u00e6\ud800""#, "\"Gdańsk 世界 and more\"", "17"]
            {
                let text = form.replace("TITLE", title) + ",";
                let (values, end) = like_last(&mut parser, &text).expect("the shape is known");
                assert_eq!(values, ["1", title, "-1.5e9", r#"{"a" : [1, {"}":null}]}"#]);
                assert_eq!(end, text.len() - 1);
            }
        }
        assert_eq!(like_last(&mut parser_for("{ }"), "{ },"), Some((vec![], 3)));
    }

    #[test]
    fn anything_else_is_left_to_serde_json() {
        let mut parser = parser_for(r#"{"a":1}"#);
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
            r#"{"a":1.}"#,
            r#"{"a":nul}"#,
            r#"{"a":nulll}"#,
            r#"{"a":"\x"}"#,
            r#"{"a":"\u12g4"}"#,
            r#"{"a":"\u12"}"#,
            "{\"a\":\"\n\"}",
            r#"{"a":""#,
            r#"{"a":[1}"#,
        ];
        for text in cases {
            assert_eq!(like_last(&mut parser, text), None, "{text}");
        }
    }

    #[test]
    fn nested_value_is_checked_to_any_depth() {
        let mut parser = parser_for(r#"{"a":1}"#);
        let deep = format!("{}1{}", "[".repeat(2000), "]".repeat(2000));
        for nested in [r#"{"b":[1]}"#, r#"{ "b" : [12, {}] ,"":"æ"}"#, "[]", "[ ]", "{ }", &deep] {
            let text = format!(r#"{{"a":{nested}}}"#);
            assert_eq!(like_last(&mut parser, &text), Some((vec![nested], text.len())));
        }
        let unbalanced = format!(r#"{{"a":{}}}"#, &deep[1..]);
        let broken = [
            r#"{"a":{"b":[1],"c":x}}"#,
            r#"{"a":{"b":[1]"#,
            r#"{"a":{"b":[1]}"#,
            r#"{"a":[1,]}"#,
            r#"{"a":[,1]}"#,
            r#"{"a":[1 2]}"#,
            r#"{"a":[1}}"#,
            r#"{"a":{"b":1]}"#,
            r#"{"a":{"b":1,}}"#,
            r#"{"a":{"b" 1}}"#,
            r#"{"a":{b:1}}"#,
            r#"{"a":{"b"}}"#,
            &unbalanced,
        ];
        for text in broken {
            assert_eq!(like_last(&mut parser, text), None, "{text}");
        }
    }

    #[test]
    fn shape_of_very_many_members_or_very_long_keys_is_not_kept() {
        let many: Vec<_> = (0..=MAX_MEMBERS).map(|index| format!("\"k{index}\":0")).collect();
        let long = format!("{{\"{}\":0}}", "k".repeat(MAX_BETWEEN));
        for text in [format!("{{{}}}", many.join(",")), long] {
            let mut parser = parser_for(&text);
            assert!(parser.members.len() <= MAX_MEMBERS);
            assert_eq!(like_last(&mut parser, &text), None);
            assert_eq!(parser.parse(text.as_bytes(), |_, _| ()).ok(), Some(text.len()));
        }
    }

    #[test]
    fn key_is_found_in_any_case_and_with_escapes() {
        let text = r#"{"x":1,"\u0054icketID":2,"Slevel":3}"#;
        let mut keys = Vec::new();
        let parsed = parser().parse(text.as_bytes(), |key, _| keys.push((key.place, key.is_enum)));
        assert_eq!(parsed.ok(), Some(text.len()));
        assert_eq!(keys, [(None, false), (Some(KeyIndex::ID), false), (None, true)]);
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
            "\"\\u12\"",
            "\"0001-01-01T00:00:00\"",
            "\"\\\\\"",
            "\"\\\"",
            "\"\u{7f}\"",
            "\"\u{1}\"",
            "\"\\ud83d\"",
        ];
        prop_oneof![
            4 => proptest::sample::select(vec!["1", "12", "\"x\"", "null", "{\"a\":[1]}"]).prop_map(str::to_owned),
            1 => proptest::sample::select(fixed.to_vec()).prop_map(str::to_owned),
            1 => "[a-zæ世 ]{0,20}".prop_map(|text| format!("\"{text}\"")),
            1 => "[\"\\\\ux0-9a-f\n\u{1f} ]{0,12}".prop_map(|text| format!("\"{text}\"")),
        ]
    }

    /// Tickets of mostly the same keys and white space.
    fn ticket() -> impl Strategy<Value = String> {
        let keys = prop_oneof![
            6 => Just(vec!["TicketId", "ticketid", "\\u0061", "d"]),
            1 => Just(vec!["TicketId", "ticketid", "a"]),
            1 => Just(vec!["d", "a", "a", "x\\\"y", "TicketId"]),
        ];
        let space = prop_oneof![6 => Just(["", "\n "]), 1 => Just([" ", ""])];
        let tail = prop_oneof![6 => Just(","), 1 => proptest::sample::select(vec!["", " ", "]", "}", "x"])];
        (keys, space, prop::collection::vec(value(), 5), tail).prop_map(
            |(keys, [a, b], values, tail)| {
                let members: Vec<_> = keys
                    .iter()
                    .zip(values)
                    .map(|(key, value)| format!("{b}\"{key}\"{a}:{a}{value}{a}"))
                    .collect();
                format!("{{{}{b}}}{tail}", members.join(","))
            },
        )
    }

    /// Returns all members and the end of `text`, as serde_json finds them.
    fn expected(text: &str) -> Option<Parsed<'_>> {
        let mut parser = serde_json::Deserializer::from_str(text);
        parser.deserialize_ignored_any(IgnoredAny).ok()?;
        let end = parser.into_iter::<IgnoredAny>().byte_offset();
        let mut values = Vec::new();
        each_member(&text[..end], |_, value| values.push(value));
        Some((values, end))
    }

    proptest! {
        #[test]
        fn tickets_are_parsed_as_serde_json_does(tickets in prop::collection::vec(ticket(), 1..12)) {
            let mut parser = parser();
            for text in tickets {
                let like_last = like_last(&mut parser, &text);
                prop_assert!(like_last.is_none() || like_last == expected(&text), "{:?}", text);
                let mut values = Vec::new();
                let end = parser.parse(text.as_bytes(), |_, range| values.push(&text[range])).ok();
                let parsed = end.map(|end| {
                    // The beginning may have been visited twice.
                    let count = expected(&text).map_or(0, |(values, _)| values.len());
                    (values.split_off(values.len() - count), end)
                });
                prop_assert_eq!(parsed, expected(&text));
            }
        }

        #[test]
        fn what_is_parsed_is_utf8(
            texts in prop::collection::vec("[a-zæ世🎉\"\\\\]{0,12}", 1..4),
            at in 0..100_usize,
            byte: u8,
        ) {
            let members: Vec<_> =
                texts.iter().enumerate().map(|(at, text)| format!("\"k{at}\":\"{text}\"")).collect();
            let text = format!("{{{},\"n\":{{\"æ\":[\"世\"]}}}}", members.join(","));
            let mut parser = parser();
            let _ = parser.parse(text.as_bytes(), |_, _| ());
            let mut bytes = text.into_bytes();
            // Behind the brace, which makes it a ticket.
            let at = 1 + at % (bytes.len() - 1);
            bytes[at] = byte;
            for _ in 0..2 {
                if let Ok(end) = parser.parse(&bytes, |_, _| ()) {
                    prop_assert!(std::str::from_utf8(&bytes[..end]).is_ok(), "{:?}", bytes);
                }
            }
        }
    }
}
