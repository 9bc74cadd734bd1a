//! A value of the answer, borrowed from its bytes.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::ticket::received_id::ReceivedId;

/// A value by its own JSON type. Numbers keep the text that the server sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// `null`, or a field that the ticket does not have.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as sent: `1e400` and 40 digits survive.
    Number(&'a str),
    /// A text, decoded.
    Text(Cow<'a, str>),
    /// An object or an array, as sent.
    Json(&'a str),
}

impl<'a> Value<'a> {
    /// Returns the value of `json`, a single JSON value without white space around it.
    ///
    /// A lone surrogate in a text (`\ud800`) becomes U+FFFD. Servers that cut texts by UTF-16 units
    /// send such a half character, and one cut title must not cost the answer.
    #[inline]
    pub(crate) fn new(json: &'a str) -> Self {
        match json.as_bytes().first() {
            None | Some(b'n') => Self::Null,
            Some(b't') => Self::Bool(true),
            Some(b'f') => Self::Bool(false),
            Some(b'"') => Self::Text(text(json)),
            Some(b'{' | b'[') => Self::Json(json),
            Some(_) => Self::Number(json),
        }
    }

    /// Returns the ticket id that the value spells: a whole number, or a text that holds one.
    #[inline]
    pub(crate) fn received_id(&self) -> ReceivedId {
        match self {
            Self::Null => ReceivedId::ABSENT,
            Self::Number(number) => ReceivedId::from_text(number),
            Self::Text(text) => ReceivedId::from_text(text),
            Self::Bool(_) | Self::Json(_) => ReceivedId::UNREADABLE,
        }
    }
}

/// Returns the member `name` of `json`, if it is an object that has one.
pub(super) fn member<'a>(json: &'a str, name: &str) -> Option<&'a str> {
    let mut found = None;
    each_member(json, |key, value| {
        if key.eq_ignore_ascii_case(name) {
            found = Some(value);
        }
    });
    found
}

/// Calls `visit` with each key and value of the object `json`, in its order.
pub(crate) fn each_member<'a>(json: &'a str, visit: impl FnMut(&str, &'a str)) {
    struct Members<F>(F);

    impl<'de, F: FnMut(&str, &'de str)> Visitor<'de> for Members<F> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
            while let Some(key) = map.next_key::<&'de RawValue>()? {
                let value = map.next_value::<&'de RawValue>()?.get();
                if let Value::Text(key) = Value::new(key.get()) {
                    (self.0)(&key, value);
                }
            }
            Ok(())
        }
    }

    // Anything but an object has no members.
    let _ = serde_json::Deserializer::from_str(json).deserialize_map(Members(visit));
}

fn text(json: &str) -> Cow<'_, str> {
    let inner = json.get(1..json.len() - 1).unwrap_or_default();
    if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
        return Cow::Borrowed(inner);
    }
    let decoded = serde_json::from_str::<String>(json).or_else(|_| {
        let mut deserializer = serde_json::Deserializer::from_str(json);
        deserializer.deserialize_bytes(Lossy)
    });
    // The JSON has been checked. Should decoding fail all the same, the raw text is shown.
    decoded.map_or(Cow::Borrowed(inner), Cow::Owned)
}

/// Decodes a text with lone surrogates. serde_json passes each of them as three bytes that begin
/// with 0xED.
struct Lossy;

impl Visitor<'_> for Lossy {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<String, E> {
        let mut text = String::with_capacity(bytes.len());
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            if chunk.invalid().first() == Some(&0xed) {
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
        Ok(text)
    }
}

/// Appends the JSON `bytes` to `out` without the white space between its tokens. Texts and
/// numbers stay as they are.
pub(crate) fn compact_into(bytes: &[u8], out: &mut Vec<u8>) {
    let mut rest = bytes;
    while let Some(space) = find_space(rest) {
        out.extend_from_slice(&rest[..space]);
        rest = rest[space..].trim_ascii_start();
    }
    out.extend_from_slice(rest);
}

/// Returns `json` without the white space between its tokens.
pub(crate) fn compact(json: &str) -> Cow<'_, str> {
    if find_space(json.as_bytes()).is_none() {
        return Cow::Borrowed(json);
    }
    let mut out = Vec::with_capacity(json.len());
    compact_into(json.as_bytes(), &mut out);
    String::from_utf8(out).map_or(Cow::Borrowed(json), Cow::Owned)
}

/// Returns the position of the first white space between tokens of the JSON `bytes`.
fn find_space(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => return Some(at),
            b'"' => at = string_end(bytes, at),
            _ => at += 1,
        }
    }
    None
}

/// Returns the position after the string that begins at `start`.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(found) = memchr::memchr2(b'"', b'\\', &bytes[at.min(bytes.len())..]) {
        at += found;
        if bytes[at] == b'"' {
            return at + 1;
        }
        at += 2;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_value_keeps_its_own_type() {
        let cases = [
            ("null", Value::Null),
            ("true", Value::Bool(true)),
            ("1e400", Value::Number("1e400")),
            ("-0.50", Value::Number("-0.50")),
            (r#""a,b""#, Value::Text("a,b".into())),
            (r#""a\"\u00e6\n""#, Value::Text("a\"æ\n".into())),
            (r#""\ud83c\udf89""#, Value::Text("🎉".into())),
            (r#""x\ud800y""#, Value::Text("x\u{fffd}y".into())),
            (r#""\udc00\ud800""#, Value::Text("\u{fffd}\u{fffd}".into())),
            (r#"{"a": 1}"#, Value::Json(r#"{"a": 1}"#)),
        ];
        for (json, value) in cases {
            assert_eq!(Value::new(json), value);
        }
    }

    #[test]
    fn compact_leaves_texts_alone() {
        assert_eq!(compact("{ \"a b\" : [ 1.0 ,\n \"c \\\" d\" ] }"), r#"{"a b":[1.0,"c \" d"]}"#);
        assert!(matches!(compact(r#"{"a":1}"#), Cow::Borrowed(_)));
    }

    fn id(json: &str) -> ReceivedId {
        Value::new(json).received_id()
    }

    #[test]
    fn whole_number_in_any_spelling_is_the_id() {
        let spellings = [
            "1",
            "1.0",
            "1.000",
            "1e0",
            "1E0",
            "1E+0",
            "0.1e1",
            "10e-1",
            "100.0e-2",
            "\"1\"",
            "\"01\"",
            "\"1.0\"",
            "\" 1 \"",
            "\"1e0\"",
            "\"+1\"",
            "\"\\u0031\"",
        ];
        for json in spellings {
            assert_eq!(id(json).number(), Some(1), "{json}");
        }
        assert_eq!(id("-5").number(), Some(-5));
        assert_eq!(id("839e2").number(), Some(83_900));
        assert_eq!(id("9223372036854775807").number(), Some(i64::MAX));
    }

    #[test]
    fn null_and_zero_are_no_id() {
        for json in ["null", "0", "-0", "0.0", "0e9", "\"0\"", "\"00\"", "-0.0"] {
            assert_eq!(id(json), ReceivedId::ABSENT, "{json}");
        }
    }

    #[test]
    fn any_other_value_is_unreadable() {
        let values = [
            "\"abc\"",
            "\"\"",
            "\"1 2\"",
            "\"1.\\n\"",
            "\"0x1\"",
            "\"1_0\"",
            "\"--1\"",
            "\".\"",
            "\"e1\"",
            "\"１\"",
            "true",
            "false",
            "1.5",
            "1e-1",
            "1e400",
            "1e99999999999999999999",
            "9223372036854775808",
            "-9223372036854775808",
            "{}",
            "[1]",
            "\"#1\"",
        ];
        for json in values {
            assert_eq!(id(json), ReceivedId::UNREADABLE, "{json}");
        }
    }

    proptest! {
        #[test]
        fn a_text_is_decoded_to_what_was_encoded(text in any::<String>()) {
            let json = serde_json::to_string(&text).expect("a string");
            prop_assert_eq!(Value::new(&json), Value::Text(text.into()));
        }
    }
}
