//! What is said of a secret that is not where it was said to be, without a word that
//! may be the secret: a shell may have put it there, as in `env:$TOKEN`.

use std::io;
use std::path::Path;

use crate::context::Environment;
use crate::error::Error;
use crate::escape;
use crate::suggest;

/// The error for the variable `name` that is not set, or empty. `place` is the part of
/// `origin` that names it.
#[must_use]
pub fn variable(name: &str, origin: &str, place: &str, environment: &Environment) -> Error {
    let Some(hidden) = hidden_variable(name, environment) else {
        let name = escape::excerpt(name, 60);
        return Error::usage(format!("{origin}: the variable {name} is not set, or empty"));
    };
    let origin = origin.replace(place, hidden);
    let error = Error::usage(format!("{origin}: there is no variable of this name")).hint(
        "the name is not repeated, since it may be the secret: env: takes a name without a $",
    );
    match suggest::did_you_mean(name, environment.names()) {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// The error for the file at `path` that cannot be read. Where there is none, no more
/// of its path is told than there is.
#[must_use]
pub fn file(path: &Path, origin: &str, place: &str, error: &io::Error) -> Error {
    let Some(hidden) = hidden_file(path) else {
        return read(origin, error);
    };
    let origin = origin.replace(place, &hidden);
    Error::usage(format!("{origin}: {error}"))
        .hint("what does not exist of the path is not repeated, since it may be the secret")
}

/// Returns the error for a secret that cannot be read.
pub(crate) fn read(origin: &str, error: &io::Error) -> Error {
    let is_too_long = error.kind() == io::ErrorKind::FileTooLarge;
    let error = Error::usage(format!("{origin}: {error}"));
    if is_too_long { error.hint("a secret is one line of text") } else { error }
}

/// The error for the program `shown` that cannot be run. Where there is none of this
/// name, it is not told.
#[must_use]
pub fn program(shown: &str, origin: &str, error: &io::Error) -> Error {
    if error.kind() != io::ErrorKind::NotFound {
        return Error::usage(format!("{origin}: '{shown}' could not be run: {error}"));
    }
    Error::usage(format!("{origin}: there is no such program: {error}"))
        .hint("its name is not repeated, since it may be the secret")
}

/// What stands for `env:name` where there is no such variable, and its name may be the
/// secret.
#[must_use]
pub fn hidden_variable(name: &str, environment: &Environment) -> Option<&'static str> {
    let is_known = is_telling(name) || environment.names().any(|known| known == name);
    (!is_known).then_some("env:…")
}

/// What stands for `file:path` where there is no such file: as much of the path as
/// there is.
#[must_use]
pub fn hidden_file(path: &Path) -> Option<String> {
    if path.symlink_metadata().is_ok() {
        return None;
    }
    let known = path.ancestors().skip(1).find(|folder| folder.is_dir());
    let known = known.map_or_else(|| "…".into(), |folder| folder.join("…"));
    Some(format!("file:{}", escape::excerpt(&known.to_string_lossy(), 200)))
}

/// Whether `name` is one that people give to variables with a secret in them:
/// capitals, with an underscore or a word for what it holds. A password can be all
/// capitals too.
fn is_telling(name: &str) -> bool {
    const WORDS: [&str; 8] =
        ["TOKEN", "TICKET", "PASSWORD", "PASSWD", "SECRET", "COOKIE", "XSRF", "KEY"];
    let capitals =
        name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    capitals && (name.contains('_') || WORDS.iter().any(|word| name.contains(word)))
}
