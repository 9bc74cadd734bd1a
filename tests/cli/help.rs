//! Help: complete, and fitted to the width of the terminal.

use clap::CommandFactory as _;
use sotickets::cli::Cli;
use sotickets::commands::help::content;
use sotickets::commands::help::section::Part;
use sotickets::error::Kind;
use sotickets::platform::Platform;

use crate::support::wine::sample_under_wine;
use crate::support::{Run, paths, sotickets};

#[test]
fn every_command_has_examples_that_are_understood() {
    let examples = [Platform::Linux, Platform::Windows].into_iter().flat_map(|platform| {
        let commands = paths().into_iter();
        let commands = commands.map(move |path| (content::page_on(&path, platform).examples, path));
        let topics = content::topics_on(platform).into_iter();
        commands.chain(topics.map(|topic| (topic.page.examples, topic.name.to_owned())))
    });
    for (examples, path) in examples {
        assert!(!examples.is_empty(), "{path}");
        for example in examples {
            let words = shlex::split(example.command).expect(example.command);
            let is_part_of_shell = |word: &String| word.starts_with(['|', '>']);
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
    let flags = ["-h", "--help"].iter();
    let commands = flags.flat_map(|flag| paths().into_iter().map(move |p| format!("{p} {flag}")));
    let topics = content::topics().into_iter().map(|topic| format!("help {}", topic.name));
    for arguments in sample_under_wine(commands.chain(topics)) {
        for columns in [40, 80] {
            let mut command = sotickets();
            command.args(arguments.split_whitespace()).env("COLUMNS", columns.to_string());
            let run = Run::of(&mut command);
            assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{arguments}");
            for line in run.stdout.lines() {
                // A word that is longer than its column, such as a list of fields, stays whole.
                let is_word = line.trim_start().split(' ').count() == 1;
                assert!(
                    is_word || unicode_width::UnicodeWidthStr::width(line) <= columns,
                    "{arguments} at {columns} columns: {line}"
                );
                assert_eq!(line, line.trim_end(), "{arguments}");
            }
        }
    }
}

/// Returns the help for `arguments` at 80 columns.
fn help(arguments: &[&str]) -> String {
    let run = Run::of(sotickets().args(arguments).env("COLUMNS", "80"));
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{arguments:?}");
    run.stdout
}

#[test]
fn help_has_usage_then_examples_then_options() {
    for arguments in [&["--help"][..], &["get", "-h"], &["get", "--help"]] {
        let help = help(arguments);
        let positions = ["Usage:", "Examples:", "Tickets:", "  -h, --help", "More:"]
            .map(|text| help.find(text).unwrap_or_else(|| panic!("{text}: {help}")));
        assert!(positions.is_sorted(), "{help}");
    }
    let help = help(&["get", "-h"]);
    assert!(help.find("[ID]... ") < help.find("      --ids-file"), "{help}");
}

#[test]
fn help_fits_its_lines() {
    assert_eq!(help(&["-h"]), help(&["--help"]));
    for (arguments, limit) in [
        (&["--help"][..], 40),
        (&["get", "-h"], 60),
        (&["doctor", "-h"], 60),
        (&["auth", "login", "-h"], 60),
        (&["get", "--help"], 260),
        (&["doctor", "--help"], 180),
    ] {
        let help = help(arguments);
        let lines = help.lines().count();
        assert!(lines <= limit, "{arguments:?} has {lines} lines:\n{help}");
    }
}

#[test]
fn help_pipes_the_manual_page_into_its_reader() {
    let reader = match Platform::CURRENT {
        Platform::Linux => " | man -l -",
        Platform::Apple => " | mandoc -a",
        Platform::Windows => "",
    };
    for path in [&["get"][..], &["auth", "login"]] {
        let help = help(&[path, &["--help"]].concat());
        let command = format!("  sotickets man {}{reader}  ", path.join(" "));
        assert!(help.contains(&command), "{help}");
    }
}

#[test]
fn help_of_the_program_names_every_command_and_topic() {
    let help = help(&["--help"]);
    let names = paths().into_iter().filter(|path| !path.is_empty() && !path.contains(' '));
    let topics = content::topics().into_iter().map(|topic| topic.name.to_owned());
    for name in names.chain(topics) {
        assert!(help.lines().any(|line| line.starts_with(&format!("  {name} "))), "{name}");
    }
}

#[test]
fn summary_shows_what_is_important() {
    let (summary, full) = (help(&["get", "-h"]), help(&["get", "--help"]));
    for option in ["--bom", "--guard-formulas", "--config", "--cacert", "--timeout"] {
        assert!(summary.contains(option), "{option}");
    }
    for arg in Cli::command().find_subcommand("get").expect("get").get_arguments() {
        let Some(long) = arg.get_long() else { continue };
        assert!(full.contains(&format!("--{long}")), "{long}");
        let is_shown = summary
            .lines()
            .any(|line| line.split_whitespace().take(2).any(|word| word == format!("--{long}")));
        assert_eq!(is_shown, !arg.is_hide_short_help_set(), "{long}");
    }
}

#[test]
fn full_help_explains_the_values_of_options() {
    for (command, line) in [
        (&["get"][..], "- record: A block per ticket"),
        (&["completions"], "- zsh: _sotickets, in"),
        (&["auth", "login"], "- file: A file "),
    ] {
        let full = help(&[command, &["--help"]].concat());
        assert!(full.contains(line), "{full}");
    }
}

#[test]
fn help_explains_commands_and_topics() {
    for path in sample_under_wine(paths()) {
        let words: Vec<&str> = path.split_whitespace().collect();
        let explained = help(&[&["help"], &words[..]].concat());
        assert_eq!(explained, help(&[&words[..], &["--help"]].concat()), "{path}");
    }
    assert_eq!(help(&["auth", "help", "login"]), help(&["auth", "login", "--help"]));
    for topic in content::topics() {
        let text = help(&["help", topic.name]);
        assert!(text.starts_with(topic.about), "{text}");
        for section in topic.page.sections {
            assert!(text.contains(&format!("\n{}:\n", section.title)), "{text}");
        }
    }
}

#[test]
fn unknown_topic_is_named_with_the_nearest_and_all_topics() {
    let run = Run::of(sotickets().args(["help", "enviroment"]));
    insta::assert_snapshot!(run.to_string(), @"
    --- stderr
    error: there is no command or topic 'enviroment'
    hint: did you mean environment?
    hint: topics are environment, exit-codes, files, formats and secrets; `sotickets --help` lists the commands
    --- exit code 2
    ");
    let run = Run::of(sotickets().args(["help", "auth", "logn"]));
    assert!(run.stderr.contains("did you mean auth login?"), "{run}");
}

#[test]
fn version_is_a_command_as_well() {
    assert_eq!(help(&["version"]), help(&["--version"]));
    assert!(!help(&["--help"]).contains("  version"));
}

#[test]
fn help_and_page_explain_exit_codes_in_the_same_words() {
    let page = include_str!("../../docs/exit-codes.md");
    let help = help(&["help", "exit-codes"]);
    for kind in Kind::ALL {
        let (code, meaning) = (kind.exit_code(), kind.meaning());
        let row = format!("| {code} | {meaning} |\n");
        assert!(page.contains(&row), "{code}");
        assert!(help.contains(&format!("  {code}  {meaning}\n")), "{code}");
    }
}

#[test]
fn page_about_windows_has_the_folders_of_help() {
    let page = include_str!("../../docs/windows.md");
    let files = content::topics_on(Platform::Windows).into_iter();
    let files = files.filter(|topic| topic.name == "files").flat_map(|topic| topic.page.sections);
    let terms = files.flat_map(|section| section.parts).filter_map(|part| match part {
        Part::Terms(terms) => Some(terms),
        Part::Text(_) => None,
    });
    let terms: Vec<String> = terms.flatten().map(|(file, _)| file).collect();
    assert_eq!(terms.len(), 5, "{terms:?}");
    for file in terms {
        let (folder, _) = file.rsplit_once('\\').expect(&file);
        assert!(page.contains(&format!("| `{folder}` |")), "{file}");
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
