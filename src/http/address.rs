//! Addresses: `http://` and `https://` URLs, and how messages quote them.

use std::borrow::Cow;
use std::fmt;
use std::net::Ipv4Addr;

use percent_encoding::percent_decode_str;
use url::{Host, Url};

use crate::escape;

/// An address of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(Url);

impl Address {
    /// Returns the URL.
    pub const fn url(&self) -> &Url {
        &self.0
    }

    /// Returns the host; an IPv6 address is without brackets.
    pub(crate) fn host(&self) -> &str {
        let host = self.0.host_str().unwrap_or_default();
        host.trim_start_matches('[').trim_end_matches(']')
    }

    /// Returns host and port, for messages.
    pub fn host_and_port(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        self.0.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Returns scheme, host and port, for messages.
    pub(crate) fn server(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// Returns true if scheme, host and port are those of `other`.
    pub(crate) fn is_same_server(&self, other: &Self) -> bool {
        self.0.origin() == other.0.origin()
    }

    /// Returns true for `http://`, without encryption.
    pub(crate) fn is_plain_http(&self) -> bool {
        self.0.scheme() == "http"
    }

    /// Returns true if it can only be on this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }
}

impl From<Url> for Address {
    fn from(url: Url) -> Self {
        Self(url)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Returns true if the host of `url` can only be this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        // For schemes outside the web, such as socks5, the parser keeps an IP address as a name.
        Some(Host::Domain(name)) => {
            name.eq_ignore_ascii_case("localhost")
                || name.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
        }
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.to_canonical().is_loopback(),
        None => false,
    }
}

/// The longest address that can be sent, in bytes: a limit of the HTTP library.
pub(crate) const MAX_BYTES: usize = 65_534;
const MAX_HOST_BYTES: usize = 253;

/// Checks that a request can be sent to `url`.
///
/// # Errors
/// Says why it cannot.
pub(crate) fn check_sendable(url: &Url) -> Result<(), String> {
    let length = url.as_str().len();
    if length > MAX_BYTES {
        return Err(format!(
            "it has {length} characters, and the most that can be sent is {MAX_BYTES}"
        ));
    }
    // A dot at the end does not count.
    let host = url.host_str().unwrap_or_default().trim_end_matches('.').len();
    if host > MAX_HOST_BYTES {
        return Err(format!(
            "its host has {host} characters, and a name has at most {MAX_HOST_BYTES}"
        ));
    }
    match hyper::Uri::try_from(url.as_str()) {
        Ok(_) => Ok(()),
        Err(_) => Err("it holds a character that HTTP does not allow there".to_owned()),
    }
}

/// Quotes `text`, an address that cannot be used, without a possible login, percent-encoded or
/// not: everything before an `@`, and whatever is in the place of a port.
pub(crate) fn quote_without_login(text: &str) -> String {
    const LENGTH: usize = 100;
    let decoded = percent_decoded(text);
    let (scheme, rest) = decoded.split_once("://").unwrap_or(("", &decoded));
    let is_scheme = scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    let (login, rest) = rest.rsplit_once('@').map_or(("", rest), |(_, rest)| ("***@", rest));
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    // The port is behind the brackets of an IPv6 address.
    let tail = authority.rfind(']').map_or(0, |end| end + 1);
    let colon = authority[tail..].find(':').map_or(authority.len(), |colon| tail + colon);
    let (host, port) = authority.split_at(colon);
    let is_number = port.chars().skip(1).all(|c| c.is_ascii_digit());
    if is_scheme && login.is_empty() && is_number {
        return escape::excerpt(text, LENGTH);
    }
    let scheme = match scheme {
        "" => String::new(),
        scheme if is_scheme => format!("{scheme}://"),
        _ => "…://".to_owned(),
    };
    let rest = match (is_number, path.len()) {
        (true, _) => rest.to_owned(),
        (false, 0 | 1) => format!("{host}:***{path}"),
        (false, _) => format!("{host}:***/…"),
    };
    escape::excerpt(&format!("{scheme}{login}{rest}"), LENGTH)
}

/// Decodes the percent-encoding of `text`, also if it was applied several times.
fn percent_decoded(text: &str) -> Cow<'_, str> {
    const TIMES: usize = 5;
    let mut text = Cow::Borrowed(text);
    for _ in 0..TIMES {
        match percent_decode_str(&text).decode_utf8_lossy() {
            decoded if decoded == text => break,
            decoded => text = Cow::Owned(decoded.into_owned()),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn possible_login_is_not_quoted() {
        let cases = [
            ("https://tim:canary@h.example/x", "https://***@h.example/x"),
            ("tim:can/ary@h.example", "***@h.example"),
            ("https://tim%3Acanary%40h.example/x", "https://***@h.example/x"),
            ("https://tim%253Acanary%2540h.example", "https://***@h.example"),
            ("https://tim%3Acanary", "https://tim:***"),
            ("https://tim:canary/canary", "https://tim:***/…"),
            ("tim:can@ary://x@", "…://***@"),
            ("https://[::1]:8080/a%20b", "https://[::1]:8080/a%20b"),
            ("crm.example.com:8080", "crm.example.com:8080"),
        ];
        for (text, expected) in cases {
            assert_eq!(quote_without_login(text), expected, "{text}");
        }
    }
}
