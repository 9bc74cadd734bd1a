//! `--dry-run` sends nothing and prints no secret.
#![cfg(unix)]

use std::fs;

use insta::assert_snapshot;

use crate::support::{Run, Server};

#[test]
fn script_is_a_curl_command() {
    let server = Server::json("[]");
    let mut command = server.get(&[
        "839",
        "249",
        "--dry-run",
        "-s",
        "Title,tableright/mask",
        "-H",
        "X-Trace: a \"b\" $c `d` \\e",
        "--timezone",
        "Europe/Oslo",
        "--culture",
        "nb-NO",
    ]);
    command.env("SOTICKETS_URL", "https://crm.example.com/SuperOffice");
    let run = Run::of(&mut command);
    assert_eq!(server.calls(), 0);
    assert_snapshot!(run, @r#"
    curl --config - <<END
    url = "https://crm.example.com/SuperOffice/api/v1/Agents/Ticket/GetTickets?\$select=Title,TableRight/Mask,TicketId"
    data = "{\\"TicketIds\\":[839,249]}"
    header = "Content-Type: application/json; charset=utf-8"
    header = "Accept: application/json"
    header = "User-Agent: sotickets/0.1.0"
    header = "Accept-Language: en"
    header = "SO-Language: en"
    header = "SO-Culture: nb-NO"
    header = "SO-TimeZone: UTC,includeTZOffset"
    header = "Authorization: Bearer $(printf %s "$SOTICKETS_TOKEN" | sed 's/[\\"]/\\&/g')"
    header = "X-Trace: a \\"b\\" \$c \`d\` \\\\e"
    globoff
    compressed
    silent
    show-error
    END
    --- exit code 0
    "#);
}

#[test]
fn dry_run_sends_nothing_and_prints_no_secret() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("secret");
    fs::write(&file, "canary-file\n").expect("a file");
    let file = format!("file:{}", file.display());
    let ran = folder.path().join("ran");
    let program = format!("command:touch {}", ran.display());
    let sources: [&[&str]; 10] = [
        &[],
        &["--token", "env:MINE"],
        &["--token", &file],
        &["--token", &program],
        &["--token", "prompt"],
        &["--token", "stdin"],
        &["--ticket", "env:MINE", "--app-token", &file],
        &["--user", "tim", "--password", &file],
        &["--xsrf-token", "env:MINE", "--cookie", &file],
        &["-H", "X-Api-Key: @env:MINE"],
    ];
    for source in sources {
        for more in [&[][..], &["-v"], &["-o", "xml"], &["-o", "csv", "--bom", "--allow-missing"]] {
            let server = Server::json("[]");
            let arguments = [&["839", "--dry-run"], source, more].concat();
            let mut command = server.get(&arguments);
            command.env("SOTICKETS_TOKEN", "canary-token").env("MINE", "canary-mine");
            command.env("SOTICKETS_APP_TOKEN", "canary-app").write_stdin("canary-stdin");
            let run = Run::of(&mut command);
            assert_eq!((run.code, server.calls(), run.stderr.as_str()), (0, 0, ""), "{run}");
            assert!(!run.stdout.contains("canary"), "{source:?}: {run}");
            assert!(run.stdout.contains("curl --config -"), "{run}");
        }
    }
    assert!(!ran.exists(), "a dry run ran a command");
}

#[test]
fn missing_command_option_or_file_is_found() {
    for (source, message) in [
        ("env:NO_WHERE", "the variable NO_WHERE is not set"),
        ("file:/usr/nowhere/at/all", "file:/usr/…: No such file"),
        ("a-literal-canary", "not the secret itself"),
    ] {
        let run = Server::json("[]").refuses(&["839", "--dry-run", "--token", source]);
        assert!(run.stderr.contains(message), "{run}");
        assert!(!run.stderr.contains("canary"), "{run}");
    }
}
