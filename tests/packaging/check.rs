//! The checks before a tag is released.

use std::fs;

use tempfile::TempDir;

use super::release::{package, path, text};
use crate::support::generated::file;
use crate::support::needed;
use crate::support::programs::script;

#[test]
fn only_the_tag_of_this_version_at_this_address_is_released() {
    let package = package();
    let own = sources();
    let program = own.path().join("packaging/release.py");
    let tag = format!("v{}", text(&package["version"]));
    let check = |tag: &str, repository: &str| {
        let mut command = script("python3", &program).expect("python3");
        command.args(["check", tag]).env("PATH", path());
        command.env("GITHUB_SERVER_URL", "https://code.example");
        let output = command.env("GITHUB_REPOSITORY", repository).output().expect("python3");
        String::from_utf8(output.stderr).expect("text")
    };
    if !needed("python3") {
        return;
    }
    let write = |path: &str, text: &str| fs::write(own.path().join(path), text).expect("a file");
    // All problems are reported at once.
    assert_eq!(
        check("v9.9.9", "fork"),
        "the tag v9.9.9 is not that of version 0.1.0 in Cargo.toml\n\
         CHANGELOG.md has no section '## [0.1.0] - DATE'\n\
         Cargo.toml calls the repository https://code.example/sotickets, and it is https://code.example/fork\n\
         README.md says that there is no release yet\n\
         docs/ci.md says that there is no release yet\n\
         README.md names the Debian package of another version than 0.1.0\n\
         packaging/debian/changelog does not begin with 0.1.0-1\n\
         packaging/debian/changelog still has an address at git.example.com\n\
         docs/ci.md still has an address at git.example.com\n"
    );
    write(
        "CHANGELOG.md",
        "# Changelog\n\n## [Unreleased]\n\n## [0.1.0] - 2026-01-31\n\n- A.\n\n## [0.0.1] - 2025-01-01\n\n- B.\n",
    );
    write("README.md", "sudo apt install ./sotickets_0.1.0-1_amd64.deb\n");
    write("packaging/debian/changelog", "sotickets (0.1.0-1) unstable; urgency=medium\n");
    write("docs/ci.md", "https://code.example/sotickets.git\n");
    assert_eq!(check(&tag, "sotickets"), "");
    let manifest = fs::read_to_string(own.path().join("Cargo.toml")).expect("a file");
    write("Cargo.toml", &manifest.replace("code.example", "git.example.com"));
    assert!(check(&tag, "sotickets").contains(" is still https://git.example.com/sotickets"));

    let mut command = script("python3", &program).expect("python3");
    let output = command.arg("notes").env("PATH", path()).output().expect("python3");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "- A.\n");
}

/// A copy of the files that the checks read, with a repository and a version of its own.
fn sources() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(folder.path().join("packaging")).expect("a folder");
    fs::create_dir_all(folder.path().join("src")).expect("a folder");
    fs::copy(file("packaging/release.py"), folder.path().join("packaging/release.py"))
        .expect("a file");
    let manifest = "[package]\nname = \"sotickets\"\nversion = \"0.1.0\"\n\
                    repository = \"https://code.example/sotickets\"\n";
    fs::write(folder.path().join("Cargo.toml"), manifest).expect("a file");
    fs::write(folder.path().join("src/lib.rs"), "").expect("a file");
    fs::write(folder.path().join("CHANGELOG.md"), "## [Unreleased]\n").expect("a file");
    let not_ready = [
        ("README.md", "There is no release to download yet. ./sotickets_0.0.9-1_amd64.deb\n"),
        ("packaging/debian/changelog", "sotickets (0.0.9-1) unstable\n -- a@git.example.com\n"),
        (
            "docs/ci.md",
            "There is no release to download yet: https://git.example.com/sotickets.git\n",
        ),
    ];
    for (path, text) in not_ready {
        let to = folder.path().join(path);
        fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        fs::write(to, text).expect("a file");
    }
    folder
}
