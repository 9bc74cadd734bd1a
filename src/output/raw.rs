//! `-o json` and `-o xml`: the server's own bytes.

use std::fmt;
use std::io::{self, Write};

use serde::Deserializer as _;
use serde::de::{Error as _, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::encoding::without_utf8_bom;

use super::format::{Document, Format};

/// One answer is written untouched. Several become one array of JSON, with their elements as
/// they were sent.
#[derive(Debug)]
pub(super) struct Raw;

impl Format for Raw {
    fn write(&self, document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
        if let [answer] = document.answers {
            return out.write_all(answer);
        }
        let mut separator = "[";
        for answer in document.answers {
            each_element(answer, |element| {
                out.write_all(separator.as_bytes())?;
                separator = ",";
                out.write_all(element.as_bytes())
            })?;
        }
        out.write_all(if separator == "[" { b"[]" } else { b"]" })
    }
}

/// Calls `write` with each element of the array `answer`, which has been checked.
fn each_element(answer: &[u8], mut write: impl FnMut(&str) -> io::Result<()>) -> io::Result<()> {
    let mut failure = None;
    let visitor = Elements(|element: &str| write(element).map_err(|error| failure = Some(error)));
    let result = serde_json::Deserializer::from_slice(without_utf8_bom(answer))
        .deserialize_seq(visitor)
        .map_err(io::Error::other);
    failure.map_or(result, Err)
}

/// Visits an array with a function that takes each element, until that fails.
struct Elements<F>(F);

impl<'de, F: FnMut(&str) -> Result<(), ()>> Visitor<'de> for Elements<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<(), A::Error> {
        while let Some(element) = elements.next_element::<&RawValue>()? {
            (self.0)(element.get()).map_err(|()| A::Error::custom("it cannot be written"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ticket::date::{DateFormatter, Style};

    fn written(answers: &[&str]) -> String {
        let answers: Vec<&[u8]> = answers.iter().map(|answer| answer.as_bytes()).collect();
        let dates = DateFormatter::new(Style::AsSent, None, chrono::DateTime::UNIX_EPOCH);
        let document = Document {
            answers: &answers,
            tickets: &[],
            columns: &[],
            dates: &dates,
            urls: None,
            about: None,
        };
        let mut out = Vec::new();
        Raw.write(&document, &mut out).expect("memory takes it all");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn elements_of_several_answers_are_joined_as_sent() {
        let cases: [(&[&str], &str); 5] = [
            (&["\u{feff}[ {\"a\": 1} ]\n"], "\u{feff}[ {\"a\": 1} ]\n"),
            (
                &["\u{feff}[ {\"a\": 1.0e0},\n null]\n", "[{\"a\":\"\\u0041\"} , { } ]"],
                "[{\"a\": 1.0e0},null,{\"a\":\"\\u0041\"},{ }]",
            ),
            (&["[]", "[null]", " [ ] "], "[null]"),
            (&["[]", "[]"], "[]"),
            (&["[1]", "[[2,3]]"], "[1,[2,3]]"),
        ];
        for (answers, expected) in cases {
            assert_eq!(written(answers), expected, "{answers:?}");
        }
    }
}
