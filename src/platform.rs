//! The kind of operating system that the program runs on.
//!
//! Code that differs between systems takes it as a value, so that each case is tested on all.
//! `#[cfg]` only selects code that needs one system's API, and the order of the shells in help.

/// A kind of operating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// Linux and the like.
    Unix,
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
        Self::Unix
    };

    /// Returns the words after "a file" that say how a secret in it is protected: by the file's own
    /// mode, in the words of `own_mode`, or on Windows by its folder, where administrators can read
    /// it as well.
    pub(crate) const fn file_protection(self, own_mode: &'static str) -> &'static str {
        match self {
            Self::Windows => "in your user folder (%LOCALAPPDATA%)",
            Self::Unix | Self::Apple => own_mode,
        }
    }
}

impl Default for Platform {
    fn default() -> Self {
        Self::CURRENT
    }
}
