//! The place of a stored sign-in: its file, its profile, the keyring, and the hosts it is for.

use std::time::Duration;

use crate::support;
use crate::support::online_server::OnlineServer;
use crate::support::online_server::test_user::{SIGN_IN, TestUser};
#[cfg(unix)]
use crate::support::{Run, programs};

#[cfg(unix)]
use super::age;
use super::{TICKET, signed_in};

#[test]
fn damaged_session_file_asks_for_a_new_sign_in() {
    let service = OnlineServer::tls();
    let test_user = signed_in(&service);
    for text in ["", "{", "null", "{\"service\":\"canary\"}", "[\"canary\"]"] {
        std::fs::write(test_user.file(SIGN_IN), text).expect("a file");
        let run = test_user.get(&[]);
        assert_eq!(run.code, 4, "{text}: {run}");
        assert!(run.stderr.contains("it is damaged\nhint: sign in again"), "{run}");
        assert!(!run.stderr.contains("canary"), "{run}");
        assert_eq!(test_user.run(&["auth", "status"]).code, 4);
    }
    let run = test_user.run(&["auth", "logout"]);
    assert_eq!((run.code, test_user.kept(SIGN_IN)), (0, None), "{run}");
}

#[test]
fn token_is_sent_to_the_hosts_of_its_service_only() {
    let service = OnlineServer::tls();
    let test_user = signed_in(&service);
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
    assert_ne!(test_user.get(&["--profile", "at home"]).code, 0);
    let run = test_user.run(&["auth", "status", "--profile", "at home"]);
    let quoted = support::portable::quoted("at home");
    let hint = format!("sign in: sotickets auth login --profile {quoted}");
    assert!(run.stderr.contains(&hint), "{run}");
    assert!(
        test_user
            .run(&["auth", "status", "--profile", "work"])
            .stdout
            .contains("profile      work")
    );
}

#[cfg(unix)]
#[test]
fn file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let service = OnlineServer::tls();
    let test_user = signed_in(&service);
    let mode = |name: &str| {
        let metadata = std::fs::metadata(test_user.file(name)).expect("a file");
        metadata.permissions().mode() & 0o777
    };
    assert_eq!((mode(SIGN_IN), mode("")), (0o600, 0o700));
    age(&test_user);
    assert_eq!(test_user.get(&[]).code, 0);
    assert_eq!(mode(SIGN_IN), 0o600);
    let names = std::fs::read_dir(test_user.file("")).expect("a folder").count();
    assert_eq!(names, 3, "the sign-in, its lock, and that before the tenant was known");
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
        secret-tool lookup service sotickets username Cust12345/sign-in | grep -c canary
        grep -c canary state/sotickets/sign-in-%43ust12345.json
        \"$SOTICKETS\" auth logout
        secret-tool lookup service sotickets username Cust12345/sign-in; echo \"entry $?\"
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
    let home = test_user.home.path().to_string_lossy().into_owned();
    let host = service.url.trim_start_matches("http://");
    let shown = service.shown(&run.stdout).replace(host, "HOST:PORT").replace(&home, "HOME");
    insta::assert_snapshot!(shown, @"
    Open this address in a browser on this machine; Ctrl-C ends the wait:
    ok       address     Cust12345 of SERVICE
    ok       connection  made to HOST:PORT
    skipped  tls         http:// is not encrypted
    ok       version     NetServer 10.3.1.512 of 2024-08-10, API v1
    ok       credential  the token of the sign-in (Bearer) is accepted
    signed in to Cust12345 as tim@example.com; kept in the keyring
    profile 'Cust12345', the default, is in HOME/config/sotickets/config.toml
    login 0
    TicketId,Title
    839,Printer
    kept in      the keyring
    1
    0
    the sign-in of profile 'Cust12345' is forgotten
    its tokens are revoked
    entry 1
    sign-in-%43ust12345.lock
    sign-in.lock
    ");
}

/// In the Credential Manager, which takes 2,560 bytes; on the runners of GitHub, whose user has one.
#[cfg(windows)]
#[test]
fn renewed_tokens_that_are_too_large_for_the_keyring_leave_no_old_ones_there() {
    use crate::support::Run;
    use crate::support::online_server::Reply;
    use crate::support::online_server::test_user::Waiting;

    if std::env::var_os("GITHUB_ACTIONS").is_none() {
        return;
    }
    let service = OnlineServer::plain();
    let test_user = TestUser::new(&service);
    let waiting = Waiting::start(test_user.command(&["auth", "login", "--no-browser"]));
    test_user.browse(waiting.url.as_str());
    let login: Run = waiting.end();
    assert_eq!(login.code, 0, "{login}");
    let first = test_user.kept(SIGN_IN).expect("a sign-in");
    assert!(first.contains("\"keyring\""), "{first}");

    let access = format!("8A:Cust12345.{}", "x".repeat(2000));
    let answer = serde_json::json!({ "token_type": "Bearer", "access_token": &access });
    service.state().sign_in.odd_tokens = Some(Reply::json(200, &answer));
    service.state().sign_in.access = [(access, chrono::DateTime::<chrono::Utc>::MAX_UTC)].into();
    let run = test_user.get(&[]);
    assert_eq!((run.code, run.stdout.as_str()), (0, TICKET), "{run}");
    assert_eq!((service.exchanges("refresh_token"), service.calls("tickets")), (1, 3));
    // The file as it was leads to the old entry.
    assert!(test_user.kept(SIGN_IN).is_some_and(|kept| kept.contains("xxx")));
    std::fs::write(test_user.file(SIGN_IN), first).expect("a file");
    let run = test_user.get(&[]);
    assert!(run.stderr.contains("is not there any more"), "{run}");
    assert_eq!((run.code, service.calls("tickets")), (4, 3), "{run}");
}

#[test]
fn time_of_a_secret_program_counts_towards_the_timeout() {
    let service = OnlineServer::plain();
    let test_user = TestUser::new(&service);
    assert_eq!(test_user.sign_in(&[]).0.code, 0);
    // The limit includes the time of the program.
    let slow = support::tcp_server::closing_after(Duration::from_millis(1500));
    let program = format!("command:{}", support::portable::slow_echo("canary"));
    let run = test_user.get(&["--url", &slow, "--app-token", &program, "--timeout", "2s"]);
    assert_eq!((run.code, run.stdout.as_str()), (6, ""), "{run}");
    assert!(run.stderr.contains("not done within 2s (--timeout)"), "{run}");
}
