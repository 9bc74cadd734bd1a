//! The program that prints a secret.

use std::io;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::escape;

use super::secret_origin::SecretOrigin;
use super::{secret_error, secret_text};

/// The time between two checks of a program that has closed its output and not ended.
const PAUSE: Duration = Duration::from_millis(5);

/// Runs `words`, and returns their output with an origin for messages about it. A program
/// that takes longer than `deadline` allows, or prints more than a secret has, is killed.
pub(super) fn output(
    words: &[String],
    origin: &SecretOrigin,
    deadline: &Deadline,
) -> Result<(Vec<u8>, String)> {
    let (program, arguments) = words.split_first().map_or(("", words), |(p, a)| (p.as_str(), a));
    let name = escape::excerpt(program, 60);
    let not_run = |error: &io::Error| secret_error::program(&name, origin, error);
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::inherit())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .map_err(|error| not_run(&error))?;
    let origin = format!("{origin}: '{name}'");
    let bytes = read(&mut child, deadline);
    let ended = bytes.and_then(|bytes| Ok((bytes, wait(&mut child, deadline)?)));
    let (bytes, status) = ended.map_err(|error| {
        let _ = child.kill();
        let _ = child.wait();
        match error.kind() {
            io::ErrorKind::TimedOut => {
                Error::usage(format!("{origin} was not done in time (--timeout)"))
                    .hint("it may be waiting for an answer; nothing was sent")
            }
            io::ErrorKind::FileTooLarge => secret_error::read(&origin, &error),
            _ => not_run(&error),
        }
    })?;
    if !status.success() {
        return Err(Error::usage(format!("{origin} failed: {status}")));
    }
    Ok((bytes, origin))
}

/// Reads the output of `child`. To kill it would not end the reading: it may have left other
/// programs that hold its output open.
fn read(child: &mut Child, deadline: &Deadline) -> io::Result<Vec<u8>> {
    let Some(stdout) = child.stdout.take() else { return Ok(Vec::new()) };
    deadline.run(move || secret_text::read(stdout))
}

fn wait(child: &mut Child, deadline: &Deadline) -> io::Result<ExitStatus> {
    if deadline.remaining().is_none() {
        return child.wait();
    }
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if deadline.remaining().is_some_and(|rest| rest.is_zero()) {
            return Err(io::ErrorKind::TimedOut.into());
        }
        thread::sleep(PAUSE);
    }
}
