//! The commit that is built, read from the files of its repository, without a program. A copy
//! without a repository has the commit in a file of `cargo package`.

use std::fs;
use std::path::{Path, PathBuf};

/// A commit, if one was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Commit {
    /// The hash.
    pub(crate) id: Option<String>,
    /// The files that change with it.
    pub(crate) watched: Vec<PathBuf>,
}

/// Finds the commit of the sources in `root`. A repository in a folder above is another one.
pub(crate) fn find(root: &Path) -> Commit {
    let Some(repository) = repository(root) else {
        return Commit { id: packaged(root), watched: Vec::new() };
    };
    let head = repository.join("HEAD");
    let Ok(text) = fs::read_to_string(&head) else { return Commit::default() };
    match text.trim().strip_prefix("ref: ") {
        Some(name) => {
            let (id, watched) = named(&shared(&repository), name);
            Commit { id, watched: [vec![head], watched].concat() }
        }
        None => Commit { id: hash(&text), watched: vec![head] },
    }
}

/// Formats the day of `seconds` since 1970, such as `2026-11-25`.
pub(crate) fn day(seconds: i64) -> String {
    // Years are counted from March, so that a leap day is their last.
    let days = seconds.div_euclid(86_400) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march + 2) / 5 + 1;
    let month = if march < 10 { march + 3 } else { march - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Returns the folder of the repository. In a work tree or a submodule, `.git` is a file that
/// names it.
fn repository(root: &Path) -> Option<PathBuf> {
    let git = root.join(".git");
    if git.is_dir() {
        return Some(git);
    }
    let text = fs::read_to_string(&git).ok()?;
    Some(root.join(text.trim().strip_prefix("gitdir: ")?))
}

/// Returns the folder that all work trees of `repository` share.
fn shared(repository: &Path) -> PathBuf {
    let text = fs::read_to_string(repository.join("commondir"));
    text.map_or_else(|_| repository.to_owned(), |path| repository.join(path.trim()))
}

/// Returns the commit of the branch `name`, and the files that name it.
fn named(shared: &Path, name: &str) -> (Option<String>, Vec<PathBuf>) {
    let loose = shared.join(name);
    if let Ok(text) = fs::read_to_string(&loose) {
        return (hash(&text), vec![loose]);
    }
    let packed = shared.join("packed-refs");
    let text = fs::read_to_string(&packed).unwrap_or_default();
    let id = text.lines().find_map(|line| hash(line.strip_suffix(name)?));
    // The next commit puts a file into the folder. A path that does not exist is not watched,
    // because it would count as changed at every build.
    let folder = loose.parent().map(Path::to_owned);
    (id, folder.into_iter().chain([packed]).filter(|path| path.exists()).collect())
}

/// Returns the hash that `cargo package` wrote.
fn packaged(root: &Path) -> Option<String> {
    let text = fs::read_to_string(root.join(".cargo_vcs_info.json")).ok()?;
    let (_, rest) = text.split_once("\"sha1\"")?;
    hash(rest.split('"').nth(1)?)
}

/// Returns `text` without blanks, if it is a hash.
fn hash(text: &str) -> Option<String> {
    let text = text.trim();
    let is_hash = text.len() >= 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then(|| text.to_owned())
}
