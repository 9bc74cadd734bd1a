//! Authentication: OAuth sign-in, system user, stored sessions.

pub mod jwt;
pub mod lock;
pub mod oauth;
pub mod private_key;
pub mod system_user;
