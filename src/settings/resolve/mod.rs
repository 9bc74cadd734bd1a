//! Settings resolved from options, variables, profile and defaults, by subject.

pub(crate) mod credential;
pub(crate) mod header;
pub(crate) mod ids;
pub(crate) mod links;
pub(crate) mod locale;
pub(crate) mod network;
pub(crate) mod output;
pub(crate) mod progress;
pub(crate) mod proxy;
pub(crate) mod system_locale;
pub(crate) mod target;
pub(crate) mod tls;
pub(crate) mod zone;
