//! A sign-in that lasts: renewed in time, by one of many, and forgotten when asked to.

use std::time::Duration;

use crate::support::online_server::test_user::TestUser;
use crate::support::online_server::{OnlineServer, Reply};
use crate::support::{self, Run, at_once, programs};

const TICKET: &str = "TicketId,Title\n839,Printer\n";

/// A service, and a user who is signed in.
macro_rules! signed_in {
    ($service:ident, $test_user:ident) => {
        let $service = OnlineServer::tls();
        let $test_user = TestUser::new(&$service);
        let (run, _) = $test_user.sign_in(&[]);
        assert_eq!(run.code, 0, "{run}");
    };
}

/// Has the time that is written in the file of the sign-in pass.
fn age(test_user: &TestUser<'_>) {
    let text = test_user.kept("sign-in.json").expect("a sign-in");
    let mut kept: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    kept["place"]["file"]["expires"] = "2020-01-01T00:00:00Z".into();
    std::fs::write(test_user.file("sign-in.json"), kept.to_string()).expect("a file");
}

#[test]
fn token_is_renewed_before_it_ends() {
    signed_in!(service, test_user);
    age(&test_user);
    let run = test_user.get(&["-v"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, TICKET), "{run}");
    assert!(run.stderr.contains("* renewing the sign-in\n"), "{run}");
    assert!(!run.stderr.contains("canary"), "{run}");
    assert_eq!((service.exchanges("refresh_token"), service.calls("tickets")), (1, 1));
    // The new one is kept, with the refresh token that came with it.
    assert_eq!(test_user.get(&[]).stdout, TICKET);
    age(&test_user);
    assert_eq!(test_user.get(&[]).stdout, TICKET);
    assert_eq!((service.exchanges("refresh_token"), service.calls("tickets")), (2, 3));
}

#[test]
fn token_that_is_refused_is_renewed_once() {
    for status in [401, 403] {
        signed_in!(service, test_user);
        service.state().tenant.refused_with = status;
        service.state().sign_in.access.clear();
        let run = test_user.get(&[]);
        assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, TICKET, ""), "{run}");
        assert_eq!((service.exchanges("refresh_token"), service.calls("tickets")), (1, 2));
    }
}

#[test]
fn missing_permission_is_reported_after_one_renewal() {
    signed_in!(service, test_user);
    service.state().tenant.refused_with = 403;
    service.state().sign_in.life = Some(0);
    service.state().sign_in.says_life = false;
    service.state().sign_in.access.clear();
    let run = test_user.get(&[]);
    insta::assert_snapshot!(test_user.shown(&run), @"
    --- stderr
    error: HTTP 403: the server forbids the call to the token of the sign-in (Bearer): The token has expired.
    hint: the user, or the application, may lack the right to read tickets; or sign in again: sotickets auth login
    --- exit code 4
    ");
    assert_eq!((service.exchanges("refresh_token"), service.calls("tickets")), (1, 2));
}

#[test]
fn tokens_without_an_end_hold_until_they_are_refused() {
    let service = OnlineServer::tls();
    service.state().sign_in.says_life = false;
    let test_user = TestUser::new(&service);
    assert_eq!(test_user.sign_in(&[]).0.code, 0);
    let status = test_user.run(&["auth", "status"]);
    assert!(
        status.stdout.contains("until        the server refuses it; renewed by the next call"),
        "{status}"
    );
    assert_eq!(test_user.get(&[]).stdout, TICKET);
    assert_eq!(service.exchanges("refresh_token"), 0);
    service.state().sign_in.access.clear();
    assert_eq!(test_user.get(&[]).stdout, TICKET);
    assert_eq!(service.exchanges("refresh_token"), 1);
}

#[test]
fn refresh_token_stays_if_the_response_has_none() {
    for odd in [None, Some(r#"{"access_token":"8A:Cust12345.odd","expires_in":3600}"#)] {
        signed_in!(service, test_user);
        service.state().sign_in.rotates = false;
        service.state().tenant.is_open = true;
        service.state().sign_in.odd_tokens =
            odd.map(|body| Reply::new(200, "application/json", body));
        let before = refresh_token(&test_user);
        for times in 1..=3 {
            age(&test_user);
            assert_eq!(test_user.get(&[]).stdout, TICKET);
            assert_eq!(service.exchanges("refresh_token"), times);
            assert_eq!(refresh_token(&test_user), before);
        }
    }
}

/// The refresh token that is kept.
fn refresh_token(test_user: &TestUser<'_>) -> String {
    let text = test_user.kept("sign-in.json").expect("a sign-in");
    let kept: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    kept["place"]["file"]["refresh_token"].as_str().expect("a token").to_owned()
}

#[test]
fn revoked_refresh_token_asks_for_a_new_sign_in() {
    signed_in!(service, test_user);
    for grant in service.state().sign_in.grants.values_mut() {
        grant.is_revoked = true;
    }
    age(&test_user);
    let run = test_user.get(&[]);
    insta::assert_snapshot!(test_user.shown(&run), @"
    --- stderr
    error: the sign-in was not renewed: invalid_grant: The refresh token was revoked.
    hint: sign in again: sotickets auth login
    --- exit code 4
    ");
    assert_eq!(service.calls("tickets"), 0);
}

/// Signs in without the application's secret.
fn sign_in_without_secret(test_user: &TestUser<'_>) -> Run {
    let mut command = test_user.command(&["auth", "login", "--no-browser", "--store", "file"]);
    command.env_remove("SOTICKETS_CLIENT_SECRET");
    let waiting = support::online_server::test_user::Waiting::start(command);
    test_user.browse(waiting.url.as_str());
    waiting.end()
}

#[test]
fn refresh_without_client_secret_is_tried_and_its_failure_names_the_secret() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    assert_eq!(sign_in_without_secret(&test_user).code, 0);
    age(&test_user);
    let run = test_user.get(&[]);
    insta::assert_snapshot!(test_user.shown(&run), @"
    --- stderr
    error: the sign-in was not renewed: invalid_client: The client's credentials are missing or wrong.
    hint: SuperOffice renews a sign-in only with the secret of the application: sotickets auth login --client-secret SRC
    hint: sign in again: sotickets auth login
    --- exit code 4
    ");
    let odd = Reply::new(400, "application/json", r#"{"error":"invalid_grant"}"#);
    service.state().sign_in.odd_tokens = Some(odd);
    let run = test_user.get(&[]);
    assert!(
        run.stderr.contains("invalid_grant\nhint: SuperOffice renews a sign-in only with"),
        "{run}"
    );
    assert_eq!((run.code, service.exchanges("refresh_token"), service.calls("tickets")), (4, 2, 0));
}

#[test]
fn login_without_client_secret_says_when_the_sign_in_ends() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    let run = sign_in_without_secret(&test_user);
    let shown = test_user.shown(&run);
    let (before, rest) = shown.split_once("lasts until 20").expect("an end");
    let after = rest.split_once(" UTC:").expect("a time").1;
    insta::assert_snapshot!(format!("{before}lasts until TIME:{after}"), @"
    --- stderr
    Open this address in a browser on this machine; Ctrl-C ends the wait:
    signed in to Cust12345 as tim@example.com; kept in HOME/state/sotickets/sign-in.json
    warning: the sign-in lasts until TIME: SuperOffice renews a sign-in only with the secret of the application
    hint: to have it renewed, sign in with --client-secret SRC, or client_secret in the profile
    --- exit code 0
    ");
    let run = test_user.run(&["auth", "status"]);
    assert!(run.stdout.contains("; then sign in again, unless it is renewed without"), "{run}");
    // A service that says no end.
    service.state().sign_in.says_life = false;
    let run = sign_in_without_secret(&test_user);
    assert!(run.stderr.contains("lasts until the service refuses its token: "), "{run}");
}

#[test]
fn twenty_concurrent_calls_renew_once() {
    signed_in!(service, test_user);
    for round in 1..=2 {
        // Ended by the clock, then refused by the server.
        if round == 1 {
            age(&test_user);
        } else {
            service.state().sign_in.access.clear();
        }
        for run in at_once(20, || test_user.get(&[])) {
            assert_eq!(
                (run.code, run.stdout.as_str(), run.stderr.as_str()),
                (0, TICKET, ""),
                "{run}"
            );
        }
        assert_eq!(service.exchanges("refresh_token"), round);
    }
    // The refresh token that was kept is the last one.
    age(&test_user);
    assert_eq!(test_user.get(&[]).stdout, TICKET);
}

#[test]
fn limit_of_the_whole_command_ends_the_wait_for_another_one() {
    signed_in!(service, test_user);
    age(&test_user);
    let lock = std::fs::File::open(test_user.file("sign-in.lock")).expect("a file");
    lock.lock().expect("a lock");
    let run = test_user.get(&["--timeout", "1s"]);
    insta::assert_snapshot!(test_user.shown(&run), @"
    --- stderr
    error: not done within 1s (--timeout): another sotickets is using the sign-in
    hint: try again, or raise the limit
    --- exit code 6
    ");
    assert_eq!((service.exchanges("refresh_token"), service.calls("tickets")), (0, 0));
    drop(lock);
    assert_eq!(test_user.get(&[]).stdout, TICKET);
}

#[test]
fn tenant_that_moves_is_found_again_with_the_same_tokens() {
    let service = OnlineServer::plain();
    let test_user = TestUser::new(&service);
    assert_eq!(test_user.sign_in(&[]).0.code, 0);
    assert_eq!(test_user.get(&[]).stdout, TICKET);
    service.steps();
    service.state().tenant.move_to("/online7/Cust12345");
    let run = test_user.get(&[]);
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, TICKET, ""), "{run}");
    let moved = ["tickets", "state", "tickets"];
    assert_eq!(service.steps(), moved);
    assert_eq!(test_user.get(&[]).stdout, TICKET);
    assert_eq!(service.steps(), ["tickets"]);
    // It moved while the token ended: twenty at once renew once, and each finds it.
    age(&test_user);
    service.state().tenant.move_to("/online9/Cust12345");
    for run in at_once(20, || test_user.get(&[])) {
        assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, TICKET, ""), "{run}");
    }
    assert_eq!((service.exchanges("refresh_token"), service.calls("discovery")), (1, 1));
    // It moved while the token was refused: one call goes to both.
    service.steps();
    service.state().tenant.move_to("/online11/Cust12345");
    service.state().sign_in.access.clear();
    assert_eq!(test_user.get(&[]).stdout, TICKET);
    let both = [&moved[..], &["discovery", "tokens", "tickets"]].concat();
    assert_eq!(service.steps(), both);
}

#[test]
fn status_shows_user_tenant_and_expiry() {
    signed_in!(service, test_user);
    let run = test_user.run(&["auth", "status"]);
    let shown = test_user.shown(&run);
    let dates = shown.lines().map(|line| match line.split_once("20") {
        Some((name, _)) if name.starts_with("since") => format!("{name}TIME"),
        Some((name, rest)) if name.starts_with("until") => {
            format!("{name}TIME;{}", rest.split_once(';').expect("more").1)
        }
        _ => line.to_owned(),
    });
    insta::assert_snapshot!(dates.collect::<Vec<_>>().join("\n"), @"
    user         tim@example.com
    tenant       Cust12345
    address      SERVICE/online3/Cust12345/api/
    environment  SERVICE
    client_id    4ref5376616343b38d14ddcd804f2654
    kept in      HOME/state/sotickets/sign-in.json
    since        TIME
    until        TIME; renewed by the next call after that
    --- exit code 0
    ");
    age(&test_user);
    let run = test_user.run(&["auth", "status"]);
    assert!(
        run.stdout.contains("2020-01-01 00:00:00 UTC, which has passed; the next call renews it"),
        "{run}"
    );
    assert_eq!((run.code, service.exchanges("refresh_token")), (0, 0));
}

#[test]
fn each_command_reports_a_missing_sign_in() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    insta::assert_snapshot!(test_user.shown(&test_user.run(&["auth", "status"])), @"
    --- stderr
    error: nobody is signed in; there is no HOME/state/sotickets/sign-in.json
    hint: sign in: sotickets auth login
    --- exit code 4
    ");
    insta::assert_snapshot!(test_user.shown(&test_user.run(&["auth", "logout"])), @"
    --- stderr
    nobody was signed in
    --- exit code 0
    ");
    insta::assert_snapshot!(test_user.shown(&test_user.get(&["--url", &service.url])), @"
    --- stderr
    error: no credential is configured; nothing was sent
    hint: Onsite: --user NAME --password prompt; Online: sotickets auth login, or --token env:NAME, or SOTICKETS_TOKEN
    hint: behind a gateway that adds one: --no-auth; to try the tool: sotickets get 839 --demo
    --- exit code 4
    ");
    assert_eq!(service.state().requests.len(), 0);
    assert!(!test_user.file("").exists(), "a folder was made for nothing");
}

#[test]
fn logout_deletes_and_revokes_the_tokens() {
    signed_in!(service, test_user);
    let run = test_user.run(&["auth", "logout"]);
    insta::assert_snapshot!(test_user.shown(&run), @"
    --- stderr
    the sign-in is forgotten
    its tokens are revoked
    --- exit code 0
    ");
    assert_eq!(test_user.kept("sign-in.json"), None);
    assert!(service.state().sign_in.grants.values().all(|grant| grant.is_revoked));
    assert!(service.state().sign_in.access.is_empty());
    assert_eq!(test_user.run(&["auth", "status"]).code, 4);
    assert_eq!(test_user.get(&["--url", &service.url]).code, 4);
}

#[test]
fn logout_reports_tokens_that_could_not_be_revoked() {
    signed_in!(service, test_user);
    service.state().sign_in.revokes = false;
    let run = test_user.run(&["auth", "logout"]);
    insta::assert_snapshot!(test_user.shown(&run), @"
    --- stderr
    the sign-in is forgotten
    the service has no address to revoke tokens: the last one is valid until it ends
    --- exit code 0
    ");
    assert_eq!(test_user.kept("sign-in.json"), None);
}

#[test]
fn logout_works_without_the_service() {
    signed_in!(service, test_user);
    let text = test_user.kept("sign-in.json").expect("a sign-in");
    std::fs::write(
        test_user.file("sign-in.json"),
        text.replace(&service.url, "https://localhost:1"),
    )
    .expect("a file");
    let run = test_user.run(&["auth", "logout"]);
    assert_eq!((run.code, test_user.kept("sign-in.json")), (6, None), "{run}");
    assert!(run.stderr.contains("the sign-in is forgotten\nerror: could not connect"), "{run}");
}

#[test]
fn damaged_session_file_asks_for_a_new_sign_in() {
    signed_in!(service, test_user);
    for text in ["", "{", "null", "{\"service\":\"canary\"}", "[\"canary\"]"] {
        std::fs::write(test_user.file("sign-in.json"), text).expect("a file");
        let run = test_user.get(&[]);
        assert_eq!(run.code, 4, "{text}: {run}");
        assert!(run.stderr.contains("it is damaged\nhint: sign in again"), "{run}");
        assert!(!run.stderr.contains("canary"), "{run}");
        assert_eq!(test_user.run(&["auth", "status"]).code, 4);
    }
    let run = test_user.run(&["auth", "logout"]);
    assert_eq!((run.code, test_user.kept("sign-in.json")), (0, None), "{run}");
}

#[test]
fn token_is_sent_to_the_hosts_of_its_service_only() {
    signed_in!(service, test_user);
    let other = support::Server::json("[]");
    for url in
        [other.url().as_str(), "https://crm.example.com", "https://online1.superoffice.com/Cust1"]
    {
        let run = test_user.get(&["--url", url]);
        assert_eq!(run.code, 2, "{run}");
        assert!(run.stderr.contains("and the sign-in is for localhost alone"), "{run}");
    }
    assert_eq!(other.calls(), 0);
    let run = test_user.get(&["--url", &service.site()]);
    assert_eq!(run.stdout, TICKET);
}

#[test]
fn option_or_no_auth_overrides_the_sign_in() {
    signed_in!(service, test_user);
    let address = service.site();
    for (arguments, sent) in [
        (&["--token", "env:OTHER"][..], Some("Bearer other")),
        (&["--ticket", "env:OTHER"], Some("SOTicket other")),
        (&["--no-auth"], None),
    ] {
        let mut command =
            test_user.command(&[&["get", "839", "--url", &address], arguments].concat());
        let run = Run::from(command.env("OTHER", "other").output().expect("a run"));
        assert_eq!(run.code, 4, "{run}");
        let state = service.state();
        assert_eq!(state.requests.last().expect("a call").header("authorization"), sent);
    }
    assert_eq!(service.exchanges("refresh_token"), 0);
}

#[test]
fn each_profile_has_a_sign_in_of_its_own() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    let folder = test_user.home.path().join("config/sotickets");
    std::fs::create_dir_all(&folder).expect("a folder");
    let text = "[profiles.work]\nclient_id = \"4ref5376616343b38d14ddcd804f2654\"\n[profiles.\"at home\"]\n";
    std::fs::write(folder.join("config.toml"), text).expect("a file");
    let mut command = test_user.command(&[
        "auth",
        "login",
        "--no-browser",
        "--store",
        "file",
        "--profile",
        "work",
    ]);
    command.env_remove("SOTICKETS_CLIENT_ID");
    let waiting = support::online_server::test_user::Waiting::start(command);
    test_user.browse(waiting.url.as_str());
    assert_eq!(waiting.end().code, 0);
    assert_eq!(test_user.get(&["--profile", "work"]).stdout, TICKET);
    for other in [&["--profile", "at home"][..], &[]] {
        assert_ne!(test_user.get(other).code, 0);
    }
    let run = test_user.run(&["auth", "status", "--profile", "at home"]);
    assert!(run.stderr.contains("sign in: sotickets auth login --profile 'at home'"), "{run}");
    assert!(
        test_user
            .run(&["auth", "status", "--profile", "work"])
            .stdout
            .contains("profile      work")
    );
}

#[test]
fn dry_run_and_doctor_show_no_token() {
    signed_in!(service, test_user);
    age(&test_user);
    let run = test_user.get(&["--dry-run"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(
        run.stdout.contains("Bearer $(printf %s \"$SOTICKETS_TOKEN\"")
            && !run.to_string().contains("canary"),
        "{run}"
    );
    let run = test_user.run(&["doctor", "--offline"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stdout.contains("sign_in") && !run.to_string().contains("canary"), "{run}");
    assert_eq!(service.exchanges("refresh_token"), 0);
    // What it tries it tries as a call does.
    let run = test_user.run(&["doctor", "839"]);
    assert_eq!((run.code, service.exchanges("refresh_token")), (0, 1), "{run}");
    let accepted = "\nok       credential  the token of the sign-in (Bearer) is accepted\n";
    assert!(run.stdout.contains(accepted) && !run.to_string().contains("canary"), "{run}");
    assert!(run.stderr.starts_with("sending the refresh token to "), "{run}");
}

#[cfg(unix)]
#[test]
fn file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    signed_in!(service, test_user);
    let mode = |name: &str| {
        let metadata = std::fs::metadata(test_user.file(name)).expect("a file");
        metadata.permissions().mode() & 0o777
    };
    assert_eq!((mode("sign-in.json"), mode("")), (0o600, 0o700));
    age(&test_user);
    assert_eq!(test_user.get(&[]).code, 0);
    assert_eq!(mode("sign-in.json"), 0o600);
    let names = std::fs::read_dir(test_user.file("")).expect("a folder").count();
    assert_eq!(names, 2, "the sign-in and its lock");
    assert_eq!(service.exchanges("refresh_token"), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn keyring_keeps_the_tokens() {
    let service = OnlineServer::plain();
    service.state().sign_in.knows_the_person = true;
    let test_user = TestUser::new(&service);
    if !programs::all_needed(&["gnome-keyring-daemon", "secret-tool", "curl", "grep"]) {
        return;
    }
    let Some(mut command) = programs::program("dbus-run-session") else { return };
    std::fs::create_dir_all(test_user.home.path().join("run")).expect("a folder");
    let script = "printf pw | gnome-keyring-daemon --unlock --components=secrets > /dev/null
        exec 2>&1
        mkfifo address
        \"$SOTICKETS\" auth login --no-browser > address & login=$!
        read -r url < address; curl --silent --location --output page \"$url\"
        wait $login; echo \"login $?\"
        \"$SOTICKETS\" get 839 -s TicketId,Title -o csv
        \"$SOTICKETS\" auth status | grep kept
        secret-tool lookup service sotickets username sign-in | grep -c canary
        grep -c canary state/sotickets/sign-in.json
        \"$SOTICKETS\" auth logout
        secret-tool lookup service sotickets username sign-in; echo \"entry $?\"
        ls state/sotickets
    ";
    let program = test_user.command(&[]);
    command.args(["--", "sh", "-c", script]).env_clear().current_dir(test_user.home.path());
    for (name, value) in program.get_envs() {
        command.env(name, value.expect("a value"));
    }
    command.env("PATH", programs::path()).env("XDG_RUNTIME_DIR", test_user.home.path().join("run"));
    command.env("SOTICKETS", env!("CARGO_BIN_EXE_sotickets"));
    let run = Run::from(command.output().expect("a session"));
    insta::assert_snapshot!(run.stdout, @"
    Open this address in a browser on this machine; Ctrl-C ends the wait:
    signed in to Cust12345 as tim@example.com; kept in the keyring
    login 0
    TicketId,Title
    839,Printer
    kept in      the keyring
    1
    0
    the sign-in is forgotten
    its tokens are revoked
    entry 1
    sign-in.lock
    ");
}

#[test]
fn time_of_a_secret_program_counts_towards_the_timeout() {
    let service = OnlineServer::plain();
    let test_user = TestUser::new(&service);
    assert_eq!(test_user.sign_in(&[]).0.code, 0);
    // It closes when the limit is over, if that began before the program.
    let slow = support::tcp_server::closing_after(Duration::from_millis(1500));
    let program = "command:sh -c 'sleep 1; echo canary'";
    let run = test_user.get(&["--url", &slow, "--app-token", program, "--timeout", "2s"]);
    assert_eq!((run.code, run.stdout.as_str()), (6, ""), "{run}");
    assert!(run.stderr.contains("not done within 2s (--timeout)"), "{run}");
}
