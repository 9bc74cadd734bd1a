//! Proxy rules: which proxy carries a request, by its address.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use url::Url;

use crate::error::{Error, Result};
use crate::escape;
use crate::secret::{ResolvedSecret, Secret};

use super::super::address::{self, Address};
use super::{Login, Proxy, Route, no_proxy};

/// The proxies that an option or variables name, and the hosts that are reached without.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rules {
    /// The proxy for `https://` addresses.
    pub(crate) https: Option<NamedProxy>,
    /// The proxy for `http://` addresses.
    pub(crate) http: Option<NamedProxy>,
    /// The list of hosts that are reached without a proxy, and the variable that holds it.
    pub(crate) exceptions: Option<(&'static str, String)>,
    /// The password for a proxy that names its user alone.
    pub(crate) password: Option<ResolvedSecret>,
}

/// A proxy as it was named.
#[derive(Clone, Debug)]
pub(crate) struct NamedProxy {
    /// The address, possibly with a login; empty for no proxy.
    pub(crate) text: String,
    /// The option, the variable or the line of a profile.
    pub(crate) origin: String,
    pub(crate) kind: ProxySource,
}

/// The kind of source that names a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProxySource {
    /// The option, whose address may name a user, and no password.
    Option,
    /// The variable of this program alone.
    OwnVariable,
    /// A profile, whose address names neither.
    Profile,
    /// A variable that other programs use, too.
    SharedVariable,
}

const SCHEMES: [&str; 4] = ["http", "https", "socks5", "socks5h"];
/// The port of a proxy that names none, as in curl.
const DEFAULT_PORT: u16 = 1080;

impl Rules {
    /// Returns the route to `address`.
    ///
    /// # Errors
    /// A usage error for a proxy that cannot be used; a password in it is not repeated.
    pub(crate) fn route(&self, address: &Address) -> Result<Route> {
        let Some(named) = self.named(address) else { return Ok(Route::default()) };
        if let Some(reason) = self.bypass_reason(named, address) {
            return Ok(Route { proxy: None, bypass_reason: Some(reason) });
        }
        let mut proxy = named.parse()?;
        if let Some(login @ Login { password: None, .. }) = &mut proxy.login {
            login.password.clone_from(&self.password);
        }
        Ok(Route { proxy: Some(proxy), bypass_reason: None })
    }

    /// Returns the proxy that is named for addresses such as `address`.
    pub(crate) fn named(&self, address: &Address) -> Option<&NamedProxy> {
        if address.is_plain_http() { self.http.as_ref() } else { self.https.as_ref() }
    }

    /// Returns the reason why a request to `address` does not use the proxy `named`.
    pub(crate) fn bypass_reason(&self, named: &NamedProxy, address: &Address) -> Option<String> {
        if named.text.is_empty() {
            return Some(format!("{} ''", named.origin));
        }
        // A proxy that was not named for this machine does not carry requests to it.
        if !named.is_own() && address.is_loopback() {
            return Some(format!("{} does not count for this machine", named.origin));
        }
        let (variable, list) = self.exceptions.as_ref()?;
        no_proxy::contains(list, address.url())
            .then(|| format!("{variable} excepts {}", address.host_and_port()))
    }
}

impl NamedProxy {
    /// Returns true if it is named for this program, and so also counts for this machine.
    pub(crate) fn is_own(&self) -> bool {
        self.kind != ProxySource::SharedVariable
    }

    /// Parses the address of the proxy. A variable may hold a user and a password, an option a
    /// user, and a profile neither.
    ///
    /// # Errors
    /// A usage error that does not repeat a password.
    pub(crate) fn parse(&self) -> Result<Proxy> {
        let text = self.text.trim();
        let origin = &self.origin;
        let wrong = |why: &str| {
            Error::usage(format!("{origin}: '{}' is no proxy: {why}", masked(text)))
                .hint("a proxy is http://HOST:PORT, or https, socks5 or socks5h")
        };
        let is_unsafe = |c: char| c.is_whitespace() || escape::is_unsafe(c);
        if text.contains(|c| is_unsafe(c) || c == char::REPLACEMENT_CHARACTER) {
            return Err(wrong("it holds white space, control characters or no UTF-8"));
        }
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        let scheme = match scheme.to_ascii_lowercase() {
            // GNOME writes the SOCKS proxy of its settings so, and browsers read it as SOCKS5
            // with names looked up by the proxy.
            scheme if scheme == "socks" => "socks5h".to_owned(),
            scheme => scheme,
        };
        if !SCHEMES.contains(&scheme.as_str()) {
            return Err(wrong("its scheme is none of http, https, socks5 and socks5h"));
        }
        let mut url =
            Url::parse(&format!("{scheme}://{rest}")).map_err(|error| wrong(&error.to_string()))?;
        match url.host_str() {
            None | Some("") => return Err(wrong("it has no host")),
            // It may be a part of a login. With http and https it is an error already.
            Some(host) if host.contains('%') => {
                return Err(wrong("its host holds an encoded character"));
            }
            Some(_) => {}
        }
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("it has more than a host and a port"));
        }
        let login = self.login(&url)?;
        if !has_port(rest) && scheme != "https" {
            url.set_port(Some(DEFAULT_PORT)).map_err(|()| wrong("it takes no port"))?;
        }
        url.set_username("").map_err(|()| wrong("it takes no user"))?;
        url.set_password(None).map_err(|()| wrong("it takes no user"))?;
        url.set_path("");
        address::check_sendable(&url).map_err(|why| wrong(&why))?;
        Ok(Proxy { url, origin: origin.clone(), login })
    }

    /// Returns user and password in `url`.
    fn login(&self, url: &Url) -> Result<Option<Login>> {
        let origin = &self.origin;
        let decoded = |text: &str| {
            percent_decode_str(text).decode_utf8().map(Cow::into_owned).map_err(|_| {
                Error::usage(format!("{origin}: the proxy's user or password is not valid UTF-8"))
            })
        };
        let has_login = !url.username().is_empty() || url.password().is_some();
        if self.kind == ProxySource::Profile && has_login {
            return Err(Error::usage(format!("{origin}: the address holds a login"))
                .hint("a file is copied, backed up and committed")
                .hint("SOTICKETS_PROXY may hold user and password; or --proxy http://NAME@HOST:PORT --proxy-password SRC"));
        }
        if self.kind == ProxySource::Option && url.password().is_some() {
            return Err(Error::usage(format!("{origin}: the address holds a password"))
                .hint("arguments can be read by every user of this machine")
                .hint(
                    "--proxy http://NAME@HOST:PORT --proxy-password SRC, or the usual variables",
                ));
        }
        if url.username().is_empty() && url.password().is_none() {
            return Ok(None);
        }
        let user = decoded(url.username())?;
        if user.contains(':') {
            // The text after the colon may be the password.
            return Err(Error::usage(format!("{origin}: the proxy's user holds an encoded colon"))
                .hint("user and password are NAME:PASSWORD, with a colon that is not encoded"));
        }
        let password = url.password().map(decoded).transpose()?.map(Secret::new);
        let has_control =
            password.as_ref().is_some_and(|it| it.expose().contains(char::is_control));
        if has_control || user.contains(char::is_control) {
            return Err(Error::usage(format!(
                "{origin}: the proxy's user or password holds a control character"
            )));
        }
        let password = password.map(|value| ResolvedSecret {
            value,
            origin: origin.clone(),
            login_command: None,
        });
        let is_variable =
            matches!(self.kind, ProxySource::OwnVariable | ProxySource::SharedVariable);
        let variable = is_variable.then(|| origin.clone());
        Ok(Some(Login { user, password, variable }))
    }
}

/// Returns true if `authority`, with a login or not, names a port. A parsed URL does not show
/// one that is the scheme's default.
fn has_port(authority: &str) -> bool {
    let host = authority.rsplit('@').next().unwrap_or_default().trim_end_matches('/');
    let after_brackets = host.rsplit(']').next().unwrap_or_default();
    after_brackets.split_once(':').is_some_and(|(_, port)| !port.is_empty())
}

/// Quotes `text`, a proxy's address, without a possible login, or a part of one behind the
/// host.
pub(crate) fn masked(text: &str) -> String {
    let quoted = address::quote_without_login(text);
    let authority = quoted.find("://").map_or(0, |end| end + 3);
    match quoted[authority..].find(['/', '?', '#']) {
        Some(end) if authority + end + 1 < quoted.len() => {
            format!("{}/…", &quoted[..authority + end])
        }
        _ => quoted,
    }
}
