//! The web address of a ticket, as it is copied from a browser, a mail or a page.

use url::form_urlencoded;

use crate::escape;

use super::id_error::IdError;
use super::ticket_id::TicketId;

/// The schemes of the web client, of the desktop's links and of the app's.
const SCHEMES: [&str; 4] = ["https://", "http://", "soprotocol:", "superoffice:"];
/// The characters that people and programs put around an address.
const OPENING: [char; 8] = ['<', '(', '"', '\'', '‘', '“', '«', '*'];
const CLOSING: [char; 16] =
    ['>', ')', ']', '}', '"', '\'', '’', '”', '»', '*', '.', ',', ';', ':', '!', '?'];

/// Returns whether `text` begins with an address; the scheme may be missing.
pub(super) fn is_address(text: &str) -> bool {
    let text = text.trim_start_matches(OPENING);
    if has_scheme(text) {
        return true;
    }
    let end = text.find(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
    let word = &text[..end.unwrap_or(text.len())];
    let before = word.find(['/', '?']).map(|at| &word[..at]);
    before.is_some_and(|before| !before.contains(['=', '&']))
        && word.contains(|c: char| c.is_ascii_alphabetic())
}

fn has_scheme(text: &str) -> bool {
    let starts = |scheme: &&str| {
        text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    SCHEMES.iter().any(starts)
}

/// Returns the length of the address at the start of `text`: it ends at white space, at a
/// separator before the next address, or before a separator at the very end.
pub(super) fn end(text: &str) -> usize {
    let ends = |at: usize, c: char| {
        c.is_whitespace() || (matches!(c, ',' | ';') && is_address(&text[at + 1..]))
    };
    let end = text.char_indices().find(|(at, c)| ends(*at, *c)).map_or(text.len(), |(at, _)| at);
    text[..end].trim_end_matches([',', ';']).len()
}

/// Parses the address of one ticket.
///
/// # Errors
/// If it has no ticket id, or two.
pub(super) fn parse(address: &str) -> Result<TicketId, IdError> {
    let text = address.trim_start_matches(OPENING).trim_end_matches(CLOSING);
    let text = without_entities(text);
    let mut found: Option<TicketId> = None;
    for value in values(&text) {
        let id = TicketId::parse(&value).map_err(|reason| {
            let value = escape::excerpt(&value, 40);
            IdError::not_an_id(address, &format!("its ticket id '{value}' is wrong: {reason}"))
        })?;
        if let Some(other) = found.filter(|other| *other != id) {
            let reason = format!("it has the ids of two tickets, {other} and {id}");
            return Err(IdError::not_an_id(address, &reason));
        }
        found = Some(id);
    }
    found.ok_or_else(|| {
        let error = IdError::not_an_id(address, "it is an address without a ticket's id");
        if text.contains('?') {
            error.with_hint("put an address into quotes: a shell cuts it at &")
        } else {
            error
        }
    })
}

/// Returns true if `address` is that of one ticket in the web client.
pub(crate) fn has_id(address: &str) -> bool {
    let address = address.trim();
    address.contains('?') && parse(address).is_ok()
}

/// Returns the address of a ticket in the web client with `{id}` in place of its id. It has only
/// the parameters that lead to a ticket, because others may belong to one session. `None` if
/// `address` is not such an address, or its path may name a session or a ticket.
pub(crate) fn template(address: &str) -> Option<String> {
    const PARAMETERS: [&str; 3] = ["_sf", "action", "idstring"];
    let address = address.trim();
    let id = parse(address).ok()?.get().to_string();
    let (page, query) = address.split_once('?')?;
    let query = query.split('#').next().unwrap_or_default();
    if page.contains([';', '(']) || page.split('/').any(|part| part == id) {
        return None;
    }
    let mut template = page.to_owned();
    let mut separator = '?';
    for part in query.split_inclusive(['?', '&']) {
        let text = part.trim_end_matches(['?', '&']);
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        let lower = name.to_ascii_lowercase();
        let is_id = value == id && ["ticketid", "ticket_id", "entryid", "id"].contains(&&*lower);
        // A page of the web client: `service.ticket`.
        let is_page = ["", "service.ticket", "ticket.main"].contains(&text);
        if is_id || is_page || PARAMETERS.contains(&&*lower) {
            template.push(if template == page { '?' } else { separator });
            template.push_str(if is_id { name } else { text });
            template.push_str(if is_id { "={id}" } else { "" });
        }
        separator = if part.ends_with('?') { '?' } else { '&' };
    }
    (template.matches("{id}").count() == 1).then_some(template)
}

/// Replaces the spellings of `&` in HTML.
fn without_entities(text: &str) -> String {
    ["&amp;", "&AMP;", "&#38;", "&#x26;"]
        .iter()
        .fold(text.to_owned(), |text, entity| text.replace(entity, "&"))
}

/// Returns the texts in the address that are ticket ids.
fn values(text: &str) -> Vec<String> {
    // The client's addresses have a second question mark in place of an ampersand.
    let (path, query) = text.split_once(['?', '#']).unwrap_or((text, ""));
    let parameters: Vec<(String, String)> = query
        .split(['?', '&', '#'])
        .flat_map(|pair| form_urlencoded::parse(pair.as_bytes()))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.into_owned()))
        .collect();
    let has = |name: &str, fits: &dyn Fn(&str) -> bool| {
        parameters.iter().any(|(own, value)| own == name && fits(&value.to_ascii_lowercase()))
    };
    let shows_ticket = has("idstring", &|value| value.starts_with("viewticket"));
    let acts_on_ticket = has("action", &|value| matches!(value, "listticket" | "editticket"));
    let names_ticket = |name: &str| match name {
        "ticketid" | "ticket_id" | "ticketentityid" => true,
        "entryid" => shows_ticket,
        "id" => acts_on_ticket,
        _ => false,
    };
    let of_query = parameters.iter().filter(|(name, _)| names_ticket(name));
    let of_query = of_query.map(|(_, value)| value.clone());
    id_in_path(path).into_iter().chain(of_query).collect()
}

/// Returns the first segment behind a `Ticket` that is a number: `/api/v1/Ticket/839`.
fn id_in_path(path: &str) -> Option<String> {
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    // The first segment is the host.
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    segments
        .windows(2)
        .find(|pair| pair[0].eq_ignore_ascii_case("ticket") && is_number(pair[1]))
        .map(|pair| pair[1].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(address: &str) -> Result<i32, String> {
        assert!(is_address(address), "{address}");
        let id = parse(address).map_err(|error| error.into_error("").to_string());
        id.map(TicketId::get)
    }

    /// Everything between the address of an installation and the id, and behind it.
    const SHAPES: [(&str, &str); 16] = [
        ("/CS/scripts/ticket.fcgi?_sf=0&action=listTicket&ticketId=", ""),
        ("/CS/scripts/ticket.fcgi?_sf=0&action=editTicket&ticketId=", "&x=1"),
        ("/CS/scripts/ticket.fcgi?_sf=0&action=listTicketMessages&ticketId=", ""),
        ("/scripts/ticket.exe?action=listTicketLog2&ticketId=", "#top"),
        ("/CS/scripts/customer.fcgi?action=viewTicket&ticketId=", ""),
        (
            "/CS/scripts/ticket.fcgi?_sf=0&action=doScreenDefinition&idString=viewTicket_80_v2&entryId=",
            "",
        ),
        ("/CS/scripts/ticket.fcgi?_sf=0&entryId=", "&idString=viewTicket_80_v2"),
        ("/default.aspx?ticket_id=", ""),
        ("/default.aspx?service.ticket?action=listTickets&ticket_id=", ""),
        ("/default.aspx?ticket.main?ticket_id=", ""),
        ("/default.aspx??ticket_id=", ""),
        ("/CS/scripts/ticket.fcgi?action=listTicket&id=", ""),
        ("/CS/scripts/ticket.fcgi?id=", "&action=editTicket"),
        ("/api/v1/Ticket/", ""),
        ("/api/v1/Ticket/", "/Attachments?x=1"),
        ("/api/v1/Agents/Ticket/GetTicketEntity?ticketEntityId=", ""),
    ];

    #[test]
    fn client_links_without_a_host_are_read() {
        for address in [
            "soprotocol:ticket.main?ticket_id=839",
            "superoffice:service.ticket?action=listTickets&ticket_id=839",
            "SuperOffice:ticket.main?TICKET_ID=839",
            "crm.example.com/default.aspx?ticket_id=839",
            "default.aspx?ticket_id=839",
            "/CS/scripts/ticket.fcgi?action=listTicket&id=839",
            "https://crm.example.com/#/ticket?ticketId=839",
            "https://crm.example.com/?ticketId=839&ticket_id=839",
            "https://crm.example.com/?ticket%49d=8%339",
            "https://crm.example.com/Ticket/api/v1/Ticket/839",
        ] {
            assert_eq!(id(address), Ok(839), "{address}");
        }
    }

    #[test]
    fn other_number_in_an_address_is_no_id() {
        for address in [
            "https://crm.example.com:839/Cust839/CS/scripts/ticket.fcgi?custId=839",
            "https://crm.example.com/default.aspx?contact_id=839",
            "https://crm.example.com/ticket.fcgi?action=listTickets&id=839",
            "https://crm.example.com/ticket.fcgi?action=listCompany&id=839",
            "https://crm.example.com/ticket.fcgi?id=839",
            "https://crm.example.com/ticket.fcgi?entryId=839",
            "https://crm.example.com/ticket.fcgi?idString=viewContact_80&entryId=839",
            "https://crm.example.com/api/v1/Contact/839",
            "https://crm.example.com/api/v1/Ticket/list/839",
            "https://crm.example.com/api/v1/Agents/Ticket/GetTickets",
            "https://ticket/839",
            "https://crm.example.com/839?x=ticketId",
            "https://crm.example.com/?x=1&amp;messageId=839",
            "soprotocol:contact.main?contact_id=839",
        ] {
            let error = id(address).expect_err(address);
            assert!(error.ends_with("it is an address without a ticket's id"), "{error}");
        }
    }

    #[test]
    fn template_has_the_parameters_that_lead_to_a_ticket() {
        let site = "https://crm.example.com";
        for (page, expected) in [
            (
                "/CS/scripts/ticket.fcgi?_sf=0&action=listTicket&ticketId=839",
                Some("/CS/scripts/ticket.fcgi?_sf=0&action=listTicket&ticketId={id}"),
            ),
            (
                "/scripts/ticket.exe?session=canary&action=listTicket&ticketId=839&x=839#top",
                Some("/scripts/ticket.exe?action=listTicket&ticketId={id}"),
            ),
            (
                "/CS/scripts/ticket.fcgi?action=doScreenDefinition&idString=viewTicket_8&entryId=839",
                Some(
                    "/CS/scripts/ticket.fcgi?action=doScreenDefinition&idString=viewTicket_8&entryId={id}",
                ),
            ),
            (
                "/default.aspx?service.ticket?action=listTickets&ticket_id=839",
                Some("/default.aspx?service.ticket?action=listTickets&ticket_id={id}"),
            ),
            ("/default.aspx??ticket_id=839", Some("/default.aspx??ticket_id={id}")),
            ("/default.aspx?ticket_id=839&ticketId=839", None),
            ("/default.aspx?abcanary&ticket_id=839", Some("/default.aspx?ticket_id={id}")),
            ("/CS/scripts/ticket.fcgi;jsessionid=canary?ticketId=839", None),
            ("/(S(canary))/ticket.aspx?ticketId=839", None),
            ("/Ticket/839?ticketId=839", None),
            ("/default.aspx?contact_id=839", None),
            ("/api/v1/Ticket/839", None),
            ("/SuperOffice", None),
        ] {
            let expected = expected.map(|page| format!("{site}{page}"));
            assert_eq!(template(&format!(" {site}{page} ")), expected, "{page}");
        }
    }

    #[test]
    fn two_different_ids_are_refused() {
        let address = "https://a.example/Ticket/7?ticketId=839";
        assert_eq!(
            id(address),
            Err(format!(
                "'{address}' is not a ticket id: it has the ids of two tickets, 7 and 839"
            ))
        );
        let address = "https://a.example/?ticketId=x&ticketId=839";
        assert_eq!(
            id(address),
            Err(format!(
                "'{address}' is not a ticket id: its ticket id 'x' is wrong: it is not a whole number"
            ))
        );
    }

    #[test]
    fn numbers_with_a_slash_are_no_address() {
        for text in ["839/841", "839?", "?", "/", "a=b/c", "839", "abc"] {
            assert!(!is_address(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn address_of_every_shape_has_its_id(
            number in 1..=i32::MAX,
            shape in 0..SHAPES.len(),
            site in prop::sample::select(vec![
                "https://online3.superoffice.com/Cust12345",
                "http://crm.example.com:8080/SuperOffice",
                "HTTPS://CRM.EXAMPLE.COM",
                "crm.example.com/SuperOffice",
            ]),
            extra in prop::sample::select(vec!["", "custId=7&", "contact_id=10&", "messageId=11&"]),
            entity in prop::sample::select(vec!["&", "&amp;", "&#38;"]),
            around in prop::sample::select(vec![
                ("", ""), ("<", ">"), ("(", ")."), ("\"", "\""), ("'", "',"), ("", "."), ("", ";"),
                ("“", "”"), ("", "!"), ("<", ">,"),
            ]),
        ) {
            let (before, after) = SHAPES[shape];
            let before = before.replacen('?', &format!("?{extra}"), 1);
            let address = format!("{site}{before}{number}{after}").replace('&', entity);
            let text = format!("{}{address}{}", around.0, around.1);
            prop_assert_eq!(id(&text), Ok(number), "{}", text);
        }
    }
}
