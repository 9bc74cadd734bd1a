//! Settings that come from the configuration file.

mod file_errors;
mod profile_errors;
mod profiles;
mod switch;

use crate::support::{Run, configuration, configured, without_folder};

/// Returns the error of `get 839` with the configuration `text`, which is one of usage. Nothing
/// can be sent, because the names of the servers do not resolve.
fn usage_error(text: &str, arguments: &[&str]) -> String {
    let folder = configuration(text);
    let run = Run::of(&mut configured(&folder, &[&["839"], arguments].concat()));
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{text}: {run}");
    without_folder(&run.stderr, &folder)
}
