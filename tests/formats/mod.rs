//! The output formats, to the byte.

mod guard_formulas;
mod html;
mod html_browser;
mod human;
mod json;
mod links;
mod separated;
mod xlsx;
mod xml;
