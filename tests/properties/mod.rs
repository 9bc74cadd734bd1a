//! Properties that hold for generated input.

mod entry_points;
mod errors;
mod html;
mod markdown;
mod separated;
mod terminal;
mod xlsx;
