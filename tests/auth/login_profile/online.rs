//! Credentials of Online without the browser: a system user, a token and a ticket, with a tenant.

use super::Person;
use crate::support::Run;
use crate::support::online_server::keys::Key;
use crate::support::online_server::system_user::{APPLICATION, TOKEN};
use crate::support::online_server::{OnlineServer, TENANT};
use crate::support::portable;

/// Returns `auth login` for the tenant of `service`.
fn login(person: &Person, service: &OnlineServer, arguments: &[&str]) -> assert_cmd::Command {
    let of_tenant = ["--store", "file", "--tenant", TENANT, "--environment", &service.url];
    person.command(&[&["auth", "login"], &of_tenant[..], arguments].concat())
}

fn shown(person: &Person, service: &OnlineServer) -> String {
    let text = portable::toml(&service.shown(&person.configuration()));
    portable::folder(&text, person.home.path(), "HOME")
}

/// A service that knows the application, and a person who has its key in a file.
fn system_user() -> (OnlineServer, Person) {
    let (service, person, key) = (OnlineServer::plain(), Person::new(), Key::application());
    service.state().system_user.key = key.public();
    std::fs::write(person.home.path().join("key.pem"), key.0).expect("a file");
    (service, person)
}

const SECRETS: [&str; 6] = [
    "--system-user-token",
    "stdin",
    "--private-key",
    "file:key.pem",
    "--app-token",
    "env:APPLICATION",
];

#[test]
fn system_user_is_checked_and_written() {
    let (service, person) = system_user();
    let mut command = login(&person, &service, &SECRETS);
    let run = Run::of(command.env("APPLICATION", APPLICATION).write_stdin(TOKEN));
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(service.steps(), ["state", "version", "exchange", "discovery", "keys", "tickets"]);
    insta::assert_snapshot!(shown(&person, &service), @r#"
    default_profile = "Cust12345"

    [profiles.Cust12345]
    tenant = "Cust12345"
    environment = "SERVICE"
    system_user.token = "stored"
    system_user.private_key = "file:HOME/key.pem"
    system_user.application_token = "env:APPLICATION"
    "#);
    let host = service.url.trim_start_matches("http://").to_owned();
    let shown = service.shown(&person.shown(run).stderr).replace(&host, "HOST:PORT");
    insta::assert_snapshot!(shown, @"
    ok       address     Cust12345 of SERVICE
    ok       connection  made to HOST:PORT
    skipped  tls         http:// is not encrypted
    ok       version     NetServer 10.3.1.512 of 2024-08-10, API v1
    ok       credential  the ticket of the system user from --system-user-token stdin (SOTicket) is accepted
    signed in to Cust12345 of SERVICE; kept in HOME/state/sotickets/secret-%43ust12345%2Fsystem_user_token
    profile 'Cust12345', the default, is in HOME/config/sotickets/config.toml
    ");
    let mut get = person.command(&["get", "839"]);
    let run = Run::of(get.env("APPLICATION", APPLICATION));
    assert_eq!((run.code, service.calls("tickets")), (0, 1), "{run}");
    // It signs in again with what the profile has.
    let before = person.configuration();
    let run = Run::of(person.command(&["auth", "login"]).env("APPLICATION", APPLICATION));
    assert_eq!((run.code, person.configuration()), (0, before), "{run}");
    let run = person.run(&["auth", "logout"]);
    assert_eq!(run.code, 0, "{run}");
}

#[test]
fn typed_private_key_is_kept_like_a_typed_secret() {
    let (service, person) = system_user();
    let key = std::fs::read_to_string(person.home.path().join("key.pem")).expect("a key");
    let arguments = ["--system-user-token", "env:TOKEN", "--private-key", "stdin"];
    let arguments = [&arguments[..], &["--app-token", "env:APPLICATION"]].concat();
    let mut command = login(&person, &service, &arguments);
    command.env("TOKEN", TOKEN).env("APPLICATION", APPLICATION);
    let run = Run::of(command.write_stdin(key.as_bytes()));
    assert_eq!(run.code, 0, "{run}");
    assert!(person.configuration().contains("system_user.private_key = \"stored\"\n"));
    let stored = person.state().join("secret-%43ust12345%2Fsystem_user_private_key");
    assert_eq!(std::fs::read_to_string(stored).expect("a file").trim_end(), key.trim_end());
    let mut get = person.command(&["get", "839"]);
    let run = Run::of(get.env("TOKEN", TOKEN).env("APPLICATION", APPLICATION));
    assert_eq!((run.code, service.calls("tickets")), (0, 2), "{run}");
}

#[test]
fn refused_or_incomplete_system_user_keeps_nothing() {
    let (service, person) = system_user();
    let mut command = login(&person, &service, &SECRETS);
    let run = Run::of(command.env("APPLICATION", "canary-of-another").write_stdin(TOKEN));
    assert_eq!((run.code, service.calls("tickets")), (4, 0), "{run}");
    assert!(run.stderr.contains("refused the system user") && !run.stderr.contains("canary"));
    service.steps();
    let cases: [(&[&str], &str); 3] = [
        (&SECRETS[..4], "a system user needs --system-user-token, --private-key and --app-token"),
        (&SECRETS[2..], "a system user needs --system-user-token, --private-key and --app-token"),
        (&[&SECRETS[..], &["--token", "env:X"]].concat(), "two credentials are given"),
    ];
    for (arguments, message) in cases {
        let mut command = login(&person, &service, arguments);
        let run = Run::of(command.env("APPLICATION", APPLICATION).write_stdin(TOKEN));
        assert_eq!(run.code, 2, "{run}");
        assert!(run.stderr.contains(message), "{run}");
    }
    assert_eq!((service.requests().len(), person.configuration().as_str()), (0, ""));
    assert!(person.state_files().iter().all(|file| file.ends_with(".lock")));
}

#[test]
fn token_and_ticket_of_a_tenant_are_kept() {
    for (option, secret, header) in [
        ("--token", "8A:Cust12345.x", "Bearer 8A:Cust12345.x"),
        ("--ticket", "7T:x", "SOTicket 7T:x"),
    ] {
        let (service, person) = (OnlineServer::plain(), Person::new());
        service.state().tenant.is_open = true;
        let run = Run::of(login(&person, &service, &[option, "stdin"]).write_stdin(secret));
        assert_eq!((run.code, service.steps()), (0, vec!["state", "version", "tickets"]), "{run}");
        let key = option.trim_start_matches('-');
        let expected = format!("environment = \"{}\"\n{key} = \"stored\"\n", service.url);
        assert!(person.configuration().ends_with(&expected), "{}", person.configuration());
        let run = person.run(&["get", "839"]);
        assert_eq!((run.code, service.calls("tickets")), (0, 1), "{run}");
        let requests = service.requests();
        assert_eq!(requests.last().expect("a call").header("authorization"), Some(header));
        let run = Run::of(login(&person, &service, &[option, "stdin"]).write_stdin("8A:y"));
        assert!(!person.configuration().contains("Cust12345-2"), "{run}");
    }
}

#[test]
fn credential_without_a_target_is_a_usage_error() {
    let person = Person::new();
    let run = Run::of(person.command(&["auth", "login", "--token", "stdin"]).write_stdin("8A:x"));
    insta::assert_snapshot!(run, @"
    --- stderr
    error: --token goes with --url or --tenant, and neither is given
    hint: name the installation: --url https://crm.example.com/SuperOffice
    hint: or the tenant of Online: --tenant Cust12345
    --- exit code 2
    ");
    person.assert_unchanged();
}
