//! The call of the endpoint: `POST …/Agents/Ticket/GetTickets`.

use std::time::Instant;

use chrono::Utc;

use crate::answer;
use crate::clock::Clock;
use crate::error::Result;
use crate::http::address::Address;
use crate::http::body::Body;
use crate::http::client::Client;
use crate::http::network::{Limits, Network};
use crate::http::response::Response;
use crate::http::transport::Transport;
use crate::ticket::ids::TicketId;

use super::endpoint;
use super::query::{Accept, Locale, Query};
use super::response;

/// Sends `query` to `endpoint`, and returns the answer of 200, whose body is still on its way.
///
/// # Errors
/// For every other answer, and those of the client.
pub(crate) fn get_tickets<'t>(
    client: &Client<'t>,
    query: &Query,
    endpoint: &Address,
) -> Result<Response<Body<'t>>> {
    let response = client.send(query.request(endpoint))?;
    match response.status {
        200 => Ok(response),
        _ => Err(response::failure(&response.read_all()?, query)),
    }
}

/// Fetches the tickets 1 to `count` from `url` and returns the size of the answer, for the
/// measurement of the download alone.
///
/// # Errors
/// As every call.
pub fn download(url: &str, count: i64) -> Result<usize> {
    let endpoint = endpoint::parse(url, "URL")?;
    let query = Query {
        select: None,
        ids: (1..=count).filter_map(TicketId::new).collect(),
        accept: Accept::Json,
        locale: Locale { language: "en".to_owned(), ..Locale::default() },
        credential: None,
        app_token: None,
        further_headers: Vec::new(),
    };
    let limits = Limits { max_bytes: 2 << 30, ..Limits::default() };
    let network = Network { limits, ..Network::default() };
    let clock = Clock::new(Utc::now(), Instant::now());
    let transport = Transport::new(&network, clock, &|_| ());
    let mut body = get_tickets(&Client::new(&transport, []), &query, &endpoint)?.body;
    let length = body.length();
    Ok(answer::read(&mut body, length, None)?.len())
}
