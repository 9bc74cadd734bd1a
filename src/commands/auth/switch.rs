//! `sotickets auth switch`: another profile becomes the default one.

use anyhow::Result;

use crate::cli::auth::{ProfileArgs, SwitchArgs};
use crate::commands::messages;
use crate::context::Context;
use crate::error::Error;
use crate::escape::{display_path, excerpt};
use crate::settings::config::{self, FILE_OPTION, PROFILE_VARIABLE};
use crate::settings::config_edit::ConfigEdit;
use crate::settings::config_writer::ConfigWriter;
use crate::settings::{Settings, plan::login};

/// Makes a profile the default one.
///
/// # Errors
/// A usage error if there is no such profile, or the file cannot be changed.
pub(super) fn run(args: &SwitchArgs, context: &mut Context<'_>) -> Result<()> {
    let profile_args = ProfileArgs { profile: None, config: args.config.clone() };
    let call = login::call(&profile_args, None);
    let (settings, file) = Settings::load_without_profile(&call, context)?;
    let (Some(file), Some(path)) = (file, &settings.file) else {
        return Err(no_file(&settings).into());
    };
    let requested = &args.profile;
    if !settings.profile_names.contains(requested) {
        return Err(unknown(requested, &settings, &display_path(&path.value)).into());
    }
    let name = excerpt(requested, 60);
    let old = file.default_profile.map(|name| name.value);
    if old.as_ref() == Some(requested) {
        let text = format!("the default profile is '{name}' already; nothing was written");
        messages::line(context, &text);
    } else {
        let mut edit = ConfigEdit::default();
        edit.set_default_profile(requested);
        ConfigWriter::new(&path.value).apply(&edit)?;
        let old = old.map(|old| format!("; it was '{}'", excerpt(&old, 60)));
        let text = format!("the default profile is '{name}' now{}", old.unwrap_or_default());
        messages::line(context, &text);
    }
    if settings.variables.get(PROFILE_VARIABLE).is_some_and(|variable| variable != *requested) {
        let text = format!("{PROFILE_VARIABLE} is set, and overrides it; unset it");
        messages::hint(context, &text);
    }
    Ok(())
}

fn no_file(settings: &Settings<'_>) -> Error {
    let default = config::default_path(&settings.variables);
    let message = match (&settings.file, default) {
        (Some(named), _) => format!("{} has no profiles", display_path(&named.value)),
        (None, Some(path)) => format!("there is no {}", display_path(&path)),
        (None, None) => {
            return Error::usage("no configuration file is known")
                .hint(format!("name the file with {FILE_OPTION} PATH"));
        }
    };
    Error::usage(message)
        .hint(format!("{} sets up a profile", settings.file_id.login_command(None)))
}

fn unknown(requested: &str, settings: &Settings<'_>, path: &str) -> Error {
    let (name, names) = (excerpt(requested, 60), &settings.profile_names);
    Error::usage(format!("the profile '{name}' does not exist in {path}"))
        .hints_from(config::nearest_profiles(requested, names))
        .hint(config::list_profiles(settings))
}
