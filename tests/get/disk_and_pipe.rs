//! Full disks, read-only folders, closed pipes, signals.
#![cfg(unix)]

use std::io::Read as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use insta::assert_snapshot;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use sotickets::output::OutputFormat;

use crate::support::mounts::mounting;
use crate::support::out_file::{OLD, OutFile};
use crate::support::programs::{self, program};
use crate::support::{self, PATIENCE, Run, Server, formats, tcp_server};

/// Returns an answer of so many tickets, some 60 bytes each.
fn tickets(count: usize, title: &str) -> String {
    let tickets: Vec<String> = (1..=count)
        .map(|id| format!(r#"{{"TicketId":{id},"Title":"{title}, and some longer text"}}"#))
        .collect();
    // A line feed after the bracket gives json a first line too.
    format!("[\n{}]", tickets.join(",\n"))
}

/// Answers every call with 200 and `json`.
fn answering(json: &str) -> String {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n";
    tcp_server::answering(format!("{head}content-length: {}\r\n\r\n{json}", json.len()))
}

/// Returns a command for `get` with `arguments` against `url`, which `wrapper` starts.
fn get(url: &str, wrapper: &[&str], arguments: &[&str]) -> Command {
    let command = match wrapper {
        [] => Command::new(env!("CARGO_BIN_EXE_sotickets")),
        [name, words @ ..] => {
            let mut command = program(name).expect(name);
            command.args(words).arg(env!("CARGO_BIN_EXE_sotickets"));
            command
        }
    };
    with_arguments(command, url, arguments)
}

/// Returns `command`, which starts the program, with `arguments` for `get` against `url`.
fn with_arguments(mut command: Command, url: &str, arguments: &[&str]) -> Command {
    command.arg("get").args(arguments).env_clear().env("PATH", programs::path());
    command.env("SOTICKETS_URL", url).env("SOTICKETS_TOKEN", "8A:test");
    command
}

fn output(mut command: Command) -> Output {
    command.output().expect("the program runs")
}

/// Runs `get` in a shell after `setup` in the folder of `file`, with mounts of its own; the output
/// of `then` follows. Returns `None`, with a line on standard error, if this machine allows no
/// mounts.
fn with_mounts(file: &OutFile, setup: &str, then: &str, arguments: &[&str]) -> Option<Run> {
    let folder = file.folder().to_str().expect("UTF-8");
    let script = format!("cd '{folder}' && {setup} && {{ \"$@\"; code=$?; {then}; exit $code; }}");
    let mut command = mounting(&script)?;
    let server = answering(&tickets(1000, "a"));
    command.arg(env!("CARGO_BIN_EXE_sotickets"));
    Some(Run::from(output(with_arguments(command, &server, arguments))))
}

const TMPFS: &str = "mount -t tmpfs -o size=12k none . && cd \"$PWD\" && echo old > a.csv";
const THEN: &str = "ls -A; head -c 100 a.csv";

#[test]
fn full_disk_leaves_the_old_file() {
    let arguments = ["1..1000", "-o", "csv", "-s", "TicketId,Title", "--out-file"];
    let run = |name| with_mounts(&OutFile::old(), TMPFS, THEN, &[&arguments[..], &[name]].concat());
    let Some(old) = run("a.csv") else { return };
    assert_snapshot!(old, @"
    a.csv
    old
    --- stderr
    error: 'a.csv' could not be written and is as it was before: No space left on device (os error 28)
    --- exit code 1
    ");
    assert_snapshot!(run("new.csv").expect("a mount"), @"
    a.csv
    old
    --- stderr
    error: 'new.csv' could not be written: No space left on device (os error 28)
    --- exit code 1
    ");
}

#[test]
fn full_disk_behind_standard_output_is_an_error() {
    let arguments = ["1..1000", "-o", "csv", "-s", "TicketId,Title"];
    let setup = format!("{TMPFS} && exec 3>&1 > a.csv");
    let Some(run) = with_mounts(&OutFile::old(), &setup, "ls -A >&3", &arguments) else { return };
    assert_snapshot!(run, @"
    a.csv
    --- stderr
    error: the output could not be written: No space left on device (os error 28)
    --- exit code 1
    ");
}

#[test]
fn place_that_is_read_only_is_found_before_the_call() {
    let run = |setup: &str, name: &str| {
        let arguments = ["1..1000", "--url", "http://127.0.0.1:1", "--out-file", name];
        with_mounts(&OutFile::old(), setup, THEN, &arguments)
    };
    let folder = format!("{TMPFS} && mount -o remount,bind,ro \"$PWD\"");
    let Some(new) = run(&folder, "new.csv") else { return };
    assert_snapshot!(new, @"
    a.csv
    old
    --- stderr
    error: --out-file: 'new.csv' cannot be written: the folder '.' takes no new file: Read-only file system (os error 30)
    --- exit code 2
    ");
    assert_snapshot!(run(&folder, "a.csv").expect("a mount"), @"
    a.csv
    old
    --- stderr
    error: --out-file: 'a.csv' cannot be written to: Read-only file system (os error 30)
    --- exit code 2
    ");
    let file = format!("{TMPFS} && mount --bind a.csv a.csv && mount -o remount,bind,ro a.csv");
    assert_snapshot!(run(&file, "a.csv").expect("a mount"), @"
    a.csv
    old
    --- stderr
    error: --out-file: 'a.csv' cannot be written to: Read-only file system (os error 30)
    --- exit code 2
    ");
}

#[test]
fn file_that_cannot_be_renamed_over_is_left_as_it_was() {
    let setup = format!("{TMPFS} && mount --bind a.csv a.csv");
    let arguments = ["1..1000", "-o", "csv", "-s", "TicketId", "--out-file", "a.csv"];
    let Some(run) = with_mounts(&OutFile::old(), &setup, THEN, &arguments) else { return };
    assert_snapshot!(run, @"
    a.csv
    old
    --- stderr
    error: 'a.csv' could not be written and is as it was before: Device or resource busy (os error 16)
    hint: if only the file is mounted, mount its folder
    --- exit code 1
    ");
}

#[cfg(target_os = "linux")]
#[test]
fn full_device_is_an_error() {
    let url = answering(&tickets(1000, "a"));
    for format in &formats(|format| format != OutputFormat::Xml) {
        let arguments = ["1..1000", "-o", format, "--out-file", "/dev/full"];
        let run = Run::from(output(get(&url, &[], &arguments)));
        let text =
            "error: '/dev/full' could not be written: No space left on device (os error 28)\n";
        assert_eq!((run.code, run.stderr.as_str()), (1, text), "{format}");
    }
}

#[test]
fn file_beyond_the_shells_limit_is_an_error() {
    let url = answering(&tickets(1000, "a"));
    let file = OutFile::old();
    let arguments = [&["1..1000", "-o", "csv"][..], &file.arguments()].concat();
    let run = Run::from(output(get(&url, &["sh", "-c", "ulimit -f 1; \"$@\"", "sh"], &arguments)));
    file.assert_untouched(&run);
    assert!(run.code == 1 && run.stderr.contains(": File too large"), "{run}");
}

#[test]
fn standard_output_larger_than_the_shell_allows_is_an_error() {
    let url = answering(&tickets(1000, "a"));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("out").to_str().expect("UTF-8").to_owned();
    for format in formats(|format| format != OutputFormat::Xml) {
        let script = "ulimit -f 1; out=$1; shift; \"$@\" > \"$out\"";
        let arguments = ["1..1000", "-o", &format];
        let run = Run::from(output(get(&url, &["sh", "-c", script, "sh", &path], &arguments)));
        let message = "error: the output could not be written: File too large (os error 27)\n";
        assert_eq!((run.code, run.stderr.as_str()), (1, message), "{format}");
    }
}

#[test]
fn reader_that_closes_after_one_line_causes_no_message() {
    let url = answering(&tickets(2000, "a"));
    let script = "i=0; while [ $i -lt 200 ]; do i=$((i+1)); \
                  { \"$@\" || echo \"$i: $?\" >&2; } | head -1; done";
    let arguments = ["1..2000", "-o", "json"];
    let run = Run::from(output(get(&url, &["sh", "-c", script, "sh"], &arguments)));
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.stderr);
    assert!(run.stdout == "[\n".repeat(200), "{} bytes", run.stdout.len());
}

/// Rust's runtime puts `/dev/null` in the place of a standard stream that is closed.
#[test]
fn closed_stream_is_like_dev_null() {
    let server = Server::json(r#"[{"TicketId":839}]"#);
    let file = OutFile::old();
    let run = |streams: &str, arguments: &[&str]| {
        let script = format!("\"$@\" {streams}");
        let arguments = [&["839", "5000", "-s", "TicketId", "-o", "csv"], arguments].concat();
        Run::from(output(get(&server.url(), &["sh", "-c", &script, "sh"], &arguments)))
    };
    let warning = "warning: 1 of 2 tickets did not come back: 5000\n";
    let no_stdout = run(">&-", &[]);
    assert_eq!((no_stdout.code, no_stdout.stdout.as_str()), (3, ""), "{no_stdout}");
    assert!(no_stdout.stderr.starts_with(warning), "{no_stdout}");
    let no_stderr = run("2>&-", &[]);
    assert_eq!(no_stderr.to_string(), "TicketId\n839\n--- exit code 3");
    // The file must not get the number of a stream, because messages would go to it.
    let none = run("<&- >&- 2>&-", &file.arguments());
    assert_eq!(
        (none.to_string().as_str(), file.text().as_str()),
        ("--- exit code 3", "TicketId\n839\n")
    );
    file.assert_alone();
}

/// Returns `wrapper` with no signal ignored: a shell script ignores some for tests in its
/// background.
fn heeding<'a>(wrapper: &[&'a str]) -> Vec<&'a str> {
    let heed = ["env", "--default-signal"];
    let works = program(heed[0]).expect("env").args([heed[1], "true"]).output();
    let heed = if works.is_ok_and(|run| run.status.success()) { &heed[..] } else { &[] };
    [heed, wrapper].concat()
}

/// Sends `signal` to `child` and returns the number of the signal that ended it.
fn end(mut child: Child, signal: Signal) -> Option<i32> {
    let pid = Pid::from_child(&child);
    // It may be gone already.
    let _ = kill_process(pid, signal);
    child.wait().expect("an end").signal()
}

#[test]
fn signal_during_the_call_leaves_the_old_file() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let (arrived, wait) = mpsc::channel();
        let url = tcp_server::start(move |stream| {
            let _ = arrived.send(());
            tcp_server::wait_for_end(stream);
        });
        let file = OutFile::old();
        let mut command = get(&url, &heeding(&[]), &[&["839"][..], &file.arguments()].concat());
        let child = command.spawn().expect("the program runs");
        wait.recv_timeout(PATIENCE).expect("a call");
        assert_eq!(end(child, signal), Some(signal.as_raw()));
        assert_eq!(file.text(), OLD);
        file.assert_alone();
    }
}

#[test]
fn shell_reports_130_for_control_c() {
    let (arrived, wait) = mpsc::channel();
    let url = tcp_server::start(move |stream| {
        let _ = arrived.send(());
        tcp_server::wait_for_end(stream);
    });
    // Control-C reaches all programs at the terminal, also the shell, which waits.
    let script = "trap : INT; \"$@\"; echo $?";
    let mut command = get(&url, &heeding(&["sh", "-c", script, "sh"]), &["839"]);
    command.process_group(0).stdout(Stdio::piped());
    let mut shell = command.spawn().expect("a shell");
    wait.recv_timeout(PATIENCE).expect("a call");
    kill_process_group(Pid::from_child(&shell), Signal::INT).expect("a signal");
    let mut code = String::new();
    shell.stdout.take().expect("a pipe").read_to_string(&mut code).expect("text");
    assert_eq!((code.as_str(), shell.wait().expect("an end").success()), ("130\n", true));
}

/// Waits until another file appears next to `file`, because writing has begun. Returns `false` if
/// the program ended first.
fn is_writing(file: &OutFile, child: &mut Child) -> bool {
    while support::out_file::names(file.folder()).len() == 1 {
        if child.try_wait().expect("a process").is_some() {
            return false;
        }
        thread::sleep(Duration::from_micros(200));
    }
    true
}

#[test]
fn signal_during_the_writing_leaves_the_old_file_or_the_whole() {
    let url = answering(&tickets(20_000, "a"));
    let whole = output(get(&url, &[], &["1..20000", "--max-ids", "20000", "-o", "record"]));
    let whole = String::from_utf8(whole.stdout).expect("UTF-8");
    let mut ended = 0;
    for round in 0..20 {
        let signal = [Signal::INT, Signal::TERM, Signal::HUP, Signal::QUIT][round % 4];
        let file = OutFile::old();
        let arguments = ["1..20000", "--max-ids", "20000", "-o", "record"];
        let mut command = get(&url, &heeding(&[]), &[&arguments[..], &file.arguments()].concat());
        let mut child = command.spawn().expect("the program runs");
        let began = is_writing(&file, &mut child);
        let died_of = end(child, signal);
        assert!(died_of.is_none_or(|died_of| died_of == signal.as_raw()), "{died_of:?}");
        let text = file.text();
        assert!(text == OLD || text == whole, "{round}: {} bytes", text.len());
        file.assert_alone();
        ended += usize::from(began && died_of.is_some() && text == OLD);
    }
    assert!(ended > 0, "no signal came while the file was written");
}

#[cfg(target_os = "linux")]
#[test]
fn ignored_signal_stays_ignored() {
    let url = answering(&tickets(20_000, "a"));
    let file = OutFile::old();
    let arguments = ["1..20000", "--max-ids", "20000", "-o", "record"];
    let arguments = [&arguments[..], &file.arguments()].concat();
    let ignoring = ["sh", "-c", "trap '' INT HUP; exec \"$@\"", "sh"];
    let mut child = get(&url, &ignoring, &arguments).spawn().expect("the program runs");
    is_writing(&file, &mut child);
    assert_eq!(end(child, Signal::INT), None);
    assert_ne!(file.text(), OLD);
    file.assert_alone();
}

#[test]
fn two_concurrent_runs_leave_one_whole_answer() {
    let pages = ["first", "second"].map(|title| tickets(500, title));
    let urls = pages.clone().map(|page| answering(&page));
    let file = OutFile::old();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        // A reader finds a whole file meanwhile, too.
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let text = file.text();
                assert!(text == OLD || pages.contains(&text), "{} bytes", text.len());
            }
        });
        let _at_last = AtLast(&done);
        for round in 0..40 {
            let arguments = [&["1..500", "-o", "json"][..], &file.arguments()].concat();
            let children = urls
                .each_ref()
                .map(|url| get(url, &[], &arguments).spawn().expect("the program runs"));
            for mut child in children {
                assert!(child.wait().expect("an end").success(), "{round}");
            }
            assert!(pages.contains(&file.text()), "{round}");
            file.assert_alone();
        }
    });
}

/// Sets the flag also after a failed assertion.
struct AtLast<'a>(&'a AtomicBool);

impl Drop for AtLast<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
