//! What a call under way tells, and the clock that it goes by.

use std::thread;
use std::time::{Instant, SystemTime};

use crate::api::watch::{Said, Watch};
use crate::host::Host;

use super::report;

/// The time at the start of the process, and what has gone by since.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    start: SystemTime,
    started: Instant,
}

impl Clock {
    /// Starts with the process of `host`.
    #[must_use]
    pub fn start(host: &Host<'_>) -> Self {
        Self { start: host.now.into(), started: host.started }
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        self.start + self.started.elapsed()
    }

    /// Has `act` done, and what it says told on standard error; what goes over the wire
    /// where `verbose`.
    pub fn watching<T>(
        &self,
        host: &mut Host<'_>,
        verbose: bool,
        act: impl FnOnce(&mut Watch<'_>) -> T,
    ) -> T {
        let mut say = |said: Said<'_>| match said {
            Said::Trace(line) if verbose => report::line(host, line),
            Said::Trace(_) => {}
            Said::Notice(line) => report::line(host, line),
            Said::Warning(warning, hint) => {
                report::warning(host, warning);
                report::hint(host, hint);
            }
        };
        let mut watch = Watch {
            is_traced: verbose,
            say: &mut say,
            now: &|| self.now(),
            sleep: &mut thread::sleep,
        };
        act(&mut watch)
    }
}
