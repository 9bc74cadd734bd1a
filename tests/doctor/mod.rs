//! `sotickets doctor`: what is in effect, what is tried, and what is said of it.

mod answer;
mod every_setting;
mod report;
mod set_up;
mod settings;
#[cfg(unix)]
mod signed_in;
mod tenant;
mod way;
