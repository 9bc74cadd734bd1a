//! The plan of each command: its settings, resolved and checked, before a secret is read.

pub(crate) mod browser_login;
pub(crate) mod call;
pub(crate) mod get;
pub(crate) mod login;
pub(crate) mod login_way;
pub(crate) mod open;
pub(crate) mod overriding;
pub(crate) mod profile_login;
pub(crate) mod profile_target;
pub(crate) mod status;
