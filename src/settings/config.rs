//! Loads the settings: finds the configuration file, and the profile in use.

use std::fs::Metadata;
use std::path::{self, Path, PathBuf};

use crate::cli::get::CallArgs;
use crate::context::{Context, Variables};
use crate::deadline::Deadline;
use crate::encoding::{self, DecodeError};
use crate::error::{Error, Result};
use crate::escape::{self, display_path};
use crate::fs::read_limited::{is_absent, open_file, read_limited};
use crate::fs::{dirs, null_device};
use crate::platform::Platform;
use crate::secret::profile_ref::ConfigFileId;
use crate::settings::config_file::{ConfigError, ConfigFile};
use crate::settings::resolve::network;
use crate::settings::{Settings, config_file, registry};
use crate::source::{Source, Sourced};
use crate::suggest;

pub(crate) const FILE_OPTION: &str = "--config";
pub(crate) const FILE_VARIABLE: &str = "SOTICKETS_CONFIG";
pub(crate) const PROFILE_OPTION: &str = "--profile";
pub(crate) const PROFILE_VARIABLE: &str = "SOTICKETS_PROFILE";

impl<'a> Settings<'a> {
    /// Reads the configuration file, if there is one, and selects the profile.
    pub(crate) fn load(call: &'a CallArgs, context: &Context<'_>) -> Result<Self> {
        let (mut settings, file) = Self::load_without_profile(call, context)?;
        let variables = &settings.variables;
        let option = || Some(Sourced::new(call.profile.clone()?, Source::Option(PROFILE_OPTION)));
        let variable = variables.get(PROFILE_VARIABLE);
        let variable = variable.map(|name| Sourced::new(name, Source::Variable(PROFILE_VARIABLE)));
        let requested = option().or(variable);
        let Some(mut file) = file else {
            return match requested {
                Some(requested) => Err(settings.unknown_profile(&requested)),
                None => Ok(settings),
            };
        };
        if let Some(requested) = requested.or(file.default_profile) {
            let mut names = settings.profile_names.iter();
            let Some(index) = names.position(|known| *known == requested.value) else {
                return Err(settings.unknown_profile(&requested));
            };
            let profile = file.profiles.swap_remove(index);
            settings.profile = Some(Sourced::new(profile, requested.source));
        }
        Ok(settings)
    }

    /// Returns the error for a requested profile that does not exist.
    pub(crate) fn unknown_profile(&self, requested: &Sourced<String>) -> Error {
        match &self.file {
            Some(file) => unknown(requested, self, &file.value),
            None => no_file(requested, &self.variables),
        }
    }

    /// Reads the configuration file, if there is one, and selects no profile.
    pub(crate) fn load_without_profile(
        call: &'a CallArgs,
        context: &Context<'_>,
    ) -> Result<(Self, Option<ConfigFile>)> {
        let (settings, file) = Self::load_each(call, context)?;
        Ok((settings, file.map(ConfigFile::checked).transpose()?))
    }

    /// Reads the configuration file, if there is one, and selects no profile. Also a file that an
    /// option or a variable names need not exist: the caller creates it.
    pub(crate) fn load_for_writing(
        call: &'a CallArgs,
        context: &Context<'_>,
    ) -> Result<(Self, Option<ConfigFile>)> {
        let (settings, file) = Self::load_file(call, true, context)?;
        Ok((settings, file.map(ConfigFile::checked).transpose()?))
    }

    /// Reads the configuration file, if there is one, as far as possible, and selects no profile.
    /// If the file cannot be read, that is its only error.
    pub(crate) fn load_each(
        call: &'a CallArgs,
        context: &Context<'_>,
    ) -> Result<(Self, Option<ConfigFile>)> {
        Self::load_file(call, false, context)
    }

    /// Reads the configuration file as [`Self::load_each`] does. If it `may_be_missing`, one that an
    /// option or a variable names need not exist.
    fn load_file(
        call: &'a CallArgs,
        may_be_missing: bool,
        context: &Context<'_>,
    ) -> Result<(Self, Option<ConfigFile>)> {
        let mut settings = Self::without_profile(call, context.variables.clone(), context.started);
        check_variables(&settings.variables)?;
        let Some(path) = find_file(&settings) else { return Ok((settings, None)) };
        settings.file_id = file_id(&path, &settings.variables);
        let is_default = path.source == Source::Default;
        let (text, metadata) = match read_file(&path, is_default || may_be_missing, &settings) {
            Ok(Some(read)) => read,
            Ok(None) => {
                settings.file = Some(path).filter(|_| !is_default);
                return Ok((settings, None));
            }
            Err(error) => {
                let errors = vec![ConfigError { profile: None, error }];
                return Ok((settings, Some(ConfigFile { errors, ..ConfigFile::default() })));
            }
        };
        let mut file = config_file::parse_each(&text, &path.value);
        for profile in &mut file.profiles {
            profile.file_id.clone_from(&settings.file_id);
        }
        settings.profile_names = file.profiles.iter().map(|it| it.name.clone()).collect();
        settings.warning =
            file.names_command.then(|| exposure_warning(&metadata, &path.value)).flatten();
        settings.file = Some(path);
        Ok((settings, Some(file)))
    }
}

/// Returns the names of the profiles in the file at `named`, or in the one that a call would
/// read. Errors in the file hide no other names.
pub(crate) fn profile_names(named: Option<&Path>, variables: &Variables) -> Vec<String> {
    let named = named.map(|path| variables.expand_home(path));
    let path = named
        .or_else(|| variables.path(FILE_VARIABLE))
        .or_else(|| default_path(variables))
        // Reading a pipe would empty it, or wait.
        .filter(|path| path.is_file());
    let text = path.and_then(|path| {
        let text = read_limited(open_file(&path).ok()?, MAX_FILE_BYTES).ok()?;
        encoding::decode(&text).ok()
    });
    text.map_or(Vec::new(), |text| config_file::profile_names(&text))
}

/// Returns the part of the names of stored secrets that is that of the file at `path`: none for the
/// default file, however it is named.
fn file_id(path: &Sourced<PathBuf>, variables: &Variables) -> ConfigFileId {
    let real = real_path(&path.value);
    let id = match default_path(variables) {
        Some(default) if real_path(&default) == real => return ConfigFileId::default(),
        _ => ConfigFileId::new(&real),
    };
    match path.source {
        Source::Option(_) => id.named_by_option(&path.value),
        _ => id,
    }
}

/// Returns the path behind all links. The file and its folders need not exist.
fn real_path(path: &Path) -> PathBuf {
    let path = path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let folders = path.ancestors();
    let found = folders.into_iter().find_map(|folder| Some((folder, folder.canonicalize().ok()?)));
    let Some((folder, found)) = found else { return path };
    let missing = path.strip_prefix(folder).unwrap_or(Path::new(""));
    found.components().chain(missing.components()).collect()
}

/// Checks that our variables are UTF-8: others could only be sent changed.
fn check_variables(variables: &Variables) -> Result<()> {
    match variables.not_utf8("SOTICKETS_") {
        Some(name) => Err(Error::usage(format!(
            "the variable {} is not valid UTF-8",
            escape::excerpt(&name, 60)
        ))),
        None => Ok(()),
    }
}

/// Returns the path that an option or a variable names, or the default one.
fn find_file(settings: &Settings<'_>) -> Option<Sourced<PathBuf>> {
    let variables = &settings.variables;
    let option = || Some(Sourced::new(settings.call.config.clone()?, Source::Option(FILE_OPTION)));
    let variable =
        || Some(Sourced::new(variables.path(FILE_VARIABLE)?, Source::Variable(FILE_VARIABLE)));
    let default = || Some(Sourced::new(default_path(variables)?, Source::Default));
    option().or_else(variable).or_else(default)
}

/// Reads the file at `path`; `None` for `NUL` of Windows, and if it `may_be_missing` and is.
fn read_file(
    path: &Sourced<PathBuf>,
    may_be_missing: bool,
    settings: &Settings<'_>,
) -> Result<Option<(String, Metadata)>> {
    let Sourced { value: path, source } = path;
    if null_device::is_nul(path, Platform::CURRENT) {
        return Ok(None);
    }
    let failed = |error: &dyn std::fmt::Display| {
        let is_default = *source == Source::Default;
        let named_by = if is_default { String::new() } else { format!("{source}: ") };
        Error::usage(format!("{named_by}{}: {error}", display_path(path)))
    };
    let file = path.clone();
    let read = move || {
        let file = open_file(&file)?;
        let metadata = file.metadata()?;
        Ok((read_limited(file, MAX_FILE_BYTES)?, metadata))
    };
    // An invalid limit is reported with the other settings. That of a profile is in the file.
    let limit = network::limit(settings.find(&registry::TIMEOUT).as_ref(), None).ok().flatten();
    let (bytes, metadata) = match Deadline::new(settings.started, limit).run(read) {
        Ok(read) => read,
        Err(error) if may_be_missing && is_absent(&error) => return Ok(None),
        Err(error) => return Err(failed(&error)),
    };
    let text = encoding::decode(&bytes).map_err(|error| failed(&error).hint(DecodeError::HINT))?;
    Ok(Some((text, metadata)))
}

/// The largest file that is read. A larger one is another file, or has no end.
pub(crate) const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// Returns the path of the file unless an option or a variable names another.
pub(crate) fn default_path(variables: &Variables) -> Option<PathBuf> {
    Some(dirs::config(variables)?.join("config.toml"))
}

fn no_file(requested: &Sourced<String>, variables: &Variables) -> Error {
    let (what, hint) = match default_path(variables) {
        Some(path) => (format!("there is no {}", display_path(&path)), "write it, or name another"),
        None => ("no configuration file is known".to_owned(), "name it"),
    };
    let name = escape::excerpt(&requested.value, 60);
    Error::usage(format!("{}: the profile '{name}' does not exist: {what}", requested.source))
        .hint(format!("{hint} with {FILE_OPTION} PATH"))
}

fn unknown(requested: &Sourced<String>, settings: &Settings<'_>, path: &Path) -> Error {
    let Sourced { value: requested, source } = requested;
    let name = escape::excerpt(requested, 60);
    let within = match source {
        Source::File { .. } => String::new(),
        _ => format!(" in {}", display_path(path)),
    };
    let error = Error::usage(format!("{source}: the profile '{name}' does not exist{within}"));
    let nearest = nearest_profiles(requested, &settings.profile_names);
    error.hint(nearest.unwrap_or_else(|| list_profiles(settings)))
}

/// Returns the hint with the profiles whose names are near.
pub(crate) fn nearest_profiles(requested: &str, names: &[String]) -> Option<String> {
    let known: Vec<String> = names.iter().map(|name| escape::excerpt(name, 60)).collect();
    suggest::did_you_mean(requested, known.iter().map(String::as_str))
}

/// Returns the hint with all profiles of the file.
pub(crate) fn list_profiles(settings: &Settings<'_>) -> String {
    let names = &settings.profile_names;
    if names.is_empty() {
        return format!("it has none: {} sets up one", settings.file_id.login_command(None));
    }
    let known: Vec<String> = names.iter().map(|name| escape::excerpt(name, 60)).collect();
    format!("its profiles: {}", known.join(", "))
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
    Some((
        format!("{} names a command to run, and can be {what} by other users", display_path(path)),
        format!("chmod 600 {}", crate::shell_words::quote_path(path)),
    ))
}

#[cfg(not(unix))]
fn exposure_warning(_: &Metadata, _: &Path) -> Option<(String, String)> {
    None
}
