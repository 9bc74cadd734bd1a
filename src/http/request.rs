//! A request as HTTP has it, whatever it asks for.

use reqwest::Method;
use url::Url;

use crate::error::Result;
use crate::secret::{Mask, Secret};

use super::address::Address;
use super::client::{self, Connection, Response};
use super::trace::Trace;
use crate::api::query::Header;
use crate::api::reader::Pieces;

/// A request that is ready to go. Has no way to be printed: its body may hold secrets.
pub struct Request {
    /// `GET` or `POST`.
    pub method: Method,
    /// Where to, with the query.
    pub url: Url,
    /// Every header but those of the connection itself.
    pub headers: Vec<Header>,
    /// The body; empty where there is none.
    pub body: String,
    /// What is told of the body beside its size.
    pub summary: Option<String>,
    /// Takes the secrets in it out of what the server sends back.
    pub mask: Mask,
}

/// What is said of the program to every server.
pub const USER_AGENT: &str = concat!("sotickets/", env!("CARGO_PKG_VERSION"));

impl Request {
    /// Asks for the JSON at `url`, with nothing that is a secret.
    #[must_use]
    pub fn get(url: Url, connection: &Connection) -> Self {
        Self {
            method: Method::GET,
            url,
            headers: headers(),
            body: String::new(),
            summary: None,
            mask: connection.mask([]),
        }
    }

    /// Posts `body`, of the type `content_type`, which holds `secrets`, and asks for JSON.
    #[must_use]
    pub fn post(
        url: Url,
        content_type: &str,
        body: String,
        secrets: impl IntoIterator<Item = Secret>,
        connection: &Connection,
    ) -> Self {
        let mut headers = headers();
        headers.push(Header::plain("Content-Type", content_type));
        let mask = connection.mask(secrets);
        Self { method: Method::POST, url, headers, body, summary: None, mask }
    }

    /// Sends it and reads the answer whole, which is small: more than a mebibyte of it
    /// is refused. Repeated like a call of the endpoint. Redirects are not followed.
    ///
    /// # Errors
    /// As [`client::send`].
    pub fn send(&self, connection: &Connection, watch: &mut Trace<'_>) -> Result<Response> {
        let mut connection = connection.clone();
        if MOST < connection.limits.max_bytes {
            connection.limits.max_bytes = MOST;
            connection.limits.is_fixed = true;
        }
        let address = Address::from(self.url.clone());
        client::send_message(self, &address, &connection, watch, Pieces::NONE)
    }
}

const MOST: u64 = 1 << 20;

fn headers() -> Vec<Header> {
    vec![Header::plain("Accept", "application/json"), Header::plain("User-Agent", USER_AGENT)]
}
