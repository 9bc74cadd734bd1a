//! Authentication: OAuth sign-in, system user, stored sessions.

pub(crate) mod jwt;
mod lock;
pub(crate) mod oauth;
pub(crate) mod private_key;
pub(crate) mod system_user;
