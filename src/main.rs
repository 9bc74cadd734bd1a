//! The program: arguments, standard streams and exit code.

use std::io::{self, IsTerminal as _};
use std::process::ExitCode;

use sotickets::host::{Host, Terminal};

fn main() -> ExitCode {
    let stdin = &mut io::stdin().lock();
    // Not locked: a thread that has something to say, a panic even, must not wait.
    let stdout = &mut io::stdout();
    let stderr = &mut io::stderr();
    let terminal = Terminal {
        stdout: stdout.is_terminal(),
        stderr: stderr.is_terminal(),
        width: terminal_size::terminal_size_of(&*stdout).map(|(width, _)| width.0.into()),
    };
    let mut host = Host {
        environment: std::env::vars_os().collect(),
        stdin,
        stdout,
        stderr,
        terminal,
        now: std::time::SystemTime::now().into(),
    };
    ExitCode::from(sotickets::run(std::env::args_os(), &mut host))
}
