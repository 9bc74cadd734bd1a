//! The lines in the script of a dry run that fill the variables of its secrets.

use crate::context::Environment;
use crate::encoding::{self, Encoding};
use crate::error::Result;
use crate::secret::Secret;
use crate::secret::keyring;
use crate::secret::resolved_secret::ResolvedSecret;
use crate::secret::secret_ref::SecretRef;
use crate::secret::secret_source::SecretSource;

/// Returns a placeholder for `secret`, with the shell variable for it and the line that
/// fills it. It asks no one and runs nothing.
pub(crate) fn placeholder(secret: &SecretRef, environment: &Environment) -> Result<ResolvedSecret> {
    let peeked = secret.peek(environment)?;
    let filters = peeked.map(|(bytes, sent)| Filters::new(&bytes, sent.expose()));
    let variable = match &secret.source {
        SecretSource::Env(name) => name.clone(),
        _ => secret.variable.clone(),
    };
    let export = line(secret, &variable, environment, &filters.unwrap_or_default());
    let origin = secret.origin.to_string();
    Ok(ResolvedSecret { value: Secret::new(String::new()), origin, variable, export })
}

/// Returns the shell command that fills the variable `name`. A program is not named: its
/// arguments may hold a secret.
fn line(
    secret: &SecretRef,
    name: &str,
    environment: &Environment,
    filters: &Filters,
) -> Option<String> {
    let quoted = |words: &[&str]| shlex::try_join(words.iter().copied()).unwrap_or_default();
    let origin = &secret.origin;
    match &secret.source {
        SecretSource::Variable(_) | SecretSource::Env(_) => filters.of_variable(name),
        SecretSource::File(path) => {
            let path = environment.in_home(path);
            Some(filters.of_file(name, &quoted(&[&path.to_string_lossy()])))
        }
        SecretSource::Stdin => Some(format!("IFS= read -r {name}")),
        SecretSource::Keyring(profile) => {
            let entry = secret.keyring_entry(profile.as_deref());
            keyring::reader(&entry).map(|command| format!("{name}=\"$({})\"", quoted(&command)))
        }
        SecretSource::Prompt => Some(format!("stty -echo; IFS= read -r {name}; stty echo")),
        SecretSource::Command(_) => {
            Some(format!("{name}=...  # what the program of {origin} prints"))
        }
        SecretSource::CommandLine(_) => {
            Some(format!("{name}=...  # the first line that the program of {origin} prints"))
        }
    }
}

/// The shell commands that take off a text what reading it here takes off. The shell
/// itself drops line feeds at the end of what a command prints.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filters {
    commands: Vec<String>,
    /// Whether anything is taken off.
    is_needed: bool,
}

impl Filters {
    /// The filters that turn the text in `bytes` into the secret `sent`, which is a part
    /// of it.
    pub(crate) fn new(bytes: &[u8], sent: &str) -> Self {
        let text = encoding::decode(bytes).unwrap_or_default();
        let (encoding, mark) = Encoding::detect(bytes);
        let mut commands = Vec::new();
        // Only blanks and line ends follow the secret.
        let mut start = text.rfind(sent).unwrap_or_default();
        let end = text.get(start + sent.len()..).unwrap_or_default();
        let end = end.strip_suffix('\n').unwrap_or(end);
        if encoding == Encoding::Utf8 {
            start += mark;
        } else {
            commands.push("iconv -f UTF-16 -t UTF-8".to_owned());
        }
        if start > 0 {
            commands.push(format!("tail -c +{}", start + 1));
        }
        if end.ends_with('\r') {
            commands.push("tr -d '\\r'".to_owned());
        }
        if !end.trim_end_matches('\r').is_empty() {
            commands.push("sed 's/[[:blank:]]*$//'".to_owned());
        }
        Self { commands, is_needed: text != sent }
    }

    /// The line that fills the variable `name` from itself; none where it can stay.
    pub(crate) fn of_variable(&self, name: &str) -> Option<String> {
        let piped: String = self.commands.iter().map(|command| format!(" | {command}")).collect();
        self.is_needed.then(|| format!("{name}=\"$(printf %s \"${name}\"{piped})\""))
    }

    /// The line that fills the variable `name` from the file at the quoted `path`.
    pub(crate) fn of_file(&self, name: &str, path: &str) -> String {
        let command = match self.commands.split_first() {
            None => format!("cat {path}"),
            Some((first, more)) => {
                let piped: String = more.iter().map(|command| format!(" | {command}")).collect();
                format!("{first} < {path}{piped}")
            }
        };
        format!("{name}=\"$({command})\"")
    }
}
