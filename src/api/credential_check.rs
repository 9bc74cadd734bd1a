//! The check of a credential by one GetTickets, before the credential is kept.

use crate::answer::{Expected, ParallelParser, ParseError};
use crate::encoding::without_utf8_bom;
use crate::error::{Error, Result};
use crate::http::address::Address;
use crate::http::auth_challenge;
use crate::http::client::Client;
use crate::http::response::Response;
use crate::ticket::column;
use crate::ticket::ids::TicketId;

use super::credential::Authentication;
use super::error_body;
use super::get_tickets::{Locale, Query};
use super::response::{self, Accept};

/// The verdict of the server.
#[derive(Debug)]
pub(crate) enum Verdict {
    Accepted,
    /// The WebAPI let the credential pass, and then refused the call.
    AcceptedWithError(Error),
    Refused {
        error: Error,
        /// True if the server expects a user with a password, so that one may be mistyped.
        expects_password: bool,
    },
}

/// Asks the WebAPI at `endpoint` for ticket 1, which need not exist.
///
/// # Errors
/// Those of the client, if there is no answer.
pub(crate) fn check_credential(
    client: &Client<'_>,
    locale: Locale,
    authentication: &Authentication,
    endpoint: &Address,
) -> Result<Verdict> {
    let query = Query {
        select: Some(column::parse(&[column::TICKET_ID], false)?),
        ids: TicketId::new(1).into_iter().collect(),
        accept: Accept::Json,
        locale,
    };
    let response = client.send(query.request(endpoint, authentication)?)?.read_all()?;
    let error = match response.status {
        200 => match read_tickets(&response, &query) {
            Ok(()) => return Ok(Verdict::Accepted),
            Err(error) => error,
        },
        _ => query.failure(&response, authentication),
    };
    let is_refusal = matches!(response.status, 401 | 403);
    if !is_refusal && error_body::is_web_api(&response.body) {
        return Ok(Verdict::AcceptedWithError(error));
    }
    let schemes = response.schemes();
    let expects_password =
        response.status == 401 && (schemes.is_empty() || auth_challenge::has(&schemes, "Basic"));
    Ok(Verdict::Refused { error, expects_password })
}

/// Checks that the body of a 200 is a list of tickets, or `null`.
fn read_tickets(response: &Response<Vec<u8>>, query: &Query) -> Result<()> {
    if without_utf8_bom(&response.body).trim_ascii() == b"null" {
        return Ok(());
    }
    response::check_format(response, query.accept)?;
    let columns = query.select.as_deref().unwrap_or_default();
    let expected = Expected { ids: query.ids.len(), has_ids: true };
    let not_tickets = |error: ParseError| {
        response::not_tickets(error, query.accept, expected.ids, &response.mask)
    };
    ParallelParser::new(columns, expected).finish(&response.body).map(drop).map_err(not_tickets)
}
