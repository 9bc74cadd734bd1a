//! Platform folders for configuration, cache and state.
//!
//! They are found from the environment variables of the call alone, so that a cleared
//! environment has none.

use std::io;
use std::path::{Path, PathBuf};

use crate::context::Variables;
use crate::error::{Error, Result};
use crate::platform::Platform;

/// Returns the folder of the configuration file.
pub(crate) fn config(variables: &Variables) -> Option<PathBuf> {
    let apple = "Library/Application Support";
    find(variables, "XDG_CONFIG_HOME", [".config", apple], ("APPDATA", "sotickets"))
}

/// Returns the folder for data that a server can be asked for again.
pub(crate) fn cache(variables: &Variables) -> Option<PathBuf> {
    let windows = ("LOCALAPPDATA", "sotickets/cache");
    find(variables, "XDG_CACHE_HOME", [".cache", "Library/Caches"], windows)
}

/// Returns the folder for data that must not be lost, and is secret.
pub(crate) fn state(variables: &Variables) -> Option<PathBuf> {
    let below_home = [".local/state", "Library/Application Support"];
    find(variables, "XDG_STATE_HOME", below_home, ("LOCALAPPDATA", "sotickets/state"))
}

/// Returns the state folder.
///
/// # Errors
/// A usage error if none is known.
pub(crate) fn require_state(variables: &Variables) -> Result<PathBuf> {
    state(variables).ok_or_else(|| {
        let variable = match variables.platform() {
            Platform::Windows => "LOCALAPPDATA",
            Platform::Linux | Platform::Apple => "HOME",
        };
        Error::usage(format!("there is no folder to keep a sign-in in: {variable} is not set"))
            .hint("XDG_STATE_HOME names one as well")
    })
}

/// Finds a folder by its XDG `variable`, or else by the platform's rules. A relative path in
/// a variable is ignored, as the XDG specification requires.
fn find(
    variables: &Variables,
    variable: &str,
    [unix, apple]: [&str; 2],
    (windows, below_windows): (&str, &str),
) -> Option<PathBuf> {
    let absolute = |name| variables.path(name).filter(|path| path.is_absolute());
    if let Some(dir) = absolute(variable) {
        return Some(dir.join("sotickets"));
    }
    let below_home = match variables.platform() {
        Platform::Windows => {
            // With one separator.
            return Some(absolute(windows)?.join(below_windows).components().collect());
        }
        Platform::Apple => apple,
        Platform::Linux => unix,
    };
    Some(absolute("HOME")?.join(below_home).join("sotickets"))
}

/// Creates the folder of `file`, on Unix open to its owner alone, unless it exists.
///
/// # Errors
/// Those of the file system.
pub(crate) fn create_parent(file: &Path) -> io::Result<&Path> {
    let dir = file.parent().unwrap_or(Path::new("."));
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(dir)?;
    Ok(dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(windows)]
    #[test]
    fn folders_of_windows_are_those_of_the_user() {
        let variables = [("AppData", r"C:\u\Roaming"), ("LOCALAPPDATA", r"C:\u\Local")];
        let variables: Variables = variables.into_iter().collect();
        let shown = |path: Option<PathBuf>| path.map(|path| path.display().to_string());
        assert_eq!(shown(config(&variables)).as_deref(), Some(r"C:\u\Roaming\sotickets"));
        assert_eq!(shown(state(&variables)).as_deref(), Some(r"C:\u\Local\sotickets\state"));
        assert_eq!(shown(cache(&variables)).as_deref(), Some(r"C:\u\Local\sotickets\cache"));
    }

    #[cfg(unix)]
    #[test]
    fn folders_are_those_of_the_platform() {
        let folder = |find: fn(&Variables) -> Option<PathBuf>, platform| {
            let names = ["HOME", "APPDATA", "LOCALAPPDATA"];
            let variables = names.map(|name| (name.into(), format!("/{name}").into()));
            let variables = Variables::for_platform(platform, variables);
            find(&variables).map(|path| path.display().to_string()).unwrap_or_default()
        };
        let library = "/HOME/Library/Application Support/sotickets";
        assert_eq!(folder(config, Platform::Apple), library);
        assert_eq!(folder(cache, Platform::Apple), "/HOME/Library/Caches/sotickets");
        assert_eq!(folder(state, Platform::Apple), library);
        assert_eq!(folder(config, Platform::Windows), "/APPDATA/sotickets");
        assert_eq!(folder(cache, Platform::Windows), "/LOCALAPPDATA/sotickets/cache");
        assert_eq!(folder(state, Platform::Windows), "/LOCALAPPDATA/sotickets/state");
        assert_eq!(folder(cache, Platform::Linux), "/HOME/.cache/sotickets");
    }

    #[cfg(unix)]
    #[test]
    fn config_folder_is_that_of_the_xdg_specification() {
        let folder = |variables: &[(&str, &str)]| {
            let variables = variables.iter().map(|(name, value)| (name.into(), value.into()));
            let variables = Variables::for_platform(Platform::Linux, variables);
            config(&variables).map(|path| path.to_string_lossy().into_owned())
        };
        let (home, config) = (("HOME", "/h"), ("XDG_CONFIG_HOME", "/c"));
        assert_eq!(folder(&[home, config]).as_deref(), Some("/c/sotickets"));
        assert_eq!(folder(&[home]).as_deref(), Some("/h/.config/sotickets"));
        let relative = ("XDG_CONFIG_HOME", "c");
        assert_eq!(folder(&[home, relative]).as_deref(), Some("/h/.config/sotickets"));
        assert_eq!(folder(&[("HOME", "")]), None);
        assert_eq!(folder(&[]), None);
    }
}
