//! Cleanup before a signal ends the process.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError, mpsc};
use std::{fs, thread};

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

/// A cleanup on the thread of the signals. It may keep a lock, because the process ends.
pub(crate) type Cleanup = fn();

static CLEANUPS: Mutex<Vec<Cleanup>> = Mutex::new(Vec::new());
/// True while another program gets the keys for signals.
static ARE_INTERRUPTS_IGNORED: AtomicBool = AtomicBool::new(false);

/// Registers `cleanup` to run before a signal ends the process, before those that are registered
/// already. The signal still ends it, so that a shell reports 128 plus its number.
pub(crate) fn before_end(cleanup: Cleanup) {
    let mut cleanups = cleanups();
    if !cleanups.iter().any(|known| std::ptr::fn_addr_eq(*known, cleanup)) {
        cleanups.push(cleanup);
    }
    drop(cleanups);
    watch();
}

/// While this exists, Ctrl-C and Ctrl-\ do not end this process: they are for another program at
/// the terminal.
pub(crate) struct IgnoredInterrupts(());

/// Ignores the keys for signals, which are for a program that is started next.
pub(crate) fn ignore_interrupts() -> IgnoredInterrupts {
    ARE_INTERRUPTS_IGNORED.store(true, Ordering::SeqCst);
    watch();
    IgnoredInterrupts(())
}

impl Drop for IgnoredInterrupts {
    fn drop(&mut self) {
        ARE_INTERRUPTS_IGNORED.store(false, Ordering::SeqCst);
    }
}

/// Starts the thread that waits for signals.
fn watch() {
    static WATCH: Once = Once::new();
    WATCH.call_once(|| {
        let (ready, wait) = mpsc::channel();
        // The thread itself installs the handlers: without it they would swallow every signal.
        let thread = thread::Builder::new().name("signals".to_owned()).spawn(move || {
            let Ok(mut signals) = Signals::new(handled()) else { return };
            let _ = ready.send(());
            for signal in signals.forever() {
                let is_key = matches!(signal, SIGINT | SIGQUIT);
                if !(is_key && ARE_INTERRUPTS_IGNORED.load(Ordering::SeqCst)) {
                    end(signal);
                }
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
    for cleanup in cleanups().iter().rev() {
        cleanup();
    }
    let _ = emulate_default_handler(signal);
}

/// Returns the signals that end the process. Those that `nohup` or a script's background
/// ignores stay ignored.
fn handled() -> Vec<i32> {
    let ignored = ignored();
    let is_handled = |signal: &i32| ignored >> (signal - 1) & 1 == 0;
    [SIGHUP, SIGINT, SIGQUIT, SIGTERM].into_iter().filter(is_handled).collect()
}

/// Returns a bit for each ignored signal. Only Linux reports them; elsewhere it is 0.
fn ignored() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
}
