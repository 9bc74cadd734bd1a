//! The fields of a ticket, in the order of the endpoint's page.

use std::borrow::Cow;

use chrono::{DateTime, TimeDelta, Utc};

use super::data::{PROJECTS, SALES, SYSTEM};
use super::language::Names;
use super::ticket::{Ticket, draw, pick};
use super::timeline::Date;
use super::wording::TYPES;

/// A value as the server holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Null,
    Int(i32),
    Bool(bool),
    Text(Cow<'static, str>),
    /// A name in several languages, below the names of its parents.
    Names(&'static [Names]),
    Date(Date),
    /// A date that is in UTC whatever zone is asked for.
    UtcDate(DateTime<Utc>),
    Object(Fields),
}

/// Names and values, in order.
pub(super) type Fields = Vec<(&'static str, Value)>;

/// Every field of a ticket.
pub(super) fn of(ticket: &Ticket) -> Fields {
    let mut fields = Vec::with_capacity(72);
    subject_and_dates(ticket, &mut fields);
    users_and_category(ticket, &mut fields);
    status_and_customer(ticket, &mut fields);
    times(ticket, &mut fields);
    messages(ticket, &mut fields);
    connections(ticket, &mut fields);
    fields.push(("TableRight", table_right(ticket.id)));
    fields.push(("FieldProperties", field_properties(ticket.id)));
    fields
}

fn subject_and_dates(ticket: &Ticket, fields: &mut Fields) {
    let dates = &ticket.dates;
    fields.extend([
        ("TicketId", Value::Int(ticket.id)),
        ("Title", Value::Text(ticket.title.clone())),
        ("CreatedAt", Value::UtcDate(dates.created)),
        ("LastChanged", Value::UtcDate(dates.last_changed)),
        ("ReadByOwner", Value::Date(dates.read_by_owner)),
        ("ReadByCustomer", Value::Date(dates.read_by_customer)),
        ("FirstReadByUser", Value::Date(dates.first_read_by_user)),
        ("Activate", Value::Date(dates.activate)),
        ("ClosedAt", Value::Date(dates.closed)),
        ("RepliedAt", Value::Date(dates.replied)),
        ("AlertTimeout", Value::Date(dates.alert_timeout)),
        ("Deadline", Value::Date(dates.deadline)),
    ]);
}

fn users_and_category(ticket: &Ticket, fields: &mut Fields) {
    let creator = if ticket.is_made_inside() { ticket.owner } else { &SYSTEM };
    let author = match ticket.person {
        Some(person) if !ticket.is_made_inside() => Cow::Owned(person.full_name()),
        _ => Cow::Borrowed(creator.name),
    };
    fields.extend([
        ("CreatedBy", Value::Int(creator.id)),
        ("CreatedByName", text(creator.login)),
        ("Author", Value::Text(author)),
        ("OwnedBy", Value::Int(ticket.owner.id)),
        ("OwnedByName", text(ticket.owner.login)),
        ("Category", Value::Int(ticket.category.id)),
        ("CategoryName", Value::Names(ticket.category.name())),
        ("CategoryFullname", Value::Names(ticket.category.path)),
    ]);
}

fn status_and_customer(ticket: &Ticket, fields: &mut Fields) {
    let status = ticket.status;
    let person = ticket.person;
    // A merged ticket hangs on one that was there before.
    let master = match status.base {
        "Merged" => ticket.id - 1 - i32::from(draw(ticket.id, "master", 20)),
        _ => -1,
    };
    fields.extend([
        ("Slevel", text(ticket.security_level)),
        ("Priority", Value::Int(ticket.priority.id)),
        ("PriorityName", Value::Names(std::slice::from_ref(&ticket.priority.names))),
        ("BaseStatus", text(status.base)),
        ("TicketStatus", Value::Int(status.id)),
        ("TicketStatusDisplayValue", Value::Names(std::slice::from_ref(&status.names))),
        ("Origin", text(ticket.origin)),
        ("CustId", Value::Int(person.map_or(-1, |person| person.id))),
        ("PersonFirstname", text(person.map_or("", |person| person.first))),
        ("PersonMiddleName", text(person.map_or("", |person| person.middle))),
        ("PersonLastname", text(person.map_or("", |person| person.last))),
        (
            "PersonFullname",
            Value::Text(person.map_or("".into(), |person| person.full_name().into())),
        ),
        ("AlertLevel", Value::Int(1 + i32::from(ticket.dates.is_overdue()))),
        ("ConnectId", Value::Int(master)),
        ("ReadStatus", text(ticket.read_status)),
    ]);
}

fn times(ticket: &Ticket, fields: &mut Fields) {
    let dates = &ticket.dates;
    let until = |date: Date| date.map_or(0, |date| (date - dates.created).num_minutes());
    let (reply, close) = (until(dates.replied), until(dates.closed));
    let age = dates.age().num_seconds();
    // A tenth in the queue; of the rest, up to half waits for the customer.
    let queue = age / 10;
    let external = age / 100 * i64::from(draw(ticket.id, "external", 45));
    let internal = age - queue - external;
    fields.extend([
        ("TimeToReply", int(office(reply, TimeDelta::minutes(1)))),
        ("RealTimeToReply", int(reply)),
        ("TimeToClose", int(office(close, TimeDelta::minutes(1)))),
        ("RealTimeToClose", int(close)),
        ("TimeSpentInternally", int(office(internal, TimeDelta::seconds(1)))),
        ("TimeSpentExternally", int(office(external, TimeDelta::seconds(1)))),
        ("TimeSpentQueue", int(office(queue, TimeDelta::seconds(1)))),
        ("RealTimeSpentInternally", int(internal)),
        ("RealTimeSpentExternally", int(external)),
        ("RealTimeSpentQueue", int(queue)),
    ]);
}

/// What of a span falls into office hours: short ones wholly, of longer ones
/// the eight hours of five days a week.
fn office(span: i64, unit: TimeDelta) -> i64 {
    let hour = 3600 / unit.num_seconds().max(1);
    span.min(4 * hour) + (span - 4 * hour).max(0) * 40 / 168
}

fn messages(ticket: &Ticket, fields: &mut Fields) {
    let id = ticket.id;
    let replies = ticket.dates.replied.map_or(0, |_| 1 + i32::from(draw(id, "replies", 6)));
    let messages = 1 + replies + i32::from(draw(id, "messages", 4));
    let from = match (ticket.person, ticket.origin) {
        (_, "Phone" | "Internal" | "SMS" | "Fax") => "",
        (Some(person), _) => person.address,
        (None, "AutoGenerated") => "no-reply@monitor.example",
        (None, _) => "offers@prizes.example",
    };
    fields.extend([
        ("HasAttachment", Value::Bool(draw(id, "attachment", 4) == 0)),
        ("NumReplies", Value::Int(replies)),
        ("NumMessages", Value::Int(messages)),
        ("FromAddress", text(from)),
        ("ContactId", Value::Int(ticket.person.map_or(0, |person| person.company.id))),
        ("ContactName", text(ticket.person.map_or("", |person| person.company.name))),
        ("OwnedByAssociateId", Value::Int(ticket.owner.associate)),
        ("Language", text(ticket.person.map_or("en", |person| person.language))),
        ("Sentiment", Value::Int(i32::from(draw(id, "sentiment", 201)) - 100)),
        ("SentimentConfidence", Value::Int(i32::from(draw(id, "confidence", 101)))),
    ]);
}

fn connections(ticket: &Ticket, fields: &mut Fields) {
    let id = ticket.id;
    let sale = (draw(id, "has sale", 7) == 0).then(|| *pick(&SALES, id, "sale"));
    let project = (draw(id, "has project", 9) == 0).then(|| *pick(&PROJECTS, id, "project"));
    let (sale, heading) = sale.unwrap_or((0, ""));
    let (project, project_name) = project.unwrap_or((0, ""));
    let (kind, kind_names) = pick(&TYPES, id, "type");
    let submission = if ticket.origin == "Form" { 5000 + id } else { 0 };
    let spent = 3 + i32::from(draw(id, "spent", 240));
    fields.extend([
        ("SaleId", Value::Int(sale)),
        ("ProjectId", Value::Int(project)),
        ("SaleHeading", text(heading)),
        ("ProjectName", text(project_name)),
        ("TimeSpent", Value::Int(spent)),
        ("FormSubmissionId", Value::Int(submission)),
        ("TicketTypeId", Value::Int(*kind)),
        ("TicketTypeName", Value::Names(std::slice::from_ref(kind_names))),
    ]);
}

fn table_right(id: i32) -> Value {
    match draw(id, "right", 4) {
        0 => Value::Null,
        1 => Value::Object(Vec::new()),
        2 => right("Select", "The ticket belongs to another group"),
        _ => right("Select, Update", ""),
    }
}

fn field_properties(id: i32) -> Value {
    let property = |mask, field_type, length| {
        Value::Object(vec![
            ("FieldRight", right(mask, "")),
            ("FieldType", text(field_type)),
            ("FieldLength", Value::Int(length)),
        ])
    };
    match draw(id, "properties", 4) {
        0 => Value::Null,
        1 => Value::Object(vec![
            ("Title", property("FULL", "System.String", 255)),
            ("Deadline", property("Select", "System.DateTime", 8)),
        ]),
        _ => Value::Object(Vec::new()),
    }
}

fn right(mask: &'static str, reason: &'static str) -> Value {
    Value::Object(vec![("Mask", text(mask)), ("Reason", text(reason))])
}

fn text(text: &'static str) -> Value {
    Value::Text(Cow::Borrowed(text))
}

fn int(number: i64) -> Value {
    Value::Int(i32::try_from(number).unwrap_or(i32::MAX))
}
