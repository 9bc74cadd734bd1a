//! A profile that is signed in again: its keys stay, and only the secret is asked for.

use super::{Person, USER, server};
use crate::support::portable::ECHO;
use crate::support::{Run, Server};

/// A person with the profile `work`, whose password is stored.
fn signed_in(server: &Server) -> Person {
    let person = Person::new();
    let arguments = [&USER[..], &["--profile", "work", "--language", "nb-no"]].concat();
    let run = person.login(&server.url(), &arguments, "first");
    assert_eq!(run.code, 0, "{run}");
    person
}

fn login(person: &Person, arguments: &[&str], input: &str) -> Run {
    let all = [&["auth", "login"], arguments].concat();
    person.shown(Run::of(person.command(&all).write_stdin(input)))
}

#[test]
fn new_password_goes_to_the_place_of_the_old_one() {
    let server = server();
    let person = signed_in(&server);
    let before = person.configuration();
    for arguments in [&["--profile", "work"][..], &[]] {
        let run = login(&person, &[arguments, &["--password", "stdin"]].concat(), "second");
        assert_eq!(run.code, 0, "{run}");
        assert_eq!(person.configuration(), before);
        assert_eq!(server.seen().header("accept-language"), Some("nb-no"));
        assert_eq!(server.seen().header("authorization"), Some("Basic dGltOnNlY29uZA=="));
    }
    insta::assert_snapshot!(
        server.shown(&login(&person, &["--password", "stdin"], "third")), @"
    --- stderr
    ok       address     http://HOST:PORT
    ok       connection  made to HOST:PORT
    skipped  tls         http:// is not encrypted
    ok       version     NetServer 10.3.1.512 of 2024-08-10, API v1
    ok       credential  the user tim with the password from --password stdin (Basic) is accepted
    signed in to http://HOST:PORT as tim; kept in HOME/state/sotickets/secret-work%2Fpassword
    profile 'work', the default, is in HOME/config/sotickets/config.toml
    --- exit code 0
    ");
    assert_eq!((person.run(&["get", "839"]).code, server.calls()), (0, 5));
    // tim:third
    assert_eq!(server.seen().header("authorization"), Some("Basic dGltOnRoaXJk"));
}

#[test]
fn source_of_ones_own_is_checked_again_and_stays() {
    let (server, person) = (server(), Person::new());
    let folder = person.configuration_file().with_file_name("");
    for source in ["env:PW", "file:pw.txt", &format!("command:{ECHO} pw")] {
        let text = format!(
            "default_profile = 'work'\n[profiles.work] # mine\nurl = '{}/'\nuser = 'tim'\npassword = '{source}'\n",
            server.url()
        );
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join("config.toml"), &text).expect("a file");
        std::fs::write(folder.join("pw.txt"), "pw").expect("a file");
        let calls = server.calls();
        let run = Run::of(person.command(&["auth", "login"]).env("PW", "pw"));
        assert_eq!((run.code, server.calls()), (0, calls + 1), "{run}");
        assert_eq!(server.seen().header("authorization"), Some("Basic dGltOnB3"));
        assert_eq!((person.configuration(), person.state_files().len()), (text, 0));
    }
}

#[test]
fn plain_http_that_is_not_allowed_stays_so() {
    let server = server();
    let text = format!(
        "[profiles.a]\nurl = \"{}\"\ntoken = \"env:T\"\nallow_plain_http = false\n",
        server.url()
    );
    let person = Person::with_configuration(&text);
    let mut command = person.command(&["auth", "login", "--profile", "a"]);
    let run = Run::of(command.env("T", "8A:x"));
    assert_eq!((run.code, server.calls()), (0, 1), "{run}");
    assert_eq!(person.configuration(), format!("default_profile = \"a\"\n\n{text}"));
}

#[test]
fn password_that_is_kept_is_asked_for_at_a_terminal() {
    let server = server();
    let person = signed_in(&server);
    let run = login(&person, &[], "");
    assert_eq!((run.code, server.calls()), (2, 1), "{run}");
    assert!(run.stderr.contains("there is no terminal to ask at"), "{run}");
    assert!(run.stderr.contains("--password SRC"), "{run}");
}

#[test]
fn variables_do_not_replace_the_credential_of_the_profile() {
    let (server, other) = (server(), server());
    let person = signed_in(&server);
    let before = person.configuration();
    let login = ["auth", "login", "--profile", "work", "--password", "stdin"];
    let mut command = person.command(&login);
    command.env("SOTICKETS_URL", other.url()).env("SOTICKETS_USER", "ana");
    command.env("SOTICKETS_TOKEN", "8A:x").env("SOTICKETS_PASSWORD", "y");
    let run = Run::of(command.write_stdin("second"));
    assert_eq!((run.code, server.calls(), other.calls()), (0, 2, 0), "{run}");
    assert_eq!(person.configuration(), before);
    let names = "SOTICKETS_URL, SOTICKETS_USER, SOTICKETS_PASSWORD, SOTICKETS_TOKEN";
    assert!(run.stderr.contains(&format!("warning: calls use {names} in place")), "{run}");
}

#[test]
fn variable_with_another_address_sets_up_another_profile() {
    let (server, other) = (server(), server());
    let person = signed_in(&server);
    let before = person.configuration();
    // The same address: the default profile is signed in again.
    let mut command = person.command(&["auth", "login", "--password", "stdin"]);
    command.env("SOTICKETS_URL", format!("{}/", server.url()));
    let run = Run::of(command.write_stdin("second"));
    assert_eq!((run.code, server.calls(), other.calls()), (0, 2, 0), "{run}");
    assert_eq!(person.configuration(), before);
    for arguments in [&["--token", "env:T"][..], &["--user", "tim"]] {
        let mut command = person.command(&[&["auth", "login"], arguments].concat());
        command.env("SOTICKETS_URL", other.url()).env("T", "8A:x").env("SOTICKETS_PASSWORD", "y");
        let run = Run::of(&mut command);
        assert_eq!((run.code, server.calls()), (0, 2), "{run}");
        assert!(!run.stderr.contains("profile 'work'"), "{run}");
    }
    assert_eq!(other.calls(), 2);
    assert_eq!(person.configuration()[..before.len()], before);
}

#[test]
fn variable_of_another_address_beats_the_profile_of_a_variable() {
    let (server, other) = (server(), server());
    let person = signed_in(&server);
    let mut command = person.command(&["auth", "login", "--token", "env:T"]);
    command.env("SOTICKETS_PROFILE", "work").env("SOTICKETS_URL", other.url()).env("T", "8A:x");
    let run = Run::of(&mut command);
    assert_eq!((run.code, server.calls(), other.calls()), (0, 1, 1), "{run}");
    let mut command = person.command(&["auth", "login", "--token", "env:T"]);
    command.env("SOTICKETS_PROFILE", "none").env("SOTICKETS_URL", other.url()).env("T", "8A:x");
    let run = Run::of(&mut command);
    assert_eq!((run.code, server.calls(), other.calls()), (2, 1, 1), "{run}");
}

#[test]
fn other_kind_of_credential_is_a_replacement() {
    let server = server();
    let person = signed_in(&server);
    let before = person.configuration();
    let run = login(&person, &["--token", "stdin"], "8A:x");
    assert_eq!((run.code, server.calls()), (2, 1), "{run}");
    assert!(run.stderr.contains("profile 'work' exists, and would change in password, token"));
    assert_eq!(person.configuration(), before);
    let run = login(&person, &["--token", "stdin", "--replace", "--store", "file"], "8A:x");
    assert_eq!((run.code, server.calls()), (0, 2), "{run}");
    assert_eq!(person.state_files(), ["secret-work%2Ftoken"]);
    assert_eq!(person.run(&["get", "839"]).code, 0);
    assert_eq!(server.seen().header("authorization"), Some("Bearer 8A:x"));
}

#[test]
fn first_credential_of_a_profile_needs_no_replacement() {
    for arguments in [&["--password", "stdin"][..], &["--user", "tim", "--password", "stdin"]] {
        let (server, person) = (server(), Person::new());
        let text = format!("[profiles.office]\nurl = \"{}\"\nuser = \"tim\"\n", server.url());
        std::fs::create_dir_all(person.configuration_file().with_file_name("")).expect("a folder");
        std::fs::write(person.configuration_file(), &text).expect("a file");
        let profile = ["--profile", "office", "--store", "file"];
        let run = login(&person, &[&profile, arguments].concat(), "pw");
        assert_eq!((run.code, server.calls()), (0, 1), "{run}");
        assert!(
            person.configuration().ends_with(&format!("{text}password = \"stored\"\n")),
            "{run}"
        );
        // Another user is a change.
        let run = login(
            &person,
            &[&profile[..], &["--user", "ana", "--password", "stdin"]].concat(),
            "x",
        );
        assert_eq!((run.code, server.calls()), (2, 1), "{run}");
        assert!(run.stderr.contains("would change in user\n"), "{run}");
    }
}

#[test]
fn source_of_ones_own_is_replaced_by_a_kept_secret_only_with_the_option() {
    for source in ["env:PW", "file:pw.txt", &format!("command:{ECHO} pw")] {
        let server = server();
        let text = format!(
            "default_profile = 'work'\n[profiles.work]\nurl = '{}'\nuser = 'tim'\npassword = '{source}'\n",
            server.url()
        );
        let person = Person::with_configuration(&text);
        let arguments = ["--password", "stdin", "--store", "file"];
        let run = login(&person, &arguments, "new");
        assert_eq!((run.code, server.calls()), (2, 0), "{run}");
        assert!(
            run.stderr.contains("profile 'work' exists, and would change in password\n"),
            "{run}"
        );
        assert_eq!((person.configuration(), person.state_files().len()), (text.clone(), 0));
        // Another source of one's own is no kept one.
        let mut command = person.command(&["auth", "login", "--password", "env:OTHER"]);
        let run = Run::of(command.env("OTHER", "pw"));
        assert_eq!((run.code, server.calls()), (0, 1), "{run}");
        std::fs::write(person.configuration_file(), &text).expect("a file");
        let run = login(&person, &[&arguments[..], &["--replace"]].concat(), "new");
        assert_eq!((run.code, server.calls()), (0, 2), "{run}");
        assert!(person.configuration().contains("password = \"stored\""), "{run}");
    }
}

#[test]
fn refused_secret_that_is_kept_leads_to_the_sign_in_of_its_profile() {
    let person = signed_in(&server());
    let refusing = Server::status(401, "");
    let text = person.configuration();
    let old = text.lines().find(|line| line.starts_with("url")).expect("an address");
    let text = text.replace(old, &format!("url = \"{}\"", refusing.url()));
    std::fs::write(person.configuration_file(), text).expect("a file");
    let run = person.run(&["get", "839"]);
    assert_eq!(run.code, 4, "{run}");
    let hint = "hint: sotickets auth login --profile work keeps a new password";
    assert!(run.stderr.contains(hint), "{run}");
    assert!(person.run(&["doctor"]).to_string().contains(hint.trim()));
    std::fs::remove_file(person.state().join("secret-work%2Fpassword")).expect("a file");
    let run = person.run(&["get", "839"]);
    assert!(run.stderr.contains("sotickets auth login --profile work"), "{run}");
}
