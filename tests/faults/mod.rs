//! Faults of the server and of the network, and how each is reported.

mod answers;
mod body;
mod compression;
mod connection;
mod headers;
mod hostile;
mod odd_answers;
mod retries;
mod server_errors;
mod shapes;
