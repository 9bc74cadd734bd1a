//! The table of ticket fields.
//!
//! `tests/docs/catalogue.rs` compares it with the vendor's own descriptions.

use crate::escape;
use crate::suggest::{self, synonyms};

use super::field::{Field, FieldType};

/// Every ticket field, in the order of the endpoint's page. Those that
/// later servers added come before the two objects at its end.
pub static CATALOGUE: [Field; 65] = [
    int("TicketId", "Number of the ticket, the one to fetch it by"),
    text("Title", "Subject line of the ticket"),
    date("CreatedAt", "When the ticket came into being; sent in UTC whatever the zone"),
    date("LastChanged", "When anything in it last changed; sent in UTC whatever the zone"),
    date("ReadByOwner", "When its owner last read it"),
    date("ReadByCustomer", "When the customer read it"),
    date("FirstReadByUser", "When any user first read it"),
    date("Activate", "When it wakes up again after being postponed"),
    date("ClosedAt", "When it reached a closed status"),
    date("RepliedAt", "When the first external message was added, which is the first reply"),
    date("AlertTimeout", "When it moves on to the next alert level"),
    date("Deadline", "When it is due"),
    int("CreatedBy", "Id of the user who created it; 1, the system, if it came from outside"),
    text("CreatedByName", "Login name or initials of the user who created it"),
    text("Author", "Who wrote the first message"),
    int("OwnedBy", "Id of the user who owns it; 1, the system, while nobody does"),
    text("OwnedByName", "Login name or initials of the user who owns it"),
    int("Category", "Id of the category that it is filed under"),
    text("CategoryName", "Short name of the category, without its parents"),
    text("CategoryFullname", "Full name of the category, its parents first, with slashes between"),
    choice("Slevel", SECURITY_LEVELS, "Whether it is for staff only or open to outsiders"),
    int("Priority", "Id of its priority"),
    text("PriorityName", "Name of its priority"),
    choice(
        "BaseStatus",
        BASE_STATUSES,
        "Built-in status, which each of your own statuses maps to (Spam since 11.13)",
    ),
    int("TicketStatus", "Id of its status, one of those your installation defines"),
    text("TicketStatusDisplayValue", "Name of its status as users see it"),
    choice("Origin", ORIGINS, "Channel that it came in by (API and Flow since 11.11)"),
    int("CustId", "Id of the customer; null or -1 while there is none"),
    text("PersonFirstname", "First name of the customer"),
    text("PersonMiddleName", "Middle name of the customer, or a particle such as 'von'"),
    text("PersonLastname", "Last name of the customer"),
    text("PersonFullname", "Full name of the customer"),
    int("AlertLevel", "How far it has escalated"),
    int(
        "ConnectId",
        "Id of the ticket that it is connected to or was merged into; -1 while there is none",
    ),
    choice("ReadStatus", READ_STATUSES, "Traffic light for whether its owner has read it"),
    minutes("TimeToReply", "From creation to the first reply, in the priority's office hours"),
    minutes("RealTimeToReply", "From creation to the first reply, around the clock"),
    minutes("TimeToClose", "From creation to closing, in the priority's office hours"),
    minutes("RealTimeToClose", "From creation to closing, around the clock"),
    seconds("TimeSpentInternally", "Time open in office hours, until its current status began"),
    seconds(
        "TimeSpentExternally",
        "Time waiting on others in office hours, until its current status began",
    ),
    seconds("TimeSpentQueue", "Time queued in office hours, until its current status began"),
    seconds(
        "RealTimeSpentInternally",
        "Time open around the clock, until its current status began",
    ),
    seconds(
        "RealTimeSpentExternally",
        "Time waiting on others around the clock, until its current status began",
    ),
    seconds("RealTimeSpentQueue", "Time queued around the clock, until its current status began"),
    flag("HasAttachment", "Whether any files are attached"),
    int("NumReplies", "How many replies the customer was sent"),
    int("NumMessages", "How many messages it holds in all"),
    text("FromAddress", "Address that it was sent from, by e-mail for example"),
    int("ContactId", "Id of the customer's company, if the customer has one"),
    text("ContactName", "Name of the customer's company"),
    int("OwnedByAssociateId", "Id of its owner in the CRM's own list of users, the associates"),
    text("Language", "Language of the first external message"),
    int("Sentiment", "Mood of the last external message, as a score"),
    int("SentimentConfidence", "How sure the server is of the sentiment"),
    since("10.2.1", int("SaleId", "Id of the sale that it belongs to")),
    since("10.2.1", int("ProjectId", "Id of the project that it belongs to")),
    since("10.2.2", text("SaleHeading", "Heading of the sale that it belongs to")),
    since("10.2.2", text("ProjectName", "Name of the project that it belongs to")),
    since("10.2.8", minutes("TimeSpent", "Work noted on its messages, added up")),
    since("10.2.5", int("FormSubmissionId", "Id of the submitted form that it was made from")),
    since("10.3.1", int("TicketTypeId", "Id of its request type")),
    since("10.3.1", text("TicketTypeName", "Name of its request type")),
    rights("TableRight", "Your rights to it (Mask), and what limits them (Reason)"),
    object("FieldProperties", "Your rights to each field, with its type and length"),
];

/// Returns the position in the catalogue of the field called `name`, in any case.
pub(crate) fn position(name: &str) -> Option<usize> {
    CATALOGUE.iter().position(|field| field.name.eq_ignore_ascii_case(name))
}

/// Returns the field called `name`, in any case.
pub(crate) fn find(name: &str) -> Option<&'static Field> {
    position(name).map(|index| &CATALOGUE[index])
}

/// Returns whether the field called `name` has a fixed set of values.
pub(crate) fn is_enum(name: &str) -> bool {
    find(name).is_some_and(|field| !field.values.is_empty())
}

/// Returns a hint about the unknown field `name`: the field that people call so, the reason why
/// there is none, or the names that are similar.
pub(crate) fn did_you_mean(name: &str) -> Option<String> {
    let fields: Vec<&str> = synonyms::fields(name).collect();
    if !fields.is_empty() {
        let name = escape::excerpt(name, 60);
        return Some(format!("'{name}' is called {}", suggest::join(&fields, "or")));
    }
    let names = CATALOGUE.iter().map(|field| field.name);
    let reason = synonyms::no_field(name).map(str::to_owned);
    reason.or_else(|| suggest::did_you_mean(name, names))
}

const SECURITY_LEVELS: &[&str] = &["Unknown", "Internal", "External"];

const BASE_STATUSES: &[&str] = &[
    "Unknown",
    "Active",
    "Closed",
    "Postponed",
    "Deleted",
    "Merged",
    "Spam",
    "PostponedSpecific",
    "Postponed1Hour",
    "Postponed2Hours",
    "Postponed3Hours",
    "Postponed4Hours",
    "PostponedDay",
    "PostponedWeek",
    "PostponedMonth",
];

const ORIGINS: &[&str] = &[
    "Unknown",
    "Email",
    "SMS",
    "Fax",
    "Phone",
    "Facebook",
    "Twitter",
    "Internal",
    "CustomerCentre",
    "EMarketing",
    "AutoGenerated",
    "Chat",
    "Form",
    "API",
    "Flow",
];

const READ_STATUSES: &[&str] = &["Unknown", "Green", "Yellow", "Red"];

const fn int(name: &'static str, meaning: &'static str) -> Field {
    field(name, FieldType::Int, meaning)
}

const fn minutes(name: &'static str, meaning: &'static str) -> Field {
    Field { unit: Some("minutes"), ..int(name, meaning) }
}

const fn seconds(name: &'static str, meaning: &'static str) -> Field {
    Field { unit: Some("seconds"), ..int(name, meaning) }
}

const fn text(name: &'static str, meaning: &'static str) -> Field {
    field(name, FieldType::Text, meaning)
}

const fn choice(
    name: &'static str,
    values: &'static [&'static str],
    meaning: &'static str,
) -> Field {
    Field { values, ..text(name, meaning) }
}

const fn date(name: &'static str, meaning: &'static str) -> Field {
    field(name, FieldType::Date, meaning)
}

const fn flag(name: &'static str, meaning: &'static str) -> Field {
    field(name, FieldType::Bool, meaning)
}

const fn rights(name: &'static str, meaning: &'static str) -> Field {
    field(name, FieldType::TableRight, meaning)
}

const fn object(name: &'static str, meaning: &'static str) -> Field {
    field(name, FieldType::Object, meaning)
}

const fn since(version: &'static str, field: Field) -> Field {
    Field { since: Some(version), ..field }
}

const fn field(name: &'static str, kind: FieldType, meaning: &'static str) -> Field {
    Field { name, kind, unit: None, values: &[], since: None, meaning }
}
