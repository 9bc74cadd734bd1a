//! A call, and its answer once that is checked.

use crate::answer::merged::{self, Merger};
use crate::answer::xml::{self, XmlTickets};
use crate::answer::{self, Buffer, Expected, ParallelParser, Tickets};
use crate::api::credential::Authentication;
use crate::api::error_body;
use crate::api::get_tickets::{Query, get_tickets};
use crate::api::response::{self, Accept};
use crate::error::Result;
use crate::http::address::Address;
use crate::http::client::Client;
use crate::http::response::Response;
use crate::ticket::column::Column;
use crate::ticket::received_id::ReceivedId;

/// The answer to a call, checked.
pub(super) struct Answer {
    pub(super) address: Address,
    pub(super) content: Content,
    /// The first tickets whose `TicketId` is unreadable: their numbers in the answer, counted
    /// from 1, and the escaped value.
    pub(super) unreadable: Vec<(usize, String)>,
    /// The tickets that were merged into another one.
    pub(super) mergers: Vec<Merger>,
}

/// The tickets of an answer with its bytes.
pub(super) enum Content {
    Json(Tickets<Buffer>),
    Xml { body: Buffer, encoding: xml::Encoding, tickets: XmlTickets },
}

impl Content {
    /// Returns the answer as the server sent it.
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Json(tickets) => tickets.bytes(),
            Self::Xml { body, .. } => body,
        }
    }

    /// Returns the number of tickets.
    pub(super) fn count(&self) -> usize {
        match self {
            Self::Json(tickets) => tickets.count(),
            Self::Xml { tickets, .. } => tickets.ids.len(),
        }
    }

    /// Returns the encoding; JSON is always in UTF-8.
    pub(super) fn encoding(&self) -> xml::Encoding {
        match self {
            Self::Json(_) => xml::Encoding::default(),
            Self::Xml { encoding, .. } => encoding.clone(),
        }
    }

    /// Returns the tickets of an answer in JSON.
    pub(super) fn json(&self) -> Option<&Tickets<Buffer>> {
        match self {
            Self::Json(tickets) => Some(tickets),
            Self::Xml { .. } => None,
        }
    }

    /// Returns the ids of the tickets.
    pub(super) fn ids(&self) -> impl Iterator<Item = ReceivedId> + Clone {
        let json = self.json().into_iter().flat_map(|it| it.entries().map(|(id, _)| id));
        let xml: &[ReceivedId] = match self {
            Self::Json(_) => &[],
            Self::Xml { tickets, .. } => &tickets.ids,
        };
        json.chain(xml.iter().copied())
    }
}

/// Makes one call to the address of `server` with its credential, and checks the answer while it
/// arrives, on at most `threads` others.
pub(super) fn fetch_one(
    client: &Client<'_>,
    query: &Query,
    columns: &[Column],
    server: (&Authentication, &Address),
    threads: usize,
) -> Result<Answer> {
    let (authentication, address) = server;
    let expected = Expected { ids: query.ids.len(), has_ids: query.requests_ids() };
    let parser = ParallelParser::new(columns, expected);
    let response = get_tickets(client, query, authentication, address)?;
    let response = response.try_map(|mut body| {
        let (length, max_length) = (body.length(), body.max_length());
        let parser = Some(&parser).filter(|_| query.accept == Accept::Json);
        answer::read(&mut body, length, max_length, parser, threads)
    })?;
    response::check_format(&response, query.accept)?;
    match query.accept {
        Accept::Json => check_json(response, parser, expected),
        Accept::Xml => check_xml(response, expected),
    }
}

fn check_json(
    response: Response<Buffer>,
    parser: ParallelParser<'_>,
    expected: Expected,
) -> Result<Answer> {
    let Response { address, mask, body, .. } = response;
    let tickets = parser
        .finish(body)
        .map_err(|error| response::not_tickets(error, Accept::Json, expected.ids, &mask))?;
    let quote = |(number, id)| (number, error_body::quote(id, 80, &mask));
    let unreadable = tickets.unreadable_ids().into_iter().map(quote).collect();
    let mergers = merged::find(&tickets);
    Ok(Answer { address, content: Content::Json(tickets), unreadable, mergers })
}

fn check_xml(response: Response<Buffer>, expected: Expected) -> Result<Answer> {
    let encoding = response::xml_encoding(&response)?;
    let Response { address, mask, body, .. } = response;
    let mut tickets = xml::read(&body, &encoding, expected)
        .map_err(|error| response::not_tickets(error, Accept::Xml, expected.ids, &mask))?;
    let quote = |(number, id): &(usize, String)| (*number, error_body::quote(id, 80, &mask));
    let unreadable = tickets.unreadable.iter().map(quote).collect();
    let mergers = std::mem::take(&mut tickets.mergers);
    Ok(Answer { address, content: Content::Xml { body, encoding, tickets }, unreadable, mergers })
}
