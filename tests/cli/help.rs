//! Help: complete, and fitted to the width of the terminal.

use clap::CommandFactory as _;
use sotickets::cli::Cli;
use sotickets::commands::help::content;
use sotickets::error::Kind;

use crate::support::{Run, paths, sotickets};

#[test]
fn every_command_has_examples_that_are_understood() {
    for path in paths() {
        let examples = content::page(&path).examples;
        assert!(!examples.is_empty(), "{path}");
        for example in examples {
            let words = shlex::split(example.command).expect(example.command);
            let is_part_of_shell = |word: &String| ["|", ">", "<"].contains(&word.as_str());
            let words: Vec<String> =
                words.into_iter().take_while(|word| !is_part_of_shell(word)).collect();
            let begin = words.iter().position(|word| word.ends_with("sotickets"));
            let begin = begin.unwrap_or_else(|| panic!("{}", example.command));
            let words = words[begin..].iter().map(|word| word.trim_end_matches(')'));
            let read = Cli::command().try_get_matches_from(words);
            assert!(read.is_ok(), "{}: {}", example.command, read.expect_err("it is not"));
            assert!(example.command.len() <= 76, "too long for help: {}", example.command);
        }
    }
}

#[test]
fn help_fits_its_terminal_and_has_no_blanks_at_the_end_of_a_line() {
    for path in paths() {
        for (flag, columns) in [("-h", 40), ("-h", 80), ("--help", 40), ("--help", 80)] {
            let mut command = sotickets();
            command.args(path.split_whitespace()).arg(flag).env("COLUMNS", columns.to_string());
            let run = Run::of(&mut command);
            assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{path} {flag}");
            for line in run.stdout.lines() {
                // A word that is longer than its column, such as a list of fields, stays whole.
                let is_word = line.trim_start().split(' ').count() == 1;
                assert!(
                    is_word || unicode_width::UnicodeWidthStr::width(line) <= columns,
                    "{path} {flag} at {columns} columns: {line}"
                );
                assert_eq!(line, line.trim_end(), "{path} {flag}");
            }
        }
    }
}

#[test]
fn help_of_get_begins_with_examples() {
    for flag in ["-h", "--help"] {
        let help = Run::of(sotickets().args(["get", flag])).stdout;
        let (examples, usage) = (help.find("Examples:"), help.find("Usage:"));
        assert!(examples.is_some() && examples < usage, "{help}");
    }
    let short = Run::of(sotickets().args(["get", "-h"])).stdout;
    assert!(short.lines().count() <= 66, "{} lines:\n{short}", short.lines().count());
}

#[test]
fn help_and_page_explain_exit_codes_in_the_same_words() {
    let page = include_str!("../../docs/exit-codes.md");
    let help = Run::of(sotickets().args(["get", "--help"])).stdout;
    for kind in Kind::ALL {
        let (code, meaning) = (kind.exit_code(), kind.meaning());
        let row = format!("| {code} | {meaning} |\n");
        assert!(page.contains(&row), "{code}");
        assert!(help.contains(&format!("  {code}  {meaning}\n")), "{code}");
    }
}

#[test]
fn manual_has_every_text_of_every_command() {
    fn check(command: &clap::Command) {
        let has_text = command.get_after_help().or_else(|| command.get_after_long_help()).is_some();
        assert!(
            !has_text,
            "{}: its text belongs into src/commands/help/content.rs",
            command.get_name()
        );
        command.get_subcommands().for_each(check);
    }
    check(&Cli::command());
}
