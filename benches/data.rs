//! Answers of any size: the same bytes for the same name, with the awkward titles that real mail
//! has.
//!
//! - `2000`: 2,000 tickets with every field, in the server's own shape; many values are alike.
//! - `2000-varied`: nearly every value differs from ticket to ticket, some keys have escapes, and
//!   `FieldProperties` has an entry for each field.
//! - `2000-indented`: the first set with line breaks and indentation.
//! - `501+500`: 500 tickets of the first set, from number 501 on.

use std::fmt::Write as _;
use std::ops::Range;

/// Returns the answer called `name`: a JSON array of tickets. A ticket is about 1.76 kB, a varied
/// one 9 kB and an indented one 2.3 kB.
pub(crate) fn answer(name: &str) -> Option<Vec<u8>> {
    if let Some((first, count)) = name.split_once('+') {
        let (first, count): (usize, usize) = (first.parse().ok()?, count.parse().ok()?);
        return Some(array(first..first + count, ticket_into).into_bytes());
    }
    let (count, set) = name.split_once('-').unwrap_or((name, ""));
    let count: usize = count.parse().ok()?;
    let json = match set {
        "" => array(1..count + 1, ticket_into),
        "varied" => array(1..count + 1, varied_ticket_into),
        "indented" => indented(&array(1..count + 1, ticket_into)),
        _ => return None,
    };
    Some(json.into_bytes())
}

fn array(ids: Range<usize>, ticket_into: fn(usize, &mut String)) -> String {
    let mut json = String::with_capacity(ids.len() * 1800 + 2);
    json.push('[');
    let first = ids.start;
    for id in ids {
        if id > first {
            json.push(',');
        }
        ticket_into(id, &mut json);
    }
    json.push(']');
    json
}

/// Returns `json` as a server writes it that indents.
fn indented(json: &str) -> String {
    let mut text = String::with_capacity(json.len() * 3 / 2);
    let (mut depth, mut in_text, mut is_escaped) = (0, false, false);
    for c in json.chars() {
        let is_structure = !in_text;
        in_text ^= c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        if is_structure && matches!(c, '}' | ']') {
            depth -= 1;
            let _ = write!(text, "\n{:1$}", "", depth * 2);
        }
        text.push(c);
        match c {
            '{' | '[' if is_structure => {
                depth += 1;
                let _ = write!(text, "\n{:1$}", "", depth * 2);
            }
            ',' if is_structure => {
                let _ = write!(text, "\n{:1$}", "", depth * 2);
            }
            ':' if is_structure => text.push(' '),
            _ => {}
        }
    }
    text
}

const TITLES: [&str; 10] = [
    r#"Cannot print shipping labels"#,
    r#"Login fails, \"invalid token\", since the update"#,
    r#"Line one\nline two\r\n\tand three"#,
    r#"注文書が印刷できません"#,
    r#"🎉 Party, \ud83d\ude80 rocket & <b>bold</b>"#,
    r#"=HYPERLINK(\"http://example.com\";\"x\")"#,
    r#"Ærlig talt: faktura 10482 er feil"#,
    r#"Re: Fwd: Re: AW: Angebot für Größe 42; bitte um Rückruf"#,
    r#"C:\\Program Files\\SuperOffice\\web.config | not found"#,
    r#"A very long subject line that goes on and on, as they do when somebody writes the whole message into it"#,
];

const OWNERS: [&str; 6] = ["ingrid", "tomasz", "Åse", "daniel", "άννα", "O'Hara, \\\"Red\\\""];

const STATUSES: [&str; 4] = ["Active", "Closed", "Postponed", "Deleted"];

fn ticket_into(id: usize, json: &mut String) {
    let title = TITLES[id % TITLES.len()];
    let owner = OWNERS[id % OWNERS.len()];
    let status = STATUSES[id % STATUSES.len()];
    let (day, hour, minute) = (1 + id % 28, id % 24, id % 60);
    let date = |year: usize| {
        format!("{year}-{:02}-{day:02}T{hour:02}:{minute:02}:04.4078252+01:00", 1 + id % 12)
    };
    let none = "0001-01-01T00:00:00";
    let _ = write!(
        json,
        r#"{{"TicketId":{id},"Title":"{title} {id}","CreatedAt":"{}","LastChanged":"{}","ReadByOwner":"{}","ReadByCustomer":"{none}","FirstReadByUser":"{}","Activate":"{none}","ClosedAt":"{none}","RepliedAt":"{}","AlertTimeout":"{none}","Deadline":"{}","#,
        date(2024),
        date(2025),
        date(2025),
        date(2024),
        date(2024),
        date(2026)
    );
    let _ = write!(
        json,
        r#""CreatedBy":{},"CreatedByName":"system","Author":"Author {} of mail","OwnedBy":{},"OwnedByName":"{owner}","Category":{},"CategoryName":"Support","CategoryFullname":"Customer support/Product {}/Support","Slevel":"External","Priority":{},"PriorityName":"Medium","BaseStatus":"{status}","TicketStatus":{},"TicketStatusDisplayValue":"In progress","Origin":"Email","CustId":{},"PersonFirstname":"Åse","PersonMiddleName":"","PersonLastname":"Bjørkås","PersonFullname":"Åse Bjørkås","AlertLevel":1,"ConnectId":0,"ReadStatus":"Green","#,
        id % 7,
        id % 97,
        id % 31,
        id % 11,
        id % 5,
        id % 3,
        id % 9,
        id % 5000
    );
    let _ = write!(
        json,
        r#""TimeToReply":{},"RealTimeToReply":{},"TimeToClose":0,"RealTimeToClose":0,"TimeSpentInternally":{},"TimeSpentExternally":{},"TimeSpentQueue":{},"RealTimeSpentInternally":{},"RealTimeSpentExternally":{},"RealTimeSpentQueue":{},"TimeSpent":{},"HasAttachment":{},"NumReplies":{},"NumMessages":{},"FromAddress":"aase{}@braekke.example","ContactId":{},"ContactName":"Brække & Sønn Møbler","OwnedByAssociateId":{},"Language":"no","Sentiment":{},"SentimentConfidence":{},"SaleId":0,"ProjectId":0,"SaleHeading":null,"ProjectName":null,"FormSubmissionId":0,"TicketTypeId":2,"TicketTypeName":"Question","TableRight":{{"Mask":"Select, Update","Reason":""}},"FieldProperties":{{"Title":{{"FieldRight":null,"FieldType":"System.String","FieldLength":255}}}}}}"#,
        id % 600,
        id % 1200,
        id % 3600,
        id % 7200,
        id % 900,
        id % 3600,
        id % 7200,
        id % 900,
        id % 60,
        id.is_multiple_of(2),
        id % 8,
        id % 20,
        id % 300,
        id % 900,
        id % 40,
        id % 50,
        id % 100
    );
}

/// The keys of a ticket, some with an escape, and how their values are made: a text, a date, a
/// number or a flag.
const VARIED: [(&str, char); 63] = [
    ("Title", 't'),
    ("CreatedAt", 'd'),
    ("LastChanged", 'd'),
    ("ReadByOwner", 'd'),
    ("ReadByCustomer", 'd'),
    ("FirstReadByUser", 'd'),
    ("Activate", 'd'),
    ("ClosedAt", 'd'),
    ("RepliedAt", 'd'),
    ("AlertTimeout", 'd'),
    ("Deadline", 'd'),
    ("CreatedBy", 'n'),
    ("CreatedByName", 't'),
    ("Auth\\u006fr", 't'),
    ("OwnedBy", 'n'),
    ("OwnedByName", 't'),
    ("Category", 'n'),
    ("CategoryName", 't'),
    ("CategoryFullname", 't'),
    ("Slevel", 't'),
    ("Priority", 'n'),
    ("PriorityName", 't'),
    ("BaseStatus", 't'),
    ("TicketStatus", 'n'),
    ("TicketStatusDisplayValue", 't'),
    ("Origin", 't'),
    ("CustId", 'n'),
    ("PersonFirstname", 't'),
    ("PersonMiddleName", 't'),
    ("PersonLastname", 't'),
    ("Person\\u0046ullname", 't'),
    ("AlertLevel", 'n'),
    ("ConnectId", 'n'),
    ("ReadStatus", 't'),
    ("TimeToReply", 'n'),
    ("RealTimeToReply", 'n'),
    ("TimeToClose", 'n'),
    ("RealTimeToClose", 'n'),
    ("TimeSpentInternally", 'n'),
    ("TimeSpentExternally", 'n'),
    ("TimeSpentQueue", 'n'),
    ("RealTimeSpentInternally", 'n'),
    ("RealTimeSpentExternally", 'n'),
    ("RealTimeSpentQueue", 'n'),
    ("TimeSpent", 'n'),
    ("HasAttachment", 'b'),
    ("NumReplies", 'n'),
    ("NumMessages", 'n'),
    ("FromAddress", 't'),
    ("ContactId", 'n'),
    ("ContactName", 't'),
    ("OwnedByAssociateId", 'n'),
    ("Language", 't'),
    ("Sentiment", 'n'),
    ("SentimentConfidence", 'n'),
    ("SaleId", 'n'),
    ("ProjectId", 'n'),
    ("SaleHeading", 't'),
    ("ProjectName", 't'),
    ("FormSubmissionId", 'n'),
    ("TicketTypeId", 'n'),
    ("TicketTypeName", 't'),
    ("Custom\\/Field", 't'),
];

fn varied_ticket_into(id: usize, json: &mut String) {
    // A generator of Knuth's: the same numbers for the same id.
    let mut state = id as u64;
    let mut random = move |most: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % most
    };
    let _ = write!(json, "{{\"TicketId\":{id}");
    for (key, kind) in VARIED {
        let _ = write!(json, ",\"{key}\":");
        let _ = match kind {
            't' => {
                let mut index = |most| usize::try_from(random(most)).unwrap_or_default();
                let (first, second) = (index(10), index(6));
                let (title, owner) = (TITLES[first], OWNERS[second]);
                write!(json, "\"{owner} {} {title}\"", random(1 << 30))
            }
            'd' => write!(
                json,
                "\"20{:02}-{:02}-{:02}T{:02}:{:02}:{:02}.{:07}+01:00\"",
                random(30),
                1 + random(12),
                1 + random(28),
                random(24),
                random(60),
                random(60),
                random(10_000_000)
            ),
            'n' => {
                let most = 1 << random(31);
                write!(json, "{}", random(most))
            }
            _ => write!(json, "{}", random(2) == 0),
        };
    }
    let _ =
        write!(json, ",\"TableRight\":{{\"Mask\":\"Select\",\"Reason\":\"{}\"}}", random(1 << 20));
    json.push_str(",\"FieldProperties\":{");
    for (index, (key, _)) in VARIED.iter().enumerate() {
        let separator = if index == 0 { "" } else { "," };
        let (mask, length) = (random(1 << 20), random(4000));
        let _ = write!(
            json,
            "{separator}\"{key}\":{{\"FieldRight\":{{\"Mask\":\"{mask}\",\"Reason\":\"\"}},\"FieldLength\":{length}}}"
        );
    }
    json.push_str("}}");
}
