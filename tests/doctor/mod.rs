//! `sotickets doctor`: the settings in effect, the checks, and the report.

mod answer;
mod every_setting;
mod report;
#[cfg(unix)]
mod screen;
mod set_up;
mod settings;
mod signed_in;
mod tenant;
mod way;
