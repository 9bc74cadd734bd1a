//! `auth status --check`: each server is called once.

use super::super::login_profile::Person;
use crate::support::online_server::OnlineServer;
use crate::support::online_server::test_user::TestUser;
use crate::support::portable::ECHO;
use crate::support::{Run, Server, tcp_server};

/// Returns the value of `key` for each profile.
fn values(run: &Run, key: &str) -> Vec<String> {
    let list: Vec<serde_json::Value> = serde_json::from_str(&run.stdout).expect("JSON");
    list.iter().map(|it| it[key].as_str().unwrap_or("-").to_owned()).collect()
}

#[test]
fn each_server_is_called_once_and_each_result_is_listed() {
    let (good, bad) = (Server::json("[]"), Server::status(401, ""));
    let other = Server::status(500, r#"{"Error":true,"ErrorMessage":"no"}"#);
    let text = format!(
        "[profiles.good]\nurl = \"{}\"\nuser = \"tim\"\npassword = \"command:{ECHO} pw\"\n\
         [profiles.bad]\nurl = \"{}\"\ntoken = \"env:MINE\"\n\
         [profiles.gone]\nurl = \"{}\"\ntoken = \"env:MINE\"\n\
         [profiles.typed]\nurl = \"{}\"\ntoken = \"prompt\"\n\
         [profiles.bare]\nurl = \"{}\"\n\
         [profiles.last]\nurl = \"{}\"\ntoken = \"env:MINE\"\n",
        good.url(),
        bad.url(),
        tcp_server::dead(),
        good.url(),
        good.url(),
        good.url(),
    );
    let person = Person::with_configuration(&text);
    let status = |arguments: &[&str]| {
        let mut command = person.status(arguments);
        // It is sent to none of them.
        Run::of(command.env("MINE", "8A:mine").env("SOTICKETS_TOKEN", "8A:canary"))
    };
    let run = status(&["--check", "-o", "json"]);
    assert_eq!(values(&run, "check"), ["accepted", "refused", "failed", "failed", "-", "accepted"]);
    assert_eq!((good.calls(), bad.calls(), run.code), (2, 1, 4), "{run}");
    assert_eq!(good.seen().header("authorization"), Some("Bearer 8A:mine"));
    assert_eq!(good.seen().query(), Some("$select=TicketId"));
    let errors: Vec<&str> = run.stderr.lines().filter(|it| it.starts_with("error: ")).collect();
    assert_eq!(errors.len(), 3, "{run}");
    assert!(errors[0].contains("HTTP 401: ") && errors[0].contains("of profile 'bad'"), "{run}");
    assert!(errors[1].starts_with("error: profile 'gone': could not connect to "), "{run}");
    assert!(errors[2].contains("token prompt of profile 'typed'"), "{run}");
    assert!(run.stderr.starts_with("checking profile 'good' at http://127.0.0.1:"), "{run}");

    // Without it nothing is sent and no program runs.
    let run = status(&[]);
    assert_eq!((good.calls(), bad.calls(), run.code), (2, 1, 0), "{run}");
    assert!(run.stdout.contains("command:…; each call runs it"), "{run}");

    let text = format!("[profiles.odd]\nurl = \"{}\"\ntoken = \"env:MINE\"\n", other.url());
    std::fs::write(person.configuration_file(), text).expect("a file");
    let run = status(&["--check"]);
    assert_eq!((run.code, other.calls()), (0, 1), "{run}");
    assert!(run.stdout.contains("check          the server accepts it\n"), "{run}");
    assert!(
        run.stderr.contains("warning: profile 'odd': the credential is accepted, and"),
        "{run}"
    );
    let refusal = r#"{"Error":true,"ErrorType":"SoAuthenticationException"}"#;
    for (server, check, code) in [
        (Server::status(500, refusal), "refused", 4),
        (Server::status(404, r#"{"Error":true,"ErrorMessage":"no"}"#), "failed", 5),
    ] {
        let text = format!("[profiles.odd]\nurl = \"{}\"\ntoken = \"env:MINE\"\n", server.url());
        std::fs::write(person.configuration_file(), text).expect("a file");
        let run = status(&["--check", "-o", "json"]);
        assert_eq!((values(&run, "check"), run.code), (vec![check.to_owned()], code), "{run}");
    }
}

#[test]
fn server_that_cannot_be_reached_decides_the_exit_code_alone() {
    let text = format!("[profiles.gone]\nurl = \"{}\"\ntoken = \"env:MINE\"\n", tcp_server::dead());
    let person = Person::with_configuration(&text);
    let run = Run::of(person.status(&["--check", "--retries", "0"]).env("MINE", "8A:mine"));
    assert_eq!(run.code, 6, "{run}");
    assert!(run.stdout.contains("check    no answer about it\nerror    profile 'gone': "), "{run}");
}

#[test]
fn limit_of_time_is_that_of_each_profile() {
    let silent = tcp_server::silent_after(b"");
    let good = Server::json("[]");
    let text = format!(
        "[profiles.a]\nurl = \"{silent}\"\ntoken = \"env:MINE\"\n[profiles.b]\nurl = \"{}\"\ntoken = \"env:MINE\"\ntimeout = \"60s\"\n",
        good.url()
    );
    let person = Person::with_configuration(&text.replacen(
        "[profiles.b]",
        "timeout = \"300ms\"\n[profiles.b]",
        1,
    ));
    let run = Run::of(person.status(&["--check", "-o", "json"]).env("MINE", "8A:mine"));
    assert_eq!(values(&run, "check"), ["failed", "accepted"], "{run}");
    assert_eq!((run.code, good.calls()), (6, 1), "{run}");
}

#[test]
fn sign_in_is_renewed_by_the_check() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    assert_eq!(test_user.sign_in(&[]).0.code, 0);
    service.steps();
    super::super::signed_in::age(&test_user);
    let run = test_user.run(&["auth", "status", "-o", "json"]);
    let before = values(&run, "valid_until");
    assert_eq!(
        (before.as_slice(), run.code),
        (&["2020-01-01T00:00:00Z".to_owned()][..], 0),
        "{run}"
    );
    assert_eq!(service.exchanges("refresh_token"), 0);
    let run = test_user.run(&["auth", "status", "--check", "-o", "json"]);
    assert_eq!((values(&run, "check"), run.code), (vec!["accepted".to_owned()], 0), "{run}");
    assert_ne!(values(&run, "valid_until"), before);
    assert_eq!((service.exchanges("refresh_token"), service.calls("tickets")), (1, 1));
    assert!(!run.to_string().contains("canary"), "{run}");
    let run = test_user.run(&["auth", "status", "--check", "-v"]);
    assert!(run.code == 0 && !run.to_string().contains("canary"), "{run}");
}

#[test]
fn option_of_the_check_is_refused_without_it() {
    let person = Person::with_four_profiles();
    for arguments in [&["--timeout", "1s"][..], &["-v"], &["--insecure"], &["--retries", "1"]] {
        let run = Run::of(&mut person.status(arguments));
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
        assert!(
            run.stderr.contains(" does nothing without --check, which calls the servers"),
            "{run}"
        );
    }
}
