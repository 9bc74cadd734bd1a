//! The examples and sections of each command and topic, by `pages.json`.

use std::collections::BTreeMap;

use clap::ValueEnum;
use clap::builder::PossibleValue;
use serde::Deserialize;

use crate::error::Kind;
use crate::output::{OutputFormat, pager};
use crate::platform::Platform;
use crate::secret::secret_ref;
use crate::settings::config::{FILE_VARIABLE, PROFILE_VARIABLE};
use crate::settings::registry::{self, Setting};
use crate::settings::resolve::progress;
use crate::ticket::date::Style;

use super::section::{Example, FILES, Page, Part, Section, Topic};
use super::windows::Windows;

/// The content of `pages.json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
struct Pages {
    /// The pages by the paths of the commands.
    commands: BTreeMap<&'static str, PageContent>,
    /// The titles and commands of the groups in the program's help.
    groups: Vec<(&'static str, Vec<&'static str>)>,
    /// The topics by their names.
    topics: BTreeMap<&'static str, PageContent>,
    /// Variables of every command that other programs use as well.
    common_variables: Vec<(&'static str, &'static str)>,
    files: BTreeMap<&'static str, (&'static str, &'static str)>,
    windows: Windows,
}

/// The page of a command or a topic.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct PageContent {
    /// A line about a topic. Those of commands are in `cli/`.
    about: &'static str,
    examples: Vec<Example>,
    /// The first sections.
    sections: Vec<TextSection>,
    has_formats: bool,
    /// True if an option names the source of a secret.
    has_secrets: bool,
    /// The settings whose variables it reads.
    variables: Option<Variables>,
    /// True if its output may go through a pager.
    has_pager: bool,
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

/// Returns the page of a command such as `auth login`; with an empty `path` that of the program,
/// which has every topic.
#[must_use]
pub fn page(path: &str) -> Page {
    page_on(path, Platform::CURRENT)
}

/// Returns the page of a command for a `platform`.
#[must_use]
pub fn page_on(path: &str, platform: Platform) -> Page {
    let mut pages = pages();
    let content = pages.commands.remove(path).unwrap_or_default();
    let mut page = pages.page(path, content, platform);
    if path.is_empty() {
        let topics = topics_on(platform).into_iter();
        page.sections.extend(topics.flat_map(|topic| topic.page.sections));
    }
    page
}

/// Returns the topics of `sotickets help`, in the order of their names.
#[must_use]
pub fn topics() -> Vec<Topic> {
    topics_on(Platform::CURRENT)
}

/// Returns the topics for a `platform`.
#[must_use]
pub fn topics_on(platform: Platform) -> Vec<Topic> {
    let mut pages = pages();
    let topics = std::mem::take(&mut pages.topics).into_iter().map(|(name, content)| Topic {
        name,
        about: content.about,
        page: pages.page(name, content, platform),
    });
    topics.collect()
}

/// Returns the commands of the program in groups, each with its title.
#[must_use]
pub fn groups() -> Vec<(&'static str, Vec<&'static str>)> {
    pages().groups
}

fn pages() -> Pages {
    serde_json::from_str(include_str!("pages.json")).expect("the pages are valid")
}

impl Pages {
    /// Makes the page of the command or topic `name`.
    fn page(&self, name: &str, content: PageContent, platform: Platform) -> Page {
        let mut page = content.into_page(&self.common_variables, &self.files);
        if platform == Platform::Windows {
            self.windows.adapt(name, &mut page);
        }
        page
    }
}

impl PageContent {
    fn into_page(
        self,
        common_variables: &[(&str, &str)],
        files: &BTreeMap<&str, (&str, &str)>,
    ) -> Page {
        let mut sections: Vec<Section> = self.sections.into_iter().map(text_section).collect();
        if self.has_formats {
            sections.extend(formats());
        }
        if self.has_secrets {
            sections.push(sources());
        }
        if let Some(variables) = self.variables {
            let mut section = environment(&settings(&variables), self.has_pager, common_variables);
            if !self.unused_variables.is_empty() {
                let unused = self.unused_variables.into_iter().map(|key| term(setting(key)));
                section.parts.push(Part::Text(
                    "These are checked for get and auth login, and do not change what doctor does:",
                ));
                section.parts.push(Part::Terms(unused.collect()));
            }
            sections.push(section);
        }
        if !self.exit_codes.is_empty() {
            let mut section = exit_status(&self.exit_codes);
            section.parts.extend(self.exit_note.map(Part::Text));
            sections.push(section);
        }
        if !self.files.is_empty() {
            let files: Vec<_> = self.files.iter().map(|name| files[name]).collect();
            let parts = vec![Part::terms(&files), Part::Text(OTHER_FOLDERS)];
            sections.push(Section::new("Files", parts).in_topic(FILES));
        }
        Page { examples: self.examples, sections }
    }
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

/// Returns the formats of `get`, and the styles of dates.
fn formats() -> [Section; 2] {
    let formats = vec![
        Part::Terms(values::<OutputFormat>()),
        Part::Text(
            "-o selects a format. table, record, markdown and html are for people: dates are short, and control characters are visible. xlsx is for spreadsheets. A terminal shows neither html nor xlsx. The others are for programs: the same bytes in a terminal, a pipe and a file. Without -o, the ending of --out-file sets the format: tickets.xlsx.",
        ),
        Part::Text(
            "Without --select, table, markdown and html have eight fields; record, xlsx, csv and tsv have every field; json, jsonl and xml have what the server sends.",
        ),
    ];
    let dates = vec![
        Part::Terms(values::<Style>()),
        Part::Text(
            "--dates selects a style. The default is short for people. For csv, tsv and jsonl it is as-sent, or iso with a time zone such as Europe/Oslo. json and xml are never changed, and xlsx has dates of its own.",
        ),
    ];
    [Section::new("Formats", formats), Section::new("Dates", dates)]
        .map(|section| section.in_topic("formats"))
}

/// Returns the values of an option with their meanings.
fn values<V: ValueEnum>() -> Vec<(String, String)> {
    let values = V::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    let meaning = |value: &PossibleValue| value.get_help().map(ToString::to_string);
    values.map(|value| (value.get_name().to_owned(), meaning(&value).unwrap_or_default())).collect()
}

fn sources() -> Section {
    let parts = vec![
        Part::terms(&secret_ref::FORMS),
        Part::Text("A literal secret is refused: every user of the machine can read arguments."),
        Part::Text(
            "Blanks around a token, a ticket, an application token, an XSRF token or cookies are removed, and so is a scheme that was copied with it (Bearer, SOTicket). Passwords and client secrets are sent as they are.",
        ),
    ];
    Section::new("Sources of a secret (SRC)", parts).in_topic("secrets")
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
    Section::new("Exit status", vec![Part::Terms(terms)]).in_topic("exit-codes")
}

const PAGER: [(&str, &str); 3] = [
    (
        pager::VARIABLES[0],
        "the pager for a table or records higher than the terminal; empty or `cat` for none [default: less]",
    ),
    (pager::VARIABLES[1], "the pager, if the variable of this program is not set"),
    ("LESS", "the options of less, in addition to -R [default: FRX]"),
];
const PROGRESS: &str =
    "the progress of a long call, at a terminal: `auto` or `never` [default: auto]";

/// Returns the variables of `settings`, of a connection and a pager if there is one, and of every
/// command.
fn environment(settings: &[&'static Setting], has_pager: bool, common: &[(&str, &str)]) -> Section {
    let mut variables = vec![
        (PROFILE_VARIABLE.to_owned(), "the profile to use".to_owned()),
        (FILE_VARIABLE.to_owned(), "the configuration file".to_owned()),
    ];
    let of_pager = PAGER.iter().filter(|_| has_pager);
    let of_pager = of_pager.map(|(name, meaning)| ((*name).to_owned(), (*meaning).to_owned()));
    let (secrets, plain): (Vec<&Setting>, Vec<&Setting>) =
        settings.iter().copied().partition(|setting| setting.secret().is_some());
    variables.extend(plain.into_iter().map(term));
    let makes_calls = settings.iter().any(|setting| setting.key == registry::RETRIES.key);
    if makes_calls {
        variables.push((progress::VARIABLE.to_owned(), PROGRESS.to_owned()));
    }
    let (own, of_others): (Vec<_>, Vec<_>) =
        of_pager.partition(|(name, _)| name.starts_with("SOTICKETS_"));
    variables.extend(own);
    let mut secrets: Vec<(String, String)> = secrets.into_iter().map(term).collect();
    // Everything with a connection has a proxy.
    let of_connections = registry::OTHER_VARIABLES.iter().filter(|_| !settings.is_empty());
    let (of_proxies, mut shared): (Vec<_>, Vec<_>) = of_connections
        .map(|(name, meaning)| ((*name).to_owned(), (*meaning).to_owned()))
        .partition(|(name, _)| name.starts_with("SOTICKETS_"));
    secrets.extend(of_proxies);
    shared.extend(of_others);
    shared.extend(common.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
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
    Section::new("Environment", parts).in_topic("environment")
}

/// Returns the variable of `setting` with its meaning.
fn term(setting: &Setting) -> (String, String) {
    let default = setting.default.map_or_else(String::new, |value| format!(" [default: {value}]"));
    (setting.variable.to_owned(), setting.meaning.to_owned() + &default)
}
