//! The meaning of a response: tickets, or one of the ways in which a call fails.

use std::ops::Deref;
use std::time::Duration;

use crate::answer::ParseError;
use crate::answer::xml::{self, XmlError};
use crate::encoding::without_utf8_bom;
use crate::error::{Error, Kind};
use crate::escape;
use crate::http::auth_challenge;
use crate::http::error::login_required;
use crate::http::response::Response;
use crate::http::retry;
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

/// Checks that the body of a 200 has the requested format: a JSON array, as far as its first
/// byte shows, or XML.
///
/// # Errors
/// Quotes the server with secrets masked.
pub(crate) fn check_format(
    response: &Response<impl Deref<Target = [u8]>>,
    accept: Accept,
) -> Result<(), Error> {
    match accept {
        Accept::Json => check_json(&response.body, &response.mask),
        Accept::Xml => check_xml(response),
    }
}

/// Returns the error for a response other than 200.
pub(super) fn failure(response: &Response<Vec<u8>>, authentication: &Authentication) -> Error {
    let error = match response.status {
        300..=399 => redirected(response),
        401 | 403 => refused(response, authentication),
        421 => misdirected(response),
        _ => failed(response),
    };
    let error = match &response.omitted_body {
        Some(reason) => error.hint(format!("the body of the answer was left out: {reason}")),
        None => error,
    };
    let error = match maintenance_window::hint(response.status, response.time) {
        // Only an address of Online names a tenant.
        Some(hint) if endpoint::tenant(&response.address).is_some() => error.hint(hint),
        _ => error,
    };
    match &response.plain_proxy {
        Some(proxy) if response.status == 407 => login_required(proxy, &response.schemes()),
        Some(proxy) if response.status >= 400 => error.hint(format!(
            "the proxy {} may have answered in the server's place",
            proxy.host_and_port()
        )),
        _ => error,
    }
}

/// Returns the error for an array that is not a list of tickets; `ids` is the number of ids asked for.
pub(crate) fn not_tickets(error: ParseError, ids: usize, mask: &Mask) -> Error {
    match error {
        ParseError::Syntax(error) => {
            Error::new(Kind::Answer, format!("the answer is not JSON: {error}"))
                .hint("it may have been cut or changed on its way; nothing of it was printed")
        }
        ParseError::Encoding(byte) => Error::new(
            Kind::Answer,
            format!("the answer is not JSON: it is no UTF-8 at byte {byte}"),
        )
        .hint("it may have been changed on its way; nothing of it was printed"),
        ParseError::NotATicket(place, element) => Error::new(
            Kind::Answer,
            format!(
                "the answer is not a list of tickets: element {place} is {}",
                error_body::quote(&element, 80, mask)
            ),
        )
        .hint("check that the address is the SuperOffice WebAPI's"),
        ParseError::TooMany(most) => too_many(most, ids),
    }
}

/// Returns the error for an answer in XML that is not a list of tickets.
pub(crate) fn not_xml_tickets(error: XmlError, ids: usize, mask: &Mask) -> Error {
    match error {
        XmlError::Syntax(message, byte) => {
            let message = error_body::quote(&message, 200, mask);
            Error::new(Kind::Answer, format!("the answer is not XML: {message} at byte {byte}"))
                .hint("it may have been cut or changed on its way; nothing of it was printed")
        }
        XmlError::Encoding(byte) => Error::new(
            Kind::Answer,
            format!("the answer is not XML: it is no UTF-8 at byte {byte}"),
        )
        .hint("it may have been changed on its way; nothing of it was printed"),
        XmlError::NotTickets(root) => {
            let root = error_body::quote(&root, 80, mask);
            Error::new(Kind::Answer, format!("the answer is not a list of tickets: <{root}>"))
                .hint("check that the address is the SuperOffice WebAPI's")
        }
        XmlError::Null => null(),
        XmlError::TooMany(most) => too_many(most, ids),
    }
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
        Error::new(Kind::Answer, format!("the answer is XML in '{name}', which is not read here"))
            .hint("XML is read in UTF-8, ISO-8859 and windows-125x; or take -o json")
    })
}

/// Returns the error for an answer with more elements than one for `ids` ids needs.
fn too_many(most: usize, ids: usize) -> Error {
    let asked = match ids {
        1 => "1 ticket was asked for".to_owned(),
        _ => format!("{ids} tickets were asked for"),
    };
    Error::new(Kind::Answer, format!("the answer has more than {most} elements; {asked}"))
        .hint("check that the address is the SuperOffice WebAPI's; nothing of it was printed")
}

fn check_json(body: &[u8], mask: &Mask) -> Result<(), Error> {
    let body = without_utf8_bom(body);
    match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'[') => Ok(()),
        _ => Err(no_array(body, mask)),
    }
}

/// Returns the error for `null` in place of the tickets.
fn null() -> Error {
    let message = "the call failed on the server, which answered null and gave no reason";
    Error::new(Kind::Server, message)
        .hint("try one id and fewer fields; the server's own log knows more")
}

/// Returns the error for a 200 without an array.
fn no_array(body: &[u8], mask: &Mask) -> Error {
    if body.trim_ascii() == b"null" {
        return null();
    }
    let words = error_body::read_text(body, mask);
    match &words {
        BodyText::None => Error::new(Kind::Answer, "the answer is empty")
            .hint("check that the address is the SuperOffice WebAPI's"),
        BodyText::Error(words) => refused_with_200(words),
        BodyText::Page(title) => {
            let title = title.as_ref().map_or_else(String::new, |title| format!(": '{title}'"));
            Error::new(Kind::Answer, format!("the answer is not JSON but a web page{title}"))
                .hint("a sign-in page or a proxy answered in the API's place: check address and credential")
        }
        BodyText::Binary(_) => {
            Error::new(Kind::Answer, format!("the answer is not JSON{}", words.as_suffix()))
                .hint("it may be compressed or not in UTF-8, without a header that says so")
        }
        BodyText::Text(text) => {
            let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok();
            let what = if is_json { "a list of tickets" } else { "JSON" };
            Error::new(Kind::Answer, format!("the answer is not {what}: {text}"))
                .hint("check that the address is the SuperOffice WebAPI's")
        }
    }
}

fn refused_with_200(words: &str) -> Error {
    Error::new(Kind::Server, format!("the server refused the call: {words}"))
        .hint("-v shows the request; the server's own log knows more")
}

fn check_xml(response: &Response<impl Deref<Target = [u8]>>) -> Result<(), Error> {
    let mask = &response.mask;
    let essence = mask.apply(&response.header("content-type").unwrap_or_default());
    let essence = essence.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_xml =
        matches!(essence.as_str(), "application/xml" | "text/xml") || essence.ends_with("+xml");
    let body = without_utf8_bom(&response.body);
    let begins = body.trim_ascii_start().first() == Some(&b'<');
    if is_xml && begins && essence != "application/xhtml+xml" {
        return Ok(());
    }
    let shown = match essence.as_str() {
        "" => "has no content type".to_owned(),
        _ if is_xml => "only says that it is".to_owned(),
        other => format!("is {}", escape::excerpt(other, 60)),
    };
    let words = error_body::read_text(&response.body, mask);
    Err(match &words {
        BodyText::Error(text) => refused_with_200(text),
        _ if response.body.trim_ascii() == b"null" => no_array(&response.body, mask),
        _ => Error::new(
            Kind::Answer,
            format!("the answer is not XML, it {shown}{}", words.as_suffix()),
        )
        .hint("this server may not offer XML: -o json"),
    })
}

fn redirected(response: &Response<Vec<u8>>) -> Error {
    let status = response.status;
    let location = response.header("location");
    let message = match &location {
        Some(target) => {
            let target = error_body::quote(target, 200, &response.mask);
            format!("HTTP {status}: the server redirects to {target}; nothing was sent there")
        }
        None => format!("HTTP {status}: the server redirects without saying where to"),
    };
    Error::new(Kind::Server, message).hint(match location {
        Some(_) => {
            "if that is the right address, give it as --url; a sign-in page means that the credential is missing"
        }
        None => "check that the address is the SuperOffice WebAPI's",
    })
}

fn refused(response: &Response<Vec<u8>>, authentication: &Authentication) -> Error {
    let status = response.status;
    let words = error_body::as_suffix(response);
    let Some(credential) = &authentication.credential else {
        return Error::new(
            Kind::Authentication,
            format!("HTTP {status}: the server wants a credential{words}"),
        )
        .hint("none was sent, because of --no-auth: give one instead, or have the gateway add it")
        .hints_from(offers(&response.schemes()));
    };
    let verb = if status == 401 { "does not accept" } else { "forbids the call to" };
    let message =
        format!("HTTP {status}: the server {verb} the {}{words}", credential.description());
    let mut error = Error::new(Kind::Authentication, message).hint(credential.advice(status));
    if status == 401 {
        error =
            error.hints_from(credential.advice_on_basic()).hints_from(offers(&response.schemes()));
    }
    match (&authentication.app_token, credential) {
        (Some(token), _) if status == 403 => {
            error.hint(format!("the application token ({}) may be the one refused", token.origin))
        }
        (None, Credential::SoTicket(_)) => error.hint("Online wants --app-token next to a ticket"),
        _ => error,
    }
}

/// Returns hints that name the authentication `schemes` of a 401, and what those of Windows
/// mean.
fn offers(schemes: &[String]) -> Vec<String> {
    let names = auth_challenge::join(schemes);
    if schemes.is_empty() {
        return Vec::new();
    }
    if !auth_challenge::is_windows(schemes) {
        return vec![format!("the server offers {names}")];
    }
    vec![
        format!("the server offers {names}: Windows authentication is switched on there, which this program does not speak"),
        "have Anonymous Authentication switched on in IIS for the API, so that SuperOffice itself checks the credential; or call it through a gateway that signs in to Windows".to_owned(),
    ]
}

/// Returns the error for a 421: tenants of Online move between sub-domains.
fn misdirected(response: &Response<Vec<u8>>) -> Error {
    let words = error_body::as_suffix(response);
    let host = response.address.host_and_port();
    let tenant = endpoint::tenant(&response.address);
    let named = tenant.map_or_else(|| "the tenant".to_owned(), |tenant| format!("tenant {tenant}"));
    let tenant = tenant.unwrap_or("CustNNNNN");
    Error::new(Kind::Server, format!("HTTP 421: {host} does not serve {named}{words}")).hint(format!(
        "tenants move between sub-domains: https://online.superoffice.com/api/state/{tenant} names the right one"
    ))
}

/// The longest `Retry-After` that is passed on to a person, in seconds: a day.
const MAX_WAIT: u64 = 86_400;

fn failed(response: &Response<Vec<u8>>) -> Error {
    let status = response.status;
    let words = error_body::as_suffix(response);
    let (message, hint) = match status {
        204 => (
            "the server answered with no content".to_owned(),
            "check that the address is the SuperOffice WebAPI's",
        ),
        400 => (
            format!("the server calls the request malformed{words}"),
            "a field, a language or a time zone code may be unknown to it (an IANA zone has a slash: Europe/Oslo); -v shows the request",
        ),
        404 => (
            format!("there is no such endpoint{words}"),
            "check the address: https://host/site, as far as the part before /api/v1",
        ),
        407 => {
            (format!("a proxy wants a credential{words}"), "check the proxy's user and password")
        }
        405 => (
            format!("the address takes no POST{words}"),
            "check the address: https://host/site, as far as the part before /api/v1",
        ),
        413 => {
            (format!("the request is too large for the server{words}"), "ask for fewer ids a call")
        }
        429 => (format!("the server has had too many requests{words}"), "wait, then try again"),
        502..=504 => (format!("the server is not available{words}"), "wait, then try again"),
        500.. => (
            format!("the server failed{words}"),
            "try one id and fewer fields; the server's own log knows more",
        ),
        200..=299 => (
            format!("the answer is no list of tickets{words}"),
            "check that the address is the SuperOffice WebAPI's",
        ),
        _ => (format!("the server refused the call{words}"), "-v shows the request"),
    };
    let error = Error::new(Kind::Server, format!("HTTP {status}: {message}"));
    let seconds = response.retry_after.map(|wait| wait.as_secs());
    let error = match seconds.filter(|seconds| (1..=MAX_WAIT).contains(seconds)) {
        Some(seconds) => {
            let wait = humantime::format_duration(Duration::from_secs(seconds));
            error.hint(format!("wait {wait}, as the server asks, then try again"))
        }
        None => error.hint(hint),
    };
    if retry::is_retryable(status) { error.hint(retry::ADVICE) } else { error }
}
