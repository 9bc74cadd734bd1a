//! Error messages for proxies that did not let a request through.
//!
//! The types of these errors in the HTTP library are private, so they are recognized by their
//! text. The tests provoke each of them, so that they fail if another version of the library
//! changes a text.

use crate::error::Error;

use super::super::auth_challenge;
use super::super::proxy::Proxy;
use super::chain::chain;

/// The failure of a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProxyFailure {
    /// The proxy was not reached.
    Unreachable,
    /// The proxy wants a credential, or another one.
    Login,
    /// The proxy did not reach the server, or refused to.
    Refused,
    /// The proxy closed the connection, or does not speak its protocol.
    Broken,
    /// The server's name is not known here, and was not given to the proxy.
    Name,
}

impl ProxyFailure {
    /// Finds the failure of a proxy in `error`.
    pub(super) fn from_error(error: &reqwest::Error) -> Option<Self> {
        chain(error).find_map(|cause| Self::from_text(&cause.to_string()))
    }

    fn from_text(text: &str) -> Option<Self> {
        if let Some(reason) = text.strip_prefix("tunnel error: ") {
            return Some(match reason {
                "failed to create underlying connection" => Self::Unreachable,
                "proxy authorization required" => Self::Login,
                "unsuccessful" => Self::Refused,
                _ => Self::Broken,
            });
        }
        if let Some(reason) = text.strip_prefix("SOCKS error: ") {
            return Some(match reason {
                "failed to create underlying connection" => Self::Unreachable,
                "server does not support user/pass authentication"
                | "server implements authentication incorrectly"
                | "credentials not accepted" => Self::Login,
                "io error during SOCKS handshake" | "failed parsing server response" => {
                    Self::Broken
                }
                _ => Self::Refused,
            });
        }
        (text == "error resolving for socks proxy").then_some(Self::Name)
    }

    /// Describes this failure of `proxy` on the way to `server`, host and port. `cause` is the
    /// innermost text of the error; `offered` are the schemes of a proxy that wants a credential.
    pub(super) fn describe(
        self,
        cause: &str,
        proxy: &Proxy,
        offered: &[String],
        server: &str,
    ) -> Error {
        let (place, origin) = (proxy.host_and_port(), &proxy.origin);
        // The library's own texts only repeat the failure, except a refusal by SOCKS.
        let reason = match cause.strip_prefix("SOCKS error: ") {
            Some(reason) if self == Self::Refused => format!(": {reason}"),
            None if !cause.starts_with("tunnel error: ") => format!(": {cause}"),
            _ => String::new(),
        };
        match self {
            Self::Unreachable => {
                Error::network(format!("could not connect to the proxy {place}{reason}"))
                    .hint(format!("check {origin}, which names it, and the network"))
            }
            Self::Login => login_required(proxy, offered),
            Self::Refused => {
                // Some answer a wrong password as they answer anything that they refuse.
                let or = proxy.login.as_ref().map_or("", |_| ", or it does not accept the user");
                Error::network(format!("the proxy {place} did not connect to {server}{reason}"))
                    .hint(format!("it may not reach that server, or may not be allowed to{or}; its own log knows more"))
            }
            Self::Broken => {
                Error::network(format!("the proxy {place} broke off while connecting to {server}"))
                    .hint(format!("check {origin}: scheme, host and port; it may be no proxy"))
            }
            Self::Name => Error::network(format!("the name of {server} is not known here"))
                .hint("with socks5h:// in place of socks5:// the proxy looks names up"),
        }
    }
}

/// Returns the error for a proxy that wants a credential, or another one than it got, by one
/// of the schemes `offered`, as far as they are known.
pub(crate) fn login_required(proxy: &Proxy, offered: &[String]) -> Error {
    const WINDOWS: &str = "cntlm or px, run on this machine, signs in to such a proxy: --proxy http://127.0.0.1:PORT names it in place of the proxy";
    let place = proxy.host_and_port();
    let schemes = auth_challenge::join(offered);
    if !offered.is_empty() && !auth_challenge::has(offered, "Basic") {
        return Error::network(format!(
            "the proxy {place} wants a credential, and offers only {schemes}, which this program does not speak"
        ))
        .hints_from(auth_challenge::is_windows(offered).then_some(WINDOWS))
        .hint("ask whoever runs the proxy for a user, or a token, that it takes by Basic");
    }
    let offers = if schemes.is_empty() { schemes } else { format!("; it offers {schemes}") };
    let Some(login) = &proxy.login else {
        return Error::network(format!("the proxy {place} wants a credential{offers}"))
            .hint(format!("--proxy {}://NAME@{place} --proxy-password SRC", proxy.url.scheme()));
    };
    let origin = login.password.as_ref().map_or(&proxy.origin, |password| &password.origin);
    Error::network(format!(
        "the proxy {place} does not accept the user and password (from {origin}){offers}"
    ))
    .hint("check the proxy's user and password")
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::{TcpListener, TcpStream};
    use std::sync::Arc;
    use std::thread;

    use rustls::{ClientConfig, RootCertStore};

    use super::*;

    /// Sends a request by the proxy `scheme`, which answers each of the client's messages with
    /// the next of `answers` and then closes the connection.
    fn failure(scheme: &str, answers: &'static [&'static [u8]]) -> Option<ProxyFailure> {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let answer = move |mut stream: TcpStream| {
            for answer in answers {
                let _ = stream.read(&mut [0; 1024]);
                let _ = stream.write_all(answer);
            }
        };
        let proxy = thread::spawn(move || listener.accept().map(|(stream, _)| answer(stream)));
        let failure = request_by(&format!("{scheme}{address}"), "https://127.0.0.1:1/");
        let _ = proxy.join();
        failure
    }

    fn request_by(proxy: &str, url: &str) -> Option<ProxyFailure> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth();
        let client = reqwest::blocking::Client::builder()
            .tls_backend_preconfigured(tls)
            .proxy(reqwest::Proxy::all(proxy).expect("a proxy"))
            .build()
            .expect("a client");
        ProxyFailure::from_error(&client.get(url).send().expect_err("the proxy fails"))
    }

    #[test]
    fn failures_of_http_proxies_are_recognized() {
        let cases: [(&[&[u8]], ProxyFailure); 4] = [
            (&[b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"], ProxyFailure::Login),
            (&[b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"], ProxyFailure::Refused),
            (&[b"220 mail.example ESMTP\r\n\r\n"], ProxyFailure::Refused),
            (&[b""], ProxyFailure::Broken),
        ];
        for (answers, expected) in cases {
            assert_eq!(failure("http://", answers), Some(expected), "{answers:?}");
        }
        let unreachable = request_by("http://127.0.0.1:1", "https://127.0.0.1:2/");
        assert_eq!(unreachable, Some(ProxyFailure::Unreachable));
    }

    #[test]
    fn failures_of_socks_proxies_are_recognized() {
        let cases: [(&str, &[&[u8]], ProxyFailure); 5] = [
            ("socks5h://tim:x@", &[b"\x05\x00"], ProxyFailure::Login),
            ("socks5h://tim:x@", &[b"\x05\x02", b"\x01\x01"], ProxyFailure::Login),
            ("socks5h://", &[b"\x05\x00", b"\x05\x02\x00\x01\0\0\0\0\0\0"], ProxyFailure::Refused),
            ("socks5h://", &[b""], ProxyFailure::Broken),
            ("socks5h://", &[b"HTTP/1.1 400 No\r\n\r\n"], ProxyFailure::Broken),
        ];
        for (scheme, answers, expected) in cases {
            assert_eq!(failure(scheme, answers), Some(expected), "{scheme} {answers:?}");
        }
        let unreachable = request_by("socks5h://127.0.0.1:1", "https://127.0.0.1:2/");
        assert_eq!(unreachable, Some(ProxyFailure::Unreachable));
        let unknown = request_by("socks5://127.0.0.1:1", "https://nowhere.invalid/");
        assert_eq!(unknown, Some(ProxyFailure::Name));
    }
}
