//! The transport error: the stage and the cause of a request that got no answer.

use super::chain;

/// A request that got no answer.
#[derive(Debug)]
pub(crate) struct TransportError {
    pub(crate) stage: Stage,
    pub(crate) cause: Cause,
    /// True if the next attempt may succeed.
    pub(crate) is_retryable: bool,
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
pub(crate) enum Cause {
    /// The HTTP library does not take the settings.
    Setup(String),
    Tls {
        error: rustls::Error,
        /// True if the proxy did not present what TLS needs.
        is_from_proxy: bool,
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
pub(crate) enum TimeLimit {
    Total,
    Connect,
    Read,
}

/// The failure of a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProxyFailure {
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
    pub(crate) fn setup(error: &reqwest::Error) -> Self {
        let cause = Cause::Setup(chain::root(error));
        Self { stage: Stage::Setup, cause, is_retryable: false }
    }

    /// Returns true if the proxy wants a credential, or another one.
    pub(crate) const fn is_proxy_login(&self) -> bool {
        matches!(self.cause, Cause::Proxy { failure: ProxyFailure::Login, .. })
    }

    /// Adds the authentication schemes that the proxy offers.
    pub(crate) fn set_offered(&mut self, schemes: Vec<String>) {
        if let Cause::Proxy { offered, .. } = &mut self.cause {
            *offered = schemes;
        }
    }
}
