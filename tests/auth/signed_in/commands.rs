//! `auth status`, `auth logout`, and other commands with a stored sign-in.

use crate::support::Run;
use crate::support::online_server::OnlineServer;
use crate::support::online_server::test_user::{SIGN_IN, TestUser, Waiting};

use super::{age, signed_in};

#[test]
fn status_shows_user_tenant_and_expiry() {
    let service = OnlineServer::tls();
    let test_user = signed_in(&service);
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
    profile      Cust12345 (the default)
    kind         sign-in (Online)
    user         tim@example.com
    tenant       Cust12345
    address      SERVICE/online3/Cust12345/api/
    environment  SERVICE
    client_id    4ref5376616343b38d14ddcd804f2654
    kept in      HOME/state/sotickets/sign-in-%43ust12345.json
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
    error: no profile is set up in HOME/config/sotickets/config.toml
    hint: sign in: sotickets auth login
    --- exit code 4
    ");
    insta::assert_snapshot!(test_user.shown(&test_user.run(&["auth", "logout"])), @"
    --- stderr
    nothing was kept
    --- exit code 0
    ");
    insta::assert_snapshot!(test_user.shown(&test_user.get(&["--url", &service.url])), @"
    --- stderr
    error: no credential is configured; nothing was sent
    hint: sotickets auth login keeps one; or with each call, Onsite: --user NAME --password prompt; Online: --token env:NAME, or SOTICKETS_TOKEN
    hint: behind a gateway that adds one: --no-auth; to try the tool: sotickets get 839 --demo
    --- exit code 4
    ");
    assert_eq!(service.state().requests.len(), 0);
    assert!(!test_user.file("").exists(), "a folder was made for nothing");
}

#[test]
fn logout_deletes_and_revokes_the_tokens() {
    let service = OnlineServer::tls();
    let test_user = signed_in(&service);
    let run = test_user.run(&["auth", "logout"]);
    insta::assert_snapshot!(test_user.shown(&run), @"
    --- stderr
    the sign-in of profile 'Cust12345' is forgotten
    its tokens are revoked
    --- exit code 0
    ");
    assert_eq!(test_user.kept(SIGN_IN), None);
    assert!(service.state().sign_in.grants.values().all(|grant| grant.is_revoked));
    assert!(service.state().sign_in.access.is_empty());
    assert_eq!(test_user.run(&["auth", "status"]).code, 4);
    assert_eq!(test_user.get(&["--url", &service.url]).code, 4);
}

#[test]
fn logout_reports_tokens_that_could_not_be_revoked() {
    let service = OnlineServer::tls();
    let test_user = signed_in(&service);
    service.state().sign_in.revokes = false;
    let run = test_user.run(&["auth", "logout"]);
    insta::assert_snapshot!(test_user.shown(&run), @"
    --- stderr
    the sign-in of profile 'Cust12345' is forgotten
    the service has no address to revoke tokens: the last one is valid until it ends
    --- exit code 0
    ");
    assert_eq!(test_user.kept(SIGN_IN), None);
}

#[test]
fn logout_works_without_the_service() {
    let service = OnlineServer::tls();
    let test_user = signed_in(&service);
    let text = test_user.kept(SIGN_IN).expect("a sign-in");
    std::fs::write(test_user.file(SIGN_IN), text.replace(&service.url, "https://localhost:1"))
        .expect("a file");
    let run = test_user.run(&["auth", "logout"]);
    assert_eq!((run.code, test_user.kept(SIGN_IN)), (6, None), "{run}");
    assert!(
        run.stderr
            .contains("the sign-in of profile 'Cust12345' is forgotten\nerror: could not connect"),
        "{run}"
    );
}

#[test]
fn dry_run_and_doctor_show_no_token() {
    let service = OnlineServer::tls();
    let test_user = signed_in(&service);
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
    // `doctor` uses the sign-in as a call does.
    let run = test_user.run(&["doctor", "839"]);
    assert_eq!((run.code, service.exchanges("refresh_token")), (0, 1), "{run}");
    let accepted = "\nok       credential  the token of the sign-in of profile 'Cust12345' (Bearer) is accepted\n";
    assert!(run.stdout.contains(accepted) && !run.to_string().contains("canary"), "{run}");
    assert!(run.stderr.starts_with("sending the refresh token to "), "{run}");
}

#[test]
fn certificate_that_is_not_checked_is_named_once_by_each_command() {
    const WARNING: &str = "is not checked (--insecure)\n";
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    let insecure = |arguments: &[&str]| {
        let mut command = test_user.command(&[arguments, &["--insecure"]].concat());
        command.env_remove("SOTICKETS_CACERT");
        command.env("XDG_CACHE_HOME", test_user.home.path().join("cache"));
        command
    };
    let run = |arguments: &[&str]| Run::from(insecure(arguments).output().expect("a run"));
    let waiting = Waiting::start(insecure(&["auth", "login", "--no-browser", "--store", "file"]));
    test_user.browse(waiting.url.as_str());
    let login = waiting.end();
    assert_eq!((login.code, login.stderr.matches(WARNING).count()), (0, 1), "{login}");
    // Before the code and the secret of the application are sent.
    let begin = login.stderr.find("Open this address");
    assert!(login.stderr.find(WARNING) < begin, "{login}");

    std::fs::remove_dir_all(test_user.home.path().join("cache")).expect("a folder");
    service.steps();
    for (warnings, requests) in [(1, 1), (0, 0)] {
        // The second one has the address of the tenant from the cache.
        let open = run(&["open", "839", "--print"]);
        assert_eq!((open.code, open.stderr.matches(WARNING).count()), (0, warnings), "{open}");
        assert_eq!(service.steps().len(), requests);
    }
    let logout = run(&["auth", "logout"]);
    assert_eq!((logout.code, logout.stderr.matches(WARNING).count()), (0, 1), "{logout}");
    assert!(service.state().sign_in.grants.values().all(|grant| grant.is_revoked));
}

#[test]
fn option_or_no_auth_overrides_the_sign_in() {
    let service = OnlineServer::tls();
    let test_user = signed_in(&service);
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
