//! The redirect address (RFC 8252): the browser returns to it at the end of a sign-in.

use std::fmt;
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};

use url::Url;

use crate::error::{Error, Kind, Result};
use crate::escape;

/// A redirect address on this machine, as it is registered with SuperOffice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RedirectUri {
    /// One of [`HOSTS`].
    host: &'static str,
    /// 0 for any free port.
    port: u16,
    /// Empty, or with a leading slash.
    path: String,
}

/// The names of this machine.
const HOSTS: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

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
        Self { host: HOSTS[0], port: 0, path: String::new() }
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
        let rest = strip(text, SCHEME).ok_or_else(|| wrong("it does not begin with http://"))?;
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let port_of =
            |host| strip(authority, host).filter(|it| it.is_empty() || it.starts_with(':'));
        let (host, port) =
            HOSTS.into_iter().find_map(|host| Some((host, port_of(host)?))).ok_or_else(|| {
                wrong("the browser comes back to this machine: 127.0.0.1, localhost or [::1]")
            })?;
        let port = port.strip_prefix(':').unwrap_or(port);
        let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
        let port = if port.is_empty() { Some(0) } else { port.parse().ok().filter(|_| is_number) };
        let port = port.ok_or_else(|| wrong("its port is not a number up to 65535"))?;
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
        // A free port may be free at one address of `localhost` only.
        let mut attempts = (1..MAX_ATTEMPTS).map(|_| bind(self.host, self.port));
        let listeners = match attempts.find_map(io::Result::ok) {
            Some(listeners) => listeners,
            None => bind(self.host, self.port).map_err(|error| self.bind_error(error))?,
        };
        let port = listeners.first().and_then(|listener| listener.local_addr().ok());
        let port = port.map_or(self.port, |address| address.port());
        let path = if self.path.is_empty() { "/".to_owned() } else { self.path.clone() };
        let address = Self { port, ..self.clone() }.to_string();
        Ok(BoundRedirect { address, path, listeners })
    }

    /// Returns the pattern to register with SuperOffice, in the form of its own templates.
    pub(crate) fn pattern(&self) -> String {
        let port = if self.port == 0 { r"\d{4,10}".to_owned() } else { self.port.to_string() };
        let host = self.host.replace('[', r"\[").replace(']', r"\]");
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

/// Returns `text` without `prefix`, in either case.
fn strip<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// Listens at `port` of `host`, or at a free one if it is 0. For a browser `localhost` may be
/// either address.
fn bind(host: &str, port: u16) -> io::Result<Vec<TcpListener>> {
    if host == "[::1]" {
        return Ok(vec![TcpListener::bind((Ipv6Addr::LOCALHOST, port))?]);
    }
    let first = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    if host != "localhost" {
        return Ok(vec![first]);
    }
    match TcpListener::bind((Ipv6Addr::LOCALHOST, first.local_addr()?.port())) {
        Ok(second) => Ok(vec![first, second]),
        Err(error) if error.kind() == ErrorKind::AddrInUse => Err(error),
        // A machine without IPv6.
        Err(_) => Ok(vec![first]),
    }
}

/// The number of attempts to find a port that is free at both addresses of `localhost`.
const MAX_ATTEMPTS: usize = 10;

/// The address as it is sent; without a port if any is allowed.
impl fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, path, .. } = self;
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
