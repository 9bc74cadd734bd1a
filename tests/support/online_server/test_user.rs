//! A user: a home folder, the program, and a browser.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};

use reqwest::blocking::{Client, ClientBuilder, RequestBuilder};
use reqwest::header::HeaderValue;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::sign_in::SECRET;
use super::{CLIENT_ID, OnlineServer};
use crate::support::processes::{Limit, PATIENCE, end_of, output};
use crate::support::{Run, portable, process};

/// The file of the sign-in of the profile that a sign-in writes, which is named after the tenant.
pub const SIGN_IN: &str = "sign-in-%43ust12345.json";

/// A user with a home folder of their own.
pub struct TestUser<'s> {
    pub service: &'s OnlineServer,
    pub home: tempfile::TempDir,
}

/// A sign-in in progress: the program waits for the browser.
pub struct Waiting {
    child: Child,
    limit: Limit,
    stdout: BufReader<std::process::ChildStdout>,
    /// The address that was printed.
    pub url: url::Url,
}

/// The response to a browser.
pub struct Got {
    pub status: u16,
    pub location: Option<String>,
    pub body: String,
    pub headers: Vec<String>,
}

impl<'s> TestUser<'s> {
    pub fn new(service: &'s OnlineServer) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        if let Some(pem) = &service.pem {
            std::fs::write(home.path().join("ca.pem"), pem).expect("a file");
        }
        Self { service, home }
    }

    /// Returns the program, with the service's address in variables.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = process();
        command.args(arguments).envs(portable::home(self.home.path()));
        command.env("XDG_STATE_HOME", self.home.path().join("state"));
        command.env("XDG_CONFIG_HOME", self.home.path().join("config"));
        // No zone that is known: none is written into a profile.
        command.env("TZ", "none");
        command.env("SOTICKETS_ENVIRONMENT", &self.service.url);
        command.env("SOTICKETS_CLIENT_ID", CLIENT_ID);
        command.env("SOTICKETS_CLIENT_SECRET", SECRET);
        if self.service.pem.is_some() {
            command.env("SOTICKETS_CACERT", self.home.path().join("ca.pem"));
        }
        command
    }

    /// Runs it.
    pub fn run(&self, arguments: &[&str]) -> Run {
        Run::from(output(&mut self.command(arguments)))
    }

    /// `get 839`, as CSV.
    pub fn get(&self, arguments: &[&str]) -> Run {
        self.run(&[&["get", "839", "-s", "TicketId,Title", "-o", "csv"], arguments].concat())
    }

    /// Returns the result with names in place of the parts that change, and without the lines
    /// about the connection, which differ with TLS.
    pub fn shown(&self, run: &Run) -> String {
        const STEPS: [&str; 5] = ["address", "name", "connection", "tls", "version"];
        let is_step = |line: &str| {
            let words: Vec<&str> = line.split_whitespace().take(2).collect();
            matches!(words[..], ["ok" | "skipped", step] if STEPS.contains(&step))
        };
        let shown = self.shown_whole(run);
        shown.split_inclusive('\n').filter(|line| !is_step(line)).collect()
    }

    /// Returns the result with names in place of the parts that change.
    pub fn shown_whole(&self, run: &Run) -> String {
        portable::folder(&self.service.shown(&run.to_string()), self.home.path(), "HOME")
    }

    /// Begins a sign-in that keeps its tokens in a file.
    pub fn begin(&self, arguments: &[&str]) -> Waiting {
        let login = ["auth", "login", "--no-browser", "--store", "file"];
        Waiting::start(self.command(&[&login, arguments].concat()))
    }

    /// Signs in, and returns the program's messages and the last page.
    pub fn sign_in(&self, arguments: &[&str]) -> (Run, Got) {
        let waiting = self.begin(arguments);
        let page = self.browse(waiting.url.as_str());
        let run = waiting.end();
        assert!(!run.stderr.contains("canary"), "{run}");
        assert!(!self.configuration().contains("canary"), "{}", self.configuration());
        (run, page)
    }

    /// Returns the configuration file; nothing if there is none.
    pub fn configuration(&self) -> String {
        std::fs::read_to_string(self.configuration_file()).unwrap_or_default()
    }

    /// Writes the configuration file.
    pub fn configure(&self, text: &str) {
        let file = self.configuration_file();
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        std::fs::write(file, text).expect("a file");
    }

    fn configuration_file(&self) -> std::path::PathBuf {
        self.home.path().join("config/sotickets/config.toml")
    }

    /// Returns the stored files as text.
    pub fn kept(&self, name: &str) -> Option<String> {
        std::fs::read_to_string(self.file(name)).ok()
    }

    /// The file of a sign-in.
    pub fn file(&self, name: &str) -> std::path::PathBuf {
        self.home.path().join("state/sotickets").join(name)
    }

    /// Opens `url`, and allows the request of a page.
    pub fn allow(&self, url: &str) -> Got {
        let got = self.fetch(url);
        if got.location.is_none() && got.body.contains("<button ") {
            let action = attribute(&got.body, "action");
            let action = url::Url::parse(url).and_then(|url| url.join(action)).expect("an address");
            let body = format!("page={}&answer=allow", attribute(&got.body, "value"));
            return self.post(action.as_str(), &body);
        }
        got
    }

    /// Opens `url`, allows the request of a page, and follows the redirect.
    pub fn browse(&self, url: &str) -> Got {
        let got = self.allow(url);
        match &got.location {
            Some(location) => self.fetch(location),
            // A form that a script submits.
            None if got.body.starts_with("<form ") => {
                let values = got.body.split("<input ").skip(1);
                let pairs =
                    values.map(|input| (attribute(input, "name"), attribute(input, "value")));
                let form = url::form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(pairs)
                    .finish();
                self.post(attribute(&got.body, "action"), &form)
            }
            None => got,
        }
    }

    /// Opens `url`, and follows no redirect.
    pub fn fetch(&self, url: &str) -> Got {
        got_from(self.client().get(url))
    }

    /// Posts `form` to `url`, and follows no redirect.
    pub fn post(&self, url: &str, form: &str) -> Got {
        let kind = "application/x-www-form-urlencoded";
        let request = self.client().post(url).header("content-type", kind);
        got_from(request.body(form.to_owned()))
    }

    fn client(&self) -> Client {
        client(self.service.pem.as_deref())
    }
}

/// Returns a client that trusts only the certificate `pem`, follows no redirect, and waits long on
/// a loaded machine.
pub fn client(pem: Option<&str>) -> Client {
    let mut roots = RootCertStore::empty();
    if let Some(pem) = pem {
        roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).expect("PEM")).expect("a root");
    }
    let provider = rustls::crypto::ring::default_provider();
    let config = rustls::ClientConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    ClientBuilder::new()
        .redirect(reqwest::redirect::Policy::none())
        .tls_backend_preconfigured(config)
        .no_proxy()
        .timeout(PATIENCE)
        .build()
        .expect("a client")
}

fn got_from(request: RequestBuilder) -> Got {
    let response = request.send().expect("an answer");
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let (status, headers) = (response.status().as_u16(), response.headers());
    let location = headers.get("location").map(text);
    let headers = headers.iter().map(|(name, value)| format!("{name}: {}", text(value))).collect();
    Got { status, location, headers, body: response.text().expect("a page") }
}

/// The first value of the attribute `name` on a page.
fn attribute<'p>(page: &'p str, name: &str) -> &'p str {
    let (_, rest) = page.split_once(&format!("{name}=\"")).expect(name);
    rest.split_once('"').expect(name).0
}

impl Waiting {
    /// Starts `command`, and waits until it prints an address.
    pub fn start(command: Command) -> Self {
        Self::start_with_input(command, Stdio::null())
    }

    /// The same with a standard input.
    pub fn start_with_input(mut command: Command, input: Stdio) -> Self {
        command.stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program runs");
        let limit = Limit::new(&child);
        let mut stdout = BufReader::new(child.stdout.take().expect("its output"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("a line");
        let url = url::Url::parse(line.trim()).ok();
        let Some(url) = url else {
            let output = end_of(child);
            let messages = String::from_utf8_lossy(&output.stderr).into_owned();
            unreachable!("no address: {line}{messages}");
        };
        Self { child, limit, stdout, url }
    }

    /// The process.
    #[cfg(unix)]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The value of `name` in the address.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let mut pairs = self.url.query_pairs();
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// Waits for the end.
    pub fn end(mut self) -> Run {
        let mut stdout = String::new();
        self.stdout.read_to_string(&mut stdout).expect("text");
        let output = end_of(self.child);
        drop(self.limit);
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Run { code: output.status.code().unwrap_or(-1), stdout, stderr: text(output.stderr) }
    }
}
