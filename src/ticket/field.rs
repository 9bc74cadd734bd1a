//! A field of a ticket and its type.

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
    /// Returns the name that the endpoint's documentation uses.
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

    /// Returns whether its values are objects.
    #[cfg(test)]
    pub(crate) const fn is_object(self) -> bool {
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
    /// The unit of a number: `minutes` or `seconds`.
    pub unit: Option<&'static str>,
    /// The values of an enum, the one that means nothing (`Unknown`) first.
    pub values: &'static [&'static str],
    /// The first server version that has it, if known.
    pub since: Option<&'static str>,
    /// Its meaning, for a person.
    pub meaning: &'static str,
}
