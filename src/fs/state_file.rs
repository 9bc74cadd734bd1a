//! State files: JSON, or the text of a secret, that is stored from one call to the next. Only its
//! owner can read it; on Windows it has the rights of its folder.

use std::fmt::Display;
use std::fs;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::escape;

use super::atomic_file::{self, AtomicFile};
use super::dirs;
use super::read_limited::{open_file, read_limited};

/// More bytes than any such file has.
const MAX_BYTES: u64 = 256 * 1024;

/// Reads the value at `path`.
///
/// # Errors
/// Those of the file, and [`io::ErrorKind::InvalidData`] for other content. The error
/// quotes none of it, for it may hold tokens.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> io::Result<T> {
    let bytes = read_limited(open_file(path)?, MAX_BYTES)?;
    serde_json::from_slice(&bytes)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is damaged"))
}

/// Writes `value` to `path`.
///
/// # Errors
/// Those of the folder and the disk.
pub(crate) fn write<T: Serialize>(path: &Path, value: &T) -> io::Result<()> {
    Reservation::create(path)?.write(value)
}

/// Writes `text` to `path`.
///
/// # Errors
/// Those of the folder and the disk; an old file at the path remains.
pub(crate) fn write_text(path: &Path, text: &str) -> io::Result<()> {
    let file = AtomicFile::create(dirs::create_parent(path)?, true)?;
    file.file().write_all(text.as_bytes())?;
    file.persist(path)
}

/// The characters that are encoded in a file name. Capitals are among them, because some file
/// systems do not distinguish them from small letters.
const ESCAPED: AsciiSet = {
    let mut set = NON_ALPHANUMERIC.remove(b'-').remove(b'_');
    let mut capital = b'A';
    while capital <= b'Z' {
        set = set.add(capital);
        capital += 1;
    }
    set
};

/// Returns a part of a file name that is unique for `name`, and never a path.
pub(crate) fn escape_name(name: &str) -> String {
    utf8_percent_encode(name, &ESCAPED).to_string()
}

/// Space on the disk for a value that is written later. It is released on drop.
///
/// A refresh token may be valid for one exchange only. With the space reserved before the
/// exchange, a full disk is found before a token is lost.
#[derive(Debug)]
pub(crate) struct Reservation {
    file: AtomicFile,
    path: PathBuf,
}

/// More bytes than a sign-in or a ticket usually takes.
const RESERVED_BYTES: u64 = 32 * 1024;

impl Reservation {
    fn create(path: &Path) -> io::Result<Self> {
        let file = AtomicFile::create(dirs::create_parent(path)?, true)?;
        Ok(Self { file, path: path.to_owned() })
    }

    /// Reserves space for a value at `path`.
    ///
    /// # Errors
    /// Those of the folder and the disk.
    pub(crate) fn new(path: &Path) -> io::Result<Self> {
        if path.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let new = Self::create(path)?;
        let old = fs::metadata(path).map_or(0, |metadata| metadata.len().min(MAX_BYTES));
        io::copy(&mut io::repeat(b' ').take(RESERVED_BYTES.max(2 * old)), &mut new.file.file())?;
        // Some file systems allocate the space only now.
        atomic_file::sync(new.file.file())?;
        Ok(new)
    }

    /// Returns the same space for a value at `path`, in the same folder.
    pub(crate) fn at(self, path: &Path) -> Self {
        Self { path: path.to_owned(), ..self }
    }

    /// Writes `value` into the space.
    ///
    /// # Errors
    /// Those of the disk; the old file at the path remains.
    pub(crate) fn write<T: Serialize>(self, value: &T) -> io::Result<()> {
        let bytes = serde_json::to_vec(value)?;
        let mut file = self.file.file();
        file.rewind()?;
        file.write_all(&bytes)?;
        file.set_len(bytes.len() as u64)?;
        self.file.persist(&self.path)
    }
}

/// Returns the folder of `path` with the reason why a file cannot be stored there.
pub(crate) fn describe(path: &Path, reason: &dyn Display) -> String {
    let folder = path.parent().unwrap_or(path);
    format!("{}: {reason}", escape::display_path(folder))
}

/// Removes the file at `path`, if there is one.
pub(crate) fn remove(path: &Path) {
    let _ = fs::remove_file(path);
}

/// Returns a part of a file name that is unique for `parts` and does not reveal them.
pub(crate) fn digest<T: AsRef<[u8]>>(parts: &[T]) -> String {
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    for part in parts.iter().map(AsRef::as_ref) {
        context.update(&(part.len() as u64).to_le_bytes());
        context.update(part);
    }
    let digest = context.finish();
    digest.as_ref().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
