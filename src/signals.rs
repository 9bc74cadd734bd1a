//! Signals that end the process: what has to be put in order first is.

use std::sync::{Mutex, MutexGuard, Once, PoisonError, mpsc};
use std::{fs, thread};

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

/// Puts something in order on the thread of the signals. It may keep a lock for ever:
/// the process ends.
pub type Cleanup = fn();

static CLEANUPS: Mutex<Vec<Cleanup>> = Mutex::new(Vec::new());

/// Calls `cleanup` from now on before a signal ends the process. The process still dies
/// of the signal, so that a shell reports 128 and its number.
pub fn before_end(cleanup: Cleanup) {
    static WATCH: Once = Once::new();
    let mut cleanups = cleanups();
    if !cleanups.iter().any(|known| std::ptr::fn_addr_eq(*known, cleanup)) {
        cleanups.push(cleanup);
    }
    drop(cleanups);
    WATCH.call_once(|| {
        let (ready, wait) = mpsc::channel();
        // The thread itself sets the handlers up: without the thread they would swallow
        // every signal.
        let thread = thread::Builder::new().name("signals".to_owned()).spawn(move || {
            let Ok(mut signals) = Signals::new(heeded()) else { return };
            let _ = ready.send(());
            for signal in signals.forever() {
                end(signal);
            }
        });
        if thread.is_ok() {
            let _ = wait.recv();
        }
    });
}

fn cleanups() -> MutexGuard<'static, Vec<Cleanup>> {
    CLEANUPS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn end(signal: i32) {
    for cleanup in cleanups().iter() {
        cleanup();
    }
    let _ = emulate_default_handler(signal);
}

/// The signals that end the process, without those that it was started to ignore, by
/// `nohup` or in the background of a script.
fn heeded() -> Vec<i32> {
    let ignored = ignored();
    let is_heeded = |signal: &i32| ignored >> (signal - 1) & 1 == 0;
    [SIGHUP, SIGINT, SIGQUIT, SIGTERM].into_iter().filter(is_heeded).collect()
}

/// A bit for each signal that is ignored. Only Linux shows them; elsewhere the value is 0.
fn ignored() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
}
