//! The writer of the configuration file: replaces it as a whole, and loses no change of another
//! process.
//!
//! ```ignore
//! let writer = ConfigWriter::new(&path);
//! let mut edit = ConfigEdit::default();
//! edit.set("work", "url", "https://crm.example.com");
//! let changes = writer.preview(&edit)?; // Writes nothing. `KeyChange::lines` shows them.
//! writer.apply(&edit)?;
//! ```

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::encoding::{self, DecodeError, Encoding};
use crate::error::{Error, Kind, Result};
use crate::escape::display_path;
use crate::fs::atomic_file::AtomicFile;
use crate::fs::dirs;
use crate::fs::lock::TemporaryLock;
use crate::fs::read_limited::{is_absent, open_file, read_limited};
use crate::fs::write_target::{WriteTarget, parent};
use crate::platform::Platform;
use crate::settings::config::{FILE_OPTION, MAX_FILE_BYTES};
use crate::settings::config_edit::{ConfigEdit, KeyChange, changes};
use crate::settings::config_file;

/// A configuration file that can be changed. It need not exist.
#[derive(Clone, Debug)]
pub(crate) struct ConfigWriter {
    path: PathBuf,
}

/// The longest wait for another process, which only reads and writes one small file.
const LOCK_TIMEOUT: Duration = Duration::from_secs(10);

impl ConfigWriter {
    /// Creates a writer of the file at `path`.
    pub(crate) fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Returns what `edit` would change, and writes nothing.
    ///
    /// # Errors
    /// A usage error if the file is not valid, now or with the change, or cannot be written.
    pub(crate) fn preview(&self, edit: &ConfigEdit) -> Result<Vec<KeyChange>> {
        let file = self.read(&self.target()?)?;
        Ok(changes(&file.text, &self.edited(edit, &file.text)?))
    }

    /// Applies `edit`, and returns what changed. If that is nothing, nothing is written. The
    /// folder of the file is created if there is none.
    ///
    /// # Errors
    /// Those of [`Self::preview`], and an error of [`Kind::Output`] if writing fails. Then the
    /// file is as it was.
    pub(crate) fn apply(&self, edit: &ConfigEdit) -> Result<Vec<KeyChange>> {
        let target = self.target()?;
        let folder = dirs::create_parent(&target).map_err(|error| self.write_error(error))?;
        let mut name = std::ffi::OsString::from(".");
        name.push(target.file_name().unwrap_or_default());
        name.push(".lock");
        let lock = TemporaryLock::acquire(&folder.join(name), LOCK_TIMEOUT);
        let Some(_lock) = lock.map_err(|error| self.write_error(error))? else {
            let message = format!("another process is changing {}", display_path(&self.path));
            return Err(Error::new(Kind::Output, message).hint("try again"));
        };
        let file = self.read(&target)?;
        let text = self.edited(edit, &file.text)?;
        if text != file.text {
            file.replace(&target, &text).map_err(|error| self.write_error(error))?;
        }
        Ok(changes(&file.text, &text))
    }

    /// Returns `text` with the changes of `edit`.
    fn edited(&self, edit: &ConfigEdit, text: &str) -> Result<String> {
        config_file::parse(text, &self.path)?;
        let edited = edit.apply(text)?;
        config_file::parse(&edited, &self.path)?;
        Ok(edited)
    }

    /// Returns the path behind all links, which can be written to.
    fn target(&self) -> Result<PathBuf> {
        let target = WriteTarget::find_new(&self.path).map_err(|error| {
            let message = format!("{} {}", display_path(&self.path), error.text);
            Error::usage(message).hints_from(error.hint).hint(ELSEWHERE_HINT)
        })?;
        let WriteTarget::File { path, .. } = target else {
            return Err(Error::usage(format!("{} is not a file", display_path(&self.path)))
                .hint(format!("name the file itself with {FILE_OPTION} PATH")));
        };
        // Those who may do everything may write to such a file as well, and still did not mean to.
        let is_read_only =
            |path: &Path| fs::metadata(path).is_ok_and(|it| it.permissions().readonly());
        // A folder of Windows takes new files even if it is marked as read-only.
        let folder_refuses_files =
            Platform::CURRENT != Platform::Windows && is_read_only(parent(&path));
        let what = match (is_read_only(&path), folder_refuses_files) {
            (true, _) => "is read-only",
            (false, true) => "is in a read-only folder",
            (false, false) => return Ok(path),
        };
        Err(Error::usage(format!("{} {what}; nothing was changed", display_path(&self.path)))
            .hint(ELSEWHERE_HINT))
    }

    fn read(&self, target: &Path) -> Result<OldFile> {
        let failed = |error: &dyn std::fmt::Display| {
            Error::usage(format!("{}: {error}", display_path(&self.path)))
        };
        let read = open_file(target).and_then(|file| read_limited(file, MAX_FILE_BYTES));
        let bytes = match read {
            Ok(bytes) => bytes,
            Err(error) if is_absent(&error) => {
                return Ok(OldFile {
                    exists: false,
                    encoding: Encoding::Utf8,
                    marked: false,
                    text: String::new(),
                });
            }
            Err(error) => return Err(failed(&error)),
        };
        let (encoding, mark) = Encoding::detect(&bytes);
        let text =
            encoding::decode(&bytes).map_err(|error| failed(&error).hint(DecodeError::HINT))?;
        Ok(OldFile { exists: true, encoding, marked: mark > 0, text })
    }

    fn write_error(&self, error: io::Error) -> Error {
        let message = format!("{} could not be written", display_path(&self.path));
        let is_mount_point = error.kind() == io::ErrorKind::ResourceBusy;
        Error::new(Kind::Output, message)
            .caused_by(error)
            .hints_from(is_mount_point.then_some("if only the file is mounted, mount its folder"))
    }
}

/// The hint for a file that cannot be written.
const ELSEWHERE_HINT: &str = "make it writable, or name another file with --config PATH";

/// The file before the change.
struct OldFile {
    exists: bool,
    encoding: Encoding,
    /// True if it begins with a byte-order mark.
    marked: bool,
    text: String,
}

impl OldFile {
    /// Replaces the file at `path` by one with `text`, in the same encoding and with the same
    /// rights.
    fn replace(&self, path: &Path, text: &str) -> io::Result<()> {
        let new = AtomicFile::create(parent(path), true)?;
        new.file().write_all(&self.encoding.encode(text, self.marked))?;
        if self.exists {
            new.copy_rights(path)?;
        }
        new.persist(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    const FILE: &str = "# mine\r\n[profiles.a] # c\r\nurl = 'x'";

    fn folder(text: &[u8]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        fs::write(&path, text).unwrap();
        (folder, path)
    }

    fn edit(profile: &str, key: &str, value: &str) -> ConfigEdit {
        let mut edit = ConfigEdit::default();
        edit.set(profile, key, value);
        edit
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        // On Windows the lock stays.
        let has_lock = Platform::CURRENT == Platform::Windows;
        names.filter(|name| !has_lock || name != ".config.toml.lock").collect()
    }

    #[test]
    fn preview_writes_nothing_and_apply_leaves_no_other_file() {
        let (folder, path) = folder(FILE.as_bytes());
        let writer = ConfigWriter::new(&path);
        let preview = writer.preview(&edit("a", "user", "tim")).unwrap();
        assert_eq!(preview[0].lines(), ["+ profiles.a.user = \"tim\""]);
        assert_eq!(fs::read_to_string(&path).unwrap(), FILE);
        assert!(writer.apply(&edit("a", "user", "tim")).unwrap() == preview);
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{FILE}\r\nuser = \"tim\""));
        assert_eq!(names(folder.path()), ["config.toml"]);
    }

    #[test]
    fn encoding_and_byte_order_mark_stay() {
        let after = format!("{FILE}\r\nuser = \"tim\"");
        for encoding in [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be] {
            let (_folder, path) = folder(&encoding.encode(FILE, true));
            ConfigWriter::new(&path).apply(&edit("a", "user", "tim")).unwrap();
            assert_eq!(fs::read(&path).unwrap(), encoding.encode(&after, true));
        }
    }

    #[test]
    fn profile_that_is_added_and_removed_leaves_every_byte_as_it_was() {
        for text in
            ["", "# mine\n", "# mine\r\n", "# mine", "[profiles.z]\nurl = \"https://z\"\n\n\n"]
        {
            for bytes in [text.as_bytes().to_vec(), Encoding::Utf8.encode(text, true)] {
                let (_folder, path) = folder(&bytes);
                let mut adding = edit("a", "user", "tim");
                ConfigWriter::new(&path).apply(adding.set_default_profile("a")).unwrap();
                let mut removal = ConfigEdit::default();
                ConfigWriter::new(&path).apply(removal.remove_profile("a")).unwrap();
                assert_eq!(fs::read(&path).unwrap(), bytes, "{text:?}");
            }
        }
    }

    #[test]
    fn invalid_file_and_invalid_change_are_refused() {
        for (text, (key, value)) in [
            ("[profiles.a\n", ("user", "tim")),
            ("[profiles.a]\nusr = 1\n", ("user", "tim")),
            (FILE, ("usr", "tim")),
            (FILE, ("tenant", "Cust1")),
            (FILE, ("password", "literal")),
            ("\u{0}\u{0}", ("user", "tim")),
        ] {
            let (_folder, path) = folder(text.as_bytes());
            let writer = ConfigWriter::new(&path);
            for result in
                [writer.preview(&edit("a", key, value)), writer.apply(&edit("a", key, value))]
            {
                assert_eq!(
                    result.err().map(|error| error.kind()),
                    Some(Kind::Usage),
                    "{text} {key}"
                );
            }
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[test]
    fn writers_at_once_lose_no_change() {
        let (folder, path) = folder(b"");
        fs::remove_file(&path).unwrap();
        let keys = ["user", "language", "culture", "output"];
        thread::scope(|scope| {
            for name in ["a", "b", "c", "d"] {
                let writer = ConfigWriter::new(&path);
                scope.spawn(move || {
                    for key in keys {
                        writer.apply(&edit(name, key, "x")).unwrap();
                    }
                });
            }
        });
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches(" = \"x\"\n").count(), 16, "{text}");
        assert_eq!(text.matches("[profiles.").count(), 4, "{text}");
        assert_eq!(names(folder.path()), ["config.toml"]);
    }

    #[cfg(unix)]
    #[test]
    fn new_file_is_private_and_an_old_one_keeps_its_rights_and_its_link() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};

        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/config.toml");
        let writer = ConfigWriter::new(&path);
        writer.preview(&edit("a", "user", "tim")).unwrap();
        assert_eq!(names(folder.path()), [""; 0]);
        writer.apply(&edit("a", "user", "tim")).unwrap();
        assert_eq!((mode(&path), mode(&folder.path().join("a/b"))), (0o600, 0o700));

        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let link = folder.path().join("link");
        symlink("a/b/config.toml", &link).unwrap();
        ConfigWriter::new(&link).apply(&edit("a", "user", "tom")).unwrap();
        assert!(link.is_symlink() && fs::read_to_string(&path).unwrap().contains("tom"));
        assert_eq!(
            (mode(&path), names(&folder.path().join("a/b"))),
            (0o644, vec!["config.toml".to_owned()])
        );
    }

    #[cfg(unix)]
    #[test]
    fn read_only_file_or_folder_is_refused_before_anything_changes() {
        use std::os::unix::fs::PermissionsExt as _;

        let (folder, path) = folder(FILE.as_bytes());
        for read_only in [path.as_path(), folder.path()] {
            let rights = fs::metadata(read_only).unwrap().permissions();
            fs::set_permissions(read_only, fs::Permissions::from_mode(0o555)).unwrap();
            let writer = ConfigWriter::new(&path);
            for result in
                [writer.preview(&edit("a", "user", "tim")), writer.apply(&edit("a", "user", "tim"))]
            {
                assert_eq!(result.err().map(|error| error.kind()), Some(Kind::Usage));
            }
            fs::set_permissions(read_only, rights).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), FILE);
        assert!(ConfigWriter::new(folder.path()).preview(&ConfigEdit::default()).is_err());
        let pipe = Path::new("/dev/null");
        assert!(ConfigWriter::new(pipe).preview(&ConfigEdit::default()).is_err());
    }
}
