//! docs/reference.md: the whole command line on one page.

use std::fmt::Write as _;

use clap::{Arg, Command};
use sotickets::commands::help::section::{Example, Part, Section};
use sotickets::commands::help::{self, Detail, content};

const HEAD: &str = "\
# The command line

Every command with its options, variables, exit codes and files, as in `--help`, `sotickets help TOPIC` and the man
pages.
";

const FOOT: &str = "\
---

Generated from the program: `just regenerate` writes it and the man pages in `docs/man/`.
";

const EXIT_STATUS: &str = "Exit status";

/// The page.
pub fn page() -> String {
    let mut program = help::command(80, Detail::Summary);
    program.build();
    let mut text = String::from(HEAD);
    text.push('\n');
    contents(&program, &mut text);
    command(&program, "", &mut text);
    text.push('\n');
    text.push_str(FOOT);
    text
}

fn contents(command: &Command, text: &mut String) {
    let name = command.get_bin_name().unwrap_or("sotickets");
    let about = plain(command.get_about());
    writeln!(text, "- [`{name}`](#{}): {}", name.replace(' ', "-"), escaped(&about)).expect("text");
    super::visible(command).for_each(|sub| contents(sub, text));
}

fn command(command: &Command, path: &str, text: &mut String) {
    let name = command.get_bin_name().unwrap_or("sotickets");
    let about = plain(command.get_long_about().or_else(|| command.get_about()));
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    write!(text, "\n## `{name}`\n\n{}\n\n```text\n{usage}\n```\n", escaped(&about)).expect("text");
    let page = content::page(path);
    examples(&page.examples, text);
    let mut headings: Vec<Option<&str>> = Vec::new();
    for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
        if !headings.contains(&arg.get_help_heading()) {
            headings.push(arg.get_help_heading());
        }
    }
    for heading in headings {
        write!(text, "\n### {}\n\n", heading.unwrap_or("Arguments and options")).expect("text");
        let args = command.get_arguments().filter(|arg| !arg.is_hide_set());
        for arg in args.filter(|arg| arg.get_help_heading() == heading) {
            argument(arg, text);
        }
    }
    for part in &page.sections {
        if part.title == EXIT_STATUS && !path.is_empty() {
            exit_status(part, text);
        } else {
            section(part, text);
        }
    }
    for sub in super::visible(command) {
        let path = format!("{path} {}", sub.get_name());
        self::command(sub, path.trim_start(), text);
    }
}

fn examples(examples: &[Example], text: &mut String) {
    if examples.is_empty() {
        return;
    }
    text.push_str("\n```sh\n");
    for (index, Example { what, command }) in examples.iter().enumerate() {
        let gap = if index == 0 { "" } else { "\n" };
        write!(text, "{gap}# {what}\n{command}\n").expect("text");
    }
    text.push_str("```\n");
}

/// An item for an option or an argument: how it is written, then what it does.
fn argument(arg: &Arg, text: &mut String) {
    let values = arg.get_value_names().unwrap_or_default();
    let value = values.first().map_or_else(String::new, ToString::to_string);
    let takes_value = arg.get_num_args().is_some_and(|range| range.takes_values());
    let mut names: Vec<String> =
        arg.get_short().map(|short| format!("-{short}")).into_iter().collect();
    let aliases = arg.get_long_and_visible_aliases().unwrap_or_default();
    names.extend(aliases.iter().map(|long| format!("--{long}")));
    let written = match (names.is_empty(), takes_value) {
        (true, _) if arg.is_required_set() => format!("<{value}>"),
        (true, _) => format!("[{value}]"),
        (false, true) => format!("{} <{value}>", names.join(", ")),
        (false, false) => names.join(", "),
    };
    let help = plain(arg.get_long_help().or_else(|| arg.get_help()));
    let default = arg.get_default_values();
    let default = match default.first() {
        Some(value) if takes_value => format!(" [default: {}]", value.to_string_lossy()),
        _ => String::new(),
    };
    let mut paragraphs = help.split("\n\n");
    let first = paragraphs.next().unwrap_or_default();
    writeln!(text, "- `{written}`: {}{default}", escaped(first)).expect("text");
    for paragraph in paragraphs {
        writeln!(text, "\n  {}", escaped(paragraph)).expect("text");
    }
    let values = arg.get_possible_values();
    if takes_value {
        for value in values.iter().filter(|value| !value.is_hide_set()) {
            let help = plain(value.get_help());
            let colon = if help.is_empty() { "" } else { ": " };
            writeln!(text, "  - `{}`{colon}{}", value.get_name(), escaped(&help)).expect("text");
        }
    }
}

fn section(section: &Section, text: &mut String) {
    write!(text, "\n### {}\n", section.title).expect("text");
    for part in &section.parts {
        text.push('\n');
        match part {
            Part::Text(paragraph) => writeln!(text, "{}", escaped(paragraph)).expect("text"),
            Part::Terms(terms) => {
                for (term, meaning) in terms {
                    writeln!(text, "- `{term}`: {}", escaped(meaning)).expect("text");
                }
            }
        }
    }
}

/// The exit codes of one command. The section of the program explains all of them.
fn exit_status(section: &Section, text: &mut String) {
    write!(text, "\n### {EXIT_STATUS}\n").expect("text");
    for part in &section.parts {
        match part {
            Part::Text(paragraph) => write!(text, "\n{}\n", escaped(paragraph)).expect("text"),
            Part::Terms(terms) => {
                let codes: Vec<String> =
                    terms.iter().map(|(code, _)| format!("`{code}`")).collect();
                let (last, others) = codes.split_last().expect("exit codes");
                let codes = format!("{} or {last}", others.join(", "));
                write!(text, "\n{codes}, as [above](#exit-status).\n").expect("text");
            }
        }
    }
}

fn plain(text: Option<&clap::builder::StyledStr>) -> String {
    text.map(ToString::to_string).unwrap_or_default()
}

/// Escapes the characters of `text` that Markdown gives a meaning to, outside of code.
fn escaped(text: &str) -> String {
    let mut is_code = false;
    let mut escaped = String::new();
    for c in text.chars() {
        is_code ^= c == '`';
        if !is_code && ['*', '<', '\\', '|'].contains(&c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
