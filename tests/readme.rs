//! README.md does what it says: each of its commands is run against the sample
//! server, and what it shows is what is printed.

mod support;

use std::process::Command;

use support::demo::Demo;

/// A fenced block of README.md.
struct Block {
    language: String,
    text: String,
}

fn blocks() -> Vec<Block> {
    let readme = include_str!("../README.md");
    let mut blocks = Vec::new();
    let mut lines = readme.lines();
    while let Some(line) = lines.next() {
        let Some(language) = line.strip_prefix("```") else { continue };
        let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        blocks.push(Block { language: language.to_owned(), text: text.join("\n") });
    }
    blocks
}

/// What stands in README.md for the reader's own installation, and the sample
/// server's in its place.
fn at_the_sample_server(script: &str, demo: &Demo) -> String {
    script
        .replace(
            "https://crm.example.com/SuperOffice --user tim --password prompt",
            &format!("{} --user demo --password env:SAMPLE_PASSWORD", demo.url()),
        )
        .replace("https://online3.superoffice.com/Cust12345", demo.url())
        .replace("8A:Cust12345.…", demo.token())
}

/// Runs `script` in an empty folder, with the program in the path; gives standard
/// output and error as one, and the exit code.
fn run(script: &str, demo: &Demo) -> (String, i32) {
    let folder = tempfile::tempdir().expect("a folder");
    let bin = std::path::Path::new(env!("CARGO_BIN_EXE_sotickets")).parent().expect("a folder");
    let output = Command::new("sh")
        .arg("-c")
        .arg(format!("exec 2>&1\n{script}"))
        .current_dir(folder.path())
        .env_clear()
        .env("PATH", format!("{}:/usr/bin:/bin", bin.display()))
        .env("SOTICKETS_URL", demo.url())
        .env("SOTICKETS_TOKEN", demo.token())
        .env("SAMPLE_PASSWORD", sotickets::demo::PASSWORD)
        .output()
        .expect("a shell");
    let text = String::from_utf8(output.stdout).expect("text");
    (text, output.status.code().expect("an exit code"))
}

#[test]
fn what_it_shows_is_what_is_printed() {
    let demo = Demo::start();
    let mut commands = 0;
    for block in blocks().iter().filter(|block| block.language == "console") {
        let mut code = 0;
        for part in block.text.split("\n$ ") {
            let (command, expected) = part.split_once('\n').unwrap_or((part, ""));
            let command = command.trim_start_matches("$ ");
            let (printed, status) =
                if command == "echo $?" { (format!("{code}\n"), 0) } else { run(command, &demo) };
            assert_eq!(printed.trim_end(), expected.trim_end(), "{command}");
            code = status;
            commands += 1;
        }
    }
    assert!(commands >= 5, "README.md shows {commands} commands with their output");
}

#[test]
fn every_command_works() {
    let demo = Demo::start();
    let mut commands = 0;
    for block in blocks().iter().filter(|block| block.language == "sh") {
        let script = &block.text;
        // The build and the tests run by themselves; `demo` runs until it is ended.
        if script.starts_with("cargo install")
            || script == "cargo test"
            || script == "sotickets demo"
        {
            continue;
        }
        let script = script.replace("cargo run --release --", "sotickets");
        assert!(script.contains("sotickets "), "not a command of the program: {script}");
        let (printed, code) = run(&at_the_sample_server(&script, &demo), &demo);
        assert_eq!(code, 0, "{script}\n{printed}");
        commands += script.lines().filter(|line| line.contains("sotickets ")).count();
    }
    assert!(commands >= 7, "README.md has {commands} commands");
}

#[test]
fn no_command_stands_outside_a_block_that_is_run() {
    for block in blocks() {
        let known = ["sh", "console", "toml"].contains(&block.language.as_str());
        assert!(known, "a block in '{}' is not run: {}", block.language, block.text);
    }
}

#[test]
fn a_configuration_is_read() {
    for block in blocks().iter().filter(|block| block.language == "toml") {
        let folder = support::configuration(&block.text);
        let mut command = support::sotickets();
        let run = support::Run::of(
            command.args(["doctor", "--offline"]).env("XDG_CONFIG_HOME", folder.path()),
        );
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
        assert!(run.stdout.contains("url              https://crm.example.com"), "{run}");
    }
}
