//! This program's own files for secrets: one for each entry, in the state folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::context::Variables;
use crate::error::{Error, Result};
use crate::escape;
use crate::fs::read_limited::{is_absent, open_file, read_limited};
use crate::fs::{dirs, state_file};

use super::profile_ref::ProfileRef;
use super::{MAX_BYTES, Secret};

/// Reads the bytes of an entry.
///
/// # Errors
/// A usage error that names `origin`, if there is no such entry, or others may have written it. It
/// leads to the sign-in of `profile`, if the entry belongs to one.
pub(crate) fn read(
    entry: &str,
    origin: &str,
    profile: Option<&ProfileRef>,
    variables: &Variables,
) -> Result<Vec<u8>> {
    find(entry, origin, variables)?.ok_or_else(|| {
        let shown = escape::excerpt(entry, 80);
        Error::usage(format!("{origin}: no secret is stored as '{shown}'")).hint(match profile {
            Some(profile) => format!("{} stores one", profile.login_command()),
            None => "sotickets auth login --store file stores one in a profile".to_owned(),
        })
    })
}

/// Reads the bytes of an entry; `None` if there is no such entry.
///
/// # Errors
/// As [`read`], except for a missing entry.
pub(crate) fn find(entry: &str, origin: &str, variables: &Variables) -> Result<Option<Vec<u8>>> {
    let path = path(entry, variables)?;
    let read = || {
        check_folder(&path)?;
        read_limited(open_file(&path)?, MAX_BYTES)
    };
    match read() {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(file_error(&path, origin, &error)),
    }
}

/// Writes `secret` to an entry, in place of an old one.
///
/// # Errors
/// A usage error that names `origin`, if the folder cannot be written to, or others can write to
/// it.
pub(crate) fn write(
    entry: &str,
    origin: &str,
    secret: &Secret,
    variables: &Variables,
) -> Result<()> {
    let path = path(entry, variables)?;
    dirs::create_parent(&path)
        .and_then(|_| check_folder(&path))
        .and_then(|()| state_file::write_text(&path, secret.expose()))
        .map_err(|error| file_error(&path, origin, &error))
}

/// Removes an entry, if it exists.
///
/// # Errors
/// A usage error that names `origin`.
pub(crate) fn remove(entry: &str, origin: &str, variables: &Variables) -> Result<()> {
    let path = path(entry, variables)?;
    match fs::remove_file(&path) {
        Err(error) if !is_absent(&error) => Err(file_error(&path, origin, &error)),
        _ => Ok(()),
    }
}

/// Returns the file of an entry.
///
/// # Errors
/// A usage error if there is no state folder.
pub(crate) fn path(entry: &str, variables: &Variables) -> Result<PathBuf> {
    Ok(dirs::require_state(variables)?.join(format!("secret-{}", state_file::escape_name(entry))))
}

fn file_error(path: &Path, origin: &str, error: &io::Error) -> Error {
    let hint = match error.kind() {
        io::ErrorKind::InvalidFilename => {
            "the name of the file has that of the profile: take a shorter one"
        }
        _ => "that folder must be writable for you alone; XDG_STATE_HOME names another",
    };
    Error::usage(format!("{origin}: {}", state_file::describe(path, error))).hint(hint)
}

/// Checks that others cannot put a file of theirs in place of `path`.
#[cfg(unix)]
fn check_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = path.parent().unwrap_or(path);
    match fs::metadata(folder)?.permissions().mode() & 0o022 {
        0 => Ok(()),
        _ => Err(io::Error::new(io::ErrorKind::PermissionDenied, "other users can write to it")),
    }
}

#[cfg(not(unix))]
fn check_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
