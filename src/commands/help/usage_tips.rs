//! Tips for a command line that clap refuses, in place of those that lead to the next error.

use std::ffi::OsString;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command};

use crate::escape;
use crate::ticket::ids::IdList;

/// Options of other programs, each with that of this program.
const OTHER_NAMES: [(&str, &str); 3] =
    [("--columns", "--select"), ("--field", "--select"), ("--fields", "--select")];

/// Replaces the tips of `error`, which `arguments` of the program `root` led to.
pub(crate) fn improve(error: &mut clap::Error, arguments: &[OsString], root: &Command) {
    let words: Vec<&str> =
        arguments.iter().skip(1).map(|word| word.to_str().unwrap_or_default()).collect();
    let (command, words) = find_command(root, &words);
    let refused = text(error, ContextKind::InvalidArg);
    let tip = match error.kind() {
        ErrorKind::UnknownArgument => {
            if !has_free_text(command) {
                remove_tips(error, "to pass '");
            }
            value_tip(command, words, |_, value| value.starts_with(&refused))
                .or_else(|| name_tip(command, &refused))
        }
        ErrorKind::InvalidValue if text(error, ContextKind::InvalidValue).is_empty() => {
            value_tip(command, words, |option, _| {
                refused.split(' ').next().is_some_and(|name| names(option).any(|own| own == name))
            })
        }
        ErrorKind::InvalidSubcommand => {
            let word = text(error, ContextKind::InvalidSubcommand);
            let quoted = shlex::try_quote(&word).ok().filter(|_| is_id(&word));
            quoted.map(|word| format!("to fetch tickets, use: sotickets get {word}"))
        }
        _ => None,
    };
    if let Some(tip) = tip {
        error.remove(ContextKind::SuggestedArg);
        error.remove(ContextKind::SuggestedSubcommand);
        let tips = vec![StyledStr::from(escape::visible(&tip).into_owned())];
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(tips));
    }
}

/// Returns the command that the first of `words` name, and the words after its name.
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

/// Returns the tip for an option of another name: `--json`, `--fields`.
fn name_tip(command: &Command, refused: &str) -> Option<String> {
    let name = refused.split('=').next().unwrap_or_default().to_ascii_lowercase();
    let output = command.get_arguments().find(|arg| arg.get_id() == "output")?;
    let formats = output.get_possible_values();
    if let Some(format) = formats.iter().find(|format| name == format!("--{}", format.get_name())) {
        return Some(format!("the option is '-o {}'", format.get_name()));
    }
    let (_, known) = OTHER_NAMES.iter().find(|(other, _)| name == *other)?;
    let has_it = command.get_arguments().any(|arg| names(arg).any(|own| own == *known));
    has_it.then(|| format!("the option is '{known}'"))
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
