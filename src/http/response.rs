//! An HTTP response: its head, and a body that is read later.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::HeaderMap;

use crate::error::Result;
use crate::secret::mask::Mask;

use super::address::Address;
use super::auth_challenge;
use super::body::Body;
use super::proxy::Proxy;

/// A response; its body is a [`Body`] at first, and bytes after [`Response::read_all`].
pub(crate) struct Response<B> {
    /// The address that was asked, without the query.
    pub(crate) address: Address,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// The wait that `Retry-After` asks for.
    pub(crate) retry_after: Option<Duration>,
    /// The hint that retries may help.
    pub(crate) retry_hint: Option<&'static str>,
    /// The time of the answer by the server's clock, or by this machine's without one.
    pub(crate) time: DateTime<Utc>,
    /// The HTTP proxy that may have answered in the server's place, because the request was
    /// not encrypted.
    pub(crate) plain_proxy: Option<Proxy>,
    /// Removes the secrets of the request from text of the server.
    pub(crate) mask: Mask,
    pub(crate) body: B,
    /// The reason why the body of a failure was left out.
    pub(crate) omitted_body: Option<String>,
}

impl<B> Response<B> {
    /// Returns the value of the header `name`, with other bytes than UTF-8 replaced.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        header(&self.headers, name)
    }

    /// Returns the authentication schemes that a 401 or a 407 offers.
    pub(crate) fn schemes(&self) -> Vec<String> {
        auth_challenge::offered(self.status, &self.headers, &self.mask)
    }

    /// Returns the response with the body that `read` makes of its own.
    ///
    /// # Errors
    /// Those of `read`.
    pub(crate) fn try_map<C>(self, read: impl FnOnce(B) -> Result<C>) -> Result<Response<C>> {
        Ok(Response {
            body: read(self.body)?,
            address: self.address,
            status: self.status,
            headers: self.headers,
            retry_after: self.retry_after,
            retry_hint: self.retry_hint,
            time: self.time,
            plain_proxy: self.plain_proxy,
            mask: self.mask,
            omitted_body: self.omitted_body,
        })
    }
}

impl Response<Body<'_>> {
    /// Reads the body. That of a failure is text for a message: its beginning is enough, and
    /// a broken one must not hide the status.
    ///
    /// # Errors
    /// If the body of a 200 is larger than allowed or does not arrive whole.
    pub(crate) fn read_all(self) -> Result<Response<Vec<u8>>> {
        if self.status == 200 {
            return self.try_map(Body::read_all);
        }
        let mut omitted_body = None;
        let response = self.try_map(|body| {
            let text = body.read_text();
            Ok(text.map_err(|reason| omitted_body = Some(reason)).unwrap_or_default())
        })?;
        Ok(Response { omitted_body, ..response })
    }
}

/// Returns the value of the header `name`, with other bytes than UTF-8 replaced.
pub(crate) fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}
