//! The process: arguments, standard streams and exit code.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, IsTerminal as _};
use std::process::ExitCode;
#[cfg(unix)]
use std::sync::Arc;

use sotickets::context::{Context, Terminal, Variables};

/// musl's own allocator lets one thread at a time allocate.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    #[cfg(unix)]
    fail_writes_beyond_size_limit();
    let size = terminal_size::terminal_size_of(io::stdout());
    let terminal = Terminal {
        stdout: io::stdout().is_terminal(),
        stderr: io::stderr().is_terminal(),
        input: io::stdin().is_terminal().then_some(unbuffered_stdin),
        width: size.map(|(width, _)| width.0.into()),
        height: size.map(|(_, height)| height.0.into()),
        stderr_width: io::stderr().is_terminal().then_some(stderr_width),
        no_progress: false,
        color: None,
    };
    // Not locked: a thread that prints something, such as a panic, must not wait.
    let stdout: &mut dyn io::Write = match unbuffered_stdout() {
        Ok(file) if !terminal.stdout => &mut { file },
        _ => &mut io::stdout(),
    };
    let stderr = &mut io::stderr();
    let mut context = Context {
        variables: variables(terminal),
        stdin: Box::new(io::stdin()),
        stdout,
        stderr,
        terminal,
        now: std::time::SystemTime::now().into(),
        started: std::time::Instant::now(),
        unchecked_servers: Vec::new(),
    };
    ExitCode::from(sotickets::catch_panics(|| sotickets::run(std::env::args_os(), &mut context)))
}

/// Returns the variables of the process. A terminal that does not take escape sequences counts as
/// one without colors and cursor.
fn variables(terminal: Terminal) -> Variables {
    let is_dumb = (terminal.stdout || terminal.stderr) && !takes_escape_sequences();
    let dumb = is_dumb.then(|| (OsString::from("TERM"), OsString::from("dumb")));
    std::env::vars_os().chain(dumb).collect()
}

/// Switches the console to escape sequences, which records, help, `doctor` and messages use as
/// tables do. Returns false if it does not take them, as before Windows 10.
#[cfg(windows)]
fn takes_escape_sequences() -> bool {
    crossterm::ansi_support::supports_ansi()
}

#[cfg(not(windows))]
const fn takes_escape_sequences() -> bool {
    true
}

/// Returns the current width of the terminal of standard error.
fn stderr_width() -> Option<usize> {
    terminal_size::terminal_size_of(io::stderr()).map(|(width, _)| width.0.into())
}

/// Opens standard input again, without the lock that the main thread holds.
fn unbuffered_stdin() -> io::Result<File> {
    #[cfg(unix)]
    let stdin = std::os::fd::AsFd::as_fd(&io::stdin()).try_clone_to_owned()?;
    #[cfg(windows)]
    let stdin = std::os::windows::io::AsHandle::as_handle(&io::stdin()).try_clone_to_owned()?;
    Ok(stdin.into())
}

/// Makes a write beyond the limit of `ulimit -f` fail with an error. Without a handler, SIGXFSZ
/// would end the process without a message. Unlike an ignored signal, a handler is not passed
/// on to the programs that this one starts.
#[cfg(unix)]
fn fail_writes_beyond_size_limit() {
    // Without the handler the signal ends the process, as in most programs.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
}

/// Opens standard output without the standard library's buffer, which searches everything for
/// the last line feed: 15 ms for 180 MB without one.
fn unbuffered_stdout() -> io::Result<File> {
    #[cfg(unix)]
    let stdout = std::os::fd::AsFd::as_fd(&io::stdout()).try_clone_to_owned()?;
    #[cfg(windows)]
    let stdout = std::os::windows::io::AsHandle::as_handle(&io::stdout()).try_clone_to_owned()?;
    Ok(stdout.into())
}
