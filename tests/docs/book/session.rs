//! A page read from top to bottom by somebody who types each command into one shell.

use std::fs;
use std::process::Command;

use tempfile::TempDir;

use crate::support::demo::Demo;
use crate::support::{Server, needed, programs};

/// What is typed at once: a command, or a block of them.
#[derive(Clone)]
pub(crate) struct Step {
    pub(crate) command: String,
    /// A block, each of whose commands has to succeed.
    pub(crate) has_to_succeed: bool,
}

/// What came of a step.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// Standard output and error, as a terminal shows them.
    pub(crate) printed: String,
    pub(crate) code: i32,
}

/// Programs that a page may use beside what every system has.
const TOOLS: [&str; 5] = ["curl", "jq", "man", "mlr", "python3"];

/// Stands between outputs, and in none of them.
const MARK: char = '\u{1e}';

/// The address that pages show for the sample server, `sotickets demo --port 8080`.
const SHOWN: &str = "http://127.0.0.1:8080";

/// What a reader fills in, and the sample server's in its place.
fn at_the_sample_server(command: &str, demo: &Demo) -> String {
    let sample_user = format!("{} --user demo --password env:SAMPLE_PASSWORD", demo.url());
    let asked_for = " --user tim --password prompt";
    // It runs until it is ended; here it runs already, and this is what it said.
    let runs_on = |line: &str| line == "sotickets demo" || line == "sotickets demo --port 8080";
    let line = |line| if runs_on(line) { "cat \"$SAID\"" } else { line };
    let lines: Vec<&str> = command.lines().map(line).collect();
    lines
        .join("\n")
        .replace(&format!("https://crm.example.com/SuperOffice{asked_for}"), &sample_user)
        .replace(&format!("https://crm.example.com{asked_for}"), &sample_user)
        .replace("https://online3.superoffice.com/Cust12345", demo.url())
        .replace("8A:Cust12345.…", demo.token())
        .replace(SHOWN, demo.url())
        .replace("cargo run --release --", "sotickets")
}

/// Runs the `steps` one after the other in an empty home folder, after `set_up`. A step
/// is `None` where this machine lacks a tool for it.
pub(crate) fn run(set_up: &str, steps: &[Step], demo: &Demo) -> Vec<Option<Outcome>> {
    let can_run: Vec<bool> = steps.iter().map(|step| has_tools(&step.command)).collect();
    let mut script = format!("{}\n", at_the_sample_server(set_up, demo));
    for (step, _) in steps.iter().zip(&can_run).filter(|(_, can_run)| **can_run) {
        let command = at_the_sample_server(&step.command, demo);
        let (strict, lax) = if step.has_to_succeed {
            ("set -e -o pipefail", "set +e; set +o pipefail")
        } else {
            (":", ":")
        };
        // `$?` is as the reader would have it.
        script += &format!(
            "printf '\\036'\n{strict}\n(exit ${{code:-0}})\n{command}\ncode=$?\n{lax}\n\
             printf '\\036%d' $code\n"
        );
    }
    let mut parts = typed(&script, demo);
    // Before the first step, and whatever a shell that gave up did not come to.
    parts.resize(1 + 2 * can_run.iter().filter(|can_run| **can_run).count(), String::new());
    let mut parts = parts.into_iter().skip(1);
    let mut outcome = || {
        let printed = parts.next()?.replace(demo.url(), SHOWN);
        let host = |url: &str| url.trim_start_matches("http://").to_owned();
        let printed = printed.replace(&host(demo.url()), &host(SHOWN));
        // A shell that ended before it could tell the code has failed.
        Some(Outcome { printed, code: parts.next()?.parse().unwrap_or(-1) })
    };
    can_run.into_iter().map(|can_run| can_run.then(&mut outcome).flatten()).collect()
}

fn has_tools(command: &str) -> bool {
    let is_word = |tool: &&str| command.split(|c: char| !c.is_alphanumeric()).any(|w| w == *tool);
    TOOLS.into_iter().filter(is_word).all(needed)
}

/// What bash prints for `script`, cut at the marks.
fn typed(script: &str, demo: &Demo) -> Vec<String> {
    let beside = tempfile::tempdir().expect("a folder");
    let home = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = beside.path().join(name);
        fs::write(&path, text).expect("a file");
        path
    };
    let said = file("said", &demo.said());
    let script = file("page.sh", &format!("exec 2>&1\n{script}"));
    let webhook = webhook();
    let mut bash = bash(&home).expect("bash");
    bash.arg(script).env("SAID", said).env("SLACK_WEBHOOK", webhook.url());
    let output = bash.output().expect("bash");
    let printed = String::from_utf8(output.stdout).expect("UTF-8");
    printed.split(MARK).map(str::to_owned).collect()
}

/// What takes a message as Slack does.
fn webhook() -> Server {
    Server::answering(|when, then| {
        let when = when.method("POST").header("content-type", "application/json");
        when.body_includes("\"blocks\"").body_includes("\"markdown\"");
        then.status(200).body("ok");
    })
}

/// Returns a bash whose home is `home`, with the program in the path and nothing set but what
/// a login sets; `None` where there is no bash.
pub(crate) fn bash(home: &TempDir) -> Option<Command> {
    let mut command = programs::program("bash")?;
    command.current_dir(home.path()).env_clear().stdin(std::process::Stdio::null());
    command.env("PATH", programs::path_with_sotickets()).env("HOME", home.path());
    // The keyring of whoever runs the tests is left alone.
    command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/dev/null");
    command.env("LC_ALL", "C.UTF-8").env("SAMPLE_PASSWORD", sotickets::demo::PASSWORD);
    Some(command)
}
