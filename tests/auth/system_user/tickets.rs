//! The ticket of a system user: requested, stored, and requested again after a refusal.

use std::fs;
use std::path::Path;

use chrono::TimeDelta;

use crate::support::online_server::system_user::{APPLICATION, TOKEN};
use crate::support::{Run, at_once, online_server, portable};

use super::{Fixture, SIGN_IN, TABLE};

#[test]
fn signed_token_is_exchanged_for_a_ticket_that_is_stored() {
    let fixture = Fixture::new();
    let run = Run::of(&mut fixture.get(&[]));
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
    let asked = fixture.online.requests();
    let tickets = asked.last().expect("a request");
    assert_eq!(tickets.header("authorization"), Some("SOTicket 7T:canary-ticket-1"));
    assert_eq!(tickets.header("so-apptoken"), Some(APPLICATION));
    for others in &asked[..asked.len() - 1] {
        assert_eq!((others.header("authorization"), others.header("so-apptoken")), (None, None));
    }
    assert_eq!(fixture.online.steps(), SIGN_IN);
    assert_eq!(fixture.steps(), ["tickets"]);

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!((mode(fixture.ticket_file()), mode(fixture.state_folder())), (0o600, 0o700));
    }
    let text = fs::read_to_string(fixture.ticket_file()).expect("a file");
    assert!(text.contains("7T:canary-ticket-1"), "{text}");
    let name = fixture.ticket_file();
    for secret in [TOKEN, APPLICATION, "BEGIN", "eyJ"] {
        assert!(!text.contains(secret) && !name.to_string_lossy().contains(secret), "{text}");
    }
}

#[test]
fn logout_removes_the_ticket_and_no_secret_of_ones_own() {
    let fixture = Fixture::new();
    for arguments in [&["logout"][..], &["logout", "--all"]] {
        fixture.steps();
        assert!(fixture.ticket_file().exists());
        let mut command = crate::support::sotickets();
        command.arg("auth").args(arguments).env("XDG_CONFIG_HOME", fixture.folder.path());
        command.envs(portable::home(fixture.folder.path()));
        let run = Run::of(command.env("SU_TOKEN", TOKEN).env("SU_APPLICATION", APPLICATION));
        assert_eq!(run.code, 0, "{run}");
        let is_of_one = run.stderr.starts_with(
            "the system user's ticket of profile 'ci' is forgotten\nnothing was kept for ",
        );
        assert!(is_of_one || run.stderr == "the tickets of system users are forgotten\n", "{run}");
        let files = fs::read_dir(fixture.state_folder()).expect("a folder");
        let is_json = |file: fs::DirEntry| file.path().extension().is_some_and(|it| it == "json");
        assert!(!files.flatten().any(is_json), "{run}");
        assert!(fixture.folder.path().join("sotickets/key").exists());
    }
}

#[test]
fn ticket_lives_for_six_hours_after_its_last_use() {
    let fixture = Fixture::new();
    let now = online_server::now() - TimeDelta::days(3);
    fixture.online.state().tenant.until(now);
    let signs_in = |at| fixture.steps_at(at).contains(&"exchange");
    assert!(signs_in(now));
    assert!(!signs_in(now + TimeDelta::hours(5)));
    assert!(!signs_in(now + TimeDelta::hours(10)));
    assert!(signs_in(now + TimeDelta::hours(16)));
    // A ticket that was stored in the future is not used.
    assert!(signs_in(now));
    assert!(!signs_in(now - TimeDelta::minutes(1)));
}

#[test]
fn rejected_ticket_is_replaced_once() {
    let fixture = Fixture::new();
    for status in [401, 403] {
        fixture.steps();
        fixture.online.state().tenant.answer(&[status]);
        assert_eq!(fixture.steps(), ["tickets", "exchange", "discovery", "keys", "tickets"]);
        assert_eq!(fixture.steps(), ["tickets"]);
        fixture.online.state().tenant.answer(&[status, status]);
        let (run, steps) = fixture.run(&[]);
        assert_eq!(run.code, 4, "{run}");
        assert_eq!(steps.iter().filter(|step| **step == "tickets").count(), 2, "{steps:?}");
    }
    // A new ticket is not requested again, and other failures do not concern it.
    fixture.remove_ticket();
    fixture.online.state().tenant.answer(&[401]);
    let (run, steps) = fixture.run(&[]);
    assert_eq!((run.code, &steps[..]), (4, &SIGN_IN[1..]), "{run}");
    insta::assert_snapshot!(fixture.redacted(&run.stderr), @"
    error: HTTP 401: the server does not accept the ticket of the system user from system_user.token env:SU_TOKEN of profile 'ci' (CONFIG/sotickets/config.toml, line 6) (SOTicket)
    hint: the ticket is a new one: the application may lack the right to read tickets; ask the tenant's administrator
    ");
    fixture.online.state().tenant.answer(&[500]);
    assert_eq!(fixture.run(&[]).1, ["tickets"]);
    // A tenant that moved may need a new ticket as well.
    fixture.online.state().tenant.move_to("/online9/Cust12345");
    fixture.online.state().tenant.answer(&[401]);
    let all = ["tickets", "state", "tickets", "exchange", "discovery", "keys", "tickets"];
    assert_eq!(fixture.steps(), all);
}

#[test]
fn stored_ticket_is_for_one_token_application_and_tenant() {
    let fixture = Fixture::new();
    fixture.steps();
    for (name, value) in [("SU_TOKEN", "another"), ("SU_APPLICATION", "another")] {
        let run = Run::of(fixture.get(&[]).env(name, value));
        assert_eq!((run.code, fixture.online.steps()), (4, vec!["exchange"]), "{run}");
    }
    let last = "{\"ticket\":\"7T:x\",\"used\":\"+262142-12-31T23:59:59Z\"}";
    for damaged in ["", "{", "{\"ticket\":\"\",\"used\":7}", "{\"ticket\":\"a\\nb\"}", last] {
        fs::write(fixture.ticket_file(), damaged).expect("a file");
        assert_eq!(fixture.steps(), SIGN_IN[1..], "{damaged}");
    }
    // If it cannot be stored, the call is made nevertheless.
    fixture.remove_ticket();
    fs::write(fixture.state_folder(), "").expect("a file");
    for _ in 0..2 {
        let (run, steps) = fixture.run(&[]);
        assert_eq!((run.code, run.stdout.as_str(), &steps[..]), (0, TABLE, &SIGN_IN[1..]), "{run}");
        let warning = "warning: the system user's ticket could not be kept: ";
        assert!(run.stderr.starts_with(warning), "{run}");
    }
}

#[test]
fn one_of_twenty_concurrent_runs_signs_in() {
    let fixture = Fixture::new();
    // First there is no ticket; then the server refuses the stored one.
    for refusals in [0, 20] {
        for run in at_once(20, || Run::of(&mut fixture.get(&[]))) {
            assert_eq!(
                (run.code, run.stdout.as_str(), run.stderr.as_str()),
                (0, TABLE, ""),
                "{run}"
            );
        }
        let steps = fixture.online.steps();
        let count = |name| steps.iter().filter(|step| **step == name).count();
        assert_eq!((count("exchange"), count("keys")), (1, 1), "{steps:?}");
        // A run that started late uses the new ticket at once.
        let tickets = count("tickets");
        assert!(tickets >= 20 && tickets <= 20 + refusals, "{steps:?}");
        fixture.online.state().system_user.tickets.clear();
    }
}

#[test]
fn unavailable_lock_does_not_stop_a_call() {
    let fixture = Fixture::new();
    fixture.steps();
    let lock = fixture.lock_file();
    // Another process holds the lock: the wait ends with --timeout.
    let held = fs::File::open(&lock).expect("a file");
    held.lock().expect("a lock");
    fs::remove_file(fixture.ticket_file()).expect("a file");
    let run = Run::of(&mut fixture.get(&["--timeout", "1s", "-v"]));
    assert_eq!((run.code, fixture.online.steps()), (6, vec![]), "{run}");
    insta::assert_snapshot!(run.stderr.replace(&fixture.online.url, "URL"), @"
    * Cust12345 is at URL/online3/Cust12345, from the cache
    * waiting for another sotickets, which is using the system user's sign-in
    error: not done within 1s (--timeout): another sotickets is using the system user's sign-in
    hint: try again, or raise the limit
    ");
    drop(held);
    assert_eq!(fixture.steps(), SIGN_IN[1..]);
    // There can be no lock, for three reasons.
    fs::remove_file(fixture.ticket_file()).expect("a file");
    fs::remove_file(&lock).expect("a file");
    fs::create_dir(&lock).expect("a folder");
    let (run, steps) = fixture.run(&["-v"]);
    assert_eq!((run.code, &steps[..]), (0, &SIGN_IN[1..]), "{run}");
    assert!(run.stderr.contains("* signing in without a lock: "), "{run}");
    assert_eq!(fixture.steps(), ["tickets"]);
    let error =
        if cfg!(windows) { "File exists (os error 17)" } else { "Not a directory (os error 20)" };
    let warning = format!(
        "\
        warning: the system user's ticket could not be kept: CONFIG/sotickets/key/sotickets: {error}\n\
        hint: until it can, each call signs in: make room there, or that folder writable, or have XDG_STATE_HOME name another\n"
    );
    let file = fixture.folder.path().join("sotickets/key");
    for (nowhere, stderr) in [(&*file, &*warning), (Path::new(""), "")] {
        let mut command = fixture.get(&[]);
        command.env("XDG_STATE_HOME", nowhere);
        if stderr.is_empty() {
            for (name, _) in portable::home(&file) {
                command.env_remove(name);
            }
        }
        let run = Run::of(&mut command);
        assert_eq!(
            (run.code, run.stdout.as_str(), &*fixture.redacted(&run.stderr)),
            (0, TABLE, stderr),
            "{run}"
        );
        assert!(fixture.online.steps().contains(&"exchange"));
    }
}

#[cfg(unix)]
#[test]
fn ticket_without_room_is_used_with_a_warning() {
    let fixture = Fixture::new();
    let get = fixture.get(&[]);
    let run = crate::support::limits::limited("-f 1", &crate::support::pty::same(&get))
        .output()
        .map(Run::from)
        .expect("a shell");
    assert_eq!((run.code, run.stdout.as_str()), (0, TABLE), "{run}");
    insta::assert_snapshot!(fixture.redacted(&run.stderr), @"
    warning: the system user's ticket could not be kept: CONFIG/.local/state/sotickets: File too large (os error 27)
    hint: until it can, each call signs in: make room there, or that folder writable, or have XDG_STATE_HOME name another
    ");
    assert_eq!(fixture.online.steps(), SIGN_IN);
    assert!(fs::read_dir(fixture.state_folder()).expect("a folder").all(|file| {
        file.expect("a file").path().extension().is_some_and(|extension| extension == "lock")
    }));
    assert_eq!(fixture.steps(), SIGN_IN[1..]);
    crate::support::fault::documented(
        "a ticket of a system user that cannot be kept",
        0,
        "printed as sent, with a warning",
    );
}
