//! The candidates for each option when Tab is pressed.
//!
//! They are added to the command line only when a shell asks for them.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::sync::Arc;

use chrono_tz::TZ_VARIANTS;
use clap::builder::{PossibleValue, Str};
use clap::{Arg, Command, ValueHint};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};

use crate::commands::help::content;
use crate::context::Variables;
use crate::secret::secret_ref;
use crate::settings::config;
use crate::settings::resolve::zone::CODES;
use crate::suggest::{self, synonyms};
use crate::tenant::environment;
use crate::ticket::catalogue::{self, CATALOGUE};
use crate::ticket::field::Field;

// The reactions of a shell to a candidate. Each is the tag of the candidate, by which the scripts
// know it.

/// A blank follows: the word is complete.
const WORD: &str = "word";
/// No blank follows: the word goes on, as `env:` does.
const PART: &str = "part";
/// A comma may follow: the word is an item of a list.
pub(super) const ITEM: &str = "item";
/// A path follows, which the shell completes.
const PATH: &str = "path";

/// Returns the reaction to `candidate`. Those of clap have other tags, and are words.
pub(super) fn reaction(candidate: &CompletionCandidate) -> &'static str {
    let tag = candidate.get_tag().map(ToString::to_string);
    [PART, ITEM, PATH].into_iter().find(|known| tag.as_deref() == Some(known)).unwrap_or(WORD)
}

fn candidate(
    reaction: &'static str,
    value: impl Into<OsString>,
    help: &str,
) -> CompletionCandidate {
    let help = (!help.is_empty()).then(|| help.to_owned().into());
    CompletionCandidate::new(value).help(help).tag(Some(reaction.into()))
}

/// Adds candidates for the values of all options to `command`; `words` are those of the line.
pub(super) fn add(command: Command, words: &[OsString], variables: &Variables) -> Command {
    let line = Arc::new(CommandLine {
        chosen: values(words, &["--select", "-s"])
            .flat_map(|list| list.split(','))
            .map(normalize)
            .collect(),
        config: values(words, &["--config"]).last().map(PathBuf::from),
        commands: commands_after(&command, words),
        topics: if words.first().is_some_and(|word| word == "help") && words.len() == 2 {
            content::topics().into_iter().map(|topic| (topic.name, topic.about)).collect()
        } else {
            Vec::new()
        },
        variables: variables.clone(),
    });
    add_to(command, &line)
}

/// Returns the commands below the one that `words` name after `help` or `man`.
fn commands_after(root: &Command, words: &[OsString]) -> Vec<(String, String)> {
    let mut named = words.split_last().map_or(words, |(_, named)| named).iter().skip(1);
    let command = named.try_fold(root, |command, word| command.find_subcommand(word));
    let below = command.into_iter().flat_map(Command::get_subcommands);
    let visible = below.filter(|command| !command.is_hide_set());
    let about = |command: &Command| command.get_about().map(ToString::to_string);
    visible
        .map(|command| (command.get_name().to_owned(), about(command).unwrap_or_default()))
        .collect()
}

/// The rest of the command line.
struct CommandLine {
    /// The fields that are selected already.
    chosen: BTreeSet<String>,
    /// The configuration file.
    config: Option<PathBuf>,
    /// The commands that may follow `help` and `man`, with their descriptions.
    commands: Vec<(String, String)>,
    /// The topics that may follow `help`.
    topics: Vec<(&'static str, &'static str)>,
    variables: Variables,
}

fn add_to(command: Command, line: &Arc<CommandLine>) -> Command {
    let command = command.mut_args(|arg| match completer(&arg, line) {
        Some(completer) => arg.add(completer),
        None => arg,
    });
    command.mut_subcommands(|command| add_to(command, line))
}

/// Returns the candidates for a value of `arg`, or `None` for those of clap.
fn completer(arg: &Arg, line: &Arc<CommandLine>) -> Option<ArgValueCompleter> {
    let line = Arc::clone(line);
    let value_name = arg.get_value_names().and_then(<[_]>::first).map(Str::as_str);
    match (arg.get_id().as_str(), value_name) {
        ("select", _) => Some(from(move |typed| fields(typed, &line.chosen))),
        ("timezone", _) => Some(from(zones)),
        ("profile", _) => Some(from(move |typed| profiles(typed, &line))),
        ("environment", _) => Some(from(|typed| {
            words(typed, environment::NAMED.map(|(name, purpose, _)| (name, purpose)))
        })),
        ("command" | "topic", _) => Some(from(move |typed| {
            let commands = line.commands.iter().map(|(name, about)| (&**name, &**about));
            words(typed, commands.chain(line.topics.iter().copied()))
        })),
        ("headers", _) => Some(from(move |typed| header(typed, &line.variables))),
        (_, Some("SRC")) => Some(from(move |typed| sources(typed, &line.variables))),
        _ if arg.get_value_hint() == ValueHint::AnyPath => {
            Some(from(|_| vec![candidate(PATH, "", "")]))
        }
        _ if arg.is_ignore_case_set() => {
            let values = arg.get_possible_values();
            Some(from(move |typed| {
                let shown = values.iter().filter(|value| has_prefix(value.get_name(), typed));
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

/// Returns the values of the option with these `names` in all `words` but the last.
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

/// Returns the form in which the names of fields are compared.
fn normalize(name: &str) -> String {
    name.trim().to_ascii_lowercase()
}

/// Returns whether `known` begins with `typed`, in any case.
fn has_prefix(known: &str, typed: &str) -> bool {
    known.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(typed))
}

/// Returns those of `known`, with their meanings, that begin with `typed`.
fn words<'k>(
    typed: &str,
    known: impl IntoIterator<Item = (&'k str, &'k str)>,
) -> Vec<CompletionCandidate> {
    let known = known.into_iter().filter(|(name, _)| has_prefix(name, typed));
    known.map(|(name, help)| candidate(WORD, name, help)).collect()
}

/// The beginning of a synonym that is long enough to have few meanings.
const MIN_SYNONYM: usize = 3;

/// Returns the fields for the last item of a list, without those that it has. A word for a field
/// leads to the field.
fn fields(typed: &str, chosen: &BTreeSet<String>) -> Vec<CompletionCandidate> {
    let (before, last) = typed.rfind(',').map_or(("", typed), |at| typed.split_at(at + 1));
    let here: BTreeSet<String> = before.split(',').map(normalize).collect();
    let paths = PATHS.iter().filter(|(path, _)| last.contains('/') && has_prefix(path, last));
    let mut fields: Vec<&Field> =
        CATALOGUE.iter().filter(|field| has_prefix(field.name, last)).collect();
    if fields.is_empty() && last.len() >= MIN_SYNONYM {
        let names: BTreeSet<&str> = synonyms::field_words()
            .filter(|(word, _)| has_prefix(word, last))
            .map(|(_, name)| name)
            .collect();
        fields = names.into_iter().filter_map(catalogue::find).collect();
    }
    let names = fields.into_iter().map(|field| (field.name, field.meaning));
    names
        .chain(paths.copied())
        .filter(|(name, _)| !chosen.contains(&normalize(name)) && !here.contains(&normalize(name)))
        .map(|(name, help)| candidate(ITEM, format!("{before}{name}"), help))
        .collect()
}

/// The paths into objects with known keys.
const PATHS: [(&str, &str); 2] =
    [("TableRight/Mask", "Your rights to the ticket"), ("TableRight/Reason", "What limits them")];

/// Returns IANA zones, areas first, and the server's own codes.
fn zones(typed: &str) -> Vec<CompletionCandidate> {
    // A name without an area would be one of the server's codes.
    let names = TZ_VARIANTS.iter().map(|zone| zone.name()).filter(|name| name.contains('/'));
    if typed.contains('/') {
        return words(typed, names.map(|name| (name, "")));
    }
    let areas: BTreeSet<&str> = names.filter_map(|name| name.split_inclusive('/').next()).collect();
    let areas = areas.into_iter().filter(|area| has_prefix(area, typed));
    let mut zones = words(typed, [("local", "this machine's zone")]);
    zones.extend(areas.map(|area| candidate(PART, area, "IANA zones")));
    zones.extend(words(typed, CODES.iter().map(|zone| (zone.code, "the server's own code"))));
    if zones.is_empty() && typed.len() >= MIN_SYNONYM {
        zones.extend(suggest::zones::start_with(typed).map(|zone| candidate(WORD, zone, "")));
    }
    zones
}

/// Returns the profiles of the configuration file.
fn profiles(typed: &str, line: &CommandLine) -> Vec<CompletionCandidate> {
    let names = config::profile_names(line.config.as_deref(), &line.variables);
    let names = names.iter().filter(|name| name.starts_with(typed));
    names.map(|name| candidate(WORD, name, "")).collect()
}

/// Returns the sources of a secret.
fn sources(typed: &str, variables: &Variables) -> Vec<CompletionCandidate> {
    match typed.split_once(':') {
        Some(("env", typed)) => variables
            .names()
            .filter(|name| secret_ref::is_shell_name(name) && has_prefix(name, typed))
            .map(|name| candidate(WORD, format!("env:{name}"), ""))
            .collect(),
        Some(("file", _)) => vec![candidate(PATH, "file:", "")],
        _ => {
            let forms = secret_ref::FORMS.iter().filter(|(form, _)| has_prefix(form, typed));
            let from_form = |(form, meaning): &(&str, &str)| {
                let help = meaning.split([';', ':']).next().unwrap_or_default();
                match form.split_once(':') {
                    Some((name, _)) => candidate(PART, format!("{name}:"), help),
                    None => candidate(WORD, *form, help),
                }
            };
            forms.map(from_form).collect()
        }
    }
}

/// Returns the sources for `Name: @SRC`.
fn header(typed: &str, variables: &Variables) -> Vec<CompletionCandidate> {
    let Some(at) = typed.find(": @") else { return Vec::new() };
    let (name, typed) = typed.split_at(at + ": @".len());
    sources(typed, variables).into_iter().map(|found| found.add_prefix(name)).collect()
}
