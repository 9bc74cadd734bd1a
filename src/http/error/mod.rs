//! Transport errors: why a request got no answer, and the message with hints for it.

mod chain;
mod proxy;
mod tls;

use std::io;
use std::time::Duration;

use crate::deadline::Deadline;
use crate::error::Error;
use crate::format_bytes::format_bytes;

use super::address::Address;
use super::content_coding;
use super::network::Network;
use super::proxy::{Proxy, Route};
use super::request::LimitHints;
use crate::http::connection::log::Connection;
use chain::chain;
use proxy::ProxyFailure;

pub(super) use chain::{find_cause, is_closed, root, transport_error};
pub(crate) use proxy::login_required;

/// The hint for a name that was not found, where the C library is musl. glibc asks the next name
/// server only if one does not answer.
const LOOKUP_HINT: Option<&str> = if cfg!(target_env = "musl") {
    Some(
        "this build takes the first answer of all name servers in /etc/resolv.conf; a name that only one of them knows, such as a VPN's, needs a line in /etc/hosts, or the build for glibc",
    )
} else {
    None
};

/// A request that got no answer.
#[derive(Debug)]
pub(crate) struct TransportError {
    pub(crate) stage: Stage,
    /// True if the next attempt may succeed.
    pub(crate) is_retryable: bool,
    /// The message for a person.
    pub(crate) error: Error,
}

/// The step that a request failed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The name lookup.
    Name,
    /// The connection to the server, or to a proxy.
    Connect,
    /// The TLS handshake.
    Tls,
    /// The proxy's own work: a login, or the connection to the server.
    Proxy,
    /// Sending the request and waiting for the answer.
    Exchange,
}

/// The destination of a request and the settings that it is sent with, which its errors name.
#[derive(Clone, Debug)]
pub(super) struct RequestContext<'t> {
    pub(super) address: Address,
    pub(super) route: Route,
    pub(super) network: &'t Network,
    pub(super) deadline: Deadline,
    pub(super) hints: &'static LimitHints,
    /// The largest body, in bytes.
    pub(super) max_bytes: u64,
}

impl RequestContext<'_> {
    /// Describes `error`, which a request failed with after `connection` had been made, or in
    /// part. `offered_schemes` asks a proxy that wants a credential for its schemes.
    pub(super) fn transport_error(
        &self,
        error: &reqwest::Error,
        connection: &Connection,
        offered_schemes: impl FnOnce(&Proxy) -> Vec<String>,
    ) -> TransportError {
        let place = self.address.host_and_port();
        let failed_proxy = self.route.proxy.as_ref().and_then(|proxy| {
            // In plain HTTP the proxy is the one that is connected to.
            let is_direct = self.address.is_plain_http() && !proxy.is_socks();
            let unreachable =
                (is_direct && error.is_connect()).then_some(ProxyFailure::Unreachable);
            Some((proxy, ProxyFailure::from_error(error).or(unreachable)?))
        });
        let is_known = connection.lookups.iter().all(|lookup| lookup.addresses.is_some());
        let tls: Option<&rustls::Error> = chain(error).find_map(|cause| cause.downcast_ref());
        let stage = match error.is_connect() {
            _ if tls.is_some() => Stage::Tls,
            false => Stage::Exchange,
            true if !is_known => Stage::Name,
            true if !connection.certificates.is_empty() => Stage::Tls,
            true if failed_proxy.is_some() => Stage::Proxy,
            true => Stage::Connect,
        };
        let (error, is_retryable) = match (tls, failed_proxy) {
            // A certificate and a refusal are the same the next time.
            (Some(error), failed_proxy) => {
                let proxy = failed_proxy.map(|(proxy, _)| proxy);
                let server = proxy.map_or_else(|| self.address.host(), |proxy| proxy.host());
                let place =
                    proxy.map_or(place, |proxy| format!("the proxy {}", proxy.host_and_port()));
                // The log of a shared client may end with the certificate of the other one.
                let mut certificates = connection.certificates.iter().rev();
                let certificate =
                    certificates.find(|it| it.server == server).or(connection.certificates.last());
                (tls::describe(error, &place, &self.network.tls, certificate), false)
            }
            _ if error.is_timeout() => (self.timed_out(error), error.is_connect()),
            (None, Some((proxy, failure))) => {
                let is_login = failure == ProxyFailure::Login;
                let offered = if is_login { offered_schemes(proxy) } else { Vec::new() };
                (failure.describe(&root(error), proxy, &offered, &place), !is_login)
            }
            (None, None) if error.is_connect() => (self.not_connected(&root(error)), true),
            (None, None) => {
                let is_closed = is_closed(error);
                let may_be_tls = self.address.is_plain_http() && !is_closed;
                let error =
                    Error::network(format!("{place} did not answer in HTTP: {}", root(error)))
                        .hint("check the address: scheme, host and port")
                        .hints_from(may_be_tls.then_some("a port for https:// answers like this"));
                (error, is_closed)
            }
        };
        let error = error.hints_from(LOOKUP_HINT.filter(|_| stage == Stage::Name));
        TransportError { stage, is_retryable, error }
    }

    fn not_connected(&self, reason: &str) -> Error {
        let place = self.address.host_and_port();
        let error =
            Error::network(format!("could not connect to {place}{}: {reason}", self.by_proxy()));
        match &self.route.bypass_reason {
            _ if self.route.proxy.is_some() => error.hint("check the address and the proxy"),
            _ if self.address.is_loopback() => {
                error.hint("check the port, and that the server on this machine runs")
            }
            Some(reason) => error
                .hint("check the address and the network")
                .hint(format!("no proxy was used: {reason}")),
            None => error
                .hint("check the address and the network; where only a proxy leads out, --proxy"),
        }
    }

    /// Returns the error for a request that exceeded a limit on its time.
    fn timed_out(&self, error: &reqwest::Error) -> Error {
        let limits = &self.network.limits;
        let (limit, what, option) = if self.deadline.remaining() == Some(Duration::ZERO) {
            (limits.total, "not done within", "--timeout")
        } else if error.is_connect() {
            (limits.connect, "no connection within", "--connect-timeout")
        } else {
            (limits.read, "silent for", "--read-timeout")
        };
        let limit = humantime::format_duration(limit.unwrap_or_default());
        let (place, by_proxy) = (self.address.host_and_port(), self.by_proxy());
        let hints: &[&str] = match error.is_connect() {
            true => &["try again, or raise the limit"],
            false => self.hints.too_slow,
        };
        Error::network(format!("{place}{by_proxy}: {what} {limit} ({option})"))
            .hints_from(hints.iter().copied())
    }

    fn by_proxy(&self) -> String {
        let proxy = self.route.proxy.as_ref();
        proxy.map_or_else(String::new, |it| format!(" through the proxy {}", it.host_and_port()))
    }

    /// Describes `error`, which ended the body of an answer.
    pub(super) fn body_error(&self, error: &io::Error) -> Error {
        let what = match (transport_error(error), error.kind()) {
            (Some(error), _) if error.is_timeout() => return self.timed_out(error),
            (Some(_), _) => "the answer was cut off",
            (None, io::ErrorKind::FileTooLarge) => return self.too_large("the answer is"),
            (None, io::ErrorKind::Unsupported) => return unsupported_coding(error),
            (None, _) => "the answer's compression is damaged",
        };
        Error::network(format!("{what}: {}", root(error))).hint("nothing was printed; try again")
    }

    /// Returns the error for more bytes than allowed; `subject` says of what, with its verb.
    pub(super) fn too_large(&self, subject: &str) -> Error {
        let limit = format_bytes(self.max_bytes);
        Error::answer(format!("{subject} larger than {limit}")).hint(self.hints.too_large)
    }
}

/// Returns the error for a 200 whose codings cannot be undone. None of its text is quoted.
fn unsupported_coding(error: &io::Error) -> Error {
    Error::answer(format!("the answer has {error}")).hint(format!(
        "only {} were asked for: have the server, or the gateway that packs it, use one of these",
        content_coding::ACCEPTED
    ))
}
