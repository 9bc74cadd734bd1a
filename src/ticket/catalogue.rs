//! The table of ticket fields.

use super::field::Field;

/// Every ticket field, in the order of the endpoint's page.
pub static CATALOGUE: [Field; 0] = [];
