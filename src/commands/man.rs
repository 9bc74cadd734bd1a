//! `sotickets man`.

use std::fs;
use std::path::Path;

use crate::cli::ManArgs;
use crate::context::Context;
use crate::error::{Error, Kind, Result};
use crate::escape;
use crate::suggest;

use super::help::content;
use super::write;

/// The pages by command. Packages contain them as well.
const PAGES: [(&str, &str); 14] = [
    ("", include_str!("../../docs/man/sotickets.1")),
    ("get", include_str!("../../docs/man/sotickets-get.1")),
    ("open", include_str!("../../docs/man/sotickets-open.1")),
    ("fields", include_str!("../../docs/man/sotickets-fields.1")),
    ("demo", include_str!("../../docs/man/sotickets-demo.1")),
    ("auth", include_str!("../../docs/man/sotickets-auth.1")),
    ("auth login", include_str!("../../docs/man/sotickets-auth-login.1")),
    ("auth status", include_str!("../../docs/man/sotickets-auth-status.1")),
    ("auth logout", include_str!("../../docs/man/sotickets-auth-logout.1")),
    ("auth switch", include_str!("../../docs/man/sotickets-auth-switch.1")),
    ("doctor", include_str!("../../docs/man/sotickets-doctor.1")),
    ("completions", include_str!("../../docs/man/sotickets-completions.1")),
    ("man", include_str!("../../docs/man/sotickets-man.1")),
    ("help", include_str!("../../docs/man/sotickets-help.1")),
];

/// Prints the page of the program, or of a command; or writes every page to a folder.
///
/// # Errors
/// A usage error for an unknown command, or if the page cannot be written.
pub(crate) fn run(args: &ManArgs, context: &mut Context<'_>) -> anyhow::Result<()> {
    if let Some(folder) = &args.out_dir {
        return Ok(write_all(folder)?);
    }
    let command = args.command.join(" ");
    let page = PAGES.iter().find(|(name, _)| *name == command);
    let Some((_, page)) = page else {
        let error =
            Error::usage(format!("there is no command '{}'", escape::excerpt(&command, 60)));
        let names = PAGES.iter().map(|(name, _)| *name).filter(|name| !name.is_empty());
        let hint = suggest::did_you_mean(&command, names);
        let is_topic = content::topics().iter().any(|topic| topic.name == command);
        let hint = if is_topic {
            format!("`sotickets help {command}` explains it")
        } else {
            hint.unwrap_or_else(|| "`sotickets --help` lists them".into())
        };
        return Err(error.hint(hint).into());
    };
    Ok(write(context.stdout, page.as_bytes())?)
}

/// Writes every page to `folder`, under the name by which `man` finds it.
fn write_all(folder: &Path) -> Result<()> {
    let write = |(command, page): &(&str, &str)| {
        let name = format!("sotickets {command}").trim_end().replace(' ', "-");
        fs::write(folder.join(name + ".1"), page)
    };
    fs::create_dir_all(folder).and_then(|()| PAGES.iter().try_for_each(write)).map_err(|error| {
        let folder = escape::visible(&folder.display().to_string()).into_owned();
        Error::new(Kind::Output, format!("the pages could not be written to {folder}"))
            .caused_by(error)
    })
}
