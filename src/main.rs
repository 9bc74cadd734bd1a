//! The program: arguments, standard streams and exit code.

use std::io::{self, IsTerminal as _, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
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
    std::panic::set_hook(Box::new(|panic| {
        // What it says may quote data; where it happened is what can be reported.
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(io::stderr(), "error: an internal fault at {place}");
        let _ =
            writeln!(io::stderr(), "hint: please report it, with the command line that led to it");
    }));
    let run = AssertUnwindSafe(|| sotickets::run(std::env::args_os(), &mut host));
    ExitCode::from(catch_unwind(run).unwrap_or(sotickets::error::Kind::Output.exit_code()))
}
