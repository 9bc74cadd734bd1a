//! `sotickets open`: its addresses and its browser.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use tempfile::TempDir;

use crate::support::online_server::{OnlineServer, TENANT};
#[cfg(unix)]
use crate::support::session::Session;
use crate::support::{Run, configuration, sotickets, without_folder};

fn open(arguments: &[&str]) -> Command {
    let mut command = sotickets();
    command.arg("open").args(arguments);
    command
}

/// The address of tickets in an installation of the user's own.
const TEMPLATE: &str = "https://crm.example.com/CS/scripts/ticket.fcgi?ticketId={id}&x=a;b";

#[test]
fn addresses_of_an_installation_come_from_its_template() {
    let run = Run::of(open(&["839", "#249", "--print"]).env("SOTICKETS_TICKET_URL", TEMPLATE));
    insta::assert_snapshot!(run, @"
    https://crm.example.com/CS/scripts/ticket.fcgi?ticketId=839&x=a%3Bb
    https://crm.example.com/CS/scripts/ticket.fcgi?ticketId=249&x=a%3Bb
    --- exit code 0
    ");
    let folder = configuration(format!("[profiles.work]\nticket_url = \"{TEMPLATE}\"\n"));
    let mut command = open(&["839", "--print", "--profile", "work"]);
    let of_profile = Run::of(command.env("XDG_CONFIG_HOME", folder.path()));
    assert_eq!(run.stdout.lines().next(), of_profile.stdout.lines().next());
}

#[test]
fn template_of_a_profile_is_for_its_server_alone() {
    let folder = configuration(format!("[profiles.work]\nticket_url = \"{TEMPLATE}\"\n"));
    let mut command =
        open(&["839", "--print", "--profile", "work", "--url", "https://other.example.com/SO"]);
    let run = Run::of(command.env("XDG_CONFIG_HOME", folder.path()));
    insta::assert_snapshot!(run, @r#"
    --- stderr
    error: the address of tickets in the web client of https://other.example.com/SO is not known
    hint: set it in the profile: ticket_url = "https://crm.example.com/CS/scripts/ticket.fcgi?action=listTicket&ticketId={id}"
    hint: or in the variable SOTICKETS_TICKET_URL
    --- exit code 2
    "#);
}

#[test]
fn template_that_is_no_address_is_refused() {
    for (template, why) in [
        ("https://crm.example.com/", "it has to have {id} once, in place of the id"),
        ("crm.example.com/{id}", "relative URL without a base"),
    ] {
        let run = Run::of(open(&["839", "--print"]).args(["--ticket-url", template]));
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
        assert!(run.stderr.contains(why), "{run}");
    }
}

#[test]
fn addresses_in_online_are_those_of_the_tenant() {
    let url = "https://online3.superoffice.com/Cust12345";
    let run = Run::of(&mut open(&["839", "--print", "--url", url]));
    insta::assert_snapshot!(run, @"
    https://online3.superoffice.com/Cust12345/CS/scripts/ticket.fcgi?action=listTicket&ticketId=839
    --- exit code 0
    ");

    let (online, home) = (OnlineServer::plain(), tempfile::tempdir().expect("a folder"));
    let arguments = ["839", "--print", "--tenant", TENANT, "--environment", &online.url];
    for lookups in [1, 1] {
        let run = Run::of(open(&arguments).env("HOME", home.path()));
        let page = "CS/scripts/ticket.fcgi?action=listTicket&ticketId=839";
        let site = online.site();
        assert_eq!(run.stdout, format!("{}/{page}\n", site.trim_end_matches('/')), "{run}");
        assert_eq!((run.code, online.requests().len()), (0, lookups), "{run}");
    }
}

#[test]
fn all_problems_are_reported_at_once() {
    let run = Run::of(&mut open(&["abc", "x"]));
    insta::assert_snapshot!(run, @"
    --- stderr
    error: 'abc' is not a ticket id: it is not a whole number
    error: 'x' is not a ticket id: it is not a whole number
    error: no address is given
    hint: an id is 839, '#839', a range 840..860 or a ticket's URL
    hint: sotickets auth login keeps one; or --url https://crm.example.com/SuperOffice, or SOTICKETS_URL, or a profile with a url; Online: --tenant Cust12345
    hint: to try the tool without a server: sotickets get 839 --demo
    --- exit code 2
    ");
}

/// A program that records its arguments, in a folder with a blank in its name.
#[cfg(unix)]
struct Browser {
    _folder: TempDir,
    path: PathBuf,
    opened: PathBuf,
}

#[cfg(unix)]
impl Browser {
    fn new(status: u8) -> Self {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let (path, opened) = (folder.path().join("my browser"), folder.path().join("opened"));
        let script = format!(
            "#!/bin/sh\nprintf '%s\\n' \"$@\" >> '{}'\necho noise; echo noise >&2\nexit {status}\n",
            opened.display()
        );
        fs::write(&path, script).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a mode");
        Self { _folder: folder, path, opened }
    }

    fn opened(&self) -> String {
        fs::read_to_string(&self.opened).unwrap_or_default()
    }

    fn run(&self, browser: &str, ids: &[&str]) -> Run {
        let mut command = open(ids);
        Run::of(command.env("SOTICKETS_TICKET_URL", TEMPLATE).env("BROWSER", browser))
    }
}

#[cfg(unix)]
fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

#[cfg(unix)]
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

#[cfg(unix)]
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

#[cfg(unix)]
#[cfg(unix)]
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

#[test]
fn addresses_are_those_that_get_takes_for_ids() {
    let mut command = open(&["839", "--print"]);
    let printed = Run::of(command.env("SOTICKETS_TICKET_URL", TEMPLATE)).stdout;
    let mut command = open(&["-", "--print"]);
    let again = Run::of(command.env("SOTICKETS_TICKET_URL", TEMPLATE).write_stdin(printed.clone()));
    assert_eq!(again.stdout, printed);
}

#[test]
fn error_for_an_installation_without_a_template_says_how_to_set_it() {
    let folder = configuration("[profiles.work]\nurl = \"https://crm.example.com/SO\"\n");
    let mut command = open(&["839", "--profile", "work"]);
    let run = Run::of(command.env("XDG_CONFIG_HOME", folder.path()));
    insta::assert_snapshot!(without_folder(&run.to_string(), &folder), @r#"
    --- stderr
    error: the address of tickets in the web client of https://crm.example.com/SO is not known
    hint: set it in the profile: ticket_url = "https://crm.example.com/CS/scripts/ticket.fcgi?action=listTicket&ticketId={id}"
    hint: or in the variable SOTICKETS_TICKET_URL
    --- exit code 2
    "#);
}
