//! The arguments of `sotickets auth`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::secret::secret_store::SecretStore;

use super::heading::OTHER;
use super::help::HelpArgs;
use super::network::NetworkArgs;

/// The arguments of `auth`.
#[derive(Debug, Args)]
pub struct AuthArgs {
    /// The subcommand.
    #[command(subcommand)]
    pub command: AuthCommand,
}

/// The subcommands of `auth`.
#[derive(Debug, Subcommand)]
pub enum AuthCommand {
    /// Sign in, with a credential or with the browser, and write a profile
    ///
    /// At a terminal it asks for what no option and no variable gives. Without a credential, the
    /// browser opens to sign in to SuperOffice Online. One call checks the credential, or the
    /// sign-in, before it is kept. Later commands use the profile. A secret in a variable is kept
    /// as the name of the variable. Without --url, --tenant and --client-id, the profile of
    /// --profile, or else the default one, is signed in again. Without --profile, SOTICKETS_URL or
    /// SOTICKETS_TENANT may name another target.
    Login(Box<LoginArgs>),
    /// List the credential of each profile, and until when it is valid
    ///
    /// A sign-in without a profile is shown, too. Nothing is sent without --check. The exit code
    /// is 4 if a credential is missing or refused.
    Status(Box<StatusArgs>),
    /// Remove what is kept for a profile: sign-in, password, ticket, token
    ///
    /// A sign-in is revoked as well, if the service supports that. Secrets of your own (env:, file:,
    /// command:) stay.
    Logout(Box<LogoutArgs>),
    /// Make a profile the default one
    // With [OPTIONS] the line would be too long for 40 columns.
    #[command(override_usage = "sotickets auth switch <NAME>")]
    Switch(SwitchArgs),
    /// Explain a command
    #[command(hide = true)]
    Help(HelpArgs),
}

/// The profile that a sign-in belongs to.
#[derive(Clone, Debug, Default, Args)]
pub struct ProfileArgs {
    /// Use this profile of the configuration file
    ///
    /// The default is the profile that the key `default_profile` names.
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,

    /// Read this configuration file
    ///
    /// `sotickets help files` has the default.
    #[arg(long, value_name = "PATH")]
    pub config: Option<PathBuf>,
}

/// The heading of the options for a sign-in without the browser.
const CREDENTIAL: &str = "With a credential";
/// The heading of the options for the profile.
const PROFILE: &str = "Profile";

/// The arguments of `auth login`.
#[derive(Clone, Debug, Default, Args)]
pub struct LoginArgs {
    /// The profile that is signed in.
    #[command(flatten)]
    pub profile: ProfileArgs,

    /// Sign in to this installation: https://host/site
    ///
    /// …/api, …/api/v1 or the whole endpoint work as well, and the address of a ticket from the
    /// browser: the profile then gets `ticket_url`, too. The name of the profile is that of
    /// --profile, or else that of the host.
    #[arg(long, value_name = "URL", help_heading = CREDENTIAL)]
    pub url: Option<String>,

    /// Sign in as this user, with Basic (Onsite)
    #[arg(long, value_name = "NAME", help_heading = CREDENTIAL)]
    pub user: Option<String>,

    /// Take the user's password from SRC
    ///
    /// One from `prompt` or `stdin` is kept in --store. Of any other source the profile keeps
    /// the name.
    #[arg(long, value_name = "SRC", help_heading = CREDENTIAL)]
    pub password: Option<String>,

    /// Sign in with a SuperOffice ticket, as SOTicket
    #[arg(long, value_name = "SRC", help_heading = CREDENTIAL)]
    pub ticket: Option<String>,

    /// Sign in with an access token, as Bearer (Online)
    #[arg(long, value_name = "SRC", help_heading = CREDENTIAL)]
    pub token: Option<String>,

    /// Sign in as the system user of this token (Online)
    ///
    /// It goes with --private-key, --app-token and --tenant.
    #[arg(long, value_name = "SRC", help_heading = CREDENTIAL, hide_short_help = true)]
    pub system_user_token: Option<String>,

    /// Sign the system user's token with this RSA key of the application
    #[arg(long, value_name = "SRC", help_heading = CREDENTIAL, hide_short_help = true)]
    pub private_key: Option<String>,

    /// Send an application token, in addition to a ticket or a token
    #[arg(long, value_name = "SRC", help_heading = CREDENTIAL, hide_short_help = true)]
    pub app_token: Option<String>,

    /// Send user and password in this encoding: utf-8 or latin1 [default: utf-8]
    #[arg(long, value_name = "CHARSET", help_heading = CREDENTIAL, hide_short_help = true)]
    pub basic_charset: Option<String>,

    /// Request names and statuses in this language [default: the locale's, or en]
    #[arg(long, value_name = "CODE", help_heading = PROFILE, hide_short_help = true)]
    pub language: Option<String>,

    /// Show dates in this time zone: Europe/Oslo, or local for this machine's
    #[arg(long, value_name = "ZONE", help_heading = PROFILE, hide_short_help = true)]
    pub timezone: Option<String>,

    /// Make the profile the default one, even if there is one already
    #[arg(long, help_heading = PROFILE)]
    pub default: bool,

    /// The addresses of tickets, with `{id}`, as an answer or --url shows them.
    #[arg(skip)]
    pub ticket_url: Option<String>,

    /// True if a person is asked for the secret; no option says so.
    #[arg(skip)]
    pub asks_secret: bool,

    /// True if a person does not want it to be the default one; no option says so.
    #[arg(skip)]
    pub is_not_default: bool,

    /// Replace a profile of this name in which more than its secret changes
    ///
    /// Without this option, only missing keys are added: the credential of an address, the tenant,
    /// the application of a sign-in. It is also needed to replace a source of your own, such as
    /// env:NAME, with a stored secret. At a terminal, the changes are shown and asked about
    /// instead.
    #[arg(long, help_heading = PROFILE)]
    pub replace: bool,

    /// Allow the credential to be sent to this address over http://, now and later
    #[arg(long, help_heading = CREDENTIAL, hide_short_help = true)]
    pub allow_plain_http: bool,

    /// Sign in for the application with this id, as SuperOffice registered it
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,

    /// Take the application's client secret from SRC
    ///
    /// It is stored with the tokens, because SuperOffice renews a sign-in only with it.
    /// Without it the sign-in lasts as long as the access token, 20 to 60 minutes. A profile that
    /// is signed in again uses the stored one.
    #[arg(long, value_name = "SRC")]
    pub client_secret: Option<String>,

    /// Let the browser return to this address, as the application is registered
    ///
    /// The default is http://127.0.0.1 with a free port. The address is one of this machine:
    /// 127.0.0.1, localhost or ::1. Port and path are used unchanged. Without a port, or with
    /// port 0, a free one is used.
    #[arg(long, value_name = "URL")]
    pub redirect_uri: Option<String>,

    /// Sign in to this tenant without a question: Cust12345
    ///
    /// The name of the profile is that of --profile, or else that of the tenant.
    #[arg(long, value_name = "NAME")]
    pub tenant: Option<String>,

    /// Sign in to this environment: online, sod, stage [default: online]
    ///
    /// It may also be the address of a stand-in.
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,

    /// Store the tokens, or the secret that was typed, here [default: keyring]
    ///
    /// A profile that is signed in again keeps the place that it has.
    #[arg(long, value_name = "PLACE", ignore_case = true)]
    pub store: Option<SecretStore>,

    /// Print the address to open instead of opening a browser
    ///
    /// If the browser is on another machine, paste the address where it ends into this
    /// terminal. It begins with the redirect address.
    #[arg(long)]
    pub no_browser: bool,

    /// Wait this long for the browser; 0 means no limit [default: 5m]
    ///
    /// With a credential, this is the limit of the check.
    #[arg(long, value_name = "TIME")]
    pub timeout: Option<String>,

    /// Retries, proxy and TLS.
    #[command(flatten)]
    pub network: NetworkArgs,

    /// Show each request and the answer's status, sizes and times
    ///
    /// They are printed to standard error.
    #[arg(short, long, help_heading = OTHER)]
    pub verbose: bool,
}

/// The arguments of `auth status`.
#[derive(Clone, Debug, Default, Args)]
pub struct StatusArgs {
    /// Show this profile only
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,

    /// Read this configuration file
    ///
    /// `sotickets help files` has the default.
    #[arg(long, value_name = "PATH")]
    pub config: Option<PathBuf>,

    /// Ask each server once whether it accepts the credential
    ///
    /// Programs that print a secret are run, and secrets from `prompt` are asked for. A sign-in is
    /// renewed if it has ended. Variables that hold an address or a credential are not used.
    #[arg(long)]
    pub check: bool,

    /// Print the list in this format
    ///
    /// json is for programs.
    #[arg(
        short,
        long,
        visible_alias = "format",
        value_name = "FORMAT",
        ignore_case = true,
        default_value = "table"
    )]
    pub output: StatusFormat,

    /// Limit the check of each profile to this time; 0 means no limit [default: 0]
    #[arg(long, value_name = "TIME")]
    pub timeout: Option<String>,

    /// Retries, proxy and TLS.
    #[command(flatten)]
    pub network: NetworkArgs,

    /// Show each request and the answer's status, sizes and times
    ///
    /// They are printed to standard error.
    #[arg(short, long, help_heading = OTHER)]
    pub verbose: bool,
}

/// The formats of `auth status`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum StatusFormat {
    /// A list to read
    #[default]
    Table,
    /// An array of objects
    Json,
}

/// The arguments of `auth logout`.
#[derive(Clone, Debug, Default, Args)]
pub struct LogoutArgs {
    /// The profile that is signed in.
    #[command(flatten)]
    pub profile: ProfileArgs,

    /// Remove what is kept for every profile of the file, and the sign-in without a profile
    ///
    /// The tickets of all system users are removed, too.
    #[arg(long, conflicts_with = "profile")]
    pub all: bool,

    /// Remove the profile from the configuration file, too
    ///
    /// The rest of the file stays unchanged. If default_profile names the profile, that line is
    /// removed, too. With --all: every profile.
    #[arg(long)]
    pub forget: bool,

    /// Retries, proxy and TLS.
    #[command(flatten)]
    pub network: NetworkArgs,

    /// Show each request and the answer's status, sizes and times
    ///
    /// They are printed to standard error.
    #[arg(short, long, help_heading = OTHER)]
    pub verbose: bool,
}

/// The arguments of `auth switch`.
#[derive(Clone, Debug, Default, Args)]
pub struct SwitchArgs {
    /// The profile that commands use without --profile
    #[arg(value_name = "NAME")]
    pub profile: String,

    /// Change this configuration file [default: sotickets/config.toml in the user's folder for configuration]
    #[arg(long, value_name = "PATH")]
    pub config: Option<PathBuf>,
}
