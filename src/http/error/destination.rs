//! The destination of a request, and what its errors mean there.

use std::error::Error as StdError;
use std::io;

use crate::deadline::Deadline;
use crate::error::{Error, Kind};
use crate::escape;
use crate::format_bytes::format_bytes;
use crate::secret::mask::Mask;

use super::super::address::Address;
use super::super::connection_log::Connection;
use super::super::content_coding::{self, Unsupported};
use super::super::network::Network;
use super::super::proxy::Route;
use super::super::request::Advice;
use super::chain::{chain, is_closed, root, transport_error};
use super::foreign_text::{proxy_failure, proxy_reason};
use super::transport_error::{Cause, ProxyFailure, Stage, TimeLimit, TransportError};
use super::{proxy, tls};

/// The destination of a request and the settings that it is sent with.
#[derive(Clone, Debug)]
pub(crate) struct Destination<'t> {
    pub(crate) address: Address,
    pub(crate) route: Route,
    pub(crate) network: &'t Network,
    pub(crate) deadline: Deadline,
    pub(crate) advice: &'static Advice,
    /// The largest body, in bytes.
    pub(crate) max_bytes: u64,
}

impl Destination<'_> {
    /// Classifies `error`, which a request failed with after `connection` had been made, or
    /// in part.
    pub(crate) fn classify(
        &self,
        error: &reqwest::Error,
        connection: &Connection,
    ) -> TransportError {
        let proxy = self.route.proxy.as_ref();
        let failure = proxy.and_then(|proxy| {
            // In plain HTTP the proxy is the one that is connected to.
            let is_direct = self.address.is_plain_http() && !proxy.is_socks();
            proxy_failure(error)
                .or_else(|| (is_direct && error.is_connect()).then_some(ProxyFailure::Unreachable))
        });
        let is_known = connection.lookups.iter().all(|lookup| lookup.addresses.is_some());
        let tls: Option<&rustls::Error> = chain(error).find_map(|cause| cause.downcast_ref());
        let stage = match error.is_connect() {
            _ if tls.is_some() => Stage::Tls,
            false => Stage::Exchange,
            true if !is_known => Stage::Name,
            true if !connection.certificates.is_empty() => Stage::Tls,
            true if failure.is_some() => Stage::Proxy,
            true => Stage::Connect,
        };
        let (cause, is_retryable) = match (tls, failure) {
            // A certificate and a refusal are the same the next time.
            (Some(error), _) => {
                let (error, is_from_proxy) = (error.clone(), failure.is_some());
                (Cause::Tls { error, is_from_proxy }, false)
            }
            _ if error.is_timeout() => {
                (Cause::TimedOut(self.exceeded_limit(error)), error.is_connect())
            }
            (None, Some(failure)) => {
                let reason = proxy_reason(&root(error));
                let cause = Cause::Proxy { failure, reason, offered: Vec::new() };
                (cause, failure != ProxyFailure::Login)
            }
            (None, None) if error.is_connect() => (Cause::NotConnected(root(error)), true),
            (None, None) => {
                let is_closed = is_closed(error);
                (Cause::NoAnswer { reason: root(error), is_closed }, is_closed)
            }
        };
        TransportError { stage, cause, is_retryable }
    }

    /// Describes `error` with what a person can do about it.
    pub(crate) fn describe(&self, error: &TransportError) -> Error {
        let place = self.address.host_and_port();
        match (&error.cause, &self.route.proxy) {
            (Cause::Setup(reason), _) => {
                failed(format!("the connection cannot be set up: {reason}"))
            }
            (Cause::Tls { error, is_from_proxy: true }, Some(proxy)) => {
                let place = format!("the proxy {}", proxy.host_and_port());
                tls::describe(error, &place, &self.network.tls)
            }
            (Cause::Tls { error, .. }, _) => tls::describe(error, &place, &self.network.tls),
            (Cause::TimedOut(limit), _) => match error.stage {
                Stage::Exchange => {
                    self.timed_out(*limit).hints_from(self.advice.too_slow.iter().copied())
                }
                _ => self.timed_out(*limit).hint("try again, or raise the limit"),
            },
            (Cause::Proxy { failure, reason, offered }, Some(proxy)) => {
                proxy::describe(*failure, reason.as_deref(), offered, proxy, &place)
            }
            (Cause::Proxy { reason, .. }, None) => {
                self.not_connected(reason.as_deref().unwrap_or_default())
            }
            (Cause::NotConnected(reason), _) => self.not_connected(reason),
            (Cause::NoAnswer { reason, is_closed }, _) => {
                let error = failed(format!("{place} did not answer in HTTP: {reason}"))
                    .hint("check the address: scheme, host and port");
                match self.address.is_plain_http() && !is_closed {
                    true => error.hint("a port for https:// answers like this"),
                    false => error,
                }
            }
        }
    }

    fn not_connected(&self, reason: &str) -> Error {
        let place = self.address.host_and_port();
        let error = failed(format!("could not connect to {place}{}: {reason}", self.by_proxy()));
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

    /// Returns the limit that a request exceeded.
    fn exceeded_limit(&self, error: &reqwest::Error) -> TimeLimit {
        if self.deadline.remaining().is_some_and(|left| left.is_zero()) {
            TimeLimit::Total
        } else if error.is_connect() {
            TimeLimit::Connect
        } else {
            TimeLimit::Read
        }
    }

    fn timed_out(&self, limit: TimeLimit) -> Error {
        let limits = &self.network.limits;
        let (duration, what, option) = match limit {
            TimeLimit::Total => (limits.total, "not done within", "--timeout"),
            TimeLimit::Connect => (limits.connect, "no connection within", "--connect-timeout"),
            TimeLimit::Read => (limits.read, "silent for", "--read-timeout"),
        };
        let duration = humantime::format_duration(duration.unwrap_or_default());
        let (place, by_proxy) = (self.address.host_and_port(), self.by_proxy());
        failed(format!("{place}{by_proxy}: {what} {duration} ({option})"))
    }

    fn by_proxy(&self) -> String {
        let proxy = self.route.proxy.as_ref();
        proxy.map_or_else(String::new, |it| format!(" through the proxy {}", it.host_and_port()))
    }

    /// Describes `error`, which ended the body of an answer.
    pub(crate) fn cut_off(&self, error: &io::Error) -> Error {
        let is_too_large = error
            .get_ref()
            .is_some_and(<dyn StdError + Send + Sync>::is::<content_coding::TooLarge>);
        let what = match transport_error(error) {
            Some(error) if error.is_timeout() => {
                return self
                    .timed_out(self.exceeded_limit(error))
                    .hints_from(self.advice.too_slow.iter().copied());
            }
            Some(_) => "the answer was cut off",
            None if is_too_large => return self.too_large(),
            None => "the answer's compression is damaged",
        };
        failed(format!("{what}: {}", root(error))).hint("nothing was printed; try again")
    }

    /// Returns the error for an answer that is larger than allowed.
    pub(crate) fn too_large(&self) -> Error {
        let limit = format_bytes(self.max_bytes);
        Error::new(Kind::Answer, format!("the answer is larger than {limit}"))
            .hint(self.advice.too_large)
    }
}

fn failed(message: String) -> Error {
    Error::new(Kind::Network, message)
}

/// Returns the error for a 200 whose codings cannot be undone. None of its text is quoted.
pub(crate) fn unsupported_coding(unsupported: &Unsupported, mask: &Mask) -> Error {
    let coding = describe_coding(unsupported, mask);
    Error::new(Kind::Answer, format!("the answer has {coding}")).hint(format!(
        "only {} were asked for: have the server, or the gateway that packs it, use one of these",
        content_coding::ACCEPTED
    ))
}

/// Describes codings that cannot be undone, with the server's own text made visible.
pub(crate) fn describe_coding(unsupported: &Unsupported, mask: &Mask) -> String {
    match unsupported {
        Unsupported::Unknown(name) => {
            let name = escape::excerpt(&mask.beginning(name.trim(), 41), 40);
            format!("the coding '{name}', which this program does not know")
        }
        Unsupported::TooMany(count) => {
            let most = content_coding::MAX_STACKED;
            format!("{count} codings, one inside another, of which this program undoes {most}")
        }
    }
}
