//! OAuth sign-in of a person at SuperOffice Online, in the browser.

pub(crate) mod callback_page;
pub(crate) mod callback_server;
pub(crate) mod client;
pub(crate) mod discovery;
pub(crate) mod id_token;
pub(crate) mod redirect_uri;
pub(crate) mod session;
mod session_backup;
pub(crate) mod session_removal;
pub(crate) mod store;
pub(crate) mod stored_session;
mod token_response;
