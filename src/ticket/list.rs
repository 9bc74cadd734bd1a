//! The tickets of an answer: checked once as a whole, read one by one later.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::column::TICKET_ID;
use super::date;
use super::field;

/// One place of the answer's array.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The ticket's JSON object, as sent; `None` for a `null`.
    json: Option<&'a str>,
    id: Option<i64>,
    empty: bool,
}

impl<'a> Entry<'a> {
    /// The ticket, unless there is a `null` or an empty ticket in its place: one
    /// whose every field is null, 0, false, an empty text, 'no date' or an enum's
    /// `Unknown`.
    #[must_use]
    pub fn ticket(&self) -> Option<Ticket<'a>> {
        self.json.filter(|_| !self.empty).map(Ticket)
    }

    /// The ticket's id, where it carries one.
    #[must_use]
    pub const fn id(&self) -> Option<i64> {
        self.id
    }
}

/// A ticket, borrowed from the answer's bytes.
#[derive(Clone, Copy, Debug)]
pub struct Ticket<'a>(&'a str);

impl<'a> Ticket<'a> {
    /// The JSON object, as sent.
    #[must_use]
    pub const fn json(self) -> &'a str {
        self.0
    }

    #[cfg(test)]
    pub(crate) const fn from_json(json: &'a str) -> Self {
        Self(json)
    }
}

/// Why an answer is not a list of tickets.
#[derive(Debug)]
pub enum Fault {
    /// The text is not JSON.
    Syntax(serde_json::Error),
    /// The element at this place, counted from 1, is something else than an
    /// object.
    NotATicket(usize, String),
}

/// Reads `json`, an array of tickets, and checks all of it. Nothing is copied.
///
/// # Errors
/// Where it is not JSON, or an element is neither an object nor `null`.
pub fn read(json: &str) -> Result<Vec<Entry<'_>>, Fault> {
    // A raw value is skipped over without recursion, so that no depth of
    // brackets can overflow the stack.
    let elements: Vec<&RawValue> = serde_json::from_str(json).map_err(Fault::Syntax)?;
    let mut entries = Vec::with_capacity(elements.len());
    for (index, element) in elements.into_iter().enumerate() {
        let json = element.get();
        match json.as_bytes().first() {
            Some(b'{') => {
                let Head { id, empty, .. } = Head::of(json);
                entries.push(Entry { json: Some(json), id, empty });
            }
            Some(b'n') => entries.push(Entry { json: None, id: None, empty: true }),
            _ => return Err(Fault::NotATicket(index + 1, json.to_owned())),
        }
    }
    Ok(entries)
}

/// What must be known of each ticket before any is printed.
struct Head {
    id: Option<i64>,
    empty: bool,
    done: bool,
}

impl Head {
    fn of(json: &str) -> Self {
        let mut head = Self { id: None, empty: true, done: false };
        let mut deserializer = serde_json::Deserializer::from_str(json);
        // The JSON was checked before. An early end, once all is known, reads
        // as an error here and is none.
        let _ = deserializer.deserialize_map(&mut head);
        head
    }
}

impl<'de> Visitor<'de> for &mut Head {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a ticket")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Key<'de>>()? {
            let names_ticket = key.0.eq_ignore_ascii_case(TICKET_ID);
            if !names_ticket && !self.empty {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let value = map.next_value::<&RawValue>()?.get();
            self.empty &= is_empty(&key.0, value);
            if names_ticket {
                self.id = id(value);
                self.done = self.id.is_some();
            }
            if self.done {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// A key, borrowed where it has no escapes.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] std::borrow::Cow<'a, str>);

/// The id in a number or in a text of digits; 0 is what a nulled id looks like.
fn id(json: &str) -> Option<i64> {
    json.trim_matches('"').parse().ok().filter(|id| *id != 0)
}

fn is_empty(name: &str, json: &str) -> bool {
    match json.as_bytes().first() {
        Some(b'n' | b'f') => true,
        Some(b'"') => {
            let text = &json[1..json.len() - 1];
            text.is_empty() || date::is_no_date(text) || is_no_value(name, text)
        }
        Some(b'{' | b'[') => json[1..json.len() - 1].trim().is_empty(),
        Some(b't') | None => false,
        Some(_) => json.parse::<f64>().is_ok_and(|number| number == 0.0),
    }
}

/// Whether `text` is the value of an enum that says nothing. A made-up ticket
/// carries these where its numbers are 0.
fn is_no_value(name: &str, text: &str) -> bool {
    text == "Unknown" && field::find(name).is_some_and(|field| !field.values.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(json: &str) -> Vec<(Option<i64>, bool)> {
        read(json)
            .expect("tickets")
            .iter()
            .map(|entry| (entry.id(), entry.ticket().is_some()))
            .collect()
    }

    #[test]
    fn ids_are_found_wherever_they_stand() {
        let json = r#"[{"TicketId":839,"Title":"a"}, {"Title":"b","ticketid":"249"},
            {"\u0054icketId":7}, {"Title":"c"}, {"TicketId":null,"Title":"d"}, {"TicketId":0,"Title":"e"}]"#;
        let expected = [
            (Some(839), true),
            (Some(249), true),
            (Some(7), true),
            (None, true),
            (None, true),
            (None, true),
        ];
        assert_eq!(ids(json), expected);
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
            assert_eq!(ids(&format!("[{json}]")), [(None, false)], "{json}");
        }
        let full = [
            r#"{"TicketId":0,"Title":"Unknown"}"#,
            r#"{"HasAttachment":true}"#,
            r#"{"Sentiment":1e400}"#,
            r#"{"TableRight":{"Mask":"Select"}}"#,
        ];
        for json in full {
            assert_eq!(ids(&format!("[{json}]")), [(None, true)], "{json}");
        }
    }

    #[test]
    fn what_is_no_ticket_is_named() {
        assert!(matches!(read("[{}, 5]"), Err(Fault::NotATicket(2, element)) if element == "5"));
        assert!(matches!(read("[{}, "), Err(Fault::Syntax(_))));
        assert!(matches!(read("[{}] x"), Err(Fault::Syntax(_))));
    }

    #[test]
    fn deep_nesting_does_not_overflow_the_stack() {
        let deep = format!("[{{\"X\":{}1{}}}]", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(read(&deep).expect("deep, and JSON").len(), 1);
        assert!(read(&"[".repeat(100_000)).is_err());
    }
}
