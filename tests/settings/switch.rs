//! `auth switch`: another profile becomes the default one.

use std::fs;

use assert_cmd::Command;
use tempfile::TempDir;

use crate::support::{Run, configuration, sotickets, without_folder};

const FILE: &str = "# mine\r\ndefault_profile = 'home' # c\r\n\r\n[profiles.work]\r\nurl = 'https://crm.invalid'\r\n[profiles.home]";

fn switch(folder: &TempDir, arguments: &[&str]) -> Command {
    let mut command = sotickets();
    command.env("XDG_CONFIG_HOME", folder.path()).args(["auth", "switch"]).args(arguments);
    command
}

/// Returns the messages of `auth switch`, with the exit code.
fn shown(folder: &TempDir, arguments: &[&str]) -> String {
    let run = Run::of(&mut switch(folder, arguments));
    assert_eq!(run.stdout, "");
    without_folder(&format!("{}--- exit code {}", run.stderr, run.code), folder)
}

fn text(folder: &TempDir) -> String {
    fs::read_to_string(folder.path().join("sotickets/config.toml")).expect("a file")
}

#[test]
fn switch_writes_the_default_profile_and_no_other_byte() {
    let folder = configuration(FILE);
    insta::assert_snapshot!(shown(&folder, &["work"]), @"
    the default profile is 'work' now; it was 'home'
    --- exit code 0
    ");
    assert_eq!(text(&folder), FILE.replace("'home' #", "\"work\" #"));
    let before = fs::metadata(folder.path().join("sotickets/config.toml")).expect("a file");
    insta::assert_snapshot!(shown(&folder, &["work"]), @"
    the default profile is 'work' already; nothing was written
    --- exit code 0
    ");
    let after = fs::metadata(folder.path().join("sotickets/config.toml")).expect("a file");
    assert_eq!(before.modified().expect("a time"), after.modified().expect("a time"));

    let folder = configuration("[profiles.work]\n[profiles.\"at home\"]\n");
    insta::assert_snapshot!(shown(&folder, &["at home"]), @"
    the default profile is 'at home' now
    --- exit code 0
    ");
    assert_eq!(
        text(&folder),
        "default_profile = \"at home\"\n\n[profiles.work]\n[profiles.\"at home\"]\n"
    );
}

#[test]
fn default_profile_that_does_not_exist_is_replaced() {
    let folder = configuration("default_profile = 'gone'\n[profiles.work]\n");
    insta::assert_snapshot!(shown(&folder, &["work"]), @"
    the default profile is 'work' now; it was 'gone'
    --- exit code 0
    ");
}

#[test]
fn unknown_profile_is_refused_with_the_nearest_and_all_names() {
    let folder = configuration(FILE);
    insta::assert_snapshot!(shown(&folder, &["wrok"]), @"
    error: the profile 'wrok' does not exist in CONFIG/sotickets/config.toml
    hint: did you mean work?
    hint: its profiles: work, home
    --- exit code 2
    ");
    insta::assert_snapshot!(shown(&folder, &["\u{1b}"]), @r"
    error: the profile '\x1b' does not exist in CONFIG/sotickets/config.toml
    hint: its profiles: work, home
    --- exit code 2
    ");
    assert_eq!(text(&folder), FILE);
    let empty = configuration("");
    insta::assert_snapshot!(shown(&empty, &["work"]), @"
    error: the profile 'work' does not exist in CONFIG/sotickets/config.toml
    hint: it has none: sotickets auth login sets up one
    --- exit code 2
    ");
    let without = tempfile::tempdir().expect("a folder");
    insta::assert_snapshot!(shown(&without, &["work"]), @"
    error: there is no CONFIG/sotickets/config.toml
    hint: sotickets auth login sets up a profile
    --- exit code 2
    ");
    assert!(!without.path().join("sotickets").exists(), "a folder was made for nothing");
}

#[test]
fn file_with_an_error_is_reported_as_by_a_call_and_stays() {
    let folder = configuration("[profiles.work\n");
    let message = shown(&folder, &["work"]);
    assert!(message.contains("config.toml, line 1, column 15: this is not TOML"), "{message}");
    assert!(message.ends_with("--- exit code 2"), "{message}");
    assert_eq!(text(&folder), "[profiles.work\n");
}

#[test]
fn another_file_is_changed_where_it_is() {
    let folder = configuration(FILE);
    let other = folder.path().join("other.toml");
    fs::write(&other, "[profiles.other]").expect("a file");
    let path = other.to_string_lossy().into_owned();
    assert_eq!(Run::of(&mut switch(&folder, &["other", "--config", &path])).code, 0);
    assert_eq!(
        fs::read_to_string(&other).expect("a file"),
        "default_profile = \"other\"\n\n[profiles.other]"
    );
    let mut command = switch(&folder, &["other"]);
    let run = Run::of(command.env("SOTICKETS_CONFIG", &other));
    assert!(run.stderr.contains("already"), "{run}");
    assert_eq!(text(&folder), FILE);
}

#[test]
fn variable_that_overrides_the_default_is_named() {
    let folder = configuration(FILE);
    let run = Run::of(switch(&folder, &["work"]).env("SOTICKETS_PROFILE", "home"));
    insta::assert_snapshot!(run.stderr, @"
    the default profile is 'work' now; it was 'home'
    hint: SOTICKETS_PROFILE is set, and overrides it; unset it
    ");
}

#[cfg(unix)]
#[test]
fn link_stays_and_a_read_only_file_is_refused() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let folder = configuration("");
    let (link, file) =
        (folder.path().join("sotickets/config.toml"), folder.path().join("mine.toml"));
    fs::remove_file(&link).expect("a file");
    fs::write(&file, FILE).expect("a file");
    symlink("../mine.toml", &link).expect("a link");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).expect("rights");
    insta::assert_snapshot!(shown(&folder, &["work"]), @"
    error: CONFIG/sotickets/config.toml is read-only; nothing was changed
    hint: make it writable, or name another file with --config PATH
    --- exit code 2
    ");
    assert_eq!(text(&folder), FILE);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("rights");
    assert!(shown(&folder, &["work"]).ends_with("code 0"));
    assert!(link.is_symlink() && text(&folder).contains("\"work\""));
    assert_eq!(fs::metadata(&file).expect("a file").permissions().mode() & 0o777, 0o640);
}
