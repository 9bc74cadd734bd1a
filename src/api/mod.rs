//! The endpoint: `POST Agents/Ticket/GetTickets` of the SuperOffice WebAPI.

pub mod body;
pub mod credential;
pub mod error_body;
pub mod maintenance;
pub mod query;
pub mod reader;
pub mod response;
pub mod version;
