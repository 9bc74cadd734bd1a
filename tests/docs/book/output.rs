//! Runs each command on each page and compares its output with the page. With
//! `SOTICKETS_REGENERATE=1` it writes the output into the pages.

use std::fmt::Write as _;
use std::{env, fs};

use snapbox::IntoData as _;
use snapbox::assert::{Action, Assert};

use super::calls;
use super::exceptions::{self, SET_UP};
use super::page::{self, Block, Page};
use super::session::{self, Outcome, Step};
use crate::support::demo::Demo;
use crate::support::{self, Run, generated, programs, sotickets};

/// A command on a page.
struct Example {
    line: usize,
    step: Step,
    /// The output on the page; `None` in a block without outputs.
    expected: Option<String>,
}

/// Returns the steps of `block`; none if another test checks it.
fn steps(page: &Page, block: &Block) -> Vec<Example> {
    match block.language.as_str() {
        "console" => console(block),
        "sh" if exceptions::checked_elsewhere(page, block).is_none() => {
            let run = |line: &&str| exceptions::reason_not_run(&page.path, line).is_none();
            let lines: Vec<&str> = block.text.lines().filter(run).collect();
            let is_command = |line: &&str| !line.is_empty() && !line.starts_with('#');
            let step = Step { command: lines.join("\n"), must_succeed: true };
            let example = Example { line: block.line, step, expected: None };
            if lines.iter().any(is_command) { vec![example] } else { Vec::new() }
        }
        _ => Vec::new(),
    }
}

/// Parses a console: `$ ` begins a command, `> ` continues it, other lines are output.
fn console(block: &Block) -> Vec<Example> {
    let mut steps: Vec<Example> = Vec::new();
    for (line, text) in (block.line + 1..).zip(block.text.lines()) {
        if let Some(command) = text.strip_prefix("$ ") {
            let step = Step { command: command.to_owned(), must_succeed: false };
            steps.push(Example { line, step, expected: Some(String::new()) });
            continue;
        }
        let last = steps.last_mut().expect("a console begins with a command");
        let expected = last.expected.get_or_insert_default();
        match text.strip_prefix('>') {
            Some(more) if expected.is_empty() => {
                last.step.command += "\n";
                last.step.command += more.strip_prefix(' ').unwrap_or(more);
            }
            _ => *expected += &format!("{text}\n"),
        }
    }
    steps
}

/// Returns how the outcome of a step differs from the page.
fn difference(example: &Example, outcome: &Outcome) -> Option<String> {
    if outcome.code < 0 {
        return Some(format!("the shell ended early\n{}", outcome.printed));
    }
    let Some(expected) = &example.expected else {
        let is_fine = outcome.code == 0;
        return (!is_fine).then(|| format!("exit code {}\n{}", outcome.code, outcome.printed));
    };
    // A line of `…` matches any lines, `…` within a line any text.
    let line =
        |line: &str| if line == "…" { "...".to_owned() } else { line.replace('…', "[..]") };
    let expected: Vec<String> = expected.trim_end().lines().map(line).collect();
    let printed = outcome.printed.trim_end().to_owned().into_data();
    let compare = Assert::new().action(Action::Verify).normalize_paths(false);
    let error = compare.try_eq(None, printed, expected.join("\n").into_data()).err();
    error.map(|error| error.to_string())
}

/// Returns the text of the `block` with current outputs.
fn with_current_outputs(block: &Block, outcomes: &[(Example, Option<Outcome>)]) -> String {
    let mut text = String::new();
    for (example, outcome) in outcomes {
        let command = example.step.command.replace('\n', "\n> ");
        let expected = example.expected.clone().unwrap_or_default();
        // Only a person can decide what a `…` leaves out.
        let is_right = expected.contains('…')
            || outcome.as_ref().is_none_or(|outcome| difference(example, outcome).is_none());
        let printed = outcome.as_ref().filter(|_| !is_right).map(|outcome| &outcome.printed);
        let printed = printed.unwrap_or(&expected).trim_end();
        writeln!(text, "$ {command}").expect("text");
        if !printed.is_empty() {
            writeln!(text, "{printed}").expect("text");
        }
    }
    if text.trim_end() == block.text { block.text.clone() } else { text.trim_end().to_owned() }
}

/// Runs the page; returns the differences, and how many commands were run.
fn run(page: &Page, demo: &Demo) -> (Vec<String>, usize) {
    let blocks: Vec<(&Block, Vec<Example>)> =
        page.blocks.iter().map(|block| (block, steps(page, block))).collect();
    let all: Vec<Step> =
        blocks.iter().flat_map(|(_, steps)| steps).map(|example| example.step.clone()).collect();
    let set_up =
        SET_UP.iter().find(|(path, _)| *path == page.path).map_or("", |(_, script)| *script);
    let mut outcomes = session::run(set_up, &all, demo).into_iter();
    let (mut errors, mut commands, mut text) = (Vec::new(), 0, page.text.clone());
    for (block, steps) in blocks {
        let steps: Vec<(Example, Option<Outcome>)> =
            steps.into_iter().map(|example| (example, outcomes.next().flatten())).collect();
        for (example, outcome) in &steps {
            let Some(outcome) = outcome else { continue };
            commands += calls::find(&example.step.command).len().max(1);
            errors.extend(difference(example, outcome).map(|difference| {
                format!(
                    "{}, line {}: {}\n{difference}",
                    page.path, example.line, example.step.command
                )
            }));
        }
        if block.language == "console" {
            text = text.replacen(&block.text, &with_current_outputs(block, &steps), 1);
        }
    }
    if text != page.text && env::var_os("SOTICKETS_REGENERATE").is_some() {
        fs::write(generated::file(&page.path), text).expect("a page");
    }
    (errors, commands)
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "the pages show Linux's message for /dev/full")]
fn commands_print_what_pages_show() {
    if !programs::all_needed(&["bash", "grep", "sed", "xargs"]) {
        return;
    }
    let demo = Demo::start();
    let (mut errors, mut commands) = (Vec::new(), 0);
    for page in page::all() {
        let (found, run) = run(&page, &demo);
        println!(
            "{}: {run} commands run, {} not",
            page.path,
            exceptions::unexecuted_lines(&page).len()
        );
        errors.extend(found);
        commands += run;
    }
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    assert!(commands >= 80, "{commands} commands in all: are the blocks found?");
}

#[test]
fn commands_that_are_not_run_are_valid() {
    for page in page::all() {
        for line in exceptions::unexecuted_lines(&page) {
            for call in calls::find(&line) {
                assert_eq!(calls::parse_error(&call, false), None, "{}: {line}", page.path);
            }
        }
    }
}

#[test]
fn exceptions_are_needed() {
    let pages = page::all();
    for (path, begin, _) in exceptions::NOT_RUN {
        let page = pages.iter().find(|page| page.path == *path).expect(path);
        let has_line = |block: &Block| block.text.lines().any(|line| line.starts_with(begin));
        let is_needed = page.blocks.iter().any(has_line);
        assert!(is_needed, "{path} has no line that begins with '{begin}'");
    }
    for (path, language, _) in exceptions::CHECKED_ELSEWHERE {
        let page = pages.iter().find(|page| page.path == *path).expect(path);
        let is_needed = page.blocks.iter().any(|block| block.language == *language);
        assert!(is_needed, "{path} has no block in '{language}'");
    }
}

#[test]
fn every_block_is_checked() {
    for page in page::all() {
        for block in &page.blocks {
            let place = format!("{}, line {}", page.path, block.line);
            match block.language.as_str() {
                "sh" | "console" | "crontab" => {}
                "json" => {
                    let read: Result<serde_json::Value, _> = serde_json::from_str(&block.text);
                    read.expect(&place);
                }
                "toml" => configuration(&block.text, &place),
                _ => {
                    let elsewhere = exceptions::checked_elsewhere(&page, block);
                    assert!(elsewhere.is_some(), "{place}: a block in '{}'", block.language);
                }
            }
        }
    }
}

/// Checks that the program accepts a configuration of a page.
fn configuration(text: &str, place: &str) {
    let folder = support::configuration(text);
    let mut command = sotickets();
    command.args(["doctor", "--offline", "--no-auth"]).env("XDG_CONFIG_HOME", folder.path());
    let run = Run::of(&mut command);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{place}: {run}");
    assert!(run.stdout.contains(", from profile '"), "{place}: {run}");
}
