//! The cells of a ticket, in the order of the columns.

use crate::ticket::column::Column;

use super::key_index::KeyIndex;
use super::list::Ticket;
use super::ticket_parser::TicketParser;
use super::value::{self, Value};

/// Reads the same columns of ticket after ticket.
#[derive(Debug)]
pub(crate) struct RowReader<'a> {
    columns: &'a [Column],
    parser: TicketParser<'a>,
    /// For each column, the place of its first name and, for a path, that of the path.
    places: Vec<(usize, Option<usize>)>,
    found: Vec<Option<&'a str>>,
}

impl<'a> RowReader<'a> {
    /// Creates a reader of `columns`.
    pub(crate) fn new(columns: &'a [Column]) -> Self {
        let keys = KeyIndex::new(columns);
        let places = columns
            .iter()
            .map(|column| {
                let (root, path) = (column.root(), column.path());
                let path = if root == path { None } else { keys.place(path) };
                (keys.place(root).unwrap_or(KeyIndex::ID), path)
            })
            .collect();
        let found = vec![None; keys.len()];
        Self { columns, parser: TicketParser::new(keys), places, found }
    }

    /// Reads `ticket`; [`RowReader::value`] then returns its cells.
    pub(crate) fn read(&mut self, ticket: Ticket<'a>) {
        if ticket.cells_into(&mut self.found) {
            return;
        }
        let json = ticket.json();
        let found = &mut self.found;
        found.fill(None);
        // There is no error: the whole answer has been checked. If a key is repeated, the last
        // one counts, as everywhere.
        let _ = self.parser.parse(json.as_bytes(), |key, range| {
            if let Some(place) = key.place {
                found[place] = json.get(range);
            }
        });
    }

    /// Returns the JSON of the column at `index`, of the ticket that was read last.
    #[inline]
    pub(crate) fn json(&self, index: usize) -> Option<&'a str> {
        match self.places[index] {
            (root, None) => self.found[root],
            (root, Some(path)) => self.found[path].or_else(|| self.member(index, root)),
        }
    }

    /// Follows the path of the column at `index` into the object at `root`.
    #[cold]
    fn member(&self, index: usize, root: usize) -> Option<&'a str> {
        let names = self.columns[index].segments().skip(1);
        names.fold(self.found[root], |json, name| value::member(json?, name))
    }

    /// Returns the value of the column at `index`, of the ticket that was read last.
    pub(crate) fn value(&self, index: usize) -> Value<'a> {
        self.json(index).map_or(Value::Null, Value::new)
    }

    /// Returns the cells of the ticket that was read last.
    pub(crate) fn values(&self) -> impl Iterator<Item = (&'a Column, Value<'a>)> {
        self.columns.iter().enumerate().map(|(index, column)| (column, self.value(index)))
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
    fn cells_are_in_the_order_of_the_columns() {
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
    fn path_and_its_object_can_both_be_columns() {
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
        fn row_does_not_depend_on_the_tickets_before(
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
