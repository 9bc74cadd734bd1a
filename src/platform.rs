//! The kind of operating system that the program runs on.
//!
//! Texts that differ between systems take it as a value, so that each case is tested on all.
//! `#[cfg]` only selects code that needs one system's API, and the order of the shells in help.

/// A kind of operating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// Linux, and any other Unix than those of Apple.
    Linux,
    /// macOS.
    Apple,
    /// Windows.
    Windows,
}

impl Platform {
    /// The one that the program is built for.
    pub const CURRENT: Self = if cfg!(windows) {
        Self::Windows
    } else if cfg!(target_vendor = "apple") {
        Self::Apple
    } else {
        Self::Linux
    };
}

impl Default for Platform {
    fn default() -> Self {
        Self::CURRENT
    }
}
