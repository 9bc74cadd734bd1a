//! The time limit of a whole command, and operations that end with it.

use std::io;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// The time that a command has, from its start on; without a limit it never ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    start: Instant,
    limit: Option<Duration>,
}

impl Deadline {
    /// Returns the deadline of a command that began at `start` and has the time `limit`.
    #[must_use]
    pub(crate) const fn new(start: Instant, limit: Option<Duration>) -> Self {
        Self { start, limit }
    }

    /// Returns a deadline that never comes.
    #[must_use]
    pub(crate) fn never() -> Self {
        Self::new(Instant::now(), None)
    }

    /// Returns the time from which `limit` counts.
    #[must_use]
    pub(crate) const fn start(&self) -> Instant {
        self.start
    }

    /// Leaves `time` out of the account: a person took it at a prompt.
    pub(crate) fn exclude(&mut self, time: Duration) {
        self.start += time;
    }

    /// Returns the time that is left; `None` without a limit.
    #[must_use]
    pub(crate) fn remaining(&self) -> Option<Duration> {
        self.limit.map(|limit| limit.saturating_sub(self.start.elapsed()))
    }

    /// Runs `operation`, which may block for ever: opening or reading a pipe. With a limit
    /// it runs on a thread of its own, which is left behind when the time is over.
    ///
    /// # Errors
    /// Those of `operation`, and [`io::ErrorKind::TimedOut`].
    pub(crate) fn run<T: Send + 'static>(
        &self,
        operation: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let Some(remaining) = self.remaining() else { return operation() };
        let (sender, receiver) = mpsc::channel();
        let run = move || {
            // Nobody may be waiting any more.
            let _ = sender.send(operation());
        };
        thread::Builder::new().name("deadline".to_owned()).spawn(run).map_err(|error| {
            io::Error::new(error.kind(), format!("no thread can be started: {error}"))
        })?;
        receiver.recv_timeout(remaining).unwrap_or_else(|error| match error {
            RecvTimeoutError::Timeout => Err(timed_out()),
            RecvTimeoutError::Disconnected => Err(io::Error::other("it ended without a result")),
        })
    }
}

fn timed_out() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the time limit is over (--timeout)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operation_that_blocks_ends_with_the_time() {
        let (sender, receiver) = mpsc::channel::<()>();
        let deadline = Deadline::new(Instant::now(), Some(Duration::from_millis(1)));
        let result = deadline.run(move || receiver.recv().map_err(io::Error::other));
        assert_eq!(result.map_err(|error| error.kind()), Err(io::ErrorKind::TimedOut));
        drop(sender);
    }

    #[test]
    fn operation_that_panics_is_no_timeout() {
        let deadline = Deadline::new(Instant::now(), Some(Duration::from_secs(3600)));
        let result: io::Result<()> = deadline.run(|| panic!("an operation"));
        let error = result.expect_err("an error");
        assert_eq!(error.to_string(), "it ended without a result");
    }

    #[test]
    fn time_that_is_excluded_is_given_back() {
        let start = Instant::now();
        let mut deadline = Deadline::new(start, Some(Duration::from_secs(3600)));
        deadline.exclude(Duration::from_secs(60));
        assert_eq!(deadline.start(), start + Duration::from_secs(60));
        assert_eq!(Deadline::never().remaining(), None);
    }
}
