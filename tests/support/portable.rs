//! Results of Windows in the form of other systems, so that one expectation fits all.

use std::path::Path;

/// A program that prints its arguments.
pub const ECHO: &str = if cfg!(windows) { "cmd.exe /c echo" } else { "echo" };

/// A program that fails, and the message of that.
pub const FALSE: (&str, &str) = if cfg!(windows) {
    ("cmd.exe /c exit 1", "'cmd.exe' failed: exit code: 1")
} else {
    ("false", "'false' failed: exit status: 1")
};

/// The folder of the cache, below the home folder.
pub const CACHE: &str = if cfg!(windows) {
    "sotickets/cache"
} else if cfg!(target_vendor = "apple") {
    "Library/Caches/sotickets"
} else {
    ".cache/sotickets"
};

/// A limit of silence or of the whole command, which passes soon. Processes and connections take
/// longer on Windows, and most of all under wine.
pub const SHORT: &str = if cfg!(windows) { "3s" } else { "300ms" };

/// Errors of the system: the code of Windows, and words and code on Linux.
const ERRORS: [(&str, &str); 9] = [
    ("2", "No such file or directory (os error 2)"),
    ("3", "No such file or directory (os error 2)"),
    ("5", "Permission denied (os error 13)"),
    // wine's code for a path below a file.
    ("123", "Not a directory (os error 20)"),
    ("183", "File exists (os error 17)"),
    ("267", "Not a directory (os error 20)"),
    ("10054", "Connection reset by peer (os error 104)"),
    ("10061", "Connection refused (os error 111)"),
    ("11001", "failed to lookup address information: Name or service not known"),
];

/// Returns `text`, a message, with the words of Linux for each error of the system, and without
/// the reason that wine gives for a certificate.
pub fn errors(text: String) -> String {
    const REASON: &str = "hint: the system's reason: ";
    if !cfg!(windows) {
        return text;
    }
    let lines = text.split_inclusive('\n').filter(|line| !line.starts_with(REASON));
    errors_of_windows(&lines.collect::<String>())
}

fn errors_of_windows(text: &str) -> String {
    const CODE: &str = "(os error ";
    // One that the program finds by itself.
    let text = text.replace(": is a directory\n", ": Is a directory (os error 21)\n");
    let mut parts = text.split(CODE);
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (code, rest) = part.split_once(')').expect("a code");
        match ERRORS.iter().find(|(known, _)| *known == code) {
            Some((_, words)) => {
                shown.truncate(shown.rfind(": ").map_or(0, |at| at + 2));
                shown.push_str(words);
            }
            None => shown.push_str(&format!("{CODE}{code})")),
        }
        shown.push_str(rest);
    }
    shown
}

/// Returns `text` with `name` in place of the path of `folder`, which changes, and `/` between the
/// folders below it.
pub fn folder(text: &str, folder: &Path, name: &str) -> String {
    let path = folder.to_string_lossy();
    let text = text.replace(&*path, name);
    if !cfg!(windows) {
        return text;
    }
    // In JSON each separator is there twice.
    let text = text.replace(&path.replace('\\', r"\\"), name);
    let mut parts = text.split(name);
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_end = |c: char| c.is_whitespace() || "'\",;".contains(c);
        let (path, rest) = part.split_at(part.find(is_end).unwrap_or(part.len()));
        let path = path.replace(r"\\", "/").replace('\\', "/");
        shown.push_str(&format!("{name}{path}{rest}"));
    }
    shown
}

/// Returns `text` as the program writes it to the configuration file.
pub fn toml_string(text: &str) -> String {
    if text.contains('\\') { format!("'{text}'") } else { format!("\"{text}\"") }
}

/// Returns `text`, a configuration file, with paths in the quotes of those without a backslash.
pub fn toml(text: &str) -> String {
    if cfg!(windows) { text.replace('\'', "\"") } else { text.to_owned() }
}

/// Returns a program that prints `text` after a second.
pub fn slow_echo(text: &str) -> String {
    if cfg!(windows) {
        format!("cmd.exe /c \"%SystemRoot%\\System32\\ping -n 2 127.0.0.1 >NUL & echo {text}\"")
    } else {
        format!("sh -c 'sleep 1; echo {text}'")
    }
}

/// Returns the variables by which `folder` is the home folder.
pub fn home(folder: &Path) -> Vec<(&'static str, &Path)> {
    let names: &[&str] = if cfg!(windows) { &["APPDATA", "LOCALAPPDATA"] } else { &[] };
    ["HOME"].iter().chain(names).map(|name| (*name, folder)).collect()
}

/// Returns the `name` of a variable as messages have it: Windows keeps names in capitals.
pub fn variable(name: &str) -> String {
    if cfg!(windows) { name.to_uppercase() } else { name.to_owned() }
}

/// Returns `word` in the quotes of hints: those of cmd are double.
pub fn quoted(word: &str) -> String {
    if cfg!(windows) { format!("\"{word}\"") } else { format!("'{word}'") }
}

#[test]
fn errors_of_windows_have_the_words_of_linux() {
    let text = "error: could not connect to a:9: Actively refused. (os error 10061)\nhint: x\n";
    let linux = "error: could not connect to a:9: Connection refused (os error 111)\nhint: x\n";
    assert_eq!(errors_of_windows(text), linux);
    assert_eq!(errors_of_windows("a: b (os error 9)"), "a: b (os error 9)");
}
