//! Tests of the sample tickets: their fields and dates agree with each other and with the
//! catalog.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use chrono::{DateTime, Utc};

use serde_json::Value;

use super::fields::{Fields, fields};
use super::locale::Zone;
use super::ticket::{IDS, SampleTicket};
use crate::ticket::catalogue::CATALOGUE;
use crate::ticket::field::FieldType;

struct Sample {
    id: i32,
    ticket: SampleTicket,
    fields: Fields,
}

impl Sample {
    fn find(id: i32) -> Option<Self> {
        let zone = Zone::parse("NO,includeTZOffset").unwrap();
        let ticket = SampleTicket::find(id)?;
        Some(Self { id, fields: fields(&ticket, Some("NO"), zone), ticket })
    }

    fn value(&self, name: &str) -> &Value {
        &self.fields.iter().find(|(known, _)| *known == name).unwrap().1
    }

    fn int(&self, name: &str) -> i64 {
        self.value(name).as_i64().expect(name)
    }

    fn text(&self, name: &str) -> &str {
        self.value(name).as_str().expect(name)
    }

    /// The date in a field, `None` for 'no date'.
    fn date(&self, name: &str) -> Option<DateTime<Utc>> {
        let date: DateTime<Utc> = self.text(name).parse().unwrap();
        (date.timestamp() > 0).then_some(date)
    }
}

fn all() -> impl Iterator<Item = &'static Sample> {
    static ALL: LazyLock<Vec<Sample>> = LazyLock::new(|| IDS.filter_map(Sample::find).collect());
    ALL.iter()
}

#[test]
fn every_field_of_the_catalog_is_sent_in_its_order_and_type() {
    for ticket in all() {
        let names = ticket.fields.iter().map(|(name, _)| *name);
        assert!(names.eq(CATALOGUE.iter().map(|field| field.name)));
        for (field, (name, value)) in CATALOGUE.iter().zip(&ticket.fields) {
            let fits = match value {
                Value::Number(_) => field.kind == FieldType::Int,
                Value::Bool(_) => field.kind == FieldType::Bool,
                Value::String(_) if field.kind == FieldType::Date => {
                    ticket.date(name).is_none_or(|date| date.timestamp() > 1_700_000_000)
                }
                Value::String(_) => field.kind == FieldType::Text,
                Value::Object(_) | Value::Null | Value::Array(_) => field.kind.is_object(),
            };
            assert!(fits, "{name}: {value:?}");
        }
    }
}

#[test]
fn ticket_is_the_same_every_time_and_unlike_its_neighbor() {
    for ticket in all() {
        let fields_of = |id| Sample::find(id).map(|sample| sample.fields);
        assert_eq!(fields_of(ticket.id).as_ref(), Some(&ticket.fields));
        assert_ne!(fields_of(ticket.id + 1).as_ref(), Some(&ticket.fields));
    }
}

#[test]
fn each_value_of_each_enum_appears_and_no_other() {
    let enums: Vec<_> = CATALOGUE.iter().filter(|field| !field.values.is_empty()).collect();
    assert_eq!(enums.len(), 4);
    for field in enums {
        let seen: BTreeSet<&str> = all().map(|ticket| ticket.text(field.name)).collect();
        assert_eq!(seen, field.values.iter().copied().collect(), "{}", field.name);
        let unknown = all().filter(|ticket| ticket.text(field.name) == "Unknown").count();
        assert!(unknown < 10, "{}: {unknown}", field.name);
    }
}

#[test]
fn no_field_is_the_same_in_every_ticket() {
    let first = all().next().unwrap();
    for (name, value) in &first.fields {
        assert!(all().any(|ticket| ticket.value(name) != value), "{name}");
    }
}

#[test]
fn times_agree_with_the_dates() {
    for ticket in all() {
        let id = ticket.id;
        let created = ticket.date("CreatedAt").unwrap();
        for (minutes, office, date) in [
            ("RealTimeToClose", "TimeToClose", "ClosedAt"),
            ("RealTimeToReply", "TimeToReply", "RepliedAt"),
        ] {
            let real = ticket.date(date).map_or(0, |date| (date - created).num_minutes());
            assert_eq!(ticket.int(minutes), real, "{id} {minutes}");
            assert!(ticket.int(office) <= ticket.int(minutes), "{id} {office}");
        }
        assert_eq!(ticket.date("ClosedAt").is_some(), ticket.text("BaseStatus") == "Closed");
        assert_eq!(ticket.date("RepliedAt").is_some(), ticket.int("NumReplies") > 0, "{id}");
        assert!(ticket.int("NumMessages") > ticket.int("NumReplies"), "{id}");
    }
}

#[test]
fn names_agree_with_their_ids() {
    let mut owners = BTreeSet::new();
    let mut categories = BTreeSet::new();
    for ticket in all() {
        owners.insert((ticket.int("OwnedBy"), ticket.text("OwnedByName")));
        categories.insert((ticket.int("Category"), ticket.text("CategoryName")));
        assert!(ticket.text("CategoryFullname").ends_with(ticket.text("CategoryName")));
        let mut parts = ["PersonFirstname", "PersonMiddleName", "PersonLastname"]
            .map(|name| ticket.text(name))
            .to_vec();
        parts.retain(|part| !part.is_empty());
        assert_eq!(ticket.text("PersonFullname"), parts.join(" "));
        assert_eq!(ticket.int("CustId") == -1, parts.is_empty());
    }
    assert_eq!((owners.len(), categories.len()), (9, 9), "{owners:?} {categories:?}");
}

#[test]
fn connections_lead_to_something() {
    for ticket in all() {
        let (id, master) = (i64::from(ticket.id), ticket.int("ConnectId"));
        match ticket.text("BaseStatus") {
            "Merged" => assert!((1..id).contains(&master), "{id}: {master}"),
            _ => assert_eq!(master, -1, "{id}"),
        }
        assert_eq!(ticket.int("FormSubmissionId") > 0, ticket.text("Origin") == "Form");
        assert_eq!(ticket.int("SaleId") > 0, !ticket.text("SaleHeading").is_empty());
        assert_eq!(ticket.int("ProjectId") > 0, !ticket.text("ProjectName").is_empty());
    }
}

#[test]
fn objects_are_null_empty_and_full() {
    for name in ["TableRight", "FieldProperties"] {
        let count = |is_it: fn(&Value) -> bool| all().filter(|it| is_it(it.value(name))).count();
        assert!(count(|value| *value == Value::Null) > 100, "{name}");
        assert!(count(|value| matches!(value, Value::Object(it) if it.is_empty())) > 100, "{name}");
        assert!(count(|value| matches!(value, Value::Object(it) if it.len() == 2)) > 100, "{name}");
    }
}

#[test]
fn every_date_is_after_its_cause_and_before_the_end() {
    let end: DateTime<Utc> = "2026-06-30T10:00:00Z".parse().unwrap();
    for ticket in all() {
        let (id, base, dates) = (ticket.id, ticket.text("BaseStatus"), &ticket.ticket.dates);
        let past = [
            dates.read_by_owner,
            dates.read_by_customer,
            dates.first_read_by_user,
            dates.closed,
            dates.replied,
            Some(dates.last_changed),
        ];
        for date in past.into_iter().flatten() {
            assert!(date > dates.created && date <= end, "{id}: {dates:?}");
        }
        assert!(dates.closed.is_none_or(|closed| closed == dates.last_changed), "{id}");
        assert!(dates.replied <= dates.closed.or(dates.replied), "{id}: {dates:?}");
        if let Some(read) = dates.read_by_owner {
            assert!(dates.first_read_by_user.unwrap() <= read, "{id}: {dates:?}");
        }
        assert_eq!(dates.activate.is_some(), base.starts_with("Postponed"), "{id}");
        assert!(dates.activate.is_none_or(|date| date > end), "{id}");
    }
}

#[test]
fn higher_id_is_a_later_date_and_some_have_fractions_of_a_second() {
    let created: Vec<_> = all().map(|ticket| ticket.ticket.dates.created).collect();
    assert!(created.is_sorted_by(|a, b| a < b));
    assert_eq!(created[0].format("%Y").to_string(), "2024");
    assert_eq!(created[999].format("%Y").to_string(), "2026");
    let precise = created.iter().filter(|date| date.timestamp_subsec_nanos() > 0).count();
    assert!((200..500).contains(&precise), "{precise}");
}

#[test]
fn ticket_100_spans_a_daylight_saving_change() {
    let zone = Zone::parse("NO,includeTZOffset").unwrap();
    let dates = SampleTicket::find(100).unwrap().dates;
    assert_eq!(zone.format(Some(dates.created)), "2024-03-31T01:48:00+01:00");
    assert_eq!(zone.format(Some(dates.last_changed)), "2024-03-31T03:07:00+02:00");
}
