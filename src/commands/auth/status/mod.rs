//! `sotickets auth status`: the credential of each profile, where it is kept, and until when it is
//! valid.

mod check;
mod entry;
mod json;
mod sign_in;
mod text;

use anyhow::Result;

use crate::auth::oauth::store::SessionStore;
use crate::cli::auth::{StatusArgs, StatusFormat};
use crate::commands::{messages, write};
use crate::context::Context;
use crate::error::{Error, Kind};
use crate::escape::display_path;
use crate::output::TextStyle;
use crate::settings::Settings;
use crate::settings::config::{self, PROFILE_OPTION, PROFILE_VARIABLE};
use crate::settings::config_file::ConfigFile;
use crate::settings::plan::{login, status};
use crate::settings::profile::Profile;
use crate::source::{Source, Sourced};

use entry::Entry;

/// Prints the status of each profile, or of one.
///
/// # Errors
/// After the whole list: an error of [`Kind::Authentication`] if a credential is missing or
/// refused, or else the first other error.
pub(super) fn run(args: &StatusArgs, context: &mut Context<'_>) -> Result<()> {
    let call = status::call(args)?;
    let (settings, file) = Settings::load_each(&call, context)?;
    messages::warn_with_hint(context, settings.warning.as_ref());
    let mut file = file.unwrap_or_default();
    let mut errors = unknown_profiles(&settings, &file);
    let subjects = subjects(args, &settings, &mut file, &mut errors)?;
    let default = file.default_profile.as_ref().map(|name| name.value.as_str());
    let mut entries = Vec::new();
    for Subject { store, profile, damage } in subjects {
        let own = status::settings_of(&settings, profile);
        let mut entry = Entry::new(&own, store, default, context);
        match damage {
            Some(error) => entry.failure = Some(error),
            None => entry.describe(&own, context),
        }
        if args.check && entry.can_be_checked() {
            check::run(&mut entry, own, args.verbose, context);
        }
        entries.push(entry);
    }
    let list = match args.output {
        StatusFormat::Table => {
            text::format(&entries, TextStyle::for_terminal(context.terminal, &context.variables))
        }
        StatusFormat::Json => json::format(&entries)?,
    };
    write(context.stdout, &list)?;
    let is_empty = entries.is_empty();
    errors.splice(0..0, entries.into_iter().filter_map(Entry::into_failure));
    errors.extend(file.errors.into_iter().map(|it| it.error));
    if errors.is_empty() && is_empty {
        errors.push(nobody(&settings));
    }
    // A missing credential decides the exit code.
    errors.sort_by_key(|error| error.kind() != Kind::Authentication);
    // An error in the file may be that of several profiles.
    let mut messages: Vec<String> = Vec::new();
    errors.retain(|error| {
        let message = error.to_string();
        let is_new = !messages.contains(&message);
        messages.push(message);
        is_new
    });
    Ok(Error::join(errors).map_or(Ok(()), Err)?)
}

/// A profile, or the sign-in without one.
struct Subject {
    store: SessionStore,
    /// The profile; `None` if there is no such profile in the file.
    profile: Option<Profile>,
    /// The error in the profile.
    damage: Option<Error>,
}

/// Returns what is listed: the profiles of the file, and then the sign-ins of no profile or of
/// another file's. An error that hides only some of them is added to `errors`.
fn subjects(
    args: &StatusArgs,
    settings: &Settings<'_>,
    file: &mut ConfigFile,
    errors: &mut Vec<Error>,
) -> Result<Vec<Subject>, Error> {
    let mut subjects = Vec::new();
    for profile in std::mem::take(&mut file.profiles) {
        let store = login::store_of(settings, Some(&profile.name))?;
        let is_its = |name: &Option<String>| name.as_ref() == Some(&profile.name);
        let damage = file.errors.iter().position(|error| is_its(&error.profile));
        let damage = damage.map(|index| file.errors.remove(index).error);
        subjects.push(Subject { store, profile: Some(profile), damage });
    }
    match login::all_stores(settings) {
        Ok(stores) => {
            for store in stores {
                if subjects.iter().all(|it| it.store.profile() != store.profile()) {
                    subjects.push(Subject { store, profile: None, damage: None });
                }
            }
        }
        Err(error) => errors.push(error),
    }
    let Some(name) = &args.profile else { return Ok(subjects) };
    match subjects.iter().position(|it| it.store.profile() == Some(name)) {
        Some(index) => Ok(vec![subjects.swap_remove(index)]),
        None if settings.file.is_none() && !file.errors.is_empty() => {
            Err(file.errors.swap_remove(0).error)
        }
        None => {
            let requested = Sourced::new(name.clone(), Source::Option(PROFILE_OPTION));
            Err(settings.unknown_profile(&requested))
        }
    }
}

/// Returns the errors for names of a profile that the file lacks.
fn unknown_profiles(settings: &Settings<'_>, file: &ConfigFile) -> Vec<Error> {
    let variable = settings.variables.get(PROFILE_VARIABLE);
    let variable = variable.map(|name| Sourced::new(name, Source::Variable(PROFILE_VARIABLE)));
    let requested = file.default_profile.iter().chain(&variable);
    let unknown = requested.filter(|name| !settings.profile_names.contains(&name.value));
    unknown.map(|name| settings.unknown_profile(name)).collect()
}

fn nobody(settings: &Settings<'_>) -> Error {
    let file = settings.file.as_ref().map(|file| file.value.clone());
    let file = file.or_else(|| config::default_path(&settings.variables));
    let within = file.map_or_else(String::new, |file| format!(" in {}", display_path(&file)));
    Error::new(Kind::Authentication, format!("no profile is set up{within}"))
        .hint(format!("sign in: {}", settings.login_command()))
}
