//! Settings that come from the configuration file.

mod profile_errors;
mod profiles;
