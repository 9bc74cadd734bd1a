//! The endpoint: `POST Agents/Ticket/GetTickets` of the SuperOffice WebAPI.

pub(crate) mod credential;
pub(crate) mod credential_check;
pub mod endpoint;
pub mod error_body;
pub(crate) mod get_tickets;
pub(crate) mod maintenance_window;
pub(crate) mod response;
pub(crate) mod version;
