//! The examples and sections of each command's help, by `pages.json`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::Kind;
use crate::secret::secret_ref;
use crate::settings::config::{FILE_VARIABLE, PROFILE_VARIABLE};
use crate::settings::registry::{self, Setting};

use super::section::{Example, Page, Part, Section};

/// The content of `pages.json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
struct Pages {
    /// The pages by the paths of the commands.
    commands: BTreeMap<&'static str, PageContent>,
    /// Variables of every command that other programs use as well.
    common_variables: Vec<(&'static str, &'static str)>,
    files: BTreeMap<&'static str, (&'static str, &'static str)>,
}

/// The page of a command.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct PageContent {
    examples: Vec<Example>,
    /// The first sections.
    sections: Vec<TextSection>,
    /// True if an option names the source of a secret.
    has_secrets: bool,
    /// The settings whose variables it reads.
    variables: Option<Variables>,
    /// The settings whose variables it only checks.
    unused_variables: Vec<&'static str>,
    exit_codes: Vec<u8>,
    exit_note: Option<&'static str>,
    files: Vec<&'static str>,
}

#[derive(Deserialize)]
struct TextSection {
    title: &'static str,
    paragraphs: Vec<&'static str>,
    #[serde(default)]
    terms: Vec<(&'static str, &'static str)>,
}

/// Settings by their keys.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", bound(deserialize = "'de: 'static"))]
enum Variables {
    Only(Vec<&'static str>),
    AllBut(Vec<&'static str>),
}

/// Returns the page of a command such as `auth login`; with an empty `path` that of the program.
#[must_use]
pub fn page(path: &str) -> Page {
    let pages: Pages =
        serde_json::from_str(include_str!("pages.json")).expect("the pages are valid");
    let Pages { mut commands, common_variables, files } = pages;
    let content = commands.remove(path).unwrap_or_default();
    let mut sections: Vec<Section> = content.sections.into_iter().map(text_section).collect();
    if content.has_secrets {
        sections.push(sources());
    }
    if let Some(variables) = content.variables {
        let mut section = environment(&settings(&variables), &common_variables);
        if !content.unused_variables.is_empty() {
            let unused = content.unused_variables.into_iter().map(|key| term(setting(key)));
            section.parts.push(Part::Text(
                "These are checked for get and auth login, and do not change what doctor does:",
            ));
            section.parts.push(Part::Terms(unused.collect()));
        }
        sections.push(section);
    }
    if !content.exit_codes.is_empty() {
        let mut section = exit_status(&content.exit_codes);
        section.parts.extend(content.exit_note.map(Part::Text));
        sections.push(section);
    }
    if !content.files.is_empty() {
        let files: Vec<_> = content.files.iter().map(|name| files[name]).collect();
        let parts = vec![Part::terms(&files), Part::Text(OTHER_FOLDERS)];
        sections.push(Section::new("Files", parts));
    }
    Page { examples: content.examples, sections }
}

const OTHER_FOLDERS: &str = "On macOS they are below ~/Library, on Windows below %APPDATA% and %LOCALAPPDATA%, unless an XDG variable names another folder.";

fn text_section(section: TextSection) -> Section {
    let mut parts: Vec<Part> = section.paragraphs.into_iter().map(Part::Text).collect();
    if !section.terms.is_empty() {
        parts.push(Part::terms(&section.terms));
    }
    Section::new(section.title, parts)
}

fn setting(key: &str) -> &'static Setting {
    registry::ALL.iter().find(|setting| setting.key == key).expect("the pages name settings")
}

fn settings(variables: &Variables) -> Vec<&'static Setting> {
    match variables {
        Variables::Only(keys) => keys.iter().map(|key| setting(key)).collect(),
        Variables::AllBut(keys) => {
            let all = registry::ALL.iter().copied();
            all.filter(|setting| !keys.contains(&setting.key)).collect()
        }
    }
}

fn sources() -> Section {
    let parts = vec![
        Part::terms(&secret_ref::FORMS),
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

fn exit_status(codes: &[u8]) -> Section {
    let kinds = Kind::ALL.into_iter().filter(|kind| codes.contains(&kind.exit_code()));
    let kinds: Vec<Kind> = kinds.collect();
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

/// The variables of `settings`, of a connection if there is one, and of every command.
fn environment(settings: &[&'static Setting], common: &[(&str, &str)]) -> Section {
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
    let (of_proxies, mut shared): (Vec<_>, Vec<_>) = of_connections
        .map(|(name, meaning)| ((*name).to_owned(), (*meaning).to_owned()))
        .partition(|(name, _)| name.starts_with("SOTICKETS_"));
    secrets.extend(of_proxies);
    shared.extend(common.iter().map(|(name, meaning)| ((*name).to_owned(), (*meaning).to_owned())));
    let mut parts = vec![
        Part::Text("An option overrides its variable, and a variable overrides the profile."),
        Part::Terms(variables),
    ];
    if !secrets.is_empty() {
        parts.push(Part::Text("These hold the secret itself:"));
        parts.push(Part::Terms(secrets));
    }
    parts.push(Part::Text("Other programs use these, too:"));
    parts.push(Part::Terms(shared));
    Section::new("Environment", parts)
}

/// Returns the variable of `setting` with its meaning.
fn term(setting: &Setting) -> (String, String) {
    let default = setting.default.map_or_else(String::new, |value| format!(" [default: {value}]"));
    (setting.variable.to_owned(), setting.meaning.to_owned() + &default)
}
