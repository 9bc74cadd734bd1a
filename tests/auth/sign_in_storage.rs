//! Room for what is kept of a sign-in: reserved before a token is spent, and what happens
//! where it cannot be kept all the same.
#![cfg(unix)]

use std::fs;
use std::process::Command;

use crate::support::fault::documented;
use crate::support::limits::limited;
use crate::support::online::Online;
use crate::support::online::desk::Desk;
use crate::support::{Run, programs};

const TICKET: &str = "TicketId,Title\n839,Printer\n";

/// Ends the access token by the clock.
fn expire(desk: &Desk<'_>) {
    let text = desk.kept("sign-in.json").expect("a sign-in");
    let mut kept: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    kept["place"]["file"]["expires"] = "2020-01-01T00:00:00Z".into();
    fs::write(desk.file("sign-in.json"), kept.to_string()).expect("a file");
}

/// Runs `command` where no file may be larger than 512 bytes: as on a full disk, for every user.
fn without_room(command: &Command) -> Run {
    Run::from(limited("-f 1", command).output().expect("a shell"))
}

#[test]
fn refresh_without_room_spends_no_token() {
    let service = Online::tls();
    let desk = Desk::new(&service);
    assert_eq!(desk.sign_in(&[]).0.code, 0);
    expire(&desk);
    let before = desk.kept("sign-in.json");
    let get = desk.command(&["get", "839", "-s", "TicketId,Title", "-o", "csv"]);
    let run = without_room(&get);
    insta::assert_snapshot!(desk.shown(&run), @"
    --- stderr
    error: the sign-in was not renewed: HOME/state/sotickets: File too large (os error 27)
    hint: make room there, or that folder writable, or have XDG_STATE_HOME name another
    hint: the refresh token was not used; nothing is lost
    --- exit code 4
    ");
    assert_eq!((service.exchanges("refresh_token"), service.calls("tickets")), (0, 0));
    assert_eq!(desk.kept("sign-in.json"), before);
    assert_eq!(files(&desk), ["sign-in.json", "sign-in.lock"]);
    assert_eq!(desk.get(&[]).stdout, TICKET);
    assert_eq!((service.exchanges("refresh_token"), service.calls("tickets")), (1, 1));
    documented(
        "a full disk before a token is renewed",
        4,
        "the sign-in was not renewed: FOLDER: …",
    );
}

/// The names in the folder of the sign-in.
fn files(desk: &Desk<'_>) -> Vec<String> {
    let entries = fs::read_dir(desk.file("")).expect("a folder");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .collect();
    names.sort();
    names
}

#[test]
fn renewed_token_that_cannot_be_kept_is_used_with_a_warning() {
    let service = Online::tls();
    let desk = Desk::new(&service);
    assert_eq!(desk.sign_in(&[]).0.code, 0);
    expire(&desk);
    let (folder, aside) = (desk.file(""), desk.home.path().join("aside"));
    service.state().sign_in.before_tokens = Some(Box::new({
        let (folder, aside) = (folder.clone(), aside.clone());
        move || fs::rename(&folder, &aside).expect("a folder")
    }));
    let run = desk.get(&[]);
    insta::assert_snapshot!(desk.shown(&run), @"
    TicketId,Title
    839,Printer
    --- stderr
    warning: the sign-in was renewed and could not be kept: HOME/state/sotickets: No such file or directory (os error 2)
    hint: if the next call is refused, sign in again: sotickets auth login
    --- exit code 0
    ");
    assert_eq!((service.exchanges("refresh_token"), service.calls("tickets")), (1, 1));
    documented("a renewed token that cannot be kept", 0, "printed as sent, with a warning");
}

#[test]
fn sign_in_that_cannot_be_kept_at_its_end_does_not_say_that_nothing_was_sent() {
    let service = Online::tls();
    let desk = Desk::new(&service);
    let (folder, aside) = (desk.file(""), desk.home.path().join("aside"));
    service.state().sign_in.before_tokens =
        Some(Box::new(move || fs::rename(&folder, &aside).expect("a folder")));
    let (run, page) = desk.sign_in(&[]);
    insta::assert_snapshot!(desk.shown(&run), @"
    --- stderr
    Open this address in a browser on this machine; Ctrl-C ends the wait:
    error: the sign-in cannot be kept: HOME/state/sotickets: No such file or directory (os error 2)
    hint: make room there, or that folder writable, or have XDG_STATE_HOME name another
    --- exit code 1
    ");
    assert!(page.body.contains("did not work"), "{}", page.body);
    documented(
        "a sign-in that cannot be kept at its end",
        1,
        "the sign-in cannot be kept: FOLDER: …",
    );
}

#[test]
fn login_checks_its_folder_before_anything_is_sent() {
    let service = Online::tls();
    let desk = Desk::new(&service);
    let login = ["auth", "login", "--no-browser", "--store", "file"];
    let run = without_room(&desk.command(&login));
    insta::assert_snapshot!(desk.shown(&run), @"
    --- stderr
    error: the sign-in cannot be kept: HOME/state/sotickets: File too large (os error 27)
    hint: make room there, or that folder writable, or have XDG_STATE_HOME name another
    --- exit code 2
    ");
    let mut nowhere = desk.command(&login);
    nowhere.env("XDG_STATE_HOME", "/dev/null");
    let run = Run::from(nowhere.output().expect("a run"));
    assert!(run.stderr.contains("/dev/null/sotickets: Not a directory"), "{run}");
    assert_eq!(run.code, 2, "{run}");
    for (taken, why) in [("sign-in.json", "is a directory"), ("sign-in.lock", "Is a directory")] {
        let _ = fs::remove_file(desk.file(taken));
        fs::create_dir(desk.file(taken)).expect("a folder");
        let run = Run::from(desk.command(&login).output().expect("a run"));
        assert_eq!(run.code, 2, "{run}");
        assert!(
            run.stderr.contains("the sign-in cannot be kept") && run.stderr.contains(why),
            "{run}"
        );
        fs::remove_dir(desk.file(taken)).expect("a folder");
    }
    assert_eq!(service.asked().len(), 0);
    assert!(files(&desk).is_empty(), "{:?}", files(&desk));
    documented("a folder that takes no sign-in", 2, "the sign-in cannot be kept: FOLDER: …");
}

#[cfg(target_os = "linux")]
#[test]
fn login_on_a_read_only_disk_is_refused_before_anything_is_sent() {
    let service = Online::tls();
    let desk = Desk::new(&service);
    let state = desk.home.path().join("state");
    fs::create_dir(&state).expect("a folder");
    let script = "mount -t tmpfs -o ro none \"$0\" && exec \"$@\"";
    let command = desk.command(&["auth", "login", "--no-browser", "--store", "file"]);
    if !programs::needed("mount") {
        return;
    }
    let Some(mut unshare) = programs::program("unshare") else { return };
    unshare.args(["--user", "--map-root-user", "--mount", "sh", "-c", script]).arg(&state);
    unshare.arg(command.get_program()).args(command.get_args()).env_clear();
    for (name, value) in command.get_envs() {
        unshare.env(name, value.expect("a value"));
    }
    let run = Run::from(unshare.env("PATH", programs::path()).output().expect("a run"));
    if run.stderr.contains("unshare") || run.stderr.contains("mount:") {
        return programs::skip("this machine lets nobody mount anything here");
    }
    assert_eq!(run.code, 2, "{run}");
    assert!(run.stderr.contains("state/sotickets: Read-only file system"), "{run}");
    assert_eq!(service.asked().len(), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn renewed_token_that_the_keyring_refuses_is_used_with_a_warning() {
    let service = Online::plain();
    service.state().sign_in.knows_the_person = true;
    service.state().sign_in.life = Some(30);
    let desk = Desk::new(&service);
    if !programs::all_needed(&["dbus-daemon", "gnome-keyring-daemon", "curl"]) {
        return;
    }
    fs::create_dir_all(desk.home.path().join("run")).expect("a folder");
    // The bus ends while the tokens are on their way, and with it the keyring.
    let bus = desk.home.path().join("bus");
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
    command.args(["-c", script]).env_clear().current_dir(desk.home.path());
    for (name, value) in desk.command(&[]).get_envs() {
        command.env(name, value.expect("a value"));
    }
    command.env("PATH", programs::path()).env("XDG_RUNTIME_DIR", desk.home.path().join("run"));
    command.env("SOTICKETS", env!("CARGO_BIN_EXE_sotickets"));
    let run = Run::from(command.output().expect("a shell"));
    let warning = "\nwarning: the sign-in was renewed and could not be kept: the sign-in: ";
    assert!(run.stdout.contains("\nlogin 0\n"), "{run}");
    assert!(run.stdout.contains(warning), "{run}");
    assert!(run.stdout.contains("hint: if the next call is refused, sign in again"), "{run}");
    assert!(run.stdout.ends_with(&format!("{TICKET}get 0\n")), "{run}");
    assert!(!run.stdout.contains("accesscanary"), "{run}");
    assert_eq!((service.exchanges("refresh_token"), service.calls("tickets")), (1, 1));
}
