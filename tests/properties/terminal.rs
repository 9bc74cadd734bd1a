//! Hostile text in tickets: no byte of it drives a terminal, forges a row or moves a column.

use proptest::prelude::*;
use sotickets::output::OutputFormat;
use unicode_width::UnicodeWidthStr as _;

use crate::support::wine::proptest_config;
use crate::support::{Run, Server, formats, hostile_text, render};

/// The sequences that switch colors and bold on and off, in tables and in records.
const STYLES: [&str; 6] = ["\x1b[1m", "\x1b[2m", "\x1b[0m", "\x1b[31m", "\x1b[32m", "\x1b[33m"];

/// The last column ends each line at the same place: a number, of which the heading
/// is the widest.
const COLUMNS: &str = "Title,BaseStatus,Custom,TicketId";

fn tickets() -> impl Strategy<Value = Vec<[String; 3]>> {
    let status = prop_oneof![Just("Active".to_owned()), hostile_text::text()];
    let ticket = (hostile_text::text(), status, hostile_text::text());
    proptest::collection::vec(ticket.prop_map(|(a, b, c)| [a, b, c]), 1..6)
}

fn answer(tickets: &[[String; 3]]) -> String {
    let text = |text: &String| serde_json::to_string(text).expect("a text");
    let ticket = |(index, [title, status, custom]): (usize, &[String; 3])| {
        format!(
            r#"{{"TicketId":{},"Title":{},"BaseStatus":{},"Custom":{}}}"#,
            index + 1,
            text(title),
            text(status),
            text(custom)
        )
    };
    format!("[{}]", tickets.iter().enumerate().map(ticket).collect::<Vec<_>>().join(","))
}

/// Returns the lines of `shown` without styles, after a check that nothing else in it drives a
/// terminal.
fn harmless_lines(shown: &str, is_colored: bool) -> Result<Vec<String>, TestCaseError> {
    prop_assert!(shown.ends_with('\n'));
    let mut text = shown.to_owned();
    if is_colored {
        for style in STYLES {
            text = text.replace(style, "");
        }
    }
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for line in &lines {
        prop_assert!(!line.contains(hostile_text::drives_a_terminal), "{line:?}");
    }
    Ok(lines)
}

proptest! {
    #![proptest_config(proptest_config(2000))]

    #[test]
    fn table_has_no_control_characters_and_aligned_rows(
        tickets in tickets(),
        width in proptest::option::of(30usize..150),
        is_colored: bool,
    ) {
        let columns = render::columns(COLUMNS);
        let table = render::format(OutputFormat::Table, width, is_colored);
        let shown = render::text(&answer(&tickets), &columns, &*table);
        let lines = harmless_lines(&shown, is_colored)?;
        let is_record = lines.iter().any(|line| line.starts_with("TicketId"));
        if is_record {
            prop_assert!(width.is_some(), "{shown}");
            return Ok(());
        }
        // A heading in two lines begins with one that ends before the last column.
        let is_broken = !lines[0].ends_with("TicketId");
        prop_assert!(!is_broken || width.is_some(), "{shown}");
        let lines = &lines[usize::from(is_broken)..];
        prop_assert_eq!(lines.len(), tickets.len() + 1 + usize::from(width.is_some()), "{}", shown);
        for line in lines {
            prop_assert_eq!(line.width(), lines[0].width(), "{:?}\n{:?}", lines[0], line);
            prop_assert!(width.is_none_or(|width| line.width() <= width), "{}", line);
        }
        for (index, line) in lines[lines.len() - tickets.len()..].iter().enumerate() {
            let id = format!(" {}", index + 1);
            prop_assert!(line.ends_with(&id), "{}", line);
        }
    }

    #[test]
    fn record_has_no_control_characters_and_a_line_per_field(
        tickets in tickets(),
        width in proptest::option::of(10usize..100),
        is_colored: bool,
    ) {
        let columns = render::columns(COLUMNS);
        let record = render::format(OutputFormat::Record, width, is_colored);
        let shown = render::text(&answer(&tickets), &columns, &*record);
        let lines = harmless_lines(&shown, is_colored)?;
        // A line that a text forged would begin where a name does.
        let names: Vec<&str> = lines
            .iter()
            .filter(|line| !line.starts_with(' ') && !line.is_empty())
            .map(|line| line.split(' ').next().unwrap_or_default())
            .collect();
        let expected: Vec<&str> = COLUMNS.split(',').cycle().take(4 * tickets.len()).collect();
        prop_assert_eq!(names, expected, "{}", shown);
        match width {
            None => prop_assert_eq!(lines.len(), 5 * tickets.len() - 1),
            // A character may be wider than the column, but no name is cut.
            Some(width) => for line in &lines {
                prop_assert!(line.width() <= width.max("BaseStatus".len()), "{:?}", line);
            },
        }
    }

    #[test]
    fn markdown_table_has_no_control_characters_and_aligned_rows(tickets in tickets()) {
        let markdown = render::format(OutputFormat::Markdown, None, false);
        let shown = render::text(&answer(&tickets), &render::columns(COLUMNS), &*markdown);
        let lines = harmless_lines(&shown, false)?;
        prop_assert_eq!(lines.len(), tickets.len() + 2, "{}", shown);
        for line in &lines {
            prop_assert_eq!(line.width(), lines[0].width(), "{:?}\n{:?}", lines[0], line);
        }
    }
}

proptest! {
    #![proptest_config(proptest_config(16))]

    #[test]
    fn program_prints_the_same_without_control_characters(tickets in tickets()) {
        let server = Server::json(&answer(&tickets));
        let ids = format!("1..{}", tickets.len());
        for format in &formats(|format| format.is_for_people() && !format.is_for_file()) {
            for color in ["always", "never"] {
                let mut command = server.get(&[&ids, "-o", format, "--color", color]);
                let run = Run::of(command.args(["--any-field", "-s", COLUMNS]));
                prop_assert_eq!((run.code, run.stderr.as_str()), (0, ""));
                let lines = harmless_lines(&run.stdout, color == "always")?;
                if format != "record" {
                    for line in &lines {
                        prop_assert_eq!(line.width(), lines[0].width(), "{}", run.stdout);
                    }
                }
            }
        }
    }
}
