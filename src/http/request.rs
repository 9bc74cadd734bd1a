//! An HTTP request, whatever it asks for, and its headers, whose secrets are masked wherever a
//! person may read them.

use base64::Engine as _;
use reqwest::Method;
use reqwest::header::{ACCEPT_ENCODING, HeaderMap, HeaderName, HeaderValue};
use url::Url;

use crate::error::{Error, Result};
use crate::escape;
use crate::secret::{ResolvedSecret, Secret};

use super::address::Address;
use super::content_coding;

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
    /// The verb and the object of what a person waits for, such as `looking up` and `Cust12345`;
    /// `None` for the host's answer.
    pub(crate) activity: Option<(&'static str, String)>,
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
            activity: None,
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

/// A header of a request.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    pub(crate) name: String,
    pub(crate) text: HeaderText,
}

/// The value of a header.
#[derive(Clone, Debug)]
pub(crate) enum HeaderText {
    /// A value that anyone may read.
    Plain(String),
    /// A secret after an open prefix: `Bearer ` and the token.
    Secret {
        /// The open part.
        prefix: &'static str,
        /// The secret.
        secret: ResolvedSecret,
    },
    /// User and password, which Basic authentication joins and encodes.
    Basic {
        /// The user name.
        user: String,
        /// The password.
        password: ResolvedSecret,
        /// The encoding of both.
        charset: BasicCharset,
    },
}

impl Header {
    pub(crate) fn plain(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), text: HeaderText::Plain(value.into()) }
    }

    pub(crate) fn secret(
        name: impl Into<String>,
        prefix: &'static str,
        secret: ResolvedSecret,
    ) -> Self {
        Self { name: name.into(), text: HeaderText::Secret { prefix, secret } }
    }

    /// Returns the secret in the value, if it holds one.
    pub(crate) const fn resolved(&self) -> Option<&ResolvedSecret> {
        match &self.text {
            HeaderText::Plain(_) => None,
            HeaderText::Secret { secret, .. } => Some(secret),
            HeaderText::Basic { password, .. } => Some(password),
        }
    }

    /// Returns the value that is sent.
    pub(crate) fn wire_value(&self) -> Secret {
        match &self.text {
            HeaderText::Plain(value) => Secret::new(value.clone()),
            HeaderText::Secret { prefix, secret } => {
                Secret::new(format!("{prefix}{}", secret.value.expose()))
            }
            HeaderText::Basic { user, password, charset } => {
                charset.authorization(user, password.value.expose())
            }
        }
    }

    /// Returns the value for a person, with its secret masked.
    pub(crate) fn masked_value(&self) -> String {
        match &self.text {
            HeaderText::Plain(value) => escape::visible(value).into_owned(),
            HeaderText::Secret { prefix, .. } => format!("{prefix}***"),
            HeaderText::Basic { .. } => "Basic ***".to_owned(),
        }
    }

    /// Returns all forms of the secret that a server could repeat: bare, as sent, and each
    /// cookie by itself.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        let Some(resolved) = self.resolved() else { return Vec::new() };
        let wire = self.wire_value();
        let bare = wire.expose().split_once(' ').map(|(_, value)| value);
        let cookies = resolved.value.expose().split(';').filter_map(|it| it.split_once('='));
        let parts = bare.into_iter().chain(cookies.map(|(_, value)| value.trim()));
        let mut secrets: Vec<Secret> = parts.map(|part| Secret::new(part.to_owned())).collect();
        secrets.push(resolved.value.clone());
        secrets.push(wire);
        secrets
    }
}

/// The encoding of user and password in Basic authentication.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum BasicCharset {
    /// UTF-8.
    #[default]
    Utf8,
    /// ISO-8859-1, as older clients send it.
    Latin1,
}

impl BasicCharset {
    /// Encodes `text`; `None` if it holds a character that the encoding lacks.
    pub(crate) fn encode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Utf8 => Some(text.as_bytes().to_vec()),
            Self::Latin1 => text.chars().map(|c| u8::try_from(c).ok()).collect(),
        }
    }

    /// Returns the value of `Authorization` or `Proxy-Authorization`. The settings have
    /// refused characters that the encoding lacks.
    pub(super) fn authorization(self, user: &str, password: &str) -> Secret {
        let pair = Secret::new(format!("{user}:{password}"));
        let bytes = self.encode(pair.expose()).unwrap_or_default();
        Secret::new(format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(bytes)))
    }
}
