//! SuperOffice Online around the endpoint: where a tenant is, and who is let in.

use std::fmt;

use serde::de::DeserializeOwned;

use crate::api::{error_body, maintenance};
use crate::error::{Error, Kind};
use crate::http::client::Response;
use crate::http::retry;
use crate::secret::Mask;

/// What an answer of 200 holds; `what` names it in a message.
pub(crate) fn parse<T: DeserializeOwned>(
    response: &Response,
    what: &dyn fmt::Display,
    mask: &Mask,
) -> Result<T, Error> {
    let body = response.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&response.body);
    serde_json::from_slice(body).map_err(|_| {
        let words = error_body::words(body, mask).tail();
        Error::new(Kind::Answer, format!("{what} was not understood{words}"))
            .hint("a proxy may have answered in its place; -v shows the request")
    })
}

/// The longest token that is taken: no server reads a header that is longer.
pub(crate) const LONGEST_TOKEN: usize = 64 * 1024;

/// Returns what is wrong with a token or a ticket that a service gave, if anything: it has
/// to be visible ASCII and blanks (RFC 6749, appendix A), and fit into a header.
pub(crate) fn token_fault(token: &str) -> Option<&'static str> {
    if token.trim().is_empty() {
        Some("it is empty")
    } else if token.len() > LONGEST_TOKEN {
        Some("it is longer than 64 KiB")
    } else if token.contains(char::is_control) {
        Some("it holds a line break or another control character")
    } else if !token.is_ascii() {
        Some("it holds a character that is not ASCII")
    } else {
        None
    }
}

/// The error for an answer that is not 200; `what` was not had.
pub(crate) fn unanswered(response: &Response, what: &str, mask: &Mask) -> Error {
    let status = response.status;
    let words = error_body::words(&response.body, mask).tail();
    let error = Error::new(Kind::Server, format!("HTTP {status}: {what}{words}"));
    let error = match maintenance::hint(response) {
        Some(hint) => error.hint(hint),
        None => error,
    };
    match (status, &response.location) {
        (300..=399, Some(target)) => {
            let target = error_body::quote(target, 200, mask);
            error.hint(format!("the server redirects to {target}; nothing was sent there"))
        }
        (429 | 500.., _) => {
            let error = error.hint("wait, then try again");
            if retry::is_passing(status) { error.hint(retry::ADVICE) } else { error }
        }
        _ => error.hint("check --environment, or environment of the profile; -v shows the request"),
    }
}
