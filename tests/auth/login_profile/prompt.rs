//! A password that is typed at a terminal, and asked for again after a refusal.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::server::{Listener, Request, close};
use crate::support::session::Session;

const PROGRAM: &str = env!("CARGO_BIN_EXE_sotickets");

/// A server that accepts the password `right`, and names no version.
struct PasswordServer {
    listener: Listener,
    calls: Arc<AtomicUsize>,
}

impl PasswordServer {
    /// Starts it; `scheme` is the header with which it refuses.
    fn start(scheme: &'static str) -> Self {
        let calls = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&calls);
        let listener = Listener::start(move |mut stream| {
            let Some(request) = Request::read(&mut stream) else { return };
            if request.method() == "POST" {
                count.fetch_add(1, Ordering::SeqCst);
            }
            // tim:right
            let is_right = request.header("authorization") == Some("Basic dGltOnJpZ2h0");
            let answer = match is_right {
                true => {
                    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n[]".to_owned()
                }
                false => format!(
                    "HTTP/1.1 401 No\r\n{scheme}Connection: close\r\nContent-Length: 0\r\n\r\n"
                ),
            };
            let _ = stream.write_all(answer.as_bytes());
            close(&mut stream);
        });
        Self { listener, calls }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.listener.port)
    }

    /// How often tickets were asked for.
    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

fn login(home: &std::path::Path, url: &str) -> Option<Session> {
    let words = [PROGRAM, "auth", "login", "--store", "file", "--url", url];
    let words = [&words[..], &["--user", "tim", "--password", "prompt"]].concat();
    // The password is the only question.
    let words = [&words[..], &["--profile", "work", "--replace", "--language", "en"]].concat();
    let words = [&words[..], &["--timezone", "Europe/Oslo", "--default"]].concat();
    let home = home.to_string_lossy();
    let folders = [("XDG_CONFIG_HOME", &*home), ("XDG_STATE_HOME", &*home), ("NO_COLOR", "1")];
    Session::start(&words, &folders)
}

#[test]
fn refused_password_is_asked_for_again() {
    let home = tempfile::tempdir().expect("a folder");
    for scheme in ["", "WWW-Authenticate: Negotiate, Basic realm=\"x\"\r\n"] {
        let server = PasswordServer::start(scheme);
        let Some(mut session) = login(home.path(), &server.url()) else { return };
        for password in ["wrong", "wrong", "right"] {
            session.wait_for("Password: ");
            session.send(&format!("{password}\n"));
        }
        session.wait_for("ok       credential");
        assert!(session.wait().success(), "{}", session.transcript());
        assert_eq!(server.calls(), 3);
        let warnings =
            session.transcript().matches("warning: HTTP 401: the server does not").count();
        assert_eq!(warnings, 2, "{}", session.transcript());
        assert!(!session.transcript().contains("right"), "{}", session.transcript());
    }
}

#[test]
fn password_is_asked_for_three_times_at_most() {
    let home = tempfile::tempdir().expect("a folder");
    let server = PasswordServer::start("");
    let Some(mut session) = login(home.path(), &server.url()) else { return };
    for _ in 0..3 {
        session.wait_for("Password: ");
        session.send("wrong\n");
    }
    assert_eq!(session.wait().code(), Some(4), "{}", session.transcript());
    assert_eq!(server.calls(), 3);
    let transcript = session.transcript();
    assert!(transcript.contains("hint: nothing was kept"), "{transcript}");
    assert!(!transcript.contains("sotickets auth login"), "{transcript}");
    assert_eq!(std::fs::read_dir(home.path()).expect("a folder").count(), 0);
}

#[test]
fn server_that_expects_no_password_is_asked_once() {
    let home = tempfile::tempdir().expect("a folder");
    let server = PasswordServer::start("WWW-Authenticate: Negotiate\r\n");
    let Some(mut session) = login(home.path(), &server.url()) else { return };
    session.wait_for("Password: ");
    session.send("wrong\n");
    assert_eq!(session.wait().code(), Some(4), "{}", session.transcript());
    assert_eq!(server.calls(), 1);
}
