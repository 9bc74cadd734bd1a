//! The fields of a ticket, in the order of the endpoint's page.

use chrono::TimeDelta;
use serde::{Serialize, Serializer};

use super::data::{Customer, INSTALLATION, Names, PEOPLE};
use super::draw::{draw, pick};
use super::locale::Zone;
use super::ticket::Ticket;
use super::timeline::Date;

/// A value as it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(super) enum Value {
    Null,
    Int(i32),
    Bool(bool),
    Text(String),
    #[serde(serialize_with = "serialize_object")]
    Object(Fields),
}

/// Names and values, in order.
pub(super) type Fields = Vec<(&'static str, Value)>;

fn serialize_object<S: Serializer>(fields: &Fields, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(fields.iter().map(|(name, value)| (name, value)))
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::Int(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// Writes the fields of one ticket in a language and a time zone.
#[derive(Debug)]
struct Writer<'a> {
    ticket: &'a Ticket,
    language: Option<&'a str>,
    zone: Zone,
    fields: Fields,
}

/// Returns every field of `ticket`.
pub(super) fn fields(ticket: &Ticket, language: Option<&str>, zone: Zone) -> Fields {
    let mut writer = Writer { ticket, language, zone, fields: Vec::with_capacity(72) };
    writer.push_subject_and_dates();
    writer.push_users_and_category();
    writer.push_status_and_customer();
    writer.push_times();
    writer.push_messages();
    writer.push_connections();
    writer.push("TableRight", table_right(ticket.id));
    writer.push("FieldProperties", field_properties(ticket.id));
    writer.fields
}

impl Writer<'_> {
    fn push(&mut self, name: &'static str, value: impl Into<Value>) {
        self.fields.push((name, value.into()));
    }

    fn push_name(&mut self, name: &'static str, names: &Names) {
        self.push(name, names.text(self.language));
    }

    fn push_date(&mut self, name: &'static str, date: Date) {
        self.push(name, self.zone.format(date));
    }

    fn push_subject_and_dates(&mut self) {
        let (ticket, dates) = (self.ticket, &self.ticket.dates);
        self.push("TicketId", ticket.id);
        self.push("Title", ticket.title.as_str());
        self.push("CreatedAt", self.zone.format_in_utc(dates.created));
        self.push("LastChanged", self.zone.format_in_utc(dates.last_changed));
        self.push_date("ReadByOwner", dates.read_by_owner);
        self.push_date("ReadByCustomer", dates.read_by_customer);
        self.push_date("FirstReadByUser", dates.first_read_by_user);
        self.push_date("Activate", dates.activate);
        self.push_date("ClosedAt", dates.closed);
        self.push_date("RepliedAt", dates.replied);
        self.push_date("AlertTimeout", dates.alert_timeout);
        self.push_date("Deadline", dates.deadline);
    }

    fn push_users_and_category(&mut self) {
        let ticket = self.ticket;
        let creator = if ticket.is_internal() { ticket.owner } else { &PEOPLE.system };
        let author = match ticket.customer {
            Some(customer) if !ticket.is_internal() => customer.full_name(),
            _ => creator.name.clone(),
        };
        self.push("CreatedBy", creator.id);
        self.push("CreatedByName", creator.login.as_str());
        self.push("Author", author);
        self.push("OwnedBy", ticket.owner.id);
        self.push("OwnedByName", ticket.owner.login.as_str());
        self.push("Category", ticket.category.id);
        self.push_name("CategoryName", &ticket.category.name);
        self.push_name("CategoryFullname", &ticket.category.full_name);
    }

    fn push_status_and_customer(&mut self) {
        let (ticket, status) = (self.ticket, self.ticket.status);
        // A merged ticket belongs to an older one.
        let master = match status.base.as_str() {
            "Merged" => ticket.id - 1 - i32::from(draw(ticket.id, "master", 20)),
            _ => -1,
        };
        let name = |part: usize| ticket.customer.map_or("", |customer| &customer.name[part]);
        self.push("Slevel", ticket.security_level);
        self.push("Priority", ticket.priority.id);
        self.push_name("PriorityName", &ticket.priority.name);
        self.push("BaseStatus", status.base.as_str());
        self.push("TicketStatus", status.id);
        self.push_name("TicketStatusDisplayValue", &status.name);
        self.push("Origin", ticket.origin);
        self.push("CustId", ticket.customer.map_or(-1, |customer| customer.id));
        self.push("PersonFirstname", name(0));
        self.push("PersonMiddleName", name(1));
        self.push("PersonLastname", name(2));
        let full_name = ticket.customer.map(Customer::full_name);
        self.push("PersonFullname", full_name.unwrap_or_default());
        self.push("AlertLevel", 1 + i32::from(ticket.dates.is_overdue()));
        self.push("ConnectId", master);
        self.push("ReadStatus", ticket.read_status);
    }

    fn push_times(&mut self) {
        let dates = &self.ticket.dates;
        let until = |date: Date| date.map_or(0, |date| (date - dates.created).num_minutes());
        let (reply, close) = (until(dates.replied), until(dates.closed));
        let age = dates.age().num_seconds();
        // A tenth in the queue; of the rest, up to half waits for the customer.
        let queue = age / 10;
        let external = age / 100 * i64::from(draw(self.ticket.id, "external", 45));
        let internal = age - queue - external;
        let (minute, second) = (TimeDelta::minutes(1), TimeDelta::seconds(1));
        for (name, number) in [
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
        ] {
            self.push(name, i32::try_from(number).unwrap_or(i32::MAX));
        }
    }

    fn push_messages(&mut self) {
        let (ticket, id) = (self.ticket, self.ticket.id);
        let replies = ticket.dates.replied.map_or(0, |_| 1 + i32::from(draw(id, "replies", 6)));
        let messages = 1 + replies + i32::from(draw(id, "messages", 4));
        let from = match (ticket.customer, ticket.origin) {
            (_, "Phone" | "Internal" | "SMS" | "Fax") => "",
            (Some(customer), _) => &customer.address,
            (None, "AutoGenerated") => "no-reply@monitor.example",
            (None, _) => "offers@prizes.example",
        };
        let company = ticket.customer.map(|customer| customer.company);
        let company_name = company.map_or("", |company| &PEOPLE.companies[&company]);
        let language = ticket.customer.map_or("en", |customer| &customer.language);
        self.push("HasAttachment", Value::Bool(draw(id, "attachment", 4) == 0));
        self.push("NumReplies", replies);
        self.push("NumMessages", messages);
        self.push("FromAddress", from);
        self.push("ContactId", company.unwrap_or(0));
        self.push("ContactName", company_name);
        self.push("OwnedByAssociateId", ticket.owner.associate);
        self.push("Language", language);
        self.push("Sentiment", i32::from(draw(id, "sentiment", 201)) - 100);
        self.push("SentimentConfidence", i32::from(draw(id, "confidence", 101)));
    }

    fn push_connections(&mut self) {
        let id = self.ticket.id;
        let one_in = |sides, purpose, name, all: &'static [(i32, String)]| {
            let picked = (draw(id, purpose, sides) == 0).then(|| pick(all, id, name));
            picked.map_or((0, ""), |(id, name)| (*id, name.as_str()))
        };
        let (sale, heading) = one_in(7, "has sale", "sale", &PEOPLE.sales);
        let (project, project_name) = one_in(9, "has project", "project", &PEOPLE.projects);
        let ticket_type = pick(&INSTALLATION.types, id, "type");
        self.push("SaleId", sale);
        self.push("ProjectId", project);
        self.push("SaleHeading", heading);
        self.push("ProjectName", project_name);
        self.push("TimeSpent", 3 + i32::from(draw(id, "spent", 240)));
        let submission = if self.ticket.origin == "Form" { 5000 + id } else { 0 };
        self.push("FormSubmissionId", submission);
        self.push("TicketTypeId", ticket_type.id);
        self.push_name("TicketTypeName", &ticket_type.name);
    }
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
        1 => Value::Object(Vec::new()),
        2 => right("Select", "The ticket belongs to another group"),
        _ => right("Select, Update", ""),
    }
}

fn field_properties(id: i32) -> Value {
    let property = |mask, field_type: &str, length: i32| {
        Value::Object(vec![
            ("FieldRight", right(mask, "")),
            ("FieldType", field_type.into()),
            ("FieldLength", length.into()),
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

fn right(mask: &str, reason: &str) -> Value {
    Value::Object(vec![("Mask", mask.into()), ("Reason", reason.into())])
}
