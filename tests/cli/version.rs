//! `--version`, and how the build finds the commit.

#[path = "../../build/commit.rs"]
mod commit;
use std::fs;
use std::path::Path;

use commit::Commit;

use crate::support::programs::program;
use crate::support::{Run, skip, sotickets};

const ID: &str = "0123456789abcdef0123456789abcdef01234567";

/// A folder with these files.
fn sources(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    folder
}

/// Returns the commit found in `folder`, and the files that the build watches.
fn found(folder: &Path) -> (Option<String>, Vec<String>) {
    let Commit { id, watched } = commit::find(folder);
    let short = |path: &Path| {
        path.strip_prefix(folder).expect("in it").to_string_lossy().replace('\\', "/")
    };
    (id, watched.iter().map(|path| short(path)).collect())
}

#[test]
fn version_names_commit_target_and_tls() {
    let short = Run::of(sotickets().arg("-V"));
    assert_eq!(short.to_string(), "sotickets 0.1.0\n--- exit code 0");
    let long = Run::of(sotickets().arg("--version")).to_string();
    let lines: Vec<&str> = long.lines().collect();
    let (commit, target) = (env!("SOTICKETS_COMMIT"), env!("SOTICKETS_TARGET"));
    let expected = [
        "sotickets 0.1.0",
        &format!("commit: {commit}"),
        &format!("target: {target}"),
        "TLS:    rustls with ring",
        "--- exit code 0",
    ];
    assert_eq!(lines, expected);
    let first = commit.split(' ').next().unwrap_or_default();
    let is_hash = first.len() == 12 && first.bytes().all(|byte| byte.is_ascii_hexdigit());
    assert!(is_hash || first == "unknown", "{long}");
    assert!(target.split('-').count() >= 3, "{long}");
}

#[test]
fn commit_is_that_of_the_branch() {
    let line = format!("{ID}\n");
    let folder =
        sources(&[(".git/HEAD", "ref: refs/heads/main\n"), (".git/refs/heads/main", &line)]);
    let watched = vec![".git/HEAD".to_owned(), ".git/refs/heads/main".to_owned()];
    assert_eq!(found(folder.path()), (Some(ID.to_owned()), watched));
}

#[test]
fn branch_may_be_packed_and_the_head_detached() {
    let packed = format!("# pack-refs with: peeled\n{ID} refs/heads/main\n^{ID}\n");
    let folder = sources(&[
        (".git/HEAD", "ref: refs/heads/main\n"),
        (".git/packed-refs", &packed),
        (".git/refs/heads/other", "x"),
    ]);
    // The folder, because the next commit creates a file in it.
    let watched = [".git/HEAD", ".git/refs/heads", ".git/packed-refs"].map(str::to_owned);
    assert_eq!(found(folder.path()), (Some(ID.to_owned()), watched.to_vec()));

    let folder = sources(&[(".git/HEAD", &format!("{ID}\n"))]);
    assert_eq!(found(folder.path()), (Some(ID.to_owned()), vec![".git/HEAD".to_owned()]));
}

#[test]
fn work_tree_shares_the_branches_of_its_repository() {
    let folder = sources(&[
        ("tree/.git", "gitdir: ../main/.git/worktrees/tree\n"),
        ("main/.git/worktrees/tree/HEAD", "ref: refs/heads/side\n"),
        ("main/.git/worktrees/tree/commondir", "../..\n"),
        ("main/.git/refs/heads/side", ID),
    ]);
    assert_eq!(commit::find(&folder.path().join("tree")).id.as_deref(), Some(ID));
}

#[test]
fn version_without_a_repository_has_the_commit_of_the_package_or_none() {
    let info = format!(r#"{{ "git": {{ "sha1": "{ID}" }}, "path_in_vcs": "" }}"#);
    let folder = sources(&[(".cargo_vcs_info.json", &info)]);
    assert_eq!(found(folder.path()), (Some(ID.to_owned()), Vec::new()));
    // A repository around it does not count, either.
    let folder = sources(&[(".git/HEAD", ID), ("copy/Cargo.toml", "")]);
    assert_eq!(commit::find(&folder.path().join("copy")), Commit::default());
}

#[test]
fn commit_is_the_one_that_git_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let Some(mut git) = program("git") else { return };
    let output = git.arg("-C").arg(root).args(["rev-parse", "HEAD"]).output().expect("git");
    if !output.status.success() {
        return skip("this is no repository");
    }
    if root.join(".git").exists() {
        let id = String::from_utf8(output.stdout).expect("text");
        assert_eq!(commit::find(root).id.as_deref(), Some(id.trim()));
    }
}

#[test]
fn day_is_that_of_the_calendar() {
    for (seconds, day) in [
        (0, "1970-01-01"),
        (-1, "1969-12-31"),
        (951_782_399, "2000-02-28"),
        (951_782_400, "2000-02-29"),
        (1_709_251_199, "2024-02-29"),
        (1_767_225_599, "2025-12-31"),
        (4_107_542_400, "2100-03-01"),
    ] {
        assert_eq!(commit::day(seconds), day);
    }
}
