//! What is not run as it stands on a page, and why.

use super::page::{Block, Page};

/// Lines that are not run: the page, how the line begins, and the reason. The calls of the
/// program in them are read all the same.
pub(crate) const UNRUN: &[(&str, &str, &str)] = &[
    ("README.md", "cargo install", "builds the program, which is built already"),
    ("README.md", "cargo test", "is what runs this"),
    ("CONTRIBUTING.md", "cargo run", "builds the program, which is built already"),
    ("CONTRIBUTING.md", "cargo test", "is what runs this"),
    ("docs/first-ticket.md", "sotickets auth login", BROWSER),
    ("docs/reference.md", "sotickets auth login", BROWSER),
    ("docs/reference.md", "sotickets open 839", "opens a browser; tests/cli/open.rs has one"),
    (
        "docs/reference.md",
        "sotickets auth status",
        "somebody has to be signed in; tests/auth/sign_in.rs",
    ),
    ("docs/security.md", "cargo +nightly", "takes ten minutes, and a nightly compiler"),
];

const BROWSER: &str = "wants a browser and an application; tests/auth/sign_in_browser.rs has both";

/// Blocks in a language that are run or read elsewhere: the page, the language, and by whom.
pub(crate) const ELSEWHERE: &[(&str, &str, &str)] = &[
    ("docs/ci.md", "yaml", "ci.rs runs each job against a stand-in for Online"),
    ("docs/sign-in.md", "sh", "sign_in.rs runs each against a server that takes just that"),
    ("docs/sign-in.md", "text", "sign_in.rs signs in with the redirects"),
    ("docs/reference.md", "text", "usage lines, made from the program"),
];

/// What a reader of a page has done before: the page, and a script.
pub(crate) const SET_UP: &[(&str, &str)] = &[
    ("README.md", INSTALLATION),
    ("docs/doctor.md", INSTALLATION),
    ("docs/reference.md", INSTALLATION),
];

/// An installation with the addresses of its tickets and a token, a profile that names them too, ids in a file, and the
/// folders that shells look for completions in.
const INSTALLATION: &str = "\
export SOTICKETS_URL=http://127.0.0.1:8080 SOTICKETS_TOKEN=8A:Cust12345.…
export 'SOTICKETS_TICKET_URL=http://127.0.0.1:8080/ticket.fcgi?action=listTicket&ticketId={id}'
mkdir -p ~/.zfunc ~/.config/fish/completions ~/.config/sotickets
printf '[profiles.work]\\nurl = \"http://127.0.0.1:8080\"\\n' > ~/.config/sotickets/config.toml
echo '839, 249' > ids.txt
";

/// Why the `line` of the page at `path` is not run.
pub(crate) fn unrun(path: &str, line: &str) -> Option<&'static str> {
    let found = UNRUN.iter().find(|(page, begin, _)| *page == path && line.starts_with(begin));
    found.map(|(_, _, reason)| *reason)
}

/// Who runs or reads the `block` of the `page`, if it is not run here.
pub(crate) fn run_elsewhere(page: &Page, block: &Block) -> Option<&'static str> {
    let is_it = |(path, language, _): &&(&str, &str, &str)| {
        *path == page.path && *language == block.language
    };
    ELSEWHERE.iter().find(is_it).map(|(_, _, who)| *who)
}

/// The lines of commands on the `page` that are read and not run here.
pub(crate) fn lines(page: &Page) -> Vec<String> {
    let of_block = |block: &Block| -> Vec<String> {
        let is_elsewhere = block.language == "sh" && run_elsewhere(page, block).is_some();
        let is_read = |line: &&str| match block.language.as_str() {
            "crontab" => true,
            "sh" => is_elsewhere || unrun(&page.path, line).is_some(),
            _ => false,
        };
        let is_command = |line: &&str| !line.is_empty() && !line.starts_with('#');
        block.text.lines().filter(is_command).filter(is_read).map(str::to_owned).collect()
    };
    page.blocks.iter().flat_map(of_block).collect()
}
