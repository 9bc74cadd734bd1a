//! Runs the program with canaries for secrets, and searches everything after that.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;

use super::canary::{self, Canary};
use super::echo::{self, Echo};
use super::{end_of, programs};

/// The source of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Variable,
    Env,
    File,
    Command,
    Stdin,
}

/// A call of the program, with a folder for all that it could write.
pub struct SecretRun {
    folder: TempDir,
    arguments: Vec<String>,
    pub variables: Vec<(String, String)>,
    input: String,
    /// The secrets that a server is to get.
    planted: Vec<Canary>,
    /// A secret was typed, so the arguments contain it.
    is_typed: bool,
    /// The secret that it keeps in a file of its own.
    kept: Option<Canary>,
    /// The client secret is kept in the file of the tokens.
    keeps_client_secret: bool,
    /// It reads no secret, so it may not notice that there is none.
    may_succeed: bool,
    /// A program prints a secret for it.
    runs_program: bool,
}

/// Keeps the command lines of a program that prints a secret, and of its parent, in a file that is
/// searched.
const COMMAND: &str = "tr '\\0' '\\n' < /proc/$PPID/cmdline >> \"$HOME/parents\"
tr '\\0' '\\n' < /proc/$$/cmdline >> \"$HOME/programs\"
cat \"$1\"
";

/// The variables that name folders.
const FOLDERS: [&str; 7] = [
    "HOME",
    "TMPDIR",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_RUNTIME_DIR",
    "XDG_STATE_HOME",
];

impl SecretRun {
    pub fn new(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for name in FOLDERS.iter().chain(&["secrets", "out"]) {
            fs::create_dir(folder.path().join(name)).expect("a folder");
        }
        let secret_run = Self {
            folder,
            arguments: Vec::new(),
            variables: Vec::new(),
            input: String::new(),
            planted: Vec::new(),
            is_typed: false,
            kept: None,
            keeps_client_secret: false,
            may_succeed: arguments.contains(&"--offline"),
            runs_program: false,
        };
        fs::write(secret_run.path("secrets/command.sh"), COMMAND).expect("a file");
        secret_run.with(arguments)
    }

    /// The path of a file in its folder.
    pub fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    /// Its folder.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    #[must_use]
    pub fn with(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(|argument| (*argument).to_owned()));
        self
    }

    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds arguments with typed secrets.
    #[must_use]
    pub fn typed(mut self, arguments: &[&str]) -> Self {
        self.is_typed = true;
        self.with(arguments)
    }

    /// Marks `canary` as one that a server must get.
    #[must_use]
    pub fn sends(mut self, canary: Canary) -> Self {
        self.planted.push(canary);
        self
    }

    /// Marks `canary` as one that is in a file of the state folder afterwards.
    #[must_use]
    pub fn keeps(mut self, canary: Canary) -> Self {
        self.kept = Some(canary);
        self
    }

    /// Marks the client secret as one that is kept with the tokens of a sign-in.
    #[must_use]
    pub fn keeps_client_secret(mut self) -> Self {
        self.keeps_client_secret = true;
        self
    }

    /// The same, if only these get there.
    #[must_use]
    pub fn sends_only(mut self, canaries: &[Canary]) -> Self {
        self.planted = canaries.to_vec();
        self
    }

    /// Writes the configuration file.
    #[must_use]
    pub fn configuration(self, text: &str) -> Self {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = self.path("XDG_CONFIG_HOME/sotickets");
        fs::create_dir(&folder).expect("a folder");
        let file = format!("{folder}/config.toml");
        fs::write(&file, text).expect("a file");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("a mode");
        self
    }

    /// Puts `canary` into `source`, and names that with its option.
    #[must_use]
    pub fn keep(mut self, canary: Canary, source: Source) -> Self {
        let name = format!("CNRY_{}", canary.name.to_ascii_uppercase());
        let file = self.path(&format!("secrets/{}", canary.name));
        let place = match source {
            Source::Variable => match canary.variable {
                Some(variable) => {
                    return self.variable(variable, &canary.kept()).sends(canary);
                }
                None => return self.keep(canary, Source::Env),
            },
            Source::Env => {
                self = self.variable(&name, &canary.kept());
                format!("env:{name}")
            }
            Source::File => {
                self.write_secret(canary);
                format!("file:{file}")
            }
            Source::Command => {
                self.write_secret(canary);
                self.runs_program = true;
                format!("command:sh '{}' '{file}'", self.path("secrets/command.sh"))
            }
            Source::Stdin => {
                self.input = canary.kept();
                "stdin".to_owned()
            }
        };
        let option = canary.option.expect("an option");
        let value = if canary == canary::HEADER { format!("X-Gateway: @{place}") } else { place };
        self.sends(canary).with(&[option, &value])
    }

    /// Returns whether it is a dry run.
    fn asks_for_nothing(&self) -> bool {
        self.arguments.iter().any(|argument| argument == "--dry-run" || argument == "--offline")
    }

    /// Writes the file that a source or a profile names.
    pub fn write_secret(&self, canary: Canary) {
        let file = self.path(&format!("secrets/{}", canary.name));
        fs::write(file, canary.kept() + "\n").expect("a file");
    }

    /// The program, not started yet.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sotickets"));
        command.env_clear().env("PATH", programs::path()).args(&self.arguments);
        command.envs(FOLDERS.map(|name| (name, self.path(name))));
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs it, searches everything, and records it in the `ledger` as one of `path`.
    pub fn run(self, ledger: &Ledger, path: &str, code: i32, echo: Option<&Echo>) -> Output {
        let mut child = self.command().spawn().expect("the program starts");
        if let Some(echo) = echo {
            echo.watch(child.id());
        }
        let mut stdin = child.stdin.take().expect("a pipe");
        let _ = stdin.write_all(self.input.as_bytes());
        drop(stdin);
        let output = end_of(child);
        self.check(ledger, path, Some(code), &output, echo);
        output
    }

    /// Searches everything that a run left behind.
    pub fn check(
        &self,
        ledger: &Ledger,
        path: &str,
        code: Option<i32>,
        output: &Output,
        echo: Option<&Echo>,
    ) {
        let mut texts = vec![
            ("standard output".to_owned(), output.stdout.clone()),
            ("standard error".to_owned(), output.stderr.clone()),
        ];
        texts.extend(echo::files(self.folder.path()));
        texts.extend(echo.map(Echo::seen).unwrap_or_default());
        if cfg!(target_os = "linux") {
            let was_seen = |what: &str| {
                texts.iter().any(|(place, text)| place.contains(what) && !text.is_empty())
            };
            if echo.is_some_and(|echo| !echo.requests().is_empty()) {
                assert!(was_seen("/cmdline"), "no command line was read");
            }
            if self.runs_program && !self.asks_for_nothing() {
                assert!(was_seen("/parents") && was_seen("/programs"), "{:?}", self.arguments);
            }
        }
        if let Some(canary) = self.kept {
            let is_kept = |place: &str| place.contains("XDG_STATE_HOME/sotickets/secret-");
            let value = canary.kept().into_bytes();
            if !texts.iter().any(|(place, text)| is_kept(place) && *text == value) {
                ledger.fails(format!("{} was not kept\n  {:?}", canary.name, self.arguments));
            }
            texts.retain(|(place, text)| !(is_kept(place) && *text == value));
        }
        if self.keeps_client_secret {
            let kept = texts.iter_mut().filter(|(place, _)| place.contains(SIGN_INS));
            let removed = kept.map(|(_, text)| usize::from(remove_client_secret(text)));
            if removed.sum::<usize>() != 1 {
                ledger.fails(format!("the client secret was not kept\n  {:?}", self.arguments));
            }
        }
        let is_open = |place: &str| self.is_typed && place.starts_with("/proc/");
        texts.retain(|(place, _)| !is_open(place));
        let stderr = String::from_utf8_lossy(&output.stderr);
        let call = format!("{path}: {:?}", self.arguments);
        for (place, text) in &texts {
            for found in canary::search(text) {
                let text = String::from_utf8_lossy(text);
                ledger.fails(format!("LEAK of {found} to {place}\n  {call}\n  {text}"));
            }
        }
        let is_fine = self.is_typed && self.may_succeed && output.status.success();
        if output.status.code() != code && !is_fine {
            ledger.fails(format!("{:?}, not {code:?}\n  {call}\n  {stderr}", output.status));
        }
        if let Some(echo) = echo {
            for canary in self.planted.iter().filter(|canary| !arrived(**canary, echo)) {
                ledger.fails(format!("{} did not arrive\n  {call}\n  {stderr}", canary.name));
            }
        }
        ledger.notes(path, texts.len());
    }
}

/// The files of sign-ins in the folder of a run.
const SIGN_INS: &str = "XDG_STATE_HOME/sotickets/sign-in-";

/// Removes the client secret from the file of a sign-in. Returns false if it is not there.
fn remove_client_secret(file: &mut Vec<u8>) -> bool {
    let Ok(mut kept) = serde_json::from_slice::<serde_json::Value>(file) else { return false };
    let Some(secret) = kept.pointer_mut("/place/file/client_secret") else { return false };
    let is_there = secret.take() == canary::CLIENT_SECRET.value();
    *file = kept.to_string().into_bytes();
    is_there
}

/// Returns whether a server got `canary`.
pub fn arrived(canary: Canary, echo: &Echo) -> bool {
    let value = canary.value();
    echo.requests().iter().any(|request| request.secrets().iter().any(|it| it.contains(&value)))
}

/// The runs, and the findings.
#[derive(Default)]
pub struct Ledger {
    runs: Mutex<BTreeMap<String, usize>>,
    searches: AtomicUsize,
    failures: Mutex<Vec<String>>,
}

impl Ledger {
    pub fn fails(&self, text: String) {
        self.failures.lock().expect("no panic").push(text);
    }

    fn notes(&self, path: &str, texts: usize) {
        *self.runs.lock().expect("no panic").entry(path.to_owned()).or_default() += 1;
        self.searches.fetch_add(texts * canary::ALL.len(), Ordering::SeqCst);
    }

    /// Prints the runs, asserts that nothing was found, and returns the number of runs.
    #[expect(clippy::print_stdout, reason = "the list of what was searched")]
    pub fn close(self) -> usize {
        let runs = self.runs.into_inner().expect("no panic");
        for (path, count) in &runs {
            println!("{count:4} {path}");
        }
        let count = runs.values().sum();
        println!("{count:4} runs, {} searches", self.searches.into_inner());
        let failures = self.failures.into_inner().expect("no panic");
        assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
        count
    }
}
