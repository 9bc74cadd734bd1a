//! Faults that only Windows has: files that are held open, `NUL`, backslashes, names in any case.
#![cfg(windows)]

use std::fs::File;
use std::os::windows::fs::OpenOptionsExt as _;

use assert_cmd::Command;

use crate::support::out_file::OutFile;
use crate::support::{Run, Server, configuration, configured, sotickets};

#[test]
fn file_that_another_program_holds_open_is_found_before_the_call() {
    let (server, file) = (Server::awkward(), OutFile::old());
    let held = File::options().read(true).share_mode(1).open(file.path()).expect("the file");
    let run = server.refuses(&[&["839"][..], &file.arguments()].concat());
    assert_eq!(run.code, 2, "{run}");
    assert!(run.stderr.contains("(os error 32)"), "{run}");
    assert!(
        run.stderr.contains("hint: close the file in the other program, such as Excel"),
        "{run}"
    );
    drop(held);
    let run = server.run(&[&["839", "249"][..], &file.arguments()].concat());
    assert_eq!(run.to_string(), "--- exit code 0");
}

#[test]
fn nul_discards_output_and_is_an_empty_configuration() {
    for nul in ["NUL", "nul", "/dev/null"] {
        let run = Server::awkward().run(&["839", "249", "--config", nul, "--out-file", nul]);
        assert_eq!(run.to_string(), "--- exit code 0", "{nul}");
    }
}

/// The dry run of `get 839` with `arguments`.
fn dry_run(arguments: &[&str]) -> Command {
    let mut command = sotickets();
    command.args(["get", "839", "--dry-run", "--url", "https://crm.example.com"]).args(arguments);
    command
}

#[test]
fn path_of_a_program_keeps_its_backslashes() {
    let system = std::env::var("SystemRoot").expect("a folder");
    let source = format!(r"command:{system}\system32\cmd.exe /c echo canary");
    let server = Server::awkward();
    let mut command = server.get_bare(&["839", "249", "--token", &source]);
    command.env("SystemRoot", &system).env("SOTICKETS_URL", server.url());
    let run = Run::of(&mut command);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(server.seen().header("authorization"), Some("Bearer canary"));
}

#[test]
fn variables_are_found_in_any_case() {
    let mut command = dry_run(&["--token", "env:My_Token"]);
    let run = Run::of(command.env("MY_TOKEN", "x").env("sotickets_language", "nb"));
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stdout.contains("Accept-Language: nb"), "{run}");
}

#[test]
fn home_is_the_folder_of_the_user() {
    let folder =
        configuration("[profiles.work]\nurl = 'https://crm.example.com'\ntoken = 'file:~/t'\n");
    std::fs::write(folder.path().join("t"), "canary").expect("a file");
    let mut command = configured(&folder, &["doctor", "--offline", "--profile", "work"]);
    let run = Run::of(command.env("USERPROFILE", folder.path()));
    assert!(
        !run.to_string().contains("cannot find") && !run.to_string().contains("os error"),
        "{run}"
    );
}

#[test]
fn usage_names_the_program_without_its_ending() {
    let run = Run::of(sotickets().arg("-h"));
    assert!(run.stdout.contains("Usage: sotickets ") && !run.stdout.contains(".exe"), "{run}");
}
