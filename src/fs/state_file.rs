//! What is kept in files from one call to the next.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::atomic_file::AtomicFile;

/// More than any such file holds.
const MOST: u64 = 64 * 1024;

/// What was kept at `path`; nothing where that is not there or not whole.
#[must_use]
pub fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(MOST).read_to_end(&mut bytes).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Keeps `value` at `path`, for its owner's eyes alone. Who reads meanwhile has the old
/// one or the new one.
///
/// # Errors
/// Where the folder or the file cannot be written.
pub fn write<T: Serialize>(path: &Path, value: &T) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    create_folder(folder)?;
    // Of mode 0600, where there are modes.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&serde_json::to_vec(value)?)?;
    file.persist(path)?;
    Ok(())
}

/// Room on the disk for a value that is written later. It takes nothing when it is dropped.
///
/// A token that is exchanged for another one may be good for once. So the room is there
/// before the exchange, and a full disk is found before anything is lost.
#[derive(Debug)]
pub struct Reservation {
    file: AtomicFile,
    path: PathBuf,
}

/// More than a sign-in or a ticket usually takes.
const ROOM: u64 = 32 * 1024;
/// No file that is replaced is larger.
const LARGEST: u64 = 256 * 1024;

impl Reservation {
    /// Reserves room for a value that is going to be at `path`.
    ///
    /// # Errors
    /// Where the folder or the disk does not take it.
    pub fn new(path: &Path) -> io::Result<Self> {
        if path.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let folder = path.parent().unwrap_or(Path::new("."));
        create_folder(folder)?;
        let before = fs::metadata(path).map_or(0, |metadata| metadata.len().min(LARGEST));
        let file = AtomicFile::create(folder, true)?;
        io::copy(&mut io::repeat(b' ').take(ROOM.max(2 * before)), &mut file.file())?;
        // Some file systems look for the room no sooner.
        file.file().sync_all()?;
        Ok(Self { file, path: path.to_owned() })
    }

    /// Writes `value` into the room, and gives it its name.
    ///
    /// # Errors
    /// Where it cannot be written all the same. What was at the path before is still there.
    pub fn write<T: Serialize>(self, value: &T) -> io::Result<()> {
        let bytes = serde_json::to_vec(value)?;
        let mut file = self.file.file();
        file.rewind()?;
        file.write_all(&bytes)?;
        file.set_len(bytes.len() as u64)?;
        file.sync_all()?;
        self.file.rename(&self.path)
    }
}

/// Forgets what was kept at `path`.
pub fn forget(path: &Path) {
    // That there was nothing is as well.
    let _ = fs::remove_file(path);
}

/// A name for a file that tells nothing of the `parts` that it is made from.
#[must_use]
pub fn digest(parts: &[&str]) -> String {
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_le_bytes());
        context.update(part.as_bytes());
    }
    let digest = context.finish();
    digest.as_ref().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(unix)]
pub(crate) fn create_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
pub(crate) fn create_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}
