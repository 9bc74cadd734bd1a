//! `--timeout` ends reading that may have no end: standard input, and pipes in place of files.
#![cfg(unix)]

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::support::programs::program;
use crate::support::{PATH, Run, Server, TOKEN, sotickets};

/// A named pipe that no program writes to.
struct Pipe {
    path: PathBuf,
    _folder: tempfile::TempDir,
}

impl Pipe {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("pipe");
        rustix::fs::mkfifoat(rustix::fs::CWD, &path, rustix::fs::Mode::RWXU).expect("a pipe");
        Self { path, _folder: folder }
    }

    fn path(&self) -> &str {
        self.path.to_str().expect("UTF-8")
    }
}

#[test]
fn pipe_that_nobody_writes_to_ends_with_the_time_limit() {
    let pipe = Pipe::new();
    let token = format!("file:{}", pipe.path());
    let cases: [&[&str]; 6] = [
        &["839", "--token", &token],
        &["839", "--config", pipe.path()],
        &["--ids-file", pipe.path()],
        &["839", "--url", "https://127.0.0.1:1", "--cacert", pipe.path()],
        &["839", "--url", "https://127.0.0.1:1", "--client-cert", pipe.path()],
        &["839", "-H", &format!("X-Key: @{token}")],
    ];
    for arguments in cases {
        let server = Server::json("[]");
        let run = server.refuses(&[arguments, &["--timeout", "50ms"]].concat());
        assert!(run.stderr.contains("the time limit is over (--timeout)"), "{arguments:?}: {run}");
        assert!(run.stderr.contains(pipe.path()), "{arguments:?}: {run}");
    }
}

#[test]
fn out_file_that_nobody_reads_ends_with_the_time_limit() {
    let (pipe, server) = (Pipe::new(), Server::awkward());
    let arguments = ["839", "249", "--out-file", pipe.path(), "--timeout", "2s"];
    let run = Run::of(&mut server.get(&arguments));
    assert_eq!((run.code, server.calls()), (1, 1), "{run}");
    assert!(
        run.stderr.contains("could not be written: the time limit is over (--timeout)"),
        "{run}"
    );
}

/// A program that leaves its standard output open and writes nothing to it.
struct Silent(Child);

impl Drop for Silent {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn standard_input_without_an_end_ends_with_the_time_limit() {
    for arguments in [&["-"][..], &["--ids-file", "-"], &["839", "--token", "stdin"]] {
        let server = Server::json("[]");
        let cat = program("cat").expect("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut silent = Silent(cat.expect("cat"));
        let stdout = silent.0.stdout.take().expect("a pipe");
        let output = Command::new(env!("CARGO_BIN_EXE_sotickets"))
            .env_clear()
            .args(["get", "--url", &server.url(), "--timeout", "50ms"])
            .args(arguments)
            .envs(
                arguments.iter().all(|word| *word != "stdin").then_some(("SOTICKETS_TOKEN", TOKEN)),
            )
            .stdin(stdout)
            .output()
            .expect("the program runs");
        let run = Run::from(output);
        assert_eq!((run.code, server.calls()), (2, 0), "{run}");
        assert!(run.stderr.contains("the time limit is over (--timeout)"), "{run}");
    }
}

#[test]
fn limit_of_the_profile_covers_what_is_read_after_it() {
    let pipe = Pipe::new();
    let folder = crate::support::configuration("[profiles.work]\ntimeout = \"50ms\"\n");
    let server = Server::json("[]");
    let mut command = server.get(&["--profile", "work", "--ids-file", pipe.path()]);
    let run = server.refused(command.env("XDG_CONFIG_HOME", folder.path()));
    insta::assert_snapshot!(run.to_string().replace(pipe.path(), "PIPE"), @"
    --- stderr
    error: --ids-file PIPE: the time limit is over (--timeout)
    hint: an input has to end; nothing was sent
    --- exit code 2
    ");
}

#[test]
fn time_limit_includes_reading_the_ids() {
    let server = Server::answering(|when, then| {
        when.method("POST").path(PATH);
        then.status(200).delay(std::time::Duration::from_secs(60)).body("[]");
    });
    let mut command = sotickets();
    command.args([
        "get",
        "-",
        "--timeout",
        "1s",
        "--token",
        "command:sleep 0.2",
        "--url",
        &server.url(),
    ]);
    let run = Run::of(command.write_stdin("839"));
    assert_eq!(run.code, 2, "{run}");
}
