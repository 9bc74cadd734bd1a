//! The list of ticket fields that `fields` prints: a table, csv or JSON.

use serde::Serialize;

use crate::error::{Error, Kind, Result};
use crate::ticket::field::Field;

use super::text::color::{BOLD, PLAIN};
use super::text::definition_list::DefinitionList;
use super::text::style::TextStyle;
use super::text::width;

const HEADINGS: [&str; 4] = ["Name", "Type", "Since", "Meaning"];
const GAP: usize = 2;
/// With a narrower column for the meaning, fields are printed as blocks.
const MIN_MEANING: usize = 24;

/// Returns a table for people, or a block per field if there is no room for columns. Without a
/// width, each field is one line.
///
/// Six columns would leave too little room in 80 columns, so the unit is next to the type, and
/// the values are after the meaning.
pub(crate) fn table(fields: &[&Field], style: TextStyle) -> Vec<u8> {
    let rows: Vec<[String; 4]> = fields.iter().map(|field| cells(field)).collect();
    let widths: [usize; 3] = std::array::from_fn(|index| {
        let cells = rows.iter().map(|row| row[index].len());
        cells.max().unwrap_or_default().max(HEADINGS[index].len()) + GAP
    });
    let start: usize = widths.iter().sum();
    match style.width {
        Some(width) if width < start + MIN_MEANING => blocks(&rows, width, style),
        _ => columns(&rows, widths, style),
    }
}

/// Returns csv with a header. Blanks separate the values of an enum.
///
/// # Errors
/// None for the fields of the catalogue.
pub(crate) fn csv(fields: &[&Field]) -> Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    let header = ["name", "type", "unit", "values", "since", "meaning"];
    writer.write_record(header).map_err(internal)?;
    for field in fields {
        let values = field.values.join(" ");
        let Record { name, kind, unit, since, meaning, .. } = Record::from(*field);
        let (unit, since) = (unit.unwrap_or_default(), since.unwrap_or_default());
        writer.write_record([name, kind, unit, &values, since, meaning]).map_err(internal)?;
    }
    writer.into_inner().map_err(|error| internal(error.into_error()))
}

/// Returns a JSON array with an object per field.
///
/// # Errors
/// None for the fields of the catalogue.
pub(crate) fn json(fields: &[&Field]) -> Result<Vec<u8>> {
    let records: Vec<Record> = fields.iter().map(|field| Record::from(*field)).collect();
    let mut json = serde_json::to_vec_pretty(&records).map_err(internal)?;
    json.push(b'\n');
    Ok(json)
}

/// A field in JSON, with the keys in this order.
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

/// Returns the cells of a row. All but the meaning are ASCII.
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

fn columns(rows: &[[String; 4]], widths: [usize; 3], style: TextStyle) -> Vec<u8> {
    let start: usize = widths.iter().sum();
    let list = DefinitionList::new(start - GAP, style);
    let mut lines = Vec::new();
    for (heading, width) in HEADINGS.iter().zip(widths) {
        lines.extend_from_slice(style.paint(heading, BOLD).as_bytes());
        width::push_blanks(width - heading.len(), &mut lines);
    }
    list.write(start, HEADINGS[3], BOLD, &mut lines);
    let mut body = Vec::new();
    for row in rows {
        for (cell, width) in row.iter().zip(widths) {
            body.extend_from_slice(cell.as_bytes());
            width::push_blanks(width - cell.len(), &mut body);
        }
        list.write(start, &row[3], PLAIN, &mut body);
    }
    if style.has_rule {
        let widest = String::from_utf8_lossy(&body).lines().map(width::measure).max().unwrap_or(0);
        lines.extend_from_slice(style.rule(widest).as_bytes());
        lines.push(b'\n');
    }
    lines.append(&mut body);
    lines
}

/// Returns a block per field, for a width that has no room for columns.
fn blocks(rows: &[[String; 4]], width: usize, style: TextStyle) -> Vec<u8> {
    const INDENT: &str = "  ";
    let mut lines = Vec::new();
    for [name, kind, since, meaning] in rows {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.push(style.paint(name, BOLD).into_owned());
        let since = if since.is_empty() { String::new() } else { format!(", since {since}") };
        for text in [format!("{kind}{since}"), meaning.clone()] {
            let wrapped = width::wrap(&text, width.saturating_sub(INDENT.len()));
            lines.extend(wrapped.into_iter().map(|line| format!("{INDENT}{line}")));
        }
    }
    (lines.join("\n") + "\n").into_bytes()
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

    fn at(width: usize) -> TextStyle {
        TextStyle { width: Some(width), has_rule: true, ..TextStyle::default() }
    }

    fn table(fields: &[&Field], style: TextStyle) -> String {
        String::from_utf8(super::table(fields, style)).expect("UTF-8")
    }

    #[test]
    fn forty_columns_hold_a_block_per_field() {
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
    fn headings_are_bold_and_rules_dim_where_there_is_color() {
        let style = TextStyle { is_colored: true, charset: Charset::Ascii, ..at(60) };
        let shown = |style| table(&some()[2..], style).replace('\u{1b}', "^");
        assert_snapshot!(shown(style), @r"
        ^[1mName^[0m       ^[1mType^[0m           ^[1mSince^[0m   ^[1mMeaning^[0m
        ^[2m----------------------------------------------------^[0m
        TimeSpent  int32 minutes  10.2.8  Work noted on its
                                          messages, added up
        ");
        assert_snapshot!(shown(TextStyle { width: Some(20), ..style }), @r"
        ^[1mTimeSpent^[0m
          int32 minutes,
          since 10.2.8
          Work noted on its
          messages, added up
        ");
    }

    #[test]
    fn without_a_width_nothing_is_wrapped_or_ruled() {
        assert_snapshot!(table(&some()[1..], TextStyle::default()), @r"
        Name         Type           Since   Meaning
        TimeToReply  int32 minutes          From creation to the first reply, in the priority's office hours
        TimeSpent    int32 minutes  10.2.8  Work noted on its messages, added up
        ");
    }

    #[test]
    fn rows_become_blocks_only_without_room_for_the_meaning() {
        let fields = some();
        // The longest name, type and version of these, and the gaps.
        let enough = 11 + 13 + 6 + 3 * GAP + MIN_MEANING;
        assert!(table(&fields, at(enough)).starts_with("Name "));
        assert!(table(&fields, at(enough - 1)).starts_with("BaseStatus\n"));
    }

    #[test]
    fn empty_list_has_headings() {
        assert_eq!(table(&[], TextStyle::default()), "Name  Type  Since  Meaning\n");
        assert_eq!(csv(&[]).unwrap(), b"name,type,unit,values,since,meaning\n");
        assert_eq!(json(&[]).unwrap(), b"[]\n");
    }
}
