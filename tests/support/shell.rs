//! A real shell at a pseudo-terminal, in which Tab is pressed.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::Child;
use std::sync::mpsc::Receiver;
use std::time::Instant;

use super::{PATIENCE, programs, pty, skip};

const PROMPT: &str = "READY> ";
/// The narrowest that keeps each candidate with its meaning on a line of its own.
const COLUMNS: u16 = 60;

/// A shell that has read the completion script, and waits.
pub struct Shell {
    name: &'static str,
    child: Child,
    keyboard: File,
    screen: Receiver<Vec<u8>>,
}

/// The result of a Tab.
#[derive(Debug, PartialEq, Eq)]
pub struct Tab {
    /// The words of the line.
    pub words: Vec<String>,
    /// The candidates that were listed.
    pub listed: BTreeSet<String>,
}

impl Shell {
    /// Starts the shell `name` in `folder`, which is its home as well, with the completion
    /// `script`; `None`, with a line on standard error, if it is missing.
    pub fn start(name: &'static str, script: &Path, folder: &Path) -> Option<Self> {
        if !programs::needed(name) {
            return None;
        }
        // A shell wants the terminal to be its own.
        let mut command = programs::program("setsid")?;
        let Ok((controller, terminal)) = pty::open(COLUMNS) else {
            assert!(std::env::var_os("CI").is_none(), "there is no pseudo-terminal");
            skip("this machine gives no pseudo-terminal");
            return None;
        };
        command.args(["--ctty", "--wait", name]).args(arguments(name, script, folder));
        command.current_dir(folder).env_clear();
        command.env("PATH", programs::path_with_sotickets());
        command.env("HOME", folder).env("ZDOTDIR", folder).env("XDG_CONFIG_HOME", folder);
        command.env("TERM", "xterm").env("LC_ALL", "C.UTF-8");
        command.env("SOTICKETS_TAB", "1").env("SOTICKETS_TABLE", "2");
        let end = || terminal.try_clone().expect("a terminal");
        let child = command.stdin(end()).stdout(end()).stderr(end()).spawn().expect("setsid");
        let keyboard = controller.try_clone().expect("a terminal");
        let mut shell = Self { name, child, keyboard, screen: pty::follow(controller) };
        shell.until(PROMPT, "");
        Some(shell)
    }

    /// Types `line` and Tab; `known` are the candidates that a list could have, none if there must
    /// be no list.
    pub fn tab(&mut self, line: &str, known: &[&str]) -> Tab {
        // bash completes first, and lists once there is no more to add.
        let tabs = if self.name == "bash" && !known.is_empty() { "\t\t\t" } else { "\t" };
        // The line is not run: the shell prints its words.
        let print = "\u{1}printf '<%s>\\n' \u{5} END\r";
        self.keyboard.write_all(format!("{line}{tabs}{print}").as_bytes()).expect("a terminal");
        let screen = plain(&self.until("<END>", PROMPT));
        let first = format!("<{}>", line.split(' ').next().unwrap_or_default());
        let lines: Vec<&str> = screen.lines().collect();
        let at = lines.iter().rposition(|line| *line == first).unwrap_or(lines.len());
        let (before, after) = lines.split_at(at);
        let words = after.iter().filter_map(|line| line.strip_prefix('<')?.strip_suffix('>'));
        let words = words.take_while(|word| *word != "END").map(str::to_owned).collect();
        Tab { words, listed: Self::listed(before, known) }
    }

    /// Returns those of `known` that a list on the `screen` has.
    fn listed(screen: &[&str], known: &[&str]) -> BTreeSet<String> {
        let words = screen.iter().flat_map(|line| {
            // The meaning follows a candidate, and may contain a known word.
            let explained = line.contains(" -- ") || line.contains(" (");
            line.split_whitespace().take(if explained { 1 } else { usize::MAX })
        });
        let words = words.map(|word| word.rsplit(',').next().unwrap_or_default());
        words.filter(|word| known.contains(word)).map(str::to_owned).collect()
    }

    /// All that comes until `end` and then `more` have come.
    fn until(&mut self, end: &str, more: &str) -> String {
        let start = Instant::now();
        let mut bytes = Vec::new();
        loop {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if text.split_once(end).is_some_and(|(_, rest)| rest.contains(more)) {
                return text;
            }
            let left = PATIENCE.saturating_sub(start.elapsed());
            let part = self.screen.recv_timeout(left);
            assert!(part.is_ok(), "{} did not come to '{end}': {text:?}", self.name);
            bytes.extend(part.unwrap_or_default());
        }
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        // setsid ends with the shell, and that with its terminal.
        let _ = self.keyboard.write_all(b"\x15exit\r");
        let start = Instant::now();
        while self.screen.recv_timeout(PATIENCE.saturating_sub(start.elapsed())).is_ok() {}
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns a command that starts `name` so that it reads `script` and nothing else.
fn arguments(name: &str, script: &Path, folder: &Path) -> Vec<String> {
    let path = script.display();
    let file = |name: &str, text: String| {
        let path = folder.join(name);
        std::fs::write(&path, text).expect("a file");
        path.display().to_string()
    };
    match name {
        "bash" => {
            let setup = format!(
                "bind 'set enable-bracketed-paste off'\nbind 'set completion-query-items 0'\n\
                 bind 'set page-completions off'\nsource {path}\nPS1='{PROMPT}'\n"
            );
            let setup = file(".bashrc", setup);
            ["--noprofile", "--rcfile", setup.as_str(), "-i"].map(str::to_owned).to_vec()
        }
        "zsh" => {
            let scripts = script.parent().expect("a folder").display();
            let setup = format!(
                "unset zle_bracketed_paste\nunsetopt list_ambiguous\nLISTMAX=1000\n\
                 fpath=({scripts} $fpath)\nautoload -Uz compinit\ncompinit -u -D\nPS1='{PROMPT}'\n"
            );
            file(".zshrc", setup);
            ["-d", "-i"].map(str::to_owned).to_vec()
        }
        "fish" => {
            let setup = format!(
                "function fish_prompt; echo -n '{PROMPT}'; end; set -g fish_greeting; \
                 set -g fish_autosuggestion_enabled 0; source {path}"
            );
            ["--no-config", "-i", "-C", setup.as_str()].map(str::to_owned).to_vec()
        }
        _ => unreachable!("no shell of these tests: {name}"),
    }
}

/// Returns `text` without terminal control sequences.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' => match rest.next() {
                Some('[') => match rest.find(char::is_ascii_alphabetic) {
                    Some('m' | 'h' | 'l') => {}
                    // The cursor moves, so the rest is elsewhere.
                    _ => plain.push('\n'),
                },
                Some(']') => while rest.next().is_some_and(|c| c != '\u{7}') {},
                Some('(' | ')') => drop(rest.next()),
                _ => {}
            },
            '\n' => plain.push('\n'),
            c if c.is_control() => {}
            c => plain.push(c),
        }
    }
    plain
}
