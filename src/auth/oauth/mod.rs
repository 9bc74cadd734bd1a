//! OAuth sign-in with SuperOffice Online in the browser.

pub mod callback_page;
pub mod callback_server;
pub mod discovery;
pub mod id_token;
pub mod redirect_uri;
pub mod session;
pub mod store;
pub mod token_request;
