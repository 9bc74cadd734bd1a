//! The answer of GetTickets: the selected fields of each ticket, as JSON or XML.

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::fields::{Fields, fields};
use super::request::Query;
use super::ticket::SampleTicket;

const XML_OPENING: &str = concat!(
    r#"<?xml version="1.0" encoding="utf-8"?>"#,
    r#"<ArrayOfTicket xmlns="http://schemas.datacontract.org/2004/07/SuperOffice.CRM.Services""#,
    r#" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">"#,
);

/// A ticket as it is sent: its fields in their order.
struct Selected(Fields);

impl Serialize for Selected {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl Selected {
    /// Replaces each value of `fields` that none of `paths` leads to by null. No paths select
    /// everything.
    fn new(mut fields: Fields, paths: &[String]) -> Self {
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        if !paths.is_empty() {
            fields.iter_mut().for_each(|(name, value)| clear_unselected(name, value, &paths));
        }
        Self(fields)
    }
}

fn clear_unselected(name: &str, value: &mut Value, paths: &[&str]) {
    let is_own = |part: &str| part.eq_ignore_ascii_case(name);
    if paths.iter().any(|path| is_own(path)) {
        return;
    }
    let inner: Vec<&str> = paths
        .iter()
        .filter_map(|path| path.split_once('/'))
        .filter_map(|(first, rest)| is_own(first).then_some(rest))
        .collect();
    match value {
        Value::Object(members) if !inner.is_empty() => {
            members.iter_mut().for_each(|(name, value)| clear_unselected(name, value, &inner));
        }
        _ => *value = Value::Null,
    }
}

/// Returns the body of the answer to `query`.
pub(super) fn body(query: &Query) -> Vec<u8> {
    let tickets = query.ids.iter().filter_map(|&id| SampleTicket::find(id)).map(|ticket| {
        let fields = fields(&ticket, query.language, query.zone.unwrap_or_default());
        Selected::new(fields, &query.select)
    });
    if query.is_xml {
        xml_document(tickets)
    } else {
        serde_json::to_vec(&tickets.collect::<Vec<_>>()).unwrap_or_default()
    }
}

fn xml_document(tickets: impl Iterator<Item = Selected>) -> Vec<u8> {
    let mut text = String::from(XML_OPENING);
    for Selected(fields) in tickets {
        text.push_str("<Ticket>");
        fields.iter().for_each(|(name, value)| push_element(&mut text, name, value));
        text.push_str("</Ticket>");
    }
    text.push_str("</ArrayOfTicket>");
    text.into_bytes()
}

/// Appends an element. Its name is a field's, which needs no escape.
fn push_element(text: &mut String, name: &str, value: &Value) {
    if value.is_null() {
        *text += &format!("<{name} i:nil=\"true\"/>");
        return;
    }
    *text += &format!("<{name}>");
    match value {
        Value::String(content) => push_escaped(text, content),
        Value::Object(members) => {
            members.iter().for_each(|(member, value)| push_element(text, member, value));
        }
        number_or_flag => *text += &number_or_flag.to_string(),
    }
    *text += &format!("</{name}>");
}

fn push_escaped(text: &mut String, content: &str) {
    for char in content.chars() {
        match char {
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '&' => text.push_str("&amp;"),
            // A parser would read it as a line feed.
            '\r' => text.push_str("&#13;"),
            '\t' | '\n' => text.push(char),
            // XML 1.0 has no way to write these, escaped or not.
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => text.push('\u{fffd}'),
            _ => text.push(char),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object() -> Fields {
        let right = json!({"Mask": "Select", "Reason": ""});
        vec![("Title", "One".into()), ("TableRight", right)]
    }

    fn selected(paths: &[&str]) -> String {
        let paths: Vec<String> = paths.iter().copied().map(str::to_owned).collect();
        serde_json::to_string(&Selected::new(object(), &paths)).unwrap()
    }

    #[test]
    fn unselected_value_is_null() {
        for (paths, expected) in [
            (&["TITLE"][..], r#"{"Title":"One","TableRight":null}"#),
            (&["Tilte"], r#"{"Title":null,"TableRight":null}"#),
            (&["Title/X"], r#"{"Title":null,"TableRight":null}"#),
            (
                &["tableright/mask"],
                r#"{"Title":null,"TableRight":{"Mask":"Select","Reason":null}}"#,
            ),
            (
                &["TableRight/Mask", "TableRight"],
                r#"{"Title":null,"TableRight":{"Mask":"Select","Reason":""}}"#,
            ),
            (&["TableRight/Mask/X"], r#"{"Title":null,"TableRight":{"Mask":null,"Reason":null}}"#),
        ] {
            assert_eq!(selected(paths), expected, "{paths:?}");
        }
    }

    fn xml(fields: Fields) -> String {
        let document = xml_document([Selected(fields)].into_iter());
        let document = String::from_utf8(document).unwrap();
        let rest = document.strip_prefix(XML_OPENING).unwrap();
        rest.strip_suffix("</ArrayOfTicket>").unwrap().to_owned()
    }

    #[test]
    fn xml_is_escaped() {
        let title = "<b>\"R&D\"</b> ]]> 世\r\n\u{1b}[31m";
        assert_eq!(
            xml(vec![("Title", title.into()), ("CustId", (-1).into()), ("Author", Value::Null)]),
            "<Ticket><Title>&lt;b&gt;\"R&amp;D\"&lt;/b&gt; ]]&gt; 世&#13;\n\u{fffd}[31m</Title>\
             <CustId>-1</CustId><Author i:nil=\"true\"/></Ticket>"
        );
        assert_eq!(
            xml(object()),
            "<Ticket><Title>One</Title>\
             <TableRight><Mask>Select</Mask><Reason></Reason></TableRight></Ticket>"
        );
        let empty = format!("{XML_OPENING}</ArrayOfTicket>");
        assert_eq!(xml_document(std::iter::empty()), empty.into_bytes());
    }
}
