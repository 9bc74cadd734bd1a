//! The call of the endpoint: `POST …/Agents/Ticket/GetTickets`.

use memchr::memmem;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use url::Url;

use crate::error::{Error, Result};
use crate::http::address::{self, Address};
use crate::http::body::Body;
use crate::http::client::Client;
use crate::http::request::Header;
use crate::http::request::{LimitHints, Request, USER_AGENT};
use crate::http::response::Response;
use crate::suggest::zones;
use crate::ticket::column::{self, Column};
use crate::ticket::ids::TicketId;

use super::credential::Authentication;
use super::response::{self, Accept};

/// A query for tickets.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    /// The columns of `$select`; `None` for all fields.
    pub(crate) select: Option<Vec<Column>>,
    pub(crate) ids: Vec<TicketId>,
    pub(crate) accept: Accept,
    pub(crate) locale: Locale,
}

/// The requested language, culture and time zone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Locale {
    /// `Accept-Language` and `SO-Language`.
    pub(crate) language: String,
    /// `SO-Culture`.
    pub(crate) culture: Option<String>,
    /// `SO-TimeZone`.
    pub(crate) timezone: Option<String>,
}

impl Locale {
    /// Returns the IANA zone that may be meant by a code which the server does not know.
    fn zone_hint(&self) -> Option<String> {
        let code = self.timezone.as_deref()?.split(',').next()?.trim();
        // UTC is requested for every IANA zone.
        zones::did_you_mean(code).filter(|_| !code.eq_ignore_ascii_case("UTC"))
    }
}

/// Sends `query` to `endpoint`, and returns the answer of 200, whose body is still on its way.
///
/// # Errors
/// For every other answer, and those of the client.
pub(crate) fn get_tickets<'t>(
    client: &Client<'t>,
    query: &Query,
    authentication: &Authentication,
    endpoint: &Address,
) -> Result<Response<Body<'t>>> {
    let response = client.send(query.request(endpoint, authentication)?)?;
    match response.status {
        200 => Ok(response),
        _ => Err(query.failure(&response.read_all()?, authentication)),
    }
}

/// The characters of a name in `$select` that are encoded. The slash has a meaning there, and
/// the server reads it plain.
const NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'-').remove(b'.').remove(b'/');

impl Query {
    /// Returns true if the tickets are requested with their ids.
    pub(crate) fn requests_ids(&self) -> bool {
        let has_id =
            |columns: &Vec<Column>| columns.iter().any(|column| column.path() == column::TICKET_ID);
        self.select.as_ref().is_none_or(has_id)
    }

    /// Returns the error for a response other than 200.
    pub(super) fn failure(
        &self,
        response: &Response<Vec<u8>>,
        authentication: &Authentication,
    ) -> Error {
        let zone = self.locale.zone_hint().filter(|_| response.status == 400);
        let error = response::failure(response, authentication).hints_from(zone);
        error.hints_from(self.batch_hint(response.status, &response.body))
    }

    /// Returns the hint for a failure that the number of ids may explain.
    fn batch_hint(&self, status: u16, body: &[u8]) -> Option<String> {
        let ids = self.ids.len();
        let least = match status {
            413 | 414 | 431 => 2,
            // Request Filtering of IIS, for a body that is too long.
            404 if memmem::find(body, b"404.13").is_some() => 2,
            400 => MANY_IDS / 10,
            408 | 500 | 504 => MANY_IDS + 1,
            _ => return None,
        };
        // Half of the ids where the usual number would change nothing.
        let size = if ids > BATCH_SIZE { BATCH_SIZE } else { ids.div_ceil(2) };
        (ids >= least).then(|| {
            format!(
                "--batch-size {size} asks for the tickets in several calls of at most {size} ids"
            )
        })
    }

    /// Returns the same query for other tickets.
    pub(crate) fn with_ids(&self, ids: &[TicketId]) -> Self {
        let Self { select, accept, locale, .. } = self;
        let (select, locale) = (select.clone(), locale.clone());
        Self { select, ids: ids.to_vec(), accept: *accept, locale }
    }

    /// Returns the URL with its query: `…/GetTickets?$select=Title,OwnedByName`.
    fn url(&self, endpoint: &Address) -> Url {
        let mut url = endpoint.url().clone();
        if let Some(columns) = &self.select {
            let names: Vec<String> = columns
                .iter()
                .map(|column| utf8_percent_encode(column.path(), NAME).to_string())
                .collect();
            url.set_query(Some(&format!("$select={}", names.join(","))));
        }
        url
    }

    /// Returns the body for `ids`: `{"TicketIds":[839,249]}`.
    pub(crate) fn body(ids: &[TicketId]) -> String {
        let mut body = String::from("{\"TicketIds\":[");
        // The standard library would take 3 ms more for 100,000 ids.
        let mut digits = itoa::Buffer::new();
        for (index, id) in ids.iter().enumerate() {
            if index > 0 {
                body.push(',');
            }
            body.push_str(digits.format(id.get()));
        }
        body.push_str("]}");
        body
    }

    /// Returns the HTTP request to `endpoint`.
    ///
    /// # Errors
    /// A usage error for an address that is too long with its `$select`.
    pub(crate) fn request(
        &self,
        endpoint: &Address,
        authentication: &Authentication,
    ) -> Result<Request> {
        let url = self.url(endpoint);
        address::check_sendable(&url).map_err(|why| {
            Error::usage(format!("the address cannot be used with its $select: {why}"))
                .hint("--select fewer fields in a call")
        })?;
        let accept = match self.accept {
            Accept::Json => "application/json",
            Accept::Xml => "application/xml",
        };
        let mut headers = vec![
            Header::plain("Content-Type", "application/json; charset=utf-8"),
            Header::plain("Accept", accept),
            Header::plain("User-Agent", USER_AGENT),
            // The official client sends the language in both.
            Header::plain("Accept-Language", &self.locale.language),
            Header::plain("SO-Language", &self.locale.language),
        ];
        let culture = self.locale.culture.as_ref();
        headers.extend(culture.map(|culture| Header::plain("SO-Culture", culture)));
        let zone = self.locale.timezone.as_ref();
        headers.extend(zone.map(|zone| Header::plain("SO-TimeZone", zone)));
        headers.extend(authentication.headers());
        let ids = self.ids.len();
        let summary = if ids == 1 { "1 id".to_owned() } else { format!("{ids} ids") };
        Ok(Request {
            method: Method::POST,
            url,
            headers,
            body: Self::body(&self.ids),
            summary: Some(summary),
            activity: None,
            further_secrets: Vec::new(),
            limit_hints: if ids > MANY_IDS { &MANY_IDS_HINTS } else { &LIMIT_HINTS },
            max_bytes: None,
        })
    }
}

/// With more ids than this, their number may be why a call fails or takes too long.
const MANY_IDS: usize = 1_000;

/// The number of ids in a call that hints name, as a literal.
macro_rules! batch_size {
    () => {
        500
    };
}
const BATCH_SIZE: usize = batch_size!();

const LIMIT_HINTS: LimitHints = LimitHints {
    too_slow: &[
        "try again, ask for fewer ids or --select fewer fields in each call, or raise the limit",
        "SuperOffice itself counts a GetTickets of more than 2 s as slow",
    ],
    too_large: "fetch fewer ids or --select fewer fields, or raise --max-bytes",
};

const MANY_IDS_HINTS: LimitHints = LimitHints {
    too_slow: &[
        concat!(
            "try again with --batch-size ",
            batch_size!(),
            ", which asks for at most ",
            batch_size!(),
            " ids in each call"
        ),
        "or --select fewer fields, or raise the limit; SuperOffice itself counts a GetTickets of more than 2 s as slow",
    ],
    ..LIMIT_HINTS
};
