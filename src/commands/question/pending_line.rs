//! A line that a thread reads from the terminal while the command waits for something else, such as
//! a browser.

use std::fs::File;
use std::io;
use std::thread::{self, JoinHandle};

use crate::commands::messages;
use crate::context::Context;
use crate::secret::Secret;

use super::lines::read_line;

/// A line that is being read. A read of a terminal cannot be ended: the thread may outlive the
/// command, and until the line comes nothing else can read the terminal.
#[derive(Debug)]
pub(crate) struct PendingLine(JoinHandle<()>);

impl PendingLine {
    /// Starts to read a line. `send` gets it, but not the end of the input.
    ///
    /// # Errors
    /// If no thread can be started.
    pub(crate) fn start(
        input: File,
        send: impl FnOnce(Secret) + Send + 'static,
    ) -> io::Result<Self> {
        let read = move || {
            if let Ok(Some(line)) = read_line(input) {
                send(Secret::new(line));
            }
        };
        thread::Builder::new().name("terminal".to_owned()).spawn(read).map(Self)
    }

    /// Has the person end the line, if it has not come: the terminal is free then.
    pub(super) fn finish(self, context: &mut Context<'_>) {
        if !self.0.is_finished() {
            messages::line(context, "Press Enter to go on here.");
        }
        // A panic there was printed, and leaves the terminal free.
        let _ = self.0.join();
    }
}
