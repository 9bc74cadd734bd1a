//! A sign-in that is killed: the configuration file is the old one or the new one.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::Write as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::{Person, server};
use crate::support::pty;

/// Signs `user` in, and kills the program after `delay`, unless it has ended.
fn login(person: &Person, url: &str, user: &str, delay: Option<Duration>) {
    let words = ["auth", "login", "--store", "file", "--profile", "work", "--replace"];
    let words = [&words[..], &["--url", url, "--user", user, "--password", "stdin"]].concat();
    let mut command = pty::same(&person.command(&words));
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().expect("the program runs");
    child.stdin.take().expect("a pipe").write_all(b"pw\n").expect("a pipe");
    if let Some(delay) = delay {
        std::thread::sleep(delay);
        let _ = child.kill();
    }
    child.wait().expect("an end");
}

#[test]
fn killed_login_leaves_the_old_or_the_new_file() {
    const COMMENT: &str = "# mine\n[profiles.other] # as it was\nurl = 'https://b.example'\n";
    let (server, person) = (server(), Person::with_configuration(COMMENT));
    let start = Instant::now();
    let mut complete = ["tim", "tom"].map(|user| {
        login(&person, &server.url(), user, None);
        (user, person.configuration())
    });
    assert!(
        complete.iter().all(|(user, text)| text.contains(user) && text.contains(COMMENT.trim()))
    );
    let duration = start.elapsed() / 2;
    for _ in 0..20 {
        complete.rotate_left(1);
        // The keys of a hash table are random.
        let random = RandomState::new().build_hasher().finish() % 1000;
        let delay = duration * u32::try_from(random).expect("a small number") / 1000;
        login(&person, &server.url(), complete[0].0, Some(delay));
        let text = person.configuration();
        assert!(complete.iter().any(|(_, whole)| *whole == text), "{delay:?}: {text}");
    }
}
