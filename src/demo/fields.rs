//! The fields of a ticket, in the order of the endpoint's page.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::data::{Customer, INSTALLATION, Names, PEOPLE};
use super::draw::{draw, pick};
use super::locale::Zone;
use super::ticket::SampleTicket;
use super::timeline::Date;

/// Names and values, in order.
pub(super) type Fields = Vec<(&'static str, Value)>;

/// Returns every field of `ticket`.
pub(super) fn fields(ticket: &SampleTicket, language: Option<&str>, zone: Zone) -> Fields {
    let in_language = |names: &Names| names.text(language).into();
    let mut fields = subject_and_dates(ticket, zone);
    fields.extend(users_and_category(ticket, &in_language));
    fields.extend(status_and_customer(ticket, &in_language));
    fields.extend(times(ticket));
    fields.extend(messages(ticket));
    fields.extend(connections(ticket, &in_language));
    fields.push(("TableRight", table_right(ticket.id)));
    fields.push(("FieldProperties", field_properties(ticket.id)));
    fields
}

fn subject_and_dates(ticket: &SampleTicket, zone: Zone) -> Fields {
    let dates = &ticket.dates;
    let in_zone = |date: Date| zone.format(date).into();
    vec![
        ("TicketId", ticket.id.into()),
        ("Title", ticket.title.as_str().into()),
        ("CreatedAt", zone.format_in_utc(dates.created).into()),
        ("LastChanged", zone.format_in_utc(dates.last_changed).into()),
        ("ReadByOwner", in_zone(dates.read_by_owner)),
        ("ReadByCustomer", in_zone(dates.read_by_customer)),
        ("FirstReadByUser", in_zone(dates.first_read_by_user)),
        ("Activate", in_zone(dates.activate)),
        ("ClosedAt", in_zone(dates.closed)),
        ("RepliedAt", in_zone(dates.replied)),
        ("AlertTimeout", in_zone(dates.alert_timeout)),
        ("Deadline", in_zone(dates.deadline)),
    ]
}

fn users_and_category(ticket: &SampleTicket, in_language: &dyn Fn(&Names) -> Value) -> Fields {
    let creator = if ticket.is_internal() { ticket.owner } else { &PEOPLE.system };
    let author = match ticket.customer {
        Some(customer) if !ticket.is_internal() => customer.full_name(),
        _ => creator.name.clone(),
    };
    vec![
        ("CreatedBy", creator.id.into()),
        ("CreatedByName", creator.login.as_str().into()),
        ("Author", author.into()),
        ("OwnedBy", ticket.owner.id.into()),
        ("OwnedByName", ticket.owner.login.as_str().into()),
        ("Category", ticket.category.id.into()),
        ("CategoryName", in_language(&ticket.category.name)),
        ("CategoryFullname", in_language(&ticket.category.full_name)),
    ]
}

fn status_and_customer(ticket: &SampleTicket, in_language: &dyn Fn(&Names) -> Value) -> Fields {
    let (status, priority) = (ticket.status, ticket.priority);
    // A merged ticket belongs to an older one.
    let master = match status.base.as_str() {
        "Merged" => ticket.id - 1 - i32::from(draw(ticket.id, "master", 20)),
        _ => -1,
    };
    let name = |part: usize| ticket.customer.map_or("", |customer| &customer.name[part]).into();
    vec![
        ("Slevel", ticket.security_level.into()),
        ("Priority", priority.id.into()),
        ("PriorityName", in_language(&priority.name)),
        ("BaseStatus", status.base.as_str().into()),
        ("TicketStatus", status.id.into()),
        ("TicketStatusDisplayValue", in_language(&status.name)),
        ("Origin", ticket.origin.into()),
        ("CustId", ticket.customer.map_or(-1, |customer| customer.id).into()),
        ("PersonFirstname", name(0)),
        ("PersonMiddleName", name(1)),
        ("PersonLastname", name(2)),
        ("PersonFullname", ticket.customer.map_or(String::new(), Customer::full_name).into()),
        ("AlertLevel", (1 + i32::from(ticket.dates.is_overdue())).into()),
        ("ConnectId", master.into()),
        ("ReadStatus", ticket.read_status.into()),
    ]
}

fn times(ticket: &SampleTicket) -> Fields {
    let dates = &ticket.dates;
    let until = |date: Date| date.map_or(0, |date| (date - dates.created).num_minutes());
    let (reply, close) = (until(dates.replied), until(dates.closed));
    let age = dates.age().num_seconds();
    // A tenth in the queue; of the rest, up to half waits for the customer.
    let queue = age / 10;
    let external = age / 100 * i64::from(draw(ticket.id, "external", 45));
    let internal = age - queue - external;
    let (minute, second) = (TimeDelta::minutes(1), TimeDelta::seconds(1));
    let times = [
        ("TimeToReply", office_hours(reply, minute)),
        ("RealTimeToReply", reply),
        ("TimeToClose", office_hours(close, minute)),
        ("RealTimeToClose", close),
        ("TimeSpentInternally", office_hours(internal, second)),
        ("TimeSpentExternally", office_hours(external, second)),
        ("TimeSpentQueue", office_hours(queue, second)),
        ("RealTimeSpentInternally", internal),
        ("RealTimeSpentExternally", external),
        ("RealTimeSpentQueue", queue),
    ];
    times.map(|(name, time)| (name, i32::try_from(time).unwrap_or(i32::MAX).into())).into()
}

fn messages(ticket: &SampleTicket) -> Fields {
    let (id, customer) = (ticket.id, ticket.customer);
    let replies = ticket.dates.replied.map_or(0, |_| 1 + draw(id, "replies", 6));
    let from = match (customer, ticket.origin) {
        (_, "Phone" | "Internal" | "SMS" | "Fax") => "",
        (Some(customer), _) => &customer.address,
        (None, "AutoGenerated") => "no-reply@monitor.example",
        (None, _) => "offers@prizes.example",
    };
    let company = customer.map(|customer| customer.company);
    vec![
        ("HasAttachment", (draw(id, "attachment", 4) == 0).into()),
        ("NumReplies", replies.into()),
        ("NumMessages", (1 + replies + draw(id, "messages", 4)).into()),
        ("FromAddress", from.into()),
        ("ContactId", company.unwrap_or(0).into()),
        ("ContactName", company.map_or("", |company| &PEOPLE.companies[&company]).into()),
        ("OwnedByAssociateId", ticket.owner.associate.into()),
        ("Language", customer.map_or("en", |customer| &customer.language).into()),
        ("Sentiment", (i32::from(draw(id, "sentiment", 201)) - 100).into()),
        ("SentimentConfidence", draw(id, "confidence", 101).into()),
    ]
}

fn connections(ticket: &SampleTicket, in_language: &dyn Fn(&Names) -> Value) -> Fields {
    let id = ticket.id;
    let one_in = |sides, purpose, name, all: &'static [(i32, String)]| {
        let picked = (draw(id, purpose, sides) == 0).then(|| pick(all, id, name));
        picked.map_or((0, ""), |(id, name)| (*id, name.as_str()))
    };
    let (sale, heading) = one_in(7, "has sale", "sale", &PEOPLE.sales);
    let (project, project_name) = one_in(9, "has project", "project", &PEOPLE.projects);
    let ticket_type = pick(&INSTALLATION.types, id, "type");
    vec![
        ("SaleId", sale.into()),
        ("ProjectId", project.into()),
        ("SaleHeading", heading.into()),
        ("ProjectName", project_name.into()),
        ("TimeSpent", (3 + draw(id, "spent", 240)).into()),
        ("FormSubmissionId", if ticket.origin == "Form" { 5000 + id } else { 0 }.into()),
        ("TicketTypeId", ticket_type.id.into()),
        ("TicketTypeName", in_language(&ticket_type.name)),
    ]
}

/// Returns the part of a span that is in office hours: all of a short one, of a longer one
/// eight hours on five days a week.
fn office_hours(span: i64, unit: TimeDelta) -> i64 {
    let hour = 3600 / unit.num_seconds().max(1);
    span.min(4 * hour) + (span - 4 * hour).max(0) * 40 / 168
}

fn table_right(id: i32) -> Value {
    match draw(id, "right", 4) {
        0 => Value::Null,
        1 => json!({}),
        2 => json!({"Mask": "Select", "Reason": "The ticket belongs to another group"}),
        _ => json!({"Mask": "Select, Update", "Reason": ""}),
    }
}

fn field_properties(id: i32) -> Value {
    let property = |mask: &str, kind: &str, length: i32| {
        let right = json!({"Mask": mask, "Reason": ""});
        json!({"FieldRight": right, "FieldType": kind, "FieldLength": length})
    };
    match draw(id, "properties", 4) {
        0 => Value::Null,
        1 => json!({
            "Title": property("FULL", "System.String", 255),
            "Deadline": property("Select", "System.DateTime", 8),
        }),
        _ => json!({}),
    }
}
