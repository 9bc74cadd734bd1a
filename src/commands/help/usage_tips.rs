//! Tips for a command line that clap refuses, in place of those that lead to the next error.

use std::ffi::OsString;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, ValueEnum as _};

use crate::escape;
use crate::output::OutputFormat;
use crate::suggest::synonyms;
use crate::ticket::ids::IdList;

/// Replaces the tips of `error`, which `arguments` of the program `root` led to.
pub(crate) fn improve(error: &mut clap::Error, arguments: &[OsString], root: &Command) {
    let words: Vec<&str> =
        arguments.iter().skip(1).map(|word| word.to_str().unwrap_or_default()).collect();
    let (command, words) = find_command(root, &words);
    let refused = text(error, ContextKind::InvalidArg);
    let tips = match error.kind() {
        ErrorKind::UnknownArgument => {
            if !has_free_text(command) || synonyms::option(&refused).is_some() {
                remove_tips(error, "to pass '");
            }
            match value_tip(command, words, |_, value| value.starts_with(&refused)) {
                Some(tip) => vec![tip],
                None => option_tips(command, &refused),
            }
        }
        ErrorKind::InvalidValue => match text(error, ContextKind::InvalidValue).as_str() {
            "" => value_tip(command, words, |option, _| {
                refused.split(' ').next().is_some_and(|name| names(option).any(|own| own == name))
            })
            .into_iter()
            .collect(),
            value if refused.starts_with("--output ") => format_tip(value).into_iter().collect(),
            _ => Vec::new(),
        },
        ErrorKind::InvalidSubcommand => {
            command_tips(&text(error, ContextKind::InvalidSubcommand), words)
        }
        _ => Vec::new(),
    };
    if !tips.is_empty() {
        error.remove(ContextKind::SuggestedValue);
        error.remove(ContextKind::SuggestedArg);
        error.remove(ContextKind::SuggestedSubcommand);
        let visible = |tip: &String| StyledStr::from(escape::visible(tip).into_owned());
        let tips = tips.iter().map(visible).collect();
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(tips));
    }
}

/// Returns the command that the first of `words` name, and the words behind its name.
fn find_command<'c, 'w>(root: &'c Command, words: &'w [&'w str]) -> (&'c Command, &'w [&'w str]) {
    match words.split_first() {
        Some((first, rest)) => match root.find_subcommand(first) {
            Some(command) => find_command(command, rest),
            None => (root, words),
        },
        None => (root, words),
    }
}

/// Returns the tip for a value that begins with a hyphen, such as `--out-file -x.csv`.
fn value_tip(
    command: &Command,
    words: &[&str],
    is_refused: impl Fn(&Arg, &str) -> bool,
) -> Option<String> {
    let options = || command.get_arguments().filter(|arg| arg.get_action().takes_values());
    let is_option = |word: &str| command.get_arguments().any(|arg| names(arg).any(|n| n == word));
    words.windows(2).find_map(|pair| {
        let (name, value) = (pair[0], pair[1]);
        let option = options().find(|option| names(option).any(|own| own == name))?;
        let is_number = value.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit());
        let is_value = value.len() > 1 && value.starts_with('-') && !is_number && !is_option(value);
        if !is_value || takes_secret(option) || !is_refused(option, value) {
            return None;
        }
        let quoted = shlex::try_quote(value).ok()?;
        Some(format!("to pass {quoted} as its value, use {name}={quoted}"))
    })
}

/// Returns the tips for an option that other programs have: `--json`, `--fields`.
fn option_tips(command: &Command, refused: &str) -> Vec<String> {
    let name = refused.split('=').next().unwrap_or_default();
    let has_option =
        |name: &str| command.get_arguments().any(|argument| names(argument).any(|own| own == name));
    let format = name.strip_prefix("--").and_then(format_options);
    if let Some(options) = format.filter(|options| takes_format(command, options)) {
        return vec![format!("use {options}")];
    }
    let tip = synonyms::option(name).or_else(|| synonyms::option(&name.to_ascii_lowercase()));
    match tip.filter(|tip| tip.option.as_deref().is_none_or(has_option)) {
        Some(tip) => vec![tip.tip.clone(), format!("sotickets {}", tip.example)],
        None => Vec::new(),
    }
}

/// Returns whether `command` has the format of `options`, such as `-o csv --bom`.
fn takes_format(command: &Command, options: &str) -> bool {
    let output = command.get_arguments().find(|argument| argument.get_id() == "output");
    let values = output.map(Arg::get_possible_values).unwrap_or_default();
    options
        .split(' ')
        .nth(1)
        .is_some_and(|name| values.iter().any(|value| value.get_name() == name))
}

/// Returns the tip for a format that does not exist: `-o excel`, `-o tickets.csv`.
fn format_tip(value: &str) -> Option<String> {
    if let Some(options) = format_options(value) {
        return Some(format!("use {options}"));
    }
    let (_, extension) = value.rsplit_once('.')?;
    let (options, file) = (format_options(extension)?, shlex::try_quote(value).ok()?);
    Some(format!("use {options} --out-file {file}"))
}

/// Returns the options for the format that people call `name`.
fn format_options(name: &str) -> Option<String> {
    let format = OutputFormat::from_str(name, true).ok();
    let option = format.map(|format| format!("-o {}", format.name()));
    option.or_else(|| synonyms::format(name).map(str::to_owned))
}

/// Returns the tips for a command that does not exist; `words` are those of the command line.
fn command_tips(command: &str, words: &[&str]) -> Vec<String> {
    let ids = |words: &[&str]| -> Option<String> {
        let ids = words.iter().take_while(|word| is_id(word)).map(|word| shlex::try_quote(word));
        let ids: Vec<String> = ids.filter_map(Result::ok).map(Into::into).collect();
        (!ids.is_empty()).then(|| format!("sotickets get {}", ids.join(" ")))
    };
    if let Some(command) = ids(words) {
        return vec![format!("to fetch tickets, use: {command}")];
    }
    let Some(tip) = synonyms::command(command) else { return Vec::new() };
    let fetches = tip.command.starts_with("get ");
    let command = ids(words.get(1..).unwrap_or_default()).filter(|_| fetches);
    let command = command.unwrap_or_else(|| format!("sotickets {}", tip.command));
    match &tip.tip {
        Some(tip) => vec![tip.clone(), command],
        None => vec![format!("the command is: {command}")],
    }
}

/// Returns the names of an option, as they are typed.
fn names(arg: &Arg) -> impl Iterator<Item = String> {
    let long = arg.get_long().into_iter().chain(arg.get_all_aliases().unwrap_or_default());
    let long: Vec<String> = long.map(|name| format!("--{name}")).collect();
    long.into_iter().chain(arg.get_short().map(|name| format!("-{name}")))
}

/// Returns whether the value may be a secret by mistake, which no tip repeats.
fn takes_secret(option: &Arg) -> bool {
    option.get_value_names().is_some_and(|names| names.iter().any(|name| name == "SRC"))
}

/// Returns whether an argument may be any text, also one that begins with a hyphen.
fn has_free_text(command: &Command) -> bool {
    command.get_positionals().any(|arg| arg.get_id() == "text")
}

fn is_id(word: &str) -> bool {
    let mut list = IdList::new(1);
    list.add_argument(word);
    !list.is_empty()
}

/// Removes those tips that begin with `prefix`.
fn remove_tips(error: &mut clap::Error, prefix: &str) {
    let Some(ContextValue::StyledStrs(mut tips)) = error.remove(ContextKind::Suggested) else {
        return;
    };
    tips.retain(|tip| !tip.to_string().starts_with(prefix));
    if !tips.is_empty() {
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(tips));
    }
}

fn text(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        _ => String::new(),
    }
}
