//! The answers of an environment's own services, which are small JSON documents.

use serde::de::DeserializeOwned;
use url::Url;

use crate::api::{error_body, maintenance_window};
use crate::encoding::without_utf8_bom;
use crate::error::{Error, Kind, Result};
use crate::http::request::Request;
use crate::http::response::Response;
use crate::http::transport::Transport;

/// Requests the JSON at `url`. `subject` names it in messages, and `failure` says what does
/// not work without it.
///
/// # Errors
/// Those of any request, and for an answer that is not understood.
pub(crate) fn get_json<T: DeserializeOwned>(
    url: Url,
    subject: &str,
    failure: &str,
    transport: &Transport<'_>,
) -> Result<T> {
    let request = Request::get(url);
    let response = transport.fetch(&request)?;
    match response.status {
        200 => parse_json(&response, subject),
        _ => Err(unexpected_status(&response, failure)),
    }
}

/// Parses the body of `response`; `subject` names it in messages.
///
/// # Errors
/// An error of [`Kind::Answer`].
pub(crate) fn parse_json<T: DeserializeOwned>(
    response: &Response<Vec<u8>>,
    subject: &str,
) -> Result<T> {
    let body = without_utf8_bom(&response.body);
    serde_json::from_slice(body).map_err(|_| {
        let words = error_body::read_text(body, &response.mask).as_suffix();
        Error::new(Kind::Answer, format!("{subject} was not understood{words}"))
            .hint("a proxy may have answered in its place; -v shows the request")
    })
}

/// Returns the error for a status other than 200; `failure` says what does not work.
pub(crate) fn unexpected_status(response: &Response<Vec<u8>>, failure: &str) -> Error {
    let status = response.status;
    let words = error_body::as_suffix(response);
    let mut error = Error::new(Kind::Server, format!("HTTP {status}: {failure}{words}"));
    if let Some(hint) = maintenance_window::hint(response.status, response.time) {
        error = error.hint(hint);
    }
    match (status, response.header("location")) {
        (300..=399, Some(target)) => {
            let target = error_body::quote(&target, 200, &response.mask);
            error.hint(format!("the server redirects to {target}; nothing was sent there"))
        }
        (429 | 500.., _) => error.hint("wait, then try again").hints_from(response.retry_hint),
        _ => error.hint("check --environment, or environment of the profile; -v shows the request"),
    }
}
