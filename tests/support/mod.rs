//! Support for the tests of the program: a server, a command, a readable result.
#![allow(unreachable_pub, reason = "one of its files is shared with another crate")]

use std::ffi::OsString;
use std::fmt;
use std::process::Output;
use std::sync::{Arc, Mutex};

use assert_cmd::Command;
use chrono::{DateTime, Utc};
use clap::ValueEnum as _;
use httpmock::{HttpMockRequest, Mock, MockServer, Then, When};
use sotickets::context::{Context, Terminal};
use sotickets::output::OutputFormat;

pub use processes::PATIENCE;
#[cfg(unix)]
pub use processes::end_of;
#[cfg(unix)]
pub use programs::needed;
pub use programs::skip;

#[cfg(target_os = "linux")]
pub mod browser;
#[cfg(unix)]
pub mod canary;
pub mod contrast;
pub mod demo;
#[cfg(unix)]
pub mod echo;
pub mod entry_points;
pub mod fault;

pub mod formula;
pub mod generated;
pub mod hostile_text;
pub mod html_tree;
pub mod imports;
pub mod layers;
#[cfg(unix)]
pub mod limits;
pub mod man;
pub mod memory;
#[cfg(unix)]
pub mod mounts;
pub mod online_server;
pub mod out_file;
pub mod portable;
pub mod processes;
pub mod programs;
pub mod proxy;
#[cfg(unix)]
pub mod pty;
pub mod reference;
pub mod render;
#[cfg(unix)]
pub mod secret_run;
pub mod server;
#[cfg(unix)]
pub mod session;
#[cfg(unix)]
pub mod shell;
pub mod site;
pub mod tcp_server;
pub mod tls;
pub mod wine;
pub mod workbook;

/// The endpoint's path on a test server.
pub const PATH: &str = "/api/v1/Agents/Ticket/GetTickets";

/// Tickets 839 and 249, with everything that JSON allows and a format may get wrong.
pub const AWKWARD: &str = include_str!("../fixtures/awkward.json");

/// The token of [`Server::get`].
pub const TOKEN: &str = "8A:Cust12345.test";

/// The program, with a cleared environment.
pub fn sotickets() -> Command {
    let mut command = Command::from_std(process());
    command.timeout(PATIENCE);
    command
}

/// The program with a cleared environment, as a process without a time limit.
pub fn process() -> std::process::Command {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_sotickets"));
    command.env_clear().envs(of_system());
    command
}

/// The variables of Windows: without the first it makes no connections, and by the other hints
/// are for a POSIX shell, as on other systems.
fn of_system() -> Vec<(&'static str, OsString)> {
    const FOLDER: &str = "SystemRoot";
    let folder = std::env::var_os(FOLDER).map(|folder| (FOLDER, folder));
    let variables = folder.into_iter().chain([("SHELL", "sh".into())]);
    variables.filter(|_| cfg!(windows)).collect()
}

/// Runs `get 839` in this process, with `variables` and at the time `now`; returns the exit code.
pub fn exit_code_at<const N: usize>(now: DateTime<Utc>, variables: [(&str, String); N]) -> u8 {
    let mut context = Context {
        variables: variables.into_iter().collect(),
        stdin: Box::new(std::io::empty()),
        stdout: &mut std::io::sink(),
        stderr: &mut std::io::sink(),
        terminal: Terminal::default(),
        now,
        started: std::time::Instant::now(),
        unchecked_servers: Vec::new(),
    };
    sotickets::run(["sotickets", "get", "839"].map(Into::into), &mut context)
}

/// The names of those formats of `get` that are `wanted`, in the order of its help.
pub fn formats(wanted: impl Fn(OutputFormat) -> bool) -> Vec<String> {
    let all = OutputFormat::value_variants().iter().copied();
    let name =
        |format: OutputFormat| format.to_possible_value().map(|value| value.get_name().to_owned());
    all.filter(|format| wanted(*format)).filter_map(name).collect()
}

/// The names of those formats that are `wanted` and made from the server's JSON, as text for a
/// terminal.
pub fn json_text_formats(wanted: impl Fn(OutputFormat) -> bool) -> Vec<String> {
    json_formats(|format| !format.is_for_file() && wanted(format))
}

/// The names of those formats that are `wanted` and made from the server's JSON.
pub fn json_formats(wanted: impl Fn(OutputFormat) -> bool) -> Vec<String> {
    formats(|format| format != OutputFormat::Xml && wanted(format))
}

/// The calls of every command, the program's own first.
pub fn paths() -> Vec<String> {
    use clap::CommandFactory as _;
    fn below(command: &clap::Command, path: &str, paths: &mut Vec<String>) {
        paths.push(path.to_owned());
        for sub in visible(command) {
            below(sub, format!("{path} {}", sub.get_name()).trim_start(), paths);
        }
    }
    let mut paths = Vec::new();
    below(&sotickets::cli::Cli::command(), "", &mut paths);
    paths
}

/// Returns the commands below `command` that help lists.
pub fn visible(command: &clap::Command) -> impl Iterator<Item = &clap::Command> {
    command.get_subcommands().filter(|below| !below.is_hide_set())
}

/// Returns `text` without escape sequences for color.
#[cfg(unix)]
pub fn plain(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').expect("a color").1)
}

/// The result of a run.
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// Runs `command` and reads what it prints.
    pub fn of(command: &mut Command) -> Self {
        let mut output = command.output();
        if output.as_ref().is_err_and(wine::is_failed_start) {
            output = command.output();
        }
        Self::from(output.expect("the program runs"))
    }
}

/// Returns the results of so many runs at once.
pub fn at_once(count: usize, run: impl Fn() -> Run + Sync) -> Vec<Run> {
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..count).map(|_| scope.spawn(&run)).collect();
        runs.into_iter().map(|run| run.join().expect("a run")).collect()
    })
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        let is_zip = output.stdout.starts_with(b"PK");
        Self {
            code: output.status.code().expect("an exit code"),
            stdout: if is_zip {
                String::from_utf8_lossy(&output.stdout).into_owned()
            } else {
                portable::errors(text(output.stdout))
            },
            stderr: portable::errors(text(output.stderr)),
        }
    }
}

/// The whole result as one text, for a snapshot.
impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.stdout)?;
        if !self.stderr.is_empty() {
            write!(f, "--- stderr\n{}", self.stderr)?;
        }
        write!(f, "--- exit code {}", self.code)
    }
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Path and query, undecoded.
    pub target: String,
    /// `name: value` a header, sorted, names in lower case.
    pub headers: Vec<String>,
    pub body: String,
}

impl Seen {
    fn of(request: &HttpMockRequest) -> Self {
        let mut headers: Vec<String> = request
            .headers_vec()
            .iter()
            .map(|(name, value)| format!("{}: {value}", name.to_ascii_lowercase()))
            .collect();
        headers.sort();
        let uri = request.uri();
        let target = uri.path_and_query().map(ToString::to_string).unwrap_or_default();
        Self { target, headers, body: request.body_string() }
    }

    /// Returns the text after the question mark.
    pub fn query(&self) -> Option<&str> {
        self.target.split_once('?').map(|(_, query)| query)
    }

    /// The value of the header `name`, in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// A server with one answer to the endpoint.
pub struct Server {
    server: MockServer,
    mock: usize,
    version: usize,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// Answers every call with 200 and `json`.
    pub fn json(json: &str) -> Self {
        let json = json.to_owned();
        Self::answering(move |_, then| {
            then.status(200).header("content-type", "application/json; charset=utf-8").body(json);
        })
    }

    /// Answers as `set_up` defines, and names its version; other requests get 404.
    pub fn answering(set_up: impl FnOnce(When, Then)) -> Self {
        let server = MockServer::start();
        // The first mock that matches answers.
        let version = server.mock(|when, then| {
            when.method("GET").path_suffix("/api");
            then.status(200).header("content-type", "application/json").body(site::VERSION);
        });
        let version = version.id();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&seen);
        let mock = server.mock(|when, then| {
            let note = move |request: &HttpMockRequest| {
                record.lock().expect("no panic").push(Seen::of(request));
                true
            };
            set_up(when.is_true(note), then);
        });
        let mock = mock.id();
        Self { server, mock, version, seen }
    }

    /// Answers every call with `status` and `body`.
    pub fn status(status: u16, body: impl AsRef<[u8]>) -> Self {
        Self::answering(move |_, then| {
            then.status(status).body(body);
        })
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        self.server.base_url()
    }

    /// Answers every call with 200 and [`AWKWARD`].
    pub fn awkward() -> Self {
        Self::json(AWKWARD)
    }

    /// How often the endpoint was called as expected.
    pub fn calls(&self) -> usize {
        Mock::new(self.mock, &self.server).calls()
    }

    /// How often the version was asked for.
    pub fn version_calls(&self) -> usize {
        Mock::new(self.version, &self.server).calls()
    }

    /// The last request.
    pub fn seen(&self) -> Seen {
        self.seen.lock().expect("no panic").last().expect("a request").clone()
    }

    /// Returns `run` with `HOST:PORT` in place of the server's address, which changes.
    pub fn shown(&self, run: &Run) -> String {
        run.to_string().replace(&self.server.address().to_string(), "HOST:PORT")
    }

    /// `sotickets get` against this server, without a credential.
    pub fn get_bare(&self, arguments: &[&str]) -> Command {
        let mut command = sotickets();
        command.arg("get").args(arguments).env("SOTICKETS_URL", self.url());
        command
    }

    /// `sotickets get` against this server, with a token and then `arguments`.
    pub fn get(&self, arguments: &[&str]) -> Command {
        let mut command = self.get_bare(arguments);
        command.env("SOTICKETS_TOKEN", TOKEN);
        command
    }

    /// Runs it, and asserts that there was exactly one call.
    pub fn run(&self, arguments: &[&str]) -> Run {
        let run = Run::of(&mut self.get(arguments));
        assert_eq!((self.calls(), self.version_calls()), (1, 0), "calls: {run}");
        run
    }

    /// Runs it, and asserts that nothing was sent and nothing printed.
    pub fn refuses(&self, arguments: &[&str]) -> Run {
        self.refused(&mut self.get(arguments))
    }

    /// Runs `command`, and asserts that nothing was sent and nothing printed.
    pub fn refused(&self, command: &mut Command) -> Run {
        let run = Run::of(command);
        assert_eq!((self.calls(), self.version_calls()), (0, 0), "calls: {run}");
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
        run
    }
}

/// A folder with a configuration file of this `text` in it, which its owner alone can
/// read.
pub fn configuration(text: impl AsRef<[u8]>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("sotickets")).expect("a folder");
    let path = folder.path().join("sotickets/config.toml");
    std::fs::write(&path, text).expect("a file");
    #[cfg(unix)]
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600))
        .expect("a mode");
    folder
}

/// `sotickets get` with the configuration file in `folder` alone.
pub fn configured(folder: &tempfile::TempDir, arguments: &[&str]) -> Command {
    let mut command = sotickets();
    command.arg("get").args(arguments).env("XDG_CONFIG_HOME", folder.path());
    command
}

/// Returns `text` with `CONFIG` in place of the path of `folder`, which changes.
pub fn without_folder(text: &str, folder: &tempfile::TempDir) -> String {
    portable::folder(text, folder.path(), "CONFIG")
}
