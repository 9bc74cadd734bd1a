//! Text for people: the formats table, record and markdown, and the layout that they share with
//! the other commands.

pub(crate) mod color;
pub(crate) mod column_widths;
pub(crate) mod definition_list;
pub(crate) mod heading;
mod hidden_columns;
pub(super) mod markdown;
pub(super) mod record;
pub(crate) mod style;
pub(super) mod table;
pub(crate) mod width;
