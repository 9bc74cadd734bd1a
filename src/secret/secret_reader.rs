//! The reader of secrets: the one place that asks their sources.

use std::fs::File;
use std::time::Instant;

use crate::context::Context;
use crate::deadline::Deadline;
use crate::error::{Error, Result};

use super::resolved_secret::ResolvedSecret;
use super::secret_ref::SecretRef;
use super::secret_source::SecretSource;
use super::{keyring, prompt, secret_command, secret_error, secret_text};

/// Reads the secrets of a command.
pub(crate) struct SecretReader<'a, 'c> {
    context: &'a mut Context<'c>,
    deadline: Deadline,
}

impl<'a, 'c> SecretReader<'a, 'c> {
    pub(crate) const fn new(context: &'a mut Context<'c>, deadline: Deadline) -> Self {
        Self { context, deadline }
    }

    /// Returns the deadline, without the time that a person took.
    pub(crate) const fn deadline(&self) -> &Deadline {
        &self.deadline
    }

    /// Reads `secret`. Only a person, at a prompt or a locked keyring, may take longer than the
    /// deadline allows.
    ///
    /// # Errors
    /// A usage error if the source does not have the secret, or it is not one line of text.
    pub(crate) fn read(&mut self, secret: &SecretRef) -> Result<ResolvedSecret> {
        let start = Instant::now();
        let text = self.text(secret);
        if matches!(secret.source, SecretSource::Prompt | SecretSource::Keyring(_)) {
            self.deadline.exclude(start.elapsed());
        }
        secret.resolve(text?)
    }

    fn text(&mut self, secret: &SecretRef) -> Result<String> {
        let (origin, environment) = (&secret.origin, &self.context.environment);
        match &secret.source {
            SecretSource::Variable(name) => secret_text::variable(name, environment),
            SecretSource::Env(name) => secret.env(name, environment),
            SecretSource::File(path) => {
                let path = environment.expand_home(path);
                let file = path.clone();
                let bytes = self
                    .deadline
                    .run(move || File::open(file).and_then(secret_text::read))
                    .map_err(|error| secret_error::file(&path, origin, &error))?;
                secret_text::decode(&bytes, &origin.to_string())
            }
            SecretSource::Stdin => {
                let stdin = self.context.take_stdin();
                let bytes = self
                    .deadline
                    .run(move || secret_text::read(stdin))
                    .map_err(|error| secret_error::read(origin, &error))?;
                secret_text::decode(&bytes, &origin.to_string())
            }
            SecretSource::Prompt => {
                let answer = prompt::ask(&secret.label).map_err(|error| {
                    Error::usage(format!("{origin}: there is no terminal to ask at: {error}"))
                        .hint("in a script use env:NAME, file:PATH or command:PROGRAM ARG…")
                })?;
                if answer.is_empty() {
                    let label = &secret.label;
                    return Err(Error::usage(format!("{origin}: no {label} was typed"))
                        .hint("nothing was sent; run the command again and type it"));
                }
                Ok(answer)
            }
            SecretSource::Keyring(profile) => {
                keyring::read(&secret.keyring_entry(profile.as_deref()), &origin.to_string())
            }
            SecretSource::Command(words) | SecretSource::CommandLine(words) => {
                let (bytes, origin) = secret_command::output(words, origin, &self.deadline)?;
                secret_text::decode(&bytes, &origin)
            }
        }
    }
}
