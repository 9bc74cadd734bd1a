//! The answers of an environment's own services, which are small JSON documents.

use serde::de::DeserializeOwned;
use url::Url;

use crate::api::{error_body, maintenance};
use crate::error::{Error, Kind, Result};
use crate::http::client::{Connection, Response};
use crate::http::request::Request;
use crate::http::retry;
use crate::http::trace::Trace;
use crate::secret::Mask;

/// Requests the JSON at `url`. `subject` names it in messages, and `failure` says what does
/// not work without it.
///
/// # Errors
/// Those of any request, and for an answer that is not understood.
pub(crate) fn get_json<T: DeserializeOwned>(
    url: Url,
    subject: &str,
    failure: &str,
    connection: &Connection,
    trace: &mut Trace<'_>,
) -> Result<T> {
    let request = Request::get(url, connection);
    let response = request.send(connection, trace)?;
    match response.status {
        200 => parse_json(&response, subject, &request.mask),
        _ => Err(unexpected_status(&response, failure, &request.mask)),
    }
}

/// Parses the body of `response`; `subject` names it in messages.
///
/// # Errors
/// Of [`Kind::Answer`].
pub(crate) fn parse_json<T: DeserializeOwned>(
    response: &Response,
    subject: &str,
    mask: &Mask,
) -> Result<T> {
    let body = response.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&response.body);
    serde_json::from_slice(body).map_err(|_| {
        let words = error_body::words(body, mask).tail();
        Error::new(Kind::Answer, format!("{subject} was not understood{words}"))
            .hint("a proxy may have answered in its place; -v shows the request")
    })
}

/// Returns the error for a status other than 200; `failure` says what does not work.
pub(crate) fn unexpected_status(response: &Response, failure: &str, mask: &Mask) -> Error {
    let status = response.status;
    let words = error_body::words(&response.body, mask).tail();
    let mut error = Error::new(Kind::Server, format!("HTTP {status}: {failure}{words}"));
    if let Some(hint) = maintenance::hint(response) {
        error = error.hint(hint);
    }
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
