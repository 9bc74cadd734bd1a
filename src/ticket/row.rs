//! The cells of a ticket, in the order of the columns.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::column::Column;
use super::list::Ticket;
use super::value::Value;

/// Reads the same columns out of ticket after ticket.
#[derive(Debug)]
pub struct RowReader<'a> {
    columns: &'a [Column],
    /// The keys wanted: each column's first name, and each path as a whole, in
    /// case a server answers a path that was selected under that very name.
    wanted: Vec<&'a str>,
    /// For each column, where its first name and its whole path stand in `wanted`.
    places: Vec<(usize, Option<usize>)>,
    /// The keys of the last ticket with their place in `wanted`. Tickets of an
    /// answer have the same keys in the same order, so that a key costs one
    /// comparison instead of a search.
    last: Vec<(Cow<'a, str>, Option<usize>)>,
    found: Vec<Option<&'a str>>,
}

impl<'a> RowReader<'a> {
    /// A reader of `columns`.
    #[must_use]
    pub fn new(columns: &'a [Column]) -> Self {
        let mut wanted = Vec::new();
        let mut place = |name: &'a str| {
            wanted.iter().position(|known| *known == name).unwrap_or_else(|| {
                wanted.push(name);
                wanted.len() - 1
            })
        };
        let places = columns
            .iter()
            .map(|column| {
                let path = column.path();
                let root = column.segments().next().unwrap_or(path);
                (place(root), (root != path).then(|| place(path)))
            })
            .collect();
        Self { columns, found: vec![None; wanted.len()], wanted, places, last: Vec::new() }
    }

    /// Reads `ticket`; [`RowReader::value`] then gives its cells.
    pub fn read(&mut self, ticket: Ticket<'a>) {
        self.found.fill(None);
        let mut deserializer = serde_json::Deserializer::from_str(ticket.json());
        // The whole answer was checked before anything is read out of it.
        let _ = deserializer.deserialize_map(self);
    }

    /// The JSON of the column at `index`, of the ticket read last; `None` where it
    /// has none.
    #[must_use]
    pub fn json(&self, index: usize) -> Option<&'a str> {
        let (root, whole) = self.places[index];
        if let Some(json) = whole.and_then(|place| self.found[place]) {
            return Some(json);
        }
        let mut json = self.found[root];
        for name in self.columns[index].segments().skip(1) {
            json = json.and_then(|json| member(json, name));
        }
        json
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

    fn place(&self, key: &str) -> Option<usize> {
        let exact = self.wanted.iter().position(|name| *name == key);
        exact.or_else(|| self.wanted.iter().position(|name| name.eq_ignore_ascii_case(key)))
    }
}

impl<'de: 'a, 'a> Visitor<'de> for &mut RowReader<'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a ticket")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut index = 0;
        while let Some(place) = map.next_key_seed(KeyAt { reader: self, index })? {
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

/// Turns the key at `index` of a ticket into its place in `wanted`.
struct KeyAt<'r, 'a> {
    reader: &'r mut RowReader<'a>,
    index: usize,
}

impl<'a> KeyAt<'_, 'a> {
    fn look_up(self, key: Cow<'a, str>) -> Option<usize> {
        if let Some((last, place)) = self.reader.last.get(self.index)
            && *last == key
        {
            return *place;
        }
        let place = self.reader.place(&key);
        self.reader.last.truncate(self.index);
        self.reader.last.push((key, place));
        place
    }
}

impl<'de: 'a, 'a> DeserializeSeed<'de> for KeyAt<'_, 'a> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de: 'a, 'a> Visitor<'de> for KeyAt<'_, 'a> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field's name")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(self.look_up(Cow::Borrowed(key)))
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.look_up(Cow::Owned(key.to_owned())))
    }
}

/// The member `name` of the object `json`, where it is one and has it.
fn member<'a>(json: &'a str, name: &str) -> Option<&'a str> {
    let mut found = None;
    each_member(json, |key, value| {
        if key.eq_ignore_ascii_case(name) {
            found = Some(value);
        }
    });
    found
}

/// Calls `visit` with each key and value of the object `json`, in its order.
pub fn each_member<'a>(json: &'a str, visit: impl FnMut(&str, &'a str)) {
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

#[cfg(test)]
mod tests {
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
}
