//! What is said of each command.

use crate::error::Kind;
use crate::settings::config::{FILE_VARIABLE, PROFILE_VARIABLE};
use crate::settings::effective::call_setting;
use crate::settings::registry::{self, Setting};

use super::section::{Example, Page, Part, Section};

/// The page of the command that is called by `path`, such as `auth login`; the
/// program's own for an empty one.
#[must_use]
pub fn page(path: &str) -> Page {
    let (examples, sections): (&'static [Example], Vec<Section>) = match path {
        "" => (PROGRAM, vec![environment(&everything()), exit_status(&Kind::ALL), files(&ALL)]),
        "get" => {
            (GET, vec![places(), environment(&of_a_call()), exit_status(&Kind::ALL), files(&ALL)])
        }
        "open" => (OPEN, vec![environment(&of_open()), exit_status(&SIGN_IN), files(&OF_OPEN)]),
        "fields" => (FIELDS, vec![exit_status(&[Kind::Output, Kind::Usage])]),
        "demo" => (DEMO, vec![exit_status(&[Kind::Output, Kind::Usage])]),
        "auth" => (AUTH, Vec::new()),
        "auth login" => (
            LOGIN,
            vec![
                application(),
                places(),
                environment(&of_a_login()),
                exit_status(&SIGN_IN),
                files(&ALL[..2]),
            ],
        ),
        "auth status" => {
            (STATUS, vec![environment(&[]), exit_status(&SIGN_IN[..3]), files(&ALL[..2])])
        }
        "auth logout" => {
            (LOGOUT, vec![environment(&NETWORK), exit_status(&SIGN_IN), files(&ALL[..2])])
        }
        "doctor" => {
            let sections = vec![
                checks(),
                places(),
                environment_of_doctor(),
                doctors_exit_status(),
                files(&ALL),
            ];
            (DOCTOR, sections)
        }
        "completions" => (COMPLETIONS, vec![completed_profiles(), files(&ALL[..1])]),
        "man" => (MAN, Vec::new()),
        _ => return Page::default(),
    };
    Page { examples, sections }
}

const fn example(what: &'static str, command: &'static str) -> Example {
    Example { what, command }
}

const PROGRAM: &[Example] = &[
    example("Try it without a server", "sotickets get 839 249 --select Title,OwnedByName --demo"),
    example("Sign in to SuperOffice Online, once", "sotickets auth login --client-id ID"),
    example("Fetch tickets with that", "sotickets get 839 249"),
];

const GET: &[Example] = &[
    example(
        "Two tickets of the built-in sample server",
        "sotickets get 839 249 --select Title,OwnedByName --demo",
    ),
    example(
        "From an installation of your own, with a password that is asked for",
        "sotickets get 839 --url https://crm.example.com --user tim --password prompt",
    ),
    example(
        "Many ids from a file, as CSV into another",
        "sotickets get --ids-file ids.txt -o csv --out-file tickets.csv",
    ),
    example(
        "Everything that is known of one ticket, a field a line",
        "sotickets get '#839' -o record",
    ),
    example(
        "Dates in a zone of your own, for people",
        "sotickets get 840..860 --timezone Europe/Oslo --dates relative",
    ),
    example("One field for a script", "sotickets get 839 -s OwnedByName -o csv --no-header"),
    example("See the call as curl would make it", "sotickets get 839 --dry-run"),
];

const OPEN: &[Example] = &[
    example("Open a ticket of the profile in use", "sotickets open 839"),
    example("Print the addresses of some", "sotickets open 840..860 --print"),
];

const FIELDS: &[Example] = &[
    example("Every field", "sotickets fields"),
    example("Those with 'reply' in any of their columns", "sotickets fields reply"),
    example("Those that count minutes", "sotickets fields minutes"),
    example("For a spreadsheet", "sotickets fields -o csv > fields.csv"),
];

const DEMO: &[Example] = &[
    example("Serve until interrupted; paste the two lines into another terminal", "sotickets demo"),
    example("Always at the same address", "sotickets demo --port 8080"),
];

const AUTH: &[Example] = &[
    example("Sign in with the browser", "sotickets auth login --client-id ID"),
    example("See who is signed in", "sotickets auth status"),
];

const LOGIN: &[Example] = &[
    example("Sign in to a tenant", "sotickets auth login --client-id 4ref5376 --tenant Cust12345"),
    example(
        "For a profile, in the development environment, with a browser of your choice",
        "sotickets auth login --profile work --environment sod --no-browser",
    ),
    example("Then ids are enough", "sotickets get '#839'"),
];

const STATUS: &[Example] = &[example("Who is signed in", "sotickets auth status")];

const LOGOUT: &[Example] =
    &[example("Forget the sign-in of a profile", "sotickets auth logout --profile work")];

const DOCTOR: &[Example] = &[
    example("Try what is set, and fetch nothing", "sotickets doctor"),
    example("The same with a profile, and a ticket", "sotickets doctor 839 --profile work"),
    example("Say which settings are in effect, and send nothing", "sotickets doctor --offline"),
    example(
        "What failed, for a script",
        "sotickets doctor -o json | jq -r '.failure.message // empty'",
    ),
];

const COMPLETIONS: &[Example] = &[
    example("For bash, in this shell", "source <(sotickets completions bash)"),
    example("For zsh, from a folder of $fpath", "sotickets completions zsh > ~/.zfunc/_sotickets"),
    example(
        "For fish, from now on",
        "sotickets completions fish > ~/.config/fish/completions/sotickets.fish",
    ),
];

const MAN: &[Example] = &[
    example("Read the manual", "sotickets man | man -l -"),
    example("Read the page of a command", "sotickets man auth login | man -l -"),
];

/// Where a secret may come from.
fn places() -> Section {
    let terms = Part::terms([
        ("env:NAME", "a variable"),
        ("file:PATH", "a file; one newline at its end is dropped"),
        ("stdin", "standard input"),
        ("prompt", "typed at the terminal, without echo"),
        (
            "keyring",
            "the platform's own store: service sotickets, account PROFILE/KEY (work/token), without a profile KEY alone",
        ),
        ("command:PROGRAM ARG…", "what a program prints; no shell is involved"),
        (
            "command-line:PROGRAM ARG…",
            "the first line that a program prints, as an entry of pass has the password there",
        ),
    ]);
    let refused =
        Part::text("A literal secret is refused: every user of the machine can read arguments.");
    let in_short = Some(
        "SRC is the place where a secret is kept: env:NAME, file:PATH, stdin, prompt, keyring or command:PROGRAM ARG…",
    );
    let copied = Part::text(
        "Blanks around a token, a ticket, an application token, an XSRF token or cookies are dropped, and so is a scheme that was copied with it (Bearer, SOTicket). Passwords and client secrets are sent as they are.",
    );
    let parts = vec![terms, refused, copied];
    Section { title: "Where a secret comes from (SRC)", parts, in_short }
}

/// What `auth login` signs in for.
fn application() -> Section {
    Section::new(
        "The application",
        vec![Part::text(
            "It is one that is registered with SuperOffice, as a native application with the redirect address http://127.0.0.1:PORT, without a path (or another one, for --redirect-uri); the registration gives the client id and the client secret. docs/sign-in.md has the steps.",
        )],
    )
}

/// The exit codes of a sign-in, those that need no server first.
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

fn doctors_exit_status() -> Section {
    let mut section = exit_status(&Kind::ALL);
    section.parts.push(Part::text(
        "It is that of the first check that failed, as get has it; a warning leaves it 0.",
    ));
    section
}

/// What doctor tries, and sends.
fn checks() -> Section {
    let parts = [
        "In this order, each after those that it needs: address, settings, name, connection, tls, \
         tenant, version, credential, ticket, language, timezone; and clock.",
        "What is sent: where a tenant is named, a question where it is; GET .../api without a \
         credential; then one GetTickets call with it, which is told before. No secret is printed.",
    ];
    Section::new("Checks", parts.map(Part::text).into())
}

/// The settings of a connection, which every command that sends anything has.
const NETWORK: [&Setting; 8] = [
    &registry::CONNECT_TIMEOUT,
    &registry::READ_TIMEOUT,
    &registry::TIMEOUT,
    &registry::MAX_BYTES,
    &registry::RETRIES,
    &registry::CACERT,
    &registry::CLIENT_CERT,
    &registry::CLIENT_KEY,
];

/// The settings of a sign-in.
fn of_a_login() -> Vec<&'static Setting> {
    let of_the_service = [
        &registry::CLIENT_ID,
        &registry::CLIENT_SECRET,
        &registry::REDIRECT_URI,
        &registry::URL,
        &registry::TENANT,
        &registry::ENVIRONMENT,
    ];
    of_the_service.into_iter().chain(NETWORK).collect()
}

/// The settings of `open`.
fn of_open() -> Vec<&'static Setting> {
    let of_the_address =
        [&registry::URL, &registry::TENANT, &registry::ENVIRONMENT, &registry::TICKET_URL];
    of_the_address.into_iter().chain(NETWORK).collect()
}

/// The settings of a sign-in alone, which no call has.
const OF_A_LOGIN_ALONE: [&Setting; 3] =
    [&registry::CLIENT_ID, &registry::CLIENT_SECRET, &registry::REDIRECT_URI];

/// The settings of the output of `get`.
const OF_THE_OUTPUT: [&Setting; 4] =
    [&registry::SELECT, &registry::OUTPUT, &registry::LINKS, &registry::TICKET_URL];

/// The settings of a call with its output.
fn of_a_call() -> Vec<&'static Setting> {
    without(&everything(), &OF_A_LOGIN_ALONE)
}

/// The settings in `all` but those in `left_out`.
fn without(all: &[&'static Setting], left_out: &[&Setting]) -> Vec<&'static Setting> {
    let is_left_out = |setting: &Setting| left_out.iter().any(|out| out.key == setting.key);
    all.iter().copied().filter(|setting| !is_left_out(setting)).collect()
}

fn everything() -> Vec<&'static Setting> {
    registry::ALL.to_vec()
}

/// The variables that `doctor` uses, and those that it shows alone.
fn environment_of_doctor() -> Section {
    let mut section = environment(&without(&of_a_call(), &OF_THE_OUTPUT));
    section.parts.push(Part::text(
        "These are shown and checked for get and auth login, and change nothing of what doctor does:",
    ));
    let shown = OF_THE_OUTPUT.into_iter().chain(OF_A_LOGIN_ALONE);
    section.parts.push(Part::Terms(
        shown.map(|setting| (setting.variable.to_owned(), meaning(setting))).collect(),
    ));
    section
}

/// The variables of `settings`, and of those that no profile holds.
fn environment(settings: &[&Setting]) -> Section {
    let mut own = vec![
        (PROFILE_VARIABLE, "the profile to use".to_owned()),
        (FILE_VARIABLE, "the configuration file".to_owned()),
    ];
    let (secrets, plain): (Vec<&Setting>, Vec<&Setting>) =
        settings.iter().copied().partition(|setting| setting.secret().is_some());
    own.extend(plain.iter().map(|setting| (setting.variable, meaning(setting))));
    let mut held: Vec<(&str, String)> =
        secrets.iter().map(|setting| (setting.variable, meaning(setting))).collect();
    // Whatever has a connection has a proxy.
    let of_a_connection = call_setting::ALL
        .iter()
        .filter(|_| !settings.is_empty())
        .flat_map(|setting| setting.variables)
        .map(|(name, meaning)| (*name, (*meaning).to_owned()));
    let (of_the_proxy, mut common): (Vec<_>, Vec<_>) =
        of_a_connection.partition(|(name, _)| name.starts_with("SOTICKETS_"));
    held.extend(of_the_proxy);
    common.extend(COMMON.map(|(name, meaning)| (name, meaning.to_owned())));
    let terms = |list: Vec<(&str, String)>| {
        Part::Terms(list.into_iter().map(|(name, meaning)| (name.to_owned(), meaning)).collect())
    };
    let mut parts = vec![
        Part::text(
            "Each setting is looked for in its option, its variable and the profile, in this order.",
        ),
        terms(own),
    ];
    if !held.is_empty() {
        parts.push(Part::text("These hold the secret itself:"));
        parts.push(terms(held));
    }
    parts.push(Part::text("Other programs go by these, too:"));
    parts.push(terms(common));
    Section::new("Environment", parts)
}

fn meaning(setting: &Setting) -> String {
    let default = setting.default.map_or_else(String::new, |value| format!(" [default: {value}]"));
    setting.meaning.to_owned() + &default
}

/// Variables that other programs use as well, besides those of a connection.
const COMMON: [(&str, &str); 10] = [
    ("NO_COLOR", "print without colour"),
    ("CLICOLOR", "0: print without colour"),
    ("CLICOLOR_FORCE", "print with colour everywhere, also with CLICOLOR=0"),
    ("TERM", "print without colour where it is dumb"),
    ("LC_ALL, LC_CTYPE, LANG", "draw with ASCII where the first that is set names no UTF-8"),
    ("COLUMNS", "the width of help where there is no terminal"),
    ("TZ", "the time zone of --timezone local"),
    ("XDG_CONFIG_HOME", "the folder of configuration, ~/.config"),
    ("XDG_STATE_HOME", "the folder of what is kept, ~/.local/state"),
    ("XDG_CACHE_HOME", "the folder of what can be asked again, ~/.cache"),
];

/// The variable that completion reads.
fn completed_profiles() -> Section {
    let parts = vec![
        Part::text("Where Tab completes --profile, the names come from the configuration file."),
        Part::terms([(FILE_VARIABLE, "the configuration file")]),
    ];
    Section::new("Environment", parts)
}

/// The files: of every command, of every sign-in, then of a call.
const ALL: [(&str, &str); 4] = [
    ("~/.config/sotickets/config.toml", "the profiles; docs/configuration.md has every key"),
    ("~/.local/state/sotickets/sign-in*", "the sign-in of each profile, for its owner alone"),
    (
        "~/.local/state/sotickets/system-user*",
        "the ticket of each system user, for its owner alone",
    ),
    ("~/.cache/sotickets/tenant*", "the address of each tenant that was looked up"),
];

/// The files of `open`.
const OF_OPEN: [(&str, &str); 3] = [ALL[0], ALL[1], ALL[3]];

fn files(files: &[(&'static str, &'static str)]) -> Section {
    let elsewhere = Part::text(
        "On macOS they are below ~/Library, on Windows below %APPDATA% and %LOCALAPPDATA%, unless an XDG variable says another folder.",
    );
    Section::new("Files", vec![Part::terms(files.iter().copied()), elsewhere])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(all(unix, not(target_vendor = "apple")))]
    #[test]
    fn files_are_in_the_folders_of_the_code() {
        use crate::context::Environment;
        use crate::fs::dirs;
        use crate::settings::config;
        use std::path::{Path, PathBuf};
        let environment: Environment = [("HOME", "/home")].into_iter().collect();
        let state = dirs::state(&environment);
        let folder = |path: PathBuf| path.parent().map(Path::to_owned);
        let folders = [
            config::usual_place(&environment).and_then(folder),
            state.clone(),
            state,
            dirs::cache(&environment),
        ];
        for ((named, _), found) in ALL.iter().zip(folders) {
            assert_eq!(folder(named.replace('~', "/home").into()), found);
        }
    }
}
