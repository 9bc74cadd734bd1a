//! A system user, for unattended calls: its signed token is exchanged for a ticket.

mod answers;
mod keys;
mod settings;
mod tickets;

use std::fs;
use std::path::PathBuf;

use assert_cmd::Command;
use chrono::{DateTime, Utc};
use tempfile::TempDir;

use crate::support::online_server::keys::Key;
use crate::support::online_server::system_user::{APPLICATION, TOKEN, Twist};
use crate::support::online_server::{OnlineServer, TENANT};
use crate::support::{self, Run, configuration, configured, exit_code_at, portable};

/// The key that the application signs with.
fn key() -> Key {
    Key::application()
}

/// A stand-in server with a tenant and an exchange, and a folder for the program's files.
struct Fixture {
    online: OnlineServer,
    folder: TempDir,
}

const USER: &str = "system_user = { token = \"env:SU_TOKEN\", private_key = \"file:key\", application_token = \"env:SU_APPLICATION\" }";

impl Fixture {
    fn new() -> Self {
        Self::with(USER)
    }

    fn with(lines: &str) -> Self {
        let online = OnlineServer::plain();
        online.state().system_user.key = key().public();
        let folder = configuration(format!(
            "default_profile = \"ci\"\n\n[profiles.ci]\ntenant = \"{TENANT}\"\nenvironment = \"{}\"\n{lines}\n",
            online.url
        ));
        let fixture = Self { online, folder };
        fixture.key(&key().0);
        fixture
    }

    fn key(&self, text: impl AsRef<[u8]>) {
        fs::write(self.folder.path().join("sotickets/key"), text).expect("a file");
    }

    fn get(&self, arguments: &[&str]) -> Command {
        let start = ["839", "-s", "TicketId,Title", "-o", "csv"];
        let mut command = configured(&self.folder, &[&start, arguments].concat());
        command.envs(portable::home(self.folder.path())).env("SU_TOKEN", TOKEN);
        command.env("SU_APPLICATION", APPLICATION);
        command
    }

    /// Runs `get`, and returns the result with the requests that were made.
    fn run(&self, arguments: &[&str]) -> (Run, Vec<&'static str>) {
        let run = Run::of(&mut self.get(arguments));
        assert!(!run.to_string().contains("canary"), "{run}");
        assert!(!run.to_string().contains("eyJ"), "{run}");
        (run, self.online.steps())
    }

    /// Runs `get`, which has to succeed, and returns the requests.
    fn steps(&self) -> Vec<&'static str> {
        let (run, steps) = self.run(&[]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
        assert_eq!(run.stdout, TABLE);
        steps
    }

    /// Runs `get`, which has to end before a request, and returns its messages.
    fn usage_error(&self) -> String {
        let (run, steps) = self.run(&[]);
        assert_eq!((run.code, run.stdout.as_str(), steps), (2, "", vec![]), "{run}");
        self.redacted(&run.stderr)
    }

    fn redacted(&self, text: &str) -> String {
        let text = support::without_folder(text, &self.folder);
        text.replace(&self.online.url, "http://HOST:PORT")
    }

    fn state_folder(&self) -> PathBuf {
        let folder = if cfg!(target_vendor = "apple") {
            "Library/Application Support/sotickets"
        } else if cfg!(windows) {
            "sotickets/state"
        } else {
            ".local/state/sotickets"
        };
        self.folder.path().join(folder)
    }

    /// Returns the path of the stored ticket.
    fn ticket_file(&self) -> PathBuf {
        let files = fs::read_dir(self.state_folder()).expect("a folder");
        let mut paths = files.map(|file| file.expect("a file").path());
        paths.find(|path| path.extension().is_some_and(|it| it == "json")).expect("a ticket")
    }

    /// Returns the path of the lock that a sign-in holds.
    fn lock_file(&self) -> PathBuf {
        self.ticket_file().with_extension("lock")
    }

    fn twist(&self, twist: Twist) {
        self.online.state().system_user.twist = twist;
    }

    fn remove_ticket(&self) {
        fs::remove_dir_all(self.state_folder()).expect("a folder");
    }

    /// Runs `get` at the time `now`, and returns the requests.
    fn steps_at(&self, now: DateTime<Utc>) -> Vec<&'static str> {
        self.online.state().time = Some(now);
        let path = |path: PathBuf| path.to_string_lossy().into_owned();
        let variables = [
            ("HOME", path(self.folder.path().to_owned())),
            ("LOCALAPPDATA", path(self.folder.path().to_owned())),
            ("XDG_CONFIG_HOME", path(self.folder.path().to_owned())),
            ("SU_TOKEN", TOKEN.to_owned()),
            ("SU_APPLICATION", APPLICATION.to_owned()),
        ];
        assert_eq!(exit_code_at(now, variables), 0);
        self.online.steps()
    }
}

const TABLE: &str = "TicketId,Title\n839,Printer\n";
const SIGN_IN: [&str; 5] = ["state", "exchange", "discovery", "keys", "tickets"];
