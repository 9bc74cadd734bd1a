//! What is said of a call that did not get through.

use std::error::Error as _;
use std::time::{Duration, Instant};

use bytesize::ByteSize;

use crate::error::{Error, Kind};
use crate::escape;

use super::address::Address;
use super::client::Limits;
use super::reader::Fault;

/// A call under way: where to, within what limits, and since when.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The endpoint.
    pub address: &'a Address,
    /// The limits.
    pub limits: &'a Limits,
    /// The start.
    pub start: Instant,
}

impl Call<'_> {
    /// The error for a client that could not be made.
    #[must_use]
    pub fn not_set_up(&self, error: &reqwest::Error) -> Error {
        let cause = root(error);
        Error::new(Kind::Network, format!("the connection cannot be set up: {cause}"))
    }

    /// The error for a request that got no answer.
    #[must_use]
    pub fn no_answer(&self, error: &reqwest::Error) -> Error {
        let place = self.address.host_and_port();
        if error.is_timeout() {
            return self.time_out(error);
        }
        let cause = root(error);
        if error.is_connect() {
            return Error::new(Kind::Network, format!("could not connect to {place}: {cause}"))
                .hint("check the address, the network and the proxy variables");
        }
        Error::new(Kind::Network, format!("{place} did not answer in HTTP: {cause}"))
            .hint("check the address: scheme, host and port")
    }

    /// The error for an answer that could not be read.
    #[must_use]
    pub fn unread(&self, fault: &Fault) -> Error {
        let error = match fault {
            Fault::TooLarge => {
                let limit = ByteSize::b(self.limits.max_bytes).display().iec();
                return Error::new(Kind::Answer, format!("the answer is larger than {limit}"))
                    .hint("fetch fewer ids or --select fewer fields, or raise --max-bytes");
            }
            Fault::NoMemory(error) => {
                let message = format!("there is no memory for the answer: {error}");
                return Error::new(Kind::Answer, message)
                    .hint("fetch fewer ids or --select fewer fields");
            }
            Fault::Stream(error) => error,
        };
        match error.get_ref().and_then(|inner| inner.downcast_ref::<reqwest::Error>()) {
            Some(inner) if inner.is_timeout() => self.time_out(inner),
            Some(inner) if !is_cut_off(inner) => {
                let message = format!("the answer's compression is damaged: {}", root(inner));
                Error::new(Kind::Network, message).hint("nothing was printed; try again")
            }
            _ => Error::new(Kind::Network, format!("the answer was cut off: {}", root(error)))
                .hint("nothing was printed; try again"),
        }
    }

    fn time_out(&self, error: &reqwest::Error) -> Error {
        let limits = self.limits;
        let over = |limit: Option<Duration>, what: &str, option: &str| {
            let limit = humantime::format_duration(limit.unwrap_or_default());
            format!("{}: {what} {limit} ({option})", self.address.host_and_port())
        };
        let message = if limits.total.is_some_and(|total| self.start.elapsed() >= total) {
            over(limits.total, "not done within", "--timeout")
        } else if error.is_connect() {
            over(limits.connect, "no connection within", "--connect-timeout")
        } else {
            over(limits.read, "silent for", "--read-timeout")
        };
        Error::new(Kind::Network, message).hint("try again, fetch fewer ids, or raise the limit")
    }
}

/// Whether the transport failed, and not the decompression above it.
fn is_cut_off(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.is::<hyper::Error>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// The innermost cause: the words of the operating system, of TLS or of HTTP.
fn root(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    escape::excerpt(&cause.to_string(), 200)
}
