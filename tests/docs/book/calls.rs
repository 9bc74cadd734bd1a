//! The calls of the program in what a shell would be given.

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser as _};
use sotickets::cli::Cli;

/// What stands before a command and is none.
const BEFORE: [&str; 11] =
    ["if", "then", "else", "while", "until", "do", "!", "{", "exec", "time", "$"];

/// The words of each call of the program in `script`.
pub(crate) fn of(script: &str) -> Vec<Vec<String>> {
    simple_commands(script).iter().filter_map(|command| call(command)).collect()
}

fn call(command: &str) -> Option<Vec<String>> {
    let words = shlex::split(command)?;
    let is_before = |word: &String| {
        let is_assignment = word.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        });
        // The times of a crontab.
        let is_time = word.chars().all(|c| c.is_ascii_digit() || "*-/,".contains(c));
        is_assignment || is_time || BEFORE.contains(&word.as_str())
    };
    let words: Vec<String> = words.into_iter().skip_while(is_before).collect();
    let program = words.first()?;
    (program == "sotickets" || program.ends_with("/sotickets")).then_some(words)
}

/// `script` cut where a shell ends a command.
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

/// What the program's own reader of command lines has against `call`. Where it is
/// `in_prose`, what a command needs may be left out.
pub(crate) fn fault(call: &[String], in_prose: bool) -> Option<String> {
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

/// Every long option of every command, with its two hyphens.
pub(crate) fn options() -> Vec<String> {
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
fn calls_are_found_wherever_a_shell_would_make_one() {
    let words =
        |script: &str| of(script).into_iter().map(|call| call.join(" ")).collect::<Vec<_>>();
    assert_eq!(words("sotickets get '#839' \\\n -o csv > a.csv"), ["sotickets get #839 -o csv"]);
    assert_eq!(words("A=1 sotickets get 1 | jq . # sotickets x"), ["sotickets get 1"]);
    assert_eq!(words("if ! sotickets get 1; then\n  x=$(sotickets fields)\nfi").len(), 2);
    assert_eq!(words("30 2 * * 1-5 . x && bin/sotickets get 1"), ["bin/sotickets get 1"]);
    assert_eq!(words("cargo install sotickets; echo 'sotickets get'"), [""; 0]);
}

#[test]
fn a_call_that_the_program_would_refuse_is_a_fault() {
    let faults = |script: &str| of(script).iter().filter_map(|call| fault(call, false)).count();
    assert_eq!(faults("sotickets get 839 --selct Title; sotickets gett; sotickets completions"), 3);
    assert_eq!(faults("sotickets get 839 --select Title; sotickets -h; sotickets auth"), 0);
}
