//! The manual: man pages and docs/reference.md are up to date, and programs that read man pages
//! print no warnings.

use crate::support::programs::program;
use crate::support::{Run, generated, man, paths, reference, sotickets};

/// The date of the committed page `name`, or else today.
fn date(name: &str) -> String {
    let page = std::fs::read_to_string(generated::file("docs/man").join(name));
    let date = page.ok().and_then(|page| {
        let title = page.lines().find(|line| line.starts_with(".TH"))?.to_owned();
        title.split(' ').nth(3).map(str::to_owned)
    });
    date.unwrap_or_else(today)
}

fn today() -> String {
    humantime::format_rfc3339_seconds(std::time::SystemTime::now()).to_string()[..10].to_owned()
}

#[cfg_attr(windows, ignore = "help is that of Windows, with its own folders and shells")]
#[test]
fn man_pages_are_fresh() {
    let pages = man::pages(&date);
    // A page that changes gets the date of the day.
    let regenerated = man::pages(&|_| today());
    for (page, regenerated) in pages.iter().zip(&regenerated) {
        let path = format!("docs/man/{}", page.name);
        let is_fresh = std::fs::read_to_string(generated::file(&path))
            .is_ok_and(|committed| committed == page.text);
        generated::check(&path, if is_fresh { &page.text } else { &regenerated.text });
    }
    let names: Vec<String> = pages.into_iter().map(|page| page.name).collect();
    generated::check_folder("docs/man", &names);
}

#[cfg_attr(windows, ignore = "help is that of Windows, with its own folders and shells")]
#[test]
fn reference_is_fresh() {
    generated::check("docs/reference.md", &reference::page());
}

#[test]
fn man_pages_have_no_warnings() {
    let pages = man::pages(&date);
    let folder = generated::file("docs/man");
    let pages = || pages.iter().map(|page| folder.join(&page.name));
    if let Some(mut mandoc) = program("mandoc") {
        let output = mandoc.args(["-T", "lint"]).args(pages()).output();
        let output = output.expect("mandoc");
        let warnings = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && warnings.is_empty(), "{warnings}");
    }
    for page in pages() {
        if let Some(mut man) = program("man") {
            man.args(["--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z"]).arg(&page);
            let output = man.env("LC_ALL", "C.UTF-8").env("MANWIDTH", "80").output().expect("man");
            let warnings = String::from_utf8_lossy(&output.stderr);
            assert!(
                output.status.success() && warnings.is_empty(),
                "{}: {warnings}",
                page.display()
            );
        }
    }
}

#[test]
fn man_prints_the_page_of_every_command() {
    for path in paths() {
        let run = Run::of(sotickets().arg("man").args(path.split_whitespace()));
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{path}");
        let name = format!("sotickets {path}").trim_end().replace(' ', "-");
        let file = generated::file("docs/man").join(format!("{name}.1"));
        assert_eq!(run.stdout, std::fs::read_to_string(file).expect("a page"), "{path}");
    }
    let run = Run::of(sotickets().args(["man", "auth", "logn"]));
    insta::assert_snapshot!(run.to_string(), @"
    --- stderr
    error: there is no command 'auth logn'
    hint: did you mean auth login?
    --- exit code 2
    ");
}

#[test]
fn man_names_the_help_of_a_topic() {
    let run = Run::of(sotickets().args(["man", "exit-codes"]));
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("hint: `sotickets help exit-codes` explains it\n"), "{run}");
}

#[test]
fn man_installs_the_page_of_every_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let pages = folder.path().join("share/man/man1");
    let mut command = sotickets();
    let run = Run::of(command.args(["man", "--out-dir"]).arg(&pages));
    assert_eq!((run.code, run.to_string().as_str()), (0, "--- exit code 0"));
    for path in paths() {
        let name = format!("sotickets {path}").trim_end().replace(' ', "-");
        let page = pages.join(format!("{name}.1"));
        assert!(page.is_file(), "{}", page.display());
        if let Some(mut man) = program("man") {
            man.arg("-M").arg(folder.path().join("share/man")).args(["-w", &name]);
            let output = man.output().expect("man");
            assert!(output.status.success(), "{name}");
        }
    }

    let file = folder.path().join("file");
    std::fs::write(&file, "").expect("a file");
    let mut command = sotickets();
    let run = Run::of(command.args(["man", "--out-dir"]).arg(&file));
    assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{run}");
    assert!(run.stderr.starts_with("error: the pages could not be written to "), "{run}");
}

/// Every way of installation takes the whole folder, so a new page is in each.
#[test]
fn packages_have_the_page_of_every_command() {
    for (file, line) in [
        ("packaging/debian/files", "docs/man/*.1 usr/share/man/man1/\n"),
        ("packaging/homebrew/sotickets.rb", "man1.install Dir[\"man/*.1\"]\n"),
        ("packaging/release.py", "for path in (ROOT / \"docs/man\").iterdir()"),
        ("docs/install.md", "cp sotickets-*/man/*.1 ~/.local/share/man/man1\n"),
        ("docs/install.md", "sotickets man --out-dir ~/.cargo/share/man/man1\n"),
    ] {
        let text = std::fs::read_to_string(generated::file(file)).expect(file);
        assert!(text.contains(line), "{file}: {line}");
    }
}
