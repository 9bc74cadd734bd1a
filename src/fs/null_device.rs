//! The device that is empty to read and discards what is written.

use std::borrow::Cow;
use std::path::Path;

use crate::platform::Platform;

/// The name on Windows, in every folder and in any case.
const NUL: &str = "NUL";

/// Returns the path under which `platform` knows the file at `path`: on Windows `/dev/null`, which
/// scripts for several systems use, is `NUL`.
pub(crate) fn resolve(path: &Path, platform: Platform) -> Cow<'_, Path> {
    match platform {
        Platform::Windows if path.to_str() == Some("/dev/null") => Path::new(NUL).into(),
        _ => path.into(),
    }
}

/// Returns whether `path` is that device on Windows, whose file system knows nothing of it. On
/// other systems it is a file like others.
pub(crate) fn is_nul(path: &Path, platform: Platform) -> bool {
    let is_nul = |name: &str| name.strip_suffix(':').unwrap_or(name).eq_ignore_ascii_case(NUL);
    let text = resolve(path, platform);
    let text = text.to_string_lossy();
    platform == Platform::Windows && is_nul(text.strip_prefix(r"\\.\").unwrap_or(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nul_is_a_device_on_windows_alone() {
        for name in ["NUL", "nul", "nul:", r"\\.\NUL", "/dev/null"] {
            assert!(is_nul(Path::new(name), Platform::Windows), "{name}");
            assert!(!is_nul(Path::new(name), Platform::Linux), "{name}");
        }
        for name in ["", "null", "nul.csv", "NULL:"] {
            assert!(!is_nul(Path::new(name), Platform::Windows), "{name}");
        }
        assert_eq!(resolve(Path::new("/dev/null"), Platform::Linux), Path::new("/dev/null"));
    }
}
