//! `keyring` as the source of a secret: a real Secret Service in a session of its own, and the
//! messages without one.
#![cfg(target_os = "linux")]

use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Stdio;

use crate::support::{Run, Server, configuration, configured, programs, sotickets};

/// Opens a keyring; its password is `pw`.
const OPEN: &str = "printf pw | gnome-keyring-daemon --unlock --components=secrets > /dev/null
keep() { printf %s \"$2\" | secret-tool store --label=sotickets service sotickets username \"$1\"; }
";

/// The program at the end of a script, with both its streams as the script's output.
const GET: &str = "\"$SOTICKETS\" get 839 -s TicketId -o csv \"$@\" 2>&1\n";

/// A home folder, with a folder for sockets, that a session can be started in.
fn home() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("run")).expect("a folder");
    folder
}

/// Runs `script` in a session with a D-Bus of its own, without a display to ask at;
/// `None` where this machine has no Secret Service to start.
fn session(home: &Path, script: &str, url: &str, arguments: &[&str]) -> Option<Run> {
    if !programs::all_needed(&["gnome-keyring-daemon", "secret-tool"]) {
        return None;
    }
    let mut command = programs::program("dbus-run-session")?;
    command.args(["--", "sh", "-c", script, "sh"]).args(arguments).env_clear();
    command.env("PATH", programs::path()).env("HOME", home);
    command.env("XDG_RUNTIME_DIR", home.join("run")).env("XDG_CONFIG_HOME", home);
    command.env("SOTICKETS", env!("CARGO_BIN_EXE_sotickets")).env("SOTICKETS_URL", url);
    // A keyring that the bus has started may outlive it: nothing waits for the end of its messages.
    let output = command.stderr(Stdio::null()).output().expect("a session");
    Some(Run::from(output))
}

fn server() -> Server {
    Server::json(r#"[{"TicketId":839}]"#)
}

fn sent(server: &Server) -> Option<String> {
    server.seen().header("authorization").map(str::to_owned)
}

#[test]
fn secret_comes_from_the_entry_of_its_profile() {
    let server = server();
    let text = format!("[profiles.work]\nurl = \"{}\"\ntoken = \"keyring\"\n", server.url());
    let folder = configuration(text);
    std::fs::create_dir(folder.path().join("run")).expect("a folder");
    let script =
        format!("{OPEN}keep token 8A:alone; keep work/token 8A:work; keep work/ticket 7T:x\n{GET}");
    for (at, (arguments, header)) in [
        (&["--profile", "work"][..], "Bearer 8A:work"),
        (&["--profile", "work", "--ticket", "keyring"], "SOTicket 7T:x"),
        (&["--token", "keyring"], "Bearer 8A:alone"),
    ]
    .into_iter()
    .enumerate()
    {
        let Some(run) = session(folder.path(), &script, &server.url(), arguments) else { return };
        assert_eq!((run.code, run.stdout.as_str()), (0, "TicketId\n839\n"), "{run}");
        assert_eq!((server.calls(), sent(&server).as_deref()), (at + 1, Some(header)));
    }
}

#[test]
fn entry_that_is_not_there_is_named_with_how_to_make_it() {
    let (server, home) = (server(), home());
    let script = format!("{OPEN}{GET}");
    let Some(run) = session(home.path(), &script, &server.url(), &["--token", "keyring"]) else {
        return;
    };
    assert_eq!(server.calls(), 0);
    insta::assert_snapshot!(run, @"
    error: --token keyring: the keyring has no entry 'token' of sotickets
    hint: put the secret there: secret-tool store --label=sotickets service sotickets username token
    hint: without a keyring, keep the secret in file:PATH, or let command:PROGRAM ARG… print it
    --- exit code 2
    ");
}

#[test]
fn invalid_keyring_entry_is_rejected() {
    for (kept, message) in [("canary\ncanary", "a line break"), ("", "is empty")] {
        let (server, home) = (server(), home());
        let script = format!("{OPEN}keep token '{kept}'\n{GET}");
        let Some(run) = session(home.path(), &script, &server.url(), &["--token", "keyring"])
        else {
            return;
        };
        assert_eq!((run.code, server.calls()), (2, 0), "{run}");
        assert!(run.stdout.contains(message) && !run.stdout.contains("canary"), "{run}");
    }
}

#[test]
fn keyring_that_stays_locked_is_an_error() {
    let (server, home) = (server(), home());
    let fill = format!("{OPEN}keep token 8A:canary\n");
    if session(home.path(), &fill, "", &[]).is_none() {
        return;
    }
    let script = format!("gnome-keyring-daemon --start --components=secrets > /dev/null\n{GET}");
    let run = session(home.path(), &script, &server.url(), &["--token", "keyring"]);
    let run = run.expect("it was there before");
    assert_eq!(server.calls(), 0);
    insta::assert_snapshot!(run, @"
    error: --token keyring: the keyring is locked, and was not unlocked: Secret Service: unlock prompt was dismissed
    hint: without a keyring, keep the secret in file:PATH, or let command:PROGRAM ARG… print it
    --- exit code 2
    ");
}

#[test]
fn locked_keyring_is_asked_once_for_all_profiles() {
    let profile = |name: &str| {
        format!("[profiles.{name}]\nurl = \"https://crm.invalid\"\ntoken = \"keyring\"\n")
    };
    let folder = configuration(profile("a") + &profile("b"));
    std::fs::create_dir(folder.path().join("run")).expect("a folder");
    let fill = format!("{OPEN}keep a/token 8A:canary\nkeep b/token 8A:canary\n");
    if session(folder.path(), &fill, "", &[]).is_none() {
        return;
    }
    let status = "gnome-keyring-daemon --start --components=secrets > /dev/null
        env -u SOTICKETS_URL \"$SOTICKETS\" auth status 2> /dev/null";
    let run = session(folder.path(), status, "", &[]).expect("it was there before");
    insta::assert_snapshot!(run, @"
    profile  a
    kind     token (Bearer)
    address  https://crm.invalid
    token    the keyring; it cannot be read: the keyring is locked, and was not unlocked: Secret Service: unlock prompt was dismissed

    profile  b
    kind     token (Bearer)
    address  https://crm.invalid
    token    the keyring; it cannot be read: the keyring is locked, and was not unlocked: Secret Service: unlock prompt was dismissed; it was not asked again
    --- exit code 2
    ");
}

#[test]
fn missing_keyring_error_names_other_sources() {
    let server = server();
    let run = |address: &str| {
        let mut command = server.get_bare(&["839", "--token", "keyring"]);
        server.refused(command.env("DBUS_SESSION_BUS_ADDRESS", address))
    };
    insta::assert_snapshot!(run("unix:path=/nowhere/bus"), @"
    --- stderr
    error: --token keyring: no keyring is available: DBus error: Failed to connect to socket /nowhere/bus: No such file or directory
    hint: without a keyring, keep the secret in file:PATH, or let command:PROGRAM ARG… print it
    --- exit code 2
    ");
    insta::assert_snapshot!(server.refused(&mut server.get_bare(&["839", "--token", "keyring"])), @"
    --- stderr
    error: --token keyring: no keyring is available in this session: DBUS_SESSION_BUS_ADDRESS is not set
    hint: without a keyring, keep the secret in file:PATH, or let command:PROGRAM ARG… print it
    --- exit code 2
    ");
    insta::assert_snapshot!(run("zorp"), @"
    --- stderr
    error: --token keyring: no keyring is available: DBus error: Address does not contain a colon
    hint: without a keyring, keep the secret in file:PATH, or let command:PROGRAM ARG… print it
    --- exit code 2
    ");
}

#[test]
fn bus_that_does_not_answer_is_not_waited_for_without_an_end() {
    let (server, home) = (server(), home());
    let socket = home.path().join("bus");
    let _listener = UnixListener::bind(&socket).expect("a socket");
    let mut command = server.get_bare(&["839", "--token", "keyring"]);
    command.env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", socket.display()));
    let run = server.refused(command.timeout(std::time::Duration::from_secs(100)));
    insta::assert_snapshot!(run, @"
    --- stderr
    error: --token keyring: the keyring did not answer within 10 s
    hint: without a keyring, keep the secret in file:PATH, or let command:PROGRAM ARG… print it
    --- exit code 2
    ");
}

#[test]
fn keyring_entry_of_a_profile_is_not_sent_to_another_server() {
    let server = server();
    let url = server.url();
    let folder = configuration("[profiles.work]\nurl = \"https://crm.invalid\"\n");
    for option in [&["--token", "keyring"][..], &["--no-auth", "-H", "X-Api-Key: @keyring"]] {
        let arguments = [&["839", "--profile", "work", "--url", &url], option].concat();
        let run = server.refused(&mut configured(&folder, &arguments));
        assert!(
            run.stderr.contains(" of profile 'work' is for https://crm.invalid alone"),
            "{run}"
        );
    }
}

#[test]
fn dry_run_and_doctor_do_not_open_the_keyring() {
    let server = server();
    let folder = configuration(format!(
        "default_profile = \"at work\"\n[profiles.\"at work\"]\nurl = \"{}\"\ntoken = \"keyring\"\n",
        server.url()
    ));
    let run = Run::of(&mut configured(&folder, &["839", "--dry-run"]));
    assert_eq!((run.code, server.calls()), (0, 0), "{run}");
    let export =
        "SOTICKETS_TOKEN=\"$(secret-tool lookup service sotickets username 'at work/token')\"";
    assert!(run.stdout.contains(export), "{run}");
    let run =
        Run::of(sotickets().args(["doctor", "--offline"]).env("XDG_CONFIG_HOME", folder.path()));
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stdout.contains("set, from the keyring of profile 'at work'"), "{run}");
}
