//! Opens an address in the browser.

use std::io;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::context::Variables;
use crate::platform::Platform;
use crate::shell_words;

/// The time in which a browser reports a failure at its start.
const START_TIMEOUT: Duration = Duration::from_secs(2);
const POLL_INTERVAL: Duration = Duration::from_millis(10);
/// `CREATE_NEW_PROCESS_GROUP` and `CREATE_NO_WINDOW`.
#[cfg(windows)]
const DETACHED: u32 = 0x0000_0200 | 0x0800_0000;

/// Opens `url` with a program of `BROWSER`, or else with one of the platform. Their output is
/// discarded.
///
/// # Errors
/// If there is no browser, or it fails at its start.
pub(crate) fn open(url: &str, variables: &Variables) -> io::Result<()> {
    match variables.get("BROWSER") {
        Some(browser) => open_with(&browser, url, variables),
        None => open_with_platform(url, variables),
    }
}

/// Opens `url` with `browser`: a program, which may have arguments or blanks in its path, or
/// several, separated by colons. `%s` in an argument is replaced by the address.
fn open_with(browser: &str, url: &str, variables: &Variables) -> io::Result<()> {
    let mut result = start(browser, url, variables);
    // In a path of Windows a colon follows the drive.
    let may_be_several = Platform::CURRENT != Platform::Windows && browser.contains(':');
    if result.is_err() && may_be_several {
        for part in browser.split(':').filter(|part| !part.trim().is_empty()) {
            result = start(part, url, variables);
            if result.is_ok() {
                break;
            }
        }
    }
    result
}

/// Opens `url` with the first program of the platform that starts and does not fail.
fn open_with_platform(url: &str, variables: &Variables) -> io::Result<()> {
    let mut failure = None;
    let mut missing = io::Error::from(io::ErrorKind::NotFound);
    for command in open::commands(url) {
        match spawn(command, variables).map(watch) {
            Ok(Ok(())) => return Ok(()),
            // Elsewhere a status may mean nothing, and the address would be opened twice.
            Ok(Err(error)) if Platform::CURRENT != Platform::Linux => return Err(error),
            Ok(Err(error)) => failure = failure.or(Some(error)),
            Err(error) => missing = error,
        }
    }
    Err(failure.unwrap_or(missing))
}

/// Starts one program and waits for a failure at its start.
fn start(browser: &str, url: &str, variables: &Variables) -> io::Result<()> {
    let words = command_words(browser, url)?;
    let (program, arguments) = words.split_first().ok_or(io::ErrorKind::NotFound)?;
    let mut command = Command::new(program);
    command.args(arguments);
    watch(spawn(command, variables)?)
}

/// Starts `command` without the variables of this program.
fn spawn(mut command: Command, variables: &Variables) -> io::Result<Child> {
    variables.remove_program_variables(&mut command);
    // Ctrl-C at the terminal must not end the browser.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    #[cfg(windows)]
    std::os::windows::process::CommandExt::creation_flags(&mut command, DETACHED);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
}

/// Waits for the end of `child`, but no longer than a failure at its start takes.
fn watch(mut child: Child) -> io::Result<()> {
    let start = Instant::now();
    while start.elapsed() < START_TIMEOUT {
        match child.try_wait()? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(io::Error::other(format!("it failed: {status}"))),
            None => thread::sleep(POLL_INTERVAL),
        }
    }
    Ok(())
}

/// Returns the program and its arguments, with `url` among them.
fn command_words(browser: &str, url: &str) -> io::Result<Vec<String>> {
    let words = shell_words::split_program(browser, Platform::CURRENT);
    let mut words = words.ok_or(io::ErrorKind::InvalidInput)?;
    if words.iter().any(|word| word.contains("%s")) {
        words.iter_mut().for_each(|word| *word = word.replace("%s", url));
    } else {
        words.push(url.to_owned());
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_replaces_the_placeholder_or_is_appended() {
        let url = "https://a.example/?a=b&c";
        for (browser, words) in [
            ("firefox", vec!["firefox", url]),
            ("firefox --new-window", vec!["firefox", "--new-window", url]),
            ("'/a b/chrome' --app=%s", vec!["/a b/chrome", "--app=https://a.example/?a=b&c"]),
        ] {
            assert_eq!(command_words(browser, url).expect("words"), words);
        }
        assert!(command_words("'", url).is_err());
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("my browser");
        std::fs::write(&path, "").expect("a file");
        let path = path.to_str().expect("UTF-8");
        assert_eq!(command_words(path, url).expect("words"), [path, url]);
    }
}
