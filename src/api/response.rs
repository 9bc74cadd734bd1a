//! The meaning of a response: tickets, or one of the ways in which a call fails.

use std::ops::Deref;
use std::time::Duration;

use crate::answer::ParseError;
use crate::answer::xml;
use crate::encoding::without_utf8_bom;
use crate::error::{Error, Kind};
use crate::escape;
use crate::http::auth_challenge;
use crate::http::error::login_required;
use crate::http::response::Response;
use crate::secret::mask::Mask;

use super::credential::{Authentication, Credential};
use super::endpoint;
use super::error_body::{self, BodyText};
use super::maintenance_window;

/// The format of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Accept {
    /// `application/json`.
    Json,
    /// `application/xml`.
    Xml,
}

const CHECK_ADDRESS: &str = "check that the address is the SuperOffice WebAPI's";
const CHECK_PATH: &str = "check the address: https://host/site, as far as the part before /api/v1";
const TRY_LESS: &str = "try one id and fewer fields; the server's own log knows more";

/// The longest `Retry-After` that is passed on to a person, in seconds: a day.
const MAX_WAIT: u64 = 86_400;

/// Checks that the body of a 200 has the requested format: a JSON array, as far as its first
/// byte shows, or XML.
///
/// # Errors
/// Quotes the server with secrets masked.
pub(crate) fn check_format(
    response: &Response<impl Deref<Target = [u8]>>,
    accept: Accept,
) -> Result<(), Error> {
    let body = without_utf8_bom(&response.body);
    match (accept, body.trim_ascii_start().first()) {
        (Accept::Json, Some(b'[')) => Ok(()),
        (Accept::Json, _) => Err(not_an_array(body, &response.mask)),
        (Accept::Xml, first) => check_xml(response, first == Some(&b'<')),
    }
}

/// Returns the error for a response other than 200.
pub(super) fn failure(response: &Response<Vec<u8>>, authentication: &Authentication) -> Error {
    let status = response.status;
    let proxy = response.plain_proxy.as_ref();
    if let Some(proxy) = proxy.filter(|_| status == 407) {
        return login_required(proxy, &response.schemes());
    }
    let error = match status {
        300..=399 => redirect_error(response),
        401 | 403 => authentication_error(response, authentication),
        421 => moved_tenant_error(response),
        _ => status_error(response),
    };
    let omitted = response.omitted_body.as_ref();
    let omitted = omitted.map(|reason| format!("the body of the answer was left out: {reason}"));
    // Only an address of Online names a tenant.
    let maintenance = endpoint::tenant(&response.address)
        .and_then(|_| maintenance_window::hint(status, response.time));
    let proxy = proxy.filter(|_| status >= 400).map(|proxy| {
        format!("the proxy {} may have answered in the server's place", proxy.host_and_port())
    });
    error.hints_from([omitted, maintenance, proxy].into_iter().flatten())
}

/// Returns the error for an answer in the format `accept` that is not a list of tickets; `ids`
/// is the number of requested ids.
pub(crate) fn not_tickets(error: ParseError, accept: Accept, ids: usize, mask: &Mask) -> Error {
    let format = match accept {
        Accept::Json => "JSON",
        Accept::Xml => "XML",
    };
    let not_a_list = |found: String| {
        Error::answer(format!("the answer is not a list of tickets: {found}")).hint(CHECK_ADDRESS)
    };
    match error {
        ParseError::Syntax(problem) => {
            let problem = error_body::quote(&problem, 200, mask);
            Error::answer(format!("the answer is not {format}: {problem}"))
                .hint("it may have been cut or changed on its way; nothing of it was printed")
        }
        ParseError::Encoding(byte) => {
            Error::answer(format!("the answer is not {format}: it is no UTF-8 at byte {byte}"))
                .hint("it may have been changed on its way; nothing of it was printed")
        }
        ParseError::NotATicket(place, element) => {
            not_a_list(format!("element {place} is {}", error_body::quote(&element, 80, mask)))
        }
        ParseError::OtherDocument(root) => {
            not_a_list(format!("<{}>", error_body::quote(&root, 80, mask)))
        }
        ParseError::Null => null_error(),
        ParseError::TooMany(most) => {
            let requested = match ids {
                1 => "1 ticket was asked for".to_owned(),
                _ => format!("{ids} tickets were asked for"),
            };
            too_many(format!("the answer has more than {most} elements; {requested}"))
        }
    }
}

/// Returns the error for the answers of several calls that have more than `most` elements
/// together; `ids` is the number of requested ids.
pub(crate) fn too_many_elements(most: usize, ids: usize) -> Error {
    too_many(format!(
        "all answers together have more than {most} elements; {ids} tickets were asked for"
    ))
}

fn too_many(message: String) -> Error {
    Error::answer(message).hint(format!("{CHECK_ADDRESS}; nothing of it was printed"))
}

/// Returns the encoding of an answer in XML.
///
/// # Errors
/// For one that is not supported.
pub(crate) fn xml_encoding(
    response: &Response<impl Deref<Target = [u8]>>,
) -> Result<xml::Encoding, Error> {
    let content_type = response.header("content-type");
    xml::Encoding::find(&response.body, content_type.as_deref()).map_err(|name| {
        let name = error_body::quote(&name, 60, &response.mask);
        Error::answer(format!("the answer is XML in '{name}', which is not read here"))
            .hint("XML is read in UTF-8, ISO-8859 and windows-125x; or take -o json")
    })
}

/// Returns the error for `null` in place of the tickets.
fn null_error() -> Error {
    Error::server("the call failed on the server, which answered null and gave no reason")
        .hint(TRY_LESS)
}

/// Returns the error for an error object with the status 200.
fn error_object(text: &str) -> Error {
    Error::server(format!("the server refused the call: {text}"))
        .hint("-v shows the request; the server's own log knows more")
}

/// Returns the error for a 200 without an array.
fn not_an_array(body: &[u8], mask: &Mask) -> Error {
    if body.trim_ascii() == b"null" {
        return null_error();
    }
    let text = error_body::read_text(body, mask);
    match &text {
        BodyText::None => Error::answer("the answer is empty").hint(CHECK_ADDRESS),
        BodyText::Error(text) => error_object(text),
        BodyText::Page(title) => {
            let title = title.as_ref().map_or_else(String::new, |title| format!(": '{title}'"));
            Error::answer(format!("the answer is not JSON but a web page{title}"))
                .hint("a sign-in page or a proxy answered in the API's place: check address and credential")
        }
        BodyText::Binary(_) => Error::answer(format!("the answer is not JSON{}", text.as_suffix()))
            .hint("it may be compressed or not in UTF-8, without a header that says so"),
        BodyText::Text(text) => {
            let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok();
            let what = if is_json { "a list of tickets" } else { "JSON" };
            Error::answer(format!("the answer is not {what}: {text}")).hint(CHECK_ADDRESS)
        }
    }
}

/// Checks that the headers say XML, and that the body begins as it does if `is_markup`.
fn check_xml(response: &Response<impl Deref<Target = [u8]>>, is_markup: bool) -> Result<(), Error> {
    let mask = &response.mask;
    let essence = mask.apply(&response.header("content-type").unwrap_or_default());
    let essence = essence.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_xml =
        matches!(essence.as_str(), "application/xml" | "text/xml") || essence.ends_with("+xml");
    if is_xml && is_markup && essence != "application/xhtml+xml" {
        return Ok(());
    }
    let shown = match essence.as_str() {
        "" => "has no content type".to_owned(),
        _ if is_xml => "only says that it is".to_owned(),
        other => format!("is {}", escape::excerpt(other, 60)),
    };
    Err(match &error_body::read_text(&response.body, mask) {
        BodyText::Error(text) => error_object(text),
        _ if response.body.trim_ascii() == b"null" => null_error(),
        text => Error::answer(format!("the answer is not XML, it {shown}{}", text.as_suffix()))
            .hint("this server may not offer XML: -o json"),
    })
}

fn redirect_error(response: &Response<Vec<u8>>) -> Error {
    let status = response.status;
    let Some(target) = response.header("location") else {
        return Error::server(format!(
            "HTTP {status}: the server redirects without saying where to"
        ))
        .hint(CHECK_ADDRESS);
    };
    let target = error_body::quote(&target, 200, &response.mask);
    Error::server(format!("HTTP {status}: the server redirects to {target}; nothing was sent there"))
        .hint("if that is the right address, give it as --url; a sign-in page means that the credential is missing")
}

/// Returns the error for a 401 or a 403.
fn authentication_error(response: &Response<Vec<u8>>, authentication: &Authentication) -> Error {
    let status = response.status;
    let text = error_body::as_suffix(response);
    let offers = scheme_hints(&response.schemes());
    let Some(credential) = &authentication.credential else {
        let message = format!("HTTP {status}: the server wants a credential{text}");
        return Error::new(Kind::Authentication, message)
            .hint(
                "none was sent, because of --no-auth: give one instead, or have the gateway add it",
            )
            .hints_from(offers);
    };
    let verb = if status == 401 { "does not accept" } else { "forbids the call to" };
    let message =
        format!("HTTP {status}: the server {verb} the {}{text}", credential.description());
    let error = Error::new(Kind::Authentication, message);
    let hint = authentication.hint(status);
    // The most probable cause is the last hint, next to the prompt.
    let error = match status {
        401 if auth_challenge::is_windows(&response.schemes()) => {
            error.hints_from(credential.basic_hints()).hints_from(hint).hints_from(offers)
        }
        401 => error.hints_from(offers).hints_from(credential.basic_hints()).hints_from(hint),
        _ => error.hints_from(hint),
    };
    match (&authentication.app_token, credential) {
        (Some(token), _) if status == 403 => {
            error.hint(format!("the application token ({}) may be the one refused", token.origin))
        }
        (None, Credential::SoTicket(_)) => error.hint("Online wants --app-token next to a ticket"),
        _ => error,
    }
}

/// Returns hints that name the authentication `schemes` that a server offers, and what those
/// of Windows mean.
fn scheme_hints(schemes: &[String]) -> Vec<String> {
    let names = auth_challenge::join(schemes);
    match schemes {
        [] => Vec::new(),
        _ if !auth_challenge::is_windows(schemes) => vec![format!("the server offers {names}")],
        _ => vec![
            format!("the server offers {names}: Windows authentication is switched on there, which this program does not speak"),
            "have Anonymous Authentication switched on in IIS for the API, so that SuperOffice itself checks the credential; or call it through a gateway that signs in to Windows".to_owned(),
        ],
    }
}

/// Returns the error for a 421: tenants of Online move between sub-domains.
fn moved_tenant_error(response: &Response<Vec<u8>>) -> Error {
    let text = error_body::as_suffix(response);
    let host = response.address.host_and_port();
    let tenant = endpoint::tenant(&response.address);
    let named = tenant.map_or_else(|| "the tenant".to_owned(), |tenant| format!("tenant {tenant}"));
    let tenant = tenant.unwrap_or("CustNNNNN");
    Error::server(format!("HTTP 421: {host} does not serve {named}{text}")).hint(format!(
        "tenants move between sub-domains: https://online.superoffice.com/api/state/{tenant} names the right one"
    ))
}

/// Returns the error for a status without a meaning of its own here.
fn status_error(response: &Response<Vec<u8>>) -> Error {
    let status = response.status;
    let (message, hint) = match status {
        204 => ("the server answered with no content", CHECK_ADDRESS),
        200..=299 => ("the answer is no list of tickets", CHECK_ADDRESS),
        400 => (
            "the server calls the request malformed",
            "a field, a language or a time zone code may be unknown to it (an IANA zone has a slash: Europe/Oslo); -v shows the request",
        ),
        404 => ("there is no such endpoint", CHECK_PATH),
        405 => ("the address takes no POST", CHECK_PATH),
        407 => ("a proxy wants a credential", "check the proxy's user and password"),
        413 => ("the request is too large for the server", "ask for fewer ids a call"),
        429 => ("the server has had too many requests", "wait, then try again"),
        502..=504 => ("the server is not available", "wait, then try again"),
        500.. => ("the server failed", TRY_LESS),
        _ => ("the server refused the call", "-v shows the request"),
    };
    let wait = response.retry_after.map(|wait| wait.as_secs());
    let wait = wait.filter(|seconds| (1..=MAX_WAIT).contains(seconds)).map(Duration::from_secs);
    let hint = wait.map(humantime::format_duration).map_or_else(
        || hint.to_owned(),
        |wait| format!("wait {wait}, as the server asks, then try again"),
    );
    let text = error_body::as_suffix(response);
    Error::server(format!("HTTP {status}: {message}{text}"))
        .hint(hint)
        .hints_from(response.retry_hint)
}
