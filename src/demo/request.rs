//! A request to the sample server, checked from its address to its body.

use std::collections::HashSet;

use hyper::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, HeaderMap};
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use super::credential;
use super::locale::{self, Zone};

/// The path of the installation, as `/SuperOffice` is that of another.
pub(super) const SITE: &str = "/sample";

/// The path of the endpoint below that of the installation.
const ENDPOINT: &str = "/api/v1/Agents/Ticket/GetTickets";

/// A request that the server answers.
#[derive(Debug)]
pub(super) enum Request {
    Welcome,
    Version,
    GetTickets(Query),
}

/// The parameters of GetTickets.
#[derive(Debug)]
pub(super) struct Query {
    /// In the order requested, each once.
    pub(super) ids: Vec<i32>,
    /// The paths of `$select`; none select everything.
    pub(super) select: Vec<String>,
    /// The language code of names; `None` for the text with every translation.
    pub(super) language: Option<&'static str>,
    /// `None` for a request that names no zone.
    pub(super) zone: Option<Zone>,
    /// XML instead of JSON.
    pub(super) is_xml: bool,
}

/// A request that the server refuses.
#[derive(Debug)]
pub(super) struct RequestError {
    pub(super) status: StatusCode,
    message: String,
}

impl Request {
    /// Checks a request from its address to its body, which may have `max_ids` ids.
    pub(super) fn read(
        parts: &Parts,
        body: Result<Vec<u8>, RequestError>,
        max_ids: Option<usize>,
    ) -> Result<Self, RequestError> {
        let path = path_of_site(parts)?;
        if matches!(parts.method, Method::GET | Method::HEAD) {
            match path.to_ascii_lowercase().as_str() {
                "" | "/" => return Ok(Self::Welcome),
                // Without a credential, as at the real server.
                "/api" | "/api/" => return Ok(Self::Version),
                _ => {}
            }
        }
        check_endpoint(path, &parts.method)?;
        credential::check(&parts.headers)
            .map_err(|(status, message)| RequestError { status, message })?;
        let ids = ids(&parts.headers, &body?)?;
        if let Some(max_ids) = max_ids.filter(|max_ids| ids.len() > *max_ids) {
            let message = format!("The request has {} ids, and {max_ids} are allowed.", ids.len());
            return Err(RequestError::new(StatusCode::PAYLOAD_TOO_LARGE, message));
        }
        Ok(Self::GetTickets(Query {
            ids,
            select: select(parts.uri.query().unwrap_or_default()),
            language: language(&parts.headers),
            zone: zone(&parts.headers)?,
            is_xml: accepts_xml(&parts.headers),
        }))
    }
}

impl RequestError {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    /// Returns the body of the answer, in one of the two shapes that the vendor's pages have.
    pub(super) fn json(&self) -> String {
        let message = &self.message;
        let kind = match self.status {
            StatusCode::BAD_REQUEST => {
                let kind = "ArgumentException";
                return json!({"Error": true, "ErrorType": kind, "Message": message}).to_string();
            }
            StatusCode::UNAUTHORIZED => "SoAuthenticationException",
            StatusCode::FORBIDDEN => "SoAccessDeniedException",
            StatusCode::NOT_FOUND => "SoNotFoundException",
            StatusCode::METHOD_NOT_ALLOWED | StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                "NotSupportedException"
            }
            _ => "ArgumentException",
        };
        let source = "sotickets demo";
        json!({"Error": true, "ErrorType": kind, "ErrorMessage": message, "ErrorSource": source})
            .to_string()
    }
}

fn bad_request(message: impl Into<String>) -> RequestError {
    RequestError::new(StatusCode::BAD_REQUEST, message)
}

/// Returns the path below that of the installation. Case does not matter, as at the real server.
fn path_of_site(parts: &Parts) -> Result<&str, RequestError> {
    let path = parts.uri.path();
    let site = path.get(..SITE.len()).filter(|site| site.eq_ignore_ascii_case(SITE));
    let rest = site.map(|site| &path[site.len()..]);
    rest.filter(|rest| rest.is_empty() || rest.starts_with('/')).ok_or_else(|| {
        let message = format!("Nothing is served here; the installation is at {SITE}.");
        RequestError::new(StatusCode::NOT_FOUND, message)
    })
}

/// Checks that a request is one to GetTickets.
fn check_endpoint(path: &str, method: &Method) -> Result<(), RequestError> {
    if !path.eq_ignore_ascii_case(ENDPOINT) {
        let message = format!("Nothing is served here; tickets are at POST {SITE}{ENDPOINT}.");
        return Err(RequestError::new(StatusCode::NOT_FOUND, message));
    }
    if method != Method::POST {
        let message = format!("GetTickets answers POST only, not {method}.");
        return Err(RequestError::new(StatusCode::METHOD_NOT_ALLOWED, message));
    }
    Ok(())
}

fn ids(headers: &HeaderMap, body: &[u8]) -> Result<Vec<i32>, RequestError> {
    if !is_json(&media_type(text(headers, CONTENT_TYPE.as_str()))) {
        let message = "The Content-Type of the body is not JSON, the only one that is read here.";
        return Err(RequestError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    }
    let json: Value = serde_json::from_slice(body)
        .map_err(|error| bad_request(format!("The body is not JSON: {error}.")))?;
    let Value::Object(members) = json else {
        return Err(bad_request("The body is not a JSON object."));
    };
    let list = match members.iter().find(|(name, _)| name.eq_ignore_ascii_case("TicketIds")) {
        Some((_, Value::Array(list))) => list,
        Some(_) => return Err(bad_request("TicketIds is not an array.")),
        None => return Err(bad_request("The body has no TicketIds.")),
    };
    let mut ids = Vec::with_capacity(list.len());
    let mut seen = HashSet::with_capacity(list.len());
    for value in list {
        let id = value.as_i64().and_then(|number| i32::try_from(number).ok()).ok_or_else(|| {
            bad_request(format!("TicketIds holds {value}, which is no 32-bit integer."))
        })?;
        if seen.insert(id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

fn is_json(media_type: &str) -> bool {
    matches!(media_type, "application/json" | "text/json")
        || (media_type.starts_with("application/") && media_type.ends_with("+json"))
}

fn select(query: &str) -> Vec<String> {
    url::form_urlencoded::parse(query.as_bytes())
        .filter(|(name, _)| name.eq_ignore_ascii_case("$select"))
        .flat_map(|(_, list)| list.split(',').map(|it| it.trim().to_owned()).collect::<Vec<_>>())
        .filter(|path| !path.is_empty())
        .collect()
}

/// Returns the language that a request asks for: `SO-Language` before `Accept-Language`.
fn language(headers: &HeaderMap) -> Option<&'static str> {
    ["so-language", ACCEPT_LANGUAGE.as_str()]
        .map(|name| text(headers, name))
        .into_iter()
        .find(|value| !value.trim().is_empty())
        .and_then(locale::language)
}

fn zone(headers: &HeaderMap) -> Result<Option<Zone>, RequestError> {
    let value = headers.get("so-timezone");
    value
        .map(|value| Zone::parse(&String::from_utf8_lossy(value.as_bytes())).map_err(bad_request))
        .transpose()
}

/// Returns whether `Accept` names XML first; a weight (`q`) changes nothing.
fn accepts_xml(headers: &HeaderMap) -> bool {
    let first = text(headers, ACCEPT.as_str()).split(',').next().unwrap_or_default();
    matches!(media_type(first).as_str(), "application/xml" | "text/xml")
}

fn media_type(value: &str) -> String {
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::credential::TOKEN;
    use super::*;

    const JSON: &str = "application/json; charset=utf-8";
    const PATH: &str = "/sample/api/v1/Agents/Ticket/GetTickets";

    fn read(
        method: Method,
        address: &str,
        headers: &[(&str, &str)],
        body: Result<Vec<u8>, RequestError>,
    ) -> Result<Request, (u16, String)> {
        let mut request = hyper::Request::builder().method(method).uri(address);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let parts = request.body(()).unwrap().into_parts().0;
        Request::read(&parts, body, None).map_err(|error| (error.status.as_u16(), error.message))
    }

    fn post(
        headers: &[(&str, &str)],
        body: Result<Vec<u8>, RequestError>,
    ) -> Result<Query, (u16, String)> {
        let bearer = format!("Bearer {TOKEN}");
        let mut all = vec![("authorization", bearer.as_str())];
        all.extend(headers);
        match read(Method::POST, PATH, &all, body)? {
            Request::GetTickets(query) => Ok(query),
            other => panic!("{other:?}"),
        }
    }

    fn post_json(headers: &[(&str, &str)], body: &str) -> Result<Query, (u16, String)> {
        let mut all = vec![("content-type", JSON)];
        all.extend(headers);
        post(&all, Ok(body.as_bytes().to_vec()))
    }

    #[test]
    fn ids_keep_their_order_and_come_once() {
        for body in [
            r#"{"TicketIds":[839,249,839,1]}"#,
            r#"{"Other":{"x":["y"]},"ticketIds":[839,249,249,1]}"#,
        ] {
            assert_eq!(post_json(&[], body).unwrap().ids, [839, 249, 1], "{body}");
        }
    }

    #[test]
    fn malformed_body_is_a_bad_request_with_a_reason() {
        for (body, named) in [
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
        ] {
            let (status, message) = post_json(&[], body).unwrap_err();
            assert!(status == 400 && message.contains(named), "{body}: {message}");
        }
        let broken = RequestError::new(StatusCode::PAYLOAD_TOO_LARGE, "too large");
        assert_eq!(post(&[("content-type", JSON)], Err(broken)).unwrap_err().0, 413);
    }

    #[test]
    fn content_type_has_to_be_json() {
        let body = || Ok(br#"{"TicketIds":[1]}"#.to_vec());
        for kind in ["application/json", "Text/JSON", "application/merge-patch+json"] {
            assert!(post(&[("content-type", kind)], body()).is_ok(), "{kind}");
        }
        for kind in ["text/plain", "application/xml", "application/jsonx", ""] {
            assert_eq!(post(&[("content-type", kind)], body()).unwrap_err().0, 415, "{kind}");
        }
        assert_eq!(post(&[], body()).unwrap_err().0, 415);
    }

    #[test]
    fn installation_is_at_one_path_in_any_case() {
        let bearer = format!("Bearer {TOKEN}");
        let headers = [("authorization", bearer.as_str()), ("content-type", JSON)];
        let answer = |method, address: &str| {
            let body = Ok(br#"{"TicketIds":[1]}"#.to_vec());
            read(method, address, &headers, body).map_err(|(status, _)| status)
        };
        for address in [PATH, "/Sample/API/v1/agents/ticket/gettickets?$select=Title"] {
            assert!(answer(Method::POST, address).is_ok(), "{address}");
        }
        assert_eq!(answer(Method::GET, PATH).unwrap_err(), 405);
        for address in ["/sample/api/v1/Agents/Ticket/GetTicket", "/sample/x", "/sample"] {
            assert_eq!(answer(Method::POST, address).unwrap_err(), 404, "{address}");
        }
        let samples = ["/samples/api", "//sample/api", "/other/sample/api", "/sample/v1/api"];
        for address in ["/", "/api", ENDPOINT, "/x", "/%C3%B8", "*"].iter().chain(&samples) {
            assert_eq!(answer(Method::GET, address).unwrap_err(), 404, "{address}");
            assert_eq!(answer(Method::POST, address).unwrap_err(), 404, "{address}");
        }
        for address in ["/sample", "/SAMPLE/"] {
            assert!(matches!(answer(Method::GET, address), Ok(Request::Welcome)), "{address}");
        }
        for address in ["/sample/api", "/Sample/API/"] {
            assert!(matches!(answer(Method::GET, address), Ok(Request::Version)), "{address}");
            assert_eq!(answer(Method::POST, address).unwrap_err(), 404, "{address}");
        }
    }

    #[test]
    fn credential_is_checked_before_the_body() {
        let body = Ok(b"not JSON".to_vec());
        let error = read(Method::POST, PATH, &[("content-type", JSON)], body).unwrap_err();
        assert_eq!(error.0, 401);
    }

    #[test]
    fn headers_decide_language_zone_and_format() {
        let query = |headers: &[(&str, &str)]| post_json(headers, r#"{"TicketIds":[1]}"#);
        let both = [("so-language", "nb-no"), ("accept-language", "de")];
        assert_eq!(query(&both).unwrap().language, Some("NO"));
        for ignored in ["", " "] {
            let headers = [("so-language", ignored), ("accept-language", "de")];
            assert_eq!(query(&headers).unwrap().language, Some("GE"));
        }
        assert_eq!(query(&[("so-language", "x"), both[1]]).unwrap().language, None);
        let plain = query(&[]).unwrap();
        assert!(plain.language.is_none() && plain.zone.is_none());
        let (status, message) = query(&[("so-timezone", "MARS")]).unwrap_err();
        assert!(status == 400 && message.contains("MARS"), "{message}");
        for (accept, is_xml) in [
            ("application/xml", true),
            ("text/xml; charset=utf-8, application/json", true),
            ("application/json, application/xml", false),
            ("*/*", false),
            ("", false),
        ] {
            assert_eq!(query(&[("accept", accept)]).unwrap().is_xml, is_xml, "{accept}");
        }
    }

    #[test]
    fn selected_names_are_decoded() {
        for query in ["", "$select=", "$select=,%20,", "other=Title"] {
            assert!(select(query).is_empty(), "{query}");
        }
        for query in ["$select=Title,Id", "%24select=Title%2C+Id", "$SELECT=Title&$select=Id"] {
            assert_eq!(select(query), ["Title", "Id"], "{query}");
        }
    }
}
