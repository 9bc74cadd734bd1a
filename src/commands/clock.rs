//! What a call under way tells, and the clock that it goes by.

use std::thread;
use std::time::{Instant, SystemTime};

use crate::context::Context;
use crate::http::trace::{Event, Trace};

use super::messages;

/// The time at the start of the process, and what has gone by since.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    start: SystemTime,
    started: Instant,
}

impl Clock {
    /// Starts with the process of `host`.
    #[must_use]
    pub fn start(host: &Context<'_>) -> Self {
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
        host: &mut Context<'_>,
        verbose: bool,
        act: impl FnOnce(&mut Trace<'_>) -> T,
    ) -> T {
        let mut say = |said: Event<'_>| match said {
            Event::Trace(line) if verbose => messages::line(host, line),
            Event::Trace(_) => {}
            Event::Notice(line) => messages::line(host, line),
            Event::Warning(warning, hint) => {
                messages::warning(host, warning);
                messages::hint(host, hint);
            }
        };
        let mut watch = Trace {
            is_traced: verbose,
            say: &mut say,
            now: &|| self.now(),
            sleep: &mut thread::sleep,
        };
        act(&mut watch)
    }
}
