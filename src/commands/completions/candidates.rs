//! What can stand behind each option, for the Tab key.
//!
//! Added to the command line only where a shell asks; a call pays nothing for it.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::sync::Arc;

use chrono_tz::TZ_VARIANTS;
use clap::builder::{PossibleValue, Str};
use clap::{Arg, Command, ValueHint};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};

use crate::context::Environment;
use crate::secret::secret_source;
use crate::settings::config;
use crate::settings::parse::zone_codes::CODES;
use crate::ticket::catalogue::CATALOGUE;

/// What a shell does behind a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The word is whole: a blank follows.
    Word,
    /// It goes on without a blank: `env:`.
    Part,
    /// An item of a list, whole, but a comma may follow.
    Item,
    /// No candidate: behind this text stands a path, which the shell completes.
    Path,
}

impl Kind {
    /// The kind of `candidate`, which is kept as its tag.
    #[must_use]
    pub fn of(candidate: &CompletionCandidate) -> Self {
        let tag = candidate.get_tag().map(ToString::to_string);
        [Self::Part, Self::Item, Self::Path]
            .into_iter()
            .find(|kind| tag.as_deref() == Some(kind.name()))
            .unwrap_or(Self::Word)
    }

    /// What the scripts know it by.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Word => "word",
            Self::Part => "part",
            Self::Item => "item",
            Self::Path => "path",
        }
    }

    fn candidate(self, value: impl Into<OsString>, help: &str) -> CompletionCandidate {
        let help = (!help.is_empty()).then(|| help.to_owned().into());
        CompletionCandidate::new(value).help(help).tag(Some(self.name().into()))
    }
}

/// `command` with candidates for the values of all its options; `words` are those of
/// the line.
#[must_use]
pub fn add(command: Command, words: &[OsString], environment: &Environment) -> Command {
    let line = Arc::new(Line {
        chosen: values(words, &["--select", "-s"])
            .flat_map(|list| list.split(','))
            .map(key)
            .collect(),
        config: values(words, &["--config"]).last().map(PathBuf::from),
        commands: command
            .get_subcommands()
            .filter(|command| !command.is_hide_set())
            .map(|command| command.get_name().to_owned())
            .collect(),
        environment: environment.clone(),
    });
    add_to(command, &line)
}

/// What the rest of the line says.
struct Line {
    /// The fields that other options name.
    chosen: BTreeSet<String>,
    /// The configuration file.
    config: Option<PathBuf>,
    /// The commands of the program, of which `man` has pages.
    commands: Vec<String>,
    environment: Environment,
}

fn add_to(command: Command, line: &Arc<Line>) -> Command {
    let command = command.mut_args(|arg| match completer(&arg, line) {
        Some(completer) => arg.add(completer),
        None => arg,
    });
    command.mut_subcommands(|command| add_to(command, line))
}

/// The candidates for a value of `arg`; none where nothing is known of it, or clap knows.
fn completer(arg: &Arg, line: &Arc<Line>) -> Option<ArgValueCompleter> {
    let line = Arc::clone(line);
    let value_name = arg.get_value_names().and_then(<[_]>::first).map(Str::as_str);
    match (arg.get_id().as_str(), value_name) {
        ("select", _) => Some(from(move |typed| fields(typed, &line.chosen))),
        ("timezone", _) => Some(from(zones)),
        ("profile", _) => Some(from(move |typed| profiles(typed, &line))),
        ("environment", _) => Some(from(|typed| starting(typed, &ENVIRONMENTS))),
        ("command", Some("COMMAND")) => Some(from(move |typed| {
            let commands = line.commands.iter().filter(|name| starts(name, typed));
            commands.map(|name| Kind::Word.candidate(name, "")).collect()
        })),
        ("headers", _) => Some(from(move |typed| header(typed, &line.environment))),
        (_, Some("SRC")) => Some(from(move |typed| sources(typed, &line.environment))),
        _ if arg.get_value_hint() == ValueHint::AnyPath => {
            Some(from(|_| vec![Kind::Path.candidate("", "")]))
        }
        _ if arg.is_ignore_case_set() => {
            let values = arg.get_possible_values();
            Some(from(move |typed| {
                let shown = values.iter().filter(|value| starts(value.get_name(), typed));
                let help = |value: &PossibleValue| value.get_help().cloned();
                shown.map(|v| CompletionCandidate::new(v.get_name()).help(help(v))).collect()
            }))
        }
        _ => None,
    }
}

fn from<F>(candidates: F) -> ArgValueCompleter
where
    F: Fn(&str) -> Vec<CompletionCandidate> + Send + Sync + 'static,
{
    ArgValueCompleter::new(move |typed: &OsStr| typed.to_str().map_or(Vec::new(), &candidates))
}

/// The values in `words`, apart from the last, of the option of these `names`.
fn values<'a>(words: &'a [OsString], names: &'a [&str]) -> impl Iterator<Item = &'a str> {
    let words = words.split_last().map_or(words, |(_, words)| words);
    words.iter().enumerate().filter_map(move |(at, word)| {
        let word = word.to_str()?;
        match names.iter().find_map(|name| word.strip_prefix(name))? {
            "" => words.get(at + 1)?.to_str(),
            rest => rest.strip_prefix('=').or_else(|| (!word.starts_with("--")).then_some(rest)),
        }
    })
}

/// What the names of fields are compared by.
fn key(name: &str) -> String {
    name.trim().to_ascii_lowercase()
}

/// Whether `known` begins with `typed`, in any case.
fn starts(known: &str, typed: &str) -> bool {
    known.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(typed))
}

/// Those of `known`, with what they mean, that begin with `typed`.
fn starting(typed: &str, known: &[(&str, &str)]) -> Vec<CompletionCandidate> {
    let known = known.iter().filter(|(name, _)| starts(name, typed));
    known.map(|(name, help)| Kind::Word.candidate(*name, help)).collect()
}

/// The environments of Online.
const ENVIRONMENTS: [(&str, &str); 3] =
    [("online", "production"), ("sod", "development"), ("stage", "staging")];

/// The fields for the last place of a list, without those that it has.
fn fields(typed: &str, chosen: &BTreeSet<String>) -> Vec<CompletionCandidate> {
    let (before, last) = typed.rfind(',').map_or(("", typed), |at| typed.split_at(at + 1));
    let here: BTreeSet<String> = before.split(',').map(key).collect();
    let paths = PATHS.iter().filter(|(path, _)| last.contains('/') && starts(path, last));
    let names = CATALOGUE.iter().map(|field| (field.name, field.meaning));
    names
        .filter(|(name, _)| starts(name, last))
        .chain(paths.copied())
        .filter(|(name, _)| !chosen.contains(&key(name)) && !here.contains(&key(name)))
        .map(|(name, help)| Kind::Item.candidate(format!("{before}{name}"), help))
        .collect()
}

/// The paths into an object whose keys are known.
const PATHS: [(&str, &str); 2] =
    [("TableRight/Mask", "Your rights to the ticket"), ("TableRight/Reason", "What limits them")];

/// IANA zones, an area first, and the server's own codes.
fn zones(typed: &str) -> Vec<CompletionCandidate> {
    // A name without an area would be taken for one of the server's codes.
    let names = TZ_VARIANTS.iter().map(|zone| zone.name()).filter(|name| name.contains('/'));
    if typed.contains('/') {
        let names = names.filter(|name| starts(name, typed));
        return names.map(|name| Kind::Word.candidate(name, "")).collect();
    }
    let areas: BTreeSet<&str> = names.filter_map(|name| name.split_inclusive('/').next()).collect();
    let areas = areas.into_iter().filter(|area| starts(area, typed));
    let areas = areas.map(|area| Kind::Part.candidate(area, "IANA zones"));
    let codes = CODES.iter().map(|zone| zone.code).filter(|code| starts(code, typed));
    let codes = codes.map(|code| Kind::Word.candidate(code, "the server's own code"));
    starting(typed, &[("local", "this machine's zone")])
        .into_iter()
        .chain(areas)
        .chain(codes)
        .collect()
}

/// The profiles of the configuration file.
fn profiles(typed: &str, line: &Line) -> Vec<CompletionCandidate> {
    let names = config::profile_names(line.config.as_deref(), &line.environment);
    let names = names.iter().filter(|name| name.starts_with(typed));
    names.map(|name| Kind::Word.candidate(name, "")).collect()
}

/// The places of a secret, and what they hold.
fn sources(typed: &str, environment: &Environment) -> Vec<CompletionCandidate> {
    match typed.split_once(':') {
        Some(("env", typed)) => environment
            .names()
            .filter(|name| secret_source::is_shell_name(name) && starts(name, typed))
            .map(|name| Kind::Word.candidate(format!("env:{name}"), ""))
            .collect(),
        Some(("file", _)) => vec![Kind::Path.candidate("file:", "")],
        _ => SOURCES
            .iter()
            .filter(|(name, _)| starts(name, typed))
            .map(|(name, help)| {
                let kind = if name.ends_with(':') { Kind::Part } else { Kind::Word };
                kind.candidate(*name, help)
            })
            .collect(),
    }
}

const SOURCES: [(&str, &str); 7] = [
    ("env:", "A variable"),
    ("file:", "A file, without one newline at its end"),
    ("stdin", "Standard input"),
    ("prompt", "The terminal, without echo"),
    ("keyring", "The platform's own store"),
    ("command:", "What a program prints"),
    ("command-line:", "The first line that a program prints"),
];

/// The places of the secret in `Name: @SRC`.
fn header(typed: &str, environment: &Environment) -> Vec<CompletionCandidate> {
    let Some(at) = typed.find(": @") else { return Vec::new() };
    let (name, typed) = typed.split_at(at + ": @".len());
    sources(typed, environment).into_iter().map(|found| found.add_prefix(name)).collect()
}
