//! Where a secret is read, and that it goes nowhere else.

use std::fs;

use crate::support::programs::{self, program};
use crate::support::{self, Run, Server, sotickets};

fn server() -> Server {
    Server::json(r#"[{"TicketId":839}]"#)
}

/// Runs `get 839 --token SOURCE` with `input`, and gives the token that was sent.
fn token_from(source: &str, input: &str) -> String {
    let server = server();
    let mut command = server.get_bare(&["839", "--token", source]);
    let run =
        Run::of(command.env("MY_TOKEN", "8A:env\n").env("HOME", "/nowhere").write_stdin(input));
    assert_eq!((run.code, server.calls()), (0, 1), "{source}: {run}");
    let seen = server.seen();
    let value = seen.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    value.expect("a token").to_owned()
}

#[test]
fn each_source_is_read_and_one_newline_dropped() {
    assert_eq!(token_from("env:MY_TOKEN", ""), "8A:env");
    assert_eq!(token_from("stdin", "8A:in\n"), "8A:in");
    assert_eq!(token_from("stdin", "8A:in\r\n"), "8A:in");
    assert_eq!(token_from("stdin", "8A:in"), "8A:in");
    assert_eq!(token_from("command:echo 8A:out", ""), "8A:out");
    assert_eq!(token_from("command:echo '8A:a  b'", ""), "8A:a  b");
    // No shell is involved.
    assert_eq!(token_from("command:echo $HOME;x", ""), "$HOME;x");

    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("token");
    for content in ["8A:file", "8A:file\n", "8A:file\r\n", "\u{feff}8A:file\r\n"] {
        fs::write(&path, content).expect("a file");
        assert_eq!(token_from(&format!("file:{}", path.display()), ""), "8A:file");
    }
}

#[test]
fn secret_in_utf_16_is_decoded_by_its_byte_order_mark() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("token");
    let source = format!("file:{}", path.display());
    let text = "\u{feff}8A:file\r\n";
    let units = || text.encode_utf16();
    let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
    for bytes in [&little, &big] {
        fs::write(&path, bytes).expect("a file");
        let command = format!("command:cat '{}'", path.display());
        for source in [&source, &command] {
            assert_eq!(token_from(source, ""), "8A:file", "{source}");
        }
    }
    // Without a mark it is not known.
    fs::write(&path, &little[2..]).expect("a file");
    let server = server();
    let run = server.refused(&mut server.get_bare(&["839", "--token", &source]));
    let message = run.stderr.replace(&*source, "file:PATH");
    insta::assert_snapshot!(message, @"
    error: --token file:PATH: it is UTF-16 without a byte-order mark
    hint: save it as UTF-8; in PowerShell: Get-Content OLD | Set-Content -Encoding utf8 NEW
    ");
}

#[test]
fn command_line_source_takes_the_first_line_of_a_program() {
    let entry = r"printf '8A:first\r\nuser: tim\nurl: x'";
    assert_eq!(token_from(&format!("command-line:{entry}"), ""), "8A:first");
    assert_eq!(token_from("command-line:echo 8A:only", ""), "8A:only");
    assert_eq!(token_from("command-line:printf 8A:only", ""), "8A:only");

    let server = server();
    let source = format!("command:{entry}");
    let run = server.refused(&mut server.get_bare(&["839", "--token", &source]));
    insta::assert_snapshot!(run, @"
    --- stderr
    error: the token from --token command:… holds a line break or another control character
    hint: a secret is one line of text
    hint: if the first line is the secret: command-line:PROGRAM ARG…, such as command-line:pass show NAME
    --- exit code 2
    ");
    for (source, message) in [
        (r"command-line:printf '\ncanary\n'", "the token from --token command-line:… is empty"),
        ("command-line:", "--token: no program follows the colon, or a quote is open"),
        ("command-line:false canary", "--token command-line:…: 'false' failed: exit status: 1"),
    ] {
        let run = server.refused(&mut server.get_bare(&["839", "--token", source]));
        assert!(run.stderr.starts_with(&format!("error: {message}")), "{run}");
        assert!(!run.stderr.contains("canary"), "{run}");
    }
}

#[test]
fn text_copied_with_a_token_is_not_sent() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("token");
    for text in ["Bearer 8A:x", "  8A:x\t\n", "bearer  8A:x \r\n", "Authorization: Bearer 8A:x\n"] {
        fs::write(&path, text).expect("a file");
        assert_eq!(token_from(&format!("file:{}", path.display()), ""), "8A:x", "{text:?}");
        assert_eq!(token_from("stdin", text), "8A:x", "{text:?}");
    }
    type Case<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)], &'a str, &'a str);
    let cases: [Case<'_>; 6] = [
        (&[], &[("SOTICKETS_TOKEN", " Bearer 8A:x ")], "authorization", "Bearer 8A:x"),
        (&[], &[("SOTICKETS_TICKET", "SOTicket 7T:x")], "authorization", "SOTicket 7T:x"),
        (
            &["--app-token", "env:A"],
            &[("A", " SO-AppToken: x "), ("SOTICKETS_TICKET", "7T:x")],
            "so-apptoken",
            "x",
        ),
        (
            &[],
            &[("SOTICKETS_XSRF_TOKEN", " x "), ("SOTICKETS_COOKIE", "Cookie: a=b; c=d ")],
            "cookie",
            "a=b; c=d",
        ),
        // Only blanks are no token.
        (
            &["--user", "tim"],
            &[("SOTICKETS_TOKEN", " "), ("SOTICKETS_PASSWORD", "p")],
            "authorization",
            "Basic dGltOnA=",
        ),
        // Those of a password are its own.
        (
            &["--user", "tim"],
            &[("SOTICKETS_PASSWORD", " Bearer p ")],
            "authorization",
            "Basic dGltOiBCZWFyZXIgcCA=",
        ),
    ];
    for (arguments, variables, header, value) in cases {
        let server = server();
        let mut command = server.get_bare(&[&["839"], arguments].concat());
        let run = Run::of(command.envs(variables.iter().copied()));
        assert_eq!((run.code, server.calls()), (0, 1), "{variables:?}: {run}");
        assert_eq!(server.seen().header(header), Some(value), "{variables:?}");
    }
}

#[test]
fn blanks_alone_are_no_token() {
    let server = server();
    let mut command = server.get_bare(&["839"]);
    let run = Run::of(command.env("SOTICKETS_TOKEN", " ").env("SOTICKETS_TICKET", "\t"));
    assert_eq!((run.code, server.calls()), (4, 0), "{run}");
    assert!(run.stderr.starts_with("error: no credential is configured"), "{run}");
    for (source, message) in [
        ("env:BLANK", "error: the token from --token env:BLANK is empty"),
        ("stdin", "error: the token from --token stdin is empty"),
    ] {
        let mut command = server.get_bare(&["839", "--token", source]);
        let run = server.refused(command.env("BLANK", " ").write_stdin(" \t\n"));
        assert!(run.stderr.starts_with(message), "{run}");
    }
}

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
fn tilde_is_the_home_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("token"), "8A:home\n").expect("a file");
    let server = server();
    let mut command = server.get_bare(&["839", "--token", "file:~/token"]);
    let run = Run::of(command.env("HOME", folder.path()));
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(server.seen().header("authorization"), Some("Bearer 8A:home"));
}

/// Gives the program a terminal of its own, answers its prompt and prints the
/// terminal's transcript.
const TERMINAL: &str = r#"
import os, pty, sys, termios, time
url, out, program = sys.argv[1:4]
pid, terminal = pty.fork()
if pid == 0:
    with open(out, "wb") as file:
        os.dup2(file.fileno(), 1)
    os.execve(program, [program, *sys.argv[4:]], {"SOTICKETS_URL": url})
shown = b""
while b": " not in shown:
    shown += os.read(terminal, 1000)
# A person types later than a program: not before the echo is off.
while termios.tcgetattr(terminal)[3] & termios.ECHO:
    time.sleep(0.01)
os.write(terminal, b"s3cret canary\n")
try:
    while more := os.read(terminal, 1000):
        shown += more
except OSError:
    pass
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"#;

#[test]
fn prompt_asks_at_the_terminal_without_echo() {
    let server = server();
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out");
    let url = server.url();
    let Some(mut python) = program("python3") else { return };
    python.args(["-c", TERMINAL, &url]).arg(&out).arg(env!("CARGO_BIN_EXE_sotickets"));
    python.args([
        "get",
        "839",
        "-s",
        "TicketId",
        "-o",
        "csv",
        "--user",
        "tim",
        "--password",
        "prompt",
    ]);
    let run = Run::from(python.output().expect("python3"));
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stdout.starts_with("password: "), "{run}");
    assert!(!run.stdout.contains("canary"), "the password was echoed: {run}");
    assert_eq!(fs::read_to_string(out).expect("a file"), "TicketId\n839\n");
    assert_eq!(server.seen().header("authorization"), Some("Basic dGltOnMzY3JldCBjYW5hcnk="));
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
    let options = ["--password", "--ticket", "--token", "--xsrf-token", "--cookie", "--app-token"];
    for option in options {
        for literal in [
            "canary",
            "7T:canary",
            "env:",
            "env:8A:Cust12345.canary",
            "env:canary==",
            "ENV:canary",
            "https://canary",
            "-canary",
            "command:'canary",
        ] {
            let server = server();
            let run = server.refused(&mut server.get_bare(&[
                "839",
                "--user",
                "tim",
                &format!("{option}={literal}"),
            ]));
            assert!(!run.stderr.contains("canary"), "{run}");
        }
    }
    let run = server().refuses(&["839", "--token", "8A:Cust12345.canary"]);
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
        ("command:true", "the token from --token command:… is empty"),
        ("command:false canary", "--token command:…: 'false' failed: exit status: 1"),
        ("command:/nowhere/canary", "--token command:…: there is no such program: No such file"),
        ("command:/ canary", "--token command:…: '/' could not be run: Permission denied"),
    ];
    for (source, message) in cases {
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
    for (place, secret) in ["env", "file"].into_iter().flat_map(|p| secrets.map(|s| (p, s))) {
        let source = format!("{place}:{secret}");
        let header = format!("X-Api-Key: @{source}");
        for arguments in [["--token", &source], ["-H", &header]] {
            for more in [&[][..], &["--dry-run"], &["-v"]] {
                let server = server();
                let run = server.refused(
                    server.get(&[&["839"], &arguments[..], more].concat()).env("OTHER", "x"),
                );
                assert!(!run.stderr.to_lowercase().contains("canary"), "{source}: {run}");
            }
        }
    }
    let server = server();
    let mut command = server.get_bare(&["839", "--token", "env:my_tokem"]);
    insta::assert_snapshot!(server.refused(command.env("my_token", "canary")), @"
    --- stderr
    error: --token env:…: there is no variable of this name
    hint: the name is not repeated, since it may be the secret: env: takes a name without a $
    hint: did you mean my_token?
    --- exit code 2
    ");
    let mut command = server.get_bare(&["839", "--token", "file:/usr/bin/nowhere/token"]);
    insta::assert_snapshot!(server.refused(&mut command), @"
    --- stderr
    error: --token file:/usr/bin/…: No such file or directory (os error 2)
    hint: what does not exist of the path is not repeated, since it may be the secret
    --- exit code 2
    ");
}

#[cfg(unix)]
#[test]
fn program_is_bounded_by_the_timeout() {
    let start = std::time::Instant::now();
    for program in [
        "sleep 30",
        // What the program started holds its output open, when it is killed itself.
        "sh -c 'sleep 30 2>&-; echo canary'",
        "sh -c 'exec sleep 30 >&-'",
    ] {
        let server = server();
        let source = format!("command:{program}");
        let mut command = server.get_bare(&["839", "--token", &source, "--timeout", "300ms"]);
        let run = server.refused(command.env("PATH", programs::path()));
        assert!(run.stderr.contains("' was not done in time (--timeout)\nhint: "), "{run}");
    }
    assert!(start.elapsed() < std::time::Duration::from_secs(20));

    // What the program took, the call does not get again.
    let url = support::tcp_server::silent_after(b"");
    let mut command = sotickets();
    let source = "--token=command:sh -c 'sleep 1; echo canary'";
    command.args(["get", "839", "--url", &url, source, "--timeout", "1500ms"]);
    let start = std::time::Instant::now();
    let run = Run::of(command.env("PATH", programs::path()));
    assert_eq!(run.code, 6, "{run}");
    assert!(run.stderr.contains(": not done within 1s 500ms (--timeout)"), "{run}");
    assert!(start.elapsed() < std::time::Duration::from_millis(2400), "{:?}", start.elapsed());
}

#[cfg(unix)]
#[test]
fn source_without_an_end_is_not_read_to_it() {
    let endless = vec![b'c'; 64 * 1024 + 1];
    for source in ["file:/dev/zero", "command:cat /dev/zero", "stdin"] {
        let server = server();
        let mut command = server.get_bare(&["839", "--token", source]);
        command.timeout(std::time::Duration::from_secs(20));
        let run = server.refused(command.env("PATH", programs::path()).write_stdin(&endless[..]));
        assert!(run.stderr.contains(": there is more than 64 KiB of it\n"), "{run}");
    }
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

#[test]
fn sample_server_gets_no_secret_of_a_variable() {
    let variables = [
        ("SOTICKETS_TOKEN", "canary"),
        ("SOTICKETS_TICKET", "canary"),
        ("SOTICKETS_APP_TOKEN", "canary"),
    ];
    let mut command = sotickets();
    command.args(["get", "839", "--demo", "-v", "-s", "TicketId", "-o", "csv"]);
    let run = Run::of(command.envs(variables).env("SOTICKETS_URL", "http://crm.invalid"));
    assert_eq!((run.code, run.stdout.as_str()), (0, "TicketId\n839\n"), "{run}");
    assert!(run.stderr.contains("> Authorization: Bearer ***\n"), "{run}");
    assert!(!run.stderr.contains("SO-AppToken") && !run.stderr.contains("canary"), "{run}");
}
