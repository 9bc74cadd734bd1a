//! docs/ci.md: parses each YAML file and runs its steps as the runner would, against a stand-in for SuperOffice
//! Online.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use saphyr::{LoadableYamlNode as _, Yaml};
use tempfile::TempDir;

use super::page::Page;
use crate::support::online_server::keys::Key;
use crate::support::online_server::system_user::{APPLICATION, TOKEN};
use crate::support::online_server::{OnlineServer, Reply, TENANT};
use crate::support::programs::{self, program};
use crate::support::{Run, needed};

const PAGE: &str = include_str!("../../../docs/ci.md");

/// A job on the page.
struct Job {
    /// The command that installs the program; not run here.
    install: String,
    shell: &'static [&'static str],
    script: String,
    /// Variables, with placeholders for the project's settings.
    variables: BTreeMap<String, String>,
    /// True if the private key is in a file.
    has_key_in_file: bool,
}

/// Returns the block of YAML below the `heading`.
fn block(heading: &str) -> String {
    let [block]: [String; 1] =
        Page::read("docs/ci.md").texts(heading, "yaml").try_into().expect("one block");
    block
}

fn yaml(text: &str) -> Yaml<'_> {
    let mut documents = Yaml::load_from_str(text).expect("YAML");
    assert_eq!(documents.len(), 1);
    documents.remove(0)
}

fn text(value: &Yaml<'_>) -> String {
    value.as_str().expect("a text").to_owned()
}

fn texts(map: &Yaml<'_>) -> BTreeMap<String, String> {
    map.as_mapping().expect("a map").iter().map(|(key, value)| (text(key), text(value))).collect()
}

fn github() -> Job {
    let block = block("GitHub Actions");
    let file = yaml(&block);
    let job = &file["jobs"]["smoke-check"];
    assert!(file["on"]["schedule"][0]["cron"].is_string() && job["runs-on"].is_string());
    let steps = job["steps"].as_sequence().expect("steps");
    let [kept, install, fetch]: &[Yaml<'_>; 3] = steps[..].try_into().expect("three steps");
    assert_eq!(text(&kept["with"]["path"]), "~/.cargo/bin/sotickets");
    let condition = format!("steps.{}.outputs.cache-hit != 'true'", text(&kept["id"]));
    assert_eq!(text(&install["if"]), condition);
    Job {
        install: text(&install["run"]),
        shell: &["bash", "-e"],
        script: text(&fetch["run"]),
        variables: texts(&fetch["env"]),
        has_key_in_file: false,
    }
}

fn gitlab() -> Job {
    let block = block("GitLab CI");
    let file = yaml(&block);
    let job = &file["smoke-check"];
    assert!(job["image"].is_string() && job["rules"].is_sequence());
    assert_eq!(text(&job["cache"]["paths"][0]), ".tools/");
    let before: Vec<String> =
        job["before_script"].as_sequence().expect("lines").iter().map(text).collect();
    let [before]: [String; 1] = before.try_into().expect("one line");
    let (_, install) = before.split_once(" || ").expect("an alternative");
    let lines = job["script"].as_sequence().expect("lines").iter().map(text);
    let script: Vec<String> = [before.clone()].into_iter().chain(lines).collect();
    Job {
        install: install.to_owned(),
        shell: &["bash", "-eo", "pipefail"],
        script: script.join("\n"),
        variables: texts(&job["variables"]),
        has_key_in_file: true,
    }
}

fn jobs() -> [Job; 2] {
    [github(), gitlab()]
}

/// The stand-in and the project's settings for a job.
struct Stage {
    online: OnlineServer,
    settings: BTreeMap<&'static str, String>,
}

impl Stage {
    fn new() -> Self {
        let key = Key::application();
        let online = OnlineServer::plain();
        online.state().system_user.key = key.public();
        let settings = BTreeMap::from([
            ("SUPEROFFICE_TENANT", TENANT.to_owned()),
            ("SUPEROFFICE_SYSTEM_USER_TOKEN", TOKEN.to_owned()),
            ("SUPEROFFICE_APPLICATION_TOKEN", APPLICATION.to_owned()),
            ("SUPEROFFICE_PRIVATE_KEY", key.xml()),
            ("SUPEROFFICE_ENVIRONMENT", online.url.clone()),
        ]);
        Self { online, settings }
    }

    /// Runs the job in an empty home folder with the program installed.
    fn run(&self, job: &Job) -> Run {
        self.run_with(job, &[], Stdio::piped())
    }

    fn run_with(&self, job: &Job, changes: &[(&str, &str)], stdout: Stdio) -> Run {
        let machine = tempfile::tempdir().expect("a folder");
        let mut command = program(job.shell[0]).expect("bash");
        command.args(&job.shell[1..]).arg("-c").arg(&job.script).current_dir(machine.path());
        command.env_clear().env("HOME", machine.path()).env("RUNNER_TEMP", machine.path());
        command.env("PATH", programs::path_after(&install(&machine)));
        if job.has_key_in_file {
            let path = machine.path().join("key.tmp");
            fs::write(&path, &self.settings["SUPEROFFICE_PRIVATE_KEY"]).expect("a file");
            command.envs(&self.settings).env("SUPEROFFICE_PRIVATE_KEY", path);
        }
        for (name, value) in &job.variables {
            command.env(name, self.fill_in(value));
        }
        let output = command.envs(changes.iter().copied()).stdout(stdout).output();
        let run = Run::from(output.expect("a shell"));
        assert!(!run.to_string().contains("canary"), "{run}");
        run
    }

    /// Replaces the placeholder of a setting in `value`.
    fn fill_in(&self, value: &str) -> String {
        let Some((source, name)) = value
            .strip_prefix("${{ ")
            .and_then(|rest| rest.strip_suffix(" }}"))
            .and_then(|name| name.split_once('.'))
        else {
            return value.to_owned();
        };
        let is_public = ["SUPEROFFICE_TENANT", "SUPEROFFICE_ENVIRONMENT"].contains(&name);
        assert_eq!(source, if is_public { "vars" } else { "secrets" });
        self.settings[name].clone()
    }
}

/// Installs the program for both kinds of job; returns its folder.
fn install(machine: &TempDir) -> PathBuf {
    let bin = machine.path().join(".tools/bin");
    fs::create_dir_all(&bin).expect("a folder");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_sotickets"), bin.join("sotickets"))
        .expect("a link");
    bin
}

#[test]
fn each_job_signs_in_and_fetches_a_ticket() {
    if !needed("bash") {
        return;
    }
    for job in jobs() {
        let stage = Stage::new();
        let run = stage.run(&job);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
        assert_eq!(run.stdout, "TicketId\n     839\n");
        assert_eq!(stage.online.steps(), ["state", "exchange", "discovery", "keys", "tickets"]);
    }
}

/// A change that makes a job fail.
type Failure = fn(&mut Stage);

#[test]
fn page_explains_each_exit_code_of_a_job() {
    if !needed("bash") {
        return;
    }
    let failures: [(i32, Failure); 6] = [
        (2, |stage| {
            stage.settings.insert("SUPEROFFICE_SYSTEM_USER_TOKEN", String::new());
        }),
        (2, |stage| {
            stage.settings.insert("SUPEROFFICE_PRIVATE_KEY", String::new());
        }),
        (4, |stage| {
            stage.settings.insert("SUPEROFFICE_APPLICATION_TOKEN", "another".to_owned());
        }),
        (5, |stage| stage.online.state().tenant.is("OfflineMaintenance", false)),
        (6, |stage| {
            stage.settings.insert("SUPEROFFICE_ENVIRONMENT", "http://127.0.0.1:9".to_owned());
        }),
        (7, |stage| {
            let answer = Reply::new(200, "text/html", "<html>");
            stage.online.state().system_user.twist.answer = Some(answer);
        }),
    ];
    for job in jobs() {
        let mut codes = vec![0, 1, 3];
        for (code, fail) in failures {
            let mut stage = Stage::new();
            fail(&mut stage);
            let run = stage.run(&job);
            assert_eq!((run.code, run.stdout.as_str()), (code, ""), "{run}");
            assert!(code != 2 || stage.online.steps().is_empty(), "{run}");
            codes.push(code);
        }
        let run = Stage::new().run_with(&job, &[("TICKET_ID", "5")], Stdio::piped());
        assert_eq!(run.code, 3, "{run}");
        // A log that cannot be written.
        if cfg!(target_os = "linux") {
            let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("a device");
            let run = Stage::new().run_with(&job, &[], full.into());
            assert_eq!(run.code, 1, "{run}");
        }
        codes.sort_unstable();
        codes.dedup();
        let explained: Vec<i32> =
            rows("If the job fails").map(|cells| cells[0].parse().expect("a number")).collect();
        assert_eq!(codes, [&[0], &explained[..]].concat());
    }
}

/// Returns the rows of the table below the `heading`.
fn rows(heading: &str) -> impl Iterator<Item = Vec<&'static str>> {
    let (_, rest) = PAGE.split_once(&format!("\n## {heading}\n")).expect(heading);
    let rest = rest.split("\n## ").next().expect("a section");
    let lines = rest.lines().filter(|line| line.starts_with('|')).skip(2);
    lines.map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
}

#[test]
fn page_names_each_variable_of_a_job() {
    let named: Vec<&str> =
        rows("Variables of the job").map(|cells| cells[0].trim_matches('`')).collect();
    for job in jobs() {
        for name in &named {
            assert!(job.script.contains(name), "{name}");
        }
        for name in job.variables.keys().filter(|name| *name != "TICKET_ID") {
            assert!(named.contains(&name.as_str()), "{name}");
        }
    }
    let mut sorted = named.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, Stage::new().settings.into_keys().collect::<Vec<_>>());
}

#[test]
fn jobs_install_this_version() {
    let tag = format!("--tag v{} sotickets", env!("CARGO_PKG_VERSION"));
    let key = format!("sotickets-v{}", env!("CARGO_PKG_VERSION"));
    for (job, heading) in jobs().iter().zip(["GitHub Actions", "GitLab CI"]) {
        let is_so =
            job.install.starts_with("cargo install --locked ") && job.install.ends_with(&tag);
        assert!(is_so, "{}", job.install);
        assert!(block(heading).contains(&format!("key: {key}")), "{heading}: {key}");
    }
}
