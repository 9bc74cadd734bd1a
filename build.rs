//! The build script: sets the commit and the target for `--version`, and link options with which
//! the program starts faster.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

#[path = "build/commit.rs"]
mod commit;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=build/commit.rs");
    println!("cargo:rustc-env=SOTICKETS_COMMIT={}", commit());
    println!("cargo:rustc-env=SOTICKETS_TARGET={}", env::var("TARGET").unwrap_or_default());
    link();
}

/// Returns the commit, with the day of `SOURCE_DATE_EPOCH` if that is set. No other time goes into
/// the program, so that two builds of one commit are the same.
fn commit() -> String {
    println!("cargo:rerun-if-env-changed=SOURCE_DATE_EPOCH");
    let root = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let found = commit::find(Path::new(&root));
    let mut text = found.id.map_or_else(|| "unknown".to_owned(), |id| id[..12].to_owned());
    if env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        for path in found.watched {
            println!("cargo:rerun-if-changed={}", path.display());
        }
    } else if text != "unknown" {
        // A build that followed every commit would build all tests again for each.
        text.push_str(" or later, a development build");
    }
    let seconds = env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.parse().ok());
    if let Some(seconds) = seconds {
        text.push_str(&format!(" ({})", commit::day(seconds)));
    }
    text
}

/// Prints the link options of the target.
fn link() {
    let target = |name: &str| env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    if target("OS") == "windows" && target("ENV") == "gnu" {
        // wine maps only sections that begin at a page. It copies others at each start, which
        // takes half of the time of a short call.
        println!("cargo:rustc-link-arg-bins=-Wl,--file-alignment=4096");
    }
    if target("OS") != "linux" || target("ENV") != "gnu" {
        return;
    }
    // The time zone table holds some 30,000 pointers. In a position-independent program the
    // loader writes all of them at each start, also without a time zone. This is a sixth of the
    // time that a call for one ticket takes.
    println!("cargo:rustc-link-arg-bins=-no-pie");
    if let Some(folder) = static_unwinder() {
        // The unwinder is linked into the program. The shared library would be one more file to
        // load, and it asks for the processor's features, which is slow in a virtual machine.
        println!("cargo:rustc-link-search=native={}", folder.display());
        println!("cargo:rustc-link-lib=static:-bundle={UNWINDER}");
    }
}

/// The library that unwinds a panic.
const UNWINDER: &str = "gcc_eh";

/// Returns the folder of the compiler that holds the unwinder, if that compiler builds for the
/// target.
fn static_unwinder() -> Option<PathBuf> {
    println!("cargo:rerun-if-env-changed=RUSTC_LINKER");
    if env::var("HOST").ok()? != env::var("TARGET").ok()? {
        return None;
    }
    let compiler = env::var("RUSTC_LINKER").unwrap_or_else(|_| "cc".to_owned());
    let question = format!("-print-file-name=lib{UNWINDER}.a");
    let answer = Command::new(compiler).arg(question).output().ok()?;
    let file = String::from_utf8(answer.stdout).ok()?;
    // For a file that it does not find, the compiler prints the bare name.
    let file = Path::new(file.trim());
    (file.is_absolute() && file.is_file()).then(|| file.parent().map(Path::to_owned))?
}
