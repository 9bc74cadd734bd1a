//! A time limit for whatever a test waits for: a test that fails ends with a message.

use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// A limit that no run reaches unless it hangs, also on a loaded machine.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// Kills a process after [`PATIENCE`], unless it is dropped before. What the test reads of
/// the process then ends too.
pub struct Limit {
    _end: Sender<()>,
}

impl Limit {
    /// Starts the time limit for `child`.
    #[cfg(unix)]
    pub fn new(child: &Child) -> Self {
        use rustix::process::{Pid, Signal, kill_process};
        let process = Pid::from_child(child);
        Self::act(move || {
            let _ = kill_process(process, Signal::KILL);
        })
    }

    /// Does nothing, because this system cannot kill by number.
    #[cfg(not(unix))]
    pub fn new(_: &Child) -> Self {
        Self::act(|| ())
    }

    fn act(action: impl FnOnce() + Send + 'static) -> Self {
        let (end, ended) = channel();
        std::thread::spawn(move || {
            if ended.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                action();
            }
        });
        Self { _end: end }
    }
}

/// Runs `command` to its end with nothing on standard input, and returns what it prints.
pub fn output(command: &mut Command) -> Output {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    end_of(command.spawn().expect("the program starts"))
}

/// Waits for the end of `child`, and returns the rest of what it prints.
pub fn end_of(child: Child) -> Output {
    let _limit = Limit::new(&child);
    child.wait_with_output().expect("an end")
}
