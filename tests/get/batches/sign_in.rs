//! Several calls with a stored sign-in.

use std::fs;

use crate::support::at_once;
use crate::support::online_server::OnlineServer;
use crate::support::online_server::test_user::TestUser;
use crate::support::portable::CACHE;

fn signed_in(service: &OnlineServer) -> TestUser<'_> {
    let test_user = TestUser::new(service);
    let (run, _) = test_user.sign_in(&[]);
    assert_eq!(run.code, 0, "{run}");
    test_user
}

const BATCHES: [&str; 6] = ["840..846", "--batch-size", "1", "--jobs", "8", "--allow-missing"];

#[test]
fn refused_token_is_renewed_once_for_all_batches_of_many_runs() {
    let service = OnlineServer::tls();
    let test_user = signed_in(&service);
    service.state().sign_in.access.clear();
    for run in at_once(20, || test_user.get(&BATCHES)) {
        assert_eq!(run.code, 0, "{run}");
    }
    assert_eq!(service.exchanges("refresh_token"), 1);
}

#[test]
fn tenant_is_looked_up_once_for_all_batches() {
    let service = OnlineServer::tls();
    let test_user = signed_in(&service);
    // The sign-in has left the address in the cache.
    fs::remove_dir_all(test_user.home.path().join(CACHE)).expect("a cache");
    service.steps();
    let run = test_user.get(&BATCHES);
    assert_eq!((run.code, service.calls("state")), (0, 1), "{run}");
    assert_eq!(service.calls("tickets"), 8);
}

#[test]
fn failed_renewal_is_made_once_and_is_about_no_batch() {
    let service = OnlineServer::tls();
    let test_user = signed_in(&service);
    service.state().sign_in.access.clear();
    for grant in service.state().sign_in.grants.values_mut() {
        grant.is_revoked = true;
    }
    let run = test_user.get(&BATCHES);
    assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{run}");
    let message = "error: the sign-in was not renewed: invalid_grant: ";
    assert!(run.stderr.starts_with(message), "{run}");
    assert_eq!(service.exchanges("refresh_token"), 1);
}

// Windows moves no folder with an open file, the lock.
#[cfg(unix)]
#[test]
fn warning_about_a_renewal_comes_once() {
    let service = OnlineServer::tls();
    let test_user = signed_in(&service);
    service.state().sign_in.access.clear();
    let (folder, aside) = (test_user.file(""), test_user.home.path().join("aside"));
    service.state().sign_in.before_tokens =
        Some(Box::new(move || fs::rename(&folder, &aside).expect("a folder")));
    let run = test_user.get(&BATCHES);
    assert_eq!((run.code, service.exchanges("refresh_token")), (0, 1), "{run}");
    let warning = "was renewed and could not be kept: ";
    assert_eq!(run.stderr.matches(warning).count(), 1, "{run}");
}

#[test]
fn request_for_a_token_is_never_sent_again() {
    let service = OnlineServer::tls();
    let test_user = signed_in(&service);
    service.state().sign_in.access.clear();
    service.state().closed = Some("tokens");
    let run = test_user.get(&BATCHES);
    assert_eq!((run.code, run.stdout.as_str()), (6, ""), "{run}");
    assert_eq!(service.exchanges("refresh_token"), 1);
}

#[cfg(unix)]
#[test]
fn signal_during_a_renewal_ends_all_calls_and_leaves_the_sign_in() {
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::Stdio;
    use std::sync::mpsc;
    use std::time::{Duration, Instant};

    use rustix::process::{Pid, Signal, kill_process};

    use crate::support::online_server::test_user::SIGN_IN;
    use crate::support::processes::{Limit, PATIENCE};

    let service = OnlineServer::tls();
    let test_user = signed_in(&service);
    let before = test_user.kept(SIGN_IN);
    service.state().sign_in.access.clear();
    // Otherwise the tokens that nobody received would be the only ones.
    service.state().sign_in.rotates = false;
    let ((begun, wait_for_begin), (end, wait_for_end)) = (mpsc::channel(), mpsc::channel());
    service.state().sign_in.before_tokens = Some(Box::new(move || {
        begun.send(()).expect("a test");
        let _ = wait_for_end.recv_timeout(PATIENCE);
    }));
    let get = [&["get", "839", "-o", "csv"], &BATCHES[..]].concat();
    let mut command = test_user.command(&get);
    let mut child = command.stderr(Stdio::null()).spawn().expect("the program runs");
    let _limit = Limit::new(&child);
    wait_for_begin.recv_timeout(PATIENCE).expect("a request for tokens");
    let start = Instant::now();
    // An interrupt does the same, but is ignored where the tests run in the background.
    kill_process(Pid::from_child(&child), Signal::TERM).expect("a process");
    assert_eq!(child.wait().expect("an end").signal(), Some(Signal::TERM.as_raw()));
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    assert_eq!(test_user.kept(SIGN_IN), before);
    end.send(()).expect("a server");
    service.state().sign_in.before_tokens = None;
    // The lock is free.
    let run = test_user.get(&BATCHES);
    assert_eq!(run.code, 0, "{run}");
}
