//! `sotickets demo`.
