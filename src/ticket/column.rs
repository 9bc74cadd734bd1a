//! Columns: the fields that `--select` names, or all of them.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::error::{Error, Result};
use crate::escape;
use crate::suggest;

use super::catalogue::{self, CATALOGUE};
use super::field::{Field, FieldType};

/// A field, or a path into one, that is requested and printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    path: Cow<'static, str>,
    kind: Option<FieldType>,
}

impl Column {
    /// Creates the column of a whole field.
    pub(crate) const fn from_field(field: &'static Field) -> Self {
        Self { path: Cow::Borrowed(field.name), kind: Some(field.kind) }
    }

    /// Returns the documented name or path, which is sent and is the heading.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the name of the field, which is the first part of the path.
    pub(crate) fn root(&self) -> &str {
        self.segments().next().unwrap_or_default()
    }

    /// Returns the names from the ticket down to the value.
    pub(crate) fn segments(&self) -> impl Iterator<Item = &str> {
        self.path.split('/')
    }

    /// Returns the documented type, if there is one.
    pub(crate) const fn kind(&self) -> Option<FieldType> {
        self.kind
    }

    /// Returns whether its values are texts or unknown, which a narrow table may cut.
    pub(crate) fn is_text(&self) -> bool {
        !matches!(self.kind, Some(FieldType::Int | FieldType::Date | FieldType::Bool))
    }

    /// Returns whether its values are dates.
    pub(crate) fn is_date(&self) -> bool {
        self.kind == Some(FieldType::Date)
    }
}

/// The field with the id of a ticket.
pub const TICKET_ID: &str = "TicketId";

/// Returns the column of that field, which is the first of the catalogue.
pub(crate) const fn ticket_id() -> Column {
    Column::from_field(&CATALOGUE[0])
}

/// Returns a column for each field of the catalogue, in its order.
#[must_use]
pub fn all() -> Vec<Column> {
    CATALOGUE.iter().map(Column::from_field).collect()
}

/// Returns the default columns of the formats for people.
#[must_use]
pub fn summary() -> Vec<Column> {
    const SUMMARY: [&str; 8] = [
        TICKET_ID,
        "Title",
        "TicketStatusDisplayValue",
        "PriorityName",
        "OwnedByName",
        "CategoryName",
        "PersonFullname",
        "LastChanged",
    ];
    SUMMARY.iter().filter_map(|name| catalogue::find(name)).map(Column::from_field).collect()
}

/// Returns the default columns, and the fields of which a page draws charts.
pub(crate) fn overview() -> Vec<Column> {
    const CHARTED: [&str; 5] =
        ["BaseStatus", "CreatedAt", "ClosedAt", "RepliedAt", "RealTimeToReply"];
    let charted = CHARTED.iter().filter_map(|name| catalogue::find(name));
    summary().into_iter().chain(charted.map(Column::from_field)).collect()
}

/// Parses comma-separated `lists` of names into columns, each once; case does not matter. With
/// `any_field`, names that are not in the catalogue are accepted.
///
/// # Errors
/// A usage error for each unknown name, with similar known ones.
pub fn parse<S: AsRef<str>>(lists: &[S], any_field: bool) -> Result<Vec<Column>> {
    // A list that is no list of fields may be very long.
    const MAX_ERRORS: usize = 100;
    let mut columns: Vec<Column> = Vec::new();
    let mut known = HashSet::new();
    let mut errors: Vec<Error> = Vec::new();
    let names = lists
        .iter()
        .map(AsRef::as_ref)
        .flat_map(|list| list.split(',').map(move |name| (list, name.trim())));
    for (list, name) in names {
        match column(list, name, any_field) {
            Err(error) => errors.push(error),
            Ok(column) => {
                if known.insert(column.path.to_ascii_lowercase()) {
                    columns.push(column);
                }
            }
        }
        if errors.len() == MAX_ERRORS {
            break;
        }
    }
    Error::join(errors).map_or(Ok(columns), Err)
}

/// Parses `name`, a part of `list`.
fn column(list: &str, name: &str, any_field: bool) -> Result<Column> {
    if name.is_empty() {
        return Err(Error::usage(format!(
            "an empty field name in '{}'",
            escape::excerpt(list, 60)
        ))
        .hint("name fields with commas between them: --select Title,OwnedByName"));
    }
    let is_separator = |c: char| c.is_whitespace() || matches!(c, ';' | '|');
    if let Some((first, rest)) = name.split_once(is_separator)
        && catalogue::find(first).is_some()
    {
        let names: Vec<&str> = [first].into_iter().chain(rest.split(is_separator)).collect();
        let names = escape::excerpt(&names.join(","), 60);
        return Err(Error::usage(format!("'{}' is no field", escape::excerpt(name, 60)))
            .hint(format!("fields have commas between them: --select {names}")));
    }
    match find(name) {
        Err(_) if any_field && !name.contains(escape::is_unsafe) => {
            Ok(Column { path: Cow::Owned(name.to_owned()), kind: None })
        }
        known => known.map_err(|unknown| unknown.into_error(name)),
    }
}

/// The reason why a name is not a known field or path.
struct Unknown {
    message: String,
    hint: Option<String>,
}

impl Unknown {
    fn into_error(self, name: &str) -> Error {
        let name = escape::excerpt(name, 60);
        let error = Error::usage(format!("unknown field '{name}'{}", self.message));
        let error = match self.hint {
            Some(hint) => error.hint(hint),
            None => error,
        };
        error.hint("`sotickets fields` lists them; --any-field sends a name as it is")
    }
}

/// The names that may be in a path below another one.
enum Below {
    /// None: it is a plain value.
    Nothing,
    /// Those of `TableRight` and `FieldRight`.
    Rights,
    /// Those of fields, in `FieldProperties`.
    Fields,
    /// The properties of a field.
    Properties,
}

/// Finds the documented column that `name` spells in any case.
fn find(name: &str) -> std::result::Result<Column, Unknown> {
    let mut segments = name.split('/');
    let root = segments.next().unwrap_or_default();
    let Some(field) = catalogue::find(root) else {
        return Err(Unknown { message: String::new(), hint: catalogue::did_you_mean(root) });
    };
    let mut column = Column::from_field(field);
    let mut below = match field.kind {
        FieldType::TableRight => Below::Rights,
        FieldType::Object => Below::Fields,
        _ => Below::Nothing,
    };
    for name in segments {
        let (segment, kind);
        (segment, kind, below) = match below {
            Below::Nothing => {
                let last = column.segments().last().unwrap_or_default();
                let message = format!(": {last} is a plain value, nothing is below it");
                return Err(Unknown {
                    message,
                    hint: Some(format!("select {} itself", column.path)),
                });
            }
            Below::Rights => (one_of(name, &["Mask", "Reason"])?, FieldType::Text, Below::Nothing),
            Below::Fields if name.is_empty() || name.contains(escape::is_unsafe) => {
                let message = ": there is a field's name at this place".to_owned();
                return Err(Unknown { message, hint: None });
            }
            Below::Fields => {
                let name = catalogue::find(name).map_or(name, |field| field.name);
                (name, FieldType::Object, Below::Properties)
            }
            Below::Properties => match one_of(name, &["FieldRight", "FieldType", "FieldLength"])? {
                "FieldRight" => ("FieldRight", FieldType::Object, Below::Rights),
                "FieldLength" => ("FieldLength", FieldType::Int, Below::Nothing),
                name => (name, FieldType::Text, Below::Nothing),
            },
        };
        column = Column { path: format!("{}/{segment}", column.path).into(), kind: Some(kind) };
    }
    Ok(column)
}

/// Returns the one of the `known` names that `name` spells in any case.
fn one_of(name: &str, known: &[&'static str]) -> std::result::Result<&'static str, Unknown> {
    known.iter().copied().find(|known| known.eq_ignore_ascii_case(name)).ok_or_else(|| Unknown {
        message: format!(": there is {} at this place", known.join(", ")),
        hint: suggest::did_you_mean(name, known.iter().copied()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(list: &str) -> std::result::Result<Vec<String>, String> {
        parse(&[list], false)
            .map(|columns| columns.iter().map(|column| column.path().to_owned()).collect())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn name_gets_its_documented_spelling() {
        let list = "title, OWNEDBYNAME,Title,tableright/mask,fieldproperties/title/fieldright/MASK";
        let expected =
            ["Title", "OwnedByName", "TableRight/Mask", "FieldProperties/Title/FieldRight/Mask"];
        assert_eq!(paths(list).as_deref(), Ok(expected.map(str::to_owned).as_slice()));
    }

    #[test]
    fn unknown_name_is_rejected() {
        let cases = [
            ("", "an empty field name in ''"),
            ("Title,,Author", "an empty field name in 'Title,,Author'"),
            ("Titel", "unknown field 'Titel'"),
            ("Title/x", "unknown field 'Title/x': Title is a plain value, nothing is below it"),
            (
                "TableRight/Msk",
                "unknown field 'TableRight/Msk': there is Mask, Reason at this place",
            ),
            (
                "TableRight/Mask/x",
                "unknown field 'TableRight/Mask/x': Mask is a plain value, nothing is below it",
            ),
            (
                "FieldProperties/",
                "unknown field 'FieldProperties/': there is a field's name at this place",
            ),
        ];
        for (list, message) in cases {
            assert_eq!(paths(list), Err(message.to_owned()));
        }
        let hint = |name: &str| parse(&[name], false).expect_err("unknown").hints()[0].clone();
        assert_eq!(hint("Titel"), "did you mean Title?");
        assert_eq!(hint("owner"), "'owner' is called OwnedByName or OwnedBy");
        assert_eq!(hint("tags"), "GetTickets does not send the tags of a ticket");
    }

    #[test]
    fn any_field_accepts_names_without_control_characters() {
        let columns =
            parse(&["titel,Custom/x,title,TITEL", "custom/X"], true).expect("let through");
        let paths: Vec<&str> = columns.iter().map(Column::path).collect();
        assert_eq!(paths, ["titel", "Custom/x", "Title"]);
        for name in ["a\nb", "FieldProperties/a\nb", "FieldProperties/a\u{202e}/FieldLength"] {
            assert!(parse(&[name], true).is_err(), "{name:?}");
            assert!(parse(&[name], false).is_err(), "{name:?}");
        }
    }

    #[test]
    fn summary_is_in_the_catalogue() {
        assert_eq!(summary().len(), 8);
        assert_eq!(all().len(), CATALOGUE.len());
        assert_eq!(ticket_id().path(), TICKET_ID);
    }
}
