//! The pages, man pages and pictures agree with the program.

mod architecture;
mod book;
mod catalogue;
mod codes;
mod configuration;
mod documented;
mod manual;
mod network;
mod pictures;
