//! Secrets from each source: encodings, trimming, limits of size and time.

use std::fs;

use crate::support::portable::{ECHO, FALSE};
#[cfg(unix)]
use crate::support::programs;
use crate::support::programs::program;
use crate::support::{Run, sotickets};

use super::{server, token_from};

#[test]
fn each_source_is_read_and_one_newline_dropped() {
    assert_eq!(token_from("env:MY_TOKEN", ""), "8A:env");
    assert_eq!(token_from("stdin", "8A:in\n"), "8A:in");
    assert_eq!(token_from("stdin", "8A:in\r\n"), "8A:in");
    assert_eq!(token_from("stdin", "8A:in"), "8A:in");
    assert_eq!(token_from(&format!("command:{ECHO} 8A:out"), ""), "8A:out");
    if cfg!(unix) {
        assert_eq!(token_from("command:echo '8A:a  b'", ""), "8A:a  b");
        // No shell is involved.
        assert_eq!(token_from("command:echo $HOME;x", ""), "$HOME;x");
    }

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
        assert_eq!(token_from(&source, ""), "8A:file", "{source}");
        if cfg!(unix) {
            let source = format!("command:cat '{}'", path.display());
            assert_eq!(token_from(&source, ""), "8A:file", "{source}");
        }
    }
    // Without a mark the encoding is unknown.
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
    let [entry, empty_first] = if cfg!(windows) {
        [
            r#"cmd.exe /c "echo 8A:first& echo user: tim& echo url: x""#,
            r#"cmd.exe /c "echo.& echo canary""#,
        ]
    } else {
        [r"printf '8A:first\r\nuser: tim\nurl: x'", r"printf '\ncanary\n'"]
    };
    assert_eq!(token_from(&format!("command-line:{entry}"), ""), "8A:first");
    assert_eq!(token_from(&format!("command-line:{ECHO} 8A:only"), ""), "8A:only");
    if cfg!(unix) {
        assert_eq!(token_from("command-line:printf 8A:only", ""), "8A:only");
    }

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
    let (program, failed) = FALSE;
    for (source, message) in [
        (empty_first, "the token from --token command-line:… is empty"),
        ("", "--token: no program follows the colon, or a quote is open"),
        (&format!("{program} canary"), &format!("--token command-line:…: {failed}")),
    ] {
        let source = format!("command-line:{source}");
        let run = server.refused(&mut server.get_bare(&["839", "--token", &source]));
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
        // Blanks alone are no token.
        (
            &["--user", "tim"],
            &[("SOTICKETS_TOKEN", " "), ("SOTICKETS_PASSWORD", "p")],
            "authorization",
            "Basic dGltOnA=",
        ),
        // The blanks of a password belong to it.
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
    assert!(run.stdout.starts_with("Password: "), "{run}");
    assert!(!run.stdout.contains("canary"), "the password was echoed: {run}");
    assert_eq!(fs::read_to_string(out).expect("a file"), "TicketId\n839\n");
    assert_eq!(server.seen().header("authorization"), Some("Basic dGltOnMzY3JldCBjYW5hcnk="));
}

#[cfg(unix)]
#[test]
fn program_is_bounded_by_the_timeout() {
    let start = std::time::Instant::now();
    for program in [
        "sleep 30",
        // A child of the program holds its output open after the program is killed.
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

    // The time of the program is not available to the call.
    let url = crate::support::tcp_server::silent_after(b"");
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
