//! The man pages, by clap_mangen and from the sections of `sotickets::commands::help`.

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, italic, roman};
use sotickets::commands::help::section::{Example, Part, Section};
use sotickets::commands::help::{self, Detail, content};

/// A page: the name of its file, and its text.
pub struct Page {
    pub name: String,
    pub text: String,
}

/// The pages of the program and of every command, dated by `date` of their file.
pub fn pages(date: &dyn Fn(&str) -> String) -> Vec<Page> {
    let mut program = help::command(80, Detail::Summary);
    program.build();
    let mut pages = Vec::new();
    collect(&program, "", date, &mut pages);
    pages
}

fn collect(command: &Command, path: &str, date: &dyn Fn(&str) -> String, pages: &mut Vec<Page>) {
    pages.push(page(command, path, date));
    for sub in super::visible(command) {
        let path = format!("{path} {}", sub.get_name());
        collect(sub, path.trim_start(), date, pages);
    }
}

fn page(command: &Command, path: &str, date: &dyn Fn(&str) -> String) -> Page {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").to_owned();
    // clap_mangen would leave the text of arguments that `-h` hides empty.
    let command = command.clone().mut_args(|arg| {
        let arg = arg.hide_short_help(false);
        // It would also put ids after the options of their heading.
        if arg.is_positional() { arg.help_heading(None::<&'static str>) } else { arg }
    });
    let man = Man::new(command.clone().override_usage(usage));
    let name = man.get_filename();
    let man = man
        .title(name.trim_end_matches(".1").to_uppercase())
        .date(date(&name))
        .source(concat!("sotickets ", env!("CARGO_PKG_VERSION")))
        .manual("sotickets manual");
    let mut text = Vec::new();
    let out = &mut text;
    man.render_title(out).expect("a page");
    man.render_name_section(out).expect("a page");
    man.render_synopsis_section(out).expect("a page");
    man.render_description_section(out).expect("a page");
    if command.has_subcommands() {
        man.render_subcommands_section(out).expect("a page");
    }
    let own = content::page(path);
    let mut roff = Roff::new();
    add_examples(&mut roff, &own.examples);
    roff.to_writer(out).expect("a page");
    man.render_options_section(out).expect("a page");
    let mut roff = Roff::new();
    for section in &own.sections {
        add(&mut roff, section);
    }
    add_related(&mut roff, &command, path);
    roff.to_writer(out).expect("a page");
    let mut text = String::from_utf8(text).expect("text");
    for heading in command.get_arguments().filter_map(clap::Arg::get_help_heading) {
        let quoted = if heading.contains(' ') { "\"" } else { "" };
        let upper = heading.to_uppercase();
        let (section, part) = (".SH", ".SS");
        text = text.replace(
            &format!("{section} {quoted}{upper}{quoted}\n"),
            &format!("{part} {quoted}{heading}{quoted}\n"),
        );
    }
    Page { name, text: tidy(&text) }
}

fn add(roff: &mut Roff, section: &Section) {
    roff.control("SH", [section.title.to_uppercase().as_str()]);
    for (index, part) in section.parts.iter().enumerate() {
        match part {
            Part::Text(text) => {
                if index > 0 {
                    roff.control("PP", []);
                }
                roff.text([roman(*text)]);
            }
            Part::Terms(terms) => {
                for (term, meaning) in terms {
                    roff.control("TP", []);
                    roff.text([bold(term)]);
                    roff.text([roman(meaning)]);
                }
            }
        }
    }
}

fn add_examples(roff: &mut Roff, examples: &[Example]) {
    roff.control("SH", ["EXAMPLES"]);
    for (index, Example { what, command }) in examples.iter().enumerate() {
        if index > 0 {
            roff.control("PP", []);
        }
        roff.text([roman(format!("{what}:"))]);
        roff.control("PP", []);
        roff.control("RS", ["4"]);
        roff.control("nf", []);
        roff.text([roman(*command)]);
        roff.control("fi", []);
        roff.control("RE", []);
    }
}

/// Adds the related pages: those of its commands, or the one above.
fn add_related(roff: &mut Roff, command: &Command, path: &str) {
    let own = if path.is_empty() { "sotickets".into() } else { format!("sotickets {path}") };
    let own = own.replace(' ', "-");
    let below = super::visible(command).map(|sub| format!("{own}-{}", sub.get_name()));
    let above = own.rsplit_once('-').map(|(above, _)| above.to_owned());
    let related: Vec<String> = above.into_iter().chain(below).collect();
    roff.control("SH", ["SEE ALSO"]);
    for (index, name) in related.iter().enumerate() {
        let comma = if index + 1 < related.len() { "," } else { "" };
        roff.text([italic(name), roman(format!("(1){comma}"))]);
    }
}

/// Returns the page without the parts that its checkers warn about: empty lines and breaks around
/// the paragraphs of an option, long lines, and a preamble for each section; with code between
/// grave accents in bold.
fn tidy(page: &str) -> String {
    const PREAMBLE: [&str; 2] = [r".ie \n(.g .ds Aq \(aq", r".el .ds Aq '"];
    let mut tidy: Vec<String> = PREAMBLE.map(str::to_owned).into();
    let (mut is_tag, mut is_filled, mut space) = (false, true, false);
    for line in page.lines().filter(|line| !PREAMBLE.contains(line)) {
        if ["", ".br", ".sp"].contains(&line) {
            space = true;
            continue;
        }
        let begins_paragraph = [".TP", ".PP", ".IP", ".SH", ".SS", ".RE"].iter();
        if space && !begins_paragraph.clone().any(|request| line.starts_with(request)) {
            tidy.push(".sp".to_owned());
        }
        space = false;
        match line {
            ".nf" => is_filled = false,
            ".fi" => is_filled = true,
            _ => {}
        }
        if line.starts_with('.') || is_tag || !is_filled {
            tidy.push(bold_code(line));
        } else {
            tidy.extend(short_lines(&bold_code(line)));
        }
        is_tag = line == ".TP";
        if line.starts_with(".TH") {
            // Names and paths must not be hyphenated or stretched.
            tidy.extend([".nh", ".ad l"].map(str::to_owned));
        }
    }
    tidy.join("\n") + "\n"
}

fn bold_code(line: &str) -> String {
    let mut is_code = false;
    let parts = line.split('`').map(|part| {
        let text = if is_code { format!(r"\fB{part}\fR") } else { part.to_owned() };
        is_code = !is_code;
        text
    });
    parts.collect()
}

/// Returns `text` as lines of up to 80 bytes. A line that begins with a dot is no request.
fn short_lines(text: &str) -> Vec<String> {
    // A character beyond ASCII counts as the escape that it becomes.
    let length =
        |text: &str| -> usize { text.chars().map(|c| if c.is_ascii() { 1 } else { 8 }).sum() };
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if length(line) + 1 + length(word) <= 80 => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) if word.starts_with(['.', '\'']) => lines.push(format!(r"\&{word}")),
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
