//! The cells of a ticket, in the order of the columns.

use std::fmt;

use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::fast_parser;
use super::key_index::Keys;
use super::list::Ticket;
use super::value::{Value, member};
use crate::ticket::column::Column;

/// Reads the same columns out of ticket after ticket.
#[derive(Debug)]
pub struct RowReader<'a> {
    columns: &'a [Column],
    keys: Keys<'a>,
    /// For each column, the places of its first name and, for a path, of the whole.
    places: Vec<(usize, Option<usize>)>,
    found: Vec<Option<&'a str>>,
}

impl<'a> RowReader<'a> {
    /// A reader of `columns`.
    #[must_use]
    pub fn new(columns: &'a [Column]) -> Self {
        let keys = Keys::of(columns);
        let places = columns
            .iter()
            .map(|column| {
                let path = column.path();
                let root = column.segments().next().unwrap_or(path);
                let whole = if root == path { None } else { keys.place_of(path) };
                (keys.place_of(root).unwrap_or(Keys::ID), whole)
            })
            .collect();
        Self { columns, found: vec![None; keys.count()], keys, places }
    }

    /// Reads `ticket`; [`RowReader::value`] then gives its cells.
    pub fn read(&mut self, ticket: Ticket<'a>) {
        if ticket.cells_into(&mut self.found) {
            return;
        }
        let json = ticket.json();
        self.found.fill(None);
        let found = &mut self.found;
        let compact = fast_parser::read::<true>(json.as_bytes(), &mut self.keys, |key, range| {
            if let Some(place) = key.place {
                found[place] = Some(&json[range]);
            }
            false
        });
        if compact.is_none() {
            self.found.fill(None);
            // The whole answer was checked before anything is read out of it.
            let _ = serde_json::Deserializer::from_str(json).deserialize_map(self);
        }
    }

    /// The JSON of the column at `index`, of the ticket read last; `None` where it
    /// has none.
    #[must_use]
    #[inline]
    pub fn json(&self, index: usize) -> Option<&'a str> {
        let (root, whole) = self.places[index];
        let Some(whole) = whole else { return self.found[root] };
        if let Some(json) = self.found[whole] {
            return Some(json);
        }
        let names = self.columns[index].segments().skip(1);
        names.fold(self.found[root], |json, name| member(json?, name))
    }

    /// The value of the column at `index`, of the ticket read last.
    #[must_use]
    pub fn value(&self, index: usize) -> Value<'a> {
        self.json(index).map_or(Value::Null, Value::new)
    }

    /// The cells of the ticket read last.
    pub fn values(&self) -> impl Iterator<Item = (&'a Column, Value<'a>)> {
        self.columns.iter().enumerate().map(|(index, column)| (column, self.value(index)))
    }
}

impl<'de: 'a, 'a> Visitor<'de> for &mut RowReader<'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a ticket")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut index = 0;
        while let Some(place) = map.next_key_seed(self.keys.at(index))? {
            match place {
                // Where a key is repeated, the last one counts, as everywhere.
                Some(place) => self.found[place] = Some(map.next_value::<&'a RawValue>()?.get()),
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
            index += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::value::each_member;
    use super::*;
    use crate::ticket::column;

    fn values(lists: &str, tickets: &[&str]) -> Vec<Vec<String>> {
        let columns = column::parse(&[lists], true).expect("fields");
        let mut reader = RowReader::new(&columns);
        let mut rows = Vec::new();
        for json in tickets {
            reader.read(Ticket::from_json(json));
            rows.push(reader.values().map(|(_, value)| format!("{value:?}")).collect());
        }
        rows
    }

    #[test]
    fn cells_follow_the_columns_whatever_the_order_of_the_keys() {
        let rows = values(
            "Title,TicketId,TableRight/Mask,Author",
            &[
                r#"{"TicketId":1,"Title":"a","Extra":{"Title":9},"TableRight":{"Mask":"Select","Reason":""}}"#,
                r#"{"Title":"b","TicketId":2,"TableRight":null}"#,
                r#"{"title":"c","\u0054icketId":3,"Author":"x","Author":"y"}"#,
                r#"{"TableRight/Mask":"Update"}"#,
            ],
        );
        let expected = [
            [r#"Text("a")"#, r#"Number("1")"#, r#"Text("Select")"#, "Null"],
            [r#"Text("b")"#, r#"Number("2")"#, "Null", "Null"],
            [r#"Text("c")"#, r#"Number("3")"#, "Null", r#"Text("y")"#],
            ["Null", "Null", r#"Text("Update")"#, "Null"],
        ];
        assert_eq!(rows, expected);
    }

    #[test]
    fn a_path_and_its_object_can_stand_side_by_side() {
        let json = r#"{"FieldProperties":{"Title":{"FieldRight":{"Mask":"M"},"FieldLength":5}}}"#;
        let rows = values(
            "FieldProperties/Title/FieldLength,FieldProperties,FieldProperties/Title/FieldRight/Mask",
            &[json],
        );
        let whole = format!("Json({:?})", &json[r#"{"FieldProperties":"#.len()..json.len() - 1]);
        assert_eq!(rows, [[r#"Number("5")"#.to_owned(), whole, r#"Text("M")"#.to_owned()]]);
    }

    /// A ticket of few keys and values, most of which are those of any other.
    fn ticket() -> impl Strategy<Value = String> {
        let value = prop_oneof![
            6 => Just("\"x\""),
            1 => proptest::sample::select(vec!["null", "1", "[1]", "\"\\n\"", " 2"]),
        ];
        let keys = prop_oneof![
            6 => Just(vec!["TicketId", "Title", "Author", "Slevel", "Origin"]),
            1 => Just(vec!["TicketId", "Title", "Author", "Slevel"]),
            1 => Just(vec!["Title", "TicketId", "title", "Author", "Origin", "Slevel"]),
        ];
        (keys, prop::collection::vec(value, 6)).prop_map(|(keys, values)| {
            let members = keys.iter().zip(values).map(|(key, value)| format!("\"{key}\":{value}"));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        })
    }

    proptest! {
        #[test]
        fn a_ticket_is_read_alike_whatever_was_read_before(
            tickets in prop::collection::vec(ticket(), 1..12),
        ) {
            let columns = column::parse(&["Title,Origin,TicketId,Slevel"], true).expect("fields");
            let mut reader = RowReader::new(&columns);
            for json in &tickets {
                let ticket = Ticket::from_json(json);
                reader.read(ticket);
                let mut alone = RowReader::new(&columns);
                alone.read(ticket);
                for (index, column) in columns.iter().enumerate() {
                    prop_assert_eq!(reader.json(index), alone.json(index));
                    let mut last = None;
                    each_member(json, |key, value| {
                        if key.eq_ignore_ascii_case(column.path()) {
                            last = Some(value);
                        }
                    });
                    prop_assert_eq!(reader.json(index), last);
                }
            }
        }
    }
}
