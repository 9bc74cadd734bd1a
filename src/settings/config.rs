//! The configuration of a command: the configuration file and the profile in use.

use std::fs::{File, Metadata};
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::cli::get::CallArgs;
use crate::context::{Context, Environment};
use crate::deadline::Deadline;
use crate::encoding::{self, DecodeError};
use crate::error::{Error, Result};
use crate::escape::{self, display_path};
use crate::fs::dirs;
use crate::fs::read_limited::{is_absent, read_limited};
use crate::settings::config_file::{self, ConfigFile};
use crate::settings::layers::ConfigLayers;
use crate::settings::parse::limits;
use crate::settings::profile::Profile;
use crate::settings::registry;
use crate::source::{Source, Sourced};
use crate::suggest;

pub(crate) const FILE_OPTION: &str = "--config";
pub(crate) const FILE_VARIABLE: &str = "SOTICKETS_CONFIG";
pub(crate) const PROFILE_OPTION: &str = "--profile";
pub(crate) const PROFILE_VARIABLE: &str = "SOTICKETS_PROFILE";

/// The configuration of a command.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// The file that was read.
    pub(crate) file: Option<Sourced<PathBuf>>,
    /// The profile in use, and what selected it.
    pub(crate) profile: Option<Sourced<Profile>>,
    /// The names of all profiles in the file.
    pub(crate) names: Vec<String>,
    /// A warning about the file, with a hint.
    pub(crate) warning: Option<(String, String)>,
    /// The time at which the command began.
    pub(crate) started: Instant,
}

impl Config {
    /// Joins the profile with options and variables.
    pub(crate) fn layers<'a>(
        &'a self,
        call: &'a CallArgs,
        environment: &'a Environment,
    ) -> ConfigLayers<'a> {
        let profile = self.profile.as_ref().map(|profile| &profile.value);
        ConfigLayers { call, environment, profile, names: &self.names, started: self.started }
    }
}

/// Reads the configuration file, if there is one, and selects the profile.
pub(crate) fn load(args: &CallArgs, context: &Context<'_>) -> Result<Config> {
    let (environment, started) = (&context.environment, context.started);
    check_variables(environment)?;
    let option = || Some(Sourced::new(args.profile.clone()?, Source::Option(PROFILE_OPTION)));
    let variable = environment.get(PROFILE_VARIABLE);
    let variable = variable.map(|name| Sourced::new(name, Source::Variable(PROFILE_VARIABLE)));
    let requested = option().or(variable);
    let Some((path, text, metadata)) = read_file(args, context)? else {
        if let Some(requested) = requested {
            return Err(no_file(&requested, environment));
        }
        let names = Vec::new();
        return Ok(Config { file: None, profile: None, names, warning: None, started });
    };
    let ConfigFile { default_profile, mut profiles, names_command } =
        config_file::parse(&text, &path.value)?;
    let names: Vec<String> = profiles.iter().map(|profile| profile.name.clone()).collect();
    let profile = match requested.or(default_profile) {
        None => None,
        Some(requested) => match names.iter().position(|name| *name == requested.value) {
            Some(index) => Some(Sourced::new(profiles.swap_remove(index), requested.source)),
            None => return Err(unknown(&requested, &names, &path.value)),
        },
    };
    let warning = names_command.then(|| exposure_warning(&metadata, &path.value)).flatten();
    Ok(Config { file: Some(path), profile, names, warning, started })
}

/// Returns the names of the profiles in the file at `named`, or in the one that a call would
/// read. Errors in the file hide no other names.
pub(crate) fn profile_names(named: Option<&Path>, environment: &Environment) -> Vec<String> {
    let named = named.map(|path| environment.expand_home(path));
    let path = named
        .or_else(|| environment.path(FILE_VARIABLE))
        .or_else(|| default_path(environment))
        // Reading a pipe would empty it, or wait.
        .filter(|path| path.is_file());
    let text = path.and_then(|path| {
        let text = read_limited(File::open(path).ok()?, MAX_FILE_BYTES).ok()?;
        encoding::decode(&text).ok()
    });
    text.map_or(Vec::new(), |text| config_file::profile_names(&text))
}

/// Checks that our variables are UTF-8: others could only be sent changed.
fn check_variables(environment: &Environment) -> Result<()> {
    match environment.not_utf8("SOTICKETS_") {
        Some(name) => Err(Error::usage(format!(
            "the variable {} is not valid UTF-8",
            escape::excerpt(&name, 60)
        ))),
        None => Ok(()),
    }
}

/// Reads the file that an option or a variable names, or the default one if it exists.
fn read_file(
    args: &CallArgs,
    context: &Context<'_>,
) -> Result<Option<(Sourced<PathBuf>, String, Metadata)>> {
    let environment = &context.environment;
    let option = || Some((args.config.clone()?, Source::Option(FILE_OPTION)));
    let variable = || Some((environment.path(FILE_VARIABLE)?, Source::Variable(FILE_VARIABLE)));
    let default = || Some((default_path(environment)?, Source::Default));
    let Some((path, source)) = option().or_else(variable).or_else(default) else { return Ok(None) };
    let is_optional = source == Source::Default;
    let failed = |error: &dyn std::fmt::Display| {
        let named_by = if is_optional { String::new() } else { format!("{source}: ") };
        Error::usage(format!("{named_by}{}: {error}", display_path(&path)))
    };
    let file = path.clone();
    let read = move || {
        let file = File::open(file)?;
        let metadata = file.metadata()?;
        Ok((read_limited(file, MAX_FILE_BYTES)?, metadata))
    };
    let (bytes, metadata) = match deadline(args, context).run(read) {
        Ok(read) => read,
        Err(error) if is_optional && is_absent(&error) => return Ok(None),
        Err(error) => return Err(failed(&error)),
    };
    let text = encoding::decode(&bytes).map_err(|error| failed(&error).hint(DecodeError::HINT))?;
    Ok(Some((Sourced::new(path, source), text, metadata)))
}

/// Returns the deadline for reading the file, from option and variable: the profile is in the
/// file. An invalid limit is reported with the other settings.
fn deadline(args: &CallArgs, context: &Context<'_>) -> Deadline {
    let layers = ConfigLayers {
        call: args,
        environment: &context.environment,
        profile: None,
        names: &[],
        started: context.started,
    };
    let limit = limits::limit(layers.find(&registry::TIMEOUT).as_ref(), None);
    Deadline::new(context.started, limit.ok().flatten())
}

/// The largest file that is read. A larger one is another file, or has no end.
const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// Returns the path of the file unless an option or a variable names another.
pub(crate) fn default_path(environment: &Environment) -> Option<PathBuf> {
    Some(dirs::config(environment)?.join("config.toml"))
}

fn no_file(requested: &Sourced<String>, environment: &Environment) -> Error {
    let (what, hint) = match default_path(environment) {
        Some(path) => (format!("there is no {}", display_path(&path)), "write it, or name another"),
        None => ("no configuration file is known".to_owned(), "name it"),
    };
    let name = escape::excerpt(&requested.value, 60);
    Error::usage(format!("{}: the profile '{name}' does not exist: {what}", requested.source))
        .hint(format!("{hint} with {FILE_OPTION} PATH"))
}

fn unknown(requested: &Sourced<String>, names: &[String], path: &Path) -> Error {
    let name = escape::excerpt(&requested.value, 60);
    let within = match requested.source {
        Source::File { .. } => String::new(),
        _ => format!(" in {}", display_path(path)),
    };
    let error =
        Error::usage(format!("{}: the profile '{name}' does not exist{within}", requested.source));
    let known: Vec<String> = names.iter().map(|name| escape::excerpt(name, 60)).collect();
    match suggest::did_you_mean(&requested.value, known.iter().map(String::as_str)) {
        Some(hint) => error.hint(hint),
        None if names.is_empty() => error.hint("it has none; begin one with [profiles.NAME]"),
        None => error.hint(format!("there are {}", known.join(", "))),
    }
}

/// Returns a warning if others can read which command is run for a secret, or change it.
#[cfg(unix)]
fn exposure_warning(metadata: &Metadata, path: &Path) -> Option<(String, String)> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = metadata.permissions().mode();
    let what = match mode & 0o066 {
        0 => return None,
        others if others & 0o022 != 0 => "changed",
        _ => "read",
    };
    let path = display_path(path);
    let quoted = shlex::try_quote(&path).unwrap_or_default();
    Some((
        format!("{path} names a command to run, and can be {what} by other users"),
        format!("chmod 600 {quoted}"),
    ))
}

#[cfg(not(unix))]
fn exposure_warning(_: &Metadata, _: &Path) -> Option<(String, String)> {
    None
}
