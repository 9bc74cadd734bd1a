//! Storage of a sign-in: space is reserved before a token is spent, and failures to store are
//! reported.
#![cfg(unix)]

use std::fs;
use std::process::Command;

use crate::support::fault::documented;
use crate::support::limits::limited;
use crate::support::mounts::mounting;
use crate::support::online_server::OnlineServer;
use crate::support::online_server::test_user::{SIGN_IN, TestUser};
use crate::support::{Run, programs};

const TICKET: &str = "TicketId,Title\n839,Printer\n";
/// The lock of the sign-in.
const LOCK: &str = "sign-in-%43ust12345.lock";

/// Ends the access token by the clock.
fn expire(test_user: &TestUser<'_>) {
    let text = test_user.kept(SIGN_IN).expect("a sign-in");
    let mut kept: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    kept["place"]["file"]["expires"] = "2020-01-01T00:00:00Z".into();
    fs::write(test_user.file(SIGN_IN), kept.to_string()).expect("a file");
}

/// Runs `command` where no file may be larger than 512 bytes: as on a full disk, for every user.
fn without_room(command: &Command) -> Run {
    Run::from(limited("-f 1", command).output().expect("a shell"))
}

#[test]
fn refresh_without_room_spends_no_token() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    assert_eq!(test_user.sign_in(&[]).0.code, 0);
    service.steps();
    expire(&test_user);
    let before = test_user.kept(SIGN_IN);
    let get = test_user.command(&["get", "839", "-s", "TicketId,Title", "-o", "csv"]);
    let run = without_room(&get);
    insta::assert_snapshot!(test_user.shown(&run), @"
    --- stderr
    error: the sign-in of profile 'Cust12345' was not renewed: HOME/state/sotickets: File too large (os error 27)
    hint: make room there, or that folder writable, or have XDG_STATE_HOME name another
    hint: the refresh token was not used; nothing is lost
    --- exit code 4
    ");
    assert_eq!((service.exchanges("refresh_token"), service.calls("tickets")), (0, 0));
    assert_eq!(test_user.kept(SIGN_IN), before);
    assert_eq!(files(&test_user), [SIGN_IN, LOCK, "sign-in.lock"]);
    assert_eq!(test_user.get(&[]).stdout, TICKET);
    assert_eq!((service.exchanges("refresh_token"), service.calls("tickets")), (1, 1));
    documented(
        "a full disk before a token is renewed",
        4,
        "the sign-in … was not renewed: FOLDER: …",
    );
}

/// The names in the folder of the sign-in.
fn files(test_user: &TestUser<'_>) -> Vec<String> {
    let entries = fs::read_dir(test_user.file("")).expect("a folder");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .collect();
    names.sort();
    names
}

#[test]
fn renewed_token_that_cannot_be_stored_is_used_with_a_warning() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    assert_eq!(test_user.sign_in(&[]).0.code, 0);
    service.steps();
    expire(&test_user);
    let (folder, aside) = (test_user.file(""), test_user.home.path().join("aside"));
    service.state().sign_in.before_tokens = Some(Box::new({
        let (folder, aside) = (folder.clone(), aside.clone());
        move || fs::rename(&folder, &aside).expect("a folder")
    }));
    let run = test_user.get(&[]);
    insta::assert_snapshot!(test_user.shown(&run), @"
    TicketId,Title
    839,Printer
    --- stderr
    warning: the sign-in of profile 'Cust12345' was renewed and could not be kept: HOME/state/sotickets: No such file or directory (os error 2)
    hint: if the next call is refused, sign in again: sotickets auth login --profile Cust12345
    --- exit code 0
    ");
    assert_eq!((service.exchanges("refresh_token"), service.calls("tickets")), (1, 1));
    documented("a renewed token that cannot be kept", 0, "printed as sent, with a warning");
}

#[test]
fn sign_in_that_cannot_be_stored_is_reported_as_an_output_error() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    let (folder, aside) = (test_user.file(""), test_user.home.path().join("aside"));
    service.state().sign_in.before_tokens =
        Some(Box::new(move || fs::rename(&folder, &aside).expect("a folder")));
    let (run, page) = test_user.sign_in(&[]);
    insta::assert_snapshot!(test_user.shown(&run), @"
    --- stderr
    Open this address in a browser on this machine; Ctrl-C ends the wait:
    ok       credential  the token of the sign-in (Bearer) is accepted
    error: the sign-in of profile 'Cust12345' cannot be kept: HOME/state/sotickets: No such file or directory (os error 2)
    hint: make room there, or that folder writable, or have XDG_STATE_HOME name another
    hint: nothing was kept
    --- exit code 1
    ");
    assert!(page.body.contains("did not work"), "{}", page.body);
    documented(
        "a sign-in that cannot be kept at its end",
        1,
        "the sign-in … cannot be kept: FOLDER: …",
    );
}

#[test]
fn login_checks_its_folder_before_anything_is_sent() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    let login = ["auth", "login", "--no-browser", "--store", "file"];
    let run = without_room(&test_user.command(&login));
    insta::assert_snapshot!(test_user.shown(&run), @"
    --- stderr
    error: the sign-in cannot be kept: HOME/state/sotickets: File too large (os error 27)
    hint: make room there, or that folder writable, or have XDG_STATE_HOME name another
    --- exit code 2
    ");
    let mut nowhere = test_user.command(&login);
    nowhere.env("XDG_STATE_HOME", "/dev/null");
    let run = Run::from(nowhere.output().expect("a run"));
    assert!(run.stderr.contains("/dev/null/sotickets: Not a directory"), "{run}");
    assert_eq!(run.code, 2, "{run}");
    for (taken, why) in [("sign-in.json", "is a directory"), ("sign-in.lock", "Is a directory")] {
        let _ = fs::remove_file(test_user.file(taken));
        fs::create_dir(test_user.file(taken)).expect("a folder");
        let run = Run::from(test_user.command(&login).output().expect("a run"));
        assert_eq!(run.code, 2, "{run}");
        assert!(
            run.stderr.contains("the sign-in cannot be kept") && run.stderr.contains(why),
            "{run}"
        );
        fs::remove_dir(test_user.file(taken)).expect("a folder");
    }
    assert_eq!(service.requests().len(), 0);
    assert!(files(&test_user).is_empty(), "{:?}", files(&test_user));
    documented("a folder that takes no sign-in", 2, "the sign-in cannot be kept: FOLDER: …");
}

#[cfg(target_os = "linux")]
#[test]
fn login_on_a_read_only_disk_is_refused_before_anything_is_sent() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    let state = test_user.home.path().join("state");
    fs::create_dir(&state).expect("a folder");
    let script = "mount -t tmpfs -o ro none \"$1\" && shift && exec \"$@\"";
    let command = test_user.command(&["auth", "login", "--no-browser", "--store", "file"]);
    let Some(mut mounting) = mounting(script) else { return };
    mounting.arg(&state).arg(command.get_program()).args(command.get_args()).env_clear();
    for (name, value) in command.get_envs() {
        mounting.env(name, value.expect("a value"));
    }
    let run = Run::from(mounting.env("PATH", programs::path()).output().expect("a run"));
    assert_eq!(run.code, 2, "{run}");
    assert!(run.stderr.contains("state/sotickets: Read-only file system"), "{run}");
    assert_eq!(service.requests().len(), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn renewed_token_that_the_keyring_refuses_is_used_with_a_warning() {
    let service = OnlineServer::plain();
    service.state().sign_in.knows_the_person = true;
    service.state().sign_in.life = Some(30);
    let test_user = TestUser::new(&service);
    if !programs::all_needed(&["dbus-daemon", "gnome-keyring-daemon", "curl"]) {
        return;
    }
    fs::create_dir_all(test_user.home.path().join("run")).expect("a folder");
    // The bus ends while the tokens are on their way, and with it the keyring.
    let bus = test_user.home.path().join("bus");
    let mut exchanges = 0;
    service.state().sign_in.before_tokens = Some(Box::new(move || {
        exchanges += 1;
        if exchanges == 2 {
            let id = fs::read_to_string(&bus).expect("an id").trim().parse().expect("a number");
            let id = rustix::process::Pid::from_raw(id).expect("an id");
            rustix::process::kill_process(id, rustix::process::Signal::TERM).expect("sent");
        }
    }));
    let script = "exec 2>&1
        dbus-daemon --session --fork --print-address=3 --print-pid=4 3> place 4> bus
        read -r DBUS_SESSION_BUS_ADDRESS < place; export DBUS_SESSION_BUS_ADDRESS
        printf pw | gnome-keyring-daemon --unlock --components=secrets > /dev/null
        mkfifo address
        \"$SOTICKETS\" auth login --no-browser > address & login=$!
        read -r url < address; curl --silent --location --output page \"$url\"
        wait $login; echo \"login $?\"
        \"$SOTICKETS\" get 839 -s TicketId,Title -o csv; echo \"get $?\"
    ";
    let mut command = programs::sh();
    command.args(["-c", script]).env_clear().current_dir(test_user.home.path());
    for (name, value) in test_user.command(&[]).get_envs() {
        command.env(name, value.expect("a value"));
    }
    command.env("PATH", programs::path()).env("XDG_RUNTIME_DIR", test_user.home.path().join("run"));
    command.env("SOTICKETS", env!("CARGO_BIN_EXE_sotickets"));
    let run = Run::from(command.output().expect("a shell"));
    let warning =
        "\nwarning: the sign-in of profile 'Cust12345' was renewed and could not be kept: ";
    assert!(run.stdout.contains("\nlogin 0\n"), "{run}");
    assert!(run.stdout.contains(warning), "{run}");
    assert!(run.stdout.contains("hint: if the next call is refused, sign in again"), "{run}");
    assert!(run.stdout.ends_with(&format!("{TICKET}get 0\n")), "{run}");
    assert!(!run.stdout.contains("accesscanary"), "{run}");
    // The first call checks the sign-in.
    assert_eq!((service.exchanges("refresh_token"), service.calls("tickets")), (1, 2));
}
