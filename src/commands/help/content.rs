//! The examples and sections of each command's help.

use std::collections::BTreeMap;

use crate::error::Kind;
use crate::secret::secret_source;
use crate::settings::config::{FILE_VARIABLE, PROFILE_VARIABLE};
use crate::settings::registry::{self, Setting};

use super::section::{Example, Page, Part, Section};

/// The examples of each command, by the path of its name.
const EXAMPLES: &str = include_str!("examples.json");

/// Returns the page of a command such as `auth login`; with an empty `path` that of the program.
#[must_use]
pub fn page(path: &str) -> Page {
    let mut examples: BTreeMap<&str, Vec<Example>> =
        serde_json::from_str(EXAMPLES).expect("the examples are valid");
    Page { examples: examples.remove(path).unwrap_or_default(), sections: sections(path) }
}

fn sections(path: &str) -> Vec<Section> {
    let connection = |settings: &[&'static Setting]| [settings, &NETWORK_SETTINGS].concat();
    match path {
        "" => vec![environment(&registry::ALL), exit_status(&Kind::ALL), files(&FILES)],
        "get" => {
            let environment = environment(&without(&LOGIN_SETTINGS));
            vec![sources(), environment, exit_status(&Kind::ALL), files(&FILES)]
        }
        "open" => {
            let settings = [&SERVER_SETTINGS[..], &[&registry::TICKET_URL]].concat();
            let files = files(&[FILES[0], FILES[1], FILES[3]]);
            vec![environment(&connection(&settings)), exit_status(&SIGN_IN), files]
        }
        "fields" | "demo" => vec![exit_status(&[Kind::Output, Kind::Usage])],
        "auth login" => {
            let settings = connection(&[&LOGIN_SETTINGS[..], &SERVER_SETTINGS].concat());
            let environment = environment(&settings);
            let (exit_status, files) = (exit_status(&SIGN_IN), files(&FILES[..2]));
            vec![application(), sources(), environment, exit_status, files]
        }
        "auth status" => vec![environment(&[]), exit_status(&SIGN_IN[..3]), files(&FILES[..2])],
        "auth logout" => {
            vec![environment(&NETWORK_SETTINGS), exit_status(&SIGN_IN), files(&FILES[..2])]
        }
        "doctor" => {
            let (environment, exit_status) = (doctor_environment(), doctor_exit_status());
            vec![checks(), sources(), environment, exit_status, files(&FILES)]
        }
        "completions" => vec![profile_completion(), files(&FILES[..1])],
        _ => Vec::new(),
    }
}

fn sources() -> Section {
    let parts = vec![
        Part::terms(&secret_source::FORMS),
        Part::Text("A literal secret is refused: every user of the machine can read arguments."),
        Part::Text(
            "Blanks around a token, a ticket, an application token, an XSRF token or cookies are removed, and so is a scheme that was copied with it (Bearer, SOTicket). Passwords and client secrets are sent as they are.",
        ),
    ];
    let short = Some(
        "SRC is the source of a secret: env:NAME, file:PATH, stdin, prompt, keyring or command:PROGRAM ARG…",
    );
    Section { title: "Sources of a secret (SRC)", parts, short }
}

fn application() -> Section {
    let text = "Register it with SuperOffice as a native application with the redirect address http://127.0.0.1:PORT, without a path (or another one, for --redirect-uri). The registration gives the client id and the client secret. docs/sign-in.md has the steps.";
    Section::new("The application", vec![Part::Text(text)])
}

/// The exit codes of a sign-in. The first three need no server.
const SIGN_IN: [Kind; 6] =
    [Kind::Output, Kind::Usage, Kind::Authentication, Kind::Server, Kind::Network, Kind::Answer];

fn exit_status(kinds: &[Kind]) -> Section {
    let success = if kinds.contains(&Kind::Missing) {
        "every ticket asked for was printed"
    } else {
        "success"
    };
    let mut terms = vec![("0".to_owned(), success.to_owned())];
    terms
        .extend(kinds.iter().map(|kind| (kind.exit_code().to_string(), kind.meaning().to_owned())));
    Section::new("Exit status", vec![Part::Terms(terms)])
}

fn doctor_exit_status() -> Section {
    let mut section = exit_status(&Kind::ALL);
    section.parts.push(Part::Text(
        "It is the exit code that get would have after the first failed check. A warning leaves it 0.",
    ));
    section
}

fn checks() -> Section {
    let parts = vec![
        Part::Text(
            "In this order, each after those that it needs: address, settings, name, connection, tls, tenant, version, credential, ticket, language, timezone; and clock.",
        ),
        Part::Text(
            "These requests are sent: for a tenant, one that looks up its address; GET .../api without a credential; then one GetTickets call with it, which is announced before. No secret is printed.",
        ),
    ];
    Section::new("Checks", parts)
}

/// The settings of a connection, for every command that sends anything.
const NETWORK_SETTINGS: [&Setting; 8] = [
    &registry::CONNECT_TIMEOUT,
    &registry::READ_TIMEOUT,
    &registry::TIMEOUT,
    &registry::MAX_BYTES,
    &registry::RETRIES,
    &registry::CACERT,
    &registry::CLIENT_CERT,
    &registry::CLIENT_KEY,
];
const SERVER_SETTINGS: [&Setting; 3] = [&registry::URL, &registry::TENANT, &registry::ENVIRONMENT];
/// The settings of a sign-in that no other command uses.
const LOGIN_SETTINGS: [&Setting; 3] =
    [&registry::CLIENT_ID, &registry::CLIENT_SECRET, &registry::REDIRECT_URI];
/// The settings of the output of `get`.
const OUTPUT_SETTINGS: [&Setting; 4] =
    [&registry::SELECT, &registry::OUTPUT, &registry::LINKS, &registry::TICKET_URL];

/// Returns all settings except those in `excluded`.
fn without(excluded: &[&Setting]) -> Vec<&'static Setting> {
    let is_excluded = |setting: &Setting| excluded.iter().any(|other| other.key == setting.key);
    registry::ALL.iter().copied().filter(|setting| !is_excluded(setting)).collect()
}

/// The variables that `doctor` uses, and those that it only shows.
fn doctor_environment() -> Section {
    let only_shown = [&OUTPUT_SETTINGS[..], &LOGIN_SETTINGS].concat();
    let mut section = environment(&without(&only_shown));
    section.parts.push(Part::Text(
        "These are checked for get and auth login, and do not change what doctor does:",
    ));
    section.parts.push(Part::Terms(only_shown.into_iter().map(term).collect()));
    section
}

/// The variables of `settings`, of a connection if there is one, and of every command.
fn environment(settings: &[&'static Setting]) -> Section {
    let mut variables = vec![
        (PROFILE_VARIABLE.to_owned(), "the profile to use".to_owned()),
        (FILE_VARIABLE.to_owned(), "the configuration file".to_owned()),
    ];
    let (secrets, plain): (Vec<&Setting>, Vec<&Setting>) =
        settings.iter().copied().partition(|setting| setting.secret().is_some());
    variables.extend(plain.into_iter().map(term));
    let mut secrets: Vec<(String, String)> = secrets.into_iter().map(term).collect();
    // Everything with a connection has a proxy.
    let of_connections = registry::OTHER_VARIABLES.iter().filter(|_| !settings.is_empty());
    let (of_proxies, mut common): (Vec<_>, Vec<_>) = of_connections
        .map(|(name, meaning)| ((*name).to_owned(), (*meaning).to_owned()))
        .partition(|(name, _)| name.starts_with("SOTICKETS_"));
    secrets.extend(of_proxies);
    common.extend(COMMON.map(|(name, meaning)| (name.to_owned(), meaning.to_owned())));
    let mut parts = vec![
        Part::Text("An option overrides its variable, and a variable overrides the profile."),
        Part::Terms(variables),
    ];
    if !secrets.is_empty() {
        parts.push(Part::Text("These hold the secret itself:"));
        parts.push(Part::Terms(secrets));
    }
    parts.push(Part::Text("Other programs use these, too:"));
    parts.push(Part::Terms(common));
    Section::new("Environment", parts)
}

/// Returns the variable of `setting` with its meaning.
fn term(setting: &Setting) -> (String, String) {
    let default = setting.default.map_or_else(String::new, |value| format!(" [default: {value}]"));
    (setting.variable.to_owned(), setting.meaning.to_owned() + &default)
}

/// Variables of every command that other programs use as well.
const COMMON: [(&str, &str); 10] = [
    ("NO_COLOR", "print without colour"),
    ("CLICOLOR", "0: print without colour"),
    ("CLICOLOR_FORCE", "print with colour everywhere, also with CLICOLOR=0"),
    ("TERM", "dumb: print without colour"),
    ("LC_ALL, LC_CTYPE, LANG", "draw with ASCII if the first that is set is not UTF-8"),
    ("COLUMNS", "the width of help without a terminal"),
    ("TZ", "the time zone of --timezone local"),
    ("XDG_CONFIG_HOME", "the folder of the configuration, ~/.config"),
    ("XDG_STATE_HOME", "the folder of stored sign-ins, ~/.local/state"),
    ("XDG_CACHE_HOME", "the folder of cached addresses, ~/.cache"),
];

fn profile_completion() -> Section {
    let parts = vec![
        Part::Text("Tab completes --profile with the names in the configuration file."),
        Part::terms(&[(FILE_VARIABLE, "the configuration file")]),
    ];
    Section::new("Environment", parts)
}

/// The files of every command, of a sign-in (two), and of a tenant.
const FILES: [(&str, &str); 4] = [
    ("~/.config/sotickets/config.toml", "the profiles; docs/configuration.md has every key"),
    (
        "~/.local/state/sotickets/sign-in*",
        "the sign-in of each profile, readable by its owner only",
    ),
    (
        "~/.local/state/sotickets/system-user*",
        "the ticket of each system user, readable by its owner only",
    ),
    ("~/.cache/sotickets/tenant*", "the address of each tenant that was looked up"),
];

fn files(files: &[(&'static str, &'static str)]) -> Section {
    let other_platforms = Part::Text(
        "On macOS they are below ~/Library, on Windows below %APPDATA% and %LOCALAPPDATA%, unless an XDG variable names another folder.",
    );
    Section::new("Files", vec![Part::terms(files), other_platforms])
}
