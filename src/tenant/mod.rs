//! The location of a SuperOffice Online tenant.

pub mod environment;
pub mod locator;
pub mod service_error;
