//! The tickets as they are sent: selected, translated, moved to a zone, and
//! written as JSON or XML.

use std::borrow::Cow;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::fields::{self, Value};
use super::request::Wanted;
use super::select::Part;
use super::ticket::Ticket;
use super::xml;
use super::zone::Zone;

/// A value as it is sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Sent {
    Null,
    Int(i32),
    Bool(bool),
    Text(Cow<'static, str>),
    Object(Vec<(&'static str, Self)>),
}

/// The body that answers `wanted`.
pub(super) fn body(wanted: &Wanted) -> Vec<u8> {
    // Every ticket has the same fields in the same order, so that the
    // selection is compared with their names once.
    let mut parts: Vec<Part> = Vec::new();
    let mut tickets = Vec::with_capacity(wanted.ids.len().min(1000));
    for ticket in wanted.ids.iter().filter_map(|&id| Ticket::find(id)) {
        let fields = fields::of(&ticket);
        if parts.is_empty() {
            parts = fields.iter().map(|(name, _)| wanted.selection.part(name)).collect();
        }
        let sent = fields
            .into_iter()
            .zip(&parts)
            .map(|((name, value), part)| (name, sent(value, part, wanted)));
        tickets.push(Sent::Object(sent.collect()));
    }
    if wanted.xml {
        xml::document(&tickets)
    } else {
        serde_json::to_vec(&tickets).unwrap_or_default()
    }
}

fn sent(value: Value, part: &Part, wanted: &Wanted) -> Sent {
    let zone = wanted.zone.unwrap_or(Zone::SERVER);
    match (value, part) {
        (Value::Null, _) | (_, Part::Nothing) => Sent::Null,
        (Value::Object(members), _) => Sent::Object(
            members
                .into_iter()
                .map(|(name, value)| (name, sent(value, &part.member(name), wanted)))
                .collect(),
        ),
        // A path that goes on below a plain value leads nowhere.
        (_, Part::Inside(_)) => Sent::Null,
        (Value::Int(number), _) => Sent::Int(number),
        (Value::Bool(flag), _) => Sent::Bool(flag),
        (Value::Text(text), _) => Sent::Text(text),
        (Value::Names(path), _) => Sent::Text(wanted.language.text(path)),
        (Value::Date(date), _) => Sent::Text(Cow::Owned(zone.text(date))),
        (Value::UtcDate(date), _) => Sent::Text(Cow::Owned(zone.text_in_utc(date))),
    }
}

impl Serialize for Sent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Int(number) => serializer.serialize_i32(*number),
            Self::Bool(flag) => serializer.serialize_bool(*flag),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value as Json;

    use super::*;
    use crate::demo::language::Language;
    use crate::demo::select::Selection;

    fn wanted(ids: &[i32], query: &str) -> Wanted {
        Wanted {
            ids: ids.to_vec(),
            selection: Selection::of_query(query),
            language: Language::Raw,
            zone: None,
            xml: false,
        }
    }

    fn json(wanted: &Wanted) -> Vec<Json> {
        serde_json::from_slice(&body(wanted)).unwrap()
    }

    #[test]
    fn tickets_come_in_the_order_asked_and_unknown_ids_are_left_out() {
        let tickets = json(&wanted(&[839, 5000, 249, -1, 1], ""));
        let ids: Vec<_> = tickets.iter().map(|ticket| ticket["TicketId"].as_i64()).collect();
        assert_eq!(ids, [Some(839), Some(249), Some(1)]);
        assert_eq!(body(&wanted(&[], "")), b"[]");
    }

    #[test]
    fn what_is_not_selected_is_null_and_still_there() {
        let tickets = json(&wanted(&[249], "$select=title,TicketId,TableRight/Mask"));
        let ticket = tickets[0].as_object().unwrap();
        assert_eq!(ticket.len(), fields::of(&Ticket::find(249).unwrap()).len());
        for (name, value) in ticket {
            match name.as_str() {
                "Title" => assert_eq!(value, "Wrong VAT rate on invoice 10482"),
                "TicketId" => assert_eq!(value, 249),
                "TableRight" => {}
                _ => assert_eq!(*value, Json::Null, "{name}"),
            }
        }
    }

    #[test]
    fn a_path_nulls_the_rest_of_its_object() {
        let all: Vec<i32> = super::super::IDS.collect();
        let tickets = json(&wanted(&all, "$select=TableRight/Mask,FieldProperties/Title,Title/X"));
        let has_rights = |one: &&Json| one["TableRight"].get("Mask").is_some();
        let rights: Vec<_> = tickets.iter().filter(has_rights).collect();
        assert!(!rights.is_empty());
        for ticket in rights {
            assert!(ticket["TableRight"]["Mask"].as_str().unwrap().starts_with("Select"));
            assert_eq!(ticket["TableRight"]["Reason"], Json::Null);
        }
        let property = tickets.iter().find_map(|one| one["FieldProperties"].get("Title")).unwrap();
        assert_eq!(property["FieldType"], "System.String");
        assert!(tickets.iter().all(|ticket| ticket["Title"].is_null()));
    }

    #[test]
    fn names_are_translated_and_dates_moved() {
        let mut wanted = wanted(&[100], "");
        let raw = &json(&wanted)[0];
        assert!(raw["PriorityName"].as_str().unwrap().contains("NO:\"Middels\";US:\"Medium\""));
        assert_eq!(raw["CreatedAt"], "2024-03-31T00:48:00");
        assert_eq!(raw["ClosedAt"], "0001-01-01T00:00:00");

        wanted.language = Language::Norwegian;
        wanted.zone = Zone::parse("UTC,includeTZOffset").ok();
        let norwegian = &json(&wanted)[0];
        assert_eq!(norwegian["PriorityName"], "Middels");
        assert_eq!(norwegian["CategoryFullname"], "Produkter/Rapporter");
        assert_eq!(norwegian["CreatedAt"], "2024-03-31T00:48:00Z");
        assert_eq!(norwegian["ClosedAt"], "0001-01-01T00:00:00Z");
        assert_eq!(norwegian["Title"], raw["Title"]);
    }

    #[test]
    fn xml_holds_the_same_tickets() {
        let xml = Wanted { xml: true, ..wanted(&[839, 1], "$select=TicketId,Title") };
        let text = String::from_utf8(body(&xml)).unwrap();
        assert_eq!(text.matches("<Ticket>").count(), 2);
        assert!(text.contains("<TicketId>839</TicketId><Title>Cannot print"), "{text}");
        assert!(text.contains("<CreatedAt i:nil=\"true\"/>"), "{text}");
    }
}
