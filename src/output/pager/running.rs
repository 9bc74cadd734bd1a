//! The pager while it runs: a signal that ends this process ends the pager first.

use std::process::Child;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use std::{mem, thread};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use crate::signals::{self, IgnoredInterrupts};
use crate::terminal_modes::ForeignProgram;

/// The longest time in which a pager may restore the terminal and end.
const MAX_WAIT: Duration = Duration::from_secs(1);

static PAGER: Mutex<Option<Pid>> = Mutex::new(None);

/// The time from just before the start of a pager to its end.
pub(super) struct RunningPager {
    /// Ctrl-C is for the pager, which may go on.
    _interrupts: IgnoredInterrupts,
    /// Without a terminal there are no modes to restore.
    _modes: Option<ForeignProgram>,
}

impl RunningPager {
    pub(super) fn begin() -> Self {
        let running = Self {
            _interrupts: signals::ignore_interrupts(),
            _modes: ForeignProgram::begin().ok(),
        };
        signals::before_end(end);
        running
    }

    /// Notes the process of the pager.
    pub(super) fn started(&self, pager: &Child) {
        *lock() = Some(Pid::from_child(pager));
    }
}

impl Drop for RunningPager {
    fn drop(&mut self) {
        lock().take();
    }
}

/// Ends the pager, and waits until it has: it restores the terminal.
fn end() {
    let pager = lock();
    if let Some(pid) = *pager
        && kill_process(pid, Signal::TERM).is_ok()
    {
        let start = Instant::now();
        // The thread that started the pager takes note of its end.
        while test_kill_process(pid).is_ok() && start.elapsed() < MAX_WAIT {
            thread::sleep(Duration::from_millis(5));
        }
    }
    // The lock stays closed: no other pager starts before the signal ends the process.
    mem::forget(pager);
}

fn lock() -> MutexGuard<'static, Option<Pid>> {
    PAGER.lock().unwrap_or_else(PoisonError::into_inner)
}
