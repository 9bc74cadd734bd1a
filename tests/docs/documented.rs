//! Variables and files: help and docs list those that each command reads, and no others.
//! The tests run each command with and without one, so the lists come from the code.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use sotickets::commands::help::content;
use sotickets::commands::help::section::Part;
use tempfile::TempDir;

use crate::support::online_server::OnlineServer;
use crate::support::online_server::test_user::{SIGN_IN, TestUser};
use crate::support::wine::is_skipped_under_wine;
use crate::support::{Run, configuration, paths, sotickets};

/// A control character: no setting may have it, so a command that reads it differs.
const INVALID: &str = "\u{1}";

const PAGER: &str = "SOTICKETS_PAGER";
const ENVIRONMENT: &str = "Environment";
const FILES: &str = "Files";

/// The terms of the section `title` in the help of the command at `path`.
fn terms(path: &str, title: &str) -> BTreeSet<String> {
    let sections = content::page(path).sections;
    let parts = sections.into_iter().filter(|it| it.title == title).flat_map(|it| it.parts);
    let terms = parts.flat_map(|part| match part {
        Part::Terms(terms) => terms,
        Part::Text(_) => Vec::new(),
    });
    terms.flat_map(|(term, _)| term.split(", ").map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// The variables of this program in the help of the command at `path`, without the one that is read
/// only at a terminal.
fn documented_variables(path: &str) -> BTreeSet<String> {
    let terms = terms(path, ENVIRONMENT).into_iter();
    terms.filter(|term| term.starts_with("SOTICKETS_") && term != PAGER).collect()
}

/// The sign-in with a credential, which reads other variables than that with the browser.
const LOGIN_WITH_CREDENTIAL: [&str; 6] =
    ["auth", "login", "--store", "file", "--url", "https://crm.invalid"];

/// A run of the command at `path` that needs no server; `None` where it has none.
fn arguments(path: &str) -> Option<&'static [&'static str]> {
    Some(match path {
        // These print help, or serve until they are interrupted; a sign-out needs a sign-in, and
        // a status profiles.
        "" | "auth" | "demo" | "auth logout" | "auth status" => return None,
        "get" => &["get", "839", "--dry-run"],
        "open" => &["open", "839", "--print"],
        "fields" => &["fields"],
        "auth login" => &["auth", "login", "--no-browser", "--store", "file"],
        "auth switch" => &["auth", "switch", "work"],
        "doctor" => &["doctor", "--offline"],
        "completions" => &["__complete", "--", "get", "--profile", ""],
        "man" => &["man"],
        "help" => &["help"],
        _ => unreachable!("say here how `sotickets {path}` runs without a server"),
    })
}

/// Settings among which each variable that is invalid makes a difference.
fn command(arguments: &[&str], folder: &TempDir) -> Command {
    let mut command = sotickets();
    command.args(arguments).env("XDG_CONFIG_HOME", folder.path());
    command.env("XDG_STATE_HOME", folder.path().join("state"));
    command.envs([
        ("SOTICKETS_TENANT", "Cust12345"),
        ("SOTICKETS_USER", "tim"),
        ("SOTICKETS_PASSWORD", "password"),
        ("SOTICKETS_CLIENT_ID", "id"),
        ("HTTPS_PROXY", "http://tim@127.0.0.1:1"),
    ]);
    command
}

/// The names in the sources that may be those of variables.
fn names_in_sources() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let text = fs::read_to_string(file).expect("a source");
        for (start, prefix) in text.match_indices("SOTICKETS_") {
            let rest = &text[start + prefix.len()..];
            let is_part = |c: char| c.is_ascii_uppercase() || c == '_';
            let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            names.insert(format!("{prefix}{}", &rest[..end]));
        }
    }
    names
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry"));
    entries
        .flat_map(|entry| match entry.path() {
            path if path.is_dir() => files(&path),
            path => vec![path],
        })
        .collect()
}

#[test]
fn help_lists_the_variables_that_a_command_reads() {
    if is_skipped_under_wine("a thousand starts of the program take minutes under wine") {
        return;
    }
    // The profile is the default one already, so that no command changes the file.
    let folder = configuration("default_profile = \"work\"\n[profiles.work]\n");
    let names = names_in_sources();
    assert!(names.len() > 30, "{names:?}");
    for path in paths() {
        let Some(arguments) = arguments(&path) else { continue };
        let usual = Run::of(&mut command(arguments, &folder)).to_string();
        let reads = |name: &&String| {
            let mut command = command(arguments, &folder);
            Run::of(command.env(name, INVALID)).to_string() != usual
        };
        let mut read: BTreeSet<String> = names.iter().filter(reads).cloned().collect();
        if path == "auth login" {
            let login = |variable: Option<&String>| {
                let mut command = command(&LOGIN_WITH_CREDENTIAL, &folder);
                command.envs(variable.map(|name| (name, INVALID)));
                Run::of(&mut command).to_string()
            };
            let usual = login(None);
            read.extend(names.iter().filter(|name| login(Some(name)) != usual).cloned());
            // It creates a file that is missing, but not one in place of a folder.
            let mut command = command(arguments, &folder);
            let run = Run::of(command.env("SOTICKETS_CONFIG", folder.path()));
            assert!(run.stderr.starts_with("error: SOTICKETS_CONFIG: "), "{run}");
            read.insert("SOTICKETS_CONFIG".to_owned());
        }
        assert_eq!(read, documented_variables(&path), "sotickets {path}");
    }
}

#[test]
fn help_lists_the_variables_of_the_pager() {
    for name in [PAGER, "PAGER", "LESS"] {
        for path in ["get", ""] {
            assert!(terms(path, ENVIRONMENT).contains(name), "{path}: {name}");
        }
        assert!(!terms("open", ENVIRONMENT).contains(name), "{name}");
    }
}

#[test]
fn help_lists_the_variables_that_a_sign_out_reads() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    assert_eq!(test_user.sign_in(&[]).0.code, 0);
    let session = test_user.kept(SIGN_IN).expect("a sign-in");
    let sign_out = |variable: Option<&str>| {
        fs::write(test_user.file(SIGN_IN), &session).expect("a file");
        // Only where it has a user is the proxy's password read.
        let mut command = test_user.command(&["auth", "logout"]);
        command.env("SOTICKETS_PROXY", "http://tim@127.0.0.1:1");
        command.envs(variable.map(|name| (name, INVALID)));
        Run::from(command.output().expect("the program runs")).to_string()
    };
    let usual = sign_out(None);
    let names = names_in_sources().into_iter();
    let read: BTreeSet<String> = names.filter(|name| sign_out(Some(name)) != usual).collect();
    assert_eq!(read, documented_variables("auth logout"));
}

#[test]
fn help_lists_the_variables_that_a_status_reads() {
    let text = "default_profile = \"a\"\n[profiles.a]\nurl = \"https://127.0.0.1:1\"\nuser = \"tim\"\npassword = \"env:PASSWORD\"\n\
                [profiles.b]\ntenant = \"Cust12345\"\ntoken = \"env:PASSWORD\"\n";
    let folder = configuration(text);
    let status = |variable: Option<&str>| {
        let mut command = sotickets();
        command.args(["auth", "status", "--check"]);
        command.env("SOTICKETS_PROXY", "http://tim@127.0.0.1:1");
        command.env("XDG_CONFIG_HOME", folder.path()).env("PASSWORD", "password");
        command.env("XDG_STATE_HOME", folder.path().join("state"));
        command.env("SOTICKETS_PROXY_PASSWORD", "password");
        Run::of(command.envs(variable.map(|name| (name, INVALID)))).to_string()
    };
    let usual = status(None);
    let names = names_in_sources().into_iter();
    let read: BTreeSet<String> = names.filter(|name| status(Some(name)) != usual).collect();
    assert_eq!(read, documented_variables("auth status"));
}

#[test]
fn help_and_docs_name_the_commands_that_read_the_configuration_file() {
    // Completion can still use a file that a call refuses.
    let folder = configuration("[profiles.work]\nunknown = 1\n");
    let empty = tempfile::tempdir().expect("a folder");
    let reads = |path: &&String| {
        let arguments = match path.as_str() {
            "auth logout" => Some(&["auth", "logout"][..]),
            "auth status" => Some(&["auth", "status"][..]),
            path => arguments(path),
        };
        let Some(arguments) = arguments else { return false };
        let run = |folder| Run::of(&mut command(arguments, folder)).to_string();
        run(&folder) != run(&empty)
    };
    let paths = paths();
    let reading: BTreeSet<&str> = paths.iter().filter(reads).map(String::as_str).collect();
    let file = if cfg!(windows) {
        r"%APPDATA%\sotickets\config.toml"
    } else {
        "~/.config/sotickets/config.toml"
    };
    let lists_file = |path: &&String| terms(path, FILES).contains(file);
    let listing: BTreeSet<&str> = paths.iter().filter(lists_file).map(String::as_str).collect();
    // The page of the program has the files of all commands.
    assert_eq!(reading, &listing - &BTreeSet::from([""]));

    let commands: BTreeSet<&str> =
        reading.iter().filter_map(|path| path.split(' ').next()).collect();
    let page = include_str!("../../docs/configuration.md").replace('\n', " ");
    let (_, sentence) = page.split_once("in UTF-8. ").expect("the sentence about the readers");
    let (readers, rest) = sentence.split_once(" read it; ").expect("its readers");
    let named: BTreeSet<&str> = readers.split('`').skip(1).step_by(2).collect();
    assert_eq!(commands, &named | &BTreeSet::from(["completions"]));
    assert!(rest.starts_with("completion reads the names of its profiles."), "{rest}");
}

#[cfg(unix)]
#[test]
fn help_lists_the_files_that_a_system_user_leaves() {
    use crate::support::online_server::TENANT;
    use crate::support::online_server::keys::Key;
    use crate::support::online_server::system_user::{APPLICATION, TOKEN};

    let (service, key) = (OnlineServer::plain(), Key::application());
    service.state().system_user.key = key.public();
    let home = tempfile::tempdir().expect("a folder");
    let config = home.path().join(".config/sotickets");
    fs::create_dir_all(&config).expect("a folder");
    fs::write(config.join("key"), key.0).expect("a file");
    let profile = format!(
        "[profiles.ci]\ntenant = \"{TENANT}\"\nenvironment = \"{}\"\nsystem_user = {{ token = \"env:SU_TOKEN\", private_key = \"file:key\", application_token = \"env:SU_APPLICATION\" }}\n",
        service.url
    );
    fs::write(config.join("config.toml"), profile).expect("a file");
    let mut command = sotickets();
    command.args(["get", "839", "--profile", "ci"]).env("HOME", home.path());
    command.env("SU_TOKEN", TOKEN).env("SU_APPLICATION", APPLICATION);
    let run = Run::of(&mut command);
    assert_eq!((run.code, service.calls("tickets")), (0, 1), "{run}");

    let listed: Vec<PathBuf> = terms("get", FILES)
        .iter()
        .map(|term| home.path().join(term.trim_start_matches("~/").trim_end_matches('*')))
        .collect();
    let left = files(home.path()).into_iter().filter(|file| !file.ends_with("key"));
    let left: Vec<PathBuf> = left.collect();
    assert!(left.len() >= 3, "{left:?}");
    for file in left {
        let is_listed = listed
            .iter()
            .any(|start| file.to_string_lossy().starts_with(&*start.to_string_lossy()));
        assert!(is_listed, "{} is not in {listed:?}", file.display());
    }
}
