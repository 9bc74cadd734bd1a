//! What is known of a field before any server has been asked.

use crate::suggest;

use super::catalogue::CATALOGUE;

/// The type of a field, as the endpoint documents it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// A whole number of 32 bits.
    Int,
    /// Text, enum values among it.
    Text,
    /// A date and time of day.
    Date,
    /// `true` or `false`.
    Bool,
    /// The object `TableRight`.
    TableRight,
    /// Any other object.
    Object,
}

impl FieldType {
    /// The name that the endpoint's documentation uses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Int => "int32",
            Self::Text => "string",
            Self::Date => "date-time",
            Self::Bool => "bool",
            Self::TableRight => "TableRight",
            Self::Object => "object",
        }
    }

    /// Whether a path such as `TableRight/Mask` can lead into it.
    #[must_use]
    pub const fn is_object(self) -> bool {
        matches!(self, Self::TableRight | Self::Object)
    }
}

/// One field of a ticket.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The documented spelling.
    pub name: &'static str,
    /// The documented type.
    pub kind: FieldType,
    /// What a number counts: `minutes` or `seconds`.
    pub unit: Option<&'static str>,
    /// The values of an enum, the one that means nothing (`Unknown`) first.
    pub values: &'static [&'static str],
    /// The first server version that has it, where that is known.
    pub since: Option<&'static str>,
    /// What it says of a ticket.
    pub meaning: &'static str,
}

/// The position in the catalogue of the field called `name`, in any case.
#[must_use]
pub fn position(name: &str) -> Option<usize> {
    CATALOGUE.iter().position(|field| field.name.eq_ignore_ascii_case(name))
}

/// The field called `name`, in any case.
#[must_use]
pub fn find(name: &str) -> Option<&'static Field> {
    position(name).map(|at| &CATALOGUE[at])
}

/// Whether the field called `name` has a fixed set of values.
#[must_use]
pub fn is_enum(name: &str) -> bool {
    find(name).is_some_and(|field| !field.values.is_empty())
}

/// A hint with the names nearest to `name`, where any is near.
#[must_use]
pub fn did_you_mean(name: &str) -> Option<String> {
    suggest::did_you_mean(name, CATALOGUE.iter().map(|field| field.name))
}
