//! The lines in the script of a dry run that fill the variables of its secrets.

use crate::encoding::{self, Encoding};

/// The shell commands that take off a text what reading it here takes off. The shell
/// itself drops line feeds at the end of what a command prints.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    commands: Vec<String>,
    /// Whether anything is taken off.
    is_needed: bool,
}

impl Filters {
    /// The filters that turn the text in `bytes` into the secret `sent`, which is a part
    /// of it.
    #[must_use]
    pub fn new(bytes: &[u8], sent: &str) -> Self {
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
    #[must_use]
    pub fn of_variable(&self, name: &str) -> Option<String> {
        let piped: String = self.commands.iter().map(|command| format!(" | {command}")).collect();
        self.is_needed.then(|| format!("{name}=\"$(printf %s \"${name}\"{piped})\""))
    }

    /// The line that fills the variable `name` from the file at the quoted `path`.
    #[must_use]
    pub fn of_file(&self, name: &str, path: &str) -> String {
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
