//! Tips for a command line that clap refuses, in place of those that lead to the next error.

use std::ffi::OsString;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, ValueEnum as _};

use crate::escape;
use crate::output::OutputFormat;
use crate::shell_words;
use crate::suggest::synonyms;
use crate::ticket::ids::IdList;

/// Replaces the tips and the usage of `error`, which `arguments` of the program `root` led to.
pub(crate) fn improve(error: &mut clap::Error, arguments: &[OsString], root: &Command) {
    let line: Vec<&str> =
        arguments.iter().skip(1).map(|word| word.to_str().unwrap_or_default()).collect();
    let (command, words) = find_command(root, &line);
    let path = &line[..line.len() - words.len()];
    let refused = text(error, ContextKind::InvalidArg);
    let tips = match error.kind() {
        ErrorKind::UnknownArgument => {
            if !has_free_text(command) || refused.starts_with("--") {
                remove_tips(error, "to pass '");
            }
            keep_near(error, ContextKind::SuggestedArg, &refused);
            set_usage(error, root, path);
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
            value => {
                keep_near(error, ContextKind::SuggestedValue, value);
                let is_format = refused.starts_with("--output ");
                is_format.then(|| format_tip(command, value)).flatten().into_iter().collect()
            }
        },
        ErrorKind::InvalidSubcommand => {
            let word = text(error, ContextKind::InvalidSubcommand);
            keep_near(error, ContextKind::SuggestedSubcommand, &word);
            if path.is_empty() { command_tips(&word, words) } else { Vec::new() }
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

/// Removes the suggestions of clap that are not near to what was `typed`: it suggests
/// `--insecure` for `--user`.
fn keep_near(error: &mut clap::Error, kind: ContextKind, typed: &str) {
    let typed = typed.split('=').next().unwrap_or_default().to_lowercase();
    let typed = typed.trim_start_matches('-');
    let is_near = |suggestion: &String| {
        let slips = strsim::osa_distance(suggestion.trim_start_matches('-'), typed);
        3 * slips <= typed.chars().count()
    };
    match error.remove(kind) {
        Some(ContextValue::String(text)) if is_near(&text) => {
            error.insert(kind, ContextValue::String(text));
        }
        Some(ContextValue::Strings(mut texts)) => {
            texts.retain(is_near);
            if !texts.is_empty() {
                error.insert(kind, ContextValue::Strings(texts));
            }
        }
        _ => {}
    }
}

/// Sets the usage of the command at `path`, where clap would put its suggestion into it.
fn set_usage(error: &mut clap::Error, root: &Command, path: &[&str]) {
    let mut root = root.clone();
    root.build();
    let found = path.iter().try_fold(&mut root, |command, word| command.find_subcommand_mut(word));
    if let Some(command) = found {
        let usage = command.render_usage();
        error.insert(ContextKind::Usage, ContextValue::StyledStr(usage));
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
        let quoted = shell_words::quote(value);
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
    let find = |name: &str| synonyms::option(name, command.get_name());
    let tip = find(name).or_else(|| find(&name.to_ascii_lowercase()));
    match tip.filter(|tip| tip.option.as_deref().is_none_or(has_option)) {
        Some(tip) => vec![tip.tip.clone(), format!("sotickets {}", tip.example)],
        None => Vec::new(),
    }
}

/// Returns whether `command` has the format and the other options of `options`, such as
/// `-o csv --bom`.
fn takes_format(command: &Command, options: &str) -> bool {
    let output = command.get_arguments().find(|argument| argument.get_id() == "output");
    let values = output.map(Arg::get_possible_values).unwrap_or_default();
    let mut words = options.split(' ').skip(1);
    words.next().is_some_and(|name| values.iter().any(|value| value.get_name() == name))
        && words.all(|word| command.get_arguments().any(|own| names(own).any(|name| name == word)))
}

/// Returns the tip for a format that does not exist: `-o excel`, `-o tickets.csv`.
fn format_tip(command: &Command, value: &str) -> Option<String> {
    let options = |name: &str| format_options(name).filter(|it| takes_format(command, it));
    if let Some(options) = options(value) {
        return Some(format!("use {options}"));
    }
    let (_, extension) = value.rsplit_once('.')?;
    let (options, file) = (options(extension)?, shell_words::quote(value));
    let options = format!("{options} --out-file");
    takes_format(command, &options).then(|| format!("use {options} {file}"))
}

/// Returns the options for the format that people call `name`.
fn format_options(name: &str) -> Option<String> {
    let format = OutputFormat::from_str(name, true).ok();
    let option = format.map(|format| format!("-o {}", format.name()));
    option.or_else(|| synonyms::format(name).map(str::to_owned))
}

/// Returns the tips for a command that does not exist; `words` are those of the command line.
fn command_tips(command: &str, words: &[&str]) -> Vec<String> {
    // Words other than ids and --demo are not repeated: they may hold a secret.
    let ids = words.iter().filter(|word| is_id(word)).map(|word| shell_words::quote(word));
    let ids: Vec<_> = ids.collect();
    let demo = words.iter().find(|word| **word == "--demo").map(|word| format!(" {word}"));
    let get = format!("sotickets get {}{}", ids.join(" "), demo.unwrap_or_default());
    if is_id(command) {
        return vec![format!("to fetch tickets, use: {get}")];
    }
    let Some(tip) = synonyms::command(command) else { return Vec::new() };
    let shell = words.get(1).filter(|word| word.bytes().all(|byte| byte.is_ascii_alphabetic()));
    let command = match (tip.command.split_once(' '), shell) {
        (Some(("get", _)), _) if !ids.is_empty() => get,
        (Some(("completions", _)), Some(shell)) => format!("sotickets completions {shell}"),
        _ => format!("sotickets {}", tip.command),
    };
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
