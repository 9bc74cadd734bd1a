//! A file for `--out-file`, in a folder of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tempfile::TempDir;

use super::Run;

/// The content of the file before the program runs.
pub const OLD: &str = "what was there before\n";

/// A file that must stay unchanged or be written completely.
pub struct OutFile {
    folder: TempDir,
    path: PathBuf,
    written: SystemTime,
}

impl OutFile {
    /// A file with [`OLD`] in it, alone in its folder.
    pub fn old() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("tickets.out");
        fs::write(&path, OLD).expect("a file");
        let written = modified(&path);
        Self { folder, path, written }
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// `--out-file` and its path.
    pub fn arguments(&self) -> [&str; 2] {
        ["--out-file", self.path.to_str().expect("UTF-8")]
    }

    /// Returns its content.
    pub fn text(&self) -> String {
        fs::read_to_string(&self.path).expect("the file")
    }

    /// Asserts that it is unchanged, that its folder has no other file, and that nothing was
    /// printed.
    pub fn assert_untouched(&self, run: &Run) {
        assert_eq!((self.text().as_str(), run.stdout.as_str()), (OLD, ""), "{run}");
        assert_eq!(modified(&self.path), self.written, "{run}");
        self.assert_alone();
    }

    /// Asserts that its folder has no other file, such as a temporary one.
    pub fn assert_alone(&self) {
        assert_eq!(names(self.folder()), ["tickets.out"]);
    }
}

fn modified(path: &Path) -> SystemTime {
    fs::metadata(path).expect("the file").modified().expect("a time")
}

/// The names in `folder`, sorted.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
