//! The shell variables of a dry run: one for each secret, with the line that fills it.

use std::fmt::Display;
use std::path::Path;

use crate::context::Variables;
use crate::encoding::{self, Encoding};
use crate::error::Result;
use crate::escape;
use crate::platform::Platform;
use crate::secret::keyring;
use crate::secret::secret_file;
use crate::secret::secret_reader;
use crate::secret::secret_ref::SecretRef;
use crate::secret::secret_ref::SecretSource;

/// The variables of a script.
pub(super) struct ShellVariables(Vec<ShellVariable>);

struct ShellVariable {
    /// The origin of the secret, by which its variable is found.
    origin: String,
    name: String,
    /// The line that fills the variable; `None` for one that the shell has already.
    line: Option<String>,
}

impl ShellVariables {
    /// Gives each of `secrets` a variable, and the ticket or token of a `session`, which comes
    /// with its origin, its variable and the line that fills it. No variable overwrites that
    /// of another secret.
    pub(super) fn new<'a>(
        secrets: impl IntoIterator<Item = &'a SecretRef>,
        session: Option<(String, &str, String)>,
        variables: &Variables,
    ) -> Result<Self> {
        let mut filled = Vec::new();
        filled.extend(session.map(|(origin, name, line)| ShellVariable {
            origin,
            name: name.to_owned(),
            line: Some(line),
        }));
        for secret in secrets {
            let name = match &secret.source {
                SecretSource::Env(name) => name,
                _ => &secret.variable,
            };
            let line = line(secret, name, variables)?;
            let origin = secret.origin.to_string();
            filled.push(ShellVariable { origin, name: name.clone(), line });
        }
        make_unique(&mut filled);
        Ok(Self(filled))
    }

    /// Returns the name of the variable for the secret with this origin.
    pub(super) fn name(&self, origin: &dyn Display) -> &str {
        let origin = origin.to_string();
        let found = self.0.iter().find(|variable| variable.origin == origin);
        found.map_or("", |variable| &variable.name)
    }

    /// Iterates over the lines that fill the variables.
    pub(super) fn lines(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|variable| variable.line.as_deref())
    }
}

/// Renames each variable that would overwrite the one of another secret.
fn make_unique(variables: &mut [ShellVariable]) {
    let is_filled = |variable: &&ShellVariable| variable.line.is_none();
    let mut taken: Vec<(String, Option<String>)> =
        variables.iter().filter(is_filled).map(|it| (it.name.clone(), None)).collect();
    for variable in variables {
        let Some(line) = &mut variable.line else { continue };
        let own = Some(variable.origin.clone());
        let is_free = |name: &String| taken.iter().all(|(other, by)| other != name || *by == own);
        let numbered = (2..).map(|number| format!("{}_{number}", variable.name));
        let name = std::iter::once(variable.name.clone()).chain(numbered).find(is_free);
        let name = name.unwrap_or_default();
        // Only the first mention is the variable that the line fills.
        *line = line.replacen(&variable.name, &name, 1);
        variable.name.clone_from(&name);
        taken.push((name, own));
    }
}

/// Returns the shell command that fills the variable `name` with `secret`. The words of a
/// program are left out, because they may hold a secret.
fn line(secret: &SecretRef, name: &str, variables: &Variables) -> Result<Option<String>> {
    let peeked = secret_reader::peek(secret, variables)?;
    let is_sent_whole =
        peeked.as_ref().is_some_and(|(bytes, sent)| bytes == sent.expose().as_bytes());
    let trim = peeked.map(|(bytes, sent)| trim_commands(&bytes, sent.expose()));
    let origin = &secret.origin;
    Ok(match &secret.source {
        SecretSource::Variable(_) | SecretSource::Env(_) => trim
            .filter(|_| !is_sent_whole)
            .map(|commands| format!("{name}=\"$(printf %s \"${name}\"{})\"", piped(&commands))),
        SecretSource::File(path) => Some(read_file(name, &variables.expand_home(path), trim)),
        SecretSource::Stored => {
            let path = secret_file::path(&secret.entry(), variables)?;
            Some(read_file(name, &path, trim))
        }
        SecretSource::Stdin => Some(format!("IFS= read -r {name}")),
        SecretSource::Keyring => Some(read_keyring(name, &secret.entry(), Platform::CURRENT)),
        SecretSource::Prompt => Some(format!("stty -echo; IFS= read -r {name}; stty echo")),
        SecretSource::Command(_) => {
            Some(format!("{name}=...  # what the program of {origin} prints"))
        }
        SecretSource::CommandLine(_) => {
            Some(format!("{name}=...  # the first line that the program of {origin} prints"))
        }
    })
}

/// Returns the shell command that fills the variable `name` from an `entry` of the keyring of
/// `platform`. Windows has no program that prints one.
fn read_keyring(name: &str, entry: &str, platform: Platform) -> String {
    match keyring::read_command(entry, platform) {
        Some(command) => format!("{name}=\"$({})\"", quoted(&command)),
        None => {
            let target = keyring::windows_target(entry);
            let target = escape::visible(&target);
            format!("{name}=...  # the password of '{target}' in the Credential Manager")
        }
    }
}

/// Returns the shell command that fills the variable `name` from the file at `path`, through the
/// commands `trim`.
fn read_file(name: &str, path: &Path, trim: Option<Vec<String>>) -> String {
    let path = quoted(&[&path.to_string_lossy()]);
    let commands = trim.unwrap_or_default();
    let command = match commands.split_first() {
        None => format!("cat {path}"),
        Some((first, more)) => format!("{first} < {path}{}", piped(more)),
    };
    format!("{name}=\"$({command})\"")
}

fn quoted(words: &[&str]) -> String {
    shlex::try_join(words.iter().copied()).unwrap_or_default()
}

/// Returns the shell commands that turn the text in `bytes` into the secret `sent`, which is
/// a part of it. The shell itself drops line feeds at the end of what a command prints.
fn trim_commands(bytes: &[u8], sent: &str) -> Vec<String> {
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
    commands
}

fn piped(commands: &[String]) -> String {
    commands.iter().map(|command| format!(" | {command}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entry_of_the_credential_manager_is_named_for_a_person() {
        assert_eq!(
            read_keyring("SOTICKETS_TOKEN", "at work/token", Platform::Windows),
            "SOTICKETS_TOKEN=...  # the password of 'at work/token.sotickets' in the Credential Manager"
        );
        assert_eq!(
            read_keyring("V", "a/token", Platform::Linux),
            "V=\"$(secret-tool lookup service sotickets username a/token)\""
        );
    }

    #[test]
    fn secrets_never_share_a_variable() {
        let variable = |origin: &str, name: &str, line: Option<&str>| ShellVariable {
            origin: origin.to_owned(),
            name: name.to_owned(),
            line: line.map(str::to_owned),
        };
        let mut variables = [
            variable("A", "V", Some("V=\"$(cat V)\"")),
            variable("B", "V", Some("IFS= read -r V")),
            variable("C", "V_2", None),
            variable("D", "W", Some("W=1")),
        ];
        make_unique(&mut variables);
        let shown: Vec<String> = variables
            .iter()
            .map(|it| format!("{} {}", it.name, it.line.as_deref().unwrap_or("")))
            .collect();
        assert_eq!(shown, ["V V=\"$(cat V)\"", "V_3 IFS= read -r V_3", "V_2 ", "W W=1"]);
    }
}
