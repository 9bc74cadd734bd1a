//! An HTTP request, whatever it asks for.

use reqwest::Method;
use reqwest::header::{ACCEPT_ENCODING, HeaderMap, HeaderName, HeaderValue};
use url::Url;

use crate::error::{Error, Result};
use crate::escape;
use crate::secret::Secret;

use super::address::Address;
use super::content_coding;
use super::header::Header;

/// A request that is ready to be sent. It cannot be printed: its body may hold secrets.
pub(crate) struct Request {
    pub(crate) method: Method,
    /// The address with its query.
    pub(crate) url: Url,
    /// All headers except those of the connection itself.
    pub(crate) headers: Vec<Header>,
    /// The body; empty for none.
    pub(crate) body: String,
    /// A description of the body for `-v`, next to its size.
    pub(crate) summary: Option<String>,
    /// Secrets that the server may repeat, apart from those in headers.
    pub(crate) further_secrets: Vec<Secret>,
    pub(crate) limit_hints: &'static LimitHints,
    /// The largest answer, in bytes; `None` for the limit of the command.
    pub(crate) max_bytes: Option<u64>,
}

/// The hints for an answer that is too slow or too large.
#[derive(Debug)]
pub(crate) struct LimitHints {
    pub(crate) too_slow: &'static [&'static str],
    pub(crate) too_large: &'static str,
}

/// The largest answer of a service, in bytes.
const MAX_SERVICE_BYTES: u64 = 1 << 20;

/// The hints for a request to a service, whose answer is always short.
const SERVICE_HINTS: LimitHints = LimitHints {
    too_slow: &["try again, or raise the limit"],
    too_large: "no such answer is so long: a proxy may have answered in its place; -v shows the request",
};

/// The value of `User-Agent`, the same for every server.
pub(crate) const USER_AGENT: &str = concat!("sotickets/", env!("CARGO_PKG_VERSION"));

impl Request {
    /// Creates a request for the JSON at `url`.
    pub(crate) fn get(url: Url) -> Self {
        Self {
            method: Method::GET,
            url,
            headers: vec![
                Header::plain("Accept", "application/json"),
                Header::plain("User-Agent", USER_AGENT),
            ],
            body: String::new(),
            summary: None,
            further_secrets: Vec::new(),
            limit_hints: &SERVICE_HINTS,
            max_bytes: Some(MAX_SERVICE_BYTES),
        }
    }

    /// Creates a request that posts `body` and asks for JSON; the body holds `secrets`.
    pub(crate) fn post(
        url: Url,
        content_type: &str,
        body: String,
        secrets: impl IntoIterator<Item = Secret>,
    ) -> Self {
        let mut request = Self { method: Method::POST, body, ..Self::get(url) };
        request.headers.push(Header::plain("Content-Type", content_type));
        request.further_secrets.extend(secrets);
        request
    }

    /// Returns the address without the query.
    pub(crate) fn address(&self) -> Address {
        let mut url = self.url.clone();
        url.set_query(None);
        Address::from(url)
    }

    /// Directs the request to `address`; the query stays.
    pub(crate) fn set_address(&mut self, address: &Address) {
        let query = self.url.query().map(str::to_owned);
        self.url = address.url().clone();
        self.url.set_query(query.as_deref());
    }

    /// Returns every secret that the server may repeat.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        let of_headers = self.headers.iter().flat_map(Header::secrets);
        of_headers.chain(self.further_secrets.iter().cloned()).collect()
    }

    /// Returns the headers for the HTTP library.
    ///
    /// # Errors
    /// A usage error for a name or a value that HTTP does not allow.
    pub(super) fn header_map(&self) -> Result<HeaderMap> {
        let mut map = HeaderMap::new();
        for header in &self.headers {
            let name = HeaderName::from_bytes(header.name.as_bytes()).map_err(|_| {
                let name = escape::excerpt(&header.name, 60);
                Error::usage(format!("'{name}' is not the name of a header"))
            })?;
            let value = header.wire_value();
            let value = HeaderValue::from_bytes(value.expose().as_bytes());
            let mut value = value.map_err(|_| {
                Error::usage(format!("the value of {name} holds a control character"))
            })?;
            value.set_sensitive(header.resolved().is_some());
            map.append(name, value);
        }
        map.insert(ACCEPT_ENCODING, HeaderValue::from_static(content_coding::ACCEPTED));
        Ok(map)
    }
}
