//! Answers of any size: the same bytes for the same number of tickets, with the
//! awkward titles that real mail has.

use std::fmt::Write as _;

/// A JSON array of `tickets` tickets with every field, in the server's own shape.
/// A ticket is about 1.76 kB.
#[must_use]
pub(crate) fn answer(tickets: usize) -> Vec<u8> {
    let mut json = String::with_capacity(tickets * 1800 + 2);
    json.push('[');
    for id in 1..=tickets {
        if id > 1 {
            json.push(',');
        }
        ticket_into(id, &mut json);
    }
    json.push(']');
    json.into_bytes()
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
