//! `--out-file` has the same bytes as a pipe, all or none of them.

use std::fs;

use insta::assert_snapshot;

use crate::support::out_file::{OLD, OutFile, names};
use crate::support::{self, Run, Server, json_formats, json_text_formats, portable, tcp_server};

/// `run` with the file's folder, which changes, written `FOLDER`.
fn shown(file: &OutFile, run: &Run) -> String {
    portable::folder(&run.to_string(), file.folder(), "FOLDER")
}

#[test]
fn every_format_is_the_same_bytes_as_in_a_pipe() {
    for format in &json_text_formats(|_| true) {
        let pipe = Server::awkward().run(&["839", "249", "-o", format]);
        let file = OutFile::old();
        let arguments = [&["839", "249", "-o", format][..], &file.arguments()].concat();
        let run = Server::awkward().run(&arguments);
        assert_eq!(run.to_string(), "--- exit code 0", "{format}");
        assert_eq!(file.text(), pipe.stdout, "{format}");
        file.assert_alone();
    }
}

#[test]
fn new_file_is_made_and_the_others_stay() {
    let file = OutFile::old();
    let new = file.folder().join("tickets.dat");
    let new = new.to_str().expect("UTF-8");
    let run = Server::awkward().run(&["839", "249", "-s", "TicketId", "--out-file", new]);
    assert_eq!(run.to_string(), "--- exit code 0");
    assert_eq!(fs::read_to_string(new).expect("a file"), "TicketId\n     839\n     249\n");
    assert_eq!(file.text(), OLD);
}

#[test]
fn missing_ticket_is_named_and_the_others_are_in_the_file() {
    let file = OutFile::old();
    let arguments = ["839", "5000", "-s", "TicketId", "-o", "csv"];
    let server = Server::json(r#"[{"TicketId":839}]"#);
    let run = server.run(&[&arguments[..], &file.arguments()].concat());
    assert_eq!(file.text(), "TicketId\n839\n");
    assert_snapshot!(run, @"
    --- stderr
    warning: 1 of 2 tickets did not come back: 5000
    hint: they do not exist, or this user may not read them; with --allow-missing this is not an error
    --- exit code 3
    ");
    file.assert_alone();
}

#[test]
fn old_file_stays_if_no_ticket_came_back() {
    for format in &json_formats(|_| true) {
        let file = OutFile::old();
        let arguments = ["839", "249", "-s", "TicketId", "-o", format];
        let run = Server::json("[null,{}]").run(&[&arguments[..], &file.arguments()].concat());
        assert_eq!(run.code, 3, "{format}: {run}");
        file.assert_untouched(&run);
        assert_eq!(
            shown(&file, &run),
            "--- stderr\n\
             error: 2 of 2 tickets did not come back: 249, 839; 'FOLDER/tickets.out' is as it was before\n\
             hint: they do not exist, or this user may not read them; with --allow-missing this is not an error\n\
             --- exit code 3",
            "{format}"
        );
    }
    let file = OutFile::old();
    let new = file.folder().join("new.csv");
    let arguments = ["839", "-v", "-s", "TicketId", "-o", "csv", "--out-file"];
    let run = Server::json("[]").run(&[&arguments[..], &[new.to_str().expect("UTF-8")]].concat());
    assert!(run.code == 3 && !new.exists() && !run.stderr.contains("* wrote"), "{run}");
    let message = "\nerror: ticket 839 did not come back; 'FOLDER/new.csv' was not written\n";
    assert!(shown(&file, &run).contains(message), "{run}");
}

#[test]
fn allow_missing_writes_the_file_without_tickets() {
    for (format, page) in [("csv", "TicketId\n"), ("json", "[]"), ("jsonl", ""), ("table", "")] {
        let file = OutFile::old();
        let arguments = ["839", "-s", "TicketId", "-o", format, "--allow-missing"];
        let run = Server::json("[]").run(&[&arguments[..], &file.arguments()].concat());
        assert_eq!((run.code, file.text().as_str()), (0, page), "{format}: {run}");
        assert_eq!(run.stderr, "warning: ticket 839 did not come back\n", "{format}");
        file.assert_alone();
    }
}

#[test]
fn verbose_names_the_written_file() {
    let file = OutFile::old();
    let arguments = ["839", "249", "-s", "TicketId", "-o", "csv", "-v"];
    let run = Server::awkward().run(&[&arguments[..], &file.arguments()].concat());
    let last = run.stderr.lines().last().expect("a line");
    assert_eq!(last, format!("* wrote 17 bytes to {}", file.path().display()));
}

#[test]
fn control_characters_are_allowed_in_a_file() {
    let file = OutFile::old();
    let server = Server::json("[{\"TicketId\":1,\"Title\":\"a\\u001b[2J\"}]");
    let run = server
        .run(&[&["1", "-s", "Title", "-o", "csv", "--no-header"][..], &file.arguments()].concat());
    assert_eq!((run.code, file.text().as_str()), (0, "a\u{1b}[2J\n"), "{run}");
}

#[test]
fn hyphen_is_standard_output() {
    let run = Server::awkward().run(&["839", "249", "-s", "TicketId", "--out-file", "-"]);
    assert_eq!(run.to_string(), "TicketId\n     839\n     249\n--- exit code 0");
}

#[test]
fn dry_run_writes_to_standard_output_and_leaves_the_file() {
    let file = OutFile::old();
    let server = Server::awkward();
    let run = Run::of(&mut server.get(&[&["839", "--dry-run"][..], &file.arguments()].concat()));
    assert!(run.code == 0 && run.stdout.starts_with("curl "), "{run}");
    assert_eq!((server.calls(), file.text().as_str()), (0, OLD));
}

#[test]
fn place_that_cannot_be_written_to_is_found_before_the_call() {
    let file = OutFile::old();
    fs::create_dir(file.folder().join("folder")).expect("a folder");
    let refused = |name| refused(&file, name);
    assert_snapshot!(refused("folder"), @"
    --- stderr
    error: --out-file: 'FOLDER/folder' is a folder
    hint: name a file in it
    --- exit code 2
    ");
    assert_snapshot!(refused("folder/"), @"
    --- stderr
    error: --out-file: 'FOLDER/folder/' is a folder
    hint: name a file in it
    --- exit code 2
    ");
    assert_snapshot!(refused("new/"), @"
    --- stderr
    error: --out-file: 'FOLDER/new/' names a folder, and there is none
    hint: name a file
    --- exit code 2
    ");
    assert_snapshot!(refused("new/."), @"
    --- stderr
    error: --out-file: 'FOLDER/new/.' names a folder, and there is none
    hint: name a file
    --- exit code 2
    ");
    assert_snapshot!(refused("new/tickets.csv"), @"
    --- stderr
    error: --out-file: 'FOLDER/new/tickets.csv' cannot be written: there is no folder 'FOLDER/new'
    hint: create the folder first
    --- exit code 2
    ");
    let run = Server::awkward().refuses(&["839", "--out-file", ""]);
    assert!(run.stderr.contains("'--out-file <PATH>'"), "{run}");
    if cfg!(target_os = "linux") {
        assert_snapshot!(refused("tickets.out/a"), @"
        --- stderr
        error: --out-file: 'FOLDER/tickets.out/a' cannot be written to: Not a directory (os error 20)
        --- exit code 2
        ");
        // The words are those of the C library.
        let long = "x".repeat(300);
        assert!(refused(&long).contains("name too long (os error 36)"));
    }
    assert_eq!(names(file.folder()), ["folder", "tickets.out"]);
    assert_eq!(file.text(), OLD);
}

#[test]
fn escape_sequence_in_a_path_is_shown_as_visible_text() {
    let invalid = refused(&OutFile::old(), "new\u{1b}[2J/a");
    if cfg!(windows) {
        // The name is invalid there.
        assert!(invalid.contains("x1b[2J/a' cannot be written to: "), "{invalid}");
    } else {
        assert_snapshot!(invalid, @r"
        --- stderr
        error: --out-file: 'FOLDER/new\x1b[2J/a' cannot be written: there is no folder 'FOLDER/new\x1b[2J'
        hint: create the folder first
        --- exit code 2
        ");
    }
}

/// Runs `get` with the path of `name` next to `file`, asserts that it is refused before the call,
/// and returns the message.
fn refused(file: &OutFile, name: &str) -> String {
    let path = file.folder().join(name);
    let run = Server::awkward().refuses(&["839", "--out-file", &path.to_string_lossy()]);
    shown(file, &run)
}

#[test]
fn old_file_stays_after_every_failure() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
    let cut = format!("{head}content-length: 100\r\n\r\n[{{\"TicketId\":839}},");
    let answers: [(&str, i32); 9] = [
        ("HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n", 4),
        ("HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n", 5),
        ("HTTP/1.1 302 Found\r\nlocation: /x\r\ncontent-length: 0\r\n\r\n", 5),
        ("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nnull", 5),
        (&cut, 6),
        ("no HTTP at all", 6),
        ("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n[1]", 7),
        ("HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n[{\"TicketId\":839},\"\"]", 7),
        ("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>", 7),
    ];
    for (answer, code) in answers {
        let file = OutFile::old();
        let run = fails(&tcp_server::answering(answer), &file);
        assert_eq!(run.code, code, "{answer}: {run}");
    }
    assert_eq!(fails(&tcp_server::dead(), &OutFile::old()).code, 6);
    assert_eq!(fails("crm.example.com", &OutFile::old()).code, 2);
}

/// Runs `get 839 --out-file FILE` against `url`, and asserts that the file is unchanged.
fn fails(url: &str, file: &OutFile) -> Run {
    let mut command = support::sotickets();
    command.args(["get", "839", "--url", url]).args(file.arguments());
    let run = Run::of(command.env("SOTICKETS_TOKEN", "8A:test"));
    file.assert_untouched(&run);
    run
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt, symlink};
    use std::path::Path;

    use crate::support::programs;

    /// `get 839 249 -s TicketId -o csv --out-file PATH`, after `before` in a shell.
    fn shell(before: &str, server: &Server, path: &Path) -> Run {
        let get = server.get(&["839", "249", "-s", "TicketId", "-o", "csv", "--out-file"]);
        let mut command = programs::sh();
        command.env_clear().args(["-c", &format!("{before}; exec \"$@\""), "sh"]);
        command.arg(get.get_program()).args(get.get_args()).arg(path);
        command.envs(get.get_envs().filter_map(|(name, value)| Some((name, value?))));
        Run::from(command.output().expect("a shell"))
    }

    const PAGE: &str = "TicketId\n839\n249\n";

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("a file").mode() & 0o7777
    }

    #[test]
    fn old_file_keeps_its_rights_and_a_new_one_has_those_of_any_other() {
        let file = OutFile::old();
        for rights in [0o600, 0o640, 0o664, 0o755] {
            fs::set_permissions(file.path(), PermissionsExt::from_mode(rights)).expect("rights");
            let run = shell("umask 077", &Server::awkward(), file.path());
            assert_eq!(run.to_string(), "--- exit code 0");
            assert_eq!((mode(file.path()), file.text().as_str()), (rights, PAGE), "{rights:o}");
        }
        for (umask, rights) in [("022", 0o644), ("027", 0o640), ("077", 0o600)] {
            let new = file.folder().join(umask);
            let run = shell(&format!("umask {umask}"), &Server::awkward(), &new);
            assert_eq!(run.to_string(), "--- exit code 0");
            assert_eq!(mode(&new), rights, "{umask}");
        }
    }

    #[test]
    fn old_file_keeps_its_owner_where_that_is_allowed() {
        let file = OutFile::old();
        if std::os::unix::fs::chown(file.path(), Some(1), Some(2)).is_err() {
            support::skip("only root may give files away");
            return;
        }
        shell(":", &Server::awkward(), file.path());
        let metadata = fs::metadata(file.path()).expect("a file");
        assert_eq!((metadata.uid(), metadata.gid(), file.text().as_str()), (1, 2, PAGE));
    }

    #[test]
    fn symbolic_link_is_followed_even_if_its_target_is_missing() {
        let file = OutFile::old();
        let link = |name: &str, target: &str| {
            let link = file.folder().join(name);
            symlink(target, &link).expect("a link");
            link
        };
        fs::create_dir(file.folder().join("deep")).expect("a folder");
        let links = [
            (link("plain", "tickets.out"), "tickets.out"),
            (link("twice", "plain"), "tickets.out"),
            (link("deep/up", "../twice"), "tickets.out"),
            (link("dangling", "deep/new"), "deep/new"),
        ];
        for (link, target) in &links {
            let target = file.folder().join(target);
            let _ = fs::remove_file(&target);
            let run = shell(":", &Server::awkward(), link);
            assert_eq!(run.to_string(), "--- exit code 0");
            assert!(link.is_symlink() && !target.is_symlink(), "{}", link.display());
            assert_eq!(fs::read_to_string(&target).expect("the target"), PAGE);
        }
        let refused = |link: &Path| {
            let server = Server::awkward();
            let run = shell(":", &server, link);
            assert_eq!((server.calls(), run.code), (0, 2), "{run}");
            shown(&file, &run)
        };
        assert_snapshot!(refused(&link("nowhere", "no/new")), @"
        --- stderr
        error: --out-file: 'FOLDER/nowhere' cannot be written: there is no folder 'FOLDER/no'
        hint: create the folder first
        --- exit code 2
        ");
        assert_snapshot!(refused(&link("folder", "deep")), @"
        --- stderr
        error: --out-file: 'FOLDER/folder' is a folder
        hint: name a file in it
        --- exit code 2
        ");
        assert!(refused(&link("round", "round")).contains("'FOLDER/round' cannot be written to: "));
    }

    #[test]
    fn pipes_and_devices_are_written_into() {
        let server = Server::awkward();
        let run = shell("exec 3>&1", &server, Path::new("/dev/fd/3"));
        assert_eq!(run.stdout, PAGE, "{run}");
        for name in ["/dev/stdout", "//dev//stdout", "/dev/null"] {
            let run = shell(":", &server, Path::new(name));
            let page = if name == "/dev/null" { "" } else { PAGE };
            assert_eq!((run.code, run.stdout.as_str()), (0, page), "{name}: {run}");
        }
        // A file that a shell redirects to is not replaced.
        let file = OutFile::old();
        let before = format!("exec >> '{}'", file.path().display());
        let run = shell(&before, &server, Path::new("/dev/stdout"));
        assert_eq!(run.to_string(), "--- exit code 0");
        assert_eq!(file.text(), format!("{OLD}{PAGE}"));
        file.assert_alone();
    }

    #[test]
    fn named_pipe_is_written_into() {
        let file = OutFile::old();
        let pipe = file.folder().join("pipe");
        let mut mkfifo = programs::program("mkfifo").expect("mkfifo");
        let made = mkfifo.arg(&pipe).status().expect("mkfifo");
        assert!(made.success());
        let before = format!("cat '{}' &", pipe.display());
        let run = shell(&before.replace(" &", " & :"), &Server::awkward(), &pipe);
        assert_eq!((run.code, run.stdout.as_str()), (0, PAGE), "{run}");
        assert_eq!(names(file.folder()), ["pipe", "tickets.out"]);
    }

    #[test]
    fn invalid_out_file_is_rejected_before_the_call() {
        let file = OutFile::old();
        let refused = |before: &str, path: &Path| {
            let server = Server::awkward();
            let run = shell(before, &server, path);
            assert_eq!((server.calls(), run.code), (0, 2), "{run}");
            shown(&file, &run)
        };
        let socket = file.folder().join("socket");
        let _listening = std::os::unix::net::UnixListener::bind(&socket).expect("a socket");
        assert_snapshot!(refused(":", &socket), @"
        --- stderr
        error: --out-file: 'FOLDER/socket' is a socket
        --- exit code 2
        ");
        let open = format!("exec 7>>'{}'", file.path().display());
        if cfg!(target_os = "linux") {
            assert_snapshot!(refused(&open, Path::new("/dev/fd/7")), @"
            --- stderr
            error: --out-file: '/dev/fd/7' is a file that is open already
            hint: name the file itself
            --- exit code 2
            ");
            assert_snapshot!(refused(":", Path::new("/dev/fd/7")), @"
            --- stderr
            error: --out-file: '/dev/fd/7' is not open
            --- exit code 2
            ");
        }
        assert_eq!(file.text(), OLD);
    }
}
