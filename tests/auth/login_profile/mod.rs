//! `auth login --url`: a credential is checked by one call, kept, and written into a profile.

mod again;
mod check;
#[cfg(unix)]
mod killed;
mod online;
mod other_file;
mod profile;
#[cfg(unix)]
mod prompt;
mod status;
mod storage;
mod ticket_url;

use std::path::PathBuf;

use crate::support::{Run, Server, portable, sotickets};

/// A person with folders for configuration and state, which do not exist yet.
pub(super) struct Person {
    pub(super) home: tempfile::TempDir,
}

impl Person {
    pub(super) fn new() -> Self {
        Self { home: tempfile::tempdir().expect("a folder") }
    }

    /// A person whose configuration file has this `text`.
    pub(super) fn with_configuration(text: &str) -> Self {
        let person = Self::new();
        let file = person.configuration_file();
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        std::fs::write(&file, text).expect("a file");
        #[cfg(unix)]
        std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600))
            .expect("a mode");
        person
    }

    pub(super) fn configuration_file(&self) -> PathBuf {
        self.home.path().join("config/sotickets/config.toml")
    }

    fn configuration(&self) -> String {
        std::fs::read_to_string(self.configuration_file()).unwrap_or_default()
    }

    pub(super) fn state(&self) -> PathBuf {
        self.home.path().join("state/sotickets")
    }

    /// The names of the files in the state folder.
    fn state_files(&self) -> Vec<String> {
        let Ok(files) = std::fs::read_dir(self.state()) else { return Vec::new() };
        let name = |file: std::io::Result<std::fs::DirEntry>| {
            file.expect("a file").file_name().to_string_lossy().into_owned()
        };
        let mut names: Vec<String> = files.map(name).collect();
        names.sort();
        names
    }

    pub(super) fn command(&self, arguments: &[&str]) -> assert_cmd::Command {
        let mut command = sotickets();
        command.args(arguments).env("XDG_CONFIG_HOME", self.home.path().join("config"));
        command.env("XDG_STATE_HOME", self.home.path().join("state"));
        // No zone that is known: none is written.
        command.env("TZ", "none");
        // No keyring of the machine is touched.
        command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus");
        command.current_dir(self.home.path());
        command
    }

    pub(super) fn run(&self, arguments: &[&str]) -> Run {
        self.shown(Run::of(&mut self.command(arguments)))
    }

    /// Runs `auth login --store file` for `url`, with `input` as standard input.
    pub(super) fn login(&self, url: &str, arguments: &[&str], input: &str) -> Run {
        let all = [&["auth", "login", "--store", "file", "--url", url], arguments].concat();
        self.shown(Run::of(self.command(&all).write_stdin(input)))
    }

    /// Returns `run` with `HOME` in place of the folder, which changes.
    pub(super) fn shown(&self, mut run: Run) -> Run {
        run.stdout = portable::folder(&run.stdout, self.home.path(), "HOME");
        run.stderr = portable::folder(&run.stderr, self.home.path(), "HOME");
        run
    }

    /// Asserts that nothing was written.
    fn assert_unchanged(&self) {
        assert_eq!((self.configuration().as_str(), self.state_files()), ("", Vec::new()));
    }
}

const USER: [&str; 4] = ["--user", "tim", "--password", "stdin"];

fn server() -> Server {
    Server::json(r#"[{"TicketId":839}]"#)
}
