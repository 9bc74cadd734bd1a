//! The endpoint: `POST Agents/Ticket/GetTickets` of the SuperOffice WebAPI.

pub mod address;
pub mod algorithm;
pub mod answer;
pub mod body;
pub mod challenge;
pub mod client;
pub mod coding;
pub mod credential;
pub mod curl;
pub mod detour;
pub mod failure;
pub mod handshake;
pub mod message;
pub mod network;
pub mod proxy;
pub mod proxy_offer;
pub mod reader;
pub mod request;
pub mod retry;
pub mod size;
pub mod tls;
pub mod trust;
pub mod verifier;
pub mod version;
pub mod watch;
pub mod witness;
