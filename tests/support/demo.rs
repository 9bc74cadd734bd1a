//! `sotickets demo` as a process of its own.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// A running sample server. It stops when this is dropped.
pub struct Demo {
    child: Child,
    url: String,
    token: String,
    /// Its messages on standard error.
    pub greeting: String,
}

impl Demo {
    /// Starts it at a free port and waits until it listens.
    pub fn start() -> Self {
        Self::start_with(Self::command())
    }

    /// Returns the command that starts it.
    pub fn command() -> Command {
        let mut command = super::process();
        command.arg("demo");
        command
    }

    /// Starts it by `command` and waits until it listens.
    pub fn start_with(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let mut value = |name: &str| {
            let line = lines.next().expect("a line").expect("UTF-8");
            line.strip_prefix(&format!("export {name}=")).expect(name).to_owned()
        };
        let (url, token) = (value("SOTICKETS_URL"), value("SOTICKETS_TOKEN"));
        let mut greeting = String::new();
        let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        while !greeting.contains("Ctrl-C") {
            assert_ne!(stderr.read_line(&mut greeting).expect("UTF-8"), 0, "{greeting}");
        }
        Self { child, url, token, greeting }
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its host and port.
    pub fn authority(&self) -> &str {
        let rest = self.url.strip_prefix("http://").expect("no TLS");
        rest.strip_suffix("/sample").expect("the path of the installation")
    }

    /// The token that it printed.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Returns all that it printed, as a terminal shows it.
    #[cfg(unix)]
    pub fn messages(&self) -> String {
        let (url, token, greeting) = (&self.url, &self.token, &self.greeting);
        format!("export SOTICKETS_URL={url}\nexport SOTICKETS_TOKEN={token}\n{greeting}")
    }

    /// The value of `NAME='value'` in its greeting.
    #[cfg(unix)]
    pub fn value(&self, name: &str) -> &str {
        let (_, rest) = self.greeting.split_once(&format!("{name}='")).expect(name);
        rest.split_once('\'').expect("a quote").0
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
