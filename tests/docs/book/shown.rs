//! Each command on each page is run, and prints what the page shows. With
//! `SOTICKETS_REGENERATE=1` the pages are given what was printed.

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

/// What a page has typed, and where.
struct Typed {
    line: usize,
    step: Step,
    /// What it shows of a command, where it shows anything.
    shown: Option<String>,
}

/// The steps of `block`; none where it is run elsewhere.
fn steps(page: &Page, block: &Block) -> Vec<Typed> {
    match block.language.as_str() {
        "console" => console(block),
        "sh" if exceptions::run_elsewhere(page, block).is_none() => {
            let run = |line: &&str| exceptions::unrun(&page.path, line).is_none();
            let lines: Vec<&str> = block.text.lines().filter(run).collect();
            let is_command = |line: &&str| !line.is_empty() && !line.starts_with('#');
            let step = Step { command: lines.join("\n"), has_to_succeed: true };
            let typed = Typed { line: block.line, step, shown: None };
            if lines.iter().any(is_command) { vec![typed] } else { Vec::new() }
        }
        _ => Vec::new(),
    }
}

/// `$ ` begins a command, `> ` goes on with it, and everything else was printed.
fn console(block: &Block) -> Vec<Typed> {
    let mut steps: Vec<Typed> = Vec::new();
    for (line, text) in (block.line + 1..).zip(block.text.lines()) {
        if let Some(command) = text.strip_prefix("$ ") {
            let step = Step { command: command.to_owned(), has_to_succeed: false };
            steps.push(Typed { line, step, shown: Some(String::new()) });
            continue;
        }
        let last = steps.last_mut().expect("a console begins with a command");
        let shown = last.shown.get_or_insert_default();
        match text.strip_prefix('>') {
            Some(more) if shown.is_empty() => {
                last.step.command += "\n";
                last.step.command += more.strip_prefix(' ').unwrap_or(more);
            }
            _ => *shown += &format!("{text}\n"),
        }
    }
    steps
}

/// What is wrong with what came of a step, if anything.
fn fault(typed: &Typed, outcome: &Outcome) -> Option<String> {
    if outcome.code < 0 {
        return Some(format!("the shell went no further\n{}", outcome.printed));
    }
    let Some(shown) = &typed.shown else {
        let is_fine = outcome.code == 0;
        return (!is_fine).then(|| format!("exit code {}\n{}", outcome.code, outcome.printed));
    };
    // A line of `…` stands for any lines, `…` within one for any text.
    let line =
        |line: &str| if line == "…" { "...".to_owned() } else { line.replace('…', "[..]") };
    let shown: Vec<String> = shown.trim_end().lines().map(line).collect();
    let printed = outcome.printed.trim_end().to_owned().into_data();
    let compare = Assert::new().action(Action::Verify).normalize_paths(false);
    let difference = compare.try_eq(None, printed, shown.join("\n").into_data()).err();
    difference.map(|difference| difference.to_string())
}

/// `text` of the `block` with what was printed in place of what it shows.
fn anew(block: &Block, outcomes: &[(Typed, Option<Outcome>)]) -> String {
    let mut text = String::new();
    for (typed, outcome) in outcomes {
        let command = typed.step.command.replace('\n', "\n> ");
        let shown = typed.shown.clone().unwrap_or_default();
        // What a `…` stands for was somebody's choice, and is theirs to mend.
        let is_right = shown.contains('…')
            || outcome.as_ref().is_none_or(|outcome| fault(typed, outcome).is_none());
        let printed = outcome.as_ref().filter(|_| !is_right).map(|outcome| &outcome.printed);
        let printed = printed.unwrap_or(&shown).trim_end();
        writeln!(text, "$ {command}").expect("text");
        if !printed.is_empty() {
            writeln!(text, "{printed}").expect("text");
        }
    }
    if text.trim_end() == block.text { block.text.clone() } else { text.trim_end().to_owned() }
}

/// Runs the page; gives what is wrong, and how many commands were run.
fn run(page: &Page, demo: &Demo) -> (Vec<String>, usize) {
    let blocks: Vec<(&Block, Vec<Typed>)> =
        page.blocks.iter().map(|block| (block, steps(page, block))).collect();
    let all: Vec<Step> =
        blocks.iter().flat_map(|(_, steps)| steps).map(|typed| typed.step.clone()).collect();
    let set_up =
        SET_UP.iter().find(|(path, _)| *path == page.path).map_or("", |(_, script)| *script);
    let mut outcomes = session::run(set_up, &all, demo).into_iter();
    let (mut faults, mut commands, mut text) = (Vec::new(), 0, page.text.clone());
    for (block, steps) in blocks {
        let steps: Vec<(Typed, Option<Outcome>)> =
            steps.into_iter().map(|typed| (typed, outcomes.next().flatten())).collect();
        for (typed, outcome) in &steps {
            let Some(outcome) = outcome else { continue };
            commands += calls::of(&typed.step.command).len().max(1);
            faults.extend(fault(typed, outcome).map(|fault| {
                format!("{}, line {}: {}\n{fault}", page.path, typed.line, typed.step.command)
            }));
        }
        if block.language == "console" {
            text = text.replacen(&block.text, &anew(block, &steps), 1);
        }
    }
    if text != page.text && env::var_os("SOTICKETS_REGENERATE").is_some() {
        fs::write(generated::file(&page.path), text).expect("a page");
    }
    (faults, commands)
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "the pages show what Linux says of /dev/full")]
fn each_command_prints_what_its_page_shows() {
    if !programs::all_needed(&["bash", "grep", "sed", "xargs"]) {
        return;
    }
    let demo = Demo::start();
    let (mut faults, mut commands) = (Vec::new(), 0);
    for page in page::all() {
        let (found, run) = run(&page, &demo);
        println!("{}: {run} commands run, {} not", page.path, exceptions::lines(&page).len());
        faults.extend(found);
        commands += run;
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(commands >= 80, "{commands} commands in all: are the blocks found?");
}

#[test]
fn what_is_not_run_is_read_as_the_program_reads_it() {
    for page in page::all() {
        for line in exceptions::lines(&page) {
            for call in calls::of(&line) {
                assert_eq!(calls::fault(&call, false), None, "{}: {line}", page.path);
            }
        }
    }
}

#[test]
fn every_exception_is_needed() {
    let pages = page::all();
    for (path, begin, _) in exceptions::UNRUN {
        let page = pages.iter().find(|page| page.path == *path).expect(path);
        let stands = |block: &Block| block.text.lines().any(|line| line.starts_with(begin));
        let is_needed = page.blocks.iter().any(stands);
        assert!(is_needed, "{path} has no line that begins with '{begin}'");
    }
    for (path, language, _) in exceptions::ELSEWHERE {
        let page = pages.iter().find(|page| page.path == *path).expect(path);
        let is_needed = page.blocks.iter().any(|block| block.language == *language);
        assert!(is_needed, "{path} has no block in '{language}'");
    }
}

#[test]
fn no_block_is_in_a_language_that_nobody_looks_at() {
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
                    let elsewhere = exceptions::run_elsewhere(&page, block);
                    assert!(elsewhere.is_some(), "{place}: a block in '{}'", block.language);
                }
            }
        }
    }
}

/// A configuration that stands on a page is one that the program reads.
fn configuration(text: &str, place: &str) {
    let folder = support::configuration(text);
    let mut command = sotickets();
    command.args(["doctor", "--offline", "--no-auth"]).env("XDG_CONFIG_HOME", folder.path());
    let run = Run::of(&mut command);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{place}: {run}");
    assert!(run.stdout.contains(" of profile '"), "{place}: {run}");
}
