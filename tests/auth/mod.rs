//! Credentials, sign-in and secrets.

mod basic;
mod credentials;
mod keyring;
mod login_profile;
mod online_profile;
mod prompt;
#[cfg(unix)]
mod questions;
mod secret_leaks;
mod secret_sources;
mod sign_in;
mod sign_in_browser;
mod sign_in_redirect;
mod sign_in_storage;
mod sign_in_tokens;
mod signed_in;
mod status;
mod system_user;
mod tenants;
