//! What is said of a call that did not get through.

use std::error::Error as StdError;
use std::io;
use std::time::{Duration, Instant};

use crate::error::{Error, Kind};
use crate::escape;
use crate::secret::Mask;

use super::proxy::Fault as Detour;
use super::tls;
use crate::api::error_body;
use crate::api::reader::Fault;
use crate::format_bytes::size;
use crate::http::address::Address;
use crate::http::client::{Connection, Limits};
use crate::http::content_coding::{self, Unsupported};
use crate::http::proxy::Proxy;

/// A call under way: where to, how, and since when.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The endpoint.
    pub address: &'a Address,
    /// How it is reached.
    pub connection: &'a Connection,
    /// The start.
    pub start: Instant,
}

/// A call that got no answer.
#[derive(Debug)]
pub struct Failure {
    /// What is said of it.
    pub error: Error,
    /// Whether the next try may fare better.
    pub is_passing: bool,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, is_passing: false }
    }
}

impl Call<'_> {
    /// When the limit of the whole command began to run.
    #[must_use]
    pub fn begun(&self) -> Instant {
        self.connection.limits.since.unwrap_or(self.start)
    }

    /// The error for a client that could not be made.
    #[must_use]
    pub fn not_set_up(&self, error: &reqwest::Error) -> Error {
        let cause = root(error);
        Error::new(Kind::Network, format!("the connection cannot be set up: {cause}"))
    }

    /// Returns the failure of a request that got no answer; `offered_by` finds the schemes
    /// that a proxy offers which wants a credential.
    #[must_use]
    pub fn no_answer(
        &self,
        error: &reqwest::Error,
        offered_by: impl FnOnce(&Proxy) -> Vec<String>,
    ) -> Failure {
        let proxy = self.connection.route.proxy.as_ref();
        let detour = proxy.and_then(|proxy| {
            let fault = Detour::of(error, proxy, self.address.is_plain_http())?;
            Some((fault, proxy))
        });
        if let Some(tls) = Chain::of(error).find_map(|cause| cause.downcast_ref()) {
            // A certificate and a refusal are the same the next time.
            let place = match detour {
                Some((_, proxy)) => format!("the proxy {}", proxy.host_and_port()),
                None => self.address.host_and_port(),
            };
            return tls::explain(tls, &place, &self.connection.tls).into();
        }
        if error.is_timeout() {
            return Failure { error: self.time_out(error), is_passing: error.is_connect() };
        }
        if let Some((fault, proxy)) = detour {
            let offered = if fault == Detour::Login { offered_by(proxy) } else { Vec::new() };
            let error = fault.explain(error, proxy, &self.address.host_and_port(), &offered);
            return Failure { error, is_passing: fault.is_passing() };
        }
        if error.is_connect() {
            return Failure { error: self.not_connected(error, proxy), is_passing: true };
        }
        let place = self.address.host_and_port();
        let message = format!("{place} did not answer in HTTP: {}", root(error));
        let is_passing = is_broken_off(error);
        let mut told =
            Error::new(Kind::Network, message).hint("check the address: scheme, host and port");
        if self.address.is_plain_http() && !is_passing {
            told = told.hint("a port for https:// answers like this");
        }
        Failure { error: told, is_passing }
    }

    fn not_connected(&self, error: &reqwest::Error, proxy: Option<&Proxy>) -> Error {
        let place = self.address.host_and_port();
        let by_way = proxy.map_or_else(String::new, |proxy| {
            format!(" through the proxy {}", proxy.host_and_port())
        });
        let message = format!("could not connect to {place}{by_way}: {}", root(error));
        let error = Error::new(Kind::Network, message);
        match &self.connection.route.passed_over {
            _ if proxy.is_some() => error.hint("check the address and the proxy"),
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

    /// The error for an answer that could not be read.
    #[must_use]
    pub fn unread(&self, fault: &Fault) -> Error {
        let error = match fault {
            Fault::TooLarge => return self.too_large(),
            Fault::NoMemory(error) => {
                let message = format!("there is no memory for the answer: {error}");
                return Error::new(Kind::Answer, message)
                    .hint("fetch fewer ids or --select fewer fields");
            }
            Fault::Stream(error) => error,
        };
        let what = match transport_error(error) {
            Some(inner) if inner.is_timeout() => return self.time_out(inner),
            Some(_) => "the answer was cut off",
            None if error
                .get_ref()
                .is_some_and(<dyn StdError + Send + Sync>::is::<content_coding::TooLarge>) =>
            {
                return self.too_large();
            }
            None => "the answer's compression is damaged",
        };
        Error::new(Kind::Network, format!("{what}: {}", root(error)))
            .hint("nothing was printed; try again")
    }

    fn too_large(&self) -> Error {
        let limits = &self.connection.limits;
        let limit = size(limits.max_bytes);
        let error = Error::new(Kind::Answer, format!("the answer is larger than {limit}"));
        if limits.is_fixed {
            return error.hint("no such answer is so long: a proxy may have answered in its place; -v shows the request");
        }
        error.hint("fetch fewer ids or --select fewer fields, or raise --max-bytes")
    }

    fn time_out(&self, error: &reqwest::Error) -> Error {
        let limits = &self.connection.limits;
        let by_way = self.connection.route.proxy.as_ref().map_or_else(String::new, |proxy| {
            format!(" through the proxy {}", proxy.host_and_port())
        });
        let over = |limit: Option<Duration>, what: &str, option: &str| {
            let limit = humantime::format_duration(limit.unwrap_or_default());
            format!("{}{by_way}: {what} {limit} ({option})", self.address.host_and_port())
        };
        let message = if self.is_over(limits) {
            over(limits.total, "not done within", "--timeout")
        } else if error.is_connect() {
            over(limits.connect, "no connection within", "--connect-timeout")
        } else {
            over(limits.read, "silent for", "--read-timeout")
        };
        let timed_out = Error::new(Kind::Network, message);
        if limits.is_fixed || error.is_connect() {
            return timed_out.hint("try again, or raise the limit");
        }
        timed_out
            .hint("try again, ask for fewer ids or --select fewer fields in each call, or raise the limit")
            .hint("SuperOffice itself counts a GetTickets of more than 2 s as slow")
    }

    fn is_over(&self, limits: &Limits) -> bool {
        limits.total.is_some_and(|total| self.begun().elapsed() >= total)
    }
}

/// Returns the error of the transport below `error`; `None` if the decoding of what arrived
/// failed.
#[must_use]
pub fn transport_error(error: &io::Error) -> Option<&reqwest::Error> {
    error.get_ref()?.downcast_ref()
}

/// Returns the error for a 200 whose codings cannot be undone. None of its text is quoted.
#[must_use]
pub fn unsupported_coding(unsupported: &Unsupported, mask: &Mask) -> Error {
    let coding = describe_coding(unsupported, mask);
    Error::new(Kind::Answer, format!("the answer has {coding}")).hint(format!(
        "only {} were asked for: have the server, or the gateway that packs it, use one of these",
        content_coding::ACCEPTED
    ))
}

/// Describes codings that cannot be undone, with the server's own text made visible.
#[must_use]
pub fn describe_coding(unsupported: &Unsupported, mask: &Mask) -> String {
    match unsupported {
        Unsupported::Unknown(name) => {
            let name = error_body::quote(name, 40, mask);
            format!("the coding '{name}', which this program does not know")
        }
        Unsupported::TooMany(count) => {
            let most = content_coding::MAX_STACKED;
            format!("{count} codings, one inside another, of which this program undoes {most}")
        }
    }
}

/// Whether the connection ended before there was an answer.
fn is_broken_off(error: &reqwest::Error) -> bool {
    Chain::of(error).any(|cause| {
        let ended = cause.downcast_ref().is_some_and(hyper::Error::is_incomplete_message);
        ended
            || cause.downcast_ref().map(io::Error::kind).is_some_and(|kind| {
                matches!(
                    kind,
                    io::ErrorKind::ConnectionReset
                        | io::ErrorKind::ConnectionAborted
                        | io::ErrorKind::BrokenPipe
                        | io::ErrorKind::UnexpectedEof
                )
            })
    })
}

/// An error and its causes, the outermost first.
pub(crate) struct Chain<'e>(Option<&'e (dyn StdError + 'static)>);

impl<'e> Chain<'e> {
    pub(crate) const fn of(error: &'e (dyn StdError + 'static)) -> Self {
        Self(Some(error))
    }
}

impl<'e> Iterator for Chain<'e> {
    type Item = &'e (dyn StdError + 'static);

    fn next(&mut self) -> Option<Self::Item> {
        let error = self.0?;
        // An error of the operating system passes over the one that it wraps.
        let wrapped = error.downcast_ref().and_then(io::Error::get_ref);
        self.0 = match wrapped {
            Some(inner) => Some(inner),
            None => error.source(),
        };
        Some(error)
    }
}

/// The innermost cause: the words of the operating system, of TLS or of HTTP.
pub(crate) fn root(error: &(dyn StdError + 'static)) -> String {
    let cause = Chain::of(error).last().unwrap_or(error);
    escape::excerpt(&cause.to_string(), 200)
}
