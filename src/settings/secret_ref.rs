//! A secret that is still where it is kept, and reading it there.

use std::fs::{self, File};
use std::path::Path;

use crate::api::credential::ResolvedSecret;
use crate::context::{Context, Environment};
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::secret::keyring;
use crate::secret::prompt;

use crate::secret::secret_kind::{OtherScheme, SecretKind};
use crate::secret::secret_source::{Source, parse, shown};
use crate::secret::{secret_command, secret_error, secret_text};
use crate::settings::export;
use crate::settings::profile::{Profile, Value};
use crate::settings::registry::Setting;

/// A secret that is still where it is kept.
#[derive(Clone, Debug)]
pub struct SecretRef {
    /// Where it is.
    pub source: Source,
    /// What says so: `--token env:MY_TOKEN`, `SOTICKETS_TOKEN`.
    pub origin: String,
    /// The part of it that names the place: `env:MY_TOKEN`.
    place: String,
    /// The variable that stands for it in a dry run.
    pub variable: String,
    /// What a prompt calls it.
    pub label: String,
    /// Whether it is the profile's, and so for the profile's server alone.
    pub of_profile: bool,
    /// What kind of secret it is.
    pub kind: SecretKind,
}

impl SecretRef {
    /// Returns the secret that the option of `setting` names as `text`.
    ///
    /// # Errors
    /// A usage error that does not repeat a literal.
    pub fn typed(setting: &Setting, text: &str) -> Result<Self> {
        let unread = Self::of_option(setting.option, text, setting.variable, setting.label())?;
        Ok(Self { kind: setting.secret_kind(), ..unread })
    }

    /// Returns the secret that `option` names as `text`; it is sent as it is.
    ///
    /// # Errors
    /// A usage error that does not repeat a literal.
    pub fn of_option(option: &str, text: &str, variable: &str, label: &str) -> Result<Self> {
        let source = parse(text).map_err(|fault| fault.in_option(option))?;
        let place = shown(text);
        Ok(Self {
            variable: stand_in(&source, variable),
            source,
            origin: format!("{option} {place}"),
            place,
            label: label.to_owned(),
            of_profile: false,
            kind: SecretKind::Password,
        })
    }

    /// The same with `profile` in use. A plain `keyring` then stands for an entry of
    /// this profile's, whoever said it, and so is for the profile's server alone.
    #[must_use]
    pub fn beside(self, profile: Option<&Profile>) -> Self {
        match (&self.source, profile) {
            (Source::Keyring(None), Some(profile)) => Self {
                source: Source::Keyring(Some(profile.name.clone())),
                of_profile: true,
                ..self
            },
            _ => self,
        }
    }

    /// What `profile` says of the secret `setting`. The path of a file starts from
    /// the folder of the configuration file.
    ///
    /// # Errors
    /// A usage error that does not repeat a literal.
    pub fn of_profile(setting: &Setting, profile: &Profile) -> Result<Option<Self>> {
        let Some(Value { text, line }) = profile.values.get(setting.key) else { return Ok(None) };
        let line = profile.line(*line).to_string();
        let source = match parse(text).map_err(|fault| fault.in_file(&line, setting.key))? {
            Source::File(path) if !path.starts_with("~") => {
                Source::File(profile.folder().join(path))
            }
            source => source,
        };
        let unread = Self {
            variable: stand_in(&source, setting.variable),
            source,
            origin: format!("{} {} of {line}", setting.key, shown(text)),
            place: shown(text),
            label: setting.label().to_owned(),
            of_profile: true,
            kind: setting.secret_kind(),
        };
        Ok(Some(unread.beside(Some(profile))))
    }

    /// Returns the secret in the variable of `setting`, where it is set. Blanks alone are
    /// no token.
    #[must_use]
    pub fn variable(setting: &Setting, environment: &Environment) -> Option<Self> {
        let kind = setting.secret_kind();
        environment.get(setting.variable).filter(|value| !kind.is_unset(value))?;
        let unread = Self::of_variable(setting.variable, environment, setting.label())?;
        Some(Self { kind, ..unread })
    }

    /// Returns the secret in the variable `name`, where it is set; it is sent as it is.
    #[must_use]
    pub fn of_variable(name: &'static str, environment: &Environment, label: &str) -> Option<Self> {
        environment.get(name).map(|_| Self {
            source: Source::Variable(name),
            origin: name.to_owned(),
            place: name.to_owned(),
            variable: name.to_owned(),
            label: label.to_owned(),
            of_profile: false,
            kind: SecretKind::Password,
        })
    }

    /// Whether reading it takes standard input.
    #[must_use]
    pub fn takes_stdin(&self) -> bool {
        self.source == Source::Stdin
    }

    /// Whether reading it may wait for a person: at a prompt, or at a locked keyring.
    #[must_use]
    pub const fn asks_a_person(&self) -> bool {
        matches!(self.source, Source::Prompt | Source::Keyring(_))
    }

    /// What says so, without what may be the secret itself: the name of a variable or of
    /// a file that is not there.
    #[must_use]
    pub fn shown_origin(&self, environment: &Environment) -> String {
        let hidden = match &self.source {
            Source::Env(name) => {
                secret_error::hidden_variable(name, environment).map(str::to_owned)
            }
            Source::File(path) => secret_error::hidden_file(&environment.in_home(path)),
            _ => None,
        };
        hidden
            .map_or_else(|| self.origin.clone(), |hidden| self.origin.replace(&self.place, &hidden))
    }

    /// Reads the secret. One newline at its end is dropped. Only a person may take longer than `deadline` allows.
    ///
    /// # Errors
    /// A usage error, where it is not there, empty, or no line of text.
    pub fn read(&self, host: &mut Context<'_>, deadline: &Deadline) -> Result<ResolvedSecret> {
        let value = self.value(host, deadline)?;
        self.hold(value)
    }

    /// Stands for the secret in a dry run: asks no one and runs nothing, but
    /// notices a variable that is not set and a file that is not there.
    ///
    /// # Errors
    /// As [`SecretRef::read`].
    pub fn placeholder(&self, environment: &Environment) -> Result<ResolvedSecret> {
        let bytes = match &self.source {
            Source::Variable(name) => Some(of_own_variable(name, environment)?.into_bytes()),
            Source::Env(name) => Some(self.of_env(name, environment)?.into_bytes()),
            Source::File(path) => self.regular_file(path, environment)?,
            _ => None,
        };
        let filters = bytes.map(|bytes| {
            let text = secret_text::decode(&bytes, &self.origin)?;
            let sent = self.hold(text)?.value;
            Ok(export::Filters::new(&bytes, sent.expose()))
        });
        Ok(ResolvedSecret {
            value: Secret::new(String::new()),
            origin: self.origin.clone(),
            variable: self.variable.clone(),
            export: self.export(environment, &filters.transpose()?.unwrap_or_default()),
        })
    }

    /// Reads the file at `path`; none for a pipe or a device, which may be read once.
    fn regular_file(&self, path: &Path, environment: &Environment) -> Result<Option<Vec<u8>>> {
        let path = environment.in_home(path);
        let is_regular = |path: &Path| fs::metadata(path).map(|it| it.is_file() || it.is_dir());
        is_regular(&path)
            .and_then(|is_regular| {
                is_regular.then(|| File::open(&path).and_then(secret_text::read)).transpose()
            })
            .map_err(|error| secret_error::file(&path, &self.origin, &self.place, &error))
    }

    fn hold(&self, text: String) -> Result<ResolvedSecret> {
        let mut value = text.as_str();
        if matches!(self.source, Source::CommandLine(_)) {
            value = value.split('\n').next().unwrap_or_default();
            value = value.strip_suffix('\r').unwrap_or(value);
        } else if let Some(line) = value.strip_suffix('\n') {
            value = line.strip_suffix('\r').unwrap_or(line);
        }
        value = self.kind.strip(value).map_err(|other| self.other_scheme(other))?;
        let value = Secret::new(value.to_owned());
        // Wiped when it is dropped.
        drop(Secret::new(text));
        self.check(value.expose())?;
        Ok(ResolvedSecret {
            value,
            origin: self.origin.clone(),
            variable: self.variable.clone(),
            export: None,
        })
    }

    /// Checks that `value` can be sent.
    fn check(&self, value: &str) -> Result<()> {
        let wrong = |what| Error::usage(format!("the {} from {} {what}", self.label, self.origin));
        if value.is_empty() {
            return Err(wrong("is empty"));
        }
        // Bytes of a variable that are no text were replaced by this one.
        if value.contains(char::REPLACEMENT_CHARACTER) {
            return Err(wrong("is not valid UTF-8"));
        }
        if self.kind != SecretKind::Key && value.contains(|c: char| c.is_control()) {
            let error = wrong("holds a line break or another control character")
                .hint("a secret is one line of text");
            return Err(if value.contains('\n') { error.hint(FIRST_LINE) } else { error });
        }
        Ok(())
    }

    fn other_scheme(&self, other: OtherScheme) -> Error {
        let (name, content) = (other.name, other.content);
        Error::usage(format!(
            "the {} from {} begins with {name}, so it is {content}",
            self.label, self.origin
        ))
        .hint(other.place)
    }

    fn of_env(&self, name: &str, environment: &Environment) -> Result<String> {
        let absent = || secret_error::variable(name, &self.origin, &self.place, environment);
        environment.get(name).ok_or_else(absent)
    }

    fn value(&self, host: &mut Context<'_>, deadline: &Deadline) -> Result<String> {
        match &self.source {
            Source::Variable(name) => of_own_variable(name, &host.environment),
            Source::Env(name) => self.of_env(name, &host.environment),
            Source::File(path) => {
                let path = host.environment.in_home(path);
                let file = path.clone();
                let bytes =
                    deadline.run(move || File::open(file).and_then(secret_text::read)).map_err(
                        |error| secret_error::file(&path, &self.origin, &self.place, &error),
                    )?;
                secret_text::decode(&bytes, &self.origin)
            }
            Source::Stdin => {
                let stdin = host.take_stdin();
                let bytes = deadline
                    .run(move || secret_text::read(stdin))
                    .map_err(|error| secret_error::read(&self.origin, &error))?;
                secret_text::decode(&bytes, &self.origin)
            }
            Source::Prompt => {
                let answer = prompt::ask(&self.label).map_err(|error| {
                    Error::usage(format!(
                        "{}: there is no terminal to ask at: {error}",
                        self.origin
                    ))
                    .hint("in a script use env:NAME, file:PATH or command:PROGRAM ARG…")
                })?;
                if answer.is_empty() {
                    let (origin, label) = (&self.origin, &self.label);
                    return Err(Error::usage(format!("{origin}: no {label} was typed"))
                        .hint("nothing was sent; run the command again and type it"));
                }
                Ok(answer)
            }
            Source::Keyring(profile) => keyring::read(&self.entry(profile), &self.origin),
            Source::Command(words) | Source::CommandLine(words) => {
                let (bytes, origin) = secret_command::output(words, &self.origin, deadline)?;
                secret_text::decode(&bytes, &origin)
            }
        }
    }

    /// The entry of the keyring: `work/token`, or `token` where no profile is in use.
    fn entry(&self, profile: &Option<String>) -> String {
        let key = self.variable.trim_start_matches("SOTICKETS_").to_ascii_lowercase();
        profile.as_ref().map_or_else(|| key.clone(), |profile| format!("{profile}/{key}"))
    }

    /// The line of a shell that fills the variable. A program is not named: its arguments
    /// may hold a secret.
    fn export(&self, environment: &Environment, filters: &export::Filters) -> Option<String> {
        let name = &self.variable;
        let words = |words: &[&str]| shlex::try_join(words.iter().copied()).unwrap_or_default();
        match &self.source {
            Source::Variable(_) | Source::Env(_) => filters.of_variable(name),
            Source::File(path) => {
                let path = environment.in_home(path);
                Some(filters.of_file(name, &words(&[&path.to_string_lossy()])))
            }
            Source::Stdin => Some(format!("IFS= read -r {name}")),
            Source::Keyring(profile) => {
                let entry = self.entry(profile);
                keyring::reader(&entry).map(|command| format!("{name}=\"$({})\"", words(&command)))
            }
            Source::Prompt => Some(format!("stty -echo; IFS= read -r {name}; stty echo")),
            Source::Command(_) => {
                Some(format!("{name}=...  # what the program of {} prints", self.origin))
            }
            Source::CommandLine(_) => Some(format!(
                "{name}=...  # the first line that the program of {} prints",
                self.origin
            )),
        }
    }
}

fn of_own_variable(name: &str, environment: &Environment) -> Result<String> {
    let unset = || Error::usage(format!("the variable {name} is not set"));
    environment.get(name).ok_or_else(unset)
}

const FIRST_LINE: &str = "if the first line is the secret: command-line:PROGRAM ARG…, such as command-line:pass show NAME";

/// The variable that stands for the secret in a dry run.
fn stand_in(source: &Source, variable: &str) -> String {
    match source {
        Source::Env(name) => name.clone(),
        _ => variable.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_newline_is_dropped_and_more_is_refused() {
        let unread = SecretRef::of_option("--token", "stdin", "V", "token").expect("a source");
        let hold = |text: &str| {
            unread.hold(text.to_owned()).map(|held| held.value.expose().to_owned()).ok()
        };
        assert_eq!(hold("a b\n").as_deref(), Some("a b"));
        assert_eq!(hold("a\r\n").as_deref(), Some("a"));
        assert_eq!(hold("\n"), None);
        assert_eq!(hold("a\n\n"), None);
        assert_eq!(hold("a\tb"), None);
    }
}
