//! Authentication: sign-in of a person with OAuth, and of a system user.

mod jwt;
mod lock;
pub(crate) mod oauth;
pub(crate) mod session;
pub(crate) mod stored_secret;
pub(crate) mod system_user;
mod token;
