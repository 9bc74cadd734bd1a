//! The redirect address (RFC 8252): the browser returns to it at the end of a sign-in.

use std::fmt;
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use url::Url;

use crate::error::{Error, Kind, Result};
use crate::escape;

/// A redirect address on this machine, as it is registered with SuperOffice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RedirectUri {
    host: Host,
    /// 0 for any free port.
    port: u16,
    /// Empty, or with a leading slash.
    path: String,
}

/// A host of this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Host {
    Ipv4,
    Localhost,
    Ipv6,
}

/// A redirect address that this process listens at.
#[derive(Debug)]
pub(crate) struct BoundRedirect {
    /// The address, with its port.
    pub(crate) address: String,
    pub(super) path: String,
    pub(super) listeners: Vec<TcpListener>,
}

impl Default for RedirectUri {
    /// Returns `http://127.0.0.1` with a free port and without a path, which SuperOffice's
    /// template for native applications allows.
    fn default() -> Self {
        Self { host: Host::Ipv4, port: 0, path: String::new() }
    }
}

impl RedirectUri {
    /// Parses `text`, which `origin` gave.
    ///
    /// # Errors
    /// A usage error that quotes it, for any address but one of this machine.
    pub(crate) fn parse(text: &str, origin: &str) -> Result<Self> {
        let text = text.trim();
        let wrong = |why: &str| {
            let shown = escape::excerpt(text, 100);
            Error::usage(format!("{origin}: '{shown}' is not a valid redirect address: {why}"))
                .hint("http://127.0.0.1:8000/callback, http://localhost:8000 or http://[::1]:8000, as it is registered with SuperOffice; without a port a free one is used")
        };
        let scheme = text.get(..SCHEME.len()).unwrap_or_default();
        if !scheme.eq_ignore_ascii_case(SCHEME) {
            return Err(wrong("it does not begin with http://"));
        }
        let rest = &text[SCHEME.len()..];
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let (host, port) = Host::ALL
            .into_iter()
            .find_map(|host| {
                let name = authority.get(..host.name().len())?;
                let port = authority.get(host.name().len()..)?;
                let is_whole = port.is_empty() || port.starts_with(':');
                (is_whole && name.eq_ignore_ascii_case(host.name())).then_some((host, port))
            })
            .ok_or_else(|| {
                wrong("the browser comes back to this machine: 127.0.0.1, localhost or [::1]")
            })?;
        let port = match port.strip_prefix(':') {
            None | Some("") => 0,
            Some(digits) => {
                let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
                let port = digits.parse().ok().filter(|_| is_number);
                port.ok_or_else(|| wrong("its port is not a number up to 65535"))?
            }
        };
        if path.contains(['?', '#']) {
            return Err(wrong("it has a query or a fragment"));
        }
        let url = Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
        let path = if path.is_empty() { String::new() } else { url.path().to_owned() };
        Ok(Self { host, port, path })
    }

    /// Listens at its port, or at a free one.
    ///
    /// # Errors
    /// A usage error if the port is in use or not allowed.
    pub(crate) fn listen(&self) -> Result<BoundRedirect> {
        let listeners = self.host.listen(self.port).map_err(|error| self.bind_error(error))?;
        let port = listeners.first().and_then(|listener| listener.local_addr().ok());
        let port = port.map_or(self.port, |address| address.port());
        let path = if self.path.is_empty() { "/".to_owned() } else { self.path.clone() };
        let address = Self { port, ..self.clone() }.to_string();
        Ok(BoundRedirect { address, path, listeners })
    }

    /// Returns the pattern to register with SuperOffice, in the form of its own templates.
    pub(crate) fn pattern(&self) -> String {
        let port = if self.port == 0 { r"\d{4,10}".to_owned() } else { self.port.to_string() };
        let host = self.host.name().replace('[', r"\[").replace(']', r"\]");
        format!(r"^{SCHEME}{host}\:{port}{}$", escape_regex(&self.path))
    }

    fn bind_error(&self, error: io::Error) -> Error {
        let port = self.port;
        match error.kind() {
            ErrorKind::AddrInUse => {
                Error::usage(format!("the port {port} of the redirect address {self} is in use by another program"))
                    .hint("end that program, or register a redirect address without a fixed port; nothing was sent")
            }
            ErrorKind::PermissionDenied => Error::usage(format!(
                "the port {port} of the redirect address {self} may not be used without more rights"
            ))
            .hint("ports from 1024 on are for everybody"),
            _ => Error::new(Kind::Output, format!("nothing can listen at the redirect address {self}"))
                .caused_by(error),
        }
    }
}

const SCHEME: &str = "http://";

/// Returns `path` as a regular expression.
fn escape_regex(path: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/-_~%".contains(c);
    path.chars().map(|c| if is_plain(c) { c.to_string() } else { format!("\\{c}") }).collect()
}

impl Host {
    const ALL: [Self; 3] = [Self::Ipv4, Self::Localhost, Self::Ipv6];

    const fn name(self) -> &'static str {
        match self {
            Self::Ipv4 => "127.0.0.1",
            Self::Localhost => "localhost",
            Self::Ipv6 => "[::1]",
        }
    }

    /// Listens at `port`, or at a free one if it is 0. For a browser `localhost` may be either
    /// address.
    fn listen(self, port: u16) -> io::Result<Vec<TcpListener>> {
        let bind = |address: SocketAddr| TcpListener::bind(address);
        let ipv4 = |port| bind((Ipv4Addr::LOCALHOST, port).into());
        let ipv6 = |port| bind((Ipv6Addr::LOCALHOST, port).into());
        match self {
            Self::Ipv4 => Ok(vec![ipv4(port)?]),
            Self::Ipv6 => Ok(vec![ipv6(port)?]),
            Self::Localhost => {
                let mut last = None;
                for _ in 0..MAX_ATTEMPTS {
                    let first = ipv4(port)?;
                    match ipv6(first.local_addr()?.port()) {
                        Ok(second) => return Ok(vec![first, second]),
                        // A port may be free at one address only.
                        Err(error) if error.kind() == ErrorKind::AddrInUse => last = Some(error),
                        // A machine without IPv6.
                        Err(_) => return Ok(vec![first]),
                    }
                }
                Err(last.unwrap_or_else(|| ErrorKind::AddrInUse.into()))
            }
        }
    }
}

/// The number of attempts to find a port that is free at both addresses of `localhost`.
const MAX_ATTEMPTS: usize = 10;

/// The address as it is sent; without a port if any is allowed.
impl fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (host, path) = (self.host.name(), &self.path);
        match self.port {
            0 => write!(f, "{SCHEME}{host}{path}"),
            port => write!(f, "{SCHEME}{host}:{port}{path}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_address_is_sent_as_written() {
        for (text, sent, pattern) in [
            ("http://127.0.0.1", "http://127.0.0.1", r"^http://127.0.0.1\:\d{4,10}$"),
            (" HTTP://127.0.0.1:0 ", "http://127.0.0.1", r"^http://127.0.0.1\:\d{4,10}$"),
            ("http://127.0.0.1:7890", "http://127.0.0.1:7890", r"^http://127.0.0.1\:7890$"),
            ("http://127.0.0.1:80/", "http://127.0.0.1:80/", r"^http://127.0.0.1\:80/$"),
            (
                "http://127.0.0.1:8000/callback",
                "http://127.0.0.1:8000/callback",
                r"^http://127.0.0.1\:8000/callback$",
            ),
            ("http://Localhost/a.b", "http://localhost/a.b", r"^http://localhost\:\d{4,10}/a\.b$"),
            ("http://[::1]:8000", "http://[::1]:8000", r"^http://\[::1\]\:8000$"),
        ] {
            let redirect = RedirectUri::parse(text, "--redirect-uri").expect(text);
            assert_eq!((redirect.to_string(), redirect.pattern()), (sent.into(), pattern.into()));
        }
        assert_eq!(RedirectUri::parse("http://127.0.0.1:0", "").ok(), Some(RedirectUri::default()));
    }

    #[test]
    fn address_of_another_machine_or_of_no_server_is_rejected() {
        for (text, why) in [
            ("127.0.0.1:8000", "it does not begin with http://"),
            ("https://127.0.0.1:8000", "it does not begin with http://"),
            ("http://", "the browser comes back to this machine"),
            ("http://crm.example.com", "the browser comes back to this machine"),
            ("http://127.0.0.1.evil.example", "the browser comes back to this machine"),
            ("http://localhost.evil.example:80", "the browser comes back to this machine"),
            ("http://tim@127.0.0.1", "the browser comes back to this machine"),
            ("http://127.1:8000", "the browser comes back to this machine"),
            ("http://0.0.0.0:8000", "the browser comes back to this machine"),
            ("http://127.0.0.1:99999", "its port is not a number up to 65535"),
            ("http://127.0.0.1:+1", "its port is not a number up to 65535"),
            ("http://127.0.0.1:8000/?a=b", "it has a query or a fragment"),
            ("http://127.0.0.1:8000#a", "it has a query or a fragment"),
            ("æøåæøå", "it does not begin with http://"),
        ] {
            let error = RedirectUri::parse(text, "--redirect-uri").expect_err(text).to_string();
            assert!(error.starts_with("--redirect-uri: '") && error.contains(why), "{error}");
        }
    }

    #[test]
    fn free_port_is_named_and_busy_port_is_rejected() {
        let listening = RedirectUri::default().listen().expect("a free port");
        let port = listening.listeners[0].local_addr().expect("an address").port();
        assert_eq!(listening.address, format!("http://127.0.0.1:{port}"));
        assert_eq!(listening.path, "/");
        let busy = RedirectUri { port, ..RedirectUri::default() };
        let error = busy.listen().expect_err("in use");
        assert_eq!(error.kind(), Kind::Usage);
        assert!(error.to_string().contains(&format!("the port {port} of the redirect")), "{error}");
    }
}
