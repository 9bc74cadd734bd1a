//! Accessible output: nothing by color alone, plain words in a dumb terminal, ASCII in a locale
//! without UTF-8.
#![cfg(unix)]

use assert_cmd::Command;

use crate::support::{Run, Server, json_text_formats, plain, pty, sotickets};

/// Commands that bring every kind of output for people, with errors, warnings and hints.
fn commands() -> Vec<Command> {
    let lines = [
        "get 1 7 42 666 839 5000 --demo -s TicketId,Title,BaseStatus,ReadStatus",
        "get 1 7 42 666 839 --demo",
        "get 839 --demo -o record",
        "get 839 --demo -o markdown",
        "get 5000 --demo",
        "get x",
        "get 839 --no-such-option",
        "get 839 --url https://127.0.0.1:1 --password literal",
        "fields",
        "fields titel",
        "doctor",
        "doctor --offline",
        "auth status",
        "get -h",
        "get --help",
        "--help",
    ];
    let command = |line: &str| {
        let mut command = sotickets();
        command.args(line.split(' '));
        command
    };
    lines.into_iter().map(command).collect()
}

fn line(command: &Command) -> String {
    command.get_args().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[test]
fn dumb_terminal_gets_no_escape_sequence() {
    for mut command in commands() {
        for variable in [("TERM", "dumb"), ("NO_COLOR", "1")] {
            command.env_clear().env(variable.0, variable.1);
            let Some((printed, _)) = pty::both(&command, 80) else { return };
            let line = line(&command);
            assert!(!printed.is_empty(), "{line}");
            let drives = |c: char| c.is_control() && c != '\n';
            assert!(!printed.contains(drives), "{line} with {variable:?}:\n{printed}");
        }
    }
}

#[test]
fn every_word_is_printed_without_color() {
    for mut command in commands() {
        command.env_clear().env("TERM", "xterm-256color");
        let Some((colored, code)) = pty::both(&command, 80) else { return };
        command.env_clear().env("NO_COLOR", "1");
        let without = pty::both(&command, 80).expect("a terminal");
        assert_eq!((plain(&colored), code), without, "{}", line(&command));
    }
}

#[test]
fn output_sets_no_background_and_moves_no_cursor() {
    // Bold, dim, underlined, red, green, yellow; and the ends of them.
    const STYLES: [&str; 13] =
        ["0", "1", "2", "4", "22", "24", "31", "32", "33", "39", "38;5;1", "38;5;2", "38;5;3"];
    let mut seen = 0;
    for mut command in commands() {
        command.env_clear().env("TERM", "xterm-256color");
        let Some((printed, _)) = pty::both(&command, 80) else { return };
        for sequence in printed.split('\u{1b}').skip(1) {
            let style = sequence.split('m').next().and_then(|start| start.strip_prefix('['));
            let is_known = style.is_some_and(|style| STYLES.contains(&style));
            assert!(is_known, "{}: {:.20?}", line(&command), sequence);
            seen += 1;
        }
    }
    assert!(seen > 100, "{seen} sequences");
}

#[test]
fn errors_warnings_and_hints_have_the_color_of_their_word() {
    let shown = |arguments: &[&str]| {
        let (printed, _) = pty::both(sotickets().args(arguments), 80)?;
        Some(printed.replace('\u{1b}', "^"))
    };
    let Some(missing) = shown(&["get", "5000", "--demo"]) else { return };
    insta::assert_snapshot!(missing, @r"
    ^[1m^[31merror:^[0m ticket 5000 did not come back
    ^[32mhint:^[0m it does not exist, or this user may not read it; with --allow-missing this is not an error
    ");
    let some = shown(&["get", "249", "5000", "--demo", "-s", "Title"]).expect("a terminal");
    insta::assert_snapshot!(some, @r"
    ^[1mTitle^[0m
    ^[2m───────────────────────────────^[0m
    Wrong VAT rate on invoice 10482
    ^[1m^[33mwarning:^[0m 1 of 2 tickets did not come back: 5000
    ^[32mhint:^[0m they do not exist, or this user may not read them; with --allow-missing this is not an error
    ");
    // The option decides about standard error, too.
    let never = shown(&["get", "5000", "--demo", "--color", "never"]).expect("a terminal");
    assert!(!never.contains('^'), "{never}");
    let always = Run::of(sotickets().args(["get", "5000", "--demo", "--color", "always"]));
    assert!(always.stderr.starts_with("\u{1b}[1m\u{1b}[31merror:\u{1b}[0m "), "{always}");
}

#[test]
fn record_has_no_box_characters() {
    let command = |format: &str| {
        let mut command = sotickets();
        command.args(["get", "1", "839", "--demo", "-o", format]);
        command
    };
    let boxes = |text: &str| text.contains(|c: char| ('\u{2500}'..='\u{259f}').contains(&c));
    for columns in [40, 80, 200] {
        let Some((record, _)) = pty::both(&command("record"), columns) else { return };
        assert!(!boxes(&record), "{record}");
    }
    let (table, _) = pty::both(&command("table"), 200).expect("a terminal");
    assert!(boxes(&table), "{table}");
}

#[test]
fn locale_without_utf8_gets_ascii_and_the_same_values() {
    for mut command in commands() {
        command.env_clear().env("NO_COLOR", "1").env("LANG", "nb_NO.UTF-8").env("LC_CTYPE", "C");
        let Some((printed, code)) = pty::both(&command, 120) else { return };
        let drawn = ['─', '…'];
        assert!(!printed.contains(drawn), "{}:\n{printed}", line(&command));
        if line(&command).ends_with("-h") || line(&command).ends_with("--help") {
            assert!(printed.is_ascii(), "{}:\n{printed}", line(&command));
            let widest = printed.lines().map(str::len).max().unwrap_or_default();
            assert!(widest <= 100, "{}:\n{printed}", line(&command));
        }
        command.env("LC_ALL", "C.UTF-8");
        let with_utf8 = pty::both(&command, 120).expect("a terminal");
        let values = |text: &str| text.replace(['─', '-', '…', '.', ' ', '\n'], "");
        if line(&command).contains("-o record") {
            assert_eq!((printed, code), with_utf8);
        } else if !line(&command).contains("7 42") {
            // Three points take more room than one.
            assert_eq!(values(&printed), values(&with_utf8.0), "{}", line(&command));
        }
    }
}

#[test]
fn ascii_locale_gets_ascii_borders_and_cuts() {
    let mut command = sotickets();
    command.args(["get", "42", "839", "--demo", "-s", "TicketId,Title"]);
    let Some(run) = pty::run(command.env("LANG", "C").env("NO_COLOR", "1"), 40) else { return };
    insta::assert_snapshot!(run, @r"
    TicketId  Title
    ----------------------------------------
          42  Ordering from the spring ca...
         839  Cannot print shipping label...
    --- exit code 0
    ");
    // No locale is set.
    let run = pty::run(command.env_remove("LANG"), 40).expect("a terminal");
    assert!(run.stdout.contains('─') && run.stdout.contains('…'), "{run}");
}

#[test]
fn machines_formats_do_not_depend_on_the_locale() {
    let server = Server::awkward();
    for format in &json_text_formats(|format| !format.is_for_people()) {
        let print = |locale: &str| {
            Run::of(server.get(&["839", "249", "-o", format]).env("LC_ALL", locale)).stdout
        };
        assert_eq!(print("C"), print("C.UTF-8"), "{format}");
    }
    let print = |locale: &str| Run::of(server.get(&["839", "249"]).env("LC_ALL", locale)).stdout;
    assert_eq!(print("C"), print("C.UTF-8"));
}
