//! The way to the server: straight, or through a proxy.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::HeaderValue;
use url::Url;

use crate::error::{Error, Kind, Result};
use crate::secret::Secret;

use super::address;
use crate::api::credential::ResolvedSecret;
use crate::api::query::base64;

/// The way to the server.
#[derive(Clone, Debug, Default)]
pub struct Route {
    /// The proxy, if it goes through one.
    pub proxy: Option<Proxy>,
    /// Why a proxy that a variable or an option names is not used.
    pub passed_over: Option<String>,
}

/// A proxy.
#[derive(Clone, Debug)]
pub struct Proxy {
    /// Scheme, host and port, and nothing else.
    pub url: Url,
    /// What names it: `--proxy`, `HTTPS_PROXY`.
    pub origin: String,
    /// Who is asking.
    pub login: Option<Login>,
}

/// The credential for a proxy.
#[derive(Clone, Debug)]
pub struct Login {
    /// The user.
    pub user: String,
    /// The password; an empty one is sent where there is none.
    pub password: Option<ResolvedSecret>,
    /// The variable that holds it together with the address, if one does.
    pub variable: Option<String>,
}

impl Proxy {
    /// Host and port, for messages.
    #[must_use]
    pub fn host_and_port(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        let port = self.url.port_or_known_default();
        port.map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Whether the connection to the proxy itself is TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Whether it can only be on this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        address::is_loopback(&self.url)
    }

    /// Whether it speaks SOCKS, and not HTTP.
    #[must_use]
    pub fn is_socks(&self) -> bool {
        self.url.scheme().starts_with("socks")
    }

    /// The scheme, host and port, with the port that is meant where none was named.
    #[must_use]
    pub fn address(&self) -> String {
        format!("{}://{}", self.url.scheme(), self.host_and_port())
    }

    /// The proxy for the HTTP client.
    ///
    /// # Errors
    /// Where the client does not take it.
    pub fn for_client(&self) -> Result<reqwest::Proxy> {
        let refused = || {
            let message = format!("the proxy {} cannot be used", self.host_and_port());
            Error::new(Kind::Network, message)
        };
        let mut url = self.url.clone();
        let Some(login) = &self.login else {
            return reqwest::Proxy::all(url).map_err(|_| refused());
        };
        if self.is_socks() {
            let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
            let password = Secret::new(encoded(login.password()));
            url.set_username(&encoded(&login.user)).map_err(|()| refused())?;
            url.set_password(Some(password.expose())).map_err(|()| refused())?;
            return reqwest::Proxy::all(url).map_err(|_| refused());
        }
        let mut value =
            HeaderValue::from_str(login.wire_value().expose()).map_err(|_| refused())?;
        value.set_sensitive(true);
        let proxy = reqwest::Proxy::all(url).map_err(|_| refused())?;
        Ok(proxy.custom_http_auth(value))
    }
}

impl Login {
    /// The password, or an empty text.
    #[must_use]
    pub fn password(&self) -> &str {
        self.password.as_ref().map_or("", |password| password.value.expose())
    }

    /// The value of `Proxy-Authorization`.
    #[must_use]
    pub fn wire_value(&self) -> Secret {
        let pair = Secret::new(format!("{}:{}", self.user, self.password()));
        Secret::new(format!("Basic {}", base64(pair.expose().as_bytes())))
    }

    /// What must not appear in any text: the password, and the header's value.
    #[must_use]
    pub fn secrets(&self) -> Vec<Secret> {
        let Some(password) = &self.password else { return Vec::new() };
        let wire = self.wire_value();
        let bare = wire.expose().trim_start_matches("Basic ").to_owned();
        vec![password.value.clone(), Secret::new(bare)]
    }
}
