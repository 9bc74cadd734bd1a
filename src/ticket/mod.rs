//! Tickets as the endpoint documents them: ids, fields, columns, dates, and which of the
//! requested tickets came back.

pub mod catalogue;
pub mod column;
pub mod date;
pub mod field;
pub mod ids;
pub(crate) mod received_id;
pub mod reconcile;
pub(crate) mod url_template;
