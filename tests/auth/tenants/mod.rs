//! Tenants of SuperOffice Online: where they are, and whether they can be asked.

mod location;
mod refusals;
mod settings;

use std::fs;
use std::path::PathBuf;

use assert_cmd::Command;
use chrono::{DateTime, Utc};
use tempfile::TempDir;

use crate::support::online_server::{OnlineServer, TENANT};
use crate::support::portable::CACHE;
use crate::support::{Run, exit_code_at, portable, sotickets};

/// A stand-in server with a tenant, and a home folder.
struct Fixture {
    online: OnlineServer,
    home: TempDir,
}

impl Fixture {
    fn new() -> Self {
        let online = OnlineServer::plain();
        online.state().tenant.is_open = true;
        Self { online, home: tempfile::tempdir().expect("a folder") }
    }

    fn get(&self, arguments: &[&str]) -> Command {
        let mut command = sotickets();
        command.args(["get", "839", "-s", "TicketId,Title", "-o", "csv", "--tenant", TENANT]);
        command.args(["--environment", &self.online.url]).args(arguments);
        command.env("SOTICKETS_TOKEN", "8A:canary").envs(portable::home(self.home.path()));
        command
    }

    /// Runs `get`, and returns the result with the requests that were made.
    fn run(&self, arguments: &[&str]) -> (Run, Vec<&'static str>) {
        let run = Run::of(&mut self.get(arguments));
        assert!(!run.to_string().contains("canary"), "{run}");
        (run, self.online.steps())
    }

    /// Runs `get`, which has to succeed, and returns the requests.
    fn steps(&self) -> Vec<&'static str> {
        let (run, steps) = self.run(&[]);
        assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, TABLE, ""), "{run}");
        steps
    }

    /// Returns the path of the cached location.
    fn cache_file(&self) -> PathBuf {
        let folder = self.home.path().join(CACHE);
        let mut files = fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file"));
        let file = files.next().expect("a file");
        assert!(files.next().is_none(), "one file");
        file.path()
    }

    fn redacted(&self, text: &str) -> String {
        text.replace(&self.online.url, "http://HOST:PORT")
    }

    /// Runs `get` at the time `now`, and returns its exit code.
    fn exit_code_at(&self, now: DateTime<Utc>) -> u8 {
        let variables = [
            ("SOTICKETS_TOKEN", "8A:canary".to_owned()),
            ("SOTICKETS_TENANT", TENANT.to_owned()),
            ("SOTICKETS_ENVIRONMENT", self.online.url.clone()),
            ("HOME", self.home.path().to_string_lossy().into_owned()),
            ("LOCALAPPDATA", self.home.path().to_string_lossy().into_owned()),
        ];
        exit_code_at(now, variables)
    }
}

const TABLE: &str = "TicketId,Title\n839,Printer\n";
