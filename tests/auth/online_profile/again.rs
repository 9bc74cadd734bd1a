//! A profile that signs in again: with its own keys, and its stored client secret.

use super::{TICKET, sign_in_plain};
use crate::support::online_server::sign_in::SECRET;
use crate::support::online_server::test_user::{SIGN_IN, TestUser, Waiting};
use crate::support::online_server::{CLIENT_ID, OnlineServer};
use crate::support::{Run, Server};

/// A user with a profile `work` whose client secret is stored with the tokens.
fn signed_in(service: &OnlineServer) -> TestUser<'_> {
    let test_user = TestUser::new(service);
    let file = test_user.home.path().join("secret");
    std::fs::write(&file, SECRET).expect("a file");
    let mut command = test_user.command(&["auth", "login", "--no-browser", "--store", "file"]);
    command.args(["--profile", "work", "--tenant", "Cust12345", "--client-secret", "stdin"]);
    let waiting =
        Waiting::start_with_input(command, std::fs::File::open(file).expect("a file").into());
    test_user.browse(waiting.url.as_str());
    let run = waiting.end();
    assert_eq!(run.code, 0, "{run}");
    service.steps();
    test_user
}

#[test]
fn profile_signs_in_again_with_its_keys_and_the_stored_secret() {
    let service = OnlineServer::tls();
    let test_user = signed_in(&service);
    let (before, old) = (test_user.configuration(), test_user.kept("sign-in-work.json"));
    for arguments in [&["--profile", "work"][..], &[]] {
        let (run, _) = sign_in_plain(&test_user, arguments);
        assert_eq!(run.code, 0, "{run}");
        let kept = test_user.kept("sign-in-work.json");
        assert!(kept.as_ref().is_some_and(|kept| kept.contains(SECRET)) && kept != old, "{run}");
        // In the same place, by one exchange.
        assert!(run.stderr.contains("kept in "), "{run}");
        assert_eq!((test_user.configuration(), service.calls("tokens")), (before.clone(), 1));
        let asked = service.requests();
        let asked = asked.iter().find(|asked| asked.path().ends_with("tokens")).expect("a form");
        assert_eq!(asked.form("client_id").as_deref(), Some(CLIENT_ID));
        assert_eq!(asked.form("client_secret").as_deref(), Some(SECRET));
        service.steps();
    }
    assert_eq!(test_user.get(&[]).stdout, TICKET);
    assert_eq!(test_user.kept(SIGN_IN), None);
}

#[test]
fn variables_do_not_replace_the_keys_of_the_profile() {
    let service = OnlineServer::tls();
    let test_user = signed_in(&service);
    let before = test_user.configuration();
    let mut command = test_user.command(&["auth", "login", "--no-browser", "--profile", "work"]);
    command.env("SOTICKETS_CLIENT_ID", "another").env("SOTICKETS_ENVIRONMENT", "sod");
    command.env("SOTICKETS_TENANT", "Cust9").env("SOTICKETS_URL", "https://crm.example.com");
    let waiting = Waiting::start(command);
    assert!(waiting.url.as_str().starts_with(&service.url), "{}", waiting.url);
    assert_eq!(waiting.parameter("client_id").as_deref(), Some(CLIENT_ID));
    assert_eq!(waiting.parameter("acr_values").as_deref(), Some("tenant:Cust12345"));
    test_user.browse(waiting.url.as_str());
    let run = waiting.end();
    assert_eq!(run.code, 0, "{run}");
    let warning =
        "warning: calls use SOTICKETS_URL, SOTICKETS_TENANT, SOTICKETS_ENVIRONMENT in place";
    assert!(run.stderr.contains(warning), "{run}");
    // The variable of the secret is used, since the profile names none.
    assert!(test_user.configuration().starts_with(before.trim_end()));
}

#[test]
fn variable_with_another_tenant_sets_up_another_profile() {
    let service = OnlineServer::tls();
    let test_user = signed_in(&service);
    let before = test_user.configuration();
    for (value, tenant) in [("Cust9", "tenant:Cust9"), (" cust12345", "tenant:Cust12345")] {
        let mut command = test_user.command(&["auth", "login", "--no-browser", "--store", "file"]);
        command.env("SOTICKETS_TENANT", value);
        let waiting = Waiting::start(command);
        assert_eq!(waiting.parameter("acr_values").as_deref(), Some(tenant));
    }
    assert_eq!(test_user.configuration(), before);
}

#[test]
fn other_tenant_than_that_of_the_profile_is_rejected() {
    let service = OnlineServer::tls();
    let test_user = signed_in(&service);
    let text = test_user.configuration().replace("\"Cust12345\"", "\"Cust999\"");
    test_user.configure(&text);
    let old = test_user.kept("sign-in-work.json");
    for arguments in [&["--profile", "work"][..], &["--profile", "work", "--client-id", CLIENT_ID]]
    {
        let (run, _) = sign_in_plain(&test_user, arguments);
        insta::allow_duplicates! {
            insta::assert_snapshot!(test_user.shown(&run), @"
            --- stderr
            Open this address in a browser on this machine; Ctrl-C ends the wait:
            error: the sign-in is for tenant Cust12345, and Cust999 was requested
            hint: choose that tenant in the browser, or name the other one; nothing was kept
            --- exit code 4
            ");
        }
        assert_eq!(
            (test_user.kept("sign-in-work.json"), test_user.configuration()),
            (old.clone(), text.clone())
        );
    }
}

#[test]
fn new_client_secret_replaces_the_stored_one() {
    let service = OnlineServer::tls();
    let test_user = signed_in(&service);
    service.state().sign_in.secret = "canary-of-a-new-one".to_owned();
    let (run, _) = sign_in_plain(&test_user, &[]);
    assert_eq!(run.code, 4, "{run}");
    let mut command = test_user.command(&["auth", "login", "--no-browser"]);
    command.args(["--client-secret", "env:NEW"]).env("NEW", "canary-of-a-new-one");
    let waiting = Waiting::start(command);
    test_user.browse(waiting.url.as_str());
    let run = waiting.end();
    assert_eq!(run.code, 0, "{run}");
    assert!(!run.to_string().contains("canary"), "{run}");
    assert!(test_user.configuration().contains("client_secret = \"env:NEW\"\n"));
    assert!(
        run.stderr.contains("+ profiles.work.client_secret") || !run.stderr.contains("- "),
        "{run}"
    );
}

#[test]
fn profile_of_an_earlier_version_signs_in_and_gets_its_client_id() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    let before = format!(
        "[profiles.\"at work\"]\ntenant = \"Cust12345\"\nenvironment = \"{}\"\n",
        service.url
    );
    test_user.configure(&before);
    let (run, _) = sign_in_plain(
        &test_user,
        &["--store", "file", "--profile", "at work", "--client-id", CLIENT_ID],
    );
    assert_eq!(run.code, 0, "{run}");
    let id = format!("client_id = \"{CLIENT_ID}\"\n");
    assert!(test_user.configuration().ends_with(&format!("{before}{id}")));
    assert_eq!(test_user.get(&["--profile", "at work"]).stdout, TICKET);
    assert_eq!(test_user.run(&["auth", "logout", "--profile", "at work"]).code, 0);
    let mut get =
        test_user.command(&["get", "839", "--url", &service.site(), "--profile", "at work"]);
    assert_eq!(Run::from(get.output().expect("a run")).code, 4);
}

#[test]
fn sign_in_that_a_credential_replaces_is_removed_and_revoked() {
    for revokes in [true, false] {
        let service = OnlineServer::tls();
        let onsite = Server::json("[]");
        let test_user = signed_in(&service);
        let mut command = test_user.command(&["auth", "login", "--profile", "work", "--replace"]);
        command.args(["--url", &onsite.url(), "--user", "tim", "--password", "env:PW"]);
        command.env_remove("SOTICKETS_ENVIRONMENT").env("PW", "pw");
        if !revokes {
            service.state().sign_in.revokes = false;
        }
        let run = Run::from(command.output().expect("a run"));
        assert_eq!((run.code, onsite.calls()), (0, 1), "{run}");
        assert!(run.stderr.contains("the sign-in of profile 'work' is forgotten\n"), "{run}");
        let line = if revokes { "its tokens are revoked" } else { "no address to revoke tokens" };
        assert!(run.stderr.contains(line), "{run}");
        assert_eq!(service.calls("revoke"), usize::from(revokes));
        assert_eq!(test_user.kept("sign-in-work.json"), None);
    }
}

#[test]
fn sign_in_that_cannot_be_revoked_is_a_warning() {
    let service = OnlineServer::tls();
    let onsite = Server::json("[]");
    let test_user = signed_in(&service);
    let mut command = test_user.command(&["auth", "login", "--profile", "work", "--replace"]);
    command.args(["--url", &onsite.url(), "--user", "tim", "--password", "env:PW"]);
    // The certificate of the service is not trusted.
    command.env_remove("SOTICKETS_ENVIRONMENT").env_remove("SOTICKETS_CACERT").env("PW", "pw");
    let run = Run::from(command.output().expect("a run"));
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stderr.contains("hint: the tokens may be valid until they end"), "{run}");
    assert_eq!(test_user.kept("sign-in-work.json"), None);
    assert!(test_user.configuration().contains("password = \"env:PW\"\n"));
}
