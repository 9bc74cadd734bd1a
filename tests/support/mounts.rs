//! Commands with mounts of their own, which no other process sees.

use std::process::Command;

use super::programs::{all_needed, program};
use super::skip;

/// Returns a command that runs `script` in `sh`, where it may mount; `None`, with a line on
/// standard error, if this machine allows no mounts. Further arguments are those of the script.
pub fn mounting(script: &str) -> Option<Command> {
    let ways: [&[&str]; 2] = [&["--mount"], &["--user", "--map-root-user", "--mount"]];
    if !all_needed(&["unshare", "mount"]) {
        return None;
    }
    let command = |way: &[&str], script| {
        let mut command = program("unshare").expect("unshare");
        command.args(way).args(["sh", "-c", script, "sh"]);
        command
    };
    let works = |way: &&&[&str]| {
        let run = command(way, "mount -t tmpfs none /tmp").output();
        run.is_ok_and(|run| run.status.success())
    };
    let Some(way) = ways.iter().find(works) else {
        skip("this machine lets nobody mount anything here");
        return None;
    };
    Some(command(way, script))
}
