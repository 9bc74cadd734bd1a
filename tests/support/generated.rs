//! Committed files that are made from the code: a test finds one that is out of date, and can write
//! them again.

use std::path::{Path, PathBuf};
use std::{env, fs};

/// With this variable, the tests write the files instead of comparing them.
const REGENERATE: &str = "SOTICKETS_REGENERATE";

/// Asserts that the file at `path`, from the root of the sources, holds `text`.
pub fn check(path: &str, text: &str) {
    let file = file(path);
    let committed = fs::read_to_string(&file).unwrap_or_default();
    if committed == text {
        return;
    }
    assert!(
        env::var_os(REGENERATE).is_some(),
        "{path} is stale: the same test with {REGENERATE}=1 writes it anew"
    );
    let folder = file.parent().expect("a folder");
    fs::create_dir_all(folder).expect("a folder");
    // Another test may read it at this moment.
    let beside = file.with_extension("new");
    fs::write(&beside, text).expect("a file");
    fs::rename(beside, file).expect("a file");
}

/// Asserts that the folder at `path` holds the files `names` and no others.
pub fn check_folder(path: &str, names: &[String]) {
    let mut found: Vec<String> = fs::read_dir(file(path))
        .expect(path)
        .map(|entry| entry.expect(path).file_name().to_string_lossy().into_owned())
        .collect();
    let mut expected = names.to_vec();
    found.sort();
    expected.sort();
    assert_eq!(found, expected, "{path}");
}

/// The file at `path`, from the root of the sources.
pub fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
