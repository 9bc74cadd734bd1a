//! Commands on pages that are not run, with the reasons.

use super::page::{Block, Page};

/// Lines that are only parsed: the page, the start of the line, and the reason.
pub(crate) const NOT_RUN: &[(&str, &str, &str)] = &[
    ("README.md", "cargo install", "builds the program, which is built already"),
    ("README.md", "cargo test", "is what runs this"),
    ("CONTRIBUTING.md", "cargo run", "builds the program, which is built already"),
    ("CONTRIBUTING.md", "cargo test", "is what runs this"),
    ("docs/first-ticket.md", "sotickets auth login", BROWSER),
    ("docs/install.md", "tar ", ARCHIVE),
    ("docs/install.md", "install ", ARCHIVE),
    ("docs/install.md", "cp ", ARCHIVE),
    ("docs/install.md", "secret-tool", "needs a keyring"),
    ("docs/limits.md", "curl", "needs a search, which the sample server does not have"),
    ("docs/reference.md", "sotickets auth login", BROWSER),
    ("docs/reference.md", "sotickets open 839", "opens a browser; tests/cli/open.rs has one"),
];

const ARCHIVE: &str = "needs an archive; tests/packaging/archives.rs makes one";
const BROWSER: &str = "needs a browser and an application; tests/auth/sign_in_browser.rs has both";

/// Blocks that another test checks: the page, the language, and that test.
pub(crate) const CHECKED_ELSEWHERE: &[(&str, &str, &str)] = &[
    ("docs/architecture.md", "text", "architecture.rs checks its names"),
    ("docs/ci.md", "yaml", "ci.rs runs each job against a stand-in for Online"),
    ("docs/first-ticket.md", "text", "auth/questions/transcript.rs types the answers"),
    ("docs/sign-in.md", "sh", "sign_in.rs runs each against a server that takes just that"),
    ("docs/sign-in.md", "text", "sign_in.rs signs in with the redirects"),
    ("docs/windows.md", "powershell", "windows.rs parses them"),
    ("docs/reference.md", "text", "usage lines, made from the program"),
];

/// Scripts that run before the commands of a page.
pub(crate) const SET_UP: &[(&str, &str)] = &[
    ("README.md", INSTALLATION),
    ("docs/doctor.md", INSTALLATION),
    ("docs/reference.md", INSTALLATION),
];

/// Variables and profiles for the sample server, ids in a file, and folders for completions.
const INSTALLATION: &str = "\
export SOTICKETS_URL=http://127.0.0.1:8080/sample SOTICKETS_TOKEN=8A:Cust12345.…
export 'SOTICKETS_TICKET_URL=http://127.0.0.1:8080/sample/ticket.fcgi?action=listTicket&ticketId={id}'
mkdir -p ~/.zfunc ~/.config/fish/completions ~/.config/sotickets
printf '[profiles.work]\\nurl = \"http://127.0.0.1:8080/sample\"\\n[profiles.old]\\n' > ~/.config/sotickets/config.toml
echo '839, 249' > ids.txt
";

/// Returns why the `line` of the page at `path` is not run.
pub(crate) fn reason_not_run(path: &str, line: &str) -> Option<&'static str> {
    let found = NOT_RUN.iter().find(|(page, begin, _)| *page == path && line.starts_with(begin));
    found.map(|(_, _, reason)| *reason)
}

/// Returns which other test checks the `block` of the `page`.
pub(crate) fn checked_elsewhere(page: &Page, block: &Block) -> Option<&'static str> {
    let is_it = |(path, language, _): &&(&str, &str, &str)| {
        *path == page.path && *language == block.language
    };
    CHECKED_ELSEWHERE.iter().find(is_it).map(|(_, _, who)| *who)
}

/// Returns the commands on the `page` that are only parsed.
pub(crate) fn unexecuted_lines(page: &Page) -> Vec<String> {
    let of_block = |block: &Block| -> Vec<String> {
        let is_elsewhere = block.language == "sh" && checked_elsewhere(page, block).is_some();
        let is_only_parsed = |line: &&str| match block.language.as_str() {
            "crontab" => true,
            "sh" => is_elsewhere || reason_not_run(&page.path, line).is_some(),
            _ => false,
        };
        let is_command = |line: &&str| !line.is_empty() && !line.starts_with('#');
        block.text.lines().filter(is_command).filter(is_only_parsed).map(str::to_owned).collect()
    };
    page.blocks.iter().flat_map(of_block).collect()
}
