//! Tests of what must agree between the fields of a ticket.

use std::collections::BTreeSet;

use super::IDS;
use super::fields::{self, Fields, Value};
use super::language::Language;
use super::ticket::Ticket;
use super::timeline::Date;
use crate::ticket::catalogue::CATALOGUE;
use crate::ticket::field::FieldType;

struct Known(Fields);

impl Known {
    fn value(&self, name: &str) -> &Value {
        &self.0.iter().find(|(known, _)| *known == name).unwrap().1
    }

    fn int(&self, name: &str) -> i32 {
        let Value::Int(number) = self.value(name) else { panic!("{name}") };
        *number
    }

    fn text(&self, name: &str) -> String {
        match self.value(name) {
            Value::Text(text) => text.to_string(),
            Value::Names(path) => Language::Norwegian.text(path).into_owned(),
            other => panic!("{name}: {other:?}"),
        }
    }

    fn date(&self, name: &str) -> Date {
        match self.value(name) {
            Value::Date(date) => *date,
            Value::UtcDate(date) => Some(*date),
            other => panic!("{name}: {other:?}"),
        }
    }
}

fn all() -> impl Iterator<Item = Known> {
    IDS.filter_map(Ticket::find).map(|ticket| Known(fields::of(&ticket)))
}

#[test]
fn every_ticket_has_every_field_in_the_order_of_the_page() {
    for ticket in all() {
        let names = ticket.0.iter().map(|(name, _)| *name);
        assert!(names.eq(CATALOGUE.iter().map(|field| field.name)));
    }
}

#[test]
fn every_value_is_of_its_documented_type() {
    for ticket in all() {
        for (field, (name, value)) in CATALOGUE.iter().zip(&ticket.0) {
            let fits = match value {
                Value::Int(_) => field.kind == FieldType::Int,
                Value::Bool(_) => field.kind == FieldType::Bool,
                Value::Text(_) | Value::Names(_) => field.kind == FieldType::Text,
                Value::Date(_) | Value::UtcDate(_) => field.kind == FieldType::Date,
                Value::Object(_) | Value::Null => field.kind.is_object(),
            };
            assert!(fits, "{name}: {value:?}");
        }
    }
}

#[test]
fn a_ticket_is_the_same_every_time_and_unlike_its_neighbour() {
    for id in IDS {
        let make = |id| Ticket::find(id).map(|ticket| fields::of(&ticket));
        assert_eq!(make(id), make(id));
        assert_ne!(make(id), make(id + 1));
    }
}

#[test]
fn each_value_of_each_enum_appears_and_no_other() {
    let enums: Vec<_> = CATALOGUE.iter().filter(|field| !field.values.is_empty()).collect();
    assert_eq!(enums.len(), 4);
    for field in enums {
        let seen: BTreeSet<String> = all().map(|ticket| ticket.text(field.name)).collect();
        let known: BTreeSet<String> = field.values.iter().copied().map(str::to_owned).collect();
        assert_eq!(seen, known, "{}", field.name);
        let unknown = all().filter(|ticket| ticket.text(field.name) == "Unknown").count();
        assert!(unknown < 10, "{}: {unknown}", field.name);
    }
}

#[test]
fn no_field_is_the_same_in_every_ticket() {
    let first = Known(fields::of(&Ticket::find(1).unwrap()));
    for (name, value) in &first.0 {
        assert!(all().any(|ticket| ticket.value(name) != value), "{name}");
    }
}

#[test]
fn times_agree_with_the_dates() {
    for ticket in all() {
        let id = ticket.int("TicketId");
        let created = ticket.date("CreatedAt").unwrap();
        for (minutes, office, date) in [
            ("RealTimeToClose", "TimeToClose", "ClosedAt"),
            ("RealTimeToReply", "TimeToReply", "RepliedAt"),
        ] {
            let real = ticket.date(date).map_or(0, |date| (date - created).num_minutes());
            assert_eq!(i64::from(ticket.int(minutes)), real, "{id} {minutes}");
            assert!(ticket.int(office) <= ticket.int(minutes), "{id} {office}");
        }
        assert_eq!(ticket.date("ClosedAt").is_some(), ticket.text("BaseStatus") == "Closed");
        assert_eq!(ticket.date("RepliedAt").is_some(), ticket.int("NumReplies") > 0, "{id}");
        assert!(ticket.int("NumMessages") > ticket.int("NumReplies"), "{id}");
    }
}

#[test]
fn names_agree_with_what_they_name() {
    let mut owners = BTreeSet::new();
    let mut categories = BTreeSet::new();
    for ticket in all() {
        owners.insert((ticket.int("OwnedBy"), ticket.text("OwnedByName")));
        categories.insert((ticket.int("Category"), ticket.text("CategoryName")));
        assert!(ticket.text("CategoryFullname").ends_with(&ticket.text("CategoryName")));
        let parts = ["PersonFirstname", "PersonMiddleName", "PersonLastname"];
        let parts: Vec<String> = parts.into_iter().map(|name| ticket.text(name)).collect();
        let present: Vec<&str> =
            parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        assert_eq!(ticket.text("PersonFullname"), present.join(" "));
        assert_eq!(ticket.int("CustId") == -1, present.is_empty());
    }
    assert_eq!(owners.len(), 9, "{owners:?}");
    assert_eq!(categories.len(), 9, "{categories:?}");
}

#[test]
fn connections_lead_somewhere() {
    for ticket in all() {
        let (id, master) = (ticket.int("TicketId"), ticket.int("ConnectId"));
        match ticket.text("BaseStatus").as_str() {
            "Merged" => assert!((1..id).contains(&master), "{id}: {master}"),
            _ => assert_eq!(master, -1, "{id}"),
        }
        assert_eq!(ticket.int("FormSubmissionId") > 0, ticket.text("Origin") == "Form");
        assert_eq!(ticket.int("SaleId") > 0, !ticket.text("SaleHeading").is_empty());
        assert_eq!(ticket.int("ProjectId") > 0, !ticket.text("ProjectName").is_empty());
    }
}

#[test]
fn rights_and_properties_take_all_their_forms() {
    for name in ["TableRight", "FieldProperties"] {
        assert!(all().any(|ticket| *ticket.value(name) == Value::Null), "{name}");
    }
    let text = |text: &'static str| Value::Text(text.into());
    let full = Value::Object(vec![("Mask", text("Select, Update")), ("Reason", text(""))]);
    assert!(all().any(|ticket| *ticket.value("TableRight") == full));
    let empty = Value::Object(Vec::new());
    for name in ["TableRight", "FieldProperties"] {
        assert!(all().any(|ticket| *ticket.value(name) == empty), "{name}");
    }
    assert!(all().any(|ticket| {
        matches!(ticket.value("FieldProperties"), Value::Object(map) if !map.is_empty())
    }));
}
