//! The platform's folders for what is kept from one call to the next.

use std::path::PathBuf;

use crate::context::Environment;

/// For what can be asked again.
#[must_use]
pub fn cache(environment: &Environment) -> Option<PathBuf> {
    let windows = ("LOCALAPPDATA", "sotickets/cache");
    folder(environment, "XDG_CACHE_HOME", ".cache", "Library/Caches", windows)
}

/// For what is to be kept, and secret.
#[must_use]
pub fn state(environment: &Environment) -> Option<PathBuf> {
    let (windows, apple) = (("LOCALAPPDATA", "sotickets/state"), "Library/Application Support");
    folder(environment, "XDG_STATE_HOME", ".local/state", apple, windows)
}

/// From the variables that came with the call and from nothing else of the machine.
fn folder(
    environment: &Environment,
    variable: &str,
    usual: &str,
    apple: &str,
    (windows, below): (&str, &str),
) -> Option<PathBuf> {
    let absolute = |name| environment.path(name).filter(|path| path.is_absolute());
    if let Some(folder) = absolute(variable) {
        return Some(folder.join("sotickets"));
    }
    if cfg!(windows) {
        return Some(absolute(windows)?.join(below));
    }
    let usual = if cfg!(target_vendor = "apple") { apple } else { usual };
    Some(absolute("HOME")?.join(usual).join("sotickets"))
}
