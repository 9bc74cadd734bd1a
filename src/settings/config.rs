//! The configuration file: where it stands, and the profile that is chosen from it.

use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::cli::get::CallArgs;
use crate::context::{Context, Environment};
use crate::deadline::Deadline;
use crate::encoding::{self, DecodeError};
use crate::error::{Error, Result};
use crate::escape;
use crate::fs::dirs;
use crate::fs::read_limited::{is_absent, read_limited};
use crate::suggest;

use crate::escape::display_path;
use crate::settings::config_file::{self, Document};
use crate::settings::layers::ConfigLayers;
use crate::settings::parse::limits;
use crate::settings::profile::Profile;
use crate::settings::registry;
use crate::source::{Source, Sourced};

/// The option that names the file.
pub(crate) const FILE_OPTION: &str = "--config";
/// The variable that names the file.
pub(crate) const FILE_VARIABLE: &str = "SOTICKETS_CONFIG";
/// The option that names the profile.
pub(crate) const PROFILE_OPTION: &str = "--profile";
/// The variable that names the profile.
pub(crate) const PROFILE_VARIABLE: &str = "SOTICKETS_PROFILE";

/// The configuration, as far as a command needs it.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// The file that was read.
    pub(crate) file: Option<Sourced<PathBuf>>,
    /// The profile in use, with what chose it.
    pub(crate) profile: Option<Sourced<Profile>>,
    /// What there is to choose from.
    pub(crate) names: Vec<String>,
    /// What a person should know of the file, and what to do about it.
    pub(crate) warning: Option<(String, String)>,
    /// The time at which the command began.
    pub(crate) started: Instant,
}

impl Config {
    /// All that may say a setting.
    pub(crate) fn levels<'a>(
        &'a self,
        call: &'a CallArgs,
        environment: &'a Environment,
    ) -> ConfigLayers<'a> {
        let profile = self.profile.as_ref().map(|profile| &profile.value);
        ConfigLayers { call, environment, profile, names: &self.names, started: self.started }
    }
}

/// Reads the file, where there is one, and finds the profile to use.
pub(crate) fn load(args: &CallArgs, host: &Context<'_>) -> Result<Config> {
    let (environment, started) = (&host.environment, host.started);
    check_variables(environment)?;
    let asked = choice(args.profile.as_deref(), PROFILE_OPTION, environment, PROFILE_VARIABLE);
    let Some(file) = file(args, host)? else {
        return match asked {
            Some(asked) => Err(no_file(&asked, environment)),
            None => {
                Ok(Config { file: None, profile: None, names: Vec::new(), warning: None, started })
            }
        };
    };
    let Opened { text, metadata } = file.opened;
    let path = file.path;
    let Document { default_profile, mut profiles, names_command } =
        config_file::read(&text, &path.value)?;
    let names: Vec<String> = profiles.iter().map(|profile| profile.name.clone()).collect();
    let profile = asked
        .or(default_profile)
        .map(|asked| {
            let at = names.iter().position(|name| *name == asked.value);
            at.map(|at| Sourced::new(profiles.swap_remove(at), asked.source.clone()))
                .ok_or_else(|| unknown(&asked, &names, &path.value))
        })
        .transpose()?;
    let warning = names_command.then(|| exposed(&metadata, &path.value)).flatten();
    Ok(Config { file: Some(path), profile, names, warning, started })
}

/// The names of the profiles, whatever else may be wrong with the file: the one at
/// `named`, or else where a call would look for it.
pub(crate) fn profile_names(named: Option<&Path>, environment: &Environment) -> Vec<String> {
    let named = named.map(|path| environment.in_home(path));
    let path = named
        .or_else(|| environment.path(FILE_VARIABLE))
        .or_else(|| usual_place(environment))
        // A pipe would be emptied, or waited for.
        .filter(|path| path.is_file());
    let text = path.and_then(|path| {
        let text = read_limited(File::open(path).ok()?, MOST).ok()?;
        encoding::decode(&text).ok()
    });
    text.map_or(Vec::new(), |text| config_file::profile_names(&text))
}

/// Refuses a variable that could only be sent changed.
fn check_variables(environment: &Environment) -> Result<()> {
    match environment.not_utf8("SOTICKETS_") {
        Some(name) => Err(Error::usage(format!(
            "the variable {} is not valid UTF-8",
            escape::excerpt(&name, 60)
        ))),
        None => Ok(()),
    }
}

/// What an option or its variable says.
fn choice(
    typed: Option<&str>,
    option: &'static str,
    environment: &Environment,
    variable: &'static str,
) -> Option<Sourced<String>> {
    let variable = || Some(Sourced::new(environment.get(variable)?, Source::Variable(variable)));
    typed.map(|value| Sourced::new(value.to_owned(), Source::Option(option))).or_else(variable)
}

/// A file that could be opened.
struct Found {
    path: Sourced<PathBuf>,
    opened: Opened,
}

struct Opened {
    text: String,
    metadata: Metadata,
}

/// The file that option or variable name, which has to be there, or the one in its
/// usual place, which need not.
fn file(args: &CallArgs, host: &Context<'_>) -> Result<Option<Found>> {
    let environment = &host.environment;
    let option = || Some((args.config.clone()?, Source::Option(FILE_OPTION)));
    let variable = || Some((environment.path(FILE_VARIABLE)?, Source::Variable(FILE_VARIABLE)));
    let default = || Some((usual_place(environment)?, Source::Default));
    let Some((path, source)) = option().or_else(variable).or_else(default) else { return Ok(None) };
    let is_optional = source == Source::Default;
    let cannot = |error: &dyn std::fmt::Display| {
        let named_by = if is_optional { String::new() } else { format!("{source}: ") };
        Error::usage(format!("{named_by}{}: {error}", display_path(&path)))
    };
    let named = path.clone();
    let (bytes, metadata) = match deadline(args, host).run(move || read(&named)) {
        Ok(read) => read,
        Err(error) if is_optional && is_absent(&error) => return Ok(None),
        Err(error) => return Err(cannot(&error)),
    };
    let text = encoding::decode(&bytes).map_err(|error| cannot(&error).hint(DecodeError::HINT))?;
    Ok(Some(Found { path: Sourced::new(path, source), opened: Opened { text, metadata } }))
}

/// The deadline for reading the file, by option and variable: the profile is in it. A limit
/// that is wrong is reported with the other settings.
fn deadline(args: &CallArgs, host: &Context<'_>) -> Deadline {
    let levels = ConfigLayers {
        call: args,
        environment: &host.environment,
        profile: None,
        names: &[],
        started: host.started,
    };
    let limit = limits::limit(levels.find(&registry::TIMEOUT).as_ref(), None);
    Deadline::new(host.started, limit.ok().flatten())
}

/// Reads the file at `path` and its metadata.
fn read(path: &Path) -> io::Result<(Vec<u8>, Metadata)> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    Ok((read_limited(file, MOST)?, metadata))
}

/// The most that is read. What holds more is another file, or has no end.
const MOST: u64 = 1024 * 1024;

/// Returns the path of the file unless an option or a variable names another.
pub(crate) fn usual_place(environment: &Environment) -> Option<PathBuf> {
    Some(dirs::config(environment)?.join("config.toml"))
}

fn no_file(asked: &Sourced<String>, environment: &Environment) -> Error {
    let place = usual_place(environment);
    let (what, hint) = match &place {
        Some(path) => (format!("there is no {}", display_path(path)), "write it, or name another"),
        None => ("no configuration file is known".to_owned(), "name it"),
    };
    let name = escape::excerpt(&asked.value, 60);
    Error::usage(format!("{}: the profile '{name}' does not exist: {what}", asked.source))
        .hint(format!("{hint} with {FILE_OPTION} PATH"))
}

fn unknown(asked: &Sourced<String>, names: &[String], path: &Path) -> Error {
    let name = escape::excerpt(&asked.value, 60);
    let within = match asked.source {
        Source::File { .. } => String::new(),
        _ => format!(" in {}", display_path(path)),
    };
    let error =
        Error::usage(format!("{}: the profile '{name}' does not exist{within}", asked.source));
    let known: Vec<String> = names.iter().map(|name| escape::excerpt(name, 60)).collect();
    match suggest::did_you_mean(&asked.value, known.iter().map(String::as_str)) {
        Some(hint) => error.hint(hint),
        None if names.is_empty() => error.hint("it has none; begin one with [profiles.NAME]"),
        None => error.hint(format!("there are {}", known.join(", "))),
    }
}

/// Whoever can read such a file learns what is run for a secret; whoever can write
/// it decides what is run.
#[cfg(unix)]
fn exposed(metadata: &Metadata, path: &Path) -> Option<(String, String)> {
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
fn exposed(_: &Metadata, _: &Path) -> Option<(String, String)> {
    None
}
