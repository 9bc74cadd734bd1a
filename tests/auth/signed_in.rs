//! A sign-in that lasts: renewed in time, by one of many, and forgotten when asked to.

use std::time::Duration;

use crate::support::online::desk::Desk;
use crate::support::online::{Online, Reply};
use crate::support::{self, Run, at_once, programs};

const TICKET: &str = "TicketId,Title\n839,Printer\n";

/// A service with a desk at which somebody has signed in.
macro_rules! signed_in {
    ($service:ident, $desk:ident) => {
        let $service = Online::tls();
        let $desk = Desk::new(&$service);
        let (run, _) = $desk.sign_in(&[]);
        assert_eq!(run.code, 0, "{run}");
    };
}

/// Has the time that is written in the file of the sign-in pass.
fn age(desk: &Desk<'_>) {
    let text = desk.kept("sign-in.json").expect("a sign-in");
    let mut kept: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    kept["place"]["file"]["expires"] = "2020-01-01T00:00:00Z".into();
    std::fs::write(desk.file("sign-in.json"), kept.to_string()).expect("a file");
}

#[test]
fn a_token_is_renewed_before_it_ends() {
    signed_in!(service, desk);
    age(&desk);
    let run = desk.get(&["-v"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, TICKET), "{run}");
    assert!(run.stderr.contains("* renewing the sign-in\n"), "{run}");
    assert!(!run.stderr.contains("canary"), "{run}");
    assert_eq!((service.exchanges("refresh_token"), service.calls("tickets")), (1, 1));
    // The new one is kept, with the refresh token that came with it.
    assert_eq!(desk.get(&[]).stdout, TICKET);
    age(&desk);
    assert_eq!(desk.get(&[]).stdout, TICKET);
    assert_eq!((service.exchanges("refresh_token"), service.calls("tickets")), (2, 3));
}

#[test]
fn a_token_that_is_refused_is_renewed_once() {
    for status in [401, 403] {
        signed_in!(service, desk);
        service.state().tenant.refused_with = status;
        service.state().sign_in.access.clear();
        let run = desk.get(&[]);
        assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, TICKET, ""), "{run}");
        assert_eq!((service.exchanges("refresh_token"), service.calls("tickets")), (1, 2));
    }
}

#[test]
fn who_may_not_read_tickets_is_told_so_after_one_renewal() {
    signed_in!(service, desk);
    service.state().tenant.refused_with = 403;
    service.state().sign_in.life = Some(0);
    service.state().sign_in.says_life = false;
    service.state().sign_in.access.clear();
    let run = desk.get(&[]);
    insta::assert_snapshot!(desk.shown(&run), @"
    --- stderr
    error: HTTP 403: the server forbids the call to the token of the sign-in (Bearer): The token has expired.
    hint: the user, or the application, may lack the right to read tickets; or sign in again: sotickets auth login
    --- exit code 4
    ");
    assert_eq!((service.exchanges("refresh_token"), service.calls("tickets")), (1, 2));
}

#[test]
fn tokens_without_an_end_hold_until_they_are_refused() {
    let service = Online::tls();
    service.state().sign_in.says_life = false;
    let desk = Desk::new(&service);
    assert_eq!(desk.sign_in(&[]).0.code, 0);
    let status = desk.run(&["auth", "status"]);
    assert!(
        status.stdout.contains("until        the server refuses it; renewed by the next call"),
        "{status}"
    );
    assert_eq!(desk.get(&[]).stdout, TICKET);
    assert_eq!(service.exchanges("refresh_token"), 0);
    service.state().sign_in.access.clear();
    assert_eq!(desk.get(&[]).stdout, TICKET);
    assert_eq!(service.exchanges("refresh_token"), 1);
}

#[test]
fn refresh_token_is_kept_where_the_answer_has_none_or_null() {
    for odd in [None, Some(r#"{"access_token":"8A:Cust12345.odd","expires_in":3600}"#)] {
        signed_in!(service, desk);
        service.state().sign_in.rotates = false;
        service.state().tenant.is_open = true;
        service.state().sign_in.odd_tokens =
            odd.map(|body| Reply::new(200, "application/json", body));
        let before = refresh_token(&desk);
        for times in 1..=3 {
            age(&desk);
            assert_eq!(desk.get(&[]).stdout, TICKET);
            assert_eq!(service.exchanges("refresh_token"), times);
            assert_eq!(refresh_token(&desk), before);
        }
    }
}

/// The refresh token that is kept.
fn refresh_token(desk: &Desk<'_>) -> String {
    let text = desk.kept("sign-in.json").expect("a sign-in");
    let kept: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    kept["place"]["file"]["refresh_token"].as_str().expect("a token").to_owned()
}

#[test]
fn a_revoked_refresh_token_asks_for_a_new_sign_in() {
    signed_in!(service, desk);
    for grant in service.state().sign_in.grants.values_mut() {
        grant.is_revoked = true;
    }
    age(&desk);
    let run = desk.get(&[]);
    insta::assert_snapshot!(desk.shown(&run), @"
    --- stderr
    error: the sign-in was not renewed: invalid_grant: The refresh token was revoked.
    hint: sign in again: sotickets auth login
    --- exit code 4
    ");
    assert_eq!(service.calls("tickets"), 0);
}

/// Signs in without the application's secret.
fn sign_in_without_secret(desk: &Desk<'_>) -> Run {
    let mut command = desk.command(&["auth", "login", "--no-browser", "--store", "file"]);
    command.env_remove("SOTICKETS_CLIENT_SECRET");
    let waiting = support::online::desk::Waiting::start(command);
    desk.browse(waiting.url.as_str());
    waiting.end()
}

#[test]
fn refresh_without_client_secret_is_tried_and_its_failure_names_the_secret() {
    let service = Online::tls();
    let desk = Desk::new(&service);
    assert_eq!(sign_in_without_secret(&desk).code, 0);
    age(&desk);
    let run = desk.get(&[]);
    insta::assert_snapshot!(desk.shown(&run), @"
    --- stderr
    error: the sign-in was not renewed: invalid_client: The client's credentials are missing or wrong.
    hint: SuperOffice renews a sign-in only with the secret of the application: sotickets auth login --client-secret SRC
    hint: sign in again: sotickets auth login
    --- exit code 4
    ");
    let odd = Reply::new(400, "application/json", r#"{"error":"invalid_grant"}"#);
    service.state().sign_in.odd_tokens = Some(odd);
    let run = desk.get(&[]);
    assert!(
        run.stderr.contains("invalid_grant\nhint: SuperOffice renews a sign-in only with"),
        "{run}"
    );
    assert_eq!((run.code, service.exchanges("refresh_token"), service.calls("tickets")), (4, 2, 0));
}

#[test]
fn login_without_client_secret_says_when_the_sign_in_ends() {
    let service = Online::tls();
    let desk = Desk::new(&service);
    let run = sign_in_without_secret(&desk);
    let shown = desk.shown(&run);
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
    let run = desk.run(&["auth", "status"]);
    assert!(run.stdout.contains("; then sign in again, unless it is renewed without"), "{run}");
    // A service that says no end.
    service.state().sign_in.says_life = false;
    let run = sign_in_without_secret(&desk);
    assert!(run.stderr.contains("lasts until the service refuses its token: "), "{run}");
}

#[test]
fn twenty_calls_at_once_renew_once() {
    signed_in!(service, desk);
    for round in 1..=2 {
        // Ended by the clock, then refused by the server.
        if round == 1 {
            age(&desk);
        } else {
            service.state().sign_in.access.clear();
        }
        for run in at_once(20, || desk.get(&[])) {
            assert_eq!(
                (run.code, run.stdout.as_str(), run.stderr.as_str()),
                (0, TICKET, ""),
                "{run}"
            );
        }
        assert_eq!(service.exchanges("refresh_token"), round);
    }
    // The refresh token that was kept is the last one.
    age(&desk);
    assert_eq!(desk.get(&[]).stdout, TICKET);
}

#[test]
fn the_limit_of_the_whole_command_ends_the_wait_for_another_one() {
    signed_in!(service, desk);
    age(&desk);
    let lock = std::fs::File::open(desk.file("sign-in.lock")).expect("a file");
    lock.lock().expect("a lock");
    let run = desk.get(&["--timeout", "1s"]);
    insta::assert_snapshot!(desk.shown(&run), @"
    --- stderr
    error: not done within 1s (--timeout): another sotickets is using the sign-in
    hint: try again, or raise the limit
    --- exit code 6
    ");
    assert_eq!((service.exchanges("refresh_token"), service.calls("tickets")), (0, 0));
    drop(lock);
    assert_eq!(desk.get(&[]).stdout, TICKET);
}

#[test]
fn a_tenant_that_moves_is_found_again_with_the_same_tokens() {
    let service = Online::plain();
    let desk = Desk::new(&service);
    assert_eq!(desk.sign_in(&[]).0.code, 0);
    assert_eq!(desk.get(&[]).stdout, TICKET);
    service.steps();
    service.state().tenant.move_to("/online7/Cust12345");
    let run = desk.get(&[]);
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, TICKET, ""), "{run}");
    let moved = ["tickets", "state", "tickets"];
    assert_eq!(service.steps(), moved);
    assert_eq!(desk.get(&[]).stdout, TICKET);
    assert_eq!(service.steps(), ["tickets"]);
    // It moved while the token ended: twenty at once renew once, and each finds it.
    age(&desk);
    service.state().tenant.move_to("/online9/Cust12345");
    for run in at_once(20, || desk.get(&[])) {
        assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, TICKET, ""), "{run}");
    }
    assert_eq!((service.exchanges("refresh_token"), service.calls("discovery")), (1, 1));
    // It moved while the token was refused: one call goes to both.
    service.steps();
    service.state().tenant.move_to("/online11/Cust12345");
    service.state().sign_in.access.clear();
    assert_eq!(desk.get(&[]).stdout, TICKET);
    let both = [&moved[..], &["discovery", "tokens", "tickets"]].concat();
    assert_eq!(service.steps(), both);
}

#[test]
fn status_says_who_where_and_until_when() {
    signed_in!(service, desk);
    let run = desk.run(&["auth", "status"]);
    let shown = desk.shown(&run);
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
    age(&desk);
    let run = desk.run(&["auth", "status"]);
    assert!(
        run.stdout.contains("2020-01-01 00:00:00 UTC, which has passed; the next call renews it"),
        "{run}"
    );
    assert_eq!((run.code, service.exchanges("refresh_token")), (0, 0));
}

#[test]
fn without_a_sign_in_each_command_says_so() {
    let service = Online::tls();
    let desk = Desk::new(&service);
    insta::assert_snapshot!(desk.shown(&desk.run(&["auth", "status"])), @"
    --- stderr
    error: nobody is signed in; there is no HOME/state/sotickets/sign-in.json
    hint: sign in: sotickets auth login
    --- exit code 4
    ");
    insta::assert_snapshot!(desk.shown(&desk.run(&["auth", "logout"])), @"
    --- stderr
    nobody was signed in
    --- exit code 0
    ");
    insta::assert_snapshot!(desk.shown(&desk.get(&["--url", &service.url])), @"
    --- stderr
    error: no credential is configured; nothing was sent
    hint: Onsite: --user NAME --password prompt; Online: sotickets auth login, or --token env:NAME, or SOTICKETS_TOKEN
    hint: behind a gateway that adds one: --no-auth; to try the tool: sotickets get 839 --demo
    --- exit code 4
    ");
    assert_eq!(service.state().asked.len(), 0);
    assert!(!desk.file("").exists(), "a folder was made for nothing");
}

#[test]
fn logout_forgets_and_revokes() {
    signed_in!(service, desk);
    let run = desk.run(&["auth", "logout"]);
    insta::assert_snapshot!(desk.shown(&run), @"
    --- stderr
    the sign-in is forgotten
    its tokens are revoked
    --- exit code 0
    ");
    assert_eq!(desk.kept("sign-in.json"), None);
    assert!(service.state().sign_in.grants.values().all(|grant| grant.is_revoked));
    assert!(service.state().sign_in.access.is_empty());
    assert_eq!(desk.run(&["auth", "status"]).code, 4);
    assert_eq!(desk.get(&["--url", &service.url]).code, 4);
}

#[test]
fn logout_says_where_nothing_could_be_revoked() {
    signed_in!(service, desk);
    service.state().sign_in.revokes = false;
    let run = desk.run(&["auth", "logout"]);
    insta::assert_snapshot!(desk.shown(&run), @"
    --- stderr
    the sign-in is forgotten
    the service has no address to revoke tokens: the last one is valid until it ends
    --- exit code 0
    ");
    assert_eq!(desk.kept("sign-in.json"), None);
}

#[test]
fn logout_forgets_without_the_service() {
    signed_in!(service, desk);
    let text = desk.kept("sign-in.json").expect("a sign-in");
    std::fs::write(desk.file("sign-in.json"), text.replace(&service.url, "https://localhost:1"))
        .expect("a file");
    let run = desk.run(&["auth", "logout"]);
    assert_eq!((run.code, desk.kept("sign-in.json")), (6, None), "{run}");
    assert!(run.stderr.contains("the sign-in is forgotten\nerror: could not connect"), "{run}");
}

#[test]
fn a_damaged_file_asks_for_a_new_sign_in_and_can_be_forgotten() {
    signed_in!(service, desk);
    for text in ["", "{", "null", "{\"service\":\"canary\"}", "[\"canary\"]"] {
        std::fs::write(desk.file("sign-in.json"), text).expect("a file");
        let run = desk.get(&[]);
        assert_eq!(run.code, 4, "{text}: {run}");
        assert!(run.stderr.contains("it is damaged\nhint: sign in again"), "{run}");
        assert!(!run.stderr.contains("canary"), "{run}");
        assert_eq!(desk.run(&["auth", "status"]).code, 4);
    }
    let run = desk.run(&["auth", "logout"]);
    assert_eq!((run.code, desk.kept("sign-in.json")), (0, None), "{run}");
}

#[test]
fn the_token_goes_to_the_hosts_of_its_service_alone() {
    signed_in!(service, desk);
    let other = support::Server::json("[]");
    for url in
        [other.url().as_str(), "https://crm.example.com", "https://online1.superoffice.com/Cust1"]
    {
        let run = desk.get(&["--url", url]);
        assert_eq!(run.code, 2, "{run}");
        assert!(run.stderr.contains("and the sign-in is for localhost alone"), "{run}");
    }
    assert_eq!(other.calls(), 0);
    let run = desk.get(&["--url", &service.site()]);
    assert_eq!(run.stdout, TICKET);
}

#[test]
fn a_credential_or_none_on_purpose_comes_first() {
    signed_in!(service, desk);
    let address = service.site();
    for (arguments, sent) in [
        (&["--token", "env:OTHER"][..], Some("Bearer other")),
        (&["--ticket", "env:OTHER"], Some("SOTicket other")),
        (&["--no-auth"], None),
    ] {
        let mut command = desk.command(&[&["get", "839", "--url", &address], arguments].concat());
        let run = Run::from(command.env("OTHER", "other").output().expect("a run"));
        assert_eq!(run.code, 4, "{run}");
        let state = service.state();
        assert_eq!(state.asked.last().expect("a call").header("authorization"), sent);
    }
    assert_eq!(service.exchanges("refresh_token"), 0);
}

#[test]
fn each_profile_has_a_sign_in_of_its_own() {
    let service = Online::tls();
    let desk = Desk::new(&service);
    let folder = desk.home.path().join("config/sotickets");
    std::fs::create_dir_all(&folder).expect("a folder");
    let text = "[profiles.work]\nclient_id = \"4ref5376616343b38d14ddcd804f2654\"\n[profiles.\"at home\"]\n";
    std::fs::write(folder.join("config.toml"), text).expect("a file");
    let mut command =
        desk.command(&["auth", "login", "--no-browser", "--store", "file", "--profile", "work"]);
    command.env_remove("SOTICKETS_CLIENT_ID");
    let waiting = support::online::desk::Waiting::start(command);
    desk.browse(waiting.url.as_str());
    assert_eq!(waiting.end().code, 0);
    assert_eq!(desk.get(&["--profile", "work"]).stdout, TICKET);
    for other in [&["--profile", "at home"][..], &[]] {
        assert_ne!(desk.get(other).code, 0);
    }
    let run = desk.run(&["auth", "status", "--profile", "at home"]);
    assert!(run.stderr.contains("sign in: sotickets auth login --profile 'at home'"), "{run}");
    assert!(
        desk.run(&["auth", "status", "--profile", "work"]).stdout.contains("profile      work")
    );
}

#[test]
fn a_dry_run_and_doctor_show_no_token() {
    signed_in!(service, desk);
    age(&desk);
    let run = desk.get(&["--dry-run"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(
        run.stdout.contains("Bearer $(printf %s \"$SOTICKETS_TOKEN\"")
            && !run.to_string().contains("canary"),
        "{run}"
    );
    let run = desk.run(&["doctor", "--offline"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stdout.contains("sign_in") && !run.to_string().contains("canary"), "{run}");
    assert_eq!(service.exchanges("refresh_token"), 0);
    // What it tries it tries as a call does.
    let run = desk.run(&["doctor", "839"]);
    assert_eq!((run.code, service.exchanges("refresh_token")), (0, 1), "{run}");
    let accepted = "\nok       credential  the token of the sign-in (Bearer) is accepted\n";
    assert!(run.stdout.contains(accepted) && !run.to_string().contains("canary"), "{run}");
    assert!(run.stderr.starts_with("sending the refresh token to "), "{run}");
}

#[cfg(unix)]
#[test]
fn the_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    signed_in!(service, desk);
    let mode = |name: &str| {
        let metadata = std::fs::metadata(desk.file(name)).expect("a file");
        metadata.permissions().mode() & 0o777
    };
    assert_eq!((mode("sign-in.json"), mode("")), (0o600, 0o700));
    age(&desk);
    assert_eq!(desk.get(&[]).code, 0);
    assert_eq!(mode("sign-in.json"), 0o600);
    let names = std::fs::read_dir(desk.file("")).expect("a folder").count();
    assert_eq!(names, 2, "the sign-in and its lock");
    assert_eq!(service.exchanges("refresh_token"), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn the_keyring_keeps_the_tokens() {
    let service = Online::plain();
    service.state().sign_in.knows_the_person = true;
    let desk = Desk::new(&service);
    if !programs::all_needed(&["gnome-keyring-daemon", "secret-tool", "curl", "grep"]) {
        return;
    }
    let Some(mut command) = programs::program("dbus-run-session") else { return };
    std::fs::create_dir_all(desk.home.path().join("run")).expect("a folder");
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
    let program = desk.command(&[]);
    command.args(["--", "sh", "-c", script]).env_clear().current_dir(desk.home.path());
    for (name, value) in program.get_envs() {
        command.env(name, value.expect("a value"));
    }
    command.env("PATH", programs::path()).env("XDG_RUNTIME_DIR", desk.home.path().join("run"));
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
fn what_a_program_took_is_taken_off_the_limit_here_too() {
    let service = Online::plain();
    let desk = Desk::new(&service);
    assert_eq!(desk.sign_in(&[]).0.code, 0);
    // It closes when the limit is over, if that began before the program.
    let slow = support::raw::server_of_any_after(Duration::from_millis(1500));
    let program = "command:sh -c 'sleep 1; echo canary'";
    let run = desk.get(&["--url", &slow, "--app-token", program, "--timeout", "2s"]);
    assert_eq!((run.code, run.stdout.as_str()), (6, ""), "{run}");
    assert!(run.stderr.contains("not done within 2s (--timeout)"), "{run}");
}
