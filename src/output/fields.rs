//! The list of ticket fields.

use std::borrow::Cow;

use comfy_table::presets::NOTHING;
use comfy_table::{Cell, ColumnConstraint, ContentArrangement, Table};
use serde::Serialize;
use textwrap::{Options, WordSplitter};

use crate::error::{Error, Kind, Result};
use crate::ticket::field::Field;

use super::color::{Paint, Style};
use super::style::Look;
use super::width;

/// A table for people, laid out for the width to keep to where there is one, and
/// otherwise a line a field, however long.
///
/// Four columns hold all six facts, or 80 columns would be too few to read
/// in: the unit stands beside the type, the values end the meaning.
#[must_use]
pub fn table(fields: &[&Field], look: Look) -> String {
    let rows: Vec<[String; 4]> = fields.iter().map(|field| cells(field)).collect();
    match look.width {
        Some(width) if width < fixed_width(&rows) + MIN_MEANING => blocks(&rows, width, look.paint),
        _ => columns(rows, look),
    }
}

/// Comma-separated values with a header; the values of an enum are separated
/// by blanks.
///
/// # Errors
/// None that the catalogue could cause.
pub fn csv(fields: &[&Field]) -> Result<String> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    writer
        .write_record(["name", "type", "unit", "values", "since", "meaning"])
        .map_err(internal)?;
    for field in fields {
        writer
            .write_record([
                field.name,
                field.kind.name(),
                field.unit.unwrap_or_default(),
                &field.values.join(" "),
                field.since.unwrap_or_default(),
                field.meaning,
            ])
            .map_err(internal)?;
    }
    let bytes = writer.into_inner().map_err(|error| internal(error.into_error()))?;
    String::from_utf8(bytes).map_err(internal)
}

/// A pretty JSON array, an object a field.
///
/// # Errors
/// None that the catalogue could cause.
pub fn json(fields: &[&Field]) -> Result<String> {
    let records: Vec<Record> = fields.iter().map(|field| Record::from(*field)).collect();
    serde_json::to_string_pretty(&records).map(|text| text + "\n").map_err(internal)
}

/// A field as `json` shows it; the order here is the order of the keys.
#[derive(Serialize)]
struct Record {
    name: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    unit: Option<&'static str>,
    values: &'static [&'static str],
    since: Option<&'static str>,
    meaning: &'static str,
}

impl From<&Field> for Record {
    fn from(field: &Field) -> Self {
        let Field { name, kind, unit, values, since, meaning } = *field;
        Self { name, kind: kind.name(), unit, values, since, meaning }
    }
}

const HEADINGS: [&str; 4] = ["Name", "Type", "Since", "Meaning"];
/// Between two columns.
const GAP: u16 = 2;
/// Fewer columns than this for the meaning break it into too many lines.
const MIN_MEANING: usize = 24;

/// The cells of a row. They are the same at every width; only what is done
/// about a long line differs.
fn cells(field: &Field) -> [String; 4] {
    let kind = field.kind.name();
    let kind = field.unit.map_or_else(|| kind.to_owned(), |unit| format!("{kind} {unit}"));
    let meaning = if field.values.is_empty() {
        field.meaning.to_owned()
    } else {
        format!("{}: {}", field.meaning, field.values.join(", "))
    };
    [field.name.to_owned(), kind, field.since.unwrap_or_default().to_owned(), meaning]
}

/// What the columns before the meaning take up. All that they hold is ASCII.
fn fixed_width(rows: &[[String; 4]]) -> usize {
    (0..3)
        .map(|at| {
            let widest = rows.iter().map(|row| row[at].len()).max().unwrap_or_default();
            widest.max(HEADINGS[at].len()) + usize::from(GAP)
        })
        .sum()
}

fn columns(rows: Vec<[String; 4]>, look: Look) -> String {
    let mut table = Table::new();
    // The crate would ask the terminal itself, and need not.
    table.force_no_tty().load_style(NOTHING);
    let heading = |text| match look.paint {
        Paint::On => Style::Bold.of_cell(Cell::new(text)),
        Paint::Off => Cell::new(text),
    };
    if look.paint == Paint::On {
        table.enforce_styling().style_text_only();
    }
    table.set_header(HEADINGS.map(heading)).add_rows(rows);
    table.set_content_arrangement(ContentArrangement::Disabled);
    if let Some(width) = look.width {
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, GAP));
        column.set_constraint(ColumnConstraint::ContentWidth);
    }
    if let Some(meaning) = table.column_mut(HEADINGS.len() - 1) {
        meaning.set_padding((0, 0));
        meaning.remove_constraint();
    }
    // A whole line is as wide as the table.
    let all: Vec<String> = table.lines().collect();
    let width = all.last().map_or(0, |line| width::of(line));
    let rule = look.rule.then(|| look.line(width));
    let (heading, rest) = all.split_at(1.min(all.len()));
    lines(heading.iter().cloned().chain(rule).chain(rest.iter().cloned()))
}

/// A block a field, for a width that has no room for columns.
fn blocks(rows: &[[String; 4]], width: usize, paint: Paint) -> String {
    const INDENT: &str = "  ";
    let mut all = Vec::new();
    for [name, kind, since, meaning] in rows {
        if !all.is_empty() {
            all.push(String::new());
        }
        all.push(paint.bold(name).into_owned());
        let since = if since.is_empty() { String::new() } else { format!(", since {since}") };
        let details = [format!("{kind}{since}"), meaning.clone()];
        let options = Options::new(width)
            .initial_indent(INDENT)
            .subsequent_indent(INDENT)
            .break_words(false)
            .word_splitter(WordSplitter::NoHyphenation);
        let wrapped = details.iter().flat_map(|text| textwrap::wrap(text, &options));
        all.extend(wrapped.map(Cow::into_owned));
    }
    lines(all)
}

/// Ends each line, without the blanks that filled its last cell.
fn lines(all: impl IntoIterator<Item = String>) -> String {
    all.into_iter().fold(String::new(), |text, line| text + line.trim_end() + "\n")
}

fn internal(cause: impl Into<anyhow::Error>) -> Error {
    Error::new(Kind::Output, "could not write the list of fields").caused_by(cause)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Charset;
    use crate::ticket::catalogue::find;
    use insta::assert_snapshot;

    fn some() -> Vec<&'static Field> {
        ["BaseStatus", "TimeToReply", "TimeSpent"].into_iter().filter_map(find).collect()
    }

    fn at(width: usize) -> Look {
        Look { width: Some(width), rule: true, ..Look::PIPE }
    }

    #[test]
    fn forty_columns_hold_a_block_a_field() {
        assert_snapshot!(table(&some(), at(40)), @r"
        BaseStatus
          string
          Built-in status, which each of your
          own statuses maps to (Spam since
          11.13): Unknown, Active, Closed,
          Postponed, Deleted, Merged, Spam,
          PostponedSpecific, Postponed1Hour,
          Postponed2Hours, Postponed3Hours,
          Postponed4Hours, PostponedDay,
          PostponedWeek, PostponedMonth

        TimeToReply
          int32 minutes
          From creation to the first reply, in
          the priority's office hours

        TimeSpent
          int32 minutes, since 10.2.8
          Work noted on its messages, added up
        ");
    }

    #[test]
    fn eighty_columns_wrap_the_meaning_alone() {
        assert_snapshot!(table(&some(), at(80)), @r"
        Name         Type           Since   Meaning
        ────────────────────────────────────────────────────────────────────────────────
        BaseStatus   string                 Built-in status, which each of your own
                                            statuses maps to (Spam since 11.13):
                                            Unknown, Active, Closed, Postponed, Deleted,
                                            Merged, Spam, PostponedSpecific,
                                            Postponed1Hour, Postponed2Hours,
                                            Postponed3Hours, Postponed4Hours,
                                            PostponedDay, PostponedWeek, PostponedMonth
        TimeToReply  int32 minutes          From creation to the first reply, in the
                                            priority's office hours
        TimeSpent    int32 minutes  10.2.8  Work noted on its messages, added up
        ");
    }

    #[test]
    fn headings_are_bold_and_rules_dim_where_there_is_colour() {
        let look = Look { paint: Paint::On, charset: Charset::Ascii, ..at(60) };
        let shown = |look| table(&some()[2..], look).replace('\u{1b}', "^");
        assert_snapshot!(shown(look), @r"
        ^[1mName^[0m       ^[1mType^[0m           ^[1mSince^[0m   ^[1mMeaning^[0m
        ^[2m----------------------------------------------------^[0m
        TimeSpent  int32 minutes  10.2.8  Work noted on its
                                          messages, added up
        ");
        assert_snapshot!(shown(Look { width: Some(20), ..look }), @r"
        ^[1mTimeSpent^[0m
          int32 minutes,
          since 10.2.8
          Work noted on its
          messages, added up
        ");
    }

    #[test]
    fn without_a_width_nothing_is_wrapped_or_ruled() {
        assert_snapshot!(table(&some()[1..], Look::PIPE), @r"
        Name         Type           Since   Meaning
        TimeToReply  int32 minutes          From creation to the first reply, in the priority's office hours
        TimeSpent    int32 minutes  10.2.8  Work noted on its messages, added up
        ");
    }

    #[test]
    fn the_same_rows_become_blocks_only_where_the_meaning_has_no_room() {
        let fields = some();
        let rows: Vec<_> = fields.iter().map(|field| cells(field)).collect();
        let enough = fixed_width(&rows) + MIN_MEANING;
        assert!(table(&fields, at(enough)).starts_with("Name "));
        assert!(table(&fields, at(enough - 1)).starts_with("BaseStatus\n"));
    }

    #[test]
    fn an_empty_list_is_still_a_list() {
        assert_eq!(table(&[], Look::PIPE), "Name  Type  Since  Meaning\n");
        assert_eq!(csv(&[]).unwrap(), "name,type,unit,values,since,meaning\n");
        assert_eq!(json(&[]).unwrap(), "[]\n");
    }
}
