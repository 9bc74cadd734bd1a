//! Proxies, and the route of a request: direct, or through one of them.

mod no_proxy;
pub(crate) mod rules;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use crate::error::{Error, Result};
use crate::secret::{ResolvedSecret, Secret};

use super::address;
use super::request::BasicCharset;

/// The route of a request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Route {
    /// The proxy; `None` for a direct connection.
    pub(crate) proxy: Option<Proxy>,
    /// The reason why a proxy that an option or a variable names is not used.
    pub(crate) bypass_reason: Option<String>,
}

/// A proxy.
#[derive(Clone, Debug)]
pub(crate) struct Proxy {
    /// Scheme, host and port, and nothing else.
    pub(crate) url: Url,
    /// The option or the variable that names it: `--proxy`, `HTTPS_PROXY`.
    pub(crate) origin: String,
    pub(crate) login: Option<Login>,
}

/// The credential for a proxy.
#[derive(Clone, Debug)]
pub(crate) struct Login {
    pub(crate) user: String,
    /// The password; without one an empty one is sent.
    pub(crate) password: Option<ResolvedSecret>,
    /// The variable that holds the login together with the address, if one does.
    pub(crate) variable: Option<String>,
}

impl Proxy {
    /// Returns the host; an IPv6 address is without brackets.
    pub(crate) fn host(&self) -> &str {
        let host = self.url.host_str().unwrap_or_default();
        host.trim_start_matches('[').trim_end_matches(']')
    }

    /// Returns host and port, for messages.
    pub(crate) fn host_and_port(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        let port = self.url.port_or_known_default();
        port.map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Returns true if the connection to the proxy itself is TLS.
    pub(crate) fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Returns true if it can only be on this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        address::is_loopback(&self.url)
    }

    /// Returns true if it speaks SOCKS, and not HTTP.
    pub(crate) fn is_socks(&self) -> bool {
        self.url.scheme().starts_with("socks")
    }

    /// Returns scheme, host and port; the port is the default one if none was named.
    pub(crate) fn address(&self) -> String {
        format!("{}://{}", self.url.scheme(), self.host_and_port())
    }

    /// Creates the proxy for the HTTP library.
    ///
    /// # Errors
    /// If the library does not take it.
    pub(super) fn to_reqwest(&self) -> Result<reqwest::Proxy> {
        let mut url = self.url.clone();
        let login = self.login.as_ref().map_or(Ok(()), |login| {
            // The library decodes them.
            let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
            let password = Secret::new(encoded(login.password()));
            url.set_username(&encoded(&login.user))?;
            url.set_password(Some(password.expose()))
        });
        let proxy = login.ok().and_then(|()| reqwest::Proxy::all(url).ok());
        proxy.ok_or_else(|| {
            Error::network(format!("the proxy {} cannot be used", self.host_and_port()))
        })
    }
}

impl Login {
    fn password(&self) -> &str {
        self.password.as_ref().map_or("", |password| password.value.expose())
    }

    /// Returns the value of `Proxy-Authorization`.
    fn authorization(&self) -> Secret {
        BasicCharset::Utf8.authorization(&self.user, self.password())
    }

    /// Returns the password and its form in the header.
    pub(super) fn secrets(&self) -> Vec<Secret> {
        let Some(password) = &self.password else { return Vec::new() };
        let authorization = self.authorization();
        let bare = authorization.expose().trim_start_matches("Basic ").to_owned();
        vec![password.value.clone(), Secret::new(bare)]
    }
}
