//! The place of a secret: a stored file, the keyring, and what is restored after a failure.

use super::{Person, USER, server};
#[cfg(target_os = "linux")]
use crate::support::programs;
use crate::support::{Run, portable};

#[cfg(unix)]
fn set_mode(path: &std::path::Path, mode: u32) {
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode))
        .expect("a mode");
}

#[cfg(unix)]
#[test]
fn stored_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let (server, person) = (server(), Person::new());
    assert_eq!(person.login(&server.url(), &USER, "pw").code, 0);
    assert_eq!(person.state_files(), ["secret-127-0-0-1%2Fpassword"]);
    let file = person.state().join("secret-127-0-0-1%2Fpassword");
    let mode = |path: &std::path::Path| {
        std::fs::metadata(path).expect("a file").permissions().mode() & 0o777
    };
    assert_eq!((mode(&file), mode(&person.state())), (0o600, 0o700));
    assert_eq!(mode(&person.configuration_file()), 0o600);
    assert_eq!(std::fs::read_to_string(file).expect("a file"), "pw");
}

#[test]
fn one_line_end_is_dropped_and_blanks_of_a_password_stay() {
    // PowerShell adds a line end of Windows to what it passes on.
    for input in [" p w \r\n", " p w \n", " p w "] {
        let (server, person) = (server(), Person::new());
        assert_eq!(person.login(&server.url(), &USER, input).code, 0);
        let file = person.state().join("secret-127-0-0-1%2Fpassword");
        assert_eq!(std::fs::read_to_string(file).expect("a file"), " p w ");
        // tim: p w
        let expected = Some("Basic dGltOiBwIHcg");
        assert_eq!(server.seen().header("authorization"), expected);
    }
}

#[cfg(unix)]
#[test]
fn folder_that_others_can_write_to_is_refused() {
    let (server, person) = (server(), Person::new());
    std::fs::create_dir_all(person.state()).expect("a folder");
    for mode in [0o777, 0o770] {
        set_mode(&person.state(), mode);
        let run = person.login(&server.url(), &USER, "pw");
        assert_eq!((run.code, server.calls()), (2, 0), "{run}");
        insta::allow_duplicates! {
            insta::assert_snapshot!(run, @"
            --- stderr
            error: --store file: HOME/state/sotickets: other users can write to it
            hint: that folder must be writable for you alone; XDG_STATE_HOME names another
            --- exit code 2
            ");
        }
        person.assert_unchanged();
    }
    set_mode(&person.state(), 0o700);
    assert_eq!(person.login(&server.url(), &USER, "pw").code, 0);
    set_mode(&person.state(), 0o777);
    let run = person.run(&["get", "839"]);
    assert_eq!((run.code, server.calls()), (2, 1), "{run}");
    assert!(run.stderr.contains("HOME/state/sotickets: other users can write to it"), "{run}");
}

#[test]
fn doctor_names_the_stored_file_of_the_profile() {
    let (server, person) = (server(), Person::new());
    assert_eq!(person.login(&server.url(), &USER, "pw").code, 0);
    let run = person.run(&["doctor", "--offline"]);
    let line = "set, from the stored file of profile '127-0-0-1' (line ";
    assert!(run.code == 0 && run.stdout.contains(line), "{run}");
    // Only the sign-in made a call.
    assert_eq!(server.calls(), 1);
}

#[test]
fn stored_secret_that_is_missing_is_named() {
    let text = "[profiles.a]\nurl = \"http://127.0.0.1:9\"\ntoken = \"stored\"\n";
    let person = Person::with_configuration(text);
    insta::assert_snapshot!(person.run(&["get", "839", "--profile", "a"]), @"
    --- stderr
    error: token stored of profile 'a' (HOME/config/sotickets/config.toml, line 3): no secret is stored as 'a/token'
    hint: sotickets auth login --profile a stores one
    --- exit code 2
    ");
}

#[test]
fn dry_run_reads_the_stored_file_in_the_script() {
    let (server, person) = (server(), Person::new());
    assert_eq!(person.login(&server.url(), &USER, "pw").code, 0);
    let run = person.run(&["get", "839", "--dry-run"]);
    assert_eq!((run.code, server.calls()), (0, 1), "{run}");
    let file = portable::quoted("HOME/state/sotickets/secret-127-0-0-1%2Fpassword");
    let line = format!("SOTICKETS_PASSWORD=\"$(cat {file})\"\n");
    assert!(run.stdout.contains(&line), "{run}");
}

#[cfg(target_os = "linux")]
#[test]
fn missing_keyring_error_names_the_file_before_the_call() {
    let (server, person) = (server(), Person::new());
    let login = ["auth", "login", "--url", &server.url()];
    let run = Run::of(person.command(&[&login[..], &USER].concat()).write_stdin("pw"));
    assert_eq!((run.code, server.calls()), (2, 0), "{run}");
    insta::assert_snapshot!(run, @"
    --- stderr
    error: auth login: no keyring is available: DBus error: Failed to connect to socket /nowhere/bus: No such file or directory
    hint: --store file keeps the secret in a file that only you can read
    --- exit code 2
    ");
    person.assert_unchanged();
}

#[cfg(unix)]
#[test]
fn failure_to_write_the_profile_restores_the_secret() {
    let (server, person) = (server(), Person::new());
    let folder = person.configuration_file().with_file_name("");
    std::fs::create_dir_all(folder.join(".config.toml.lock")).expect("a folder");
    let run = person.login(&server.url(), &USER, "first");
    assert_eq!((run.code, server.calls()), (1, 1), "{run}");
    assert!(run.stderr.contains("hint: nothing was kept\n"), "{run}");
    person.assert_unchanged();

    std::fs::remove_dir(folder.join(".config.toml.lock")).expect("a folder");
    assert_eq!(person.login(&server.url(), &USER, "second").code, 0);
    std::fs::create_dir_all(folder.join(".config.toml.lock")).expect("a folder");
    assert_eq!(person.login(&server.url(), &USER, "third").code, 1);
    assert_eq!(person.run(&["get", "839"]).code, 0);
    // tim:second
    assert_eq!(server.seen().header("authorization"), Some("Basic dGltOnNlY29uZA=="));
}

/// Signs in to the keyring, to a file, and to the keyring again; then signs out.
#[cfg(target_os = "linux")]
const KEYRING_SCRIPT: &str = "printf pw | gnome-keyring-daemon --unlock --components=secrets > /dev/null
exec 2>&1
printf canary | \"$SOTICKETS\" auth login --url \"$URL\" --user tim --password stdin --profile work
\"$SOTICKETS\" get 839 -s TicketId -o csv
\"$SOTICKETS\" auth status
secret-tool lookup service sotickets username work/password; echo
printf canary | \"$SOTICKETS\" auth login --url \"$URL\" --user tim --password stdin --profile work --store file > /dev/null
secret-tool lookup service sotickets username work/password; echo \"none $?\"
printf canary | \"$SOTICKETS\" auth login --url \"$URL\" --user tim --password stdin --profile work
ls \"$XDG_STATE_HOME/sotickets\"
\"$SOTICKETS\" auth logout
secret-tool lookup service sotickets username work/password; echo \"none $?\"
\"$SOTICKETS\" get 839";

#[cfg(target_os = "linux")]
#[test]
fn keyring_keeps_the_secret_until_the_logout() {
    if !programs::all_needed(&["gnome-keyring-daemon", "secret-tool"]) {
        return;
    }
    let Some(mut command) = programs::program("dbus-run-session") else { return };
    let (server, person) = (server(), Person::new());
    let run_folder = person.home.path().join("run");
    std::fs::create_dir(&run_folder).expect("a folder");
    command.args(["--", "sh", "-c", KEYRING_SCRIPT]).env_clear().env("PATH", programs::path());
    command.env("HOME", person.home.path()).env("XDG_RUNTIME_DIR", &run_folder);
    command.env("XDG_CONFIG_HOME", person.home.path().join("config"));
    command.env("XDG_STATE_HOME", person.home.path().join("state"));
    command.env("SOTICKETS", env!("CARGO_BIN_EXE_sotickets")).env("URL", server.url());
    let run = person.shown(Run::from(command.output().expect("a session")));
    insta::assert_snapshot!(server.shown(&Run { stderr: String::new(), ..run }), @r#"
    ok       address     http://HOST:PORT
    ok       connection  made to HOST:PORT
    skipped  tls         http:// is not encrypted
    ok       version     NetServer 10.3.1.512 of 2024-08-10, API v1
    ok       credential  the user tim with the password from --password stdin (Basic) is accepted
    signed in to http://HOST:PORT as tim; kept in the keyring
    profile 'work', the default, is in HOME/config/sotickets/config.toml
    TicketId
    839
    profile   work (the default)
    kind      user and password (Basic)
    user      tim
    address   http://HOST:PORT
    password  the keyring; it is there
    canary
    ok       address     http://HOST:PORT
    ok       connection  made to HOST:PORT
    skipped  tls         http:// is not encrypted
    ok       version     NetServer 10.3.1.512 of 2024-08-10, API v1
    ok       credential  the user tim with the password from --password stdin (Basic) is accepted
    - profiles.work.password = "keyring"
    + profiles.work.password = "stored"
    signed in to http://HOST:PORT as tim; kept in HOME/state/sotickets/secret-work%2Fpassword
    profile 'work', the default, is in HOME/config/sotickets/config.toml
    none 1
    ok       address     http://HOST:PORT
    ok       connection  made to HOST:PORT
    skipped  tls         http:// is not encrypted
    ok       version     NetServer 10.3.1.512 of 2024-08-10, API v1
    ok       credential  the user tim with the password from --password stdin (Basic) is accepted
    - profiles.work.password = "stored"
    + profiles.work.password = "keyring"
    signed in to http://HOST:PORT as tim; kept in the keyring
    profile 'work', the default, is in HOME/config/sotickets/config.toml
    the password of profile 'work' is forgotten
    none 1
    error: password keyring of profile 'work' (HOME/config/sotickets/config.toml, line 6): the keyring has no entry 'work/password' of sotickets
    hint: sotickets auth login --profile work keeps one
    hint: put the secret there: secret-tool store --label=sotickets service sotickets username work/password
    hint: without a keyring, keep the secret in file:PATH, or let command:PROGRAM ARG… print it
    --- exit code 2
    "#);
}

/// Runs the program with `input` and the keyring of the user; `None` except on the runners of
/// GitHub for other platforms, whose user has a keyring in every session.
fn with_keyring(person: &Person, arguments: &[&str], input: &str) -> Option<Run> {
    if cfg!(target_os = "linux") || std::env::var_os("GITHUB_ACTIONS").is_none() {
        return None;
    }
    let mut command = person.command(arguments);
    command.envs(std::env::vars_os().filter(|(name, _)| {
        ["HOME", "USER", "USERPROFILE", "SystemRoot"].iter().any(|known| name == known)
    }));
    Some(Run::of(command.write_stdin(input)))
}

/// In the Credential Manager, which takes 2,560 bytes.
#[cfg(windows)]
#[test]
fn secret_that_is_too_large_for_the_keyring_leaves_no_old_one_there() {
    let (server, person) = (server(), Person::new());
    let url = server.url();
    let login = ["auth", "login", "--url", &url, "--token", "stdin", "--profile", "large"];
    let Some(first) = with_keyring(&person, &login, "8A:canary") else { return };
    assert_eq!(first.code, 0, "{first}");
    let kept = person.configuration();
    let second = with_keyring(&person, &login, &format!("8A:{}", "x".repeat(2000)));
    let second = second.expect("a run");
    assert_eq!(second.code, 0, "{second}");
    assert!(second.stderr.contains("are more than the 2560"), "{second}");
    assert!(person.configuration().contains("token = \"stored\""), "{second}");
    // The profile as it was leads to the old entry.
    std::fs::write(person.configuration_file(), kept).expect("a file");
    let get = with_keyring(&person, &["get", "839"], "").expect("a run");
    assert!(get.stderr.contains("the keyring has no entry 'large/token'"), "{get}");
    assert_eq!((get.code, server.calls()), (2, 2));
}

#[test]
fn keyring_gives_another_process_what_the_first_one_kept() {
    let (server, person) = (server(), Person::new());
    let profile = format!("test-{}", std::process::id());
    if with_keyring(&person, &["--version"], "").is_none() {
        return;
    }
    let run = |arguments: &[&str]| {
        let arguments = [arguments, &["--profile", &profile]].concat();
        with_keyring(&person, &arguments, "canary").expect("a run")
    };
    let login = run(&[&["auth", "login", "--url", &server.url()], &USER[..]].concat());
    assert_eq!(login.code, 0, "{login}");
    let status = run(&["auth", "status"]);
    assert!(status.stdout.contains("the keyring; it is there"), "{status}");
    assert_eq!(run(&["get", "839"]).code, 0);
    // tim:canary
    assert_eq!(server.seen().header("authorization"), Some("Basic dGltOmNhbmFyeQ=="));
    assert_eq!(run(&["auth", "logout"]).code, 0);
    assert_eq!(run(&["auth", "status"]).code, 4);
}
