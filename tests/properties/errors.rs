//! Hostile text in answers and arguments: no error message drives a terminal, and every line begins
//! with a word of this program.

use proptest::prelude::*;
use proptest::sample::subsequence;
use sotickets::context::{Context, Terminal};

use crate::support::wine::proptest_config;
use crate::support::{self, Run, hostile_text, sotickets, tcp_server};

/// Runs the program in this process, and returns its standard output and error.
fn run(arguments: &[&str], variables: &[(&str, &str)], terminal: bool) -> (u8, String, String) {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut host = Context {
        variables: variables.iter().copied().collect(),
        stdin: Box::new(&b"839 \x1b[2J x"[..]),
        stdout: &mut stdout,
        stderr: &mut stderr,
        terminal: Terminal {
            stdout: terminal,
            stderr: terminal,
            width: Some(80),
            ..Terminal::default()
        },
        now: support::render::now(),
        started: std::time::Instant::now(),
        unchecked_servers: Vec::new(),
    };
    let all = ["sotickets"].iter().chain(arguments).map(std::ffi::OsString::from);
    let code = sotickets::run(all, &mut host);
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (code, text(stdout), text(stderr))
}

/// `shown` without the styles of messages.
fn without_styles(shown: &str) -> String {
    ["\x1b[0m", "\x1b[1m", "\x1b[4m", "\x1b[31m", "\x1b[32m", "\x1b[33m"]
        .iter()
        .fold(shown.to_owned(), |text, style| text.replace(style, ""))
}

fn assert_harmless(shown: &str) -> Result<(), TestCaseError> {
    let unsafe_char = |c: char| c != '\n' && hostile_text::drives_a_terminal(c);
    prop_assert!(!shown.contains(unsafe_char), "{shown:?}");
    Ok(())
}

/// Returns the command lines that can contain `text`, with a dry run at the end of those that would
/// send something.
fn typed(text: &str) -> Vec<Vec<String>> {
    let options = [
        "-s",
        "-o",
        "--delimiter",
        "--dates",
        "--language",
        "--culture",
        "--timezone",
        "--url",
        "--user",
        "--token",
        "--app-token",
        "-H",
        "--connect-timeout",
        "--timeout",
        "--max-bytes",
        "--max-ids",
        "--width",
        "--color",
        "--ids-file",
    ];
    let word = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let mut lines = vec![
        word(&[text]),
        word(&["get", text, "--dry-run"]),
        word(&["get", "839", text, "--dry-run"]),
        word(&["get", "-", text, "--dry-run"]),
        word(&["fields", text]),
        word(&["fields", "-o", text]),
        word(&["completions", text]),
        word(&["demo", "--port", text]),
        word(&["help", text]),
    ];
    let header = [format!("{text}: x"), format!("X: {text}"), format!("X: @{text}")];
    lines.extend(header.iter().map(|header| word(&["get", "839", "-H", header, "--dry-run"])));
    for place in ["env", "file"] {
        lines.push(word(&["get", "839", "--dry-run", "--token", &format!("{place}:{text}")]));
    }
    for option in options {
        let glued = format!("{option}={text}");
        lines.push(word(&["get", "839", "--dry-run", &glued]));
        lines.push(word(&["get", "839", "--dry-run", option, text]));
    }
    lines.push(word(&["get", "839", "--dry-run", &format!("--{text}")]));
    lines
}

const VARIABLES: [&str; 9] = [
    "SOTICKETS_URL",
    "SOTICKETS_SELECT",
    "SOTICKETS_OUTPUT",
    "SOTICKETS_LANGUAGE",
    "SOTICKETS_TIMEZONE",
    "SOTICKETS_TIMEOUT",
    "SOTICKETS_USER",
    "SOTICKETS_PASSWORD",
    "TZ",
];

/// The number of command lines and variables that take a text. Each text is tried in a few.
const PLACES: usize = 62;

proptest! {
    #![proptest_config(proptest_config(150))]

    #[test]
    fn errors_about_arguments_have_no_control_characters(
        text in hostile_text::text(),
        terminal in any::<bool>(),
        places in subsequence((0..PLACES).collect::<Vec<_>>(), 16),
    ) {
        // A program cannot be given such an argument.
        let text = text.replace('\0', "");
        // Nothing here may be run or served without an end.
        prop_assume!(!text.starts_with("command:") && text.trim().parse::<u16>().is_err());
        let url = [("SOTICKETS_URL", "http://127.0.0.1:1"), ("SOTICKETS_TOKEN", "t0ken")];
        let typed = typed(&text);
        assert_eq!(typed.len() + VARIABLES.len(), PLACES);
        for line in places.iter().filter_map(|place| typed.get(*place)) {
            let line: Vec<&str> = line.iter().map(String::as_str).collect();
            let (code, _, stderr) = run(&line, &url, terminal);
            let is_warned = without_styles(&stderr).starts_with("warning: ");
            prop_assert!(code != 0 || stderr.is_empty() || is_warned, "{line:?} {stderr}");
            assert_harmless(&without_styles(&stderr))?;
        }
        for place in places.into_iter().filter(|place| *place >= typed.len()) {
            let variable = VARIABLES[place - typed.len()];
            let url = ("SOTICKETS_URL", "http://127.0.0.1:1");
            let (_, _, stderr) = run(&["get", "839", "--dry-run"], &[url, (variable, &text)], terminal);
            assert_harmless(&without_styles(&stderr))?;
        }
    }
}

proptest! {
    #![proptest_config(proptest_config(40))]

    #[test]
    fn errors_about_answers_have_no_control_characters(
        text in hostile_text::text(),
        status in prop_oneof![Just(200), Just(302), Just(401), Just(421), Just(429), Just(500), Just(799)],
        format in prop_oneof![Just("csv"), Just("xml")],
    ) {
        // A header's value ends with its line.
        let value = text.replace(['\r', '\n', '\0'], "");
        let json = serde_json::to_string(&text).expect("a text");
        let bodies = [
            text.clone(),
            format!("{{\"Error\":true,\"ErrorType\":{json},\"ErrorMessage\":{json}}}"),
            format!("<html><title>{text}</title>"),
            format!("[{json}]"),
            format!("[{{\"TicketId\":839,{json}}}]"),
        ];
        for body in bodies {
            let head = format!(
                "HTTP/1.1 {status} {value}\r\ncontent-length: {}\r\nlocation: {value}\r\n\
                retry-after: {value}\r\ncontent-type: {value}\r\nx-{}: {value}\r\n\r\n",
                body.len(),
                text.len(),
            );
            let url = tcp_server::answering([head.as_bytes(), body.as_bytes()].concat());
            let mut command = sotickets();
            command.args(["get", "839", "--no-auth", "-v", "-o", format, "--url", &url]);
            let run = Run::of(&mut command);
            assert_harmless(&run.stderr)?;
            let known = ["> ", "< ", "error: ", "hint: ", "warning: "];
            for line in run.stderr.lines() {
                prop_assert!(known.iter().any(|start| line.starts_with(start)), "{line:?}");
            }
        }
    }
}
