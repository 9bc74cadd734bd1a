//! The endpoint: `POST Agents/Ticket/GetTickets` of the SuperOffice WebAPI.

pub mod address;
pub mod answer;
pub mod body;
pub mod client;
pub mod credential;
pub mod curl;
pub mod failure;
pub mod network;
pub mod reader;
pub mod request;
pub mod tls;
