//! Error messages for a secret that its source does not have. They repeat nothing that may
//! be the secret: a shell may have put it there, as in `env:$TOKEN`.

use std::fmt::Display;
use std::io;
use std::path::Path;

use crate::context::Variables;
use crate::error::Error;
use crate::escape;
use crate::platform::Platform;
use crate::shell_words::Shell;
use crate::suggest;

use super::secret_origin::SecretOrigin;

/// Creates the error for the variable `name`, which is not set or empty.
pub(super) fn variable(name: &str, origin: &SecretOrigin, variables: &Variables) -> Error {
    let Some(hidden) = hidden_variable(name, variables) else {
        let name = escape::excerpt(name, 60);
        return Error::usage(format!("{origin}: the variable {name} is not set, or empty")).hint(
            format!("type it without showing it: {}", Shell::find(variables).read_hidden(&name)),
        );
    };
    let origin = origin.with_source(hidden);
    let error = Error::usage(format!("{origin}: there is no variable of this name")).hint(
        "the name is not repeated, since it may be the secret: env: takes a name without a $",
    );
    match suggest::did_you_mean(name, variables.names()) {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// Creates the error for the file at `path`, which cannot be read. It quotes only the part
/// of the path that exists.
pub(super) fn file(path: &Path, origin: &SecretOrigin, error: &io::Error) -> Error {
    let Some(hidden) = hidden_file(path) else {
        return read(origin, error);
    };
    let origin = origin.with_source(&hidden);
    Error::usage(format!("{origin}: {error}"))
        .hint("what does not exist of the path is not repeated, since it may be the secret")
}

/// Creates the error for a secret that cannot be read.
pub(super) fn read(origin: &dyn Display, error: &io::Error) -> Error {
    let is_too_long = error.kind() == io::ErrorKind::FileTooLarge;
    let error = Error::usage(format!("{origin}: {error}"));
    if is_too_long { error.hint("a secret is one line of text") } else { error }
}

/// Creates the error for `program`, which cannot be run.
pub(super) fn program(program: &str, origin: &SecretOrigin, error: &io::Error) -> Error {
    if error.kind() != io::ErrorKind::NotFound {
        return Error::usage(format!("{origin}: '{program}' could not be run: {error}"));
    }
    Error::usage(format!("{origin}: there is no such program: {error}"))
        .hint("its name is not repeated, since it may be the secret")
        .hints_from(no_program_hint(Platform::CURRENT))
}

/// Returns the hint for a program that is not found on `platform`, where a name alone finds only
/// `.exe` files.
fn no_program_hint(platform: Platform) -> Option<&'static str> {
    let is_windows = platform == Platform::Windows;
    is_windows
        .then_some("a script needs its ending, as in az.cmd, and a path with blanks double quotes")
}

/// Returns a replacement for `env:name`, if there is no such variable and the name may be
/// the secret.
pub(super) fn hidden_variable(name: &str, variables: &Variables) -> Option<&'static str> {
    let is_known = is_usual_name(name) || variables.raw(name).is_some();
    (!is_known).then_some("env:…")
}

/// Returns a replacement for `file:path`, if there is no such file: the part of the path
/// that exists.
pub(super) fn hidden_file(path: &Path) -> Option<String> {
    if path.symlink_metadata().is_ok() {
        return None;
    }
    let known = path.ancestors().skip(1).find(|folder| folder.is_dir());
    let known = known.map_or_else(|| "…".into(), |folder| folder.join("…"));
    Some(format!("file:{}", escape::display_path(&known)))
}

/// Checks whether people give this name to a variable with a secret: capitals, with an
/// underscore or a word for its content. A password can be all capitals too.
fn is_usual_name(name: &str) -> bool {
    const WORDS: [&str; 8] =
        ["TOKEN", "TICKET", "PASSWORD", "PASSWD", "SECRET", "COOKIE", "XSRF", "KEY"];
    let is_capitals =
        name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    is_capitals && (name.contains('_') || WORDS.iter().any(|word| name.contains(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variable_that_is_set_is_shown_in_any_case_on_windows() {
        let hidden = |platform, name| {
            let variables = [("MY_pw".into(), "abc".into())];
            hidden_variable(name, &Variables::for_platform(platform, variables))
        };
        assert_eq!(hidden(Platform::Windows, "my_PW"), None);
        assert_eq!(hidden(Platform::Linux, "MY_pw"), None);
        assert_eq!(hidden(Platform::Linux, "my_PW"), Some("env:…"));
    }
}
