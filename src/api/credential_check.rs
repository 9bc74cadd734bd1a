//! The check of a credential by one GetTickets, before the credential is kept.

use crate::answer::{Expected, ParallelParser, ParseError};
use crate::encoding::without_utf8_bom;
use crate::error::{Error, Kind, Result};
use crate::http::address::Address;
use crate::http::auth_challenge;
use crate::http::client::Client;
use crate::http::response::Response;
use crate::ticket::column;
use crate::ticket::ids::TicketId;

use super::credential::Authentication;
use super::error_body::WebApiError;
use super::get_tickets::{Locale, Query};
use super::response::{self, Accept};

/// The verdict of the server.
#[derive(Debug)]
pub(crate) enum Verdict {
    Accepted,
    /// The WebAPI let the credential pass, and then refused the call.
    AcceptedWithError(Error),
    /// The server refused the credential, or the address is not that of the WebAPI.
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
    // Neither these nor a wrong path say that the credential was checked.
    let is_checked = !matches!(response.status, 401 | 403 | 404 | 405 | 410);
    match WebApiError::find(&response.body).filter(|_| is_checked) {
        Some(found) if found.refuses_credential() => {
            let error = refusal(&error, authentication);
            return Ok(Verdict::Refused { error, expects_password: false });
        }
        Some(_) => return Ok(Verdict::AcceptedWithError(error)),
        None => {}
    }
    let schemes = response.schemes();
    let expects_password =
        response.status == 401 && (schemes.is_empty() || auth_challenge::has(&schemes, "Basic"));
    Ok(Verdict::Refused { error, expects_password })
}

/// Returns `error` as the refusal that its type of error says: its own hints are for a failed call.
fn refusal(error: &Error, authentication: &Authentication) -> Error {
    Error::new(Kind::Authentication, error.to_string()).hints_from(authentication.hint(401))
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
