//! Failures that the HTTP and TLS libraries describe in text alone.
//!
//! Their types are private, so they are recognized by their words. The tests provoke each of
//! them, so that they fail where another version of a library words them in another way.

use super::{ProxyFailure, chain};

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
