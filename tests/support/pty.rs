//! The program at a pseudo-terminal.

use std::fs::{File, OpenOptions};
use std::io::Read as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

use rustix::fs::OFlags;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, Winsize, tcgetattr, tcsetattr, tcsetwinsize};

use super::{Run, programs, skip};

/// Runs `command` with its standard output at a terminal of so many `columns`; `None`, with a line
/// on standard error, if the machine has no terminals.
pub fn run(command: &assert_cmd::Command, columns: u16) -> Option<Run> {
    let Ok((controller, terminal)) = open(columns) else {
        skip("this machine gives no pseudo-terminal");
        return None;
    };
    let mut child = same(command)
        .stdin(Stdio::null())
        .stdout(terminal)
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let stdout = follow(controller).into_iter().flatten().collect();
    let mut stderr = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut stderr).expect("UTF-8");
    Some(Run {
        code: child.wait().expect("an end").code().expect("an exit code"),
        stdout: String::from_utf8(stdout).expect("UTF-8"),
        stderr,
    })
}

/// Returns the output of `command` with both its streams at a terminal, in the order of arrival,
/// and the exit code.
pub fn both(command: &assert_cmd::Command, columns: u16) -> Option<(String, i32)> {
    let mut shell = assert_cmd::Command::from_std(programs::sh());
    shell.args(["-c", "exec \"$@\" 2>&1", "sh"]).arg(command.get_program());
    shell.args(command.get_args()).env_clear();
    shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    run(&shell, columns).map(|run| (run.stdout, run.code))
}

/// Sends the output of `controller` as it arrives, until the last process has closed the terminal.
pub fn follow(mut controller: File) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut part = [0; 4096];
        // Linux reports an error at the end, other systems the end.
        while let Ok(read @ 1..) = controller.read(&mut part) {
            if sender.send(part[..read].to_vec()).is_err() {
                break;
            }
        }
    });
    receiver
}

/// Returns the two ends of a terminal that changes no byte.
pub fn open(columns: u16) -> std::io::Result<(File, File)> {
    let (controller, terminal) = open_cooked(columns)?;
    let mut modes = tcgetattr(&terminal)?;
    modes.make_raw();
    tcsetattr(&terminal, OptionalActions::Now, &modes)?;
    Ok((controller, terminal))
}

/// Returns the two ends of a terminal with the modes of a new one: it echoes, collects lines and
/// has keys for signals.
pub fn open_cooked(columns: u16) -> std::io::Result<(File, File)> {
    let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
    grantpt(&controller)?;
    unlockpt(&controller)?;
    let name = ptsname(&controller, Vec::new())?;
    let terminal = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(OFlags::NOCTTY.bits().cast_signed())
        .open(name.to_str().map_err(std::io::Error::other)?)?;
    let size = Winsize { ws_row: 50, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&terminal, size)?;
    Ok((controller.into(), terminal))
}

/// Returns `command` as one whose standard output can be redirected. The environment is cleared.
/// There is no progress and no pager unless a variable of theirs is set: on a loaded machine any
/// call may be long.
pub fn same(command: &assert_cmd::Command) -> Command {
    let mut same = Command::new(command.get_program());
    same.args(command.get_args()).env_clear().env("SOTICKETS_PROGRESS", "never");
    if command.get_envs().all(|(name, _)| name != "PAGER") {
        same.env("SOTICKETS_PAGER", "cat");
    }
    same.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    same
}

/// Returns what a terminal of any width shows after `output`: each line without color, and without
/// blanks at its end.
pub fn screen(output: &str) -> String {
    let mut lines: Vec<Vec<char>> = vec![Vec::new()];
    let (mut row, mut column) = (0, 0);
    let mut rest = output.chars().peekable();
    while let Some(next) = rest.next() {
        match next {
            '\r' => column = 0,
            '\n' => (row, column) = (row + 1, 0),
            '\u{1b}' => {
                assert_eq!(rest.next(), Some('['), "{output:?}");
                let mut sequence = String::new();
                for next in rest.by_ref() {
                    sequence.push(next);
                    if next.is_ascii_alphabetic() {
                        break;
                    }
                }
                match sequence.as_str() {
                    "2K" => lines[row].clear(),
                    "1A" => row -= 1,
                    other => assert!(other.ends_with('m'), "{other} in {output:?}"),
                }
            }
            next => {
                let line = &mut lines[row];
                line.resize(line.len().max(column + 1), ' ');
                line[column] = next;
                column += 1;
            }
        }
        lines.resize(lines.len().max(row + 1), Vec::new());
    }
    let text = |line: Vec<char>| line.into_iter().collect::<String>().trim_end().to_owned();
    lines.into_iter().map(text).collect::<Vec<_>>().join("\n")
}
