//! The profile of a sign-in: its keys, its name, what it replaces, and failures to write it.

use std::fs;

use super::TICKET;
#[cfg(unix)]
use super::sign_in_plain;
use crate::support::online_server::sign_in::{SECRET, claims, signed};
use crate::support::online_server::test_user::{SIGN_IN, TestUser, Waiting};
use crate::support::online_server::{CLIENT_ID, OnlineServer, TENANT};
use crate::support::{Run, portable};

#[test]
fn profile_has_tenant_environment_and_client_id() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    let (run, _) = test_user.sign_in(&[]);
    assert_eq!(run.code, 0, "{run}");
    insta::assert_snapshot!(service.shown(&test_user.configuration()), @r#"
    default_profile = "Cust12345"

    [profiles.Cust12345]
    tenant = "Cust12345"
    environment = "SERVICE"
    client_id = "4ref5376616343b38d14ddcd804f2654"
    client_secret = "env:SOTICKETS_CLIENT_SECRET"
    "#);
    assert_eq!(
        service.steps(),
        ["discovery", "authorize", "authorize", "tokens", "keys", "state", "version", "tickets"]
    );
    // The profile alone is enough for a call.
    let mut get = test_user.command(&["get", "839", "-s", "TicketId,Title", "-o", "csv"]);
    get.env_remove("SOTICKETS_CLIENT_ID").env_remove("SOTICKETS_ENVIRONMENT");
    assert_eq!(Run::from(get.output().expect("a run")).stdout, TICKET);
}

#[test]
fn typed_settings_are_written() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    let ca = test_user.home.path().join("ca.pem").to_string_lossy().into_owned();
    let mut command = test_user.command(&["auth", "login", "--no-browser", "--store", "file"]);
    command.env_remove("SOTICKETS_CLIENT_ID").env_remove("SOTICKETS_CLIENT_SECRET");
    command.env_remove("SOTICKETS_ENVIRONMENT").env_remove("SOTICKETS_CACERT");
    command.args(["--client-id", CLIENT_ID, "--environment", &service.url, "--cacert", "ca.pem"]);
    command.args(["--tenant", "cust12345", "--client-secret", "env:APP", "--language", "nb-no"]);
    command.args(["--timezone", "Europe/Oslo", "--proxy", "", "--profile", "work", "--default"]);
    command.args(["--redirect-uri", "http://127.0.0.1"]);
    let waiting = Waiting::start({
        command.env("APP", SECRET).current_dir(test_user.home.path());
        command
    });
    test_user.browse(waiting.url.as_str());
    let run = waiting.end();
    assert_eq!(run.code, 0, "{run}");
    let shown = portable::toml(&service.shown(&test_user.configuration()).replace(&ca, "CA"));
    insta::assert_snapshot!(shown, @r#"
    default_profile = "work"

    [profiles.work]
    tenant = "cust12345"
    environment = "SERVICE"
    client_id = "4ref5376616343b38d14ddcd804f2654"
    client_secret = "env:APP"
    redirect_uri = "http://127.0.0.1"
    language = "nb-no"
    timezone = "Europe/Oslo"
    proxy = ""
    cacert = "CA"
    "#);
    let mut get = test_user.command(&["get", "839", "-s", "TicketId,Title", "-o", "csv"]);
    get.env_remove("SOTICKETS_ENVIRONMENT").env_remove("SOTICKETS_CACERT");
    assert_eq!(Run::from(get.output().expect("a run")).stdout, TICKET);
}

#[test]
fn typed_client_secret_is_stored_with_the_tokens_alone() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    let mut command = test_user.command(&["auth", "login", "--no-browser", "--store", "file"]);
    command.env_remove("SOTICKETS_CLIENT_SECRET").args(["--client-secret", "stdin"]);
    fs::write(test_user.home.path().join("secret"), SECRET).expect("a file");
    let input = fs::File::open(test_user.home.path().join("secret")).expect("a file");
    let waiting = Waiting::start_with_input(command, input.into());
    test_user.browse(waiting.url.as_str());
    let run = waiting.end();
    assert_eq!(run.code, 0, "{run}");
    assert!(!test_user.configuration().contains("secret"), "{}", test_user.configuration());
    assert!(test_user.kept(SIGN_IN).expect("a sign-in").contains(SECRET));
}

#[test]
fn two_tenants_have_a_profile_each() {
    let (one, other) = (OnlineServer::plain(), OnlineServer::plain());
    let test_user = TestUser::new(&one);
    assert_eq!(test_user.sign_in(&["--tenant", TENANT]).0.code, 0);
    let environment = ["--environment", &other.url, "--tenant", TENANT];
    let (run, _) = test_user.sign_in(&environment);
    assert_eq!(run.code, 0, "{run}");
    let hint = "hint: sotickets get 839 --profile Cust12345-2 uses it; sotickets auth switch Cust12345-2 makes";
    assert!(run.stderr.contains(hint), "{run}");
    // The same tenant and application have a profile already.
    assert_eq!(test_user.sign_in(&environment).0.code, 0);
    let text = one.shown(&test_user.configuration()).replace(&other.url, "OTHER");
    insta::assert_snapshot!(text, @r#"
    default_profile = "Cust12345"

    [profiles.Cust12345]
    tenant = "Cust12345"
    environment = "SERVICE"
    client_id = "4ref5376616343b38d14ddcd804f2654"
    client_secret = "env:SOTICKETS_CLIENT_SECRET"

    [profiles.Cust12345-2]
    tenant = "Cust12345"
    environment = "OTHER"
    client_id = "4ref5376616343b38d14ddcd804f2654"
    client_secret = "env:SOTICKETS_CLIENT_SECRET"
    "#);
    for (profile, service) in [("Cust12345", &one), ("Cust12345-2", &other)] {
        let mut get = test_user.command(&["get", "839", "--profile", profile]);
        service.steps();
        let run = Run::from(get.env_remove("SOTICKETS_ENVIRONMENT").output().expect("a run"));
        assert_eq!((run.code, service.calls("tickets")), (0, 1), "{run}");
    }
}

#[test]
fn other_user_gets_another_profile() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    assert_eq!(test_user.sign_in(&["--tenant", TENANT]).0.code, 0);
    service.state().sign_in.tamper = Some(|state, _| {
        let mut claims = claims(state);
        claims["http://schemes.superoffice.net/identity/upn"] = "ana@example.com".into();
        signed(&claims)
    });
    let (run, _) = test_user.sign_in(&["--tenant", TENANT]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stderr.contains("as ana@example.com; kept in"), "{run}");
    assert!(test_user.configuration().contains("[profiles.Cust12345-2]"));
    assert!(test_user.kept(SIGN_IN).expect("a sign-in").contains("tim@example.com"));
}

#[test]
fn sign_in_without_a_tenant_writes_a_profile_without_one() {
    let service = OnlineServer::plain();
    service.state().sign_in.proves_who = false;
    let body = r#"{"access_token":"opaque","refresh_token":"r"}"#;
    service.state().sign_in.odd_tokens =
        Some(crate::support::online_server::Reply::new(200, "application/json", body));
    let test_user = TestUser::new(&service);
    let (run, _) = test_user.sign_in(&[]);
    assert_eq!(run.code, 0, "{run}");
    let text = test_user.configuration();
    assert!(text.contains("[profiles.online]") && !text.contains("tenant"), "{text}");
    assert!(run.stderr.contains("hint: get needs --tenant or --url"), "{run}");
}

#[test]
fn other_profile_of_the_name_is_replaced_only_on_request() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    let before = "[profiles.work] # mine\nurl = \"https://crm.example.com\"\nuser = \"tim\"\npassword = \"stored\"\nselect = \"Title\"\n";
    test_user.configure(before);
    fs::create_dir_all(test_user.file("")).expect("a folder");
    fs::write(test_user.file("secret-work%2Fpassword"), "pw").expect("a file");
    let arguments = ["--profile", "work", "--tenant", TENANT];
    let login = ["auth", "login", "--no-browser", "--store", "file"];
    let run = test_user.run(&[&login[..], &arguments].concat());
    insta::assert_snapshot!(test_user.shown(&run), @"
    --- stderr
    error: profile 'work' exists, and would change in url, user, password, tenant, environment
    hint: --replace replaces it, or name another: --profile NAME
    --- exit code 2
    ");
    assert_eq!((test_user.configuration().as_str(), service.requests().len()), (before, 0));
    let (run, _) = test_user.sign_in(&[&arguments[..], &["--replace"]].concat());
    insta::assert_snapshot!(test_user.shown(&run), @r#"
    --- stderr
    Open this address in a browser on this machine; Ctrl-C ends the wait:
    ok       credential  the token of the sign-in of profile 'work' (Bearer) is accepted
    signed in to Cust12345 as tim@example.com; kept in HOME/state/sotickets/sign-in-work.json
    - profiles.work.url = "https://crm.example.com"
    - profiles.work.user = "tim"
    - profiles.work.password = "stored"
    + default_profile = "work"
    + profiles.work.tenant = "Cust12345"
    + profiles.work.environment = "SERVICE"
    + profiles.work.client_id = "4ref5376616343b38d14ddcd804f2654"
    + profiles.work.client_secret = "env:SOTICKETS_CLIENT_SECRET"
    profile 'work', the default, is in HOME/config/sotickets/config.toml
    --- exit code 0
    "#);
    assert!(!test_user.file("secret-work%2Fpassword").exists());
    assert_eq!(test_user.get(&[]).stdout, "TicketId,Title\n839,Printer\n");
}

#[cfg(unix)]
#[test]
fn file_that_cannot_be_written_is_reported_before_the_browser_opens() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    for (text, message) in [("[profiles.a\n", "this is not TOML"), ("", "is not a file")] {
        let file = test_user.home.path().join("config/sotickets/config.toml");
        let _ = fs::remove_dir(&file);
        match text {
            "" => {
                let _ = fs::remove_file(&file);
                fs::create_dir_all(&file).expect("a folder");
            }
            _ => test_user.configure(text),
        }
        let run = test_user.run(&["auth", "login", "--no-browser", "--store", "file"]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
        assert!(run.stderr.contains(message) || text.is_empty(), "{run}");
    }
    assert_eq!(service.requests().len(), 0);
}

#[cfg(unix)]
#[test]
fn failure_to_write_the_profile_restores_the_sign_in() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    let lock = test_user.home.path().join("config/sotickets/.config.toml.lock");
    fs::create_dir_all(&lock).expect("a folder");
    let (run, page) = test_user.sign_in(&[]);
    assert_eq!((run.code, test_user.kept(SIGN_IN)), (1, None), "{run}");
    assert!(run.stderr.contains("hint: nothing was kept\n"), "{run}");
    assert!(page.body.contains("did not work") && !run.to_string().contains("canary"), "{run}");
    assert_eq!(test_user.configuration(), "");
    fs::remove_dir(&lock).expect("a folder");
    assert_eq!(test_user.sign_in(&[]).0.code, 0);
    let before = test_user.kept(SIGN_IN);
    fs::create_dir_all(&lock).expect("a folder");
    let arguments = ["--language", "nb", "--replace"];
    let secret = ["--client-secret", "env:HOME"];
    let (run, _) = sign_in_plain(&test_user, &[&arguments[..], &secret].concat());
    assert_eq!((run.code, test_user.kept(SIGN_IN)), (4, before.clone()), "{run}");
    let (run, _) = test_user.sign_in(&arguments);
    assert_eq!((run.code, test_user.kept(SIGN_IN)), (1, before), "{run}");
    assert_eq!(test_user.get(&[]).stdout, TICKET);
}

#[test]
fn sign_in_without_a_profile_goes_on_working() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    assert_eq!(test_user.sign_in(&[]).0.code, 0);
    // As an earlier version kept it.
    fs::rename(test_user.file(SIGN_IN), test_user.file("sign-in.json")).expect("a file");
    fs::remove_file(test_user.home.path().join("config/sotickets/config.toml")).expect("a file");
    assert_eq!(test_user.get(&[]).stdout, TICKET);
    let run = test_user.run(&["auth", "logout"]);
    assert!(run.stderr.contains("the sign-in is forgotten\n"), "{run}");
}

#[test]
fn variable_that_overrides_the_sign_in_is_a_warning() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    let mut command = test_user.command(&["auth", "login", "--no-browser", "--store", "file"]);
    let waiting = Waiting::start({
        command.env("SOTICKETS_TOKEN", "8A:canary").env("SOTICKETS_USER", "tim");
        command
    });
    test_user.browse(waiting.url.as_str());
    let run = waiting.end();
    assert_eq!(run.code, 0, "{run}");
    let warning = "warning: calls use SOTICKETS_TOKEN in place of the profile\nhint: a variable overrides a profile; unset it";
    assert!(run.stderr.contains(warning) && !run.stderr.contains("canary"), "{run}");
    assert!(test_user.kept(SIGN_IN).is_some());
    assert!(!test_user.configuration().contains("token"));
}
