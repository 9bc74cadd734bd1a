//! The reader of secrets: the one place that asks their sources.

use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::context::{Context, Variables};
use crate::deadline::Deadline;
use crate::encoding;
use crate::error::{Error, Result};
use crate::escape;
use crate::fs::read_limited::{open_file, read_limited};

use super::secret_origin::SecretOrigin;
use super::secret_ref::{SecretRef, SecretSource};
use super::{MAX_BYTES, ResolvedSecret, Secret, keyring, prompt, secret_error, secret_file};

/// Reads the secrets of a command.
pub(crate) struct SecretReader<'a, 'c> {
    context: &'a mut Context<'c>,
    deadline: Deadline,
    /// The secrets that can be read only once, each with its variable.
    typed: Vec<(String, Secret)>,
    /// True if a secret was sent before: a hint does not say that nothing was.
    is_after_call: bool,
}

impl<'a, 'c> SecretReader<'a, 'c> {
    pub(crate) const fn new(context: &'a mut Context<'c>, deadline: Deadline) -> Self {
        Self { context, deadline, typed: Vec::new(), is_after_call: false }
    }

    /// Creates a reader of a secret that is asked for again, after a refusal.
    pub(crate) fn after_call(context: &'a mut Context<'c>, deadline: Deadline) -> Self {
        Self { is_after_call: true, ..Self::new(context, deadline) }
    }

    /// Returns the secrets that a person typed, or that standard input had, each with the variable
    /// for such a secret.
    pub(crate) fn into_typed(self) -> Vec<(String, Secret)> {
        self.typed
    }

    /// Returns the deadline, without the time that a person took.
    pub(crate) const fn deadline(&self) -> &Deadline {
        &self.deadline
    }

    /// Reads `secret`. Only a person, at a prompt or a locked keyring, may take longer than the
    /// deadline allows. One who types none, or none that can be sent, is asked again twice.
    ///
    /// # Errors
    /// A usage error if the source does not have the secret, or it is not one line of text.
    pub(crate) fn read(&mut self, secret: &SecretRef) -> Result<ResolvedSecret> {
        let mut attempts = if secret.source == SecretSource::Prompt { PROMPT_ATTEMPTS } else { 1 };
        loop {
            let text = self.timed_text(secret)?;
            attempts -= 1;
            match self.accept(secret, text).transpose() {
                Some(Ok(resolved)) => return Ok(resolved),
                Some(Err(error)) if attempts == 0 => return Err(error),
                None if attempts == 0 => return Err(self.not_typed(secret)),
                _ => {}
            }
        }
    }

    /// Reads `secret`; `None` if a person only presses Enter.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub(crate) fn read_optional(&mut self, secret: &SecretRef) -> Result<Option<ResolvedSecret>> {
        let text = self.timed_text(secret)?;
        self.accept(secret, text)
    }

    /// Reads the text of `secret`. The time of a person does not count.
    fn timed_text(&mut self, secret: &SecretRef) -> Result<String> {
        let start = Instant::now();
        let text = self.text(secret);
        if matches!(secret.source, SecretSource::Prompt | SecretSource::Keyring) {
            self.deadline.exclude(start.elapsed());
        }
        text
    }

    /// Turns `text` into the secret; `None` if a person only pressed Enter.
    fn accept(&mut self, secret: &SecretRef, text: String) -> Result<Option<ResolvedSecret>> {
        if secret.source == SecretSource::Prompt && text.is_empty() {
            return Ok(None);
        }
        let resolved = secret.resolve(text)?;
        if secret.is_typed() {
            self.typed.push((secret.variable.clone(), resolved.value.clone()));
        }
        Ok(Some(resolved))
    }

    fn not_typed(&self, secret: &SecretRef) -> Error {
        let SecretRef { origin, label, .. } = secret;
        let result = if self.is_after_call { "kept" } else { "sent" };
        Error::usage(format!("{origin}: no {label} was typed"))
            .hint(format!("nothing was {result}; run the command again and type it"))
    }

    fn text(&mut self, secret: &SecretRef) -> Result<String> {
        let (origin, variables) = (&secret.origin, &self.context.variables);
        match &secret.source {
            SecretSource::Variable(name) => secret.variable(name, variables),
            SecretSource::Env(name) => secret.variable(name, variables),
            SecretSource::File(path) => {
                let path = variables.expand_home(path);
                let file = path.clone();
                let bytes = self
                    .deadline
                    .run(move || read_file(&file))
                    .map_err(|error| file_error(&path, secret, &error))?;
                decode(&bytes, &origin.to_string())
            }
            SecretSource::Stdin => {
                let stdin = self.context.take_stdin();
                let bytes = self
                    .deadline
                    .run(move || read_bytes(stdin))
                    .map_err(|error| secret_error::read(origin, &error))?;
                decode(&bytes, &origin.to_string())
            }
            SecretSource::Prompt => {
                let answer = prompt::ask(&secret.label).map_err(|error| {
                    Error::usage(format!("{origin}: there is no terminal to ask at: {error}"))
                        .hint("in a script use env:NAME, file:PATH or command:PROGRAM ARG…")
                });
                answer?.ok_or_else(|| self.not_typed(secret))
            }
            SecretSource::Keyring => {
                keyring::read(&secret.entry(), &origin.to_string(), secret.profile.as_deref())
            }
            SecretSource::Stored => decode(&read_stored(secret, variables)?, &origin.to_string()),
            SecretSource::Command(words) | SecretSource::CommandLine(words) => {
                let (bytes, origin) = run_program(words, origin, &self.deadline)?;
                decode(&bytes, &origin)
            }
        }
    }
}

/// The number of times that a person is asked for a secret that can be sent.
const PROMPT_ATTEMPTS: u32 = 3;

/// Reads the bytes of a variable, of a regular file or of a stored entry, and the secret in them.
/// Other sources are `None`: they ask a person, run a program or can be read once.
///
/// # Errors
/// As [`SecretReader::read`].
pub(crate) fn peek(secret: &SecretRef, variables: &Variables) -> Result<Option<(Vec<u8>, Secret)>> {
    let bytes = match &secret.source {
        SecretSource::Variable(name) => secret.variable(name, variables)?.into_bytes(),
        SecretSource::Env(name) => secret.variable(name, variables)?.into_bytes(),
        SecretSource::File(path) => {
            let path = variables.expand_home(path);
            let is_pipe = fs::metadata(&path).is_ok_and(|it| !it.is_file() && !it.is_dir());
            if is_pipe {
                return Ok(None);
            }
            let bytes = read_file(&path);
            bytes.map_err(|error| file_error(&path, secret, &error))?
        }
        SecretSource::Stored => read_stored(secret, variables)?,
        _ => return Ok(None),
    };
    let text = decode(&bytes, &secret.origin.to_string())?;
    Ok(Some((bytes, secret.resolve(text)?.value)))
}

fn read_stored(secret: &SecretRef, variables: &Variables) -> Result<Vec<u8>> {
    let origin = secret.origin.to_string();
    secret_file::read(&secret.entry(), &origin, secret.profile.as_deref(), variables)
}

/// Returns the error for the file at `path`, from which `secret` cannot be read.
fn file_error(path: &Path, secret: &SecretRef, error: &io::Error) -> Error {
    secret_error::file(path, &secret.origin, error).hints_from(secret.keep_hint())
}

fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    read_bytes(open_file(path)?)
}

fn read_bytes(reader: impl Read) -> io::Result<Vec<u8>> {
    read_limited(reader, MAX_BYTES)
}

/// Decodes `bytes` as UTF-8, or as UTF-16 with a byte-order mark.
fn decode(bytes: &[u8], origin: &str) -> Result<String> {
    encoding::decode(bytes).map_err(|error| {
        Error::usage(format!("{origin}: {error}")).hint(encoding::DecodeError::HINT)
    })
}

/// The time between two checks of a program that has closed its output and not ended.
const PAUSE: Duration = Duration::from_millis(5);

/// Runs `words`, and returns their output with an origin for messages about it. A program
/// that takes longer than `deadline` allows, or prints more than a secret has, is killed.
fn run_program(
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
    let bytes = read_output(&mut child, deadline);
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
fn read_output(child: &mut Child, deadline: &Deadline) -> io::Result<Vec<u8>> {
    let Some(stdout) = child.stdout.take() else { return Ok(Vec::new()) };
    deadline.run(move || read_bytes(stdout))
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
