//! Failures that the HTTP and TLS libraries describe in text alone.
//!
//! Their types are private, so they are recognized by their words. The tests provoke each of
//! them, so that they fail where another version of a library words them in another way.

use super::chain::chain;
use super::transport_error::ProxyFailure;

/// Finds the failure of a proxy in `error`.
pub(super) fn proxy_failure(error: &reqwest::Error) -> Option<ProxyFailure> {
    chain(error).find_map(|cause| by_words(&cause.to_string()))
}

fn by_words(words: &str) -> Option<ProxyFailure> {
    if let Some(reason) = words.strip_prefix("tunnel error: ") {
        return Some(match reason {
            "failed to create underlying connection" => ProxyFailure::Unreachable,
            "proxy authorization required" => ProxyFailure::Login,
            "unsuccessful" => ProxyFailure::Refused,
            _ => ProxyFailure::Broken,
        });
    }
    if let Some(reason) = words.strip_prefix("SOCKS error: ") {
        return Some(match reason {
            "failed to create underlying connection" => ProxyFailure::Unreachable,
            "server does not support user/pass authentication"
            | "server implements authentication incorrectly"
            | "credentials not accepted" => ProxyFailure::Login,
            "io error during SOCKS handshake" | "failed parsing server response" => {
                ProxyFailure::Broken
            }
            _ => ProxyFailure::Refused,
        });
    }
    (words == "error resolving for socks proxy").then_some(ProxyFailure::Name)
}

/// Returns what the innermost text of an error adds to the failure of a proxy; `None` if it
/// only repeats it.
pub(super) fn proxy_reason(innermost: &str) -> Option<String> {
    if let Some(reason) = innermost.strip_prefix("SOCKS error: ") {
        let is_refusal = by_words(innermost) == Some(ProxyFailure::Refused);
        return is_refusal.then(|| reason.to_owned());
    }
    (!innermost.starts_with("tunnel error: ")).then(|| innermost.to_owned())
}

/// Returns `crm.example.com` for `DnsName("crm.example.com")`, the form in which rustls lists
/// the names of a certificate.
pub(super) fn bare_name(name: &str) -> &str {
    let inner = name.split_once('(').map_or(name, |(_, inner)| inner.trim_end_matches(')'));
    inner.trim_matches('"')
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::{TcpListener, TcpStream};
    use std::sync::Arc;
    use std::thread;

    use rustls::pki_types::ServerName;
    use rustls::server::ParsedCertificate;
    use rustls::{CertificateError, ClientConfig, RootCertStore};

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
        proxy_failure(&client.get(url).send().expect_err("the proxy fails"))
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

    #[test]
    fn names_of_a_certificate_are_shown_without_their_kind() {
        let names = vec!["a.example".to_owned(), "127.0.0.1".to_owned()];
        let certificate = rcgen::generate_simple_self_signed(names).expect("a certificate");
        let certificate = ParsedCertificate::try_from(certificate.cert.der()).expect("it parses");
        let name = ServerName::try_from("b.example").expect("a name");
        let error = rustls::client::verify_server_name(&certificate, &name).expect_err("not b");
        let rustls::Error::InvalidCertificate(CertificateError::NotValidForNameContext {
            presented,
            ..
        }) = error
        else {
            unreachable!("another error: {error}");
        };
        let names: Vec<&str> = presented.iter().map(|name| bare_name(name)).collect();
        assert_eq!(names, ["a.example", "127.0.0.1"]);
    }
}
