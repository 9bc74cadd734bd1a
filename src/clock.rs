//! The clock of a command: the time at the start of the process, and what has passed since.

use std::time::Instant;

use chrono::{DateTime, Utc};

/// A clock that nobody sets while a command runs.
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
