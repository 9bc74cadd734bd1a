//! Transport errors: the stage and the cause of a request that failed.
//!
//! [`TransportError::classify`] makes one of an error of the HTTP library, and
//! [`Destination::describe`] turns it into a message with hints.

pub(crate) mod describe;
mod foreign_text;
mod proxy;
mod tls;

use std::error::Error as StdError;
use std::io;

use crate::escape;

pub(crate) use describe::Destination;
pub(super) use describe::{describe_coding, unsupported_coding};
use foreign_text::proxy_failure;
pub(crate) use proxy::login_required;

use super::connection_log::Connection;

/// A request that got no answer.
#[derive(Debug)]
pub(crate) struct TransportError {
    pub(crate) stage: Stage,
    pub(super) cause: Cause,
    /// True if the next attempt may succeed.
    pub(super) is_retryable: bool,
}

/// The step that a request failed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The request could not be prepared.
    Setup,
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

/// The cause of a failure.
#[derive(Debug)]
pub(super) enum Cause {
    /// The HTTP library does not take the settings.
    Setup(String),
    Tls {
        error: rustls::Error,
        /// True if the proxy did not present what TLS needs.
        is_of_proxy: bool,
    },
    TimedOut(TimeLimit),
    Proxy {
        failure: ProxyFailure,
        reason: Option<String>,
        /// The authentication schemes that the proxy offers.
        offered: Vec<String>,
    },
    NotConnected(String),
    /// The answer is not HTTP, or the connection `is_closed` before it.
    NoAnswer {
        reason: String,
        is_closed: bool,
    },
}

/// A limit that was exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TimeLimit {
    Total,
    Connect,
    Read,
}

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

impl TransportError {
    /// Creates the error for a client that could not be built.
    pub(super) fn setup(error: &reqwest::Error) -> Self {
        Self { stage: Stage::Setup, cause: Cause::Setup(root(error)), is_retryable: false }
    }

    /// Classifies `error`, which a request to `destination` failed with after `connection`
    /// had been made, or in part.
    pub(super) fn classify(
        error: &reqwest::Error,
        destination: &Destination<'_>,
        connection: &Connection,
    ) -> Self {
        let proxy = destination.route.proxy.as_ref();
        let failure = proxy.and_then(|proxy| {
            // In plain HTTP the proxy is the one that is connected to.
            let is_direct = destination.address.is_plain_http() && !proxy.is_socks();
            proxy_failure(error)
                .or_else(|| (is_direct && error.is_connect()).then_some(ProxyFailure::Unreachable))
        });
        let is_known = connection.lookups.iter().all(|lookup| lookup.addresses.is_some());
        let tls = chain(error).find_map(|cause| cause.downcast_ref::<rustls::Error>());
        let stage = match error.is_connect() {
            _ if tls.is_some() => Stage::Tls,
            false => Stage::Exchange,
            true if !is_known => Stage::Name,
            true if !connection.certificates.is_empty() => Stage::Tls,
            true if failure.is_some() => Stage::Proxy,
            true => Stage::Connect,
        };
        let (cause, is_retryable) = match failure {
            // A certificate and a refusal are the same the next time.
            _ if tls.is_some() => {
                let error = tls.cloned().unwrap_or(rustls::Error::DecryptError);
                (Cause::Tls { error, is_of_proxy: failure.is_some() }, false)
            }
            _ if error.is_timeout() => {
                (Cause::TimedOut(destination.exceeded_limit(error)), error.is_connect())
            }
            Some(failure) => {
                let reason = foreign_text::proxy_reason(&root(error));
                let cause = Cause::Proxy { failure, reason, offered: Vec::new() };
                (cause, failure != ProxyFailure::Login)
            }
            None if error.is_connect() => (Cause::NotConnected(root(error)), true),
            None => {
                let is_closed = is_closed(error);
                (Cause::NoAnswer { reason: root(error), is_closed }, is_closed)
            }
        };
        Self { stage, cause, is_retryable }
    }

    /// Returns true if the proxy wants a credential, or another one.
    pub(super) const fn is_proxy_login(&self) -> bool {
        matches!(self.cause, Cause::Proxy { failure: ProxyFailure::Login, .. })
    }

    /// Adds the authentication schemes that the proxy offers.
    pub(super) fn set_offered(&mut self, schemes: Vec<String>) {
        if let Cause::Proxy { offered, .. } = &mut self.cause {
            *offered = schemes;
        }
    }
}

/// Returns the error of the transport below `error`; `None` if the decoding of what arrived
/// failed.
pub(super) fn of_transport(error: &io::Error) -> Option<&reqwest::Error> {
    error.get_ref()?.downcast_ref()
}

/// Returns true if the connection was closed before there was an answer.
fn is_closed(error: &reqwest::Error) -> bool {
    chain(error).any(|cause| {
        let kind = cause.downcast_ref().map(io::Error::kind);
        cause.downcast_ref().is_some_and(hyper::Error::is_incomplete_message)
            || matches!(
                kind,
                Some(
                    io::ErrorKind::ConnectionReset
                        | io::ErrorKind::ConnectionAborted
                        | io::ErrorKind::BrokenPipe
                        | io::ErrorKind::UnexpectedEof
                )
            )
    })
}

/// Returns `error` and its causes, the outermost first.
fn chain<'e>(
    error: &'e (dyn StdError + 'static),
) -> impl Iterator<Item = &'e (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error: &&'e (dyn StdError + 'static)| {
        let error: &'e (dyn StdError + 'static) = *error;
        // The source of an I/O error is that of the error that it wraps.
        match error.downcast_ref().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped as &(dyn StdError + 'static)),
            None => error.source(),
        }
    })
}

/// Returns the innermost cause as text: of the operating system, of TLS or of HTTP.
fn root(error: &(dyn StdError + 'static)) -> String {
    let cause = chain(error).last().map(ToString::to_string).unwrap_or_default();
    escape::excerpt(&cause, 200)
}
