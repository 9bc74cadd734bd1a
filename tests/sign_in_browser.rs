//! A sign-in with a real browser, from the command to the page that says that it worked.
#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use support::Run;
use support::online::desk::Desk;
use support::online::{Online, USER};

/// Where Debian has it.
const CHROMIUM: &str = "/usr/bin/chromium";

/// What opens a browser on Linux asks for `xdg-open` first; this one shows the page and
/// leaves a picture of it, and the page as text.
const OPENER: &str = "#!/bin/sh
exec /usr/bin/chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \\
  --disable-background-networking --disable-component-update --disable-sync --disable-dev-shm-usage \\
  --ignore-certificate-errors --user-data-dir=\"$HOME/browser\" --window-size=1000,720 \\
  --hide-scrollbars --screenshot=\"$HOME/page.png\" --dump-dom \"$1\" > \"$HOME/page.part\" 2> \"$HOME/browser.log\"
";

/// Where a picture is kept for whoever wants to see it.
fn gallery() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Has somebody sign in with the browser, and gives what the program said, and the page
/// once the browser has ended.
fn sign_in(service: &Online, picture: &str) -> Option<(Run, String)> {
    if !Path::new(CHROMIUM).exists() {
        assert!(std::env::var_os("CI").is_none(), "chromium is not installed");
        support::skip("there is no chromium");
        return None;
    }
    let desk = Desk::new(service);
    let bin = desk.home.path().join("bin");
    fs::create_dir(&bin).expect("a folder");
    let opener = bin.join("xdg-open");
    fs::write(
        &opener,
        format!("{OPENER}mv \"$HOME/page.part\" \"$HOME/page.html\"\n").replace("exec ", ""),
    )
    .expect("a file");
    fs::set_permissions(&opener, fs::Permissions::from_mode(0o755)).expect("a mode");
    let mut command = desk.command(&["auth", "login", "--store", "file"]);
    command.env("PATH", format!("{}:/usr/bin:/bin", bin.display()));
    let run = Run::from(command.output().expect("a run"));
    // The picture is taken after the program has ended.
    let page = desk.home.path().join("page.html");
    for _ in 0..600 {
        if page.exists() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let html = fs::read_to_string(page).expect("a page");
    let png = fs::read(desk.home.path().join("page.png")).expect("a picture");
    assert!(png.starts_with(b"\x89PNG") && png.len() > 5000, "{} bytes", png.len());
    fs::write(gallery().join(picture), png).expect("a file");
    Some((run, html))
}

#[test]
fn chromium_ends_at_the_page_that_says_that_it_worked() {
    let service = Online::tls();
    let Some((run, page)) = sign_in(&service, "signed-in.png") else { return };
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stderr.contains("signed in to Cust12345 as tim@example.com"), "{run}");
    for part in ["<title>You are signed in – sotickets</title>", USER, "Cust12345"] {
        assert!(page.contains(part), "{page}");
    }
    assert_eq!(service.exchanges("authorization_code"), 1);
}

#[test]
fn chromium_shows_why_it_did_not_work() {
    let service = Online::tls();
    let words = "The administrator of Cust12345 has not approved this application.";
    service.state().sign_in.refusal = Some(("access_denied".to_owned(), words.to_owned()));
    let Some((run, page)) = sign_in(&service, "not-signed-in.png") else { return };
    assert_eq!(run.code, 4, "{run}");
    assert!(page.contains("did not work") && page.contains(words), "{page}");
}
