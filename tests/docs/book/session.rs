//! Runs the commands of a page from top to bottom in one shell.

use std::fs;
use std::process::Command;

use tempfile::TempDir;

use crate::support::demo::Demo;
use crate::support::{Server, needed, programs};

/// A command, or a block of commands.
#[derive(Clone)]
pub(crate) struct Step {
    pub(crate) command: String,
    /// True if each command must succeed.
    pub(crate) must_succeed: bool,
}

/// The result of a step.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// Standard output and standard error, in order.
    pub(crate) printed: String,
    pub(crate) code: i32,
}

/// Programs that pages use and not every system has.
const TOOLS: [&str; 5] = ["curl", "jq", "man", "mlr", "python3"];

/// Separates outputs; no output contains it.
const MARK: char = '\u{1e}';

/// The sample server's host and port on pages (`sotickets demo --port 8080`).
const PAGE_AUTHORITY: &str = "127.0.0.1:8080";

/// Replaces addresses and credentials of examples by those of the sample server.
fn for_sample_server(command: &str, demo: &Demo) -> String {
    let sample_user = format!("{} --user demo --password env:SAMPLE_PASSWORD", demo.url());
    let user_options = " --user tim --password prompt";
    // A server is running already; its output is in a file.
    let is_server = |line: &str| {
        line == "sotickets demo" || (line.starts_with("sotickets demo --") && !line.contains('>'))
    };
    let line = |line| if is_server(line) { "cat \"$DEMO_OUTPUT\"" } else { line };
    let lines: Vec<&str> = command.lines().map(line).collect();
    lines
        .join("\n")
        .replace(&format!("https://crm.example.com/SuperOffice{user_options}"), &sample_user)
        .replace(&format!("https://crm.example.com{user_options}"), &sample_user)
        .replace("https://online3.superoffice.com/Cust12345", demo.url())
        .replace("8A:Cust12345.…", demo.token())
        .replace(PAGE_AUTHORITY, demo.authority())
        .replace("cargo run --release --", "sotickets")
}

/// Runs `set_up` and then the `steps` in an empty home folder. A step is `None` if this
/// machine lacks a tool for it.
pub(crate) fn run(set_up: &str, steps: &[Step], demo: &Demo) -> Vec<Option<Outcome>> {
    let can_run: Vec<bool> = steps.iter().map(|step| has_tools(&step.command)).collect();
    let mut script = format!("{}\n", for_sample_server(set_up, demo));
    for (step, _) in steps.iter().zip(&can_run).filter(|(_, can_run)| **can_run) {
        let command = for_sample_server(&step.command, demo);
        let (strict, lax) = if step.must_succeed {
            ("set -e -o pipefail", "set +e; set +o pipefail")
        } else {
            (":", ":")
        };
        // Keeps `$?` for the next step.
        script += &format!(
            "printf '\\036'\n{strict}\n(exit ${{code:-0}})\n{command}\ncode=$?\n{lax}\n\
             printf '\\036%d' $code\n"
        );
    }
    let mut parts = run_bash(&script, demo);
    // One part before the first step; a shell that gave up leaves parts out.
    parts.resize(1 + 2 * can_run.iter().filter(|can_run| **can_run).count(), String::new());
    let mut parts = parts.into_iter().skip(1);
    let mut outcome = || {
        let printed = parts.next()?.replace(demo.authority(), PAGE_AUTHORITY);
        // Without a code the shell has ended early.
        Some(Outcome { printed, code: parts.next()?.parse().unwrap_or(-1) })
    };
    can_run.into_iter().map(|can_run| can_run.then(&mut outcome).flatten()).collect()
}

fn has_tools(command: &str) -> bool {
    let is_word = |tool: &&str| command.split(|c: char| !c.is_alphanumeric()).any(|w| w == *tool);
    TOOLS.into_iter().filter(is_word).all(needed)
}

/// Returns the output of `script`, split at the marks.
fn run_bash(script: &str, demo: &Demo) -> Vec<String> {
    let files = tempfile::tempdir().expect("a folder");
    let home = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = files.path().join(name);
        fs::write(&path, text).expect("a file");
        path
    };
    let demo_output = file("demo-output", &demo.messages());
    let script = file("page.sh", &format!("exec 2>&1\n{script}"));
    let webhook = webhook();
    let mut bash = bash(&home).expect("bash");
    bash.arg(script).env("DEMO_OUTPUT", demo_output).env("SLACK_WEBHOOK", webhook.url());
    let output = bash.output().expect("bash");
    let printed = String::from_utf8(output.stdout).expect("UTF-8");
    printed.split(MARK).map(str::to_owned).collect()
}

/// A server that accepts a message as Slack does.
fn webhook() -> Server {
    Server::answering(|when, then| {
        let when = when.method("POST").header("content-type", "application/json");
        when.body_includes("\"blocks\"").body_includes("\"markdown\"");
        then.status(200).body("ok");
    })
}

/// Returns a bash with `home`, the program in the path and the variables of a login; `None`
/// without bash.
pub(crate) fn bash(home: &TempDir) -> Option<Command> {
    let mut command = programs::program("bash")?;
    command.current_dir(home.path()).env_clear().stdin(std::process::Stdio::null());
    command.env("PATH", programs::path_with_sotickets()).env("HOME", home.path());
    // Keeps the tester's keyring out of reach.
    command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/dev/null");
    command.env("LC_ALL", "C.UTF-8").env("SAMPLE_PASSWORD", sotickets::demo::PASSWORD);
    Some(command)
}
