//! The words of a command line: split as the shells of a platform do, and quoted for them.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::path::Path;

use crate::context::Variables;
use crate::escape;
use crate::platform::Platform;

/// A kind of shell, for lines to paste.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shell {
    Posix,
    PowerShell,
}

impl Shell {
    /// Returns the shell that the process was probably started from: on Windows PowerShell, unless
    /// `SHELL` is set, as by Git Bash.
    pub(crate) fn find(variables: &Variables) -> Self {
        match variables.platform() {
            Platform::Windows if variables.get("SHELL").is_none() => Self::PowerShell,
            _ => Self::Posix,
        }
    }

    /// Returns the line that sets a variable for the programs of this shell.
    pub(crate) fn export(self, name: &str, value: &str) -> String {
        match self {
            Self::Posix => format!("export {name}={value}"),
            Self::PowerShell => format!("$env:{name}='{}'", value.replace('\'', "''")),
        }
    }

    /// Returns the line that asks for a variable without showing what is typed.
    pub(crate) fn read_hidden(self, name: &str) -> String {
        match self {
            Self::Posix => {
                format!("stty -echo; IFS= read -r {name} && export {name}; stty echo")
            }
            Self::PowerShell => format!(
                "$env:{name} = [Net.NetworkCredential]::new('', (Read-Host -AsSecureString)).Password"
            ),
        }
    }
}

/// Returns true if the whole of `line` is the path of a file, in which blanks are allowed. A name
/// without a folder is looked for in `PATH`.
pub(crate) fn is_program_path(line: &OsStr) -> bool {
    let path = Path::new(line);
    path.parent().is_some_and(|folder| !folder.as_os_str().is_empty()) && path.is_file()
}

/// Splits `line` into a program and its arguments; `None` if a quote is open, or nothing is there.
pub(crate) fn split_program(line: &str, platform: Platform) -> Option<Vec<String>> {
    if is_program_path(OsStr::new(line)) {
        return Some(vec![line.to_owned()]);
    }
    split(line, platform).filter(|words| !words.is_empty())
}

/// Splits `line` into words; `None` if a quote is open.
///
/// On Windows a backslash separates folders and escapes nothing.
pub(crate) fn split(line: &str, platform: Platform) -> Option<Vec<String>> {
    match platform {
        Platform::Windows => split_windows(line),
        Platform::Linux | Platform::Apple => shlex::split(line),
    }
}

/// Splits `line` at blanks outside of double quotes. Single quotes enclose a whole word, because
/// names may have an apostrophe.
fn split_windows(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        let mut word = String::new();
        if let Some(quoted) = rest.strip_prefix('\'') {
            let (inner, after) = quoted.split_once('\'')?;
            word.push_str(inner);
            rest = after;
        }
        while let Some(c) = rest.chars().next().filter(|c| !c.is_whitespace()) {
            rest = &rest[c.len_utf8()..];
            if c == '"' {
                let (inner, after) = rest.split_once('"')?;
                word.push_str(inner);
                rest = after;
            } else {
                word.push(c);
            }
        }
        words.push(word);
        rest = rest.trim_start();
    }
    Some(words)
}

/// Returns `word` for a command line of this platform, in quotes if it needs them; empty if it
/// cannot be written there. On Windows the quotes are those of PowerShell. Git Bash, which would
/// remove a backslash without quotes, reads most of them alike: not a single quote that is doubled.
pub(crate) fn quote(word: &str) -> Cow<'_, str> {
    quote_for(word, Platform::CURRENT)
}

/// Returns `path` as [`quote`] does, with visible escapes. It is not shortened, because people
/// paste it.
pub(crate) fn quote_path(path: &Path) -> String {
    quote(&escape::visible(&path.to_string_lossy())).into_owned()
}

/// As [`quote`], for a command line of `platform`.
pub(crate) fn quote_for(word: &str, platform: Platform) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:,=+".contains(c);
    match platform {
        Platform::Linux | Platform::Apple => shlex::try_quote(word).unwrap_or_default(),
        Platform::Windows if !word.is_empty() && word.chars().all(is_plain) => word.into(),
        // PowerShell replaces variables in double quotes, and takes the typographic ones for the
        // same. Git Bash also changes `\\`, as in `\\server`, and `!`. cmd knows no single quotes.
        Platform::Windows
            if word.contains(['"', '$', '`', '!', '“', '”', '„']) || word.contains(r"\\") =>
        {
            let mut quoted = String::from("'");
            for c in word.chars() {
                quoted.push(c);
                if matches!(c, '\'' | '‘' | '’' | '‚' | '‛') {
                    quoted.push(c);
                }
            }
            quoted.push('\'');
            quoted.into()
        }
        Platform::Windows => {
            // Programs take a backslash before a quote for a part of the word.
            let end = &word[word.trim_end_matches('\\').len()..];
            format!("\"{word}{end}\"").into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backslash_is_part_of_a_path_on_windows() {
        let windows = |line| split(line, Platform::Windows);
        let words = |words: &[&str]| Some(words.iter().map(|word| (*word).to_owned()).collect());
        assert_eq!(windows(r"C:\tools\pw.exe get x"), words(&[r"C:\tools\pw.exe", "get", "x"]));
        let less = r#" "C:\Program Files\less.exe"  -R "#;
        assert_eq!(windows(less), words(&[r"C:\Program Files\less.exe", "-R"]));
        assert_eq!(windows(r"'C:\a b\c.exe' --x="), words(&[r"C:\a b\c.exe", "--x="]));
        assert_eq!(windows(r#"--app="a b""#), words(&["--app=a b"]));
        assert_eq!(windows(r"C:\O'Brien\pw.exe"), words(&[r"C:\O'Brien\pw.exe"]));
        assert_eq!(windows("\"\""), words(&[""]));
        assert_eq!(windows("  "), words(&[]));
        assert_eq!((windows("'a"), windows("a\"b")), (None, None));
        assert_eq!(split(r"a\ b 'c d'", Platform::Linux), words(&["a b", "c d"]));
    }

    #[test]
    fn path_of_a_file_is_a_program_with_its_blanks() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a b.exe");
        std::fs::write(&file, "").unwrap();
        let line = file.to_str().unwrap();
        for platform in [Platform::Linux, Platform::Windows] {
            assert_eq!(split_program(line, platform), Some(vec![line.to_owned()]));
            assert_eq!(split_program(" ", platform), None);
            let words = split_program("a b", platform);
            assert_eq!(words, Some(vec!["a".to_owned(), "b".to_owned()]));
        }
    }

    #[test]
    fn powershell_is_the_shell_of_windows_unless_another_is_named() {
        let shell = |platform, set: &[(&str, &str)]| {
            let set = set.iter().map(|(name, value)| (name.into(), value.into()));
            Shell::find(&Variables::for_platform(platform, set))
        };
        assert_eq!(shell(Platform::Windows, &[]), Shell::PowerShell);
        assert_eq!(shell(Platform::Windows, &[("SHELL", "/usr/bin/bash")]), Shell::Posix);
        assert_eq!(shell(Platform::Linux, &[]), Shell::Posix);
        assert_eq!(Shell::PowerShell.export("A", "it's"), "$env:A='it''s'");
        // dash has no `read -s`.
        let line = "stty -echo; IFS= read -r A && export A; stty echo";
        assert_eq!(Shell::Posix.read_hidden("A"), line);
    }

    #[test]
    fn words_with_blanks_are_quoted() {
        let windows = |word| quote_for(word, Platform::Windows).into_owned();
        assert_eq!(windows("C:/Users/tim/a.csv"), "C:/Users/tim/a.csv");
        assert_eq!(windows(r"C:\Users\tim\a.csv"), r#""C:\Users\tim\a.csv""#);
        assert_eq!(windows(r"\\server\tim\a.csv"), r"'\\server\tim\a.csv'");
        assert_eq!(windows("Hi!"), "'Hi!'");
        assert_eq!(windows("my profile/token"), "\"my profile/token\"");
        assert_eq!(windows("#839"), "\"#839\"");
        assert_eq!(windows("it's $5"), "'it''s $5'");
        assert_eq!(windows("a “b” ’c"), "'a “b” ’’c'");
        assert_eq!(windows("it’s"), "\"it’s\"");
        assert_eq!(windows(r"my folder\"), r#""my folder\\""#);
        assert_eq!(windows(""), "\"\"");
        assert_eq!(quote_for("my profile", Platform::Linux), "'my profile'");
    }
}
