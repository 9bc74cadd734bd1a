//! The memory that a program uses.

use super::programs::program;
use super::{Run, TOKEN};

/// Runs a program and prints the most memory that it used, in KiB.
const MEASURE: &str = "
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
print('peak', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code)
";

/// The additional memory of a program for musl, in KiB: mimalloc keeps pages for each thread, and
/// the standard library may have been built without optimization.
pub const MUSL_ALLOWANCE: u64 = if cfg!(target_env = "musl") { 8 * 1024 } else { 0 };

/// Runs `sotickets get` against `url` with `arguments`. Returns the run and the KiB of memory that
/// it used; `None` if this machine cannot measure it.
pub fn measure(url: &str, arguments: &[&str]) -> Option<(Run, u64)> {
    let mut python = program("python3")?;
    python.args(["-c", MEASURE, env!("CARGO_BIN_EXE_sotickets"), "get", "--url", url]);
    let output = python.args(arguments).env("SOTICKETS_TOKEN", TOKEN).output();
    let mut run = Run::from(output.expect("python3"));
    let start = run.stderr.trim_end().rfind('\n').map_or(0, |end| end + 1);
    let last = run.stderr.split_off(start);
    let peak = last.trim_end().strip_prefix("peak ").expect("a measure");
    Some((run, peak.parse().expect("a number")))
}
