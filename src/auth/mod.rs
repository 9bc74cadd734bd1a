//! Authentication: sign-in of a person with OAuth, and of a system user.

mod jwt;
pub(crate) mod kept_secret;
mod lock;
pub(crate) mod oauth;
pub(crate) mod session;
pub(crate) mod system_user;
mod token;
