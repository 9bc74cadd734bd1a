//! Help: the layout of clap's help, with examples, groups of commands and pointers to more.
//!
//! The man pages and `docs/reference.md` are made from the same command.

use std::ffi::OsString;

use clap::builder::Styles;
use clap::{Arg, ArgAction, Command, CommandFactory as _};

use crate::cli::Cli;
use crate::cli::heading::OTHER;
use crate::context::Context;
use crate::output::text::style;
use crate::platform::Platform;

pub mod content;
pub(crate) mod print;
pub mod section;
pub(crate) mod usage_tips;
mod windows;

use section::{Example, Page, Part, Section, Topic};

/// The width if neither the terminal nor `COLUMNS` has one.
const DEFAULT_WIDTH: usize = 80;
/// Longer lines are hard to read.
const MAX_WIDTH: usize = 100;
/// The number of examples with `-h`.
const SHORT_EXAMPLES: usize = 3;
/// The narrowest column for the purposes of examples.
const MIN_PURPOSE: usize = 30;

/// Examples come early: they answer most questions.
const TEMPLATE: &str =
    "{about-with-newline}\n{usage-heading} {usage}\n\n{before-help}{all-args}{after-help}";

/// Returns whether `arguments` may ask for help. Only then does the command line get its help
/// texts, because they take as long as a small call.
pub(crate) fn is_requested(arguments: &[OsString]) -> bool {
    let may_ask = |argument: &OsString| match argument.to_str().unwrap_or_default() {
        // `auth` alone prints its help.
        "--help" | "auth" => true,
        text => text.starts_with('-') && !text.starts_with("--") && text.contains('h'),
    };
    arguments.len() < 2 || arguments.iter().skip(1).any(may_ask)
}

/// Returns the width of help, for text that is not yet in the charset of the output.
pub(crate) fn width(context: &Context<'_>) -> usize {
    let variable = || context.variables.get("COLUMNS")?.parse().ok().filter(|columns| *columns > 0);
    let width = context.terminal.width.or_else(variable);
    let width = width.map_or(DEFAULT_WIDTH, |columns: usize| columns.min(MAX_WIDTH));
    width.saturating_sub(style::excess_width(context.variables.charset()))
}

/// The extent of a command's help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The options of every day, each in a line or two, as for `-h`.
    Summary,
    /// Every option with all of its text, as for `--help`.
    Full,
}

impl Detail {
    /// Returns the extent that `arguments` ask for.
    pub(crate) fn requested(arguments: &[OsString]) -> Self {
        if arguments.iter().any(|argument| argument == "--help") {
            Self::Full
        } else {
            Self::Summary
        }
    }
}

/// Returns the whole command line with its help, for lines of `width`.
#[must_use]
pub fn command(width: usize, detail: Detail) -> Command {
    let root = Cli::command().term_width(width);
    let root = root.mut_subcommands(|sub| {
        let path = sub.get_name().to_owned();
        with_help(sub, &path, width, detail)
    });
    let options = "{options}{after-help}";
    let template = TEMPLATE.replace("{all-args}{after-help}", &(heading("Options") + options));
    let mut before = vec![short_examples(&content::page("").examples, width)];
    before.extend(overview(&root).iter().map(|section| section.render(width)));
    let more = Part::terms(&[
        ("sotickets get -h", "The options of every day"),
        ("sotickets help COMMAND", "Every option of a command"),
        ("sotickets help TOPIC", "One of the topics above"),
    ]);
    root.disable_help_flag(true)
        .arg(help_argument().help("Print help"))
        .help_template(template)
        .before_help(before.join("\n").trim_end().to_owned())
        .after_help(Section::new("More", vec![more]).render(width))
}

/// Adds the page of [`content`] to `command`, whose name is `path`, and to its subcommands.
fn with_help(command: Command, path: &str, width: usize, detail: Detail) -> Command {
    let command = command.mut_subcommands(|sub| {
        let path = format!("{path} {}", sub.get_name());
        with_help(sub, &path, width, detail)
    });
    let page = content::page(path);
    let has_heading = command.get_arguments().any(|arg| arg.get_help_heading() == Some(OTHER));
    let help = help_argument().help("Print a summary (-h) or everything (--help)");
    let mut order = 0;
    let command = command
        .disable_help_flag(true)
        .arg(help.help_heading(has_heading.then_some(OTHER)))
        .help_template(TEMPLATE)
        // clap would put ids after the options of their heading.
        .mut_args(|arg| {
            order += 1;
            arg.display_order(order)
        });
    let more = pointers(&command, path, &page, detail).map(|section| section.render(width));
    match detail {
        Detail::Summary => command
            .before_help(short_examples(&page.examples, width).trim_end().to_owned())
            .after_help(more.unwrap_or_default()),
        Detail::Full => {
            let own = page.sections.iter().filter(|section| section.topic.is_none());
            let after: Vec<String> = own.map(|section| section.render(width)).chain(more).collect();
            let text = command.get_long_about().map(ToString::to_string).unwrap_or_default();
            // The first paragraph is printed before the usage.
            let description = text.split_once("\n\n").map_or("", |(_, text)| text);
            let before = format!("{description}\n\n{}", long_examples(&page.examples));
            command
                .before_help(before.trim_start().to_owned())
                .after_help(after.join("\n"))
                .next_line_help(has_heading)
                .mut_args(with_full_text)
        }
    }
}

/// Returns the argument with all of its text, which `-h` shortens, and the meanings of its values.
fn with_full_text(arg: Arg) -> Arg {
    let text = arg.get_long_help().or_else(|| arg.get_help()).map(ToString::to_string);
    let text = text.unwrap_or_default();
    let arg = arg.hide_short_help(false);
    if !arg.get_action().takes_values() || arg.get_possible_values().is_empty() {
        return arg.help(text.replace("\n\n", "\n"));
    }
    let (summary, details) = text.split_once("\n\n").unwrap_or((&text, ""));
    let mut lines = vec![summary.to_owned()];
    if let Some(default) = arg.get_default_values().first() {
        lines[0] += &format!(" [default: {}]", default.to_string_lossy());
    }
    for value in arg.get_possible_values() {
        let meaning = value.get_help().map(ToString::to_string).unwrap_or_default();
        lines.push(format!("- {}: {meaning}", value.get_name()));
    }
    if !details.is_empty() {
        lines.push(details.replace("\n\n", "\n"));
    }
    arg.hide_default_value(true).hide_possible_values(true).help(lines.join("\n"))
}

/// Returns `-h, --help` as the last argument. That of clap would be before all headings.
fn help_argument() -> Arg {
    Arg::new("help").short('h').long("help").action(ArgAction::HelpShort)
}

/// Returns the groups of commands, and the topics.
fn overview(root: &Command) -> Vec<Section> {
    let about = |name: &str| {
        let command = root.find_subcommand(name).expect("the groups name commands");
        (name.to_owned(), command.get_about().map(ToString::to_string).unwrap_or_default())
    };
    let groups = content::groups();
    // All meanings begin at the same column.
    let width = groups.iter().flat_map(|(_, names)| names).map(|name| name.len()).max();
    let width = width.unwrap_or_default();
    let pad = |(name, meaning): (String, String)| (format!("{name:width$}"), meaning);
    let groups = groups.into_iter().map(|(title, names)| {
        let terms = names.into_iter().map(about).map(pad);
        Section::new(title, vec![Part::Terms(terms.collect())])
    });
    let topics = content::topics().into_iter();
    let topics = topics.map(|Topic { name, about, .. }| pad((name.to_owned(), about.to_owned())));
    groups.chain([Section::new("Topics", vec![Part::Terms(topics.collect())])]).collect()
}

/// Returns the section that names the places with more than this help of `command`, at `path`.
fn pointers(command: &Command, path: &str, page: &Page, detail: Detail) -> Option<Section> {
    let mut topics: Vec<&str> = page.sections.iter().filter_map(|section| section.topic).collect();
    topics.sort_unstable();
    topics.dedup();
    let mut terms = Vec::new();
    if detail == Detail::Full {
        let reader = match Platform::CURRENT {
            Platform::Linux => " | man -l -",
            // Its `man` reads no standard input.
            Platform::Apple => " | mandoc -a",
            // It has none.
            Platform::Windows => "",
        };
        let command = format!("sotickets man {path}{reader}");
        terms.push((command, "All of this as a manual page".to_owned()));
    } else if !command.has_subcommands() {
        terms.push((format!("sotickets {path} --help"), "Every option and example".to_owned()));
    }
    if detail == Detail::Summary && topics.contains(&"secrets") {
        let meaning = "Where SRC takes a secret from: prompt, env:NAME, …".to_owned();
        terms.push(("sotickets help secrets".to_owned(), meaning));
        topics.retain(|topic| *topic != "secrets");
    }
    match topics[..] {
        [] => {}
        [name] => {
            let topics = content::topics().into_iter();
            let about = topics.filter(|topic| topic.name == name).map(|topic| topic.about);
            terms.push((format!("sotickets help {name}"), about.collect()));
        }
        _ => terms.push(("sotickets help TOPIC".to_owned(), topics.join(", "))),
    }
    (!terms.is_empty()).then(|| Section::new("More", vec![Part::Terms(terms)]))
}

/// Returns the text of a topic, as lines for [`Command::before_help`].
fn topic_text(topic: &Topic, width: usize) -> String {
    let sections = topic.page.sections.iter().map(|section| section.render(width));
    let sections: Vec<String> = sections.collect();
    format!("{}\n\n{}\n\n{}", topic.about, long_examples(&topic.page.examples), sections.join("\n"))
}

fn heading(title: &str) -> String {
    let styles = Styles::default();
    let header = styles.get_header();
    format!("{header}{title}:{header:#}\n")
}

/// Returns the first examples, with their purposes if there is room.
fn short_examples(examples: &[Example], width: usize) -> String {
    let examples = &examples[..examples.len().min(SHORT_EXAMPLES)];
    let longest = examples.iter().map(|example| example.command.len()).max().unwrap_or_default();
    if longest + MIN_PURPOSE <= width {
        let terms: Vec<_> =
            examples.iter().map(|example| (example.command, example.what)).collect();
        return Section::new("Examples", vec![Part::terms(&terms)]).render(width);
    }
    let lines = examples.iter().map(|example| format!("  {}\n", example.command));
    heading("Examples") + &lines.collect::<String>()
}

fn long_examples(examples: &[Example]) -> String {
    let blocks = examples.iter();
    let blocks: Vec<String> =
        blocks.map(|example| format!("  {}:\n    {}", example.what, example.command)).collect();
    heading("Examples") + &blocks.join("\n\n")
}

impl Section {
    /// Returns the section as lines for a terminal of this `width`.
    fn render(&self, width: usize) -> String {
        let parts: Vec<String> = self.parts.iter().map(|part| part.render(width)).collect();
        heading(self.title) + &parts.join("\n")
    }
}
