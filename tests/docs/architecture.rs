//! The layers of `src/`: an import points to a lower layer or stays in its module, no files import
//! each other in a circle, and docs/architecture.md agrees.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::imports::{Imports, ModulePath};
use crate::support::{generated, layers};

/// The modules directly below the crate, with their layers.
const LAYERS: [(&str, u8); 27] = [
    ("main", 9),
    ("lib", 8),
    ("commands", 7),
    ("settings", 6),
    ("auth", 5),
    ("cli", 5),
    ("tenant", 4),
    ("api", 3),
    ("output", 3),
    ("answer", 2),
    ("http", 2),
    ("secret", 1),
    ("ticket", 1),
    ("clock", 0),
    ("context", 0),
    ("deadline", 0),
    ("encoding", 0),
    ("error", 0),
    ("escape", 0),
    ("format_bytes", 0),
    ("fs", 0),
    ("platform", 0),
    ("shell_words", 0),
    ("signals", 0),
    ("source", 0),
    ("suggest", 0),
    ("terminal_modes", 0),
];

/// The sample server, which is in no layer: only these files import it, and it imports only
/// `ticket/` and the server below.
const DEMO: &str = "demo";
const DEMO_USERS: [&str; 2] = ["commands::demo", "commands::get"];
const DEMO_IMPORTS: [&str; 2] = ["ticket", "http::loopback_server"];

/// Returns the layer of a module directly below the crate.
fn layer(module: &str) -> Option<u8> {
    LAYERS.iter().find(|(name, _)| *name == module).map(|(_, layer)| *layer)
}

/// Returns the problem if `file` may not import `import`.
fn fault(file: &ModulePath, import: &ModulePath) -> Option<String> {
    let (file, import) = (file.join("::"), import.join("::"));
    let top = |path: &str| match path.split("::").next() {
        Some("") | None => "lib".to_owned(),
        Some(top) => top.to_owned(),
    };
    let (from, to) = (top(&file), top(&import));
    let is_below = |allowed: &[&str], path: &str| {
        allowed.iter().any(|name| path == *name || path.starts_with(&format!("{name}::")))
    };
    let is_allowed = if from == to {
        true
    } else if from == DEMO {
        is_below(&DEMO_IMPORTS, &import)
    } else if to == DEMO {
        is_below(&DEMO_USERS, &file)
    } else {
        let (from, to) = (layer(&from)?, layer(&to)?);
        // The small modules at the bottom may use one another.
        to < from || to == 0 && from == 0
    };
    (!is_allowed).then(|| format!("{file} imports {import}"))
}

/// Returns a message for each import that points up or sideways.
fn upward(imports: &Imports) -> Vec<String> {
    let all = imports.of_code.iter().chain(&imports.of_tests);
    all.flat_map(|(file, imports)| imports.iter().filter_map(|import| fault(file, import)))
        .collect()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    entries
        .flat_map(|entry| {
            let path = entry.expect("an entry").path();
            if path.is_dir() { rust_files(&path) } else { vec![path] }
        })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

/// Reads `src/`.
fn imports() -> Imports {
    let src = generated::file("src");
    let sources: Vec<(String, String)> = rust_files(&src)
        .into_iter()
        .map(|file| {
            let path = file.strip_prefix(&src).expect("below src").to_string_lossy();
            (path.replace('\\', "/"), fs::read_to_string(&file).expect("a file"))
        })
        .collect();
    assert!(sources.len() > 50, "{} files", sources.len());
    Imports::new(&sources)
}

/// The imports of files that are not there, each with one item of code.
fn imports_of(sources: &[(&str, &str)]) -> Imports {
    let sources: Vec<_> =
        sources.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    Imports::new(&sources)
}

#[test]
fn imports_point_to_a_lower_layer() {
    let imports = imports();
    for file in imports.files.keys() {
        let module = file.first().map_or("lib", String::as_str);
        assert!(module == DEMO || layer(module).is_some(), "{module} is in no layer yet");
    }
    let upward = upward(&imports);
    assert!(upward.is_empty(), "{}", upward.join("\n"));
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    assert_eq!(imports().circle(), None);
}

#[test]
fn upward_import_is_found_in_every_form() {
    let others = [
        ("lib.rs", "pub fn run() {}"),
        ("error.rs", ""),
        ("output/csv.rs", ""),
        ("ticket/ids.rs", ""),
        ("api/client.rs", ""),
        ("commands/mod.rs", ""),
        ("demo/mod.rs", ""),
        ("output/mod.rs", ""),
        ("settings/mod.rs", ""),
        ("ticket/mod.rs", ""),
        ("cli/mod.rs", ""),
    ];
    let wrong = [
        ("ticket/ids.rs", "use crate::api::client;"),
        ("ticket/ids.rs", "use super::super::api::client;"),
        ("error.rs", "use super::ticket;"),
        ("error.rs", "use crate::{ticket};"),
        ("output/csv.rs", "use crate::{ticket, api::{client, self}};"),
        ("output/csv.rs", "fn f() -> crate::settings::Sourced<u8> {}"),
        ("output/csv.rs", "#[cfg(test)] mod tests { use super::super::super::api; }"),
        ("output/csv.rs", "fn f() { println!(\"{}\", crate::settings::NAME); }"),
        ("settings/get.rs", "use crate::commands::messages;"),
        ("settings/get.rs", "use crate::demo;"),
        ("commands/fields.rs", "use crate::demo::IDS;"),
        ("commands/fields.rs", "use crate::run;"),
        ("demo/server.rs", "use crate::api::client;"),
    ];
    for (path, source) in wrong {
        let imports = imports_of(&[&others[..], &[(path, source)]].concat());
        assert_ne!(upward(&imports), [""; 0], "{path}: {source}");
    }
    let right = [
        ("ticket/ids.rs", "use crate::error::Error; use super::date; // crate::api"),
        ("settings/get.rs", "use crate::{api::client, cli, output, ticket::ids};"),
        ("commands/get.rs", "use crate::demo; use super::messages;"),
        ("demo/answer.rs", "use super::IDS; use crate::ticket::ids;"),
        ("output/csv.rs", "const NAME: &str = \"crate::settings::NAME\";"),
        ("main.rs", "fn main() { sotickets::run() }"),
    ];
    for (path, source) in right {
        let imports = imports_of(&[&others[..], &[(path, source)]].concat());
        assert_eq!(upward(&imports), [""; 0], "{path}: {source}");
    }
}

#[test]
fn circle_is_reported_as_the_path_of_its_files() {
    let circle = imports_of(&[
        ("api/mod.rs", "mod a; mod b;"),
        ("api/a.rs", "use super::b::B;"),
        ("api/b.rs", "fn f() { super::c::f() }"),
        ("api/c.rs", "use {super::{a::A}, std::fmt};"),
    ]);
    let path = "api/a.rs -> api/b.rs -> api/c.rs -> api/a.rs";
    assert_eq!(circle.circle().as_deref(), Some(path));
    let parent = imports_of(&[
        ("output/mod.rs", "mod csv; pub struct Page; fn f() { csv::write() }"),
        ("output/csv.rs", "use super::Page;"),
    ]);
    assert!(parent.circle().is_some());
    let tests_alone = imports_of(&[
        ("api/a.rs", "use super::b;"),
        ("api/b.rs", "#[cfg(test)] mod tests { use super::super::a; }"),
    ]);
    assert_eq!(tests_alone.circle(), None);
}

/// A `#[cfg]` selects code that needs the API of one system; a value has the rest.
#[test]
fn no_module_but_one_asks_for_the_system_by_cfg() {
    let src = generated::file("src");
    let files = rust_files(&src).into_iter();
    for file in files.filter(|file| *file != src.join("platform.rs")) {
        let source = fs::read_to_string(&file).expect("a file");
        // The C library is another question.
        let source = source.replace("cfg!(target_env = ", "");
        let is_question = |line: &&str| line.contains("cfg!(");
        assert_eq!(source.lines().find(is_question), None, "{}", file.display());
    }
}

/// The tests of a file that is not named there never run.
#[test]
fn every_file_of_tests_is_in_their_crate() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for file in rust_files(&folder) {
        let name = file.file_stem().expect("a name").to_string_lossy();
        let (module, parent) = if name == "mod" {
            let folder = file.parent().expect("a folder");
            (folder.file_name().expect("a name").to_string_lossy(), folder.parent())
        } else {
            (name, file.parent())
        };
        let parent = parent.expect("a folder");
        if module == "main" && parent == folder {
            continue;
        }
        let parent = [parent.join("main.rs"), parent.join("mod.rs")];
        let source =
            parent.iter().find_map(|file| fs::read_to_string(file).ok()).unwrap_or_default();
        assert!(source.contains(&format!("mod {module};")), "{} is in no crate", file.display());
    }
}

/// The picture of a call and the walks are not run, so their paths are checked here.
#[test]
fn page_names_files_and_modules_that_exist() {
    let page = fs::read_to_string(generated::file("docs/architecture.md")).expect("a page");
    let files = imports().files;
    let is_module = |path: &[&str]| {
        let path: ModulePath = path.iter().map(|part| (*part).to_owned()).collect();
        files.contains_key(&path)
    };
    let mut count = 0;
    for word in page.split(|c: char| !c.is_alphanumeric() && !"_:/.".contains(c)) {
        let path = word.trim_matches([':', '.']);
        if path.contains('/') && path.ends_with(".rs") {
            let is_file = [path.to_owned(), format!("src/{path}")]
                .iter()
                .any(|path| generated::file(path).is_file());
            assert!(is_file, "there is no {path}");
        } else if path.contains("::") && path.starts_with(|c: char| c.is_lowercase()) {
            let parts: Vec<&str> = path.split("::").collect();
            let (_, module) = parts.split_last().expect("two parts");
            assert!(is_module(&parts) || is_module(module), "there is no {path}");
        } else {
            continue;
        }
        count += 1;
    }
    assert!(count > 20, "{count} paths");
}

#[test]
fn page_shows_the_layers_of_the_code() {
    let page = fs::read_to_string(generated::file("docs/architecture.md")).expect("a page");
    let rows = layers::read(&page);
    let mut shown: Vec<(&str, Option<u8>)> = Vec::new();
    for row in &rows {
        let number = row.name.parse().ok();
        let names = row.modules.iter().map(|name| name.trim_end_matches('/'));
        shown.extend(names.map(|name| (name.trim_end_matches(".rs"), number)));
    }
    let mut expected: Vec<(&str, Option<u8>)> =
        LAYERS.iter().map(|(name, layer)| (*name, Some(*layer))).collect();
    expected.push((DEMO, None));
    shown.sort_unstable();
    expected.sort_unstable();
    assert_eq!(shown, expected);
    generated::check("docs/layers.svg", &layers::picture(&rows));
}
