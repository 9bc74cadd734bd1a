//! The pages, man pages and pictures are what the program does.

mod architecture;
mod book;
mod catalogue;
mod configuration;
mod documented;
mod manual;
mod pictures;
