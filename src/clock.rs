//! The clock of a command: the time at the start of the process, and what has passed since; and
//! how far another machine's may differ.

use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};

/// The tolerated difference between the clocks of this machine and of a server.
pub(crate) const CLOCK_SKEW: TimeDelta = TimeDelta::minutes(2);

/// Returns `time` for a person: `2026-01-31 12:00:00 UTC`.
pub(crate) fn format_utc(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// A clock that changes of the system clock do not affect.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    start: DateTime<Utc>,
    started: Instant,
}

impl Clock {
    /// Creates the clock of a process that started at the time `start`, at `started`.
    pub(crate) const fn new(start: DateTime<Utc>, started: Instant) -> Self {
        Self { start, started }
    }

    /// Returns the time.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.start + self.started.elapsed()
    }
}
