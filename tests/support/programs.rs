//! External programs. A test starts one only through this file, so that a machine that lacks
//! the program skips the test and says so.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex};

use super::generated;

/// Programs of every machine that builds the tests: the shell and what POSIX has of coreutils.
const EVERYWHERE: [&str; 4] = ["cat", "env", "mkfifo", "sh"];

/// Programs that the script of `--dry-run` starts.
pub const DRY_RUN: [&str; 3] = ["curl", "iconv", "sed"];

/// Folders of the system itself. They come first, because a wrapper elsewhere (pyenv's
/// `python3`) wants variables that the tests clear.
const SYSTEM: [&str; 4] = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/// Returns whether this machine has the program `name`. Without it a test passes at once, and a line
/// on standard error says so; where `CI` is set it fails instead.
pub fn needed(name: &str) -> bool {
    assert!(
        is_installed_by_ci(name),
        ".ci/run has to install {name}, or EVERYWHERE in tests/support/programs.rs name it"
    );
    let is_there = find(name).is_some();
    if !is_there {
        let lack = format!("{name} is not installed; .ci/run installs it");
        assert!(std::env::var_os("CI").is_none(), "{lack}");
        skip(&lack);
    }
    is_there
}

/// Returns whether this machine has all of these programs; the first that is missing is named.
pub fn all_needed(names: &[&str]) -> bool {
    names.iter().all(|name| needed(name))
}

/// Returns a command that starts the program `name`; `None` where [`needed`] finds none.
pub fn program(name: &str) -> Option<Command> {
    needed(name).then(|| Command::new(find(name).expect("it is there")))
}

/// Returns a command that starts the program `name`; `None` where it is missing. It is too large
/// for CI to install.
pub fn optional(name: &str) -> Option<Command> {
    let command = find(name).map(Command::new);
    if command.is_none() {
        skip(&format!("{name} is not installed; it is too large for .ci/run"));
    }
    command
}

/// Returns a command that starts `python3`, which has `module`; `None` where it is missing.
pub fn python_with(module: &str) -> Option<Command> {
    let import = format!("import {module}");
    let has_module = program("python3")?.args(["-c", &import]).output();
    if has_module.expect("python runs").status.success() {
        return program("python3");
    }
    let lack = format!("python3 has no {module}; .ci/run installs it");
    assert!(std::env::var_os("CI").is_none(), "{lack}");
    skip(&lack);
    None
}

/// Returns a command that starts the file at `path`, whose first line names `interpreter`.
#[cfg(unix)]
pub fn script(interpreter: &str, path: impl AsRef<std::ffi::OsStr>) -> Option<Command> {
    needed(interpreter).then(|| Command::new(path))
}

/// Returns a command that starts `sh`, which every machine has.
pub fn sh() -> Command {
    program("sh").expect("a shell")
}

/// Returns the folders of `PATH`, in which programs are looked for: the system's own first.
pub fn path() -> OsString {
    static PATH: LazyLock<OsString> = LazyLock::new(|| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let (system, other): (Vec<PathBuf>, Vec<PathBuf>) = std::env::split_paths(&path)
            .partition(|folder| SYSTEM.iter().any(|system| folder == Path::new(system)));
        std::env::join_paths(system.into_iter().chain(other)).expect("folders")
    });
    PATH.clone()
}

/// Returns [`path`] after `folder`.
#[cfg(unix)]
pub fn path_after(folder: &Path) -> OsString {
    let path = path();
    let folders = std::iter::once(folder.to_owned()).chain(std::env::split_paths(&path));
    std::env::join_paths(folders).expect("folders")
}

/// Returns [`path`] after the folder of the program that is tested.
#[cfg(unix)]
pub fn path_with_sotickets() -> OsString {
    path_after(Path::new(env!("CARGO_BIN_EXE_sotickets")).parent().expect("a folder"))
}

/// The variable that names a file to which each skipped test adds its name.
const SKIPPED: &str = "SOTICKETS_SKIPPED";

/// Writes why the current test checks nothing, or less, on this machine: past libtest, which
/// captures only what macros print, and once a test.
pub fn skip(reason: &str) {
    static WRITTEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let test = std::thread::current().name().unwrap_or_default().to_owned();
    if !WRITTEN.lock().expect("no panic").insert(format!("{test}: {reason}")) {
        return;
    }
    // In one piece: other tests write at the same time.
    let _ = std::io::stderr().write_all(format!("skipped: {reason}\n").as_bytes());
    if let Some(path) = std::env::var_os(SKIPPED) {
        assert!(!test.is_empty(), "only the thread of a test may skip it");
        let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
        file.expect("a file").write_all(format!("{test}\n").as_bytes()).expect("a file");
    }
}

/// Returns where in [`path`] the program `name` is.
fn find(name: &str) -> Option<PathBuf> {
    let path = path();
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Returns whether .ci/run installs the program `name`, or every machine has it. A package of
/// the sources has no .ci, so there is nothing to compare with.
fn is_installed_by_ci(name: &str) -> bool {
    static CI: LazyLock<Option<String>> =
        LazyLock::new(|| std::fs::read_to_string(generated::file(".ci/run")).ok());
    let Some(ci) = CI.as_deref() else { return true };
    let (_, list) = ci.split_once("\ntools=(\n").expect("a list of tools");
    let (list, _) = list.split_once("\n)\n").expect("an end of the list");
    let mut names = list.split_whitespace().filter_map(|tool| tool.split(':').next());
    EVERYWHERE.contains(&name) || names.any(|tool| tool == name)
}
