//! `sotickets fields`.
