//! Runs of the program within limits of the shell, and connections that send nothing.

use std::net::TcpStream;
use std::process::Command;

use super::programs;

/// `command` within a limit of the shell: `-f 1`, `-n 64`.
pub fn limited(limit: &str, command: &Command) -> Command {
    let script = format!("ulimit {limit}; exec \"$@\"");
    let mut shell = programs::sh();
    shell.args(["-c", &script, "sh"]).arg(command.get_program());
    shell.args(command.get_args()).env_clear();
    shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell
}

/// Connections to `url` that send nothing, more than a process with 64 files can have.
pub fn idle_connections(url: &str) -> Vec<TcpStream> {
    let address = url.strip_prefix("http://").expect("an address");
    (0..120).map(|_| TcpStream::connect(address).expect("a connection")).collect()
}
