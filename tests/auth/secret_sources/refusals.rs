//! Secrets that are refused or missing: no message repeats them.

use std::fs;

use crate::support::programs::program;
use crate::support::wine::sample_under_wine;
use crate::support::{Run, portable, sotickets};

use super::server;

#[test]
fn scheme_of_another_credential_is_refused() {
    let server = server();
    let mut command = server.get_bare(&["839"]);
    command.env("SOTICKETS_TOKEN", "SOTicket 7T:canary");
    insta::assert_snapshot!(server.refused(&mut command), @"
    --- stderr
    error: the token from SOTICKETS_TOKEN begins with SOTicket, so it is a ticket
    hint: give it with --ticket, or in SOTICKETS_TICKET
    --- exit code 2
    ");
    let mut command = server.get_bare(&["839", "--ticket", "env:T"]);
    insta::assert_snapshot!(server.refused(command.env("T", "Bearer 8A:canary")), @"
    --- stderr
    error: the ticket from --ticket env:T begins with Bearer, so it is an access token
    hint: give it with --token, or in SOTICKETS_TOKEN
    --- exit code 2
    ");
    let mut command = server.get_bare(&["839", "--app-token", "env:T"]);
    command.env("SOTICKETS_TOKEN", "8A:x").env("T", "Basic dGltOmNhbmFyeQ==");
    insta::assert_snapshot!(server.refused(&mut command), @"
    --- stderr
    error: the application token from --app-token env:T begins with Basic, so it is a user name and a password in base64
    hint: give them with --user and --password
    --- exit code 2
    ");
}

#[test]
fn prompt_without_a_terminal_is_an_error() {
    let server = server();
    // A session of its own has no terminal.
    let Some(mut command) = program("setsid") else { return };
    command.args(["-w", env!("CARGO_BIN_EXE_sotickets"), "get", "839", "--token", "prompt"]);
    let run = Run::from(command.env("SOTICKETS_URL", server.url()).output().expect("setsid"));
    assert_eq!((run.code, run.stdout.as_str(), server.calls()), (2, "", 0), "{run}");
    assert!(
        run.stderr.starts_with("error: --token prompt: there is no terminal to ask at"),
        "{run}"
    );
}

#[test]
fn literal_is_refused_and_not_repeated() {
    let server = server();
    let options = ["--password", "--ticket", "--token", "--xsrf-token", "--cookie", "--app-token"];
    for option in options {
        for literal in sample_under_wine([
            "canary",
            "7T:canary",
            "env:",
            "env:8A:Cust12345.canary",
            "env:canary==",
            "ENV:canary",
            "https://canary",
            "-canary",
            "command:'canary",
        ]) {
            let run = server.refused(&mut server.get_bare(&[
                "839",
                "--user",
                "tim",
                &format!("{option}={literal}"),
            ]));
            assert!(!run.stderr.contains("canary"), "{run}");
        }
    }
    let run = server.refuses(&["839", "--token", "8A:Cust12345.canary"]);
    insta::assert_snapshot!(run, @r"
    --- stderr
    error: --token takes the place where the secret is kept, not the secret itself
    hint: arguments can be read by every user of this machine
    hint: name the place: env:NAME, file:PATH, stdin, prompt, keyring or command:PROGRAM ARG…
    --- exit code 2
    ");
}

#[test]
fn secret_in_the_address_is_refused_and_not_repeated() {
    for url in [
        "https://tim:canary@crm.example.com/x",
        "tim:canary@crm.example.com",
        "htps://tim:canary@crm.example.com",
        "https://tim:can/canary@crm.example.com",
        "https://tim:can canary@crm.example.com",
        "https:///tim:canary@crm.example.com",
        "https://///:canary@crm.example.com/x",
        "https://\\tim:canary@crm.example.com",
    ] {
        let run = server().refuses(&["839", "--url", url]);
        assert!(run.stderr.starts_with("error: --url: "), "{run}");
        assert!(!run.stderr.contains("canary"), "{url}: {run}");
    }
}

#[test]
fn secret_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let empty = folder.path().join("empty");
    fs::write(&empty, "\n").expect("a file");
    let empty = format!("file:{}", empty.display());
    let cases = [
        ("env:NOT_SET", "--token env:NOT_SET: the variable NOT_SET is not set, or empty"),
        ("env:EMPTY", "--token env:EMPTY: the variable EMPTY is not set, or empty"),
        ("env:ACME_TOKEN", "--token env:ACME_TOKEN: the variable ACME_TOKEN is not set, or empty"),
        ("file:/nowhere/token", "--token file:/…: No such file or directory"),
        ("file:/", "--token file:/: Is a directory"),
        (&empty, &format!("the token from --token {empty} is empty")),
        ("file:canary4d1aF93canary9bA", "--token file:…: No such file or directory"),
        ("file:8A:Cust12345.canary", "--token file:…: No such file or directory"),
        ("stdin", "the token from --token stdin is empty"),
    ];
    let (program, failed) = portable::FALSE;
    let program = format!("command:{program} canary");
    let failed = format!("--token command:…: {failed}");
    let programs = if cfg!(windows) {
        [
            ("command:cmd.exe /c ver >NUL", "the token from --token command:… is empty"),
            ("command:C:\\nowhere\\canary", "--token command:…: there is no such program: "),
            ("command:C:\\Windows canary", "--token command:…: 'C:\\Windows' could not be run: "),
        ]
    } else {
        [
            ("command:true", "the token from --token command:… is empty"),
            (
                "command:/nowhere/canary",
                "--token command:…: there is no such program: No such file",
            ),
            ("command:/ canary", "--token command:…: '/' could not be run: Permission denied"),
        ]
    };
    for (source, message) in cases.into_iter().chain(programs).chain([(&*program, &*failed)]) {
        let server = server();
        let run = server.refused(server.get_bare(&["839", "--token", source]).env("EMPTY", ""));
        assert!(run.stderr.starts_with(&format!("error: {message}")), "{run}");
        assert!(!run.stderr.contains("canary"), "{run}");
    }
}

/// `--token env:$TOKEN` and `--token file:$TOKEN`, where a shell puts the secret itself.
#[test]
fn possible_secret_is_not_repeated() {
    let secrets = [
        "canary4d1aF93canary9bA",
        "canary",
        "CANARY",
        "JBSWY3DPEHPK3PXPCANARY",
        "eyJhbGciOi.canary.c2lnbmF0dXJl",
        "8A:Cust12345.canary",
        "can/canary+x==",
        "/usr/canary/x",
        "../canary",
        "c_canary",
    ];
    let server = server();
    let cases = ["env", "file"].into_iter().flat_map(|place| secrets.map(|secret| (place, secret)));
    for (place, secret) in sample_under_wine(cases) {
        let source = format!("{place}:{secret}");
        let header = format!("X-Api-Key: @{source}");
        for arguments in [["--token", &source], ["-H", &header]] {
            for more in [&[][..], &["--dry-run"], &["-v"]] {
                let run = server.refused(
                    server.get(&[&["839"], &arguments[..], more].concat()).env("OTHER", "x"),
                );
                assert!(!run.stderr.to_lowercase().contains("canary"), "{source}: {run}");
            }
        }
    }
    let mut command = server.get_bare(&["839", "--token", "env:my_tokem"]);
    let run = server.refused(command.env("my_token", "canary")).to_string();
    insta::assert_snapshot!(run.replace(&portable::variable("my_token"), "my_token"), @"
    --- stderr
    error: --token env:…: there is no variable of this name
    hint: the name is not repeated, since it may be the secret: env: takes a name without a $
    hint: did you mean my_token?
    --- exit code 2
    ");
    let folder = tempfile::tempdir().expect("a folder");
    let source = format!("file:{}", folder.path().join("nowhere/token").display());
    let run = server.refused(&mut server.get_bare(&["839", "--token", &source]));
    insta::assert_snapshot!(portable::folder(&run.to_string(), folder.path(), "FOLDER"), @"
    --- stderr
    error: --token file:FOLDER/…: No such file or directory (os error 2)
    hint: what does not exist of the path is not repeated, since it may be the secret
    --- exit code 2
    ");
}

#[test]
fn secret_is_one_line_of_text() {
    for input in ["canary\n\n", "canary\nX: y\n", "\ncanary", "can\tary", "canary\u{1b}"] {
        let server = server();
        let mut command = server.get_bare(&["839", "--token", "stdin"]);
        let run = server.refused(command.write_stdin(input));
        assert!(run.stderr.contains("holds a line break or another control character"), "{run}");
        assert!(!run.stderr.contains("canary"), "{run}");
    }
    let server = server();
    let run = server.refused(server.get_bare(&["839"]).env("SOTICKETS_TOKEN", "canary\r\nX: y"));
    assert!(run.stderr.contains("SOTICKETS_TOKEN") && !run.stderr.contains("canary"), "{run}");
}

#[cfg(unix)]
#[test]
fn secret_that_is_not_text_is_rejected() {
    use std::os::unix::ffi::OsStrExt as _;
    let bytes = std::ffi::OsStr::from_bytes(b"p\xe5ss-canary");
    let server = server();
    for command in [
        server.get_bare(&["839"]).env("SOTICKETS_TOKEN", bytes),
        server.get_bare(&["839", "--token", "env:T"]).env("T", bytes),
        server.get_bare(&["839", "--token", "stdin"]).write_stdin(&b"p\xe5ss-canary"[..]),
    ] {
        let run = server.refused(command);
        assert!(run.stderr.contains("UTF-8") && !run.stderr.contains("canary"), "{run}");
    }
}

#[test]
fn standard_input_has_one_reader() {
    let server = server();
    for arguments in [
        &["839", "--xsrf-token", "stdin", "--cookie", "stdin"][..],
        &["839", "--token", "stdin", "--app-token", "stdin"],
        &["839", "--token", "stdin", "-H", "X-Api-Key: @stdin"],
        &["-", "--token", "stdin"],
    ] {
        let run = server.refused(server.get_bare(arguments).write_stdin("canary"));
        assert!(run.stderr.starts_with("error: standard input is asked for twice: "), "{run}");
        assert!(!run.stderr.contains("canary"), "{run}");
    }
    let run = server.refused(server.get(&["-", "-"]).write_stdin("839"));
    let message = "error: standard input is asked for twice, as the ids of -\n";
    assert_eq!(run.stderr, message, "{run}");
}

#[test]
fn secret_is_not_sent_over_plain_http_to_another_machine() {
    // The name does not resolve, so that nothing can leave this machine.
    let elsewhere = "http://crm.invalid";
    let mut command = sotickets();
    command.args(["get", "839", "--url", elsewhere]).env("SOTICKETS_TOKEN", "canary");
    insta::assert_snapshot!(Run::of(&mut command), @r"
    --- stderr
    error: the token would travel unencrypted to crm.invalid
    hint: use https://, or, where the network is to be trusted, --allow-plain-http
    --- exit code 2
    ");
    for (arguments, code) in [
        (&["--no-auth", "-H", "X-Api-Key: @env:SOTICKETS_TOKEN"][..], 2),
        (&["--app-token", "env:SOTICKETS_TOKEN"], 2),
        (&["--allow-plain-http"], 6),
        (&["--no-auth"], 6),
    ] {
        let mut command = sotickets();
        command.args(["get", "839", "--url", elsewhere]).args(arguments);
        let run = Run::of(command.env("SOTICKETS_TOKEN", "canary"));
        assert_eq!((run.code, run.stdout.as_str()), (code, ""), "{arguments:?}: {run}");
        assert!(!run.stderr.contains("canary"), "{run}");
    }
}
