//! The location of a SuperOffice Online tenant.

pub(crate) mod environment;
pub(crate) mod locator;
pub(crate) mod service_error;
