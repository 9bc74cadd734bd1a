//! A panic: its message may hold a secret.

use std::io::{self, Write};
use std::process::{Command, Stdio};

use sotickets::context::{Context, Terminal, Variables};

use super::{TICKETS, http};
use crate::support::canary::{self, APP_TOKEN, Canary, TOKEN};
use crate::support::echo::Echo;
use crate::support::end_of;
use crate::support::secret_run::{Ledger, SecretRun, Source};

/// Panics with a text in place of writing one.
struct Panics(String);

#[expect(clippy::panic, reason = "it is what this is for")]
impl Write for Panics {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        std::panic::panic_any(self.0.clone())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Names the test to the process in which it panics.
const PANICS: &str = "CANARY_TEST_PANICS";

#[test]
fn panic_reveals_its_place_and_no_secret() {
    if let Some(url) = std::env::var_os(PANICS) {
        let secrets: Vec<String> = canary::ALL.iter().map(Canary::value).collect();
        let arguments = ["sotickets", "get", "839", "-v", "--url"].map(Into::into);
        let mut host = Context {
            variables: std::env::vars_os().collect::<Variables>(),
            stdin: Box::new(io::empty()),
            stdout: &mut Panics(secrets.join(" ")),
            stderr: &mut io::stderr(),
            terminal: Terminal::default(),
            now: std::time::SystemTime::now().into(),
            started: std::time::Instant::now(),
            unchecked_servers: Vec::new(),
        };
        let run = || sotickets::run(arguments.into_iter().chain([url]), &mut host);
        std::process::exit(sotickets::catch_panics(run).into());
    }
    let secret_run =
        SecretRun::new(&[]).keep(TOKEN, Source::Variable).keep(APP_TOKEN, Source::Variable);
    let echo = Echo::start(secret_run.folder(), |it, _| http(it, 200, "", TICKETS));
    let mut command = Command::new(std::env::current_exe().expect("a path"));
    command.args([
        "--exact",
        "auth::secret_leaks::panics::panic_reveals_its_place_and_no_secret",
        "--nocapture",
    ]);
    command.env_clear().env(PANICS, echo.url());
    command.envs(secret_run.variables.iter().map(|(name, value)| (name, value)));
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a process");
    echo.watch(child.id());
    let output = end_of(child);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        stderr.contains("error: an internal error at tests/auth/secret_leaks/panics.rs:"),
        "{stderr}"
    );
    let ledger = Ledger::default();
    secret_run.check(&ledger, "a panic", Some(1), &output, Some(&echo));
    ledger.close();
}
