//! The network settings of a command: limits, retries, proxies and TLS.

use std::time::{Duration, Instant};

use crate::deadline::Deadline;

use super::proxy::rules::Rules;
use super::tls::Tls;

/// The settings by which every server of a command is reached.
#[derive(Clone, Debug, Default)]
pub(crate) struct Network {
    pub(crate) limits: Limits,
    /// The number of times that a request is repeated after a failure that may pass.
    pub(crate) retries: u32,
    /// The proxies; the address of a request decides which one it uses.
    pub(crate) proxies: Rules,
    pub(crate) tls: Tls,
}

/// The limits on the time and the size of an answer.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Limits {
    /// The limit for the connection with its TLS handshake.
    pub(crate) connect: Option<Duration>,
    /// The limit for silence while waiting or reading.
    pub(crate) read: Option<Duration>,
    /// The limit for the whole command.
    pub(crate) total: Option<Duration>,
    /// The time from which `total` counts; `None` for that of the first request.
    pub(crate) since: Option<Instant>,
    /// The largest answer, after decompression, in bytes.
    pub(crate) max_bytes: u64,
}

impl Limits {
    /// Returns the deadline of the whole command.
    pub(crate) fn deadline(&self) -> Deadline {
        Deadline::new(self.since.unwrap_or_else(Instant::now), self.total)
    }
}
