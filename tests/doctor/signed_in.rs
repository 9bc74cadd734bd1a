//! `sotickets doctor` with a sign-in or a system user: its requests to the service, and the clock
//! that it compares.

use crate::support::online_server::keys::Key;
use crate::support::online_server::system_user::{APPLICATION, TOKEN};
use crate::support::online_server::test_user::TestUser;
use crate::support::online_server::{OnlineServer, TENANT};
use crate::support::site::{Conduct, Site};
use crate::support::{Run, configuration, portable, sotickets};
use tempfile::TempDir;

/// The line of the check `name`.
fn line<'a>(run: &'a Run, name: &str) -> &'a str {
    let is_it = |line: &&str| line.split_whitespace().nth(1) == Some(name);
    run.stdout.lines().rfind(is_it).unwrap_or_default()
}

/// A system user of `service`, in a folder of its own.
fn system_user(service: &OnlineServer) -> TempDir {
    let key = Key::application();
    service.state().system_user.key = key.public();
    let folder = configuration(format!(
        "default_profile = \"ci\"\n\n[profiles.ci]\ntenant = \"{TENANT}\"\nenvironment = \"{}\"\n\
         system_user = {{ token = \"env:SU_TOKEN\", private_key = \"file:key\", application_token = \"env:SU_APPLICATION\" }}\n",
        service.url
    ));
    std::fs::write(folder.path().join("sotickets/key"), key.0).expect("a file");
    folder
}

fn doctor(folder: &TempDir, application: &str) -> Run {
    let mut command = sotickets();
    command.args(["doctor", "839"]).envs(portable::home(folder.path()));
    command.env("XDG_CONFIG_HOME", folder.path()).env("SU_TOKEN", TOKEN);
    let run = Run::of(command.env("SU_APPLICATION", application));
    assert!(!run.to_string().contains("canary"), "{run}");
    run
}

#[test]
fn system_user_signs_in_after_all_other_checks() {
    let service = OnlineServer::plain();
    let folder = system_user(&service);
    let run = doctor(&folder, APPLICATION);
    assert_eq!(run.code, 0, "{run}");
    let steps = ["state", "version", "exchange", "discovery", "keys", "tickets"];
    assert_eq!(service.steps(), steps);
    assert!(line(&run, "version").ends_with("NetServer 10.3.1.512 of 2024-08-10, API v1"), "{run}");
    assert!(line(&run, "ticket").starts_with("ok "), "{run}");
    // The ticket is stored; the tenant is looked up again.
    assert_eq!(
        (doctor(&folder, APPLICATION).code, service.steps()),
        (0, vec!["state", "version", "tickets"])
    );
}

#[test]
fn clock_is_that_of_the_host_that_answered_last() {
    let (service, other) =
        (OnlineServer::plain(), Site::start(Conduct { ahead: 600, ..Conduct::good() }));
    let place = |url: &str| url.trim_start_matches("http://").to_owned();
    service.state().tenant.say(&format!("{}/{TENANT}/api", other.url));
    let folder = system_user(&service);

    let run = doctor(&folder, "canary-of-nobody");
    assert_eq!((run.code, service.calls("exchange"), other.requests().len()), (4, 1, 1), "{run}");
    assert!(line(&run, "credential").starts_with("failed "), "{run}");
    let expected =
        format!("ok       clock       the clock of {} differs by at most 5 s", place(&service.url));
    assert_eq!(line(&run, "clock"), expected);

    let run = doctor(&folder, APPLICATION);
    assert_eq!((run.code, other.requests().len()), (0, 3), "{run}");
    let expected = format!(
        "warning  clock       the clock of {} is 10m ahead of this machine's",
        place(&other.url)
    );
    assert_eq!(line(&run, "clock"), expected);
}

#[test]
fn refresh_token_that_was_revoked_fails_the_credential() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    assert_eq!(test_user.sign_in(&[]).0.code, 0);
    service.steps();
    let run = test_user.run(&["doctor", "839"]);
    assert_eq!((run.code, service.calls("tickets")), (0, 1), "{run}");

    for grant in service.state().sign_in.grants.values_mut() {
        grant.is_revoked = true;
    }
    service.state().sign_in.access.clear();
    let run = test_user.run(&["doctor", "839"]);
    assert_eq!((run.code, service.calls("tickets")), (4, 2), "{run}");
    let expected = "failed   credential  the sign-in was not renewed: invalid_grant: The refresh token was revoked.";
    assert_eq!(line(&run, "credential"), expected);
    assert!(
        run.stderr.contains("hint: sign in again: sotickets auth login --profile Cust12345\n"),
        "{run}"
    );
    assert!(!run.to_string().contains("canary"), "{run}");
}
