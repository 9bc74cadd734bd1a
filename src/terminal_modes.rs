//! The modes of the terminal during a question, and how they are restored.

use std::fs::File;
use std::io::{self, Write as _};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{mem, thread};

use rustix::process::{Signal, getpgrp, kill_current_process_group};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetpgrp, tcsetattr};

use crate::signals;

/// The terminal before the question that is open.
struct SavedModes {
    terminal: File,
    original: Termios,
    /// The text that ends the question on the screen.
    ending: &'static str,
}

static SAVED_MODES: Mutex<Option<SavedModes>> = Mutex::new(None);

fn saved_modes() -> MutexGuard<'static, Option<SavedModes>> {
    SAVED_MODES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Opens the terminal of this process, and returns its modes. A process in the background stops
/// here, until it may ask.
pub(crate) fn open() -> io::Result<(File, Termios)> {
    let terminal = File::options().read(true).write(true).open("/dev/tty")?;
    let original = tcgetattr(&terminal)?;
    tcsetattr(&terminal, OptionalActions::Now, &original)?;
    signals::before_end(restore_before_end);
    Ok((terminal, original))
}

/// Changes the modes of `terminal` for a question. Earlier input is discarded: nobody had read
/// the question.
///
/// The modes return to the `original` ones with [`restore`], or before a signal ends the process;
/// then `ending` is written.
pub(crate) fn change(
    terminal: &File,
    original: &Termios,
    modes: &Termios,
    ending: &'static str,
) -> io::Result<()> {
    let mut saved = saved_modes();
    tcsetattr(terminal, OptionalActions::Flush, modes)?;
    *saved =
        Some(SavedModes { terminal: terminal.try_clone()?, original: original.clone(), ending });
    Ok(())
}

/// Restores the modes of the terminal. Text that was pasted after the answer is discarded: a
/// shell would run it.
pub(crate) fn restore() {
    if let Some(SavedModes { mut terminal, original, ending }) = saved_modes().take() {
        let _ = terminal.write_all(ending.as_bytes());
        let _ = tcsetattr(&terminal, OptionalActions::Flush, &original);
    }
}

fn restore_before_end() {
    let is_ours = saved_modes().as_ref().is_some_and(|saved| is_in_foreground(&saved.terminal));
    if is_ours {
        restore();
    }
    // No mode is changed from here on.
    mem::forget(saved_modes());
}

/// Returns true if this process may change the terminal; in the background that stops it.
fn is_in_foreground(terminal: &File) -> bool {
    tcgetpgrp(terminal).is_ok_and(|group| group == getpgrp())
}

/// Restores the terminal when it is dropped, also by a panic.
pub(crate) struct RestoreOnDrop;

impl Drop for RestoreOnDrop {
    fn drop(&mut self) {
        restore();
    }
}

/// The time during which a library changes the modes of the terminal, and restores them itself,
/// except before a signal ends the process.
pub(crate) struct ForeignQuestion {
    terminal: File,
}

impl ForeignQuestion {
    /// Begins it. Earlier input is discarded.
    pub(crate) fn begin() -> io::Result<Self> {
        // No bracketed paste, a visible cursor, and a line of its own for the shell.
        const ENDING: &str = "\x1b[?2004l\x1b[?25h\r\n";
        let (terminal, original) = open()?;
        change(&terminal, &original, &original, ENDING)?;
        Ok(Self { terminal })
    }

    /// Ends it as the key for an interrupt does.
    pub(crate) fn interrupt(self) -> io::Result<()> {
        saved_modes().take();
        raise(&self.terminal, Signal::INT)
    }
}

impl Drop for ForeignQuestion {
    fn drop(&mut self) {
        saved_modes().take();
    }
}

/// The time during which another program may change the modes of the terminal, and restores them
/// itself. They are restored here only before a signal ends this process.
pub(crate) struct ForeignProgram(());

impl ForeignProgram {
    /// Begins it. In the background this does not stop the process.
    pub(crate) fn begin() -> io::Result<Self> {
        let terminal = File::options().read(true).write(true).open("/dev/tty")?;
        let original = tcgetattr(&terminal)?;
        *saved_modes() = Some(SavedModes { terminal, original, ending: "" });
        signals::before_end(restore_before_end);
        Ok(Self(()))
    }
}

impl Drop for ForeignProgram {
    fn drop(&mut self) {
        saved_modes().take();
    }
}

/// Restores the terminal, sends `signal` to the foreground group, as the terminal does, and waits
/// until the process is in the foreground again, if it continues.
pub(crate) fn raise(terminal: &File, signal: Signal) -> io::Result<()> {
    const PAUSE: Duration = Duration::from_millis(100);
    restore();
    kill_current_process_group(signal)?;
    if signal != Signal::TSTP {
        // Another thread may be about to end the process.
        thread::sleep(10 * PAUSE);
    }
    // After `bg` it waits for `fg`.
    while tcgetpgrp(terminal)? != getpgrp() {
        thread::sleep(PAUSE);
    }
    Ok(())
}
