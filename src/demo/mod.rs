//! The sample server: made-up tickets over real HTTP on this machine.

mod language;
mod select;
mod zone;
