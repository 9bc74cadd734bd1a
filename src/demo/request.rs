//! A request, checked: which tickets it asks for, and how they are written.

use std::collections::HashSet;

use hyper::header::{ACCEPT, ALLOW, CONTENT_TYPE, HeaderMap};
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};
use serde_json::Value;

use super::credential;
use super::language::Language;
use super::refusal::Refusal;
use super::select::Selection;
use super::zone::Zone;

const PATH: &str = "/api/v1/Agents/Ticket/GetTickets";

/// A body as it was read.
#[derive(Debug)]
pub(super) enum Body {
    Whole(Vec<u8>),
    /// Longer than the server takes.
    TooLarge,
    /// The connection broke before its end.
    CutOff,
}

/// What is asked for.
#[derive(Debug)]
pub(super) enum Question {
    /// What this server is.
    Welcome,
    /// Which version it is like.
    Version,
    /// Tickets.
    Tickets(Wanted),
}

/// The tickets that are asked for.
#[derive(Debug)]
pub(super) struct Wanted {
    /// In the order asked, each once.
    pub(super) ids: Vec<i32>,
    pub(super) selection: Selection,
    pub(super) language: Language,
    /// None for a request that names no zone.
    pub(super) zone: Option<Zone>,
    /// As XML instead of JSON.
    pub(super) xml: bool,
}

impl Question {
    /// Checks a request from its address to its body.
    pub(super) fn read(parts: &Parts, body: &Body) -> Result<Self, Refusal> {
        if matches!(parts.method, Method::GET | Method::HEAD) {
            match parts.uri.path().to_ascii_lowercase().as_str() {
                "/" => return Ok(Self::Welcome),
                // Told to anyone, as by the real one.
                path if path.ends_with("/api") => return Ok(Self::Version),
                _ => {}
            }
        }
        check_address(parts)?;
        credential::check(&parts.headers)?;
        let ids = ids(&parts.headers, body)?;
        Ok(Self::Tickets(Wanted {
            ids,
            selection: Selection::of_query(parts.uri.query().unwrap_or_default()),
            language: Language::of(&parts.headers),
            zone: zone(&parts.headers)?,
            xml: wants_xml(&parts.headers),
        }))
    }
}

fn check_address(parts: &Parts) -> Result<(), Refusal> {
    let path = parts.uri.path();
    let end = path.len().checked_sub(PATH.len()).and_then(|start| path.get(start..));
    if !end.is_some_and(|end| end.eq_ignore_ascii_case(PATH)) {
        let message = format!("Nothing is served here; tickets are at POST {PATH}.");
        return Err(Refusal::new(StatusCode::NOT_FOUND, "SoNotFoundException", message));
    }
    if parts.method == Method::POST {
        return Ok(());
    }
    let message = format!("GetTickets answers POST only, not {}.", parts.method);
    Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "NotSupportedException", message)
        .with_header(ALLOW, "POST"))
}

fn zone(headers: &HeaderMap) -> Result<Option<Zone>, Refusal> {
    let zone = headers.get("so-timezone").map(|value| {
        let text = String::from_utf8_lossy(value.as_bytes());
        Zone::parse(&text).map_err(Refusal::bad_request)
    });
    zone.transpose()
}

/// The media type named first decides; a weight (`q`) changes nothing.
fn wants_xml(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = accept.split([',', ';']).next().unwrap_or_default().trim().to_ascii_lowercase();
    matches!(kind.as_str(), "application/xml" | "text/xml")
}

fn ids(headers: &HeaderMap, body: &Body) -> Result<Vec<i32>, Refusal> {
    let bytes = match body {
        Body::Whole(bytes) => bytes,
        Body::TooLarge => {
            let message = "The body is larger than 1 MiB.";
            return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "ArgumentException", message));
        }
        Body::CutOff => return Err(Refusal::bad_request("The body is cut off.")),
    };
    check_content_type(headers)?;
    let json: Value = serde_json::from_slice(bytes)
        .map_err(|error| Refusal::bad_request(format!("The body is not JSON: {error}.")))?;
    let Value::Object(members) = json else {
        return Err(Refusal::bad_request("The body is not a JSON object."));
    };
    let list = members.iter().find(|(name, _)| name.eq_ignore_ascii_case("TicketIds"));
    match list {
        Some((_, Value::Array(list))) => list_of_ids(list),
        Some(_) => Err(Refusal::bad_request("TicketIds is not an array.")),
        None => Err(Refusal::bad_request("The body has no TicketIds.")),
    }
}

fn list_of_ids(list: &[Value]) -> Result<Vec<i32>, Refusal> {
    let mut ids = Vec::with_capacity(list.len());
    let mut seen = HashSet::with_capacity(list.len());
    for value in list {
        let id = value.as_i64().and_then(|number| i32::try_from(number).ok()).ok_or_else(|| {
            Refusal::bad_request(format!("TicketIds holds {value}, which is no 32-bit integer."))
        })?;
        if seen.insert(id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

fn check_content_type(headers: &HeaderMap) -> Result<(), Refusal> {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let json = matches!(kind.as_str(), "application/json" | "text/json")
        || (kind.starts_with("application/") && kind.ends_with("+json"));
    if json {
        return Ok(());
    }
    let message = "The Content-Type of the body is not JSON, the only one that is read here.";
    Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "NotSupportedException", message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::TOKEN;

    const JSON: &str = "application/json; charset=utf-8";

    fn parts(method: Method, address: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = hyper::Request::builder().method(method).uri(address);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    fn post(headers: &[(&str, &str)], body: Body) -> Result<Wanted, Refusal> {
        let bearer = format!("Bearer {TOKEN}");
        let mut all = vec![("authorization", bearer.as_str())];
        all.extend(headers);
        match Question::read(&parts(Method::POST, PATH, &all), &body)? {
            Question::Tickets(wanted) => Ok(wanted),
            other => panic!("{other:?}"),
        }
    }

    fn refused(headers: &[(&str, &str)], body: Body) -> (u16, String) {
        let refusal = post(headers, body).unwrap_err();
        (refusal.status().as_u16(), refusal.message().to_owned())
    }

    fn whole(text: &str) -> Body {
        Body::Whole(text.as_bytes().to_vec())
    }

    #[test]
    fn ids_keep_their_order_and_come_once() {
        for body in [
            r#"{"TicketIds":[839,249,839,1]}"#,
            r#"{"Other":{"x":["y"]},"ticketIds":[839,249,249,1]}"#,
        ] {
            let wanted = post(&[("content-type", JSON)], whole(body)).unwrap();
            assert_eq!(wanted.ids, [839, 249, 1], "{body}");
        }
    }

    #[test]
    fn a_malformed_body_is_a_bad_request_that_says_why() {
        let cases = [
            ("", "not JSON"),
            ("{\"TicketIds\":[1]", "not JSON"),
            ("[1,2]", "not a JSON object"),
            ("null", "not a JSON object"),
            ("{}", "no TicketIds"),
            (r#"{"TicketIds":null}"#, "not an array"),
            (r#"{"TicketIds":7}"#, "not an array"),
            (r#"{"TicketIds":["7"]}"#, "\"7\""),
            (r#"{"TicketIds":[7.5]}"#, "7.5"),
            (r#"{"TicketIds":[1,null]}"#, "null"),
            (r#"{"TicketIds":[2147483648]}"#, "2147483648"),
        ];
        for (body, named) in cases {
            let (status, message) = refused(&[("content-type", JSON)], whole(body));
            assert_eq!(status, 400, "{body}");
            assert!(message.contains(named), "{body}: {message}");
        }
        assert_eq!(refused(&[("content-type", JSON)], Body::CutOff).0, 400);
        assert_eq!(refused(&[("content-type", JSON)], Body::TooLarge).0, 413);
    }

    #[test]
    fn the_content_type_has_to_be_json() {
        let body = || whole(r#"{"TicketIds":[1]}"#);
        for kind in ["application/json", "Text/JSON", "application/merge-patch+json"] {
            assert!(post(&[("content-type", kind)], body()).is_ok(), "{kind}");
        }
        for kind in ["text/plain", "application/xml", "application/jsonx", ""] {
            assert_eq!(refused(&[("content-type", kind)], body()).0, 415, "{kind}");
        }
        assert_eq!(refused(&[], body()).0, 415);
    }

    #[test]
    fn only_post_is_answered_and_any_prefix_is_taken() {
        let read = |method, address: &str| {
            let bearer = format!("Bearer {TOKEN}");
            let headers = [("authorization", bearer.as_str()), ("content-type", JSON)];
            Question::read(&parts(method, address, &headers), &whole(r#"{"TicketIds":[1]}"#))
                .map_err(|refusal| (refusal.status().as_u16(), refusal.header()))
        };
        for address in [PATH, "/Cust12345/api/v1/agents/ticket/gettickets?$select=Title"] {
            assert!(read(Method::POST, address).is_ok(), "{address}");
        }
        let (status, header) = read(Method::GET, PATH).unwrap_err();
        assert_eq!((status, header.unwrap().1.as_bytes()), (405, b"POST".as_slice()));
        for address in ["/api/v1/Agents/Ticket/GetTicket", "/x", "/ø", "//api/v2"] {
            let address = address.replace('ø', "%C3%B8");
            assert_eq!(read(Method::POST, &address).unwrap_err().0, 404, "{address}");
        }
        assert!(matches!(read(Method::GET, "/"), Ok(Question::Welcome)));
        for address in ["/api", "/Cust12345/API"] {
            assert!(matches!(read(Method::GET, address), Ok(Question::Version)), "{address}");
            assert_eq!(read(Method::POST, address).unwrap_err().0, 404, "{address}");
        }
        assert_eq!(read(Method::POST, "/").unwrap_err().0, 404);
    }

    #[test]
    fn the_credential_comes_before_the_body() {
        let request = parts(Method::POST, PATH, &[("content-type", JSON)]);
        let refusal = Question::read(&request, &whole("not JSON")).unwrap_err();
        assert_eq!(refusal.status(), StatusCode::UNAUTHORIZED);
    }

    #[test]
    fn an_unknown_zone_is_named() {
        let headers = [("content-type", JSON), ("so-timezone", "MARS")];
        let (status, message) = refused(&headers, whole(r#"{"TicketIds":[1]}"#));
        assert_eq!(status, 400);
        assert!(message.contains("MARS"), "{message}");
    }

    #[test]
    fn xml_is_sent_where_it_is_named_first() {
        for (accept, xml) in [
            ("application/xml", true),
            ("text/xml; charset=utf-8, application/json", true),
            ("application/json, application/xml", false),
            ("*/*", false),
            ("", false),
        ] {
            let headers = [("content-type", JSON), ("accept", accept)];
            let wanted = post(&headers, whole(r#"{"TicketIds":[1]}"#)).unwrap();
            assert_eq!(wanted.xml, xml, "{accept}");
        }
    }
}
