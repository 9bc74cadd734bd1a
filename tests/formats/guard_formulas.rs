//! `--guard-formulas`, as other programs read what it wrote.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use crate::support::Server;
use crate::support::formula::is_formula;
use crate::support::programs::{optional, program};

const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];

/// Titles with a formula at each place at which a reader may find one.
fn titles() -> Vec<String> {
    let before = ["", "x,", "x;", "x\t", "x|", "x\r", "x\n", "x,y;"];
    let skipped = ["", " ", "\"", " \"", "\u{feff}", "\u{feff}\""];
    let formulas = ["=1+1", "=1+1\"", "=cmd|' /C calc'!A0", "@SUM(1)", "-1+SUM(1)", "+A.B!C1"];
    let mut titles = Vec::new();
    for before in before {
        for skipped in skipped {
            titles.extend(formulas.map(|formula| format!("{before}{skipped}{formula}")));
        }
    }
    titles
}

/// Writes the titles in `format` with each delimiter into `folder`. Returns the paths.
fn write_files(folder: &Path, format: &str, options: &[&str]) -> Vec<String> {
    let tickets: Vec<String> = (1..)
        .zip(titles())
        .map(|(id, title)| serde_json::json!({"TicketId": id, "Title": title}).to_string())
        .collect();
    let ids = format!("1..{}", tickets.len());
    let server = Server::json(&format!("[{}]", tickets.join(",")));
    let mut paths = Vec::new();
    for (index, delimiter) in DELIMITERS.iter().enumerate() {
        let path = folder.join(format!("{index}.{format}")).to_str().expect("UTF-8").to_owned();
        let delimiter = format!("--delimiter={delimiter}");
        let arguments = [&ids, "-s", "Title", "-o", format, "--no-header", &delimiter];
        let run = server.get(&[&arguments[..], options].concat()).output().expect("it runs");
        assert!(run.status.success(), "{run:?}");
        fs::write(&path, run.stdout).expect("a file");
        paths.push(path);
    }
    assert_eq!(server.calls(), DELIMITERS.len());
    paths
}

/// Prints all cells that are found in the files by each dialect, and by each delimiter.
const READER: &str = r#"
import csv, json, sys
cells = set()
dialects = [{"dialect": name} for name in csv.list_dialects()]
for delimiter in ",;\t|":
    for skip in (False, True):
        dialects.append({"delimiter": delimiter, "skipinitialspace": skip})
    dialects.append({"delimiter": delimiter, "quoting": csv.QUOTE_NONE})
for path in sys.argv[1:]:
    for dialect in dialects:
        with open(path, newline="", encoding="utf-8-sig") as file:
            cells.update(cell for row in csv.reader(file, **dialect) for cell in row)
print(json.dumps(sorted(cells)))
"#;

/// The formulas that Python finds in the files.
fn found_by_python(paths: &[String]) -> Option<Vec<String>> {
    let mut python = program("python3")?;
    let output = python.args(["-c", READER]).args(paths).stderr(Stdio::inherit()).output();
    let output = output.expect("python3");
    let mut cells: Vec<String> = serde_json::from_slice(&output.stdout).expect("cells");
    cells.retain(|cell| is_formula(cell));
    Some(cells)
}

#[test]
fn no_dialect_of_python_finds_a_formula() {
    for format in ["csv", "tsv"] {
        let folder = tempfile::tempdir().expect("a folder");
        let guarded = write_files(folder.path(), format, &["--guard-formulas"]);
        let Some(found) = found_by_python(&guarded) else { return };
        assert_eq!(found, [""; 0], "{format}");
        let plain = found_by_python(&write_files(folder.path(), format, &[])).expect("Python");
        assert!(plain.len() > 100, "{}", plain.len());
    }
}

/// The formulas that LibreOffice makes of the files, which are parted by `delimiter`.
fn found_by_libreoffice(folder: &Path, delimiter: char, paths: &[String]) -> Option<Vec<String>> {
    // Separator, text delimiter, UTF-8, first line, then the defaults; the last but one
    // is for later versions: it has formulas evaluated.
    let filter =
        format!("{},34,76,1,,1033,false,true,false,false,false,-1,true", u32::from(delimiter));
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.display());
    let mut office = optional("soffice")?;
    office.args([&profile, "--headless", "--convert-to", "fods", "--outdir"]).arg(folder);
    office.arg(format!("--infilter=CSV:{filter}")).args(paths);
    let output = office.stdout(Stdio::null()).output().expect("soffice");
    let mut found = Vec::new();
    for path in paths {
        let sheet = fs::read_to_string(Path::new(path).with_extension("fods"));
        assert!(sheet.is_ok(), "{output:?}");
        let sheet = sheet.unwrap_or_default();
        let formulas = sheet.split("table:formula=\"").skip(1);
        found.extend(formulas.filter_map(|rest| rest.split('"').next()).map(str::to_owned));
    }
    Some(found)
}

#[test]
fn libreoffice_finds_no_formula() {
    for delimiter in DELIMITERS {
        for format in ["csv", "tsv"] {
            let folder = tempfile::tempdir().expect("a folder");
            let guarded = write_files(folder.path(), format, &["--guard-formulas"]);
            let found = found_by_libreoffice(folder.path(), delimiter, &guarded);
            let Some(found) = found else { return };
            assert_eq!(found, [""; 0], "{format} read with {delimiter:?}");
            let plain = write_files(folder.path(), format, &[]);
            let plain = found_by_libreoffice(folder.path(), delimiter, &plain);
            assert!(plain.expect("LibreOffice").len() > 10);
        }
    }
}
