//! The check of the server's version, which needs no credential.

use crate::api::credential::Authentication;
use crate::api::error_body;
use crate::api::version::{self, Version};
use crate::http::address::Address;
use crate::http::request::Request;
use crate::http::response::Response;

use super::check::{Check, Step};

/// Creates the request for the version of the installation at `endpoint`.
pub(super) fn request(endpoint: &Address, authentication: &Authentication) -> Request {
    let mut request = Request::get(version::url(endpoint));
    // A gateway before it may ask for these; they are for this server.
    request.headers.extend(authentication.further_headers.iter().cloned());
    request.further_secrets =
        authentication.headers().flat_map(|header| header.secrets()).collect();
    request
}

/// Describes the version in `response`.
pub(super) fn check(response: &Response<Vec<u8>>) -> Check {
    let version = Some(response).filter(|response| response.status == 200);
    match version.and_then(|response| version::parse(&response.body, &response.mask)) {
        Some(Version { net_server, api, built }) => {
            let api_text = api.as_ref().map_or_else(String::new, |api| format!(", API {api}"));
            let built_text = built.as_ref().map_or_else(String::new, |it| format!(" of {it}"));
            let message = format!("NetServer {net_server}{built_text}{api_text}");
            Check::passed(Step::Version, message)
                .detail("net_server", net_server)
                .detail("api", api)
                .detail("built", built)
        }
        None => unknown_version(response),
    }
}

/// Describes a response without a version. That is no failure: the server may have tickets.
fn unknown_version(response: &Response<Vec<u8>>) -> Check {
    let words = error_body::as_suffix(response);
    let status = response.status;
    let (message, hint) = match status {
        200 => (
            format!("GET …/api names no version of NetServer{words}"),
            "a sign-in page or a proxy may have answered in the API's place",
        ),
        401 | 403 => (
            format!("HTTP {status}: GET …/api wants a credential{words}"),
            "tickets can be fetched all the same",
        ),
        404 => (
            format!("HTTP 404: there is no …/api{words}"),
            "check the address: https://host/site, as far as the part before /api/v1",
        ),
        _ => (format!("HTTP {status}: GET …/api was not answered{words}"), "-v shows the request"),
    };
    Check::warning(Step::Version, message).hint(hint).status(status)
}
