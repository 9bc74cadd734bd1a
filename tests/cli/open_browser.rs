//! The browser that `sotickets open` starts.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::open::{TEMPLATE, open};
use crate::support::Run;
use crate::support::session::Session;

/// A program that records its arguments and its variables, with a blank in its name.
struct Browser {
    folder: TempDir,
    path: PathBuf,
    opened: PathBuf,
    environment: PathBuf,
}

impl Browser {
    fn new(status: u8) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, opened) = (folder.path().join("my browser"), folder.path().join("opened"));
        let environment = folder.path().join("environment");
        let script = format!(
            "#!/bin/sh\nprintf '%s\\n' \"$@\" >> '{}'\nexport -p >> '{}'\necho noise; echo noise >&2\nexit {status}\n",
            opened.display(),
            environment.display()
        );
        fs::write(&path, script).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a mode");
        Self { folder, path, opened, environment }
    }

    fn opened(&self) -> String {
        fs::read_to_string(&self.opened).unwrap_or_default()
    }

    fn run(&self, browser: &str, ids: &[&str]) -> Run {
        let mut command = open(ids);
        Run::of(command.env("SOTICKETS_TICKET_URL", TEMPLATE).env("BROWSER", browser))
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

#[test]
fn browser_gets_each_address_and_its_noise_is_not_shown() {
    let url =
        |id: u32| format!("https://crm.example.com/CS/scripts/ticket.fcgi?ticketId={id}&x=a%3Bb\n");
    let browser = Browser::new(0);
    let path = text(&browser.path);
    let run = browser.run(path, &["839", "249"]);
    assert_eq!(run.to_string(), "--- exit code 0");
    assert_eq!(browser.opened(), url(839) + &url(249));

    for variable in [
        format!("'{path}' --new-window %s"),
        format!("'{path}' --new-window"),
        format!("/no/browser:'{path}' --new-window"),
    ] {
        let browser = Browser::new(0);
        let variable = variable.replace(path, text(&browser.path));
        let run = browser.run(&variable, &["839"]);
        assert_eq!(run.to_string(), "--- exit code 0", "{variable}");
        assert_eq!(browser.opened(), format!("--new-window\n{}", url(839)), "{variable}");
    }
}

/// Opens ticket 839 with `browser`, which the variable `name` leads to.
fn assert_no_secret(browser: &Browser, name: &str, value: &str) {
    let mut command = open(&["839"]);
    command.env("SOTICKETS_TICKET_URL", TEMPLATE).env(name, value);
    command.env("SOTICKETS_TOKEN", "canary").env("SOTICKETS_PASSWORD", "canary");
    assert_eq!(Run::of(&mut command).to_string(), "--- exit code 0");
    let environment = fs::read_to_string(&browser.environment).expect("variables");
    assert!(environment.contains(name), "{environment}");
    assert!(!environment.contains("SOTICKETS_"), "{environment}");
}

#[test]
fn browser_gets_no_variable_that_may_hold_a_secret() {
    let browser = Browser::new(0);
    assert_no_secret(&browser, "BROWSER", text(&browser.path));
}

#[cfg(target_os = "linux")]
#[test]
fn next_program_of_the_platform_follows_one_that_fails() {
    let (failing, browser) = (Browser::new(3), Browser::new(0));
    let folder = browser.folder.path();
    fs::rename(&failing.path, folder.join("xdg-open")).expect("a program");
    fs::hard_link(&browser.path, folder.join("gio")).expect("a program");
    assert_no_secret(&browser, "PATH", text(folder));
    assert!(browser.opened().starts_with("open\nhttps://crm.example.com/"), "{}", browser.opened());
}

#[test]
fn addresses_are_printed_without_a_browser() {
    let browser = Browser::new(3);
    for variable in ["/no/browser", text(&browser.path)] {
        let run = browser.run(variable, &["839", "249"]);
        assert_eq!((run.code, run.stdout.lines().count()), (0, 2), "{run}");
        assert!(run.stderr.starts_with("warning: no browser could be opened: "), "{run}");
    }
    let run = browser.run("/no/browser", &["839"]);
    insta::assert_snapshot!(run, @"
    https://crm.example.com/CS/scripts/ticket.fcgi?ticketId=839&x=a%3Bb
    --- stderr
    warning: no browser could be opened: No such file or directory (os error 2)
    hint: open the addresses by hand; BROWSER names a program for it
    --- exit code 0
    ");
}

#[test]
fn many_tickets_are_opened_after_a_yes_at_a_terminal() {
    for (answer, code, opened) in [("y\r", 0, 11), ("n\r", 2, 0), ("\r", 2, 0)] {
        let browser = Browser::new(0);
        let variables = [("SOTICKETS_TICKET_URL", TEMPLATE), ("BROWSER", text(&browser.path))];
        let program = env!("CARGO_BIN_EXE_sotickets");
        let Some(mut session) = Session::start(&[program, "open", "1..11"], &variables) else {
            return;
        };
        session.wait_for("Open 11 tickets in the browser? [y/N] ");
        session.send(answer);
        let end = session.wait().code();
        assert_eq!(end, Some(code), "{answer:?}: {}", session.transcript());
        assert_eq!(browser.opened().lines().count(), opened, "{answer:?}");
        let is_refused = session.transcript().contains("no ticket was opened");
        assert_eq!(is_refused, code == 2, "{answer:?}: {}", session.transcript());
    }
}

#[test]
fn many_tickets_are_not_opened_without_a_terminal() {
    let browser = Browser::new(0);
    let run = browser.run(text(&browser.path), &["1..11"]);
    insta::assert_snapshot!(run, @"
    --- stderr
    error: 11 tickets are too many to open without a question
    hint: at a terminal more than ten are opened after a question; --print prints their addresses
    --- exit code 2
    ");
    assert_eq!(browser.opened(), "");
    let run = browser.run(text(&browser.path), &["1..10"]);
    assert_eq!((run.code, browser.opened().lines().count()), (0, 10), "{run}");
    let mut command = open(&["1..11", "--print"]);
    let run = Run::of(command.env("SOTICKETS_TICKET_URL", TEMPLATE));
    assert_eq!((run.code, run.stdout.lines().count()), (0, 11), "{run}");
}
