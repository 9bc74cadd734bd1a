//! What an answer means: tickets, or one of the ways in which a call fails.

use crate::error::{Error, Kind};
use crate::escape;
use crate::ticket::list;

use super::client::Response;
use super::failure::{self, Words};
use super::request::{Accept, Request};

/// Checks that the answer is what was asked for: a JSON array as far as its first
/// byte shows, or XML.
///
/// # Errors
/// By status and by shape; the text quotes the server with secrets masked.
pub fn check(response: &Response, request: &Request) -> Result<(), Error> {
    let failed = match response.status {
        200 => match request.accept {
            Accept::Json => return json(response, request),
            Accept::Xml => return xml(response, request),
        },
        300..=399 => redirected(response),
        401 | 403 => refused(response, request),
        status => failed(status, response),
    };
    Err(masked(&failed, request))
}

/// The error for an answer that is an array, but not of tickets.
#[must_use]
pub fn not_tickets(fault: list::Fault, request: &Request) -> Error {
    let error = match fault {
        list::Fault::Syntax(error) => {
            Error::new(Kind::Answer, format!("the answer is not JSON: {error}")).hint(
                "it may have been cut or changed on its way; -o json does not print it either",
            )
        }
        list::Fault::Encoding(byte) => Error::new(
            Kind::Answer,
            format!("the answer is not JSON: it is no UTF-8 at byte {byte}"),
        ),
        list::Fault::NotATicket(place, element) => Error::new(
            Kind::Answer,
            format!(
                "the answer is not a list of tickets: element {place} is {}",
                escape::excerpt(&element, 80)
            ),
        )
        .hint("check that the address is the SuperOffice WebAPI's"),
    };
    masked(&error, request)
}

fn json(response: &Response, request: &Request) -> Result<(), Error> {
    let body = response.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&response.body);
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    if first != Some(&b'[') {
        return Err(masked(&no_array(body), request));
    }
    Ok(())
}

/// What came with 200 in place of an array.
fn no_array(body: &[u8]) -> Error {
    if body.trim_ascii() == b"null" {
        return Error::new(
            Kind::Server,
            "the call failed on the server, which answered null and gave no reason",
        )
        .hint("try one id and fewer fields; the server's own log knows more");
    }
    match failure::words(body) {
        Words::None => Error::new(Kind::Answer, "the answer is empty")
            .hint("check that the address is the SuperOffice WebAPI's"),
        Words::Error(words) => {
            Error::new(Kind::Server, format!("the server refused the call: {words}"))
        }
        page @ Words::Page(_) => Error::new(
            Kind::Answer,
            format!("the answer is not JSON{}", page.tail()),
        )
        .hint(
            "a sign-in page or a proxy answered in the API's place: check address and credential",
        ),
        Words::Text(text) if text.starts_with('{') => {
            Error::new(Kind::Answer, format!("the answer is not a list of tickets: {text}"))
                .hint("check that the address is the SuperOffice WebAPI's")
        }
        Words::Text(text) => Error::new(Kind::Answer, format!("the answer is not JSON: {text}"))
            .hint("check that the address is the SuperOffice WebAPI's"),
    }
}

fn xml(response: &Response, request: &Request) -> Result<(), Error> {
    let essence = response.content_type.as_deref().unwrap_or_default();
    let essence = essence.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_xml =
        matches!(essence.as_str(), "application/xml" | "text/xml") || essence.ends_with("+xml");
    if is_xml && essence != "application/xhtml+xml" {
        return Ok(());
    }
    let shown = match essence.as_str() {
        "" => "has no content type".to_owned(),
        other => format!("is {}", escape::excerpt(other, 60)),
    };
    let words = failure::words(&response.body);
    let error = match &words {
        Words::Error(text) => {
            Error::new(Kind::Server, format!("the server refused the call: {text}"))
        }
        _ if response.body.trim_ascii() == b"null" => no_array(&response.body),
        _ => Error::new(Kind::Answer, format!("the answer is not XML, it {shown}{}", words.tail()))
            .hint("this server may not offer XML: -o json"),
    };
    Err(masked(&error, request))
}

fn redirected(response: &Response) -> Error {
    let target = response.location.as_deref().map_or_else(
        || "without saying where to".to_owned(),
        |target| format!("to {}", escape::excerpt(target, 200)),
    );
    Error::new(
        Kind::Server,
        format!("the server redirects {target} (HTTP {}); nothing was sent there", response.status),
    )
    .hint("if that is the right address, give it as --url; a sign-in page means that the credential is missing")
}

fn refused(response: &Response, request: &Request) -> Error {
    let status = response.status;
    let words = failure::words(&response.body).tail();
    let Some(credential) = &request.credential else {
        return Error::new(
            Kind::Authentication,
            format!("the server wants a credential (HTTP {status}){words}"),
        )
        .hint("the call went out without one, because of --no-auth");
    };
    let description = credential.description();
    let message = if status == 401 {
        format!("the server does not accept the credential ({description}) (HTTP 401){words}")
    } else {
        format!("the server forbids the call to this credential ({description}) (HTTP 403){words}")
    };
    let error = Error::new(Kind::Authentication, message).hint(credential.advice());
    match (&request.app_token, status) {
        (Some(token), 403) => {
            error.hint(format!("the application token ({}) may be the one refused", token.origin))
        }
        _ => error,
    }
}

fn failed(status: u16, response: &Response) -> Error {
    let words = failure::words(&response.body).tail();
    let (message, hint) = match status {
        204 => (
            "the server answered with no content".to_owned(),
            "check that the address is the SuperOffice WebAPI's",
        ),
        400 => (
            format!("the server calls the request malformed{words}"),
            "a field, a language or a time zone code may be unknown to it; -v shows the request",
        ),
        404 => (
            format!("there is no such endpoint{words}"),
            "check the address: https://host/site, as far as the part before /api/v1",
        ),
        407 => {
            (format!("a proxy wants a credential{words}"), "check the proxy's user and password")
        }
        421 => (
            format!("this host does not serve the tenant{words}"),
            "tenants move between sub-domains: https://online.superoffice.com/api/state/CustNNNNN names the right one",
        ),
        429 => (format!("the server has had too many requests{words}"), "wait, then try again"),
        502..=504 => (format!("the server is not available{words}"), "wait, then try again"),
        500.. => (
            format!("the server failed{words}"),
            "try one id and fewer fields; the server's own log knows more",
        ),
        _ => (format!("the server refused the call{words}"), "-v shows the request"),
    };
    let error = Error::new(Kind::Server, format!("HTTP {status}: {message}")).hint(hint);
    match &response.retry_after {
        Some(wait) => {
            error.hint(format!("it asks to wait: Retry-After {}", escape::excerpt(wait, 60)))
        }
        None => error,
    }
}

/// `error` without the secrets of this call, which a server may quote back.
fn masked(error: &Error, request: &Request) -> Error {
    let mask = request.mask();
    let clean = Error::new(error.kind(), mask.apply(&error.to_string()));
    error.hints().iter().fold(clean, |clean, hint| clean.hint(mask.apply(hint)))
}
