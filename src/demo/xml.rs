//! Tickets as XML.

use super::answer::Sent;

const OPENING: &str = concat!(
    r#"<?xml version="1.0" encoding="utf-8"?>"#,
    r#"<ArrayOfTicket xmlns="http://schemas.datacontract.org/2004/07/SuperOffice.CRM.Services""#,
    r#" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">"#,
);

/// The whole document.
pub(super) fn document(tickets: &[Sent]) -> Vec<u8> {
    let mut text = String::from(OPENING);
    for ticket in tickets {
        element(&mut text, "Ticket", ticket);
    }
    text.push_str("</ArrayOfTicket>");
    text.into_bytes()
}

/// The names are the fields' own, which are XML names as they stand.
fn element(text: &mut String, name: &str, value: &Sent) {
    text.push('<');
    text.push_str(name);
    if *value == Sent::Null {
        text.push_str(" i:nil=\"true\"/>");
        return;
    }
    text.push('>');
    match value {
        Sent::Null => {}
        Sent::Int(number) => text.push_str(&number.to_string()),
        Sent::Bool(flag) => text.push_str(if *flag { "true" } else { "false" }),
        Sent::Text(content) => escape(text, content),
        Sent::Object(members) => {
            for (member, value) in members {
                element(text, member, value);
            }
        }
    }
    text.push_str("</");
    text.push_str(name);
    text.push('>');
}

fn escape(text: &mut String, content: &str) {
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

    fn ticket(name: &'static str, value: Sent) -> String {
        let document = document(&[Sent::Object(vec![(name, value)])]);
        let text = String::from_utf8(document).unwrap();
        let inner = text.strip_prefix(OPENING).unwrap().strip_suffix("</ArrayOfTicket>").unwrap();
        inner.to_owned()
    }

    #[test]
    fn text_is_escaped() {
        let title = Sent::Text("<b>\"R&D\"</b> ]]> 世\r\n\u{1b}[31m".into());
        assert_eq!(
            ticket("Title", title),
            "<Ticket><Title>&lt;b&gt;\"R&amp;D\"&lt;/b&gt; ]]&gt; 世&#13;\n\u{fffd}[31m</Title></Ticket>"
        );
    }

    #[test]
    fn null_numbers_and_objects_have_their_forms() {
        assert_eq!(ticket("Title", Sent::Null), "<Ticket><Title i:nil=\"true\"/></Ticket>");
        assert_eq!(ticket("CustId", Sent::Int(-1)), "<Ticket><CustId>-1</CustId></Ticket>");
        let right =
            Sent::Object(vec![("Mask", Sent::Text("Select".into())), ("Reason", Sent::Null)]);
        assert_eq!(
            ticket("TableRight", right),
            "<Ticket><TableRight><Mask>Select</Mask><Reason i:nil=\"true\"/></TableRight></Ticket>"
        );
    }

    #[test]
    fn no_tickets_are_an_empty_root() {
        assert_eq!(document(&[]), format!("{OPENING}</ArrayOfTicket>").into_bytes());
    }
}
