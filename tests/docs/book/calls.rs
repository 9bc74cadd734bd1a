//! Finds calls of the program in shell scripts.

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser as _};
use sotickets::cli::Cli;

/// Words that may precede a command.
const PREFIXES: [&str; 11] =
    ["if", "then", "else", "while", "until", "do", "!", "{", "exec", "time", "$"];

/// Returns the words of each call of the program in `script`.
pub(crate) fn find(script: &str) -> Vec<Vec<String>> {
    simple_commands(script).iter().filter_map(|command| call(command)).collect()
}

fn call(command: &str) -> Option<Vec<String>> {
    let words = shlex::split(command)?;
    let is_prefix = |word: &String| {
        let is_assignment = word.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        });
        // The times of a crontab.
        let is_time = word.chars().all(|c| c.is_ascii_digit() || "*-/,".contains(c));
        is_assignment || is_time || PREFIXES.contains(&word.as_str())
    };
    let words: Vec<String> = words.into_iter().skip_while(is_prefix).collect();
    let program = words.first()?;
    (program == "sotickets" || program.ends_with("/sotickets")).then_some(words)
}

/// Splits `script` where a shell ends a command.
fn simple_commands(script: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut command = String::new();
    let mut quote = None;
    let mut chars = script.chars().peekable();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, '\\') if chars.next_if_eq(&'\n').is_some() => command.push(' '),
            (None | Some('"'), '\\') => {
                command.push(c);
                command.extend(chars.next());
            }
            (None, '\'' | '"') => {
                quote = Some(c);
                command.push(c);
            }
            (Some(open), _) => {
                if open == c {
                    quote = None;
                }
                command.push(c);
            }
            (None, '#') if command.is_empty() || command.ends_with(' ') => {
                while chars.next_if(|c| *c != '\n').is_some() {}
            }
            (None, '\n' | '|' | '&' | ';' | '<' | '>' | '(' | ')') => {
                commands.push(std::mem::take(&mut command));
            }
            (None, _) => command.push(c),
        }
    }
    commands.push(command);
    commands
}

/// Parses `call` with the program's own definitions. `in_prose`, required arguments may be
/// missing.
pub(crate) fn parse_error(call: &[String], in_prose: bool) -> Option<String> {
    let error = Cli::try_parse_from(call).err()?;
    let is_fine = match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => true,
        ErrorKind::MissingRequiredArgument | ErrorKind::MissingSubcommand => in_prose,
        _ => false,
    };
    (!is_fine).then(|| error.to_string())
}

/// Returns every long option of every command, with its two hyphens.
pub(crate) fn long_options() -> Vec<String> {
    fn below(command: &clap::Command, options: &mut Vec<String>) {
        let names = command.get_arguments().filter_map(clap::Arg::get_long_and_visible_aliases);
        options.extend(names.flatten().map(|name| format!("--{name}")));
        command.get_subcommands().for_each(|command| below(command, options));
    }
    let mut program = Cli::command();
    program.build();
    let mut options = Vec::new();
    below(&program, &mut options);
    options
}

#[test]
fn finds_every_call_in_a_script() {
    let words =
        |script: &str| find(script).into_iter().map(|call| call.join(" ")).collect::<Vec<_>>();
    assert_eq!(words("sotickets get '#839' \\\n -o csv > a.csv"), ["sotickets get #839 -o csv"]);
    assert_eq!(words("A=1 sotickets get 1 | jq . # sotickets x"), ["sotickets get 1"]);
    assert_eq!(words("if ! sotickets get 1; then\n  x=$(sotickets fields)\nfi").len(), 2);
    assert_eq!(words("30 2 * * 1-5 . x && bin/sotickets get 1"), ["bin/sotickets get 1"]);
    assert_eq!(words("cargo install sotickets; echo 'sotickets get'"), [""; 0]);
}

#[test]
fn invalid_call_is_an_error() {
    let errors =
        |script: &str| find(script).iter().filter_map(|call| parse_error(call, false)).count();
    assert_eq!(errors("sotickets get 839 --selct Title; sotickets gett; sotickets completions"), 3);
    assert_eq!(errors("sotickets get 839 --select Title; sotickets -h; sotickets auth"), 0);
}
