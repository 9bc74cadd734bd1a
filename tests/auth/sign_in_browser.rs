//! A sign-in with a real browser, from the command to the page that says that it worked.
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::support::browser::Browser;
use crate::support::online_server::sign_in::DENIED;
use crate::support::online_server::test_user::TestUser;
use crate::support::online_server::{OnlineServer, USER};
use crate::support::{PATIENCE, Run, end_of, programs};

/// Replaces `xdg-open`, which programs on Linux try first: stores the address for the browser
/// that runs already.
const OPENER: &str = "#!/bin/sh\nprintf %s \"$1\" > \"$HOME/address.part\"\nmv \"$HOME/address.part\" \"$HOME/address\"\n";

/// A pending sign-in, with the browser at the first page.
struct Stage<'s> {
    test_user: TestUser<'s>,
    browser: Browser,
    login: Child,
}

impl<'s> Stage<'s> {
    /// Begins a sign-in; `None` without a browser.
    fn start(service: &'s OnlineServer) -> Option<Self> {
        let test_user = TestUser::new(service);
        let browser = Browser::start(test_user.home.path())?;
        let bin = test_user.home.path().join("bin");
        fs::create_dir(&bin).expect("a folder");
        let opener = bin.join("xdg-open");
        fs::write(&opener, OPENER).expect("a file");
        fs::set_permissions(&opener, fs::Permissions::from_mode(0o755)).expect("a mode");
        let mut command = test_user.command(&["auth", "login", "--store", "file"]);
        command.env("PATH", programs::path_after(&bin));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut login = command.spawn().expect("the program runs");
        let file = test_user.home.path().join("address");
        let start = Instant::now();
        while !file.exists() {
            let ended = login.try_wait().expect("a process");
            assert!(ended.is_none() && start.elapsed() < PATIENCE, "no address");
            std::thread::sleep(Duration::from_millis(20));
        }
        browser.open(&fs::read_to_string(file).expect("an address"));
        Some(Self { test_user, browser, login })
    }

    /// Stores a picture of the page.
    fn picture(&self, name: &str) {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
        fs::create_dir_all(&folder).expect("a folder");
        let png = self.browser.picture();
        assert!(png.starts_with(b"\x89PNG") && png.len() > 5000, "{} bytes", png.len());
        fs::write(folder.join(name), png).expect("a file");
    }

    /// The output of the program at its end.
    fn end(self) -> (Run, TestUser<'s>) {
        (Run::from(end_of(self.login)), self.test_user)
    }
}

#[test]
fn chromium_shows_the_success_page() {
    let service = OnlineServer::tls();
    let Some(stage) = Stage::start(&service) else { return };
    stage.browser.wait_for("Sign in");
    assert_eq!(service.calls("tokens"), 0, "nobody has allowed it yet");
    stage.picture("allow.png");
    stage.browser.click("button[value=allow]");
    stage.browser.wait_for("You are signed in – sotickets");
    let text = stage.browser.text();
    for part in ["You are signed in", USER, "Cust12345"] {
        assert!(text.contains(part), "{text}");
    }
    stage.picture("signed-in.png");
    let (run, test_user) = stage.end();
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stderr.contains("signed in to Cust12345 as tim@example.com"), "{run}");
    assert_eq!(service.exchanges("authorization_code"), 1);
    assert_eq!(test_user.get(&[]).stdout, "TicketId,Title\n839,Printer\n");
}

#[test]
fn chromium_shows_that_access_was_denied() {
    let service = OnlineServer::tls();
    let Some(stage) = Stage::start(&service) else { return };
    stage.browser.wait_for("Sign in");
    stage.browser.click("button[value=deny]");
    stage.browser.wait_for("sotickets");
    let text = stage.browser.text();
    assert!(text.contains("did not work") && text.contains(DENIED), "{text}");
    let (run, _) = stage.end();
    assert!(run.code == 4 && run.stderr.contains(&format!("access_denied: {DENIED}")), "{run}");
    assert_eq!(service.calls("tokens"), 0);
}

#[test]
fn chromium_shows_the_reason_of_a_failure() {
    let service = OnlineServer::tls();
    let words = "The administrator of Cust12345 has not approved this application.";
    service.state().sign_in.refusal = Some(("access_denied".to_owned(), words.to_owned()));
    let Some(stage) = Stage::start(&service) else { return };
    stage.browser.wait_for("sotickets");
    let text = stage.browser.text();
    assert!(text.contains("did not work") && text.contains(words), "{text}");
    stage.picture("not-signed-in.png");
    let (run, _) = stage.end();
    assert_eq!(run.code, 4, "{run}");
}
