//! The arguments of `sotickets get`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::output::OutputFormat;
use crate::ticket::date::Style;

use super::network::{CONNECTION, NetworkArgs};

const OUTPUT: &str = "Output";
const LANGUAGE: &str = "Language and time";
const CREDENTIAL: &str = "Credential";

/// The arguments of `get`.
#[derive(Clone, Debug, Default, Args)]
pub struct GetArgs {
    /// Fetch these tickets: 839, '#839', 839,249, 840..860, a ticket's URL, or - for standard input
    ///
    /// White space, commas and semicolons separate ids. A range includes both ends. A
    /// repeated id is sent once. The output keeps the order in which ids are first
    /// mentioned.
    ///
    /// Standard input may also contain csv, tsv or jsonl of this program: the ids are then
    /// read from the column or key TicketId. Its encoding is UTF-8, or UTF-16 with a
    /// byte-order mark.
    #[arg(value_name = "ID", allow_negative_numbers = true)]
    pub ids: Vec<String>,

    /// Read more ids from this file, in the same forms as standard input
    #[arg(long, value_name = "PATH")]
    pub ids_file: Option<PathBuf>,

    /// Refuse more ids than this
    #[arg(long, value_name = "N", default_value_t = 10_000, hide_short_help = true)]
    pub max_ids: usize,

    /// Only warn about tickets that did not come back; the exit code stays 0
    #[arg(long)]
    pub allow_missing: bool,

    /// Fetch and print these fields, in this order: Title,OwnedByName,TableRight/Mask
    ///
    /// Comma separated and repeatable; case does not matter. `sotickets fields`
    /// lists them.
    #[arg(short, long, value_name = "LIST", help_heading = OUTPUT)]
    pub select: Vec<String>,

    /// Allow fields in --select that this version does not know
    #[arg(long, help_heading = OUTPUT, hide_short_help = true)]
    pub any_field: bool,

    /// Print the tickets in this format [default: table]
    #[arg(
        short,
        long,
        visible_alias = "format",
        value_name = "FORMAT",
        ignore_case = true,
        help_heading = OUTPUT
    )]
    pub output: Option<OutputFormat>,

    /// Write to this file, completely or not at all; - is standard output
    ///
    /// The output is written to a temporary file next to this path, flushed to the disk and
    /// renamed. On any failure, and if no ticket came back, an old file stays unchanged;
    /// with --allow-missing no ticket is no failure. The permissions of an old file are
    /// kept. A link is followed. A device or a pipe is written to directly. The format
    /// depends on --output, not on the file name.
    #[arg(long, value_name = "PATH", help_heading = OUTPUT)]
    pub out_file: Option<PathBuf>,

    /// Show dates in this style [default: short; csv, tsv and jsonl: as-sent, or iso with an IANA zone]
    #[arg(long, value_name = "STYLE", ignore_case = true, help_heading = OUTPUT)]
    pub dates: Option<Style>,

    /// Omit the header line (csv, tsv)
    #[arg(long, help_heading = OUTPUT)]
    pub no_header: bool,

    /// Separate cells by this character (csv, tsv)
    #[arg(long, value_name = "C", help_heading = OUTPUT, hide_short_help = true)]
    pub delimiter: Option<String>,

    /// Begin with a byte-order mark, for Excel (csv, tsv)
    #[arg(long, help_heading = OUTPUT, hide_short_help = true)]
    pub bom: bool,

    /// Prevent a spreadsheet from running text as a formula (csv, tsv)
    #[arg(long, help_heading = OUTPUT)]
    pub guard_formulas: bool,

    /// Use colour in a terminal only, always or never [default: auto]
    #[arg(long, value_name = "WHEN", ignore_case = true, help_heading = OUTPUT, hide_short_help = true)]
    pub color: Option<ColorChoice>,

    /// Fit the table into N columns; default columns that do not fit are hidden, other tables become records [default: the terminal's width; in a pipe nothing is cut]
    #[arg(long, value_name = "N", help_heading = OUTPUT, hide_short_help = true)]
    pub width: Option<usize>,

    /// Never cut text to the width of the terminal
    #[arg(long, help_heading = OUTPUT, hide_short_help = true)]
    pub no_trunc: bool,

    /// Make each TicketId a link to the ticket in the web client, in formats for people [default: auto]
    ///
    /// `auto` makes links in terminals that are known to support them, and not in markdown.
    /// The address is known for Online; for your own installation, set --ticket-url.
    #[arg(long, value_name = "WHEN", ignore_case = true, help_heading = OUTPUT, hide_short_help = true)]
    pub links: Option<LinksChoice>,

    /// Server, credential, language and network.
    #[command(flatten)]
    pub call: CallArgs,

    /// Use the built-in sample server, started for this call
    #[arg(long, help_heading = CONNECTION)]
    pub demo: bool,

    /// Print the request as a curl command and send nothing
    #[arg(long, help_heading = CONNECTION)]
    pub dry_run: bool,

    /// Show the request and the answer's status, sizes and times on standard error
    #[arg(short, long, help_heading = CONNECTION)]
    pub verbose: bool,
}

/// The arguments of every call.
#[derive(Clone, Debug, Default, Args)]
pub struct CallArgs {
    /// Request names and statuses in this language: en, nb-no, …; * leaves them untranslated [default: en]
    #[arg(long, value_name = "CODE", help_heading = LANGUAGE)]
    pub language: Option<String>,

    /// Request numbers and dates inside texts in this culture
    #[arg(long, value_name = "CODE", help_heading = LANGUAGE, hide_short_help = true)]
    pub culture: Option<String>,

    /// Show dates in this time zone: Europe/Oslo, or local for this machine's
    ///
    /// A name with a slash, or `local`, is an IANA zone: dates are requested in UTC with
    /// their offset and converted here, with daylight saving. Any other value is a
    /// SuperOffice code or id (NO, 261), optionally with `,includeTZOffset`, and is sent
    /// unchanged. The server probably does not convert the dates of tickets to such a zone:
    /// they stay in the server's zone, CreatedAt and LastChanged in UTC, and only
    /// `includeTZOffset` shows which.
    #[arg(long, value_name = "ZONE", help_heading = LANGUAGE)]
    pub timezone: Option<String>,

    /// Use this profile of the configuration file [default: its default_profile]
    #[arg(long, value_name = "NAME", help_heading = CONNECTION)]
    pub profile: Option<String>,

    /// Read this configuration file [default: sotickets/config.toml in the user's folder for configuration]
    #[arg(long, value_name = "PATH", help_heading = CONNECTION, hide_short_help = true)]
    pub config: Option<PathBuf>,

    /// Use this installation: https://host/site, …/api, …/api/v1 or the whole endpoint
    #[arg(long, value_name = "URL", help_heading = CONNECTION)]
    pub url: Option<String>,

    /// Link to tickets at this address, with {id} in place of the id (Onsite)
    #[arg(long, value_name = "URL", help_heading = CONNECTION, hide_short_help = true)]
    pub ticket_url: Option<String>,

    /// Use this tenant of Online: Cust12345
    ///
    /// Its address is looked up, and cached for as long as the answer allows.
    #[arg(long, value_name = "TENANT", help_heading = CONNECTION)]
    pub tenant: Option<String>,

    /// Look the tenant up in this environment: online, sod, stage, or the https:// address of a stand-in [default: online]
    #[arg(long, value_name = "NAME", help_heading = CONNECTION, hide_short_help = true)]
    pub environment: Option<String>,

    /// Send an additional header, 'Name: value'; 'Name: @SRC' for a secret value
    #[arg(short = 'H', long = "header", value_name = "HEADER", help_heading = CONNECTION, hide_short_help = true)]
    pub headers: Vec<String>,

    /// Limit connecting, including the TLS handshake, to this time [default: 10s]
    #[arg(long, value_name = "TIME", help_heading = CONNECTION, hide_short_help = true)]
    pub connect_timeout: Option<String>,

    /// Limit each wait for the server to this time [default: 60s]
    #[arg(long, value_name = "TIME", help_heading = CONNECTION, hide_short_help = true)]
    pub read_timeout: Option<String>,

    /// Limit the whole command to this time; 0 means no limit [default: 0]
    ///
    /// The limit includes reading ids, secrets and other files, all calls with their waits,
    /// and opening a pipe for --out-file. It does not include the time of a person at a
    /// prompt, or of a slow reader of the output.
    #[arg(long, value_name = "TIME", help_heading = CONNECTION)]
    pub timeout: Option<String>,

    /// Refuse an answer larger than this, after decompression [default: 2GiB]
    #[arg(long, value_name = "SIZE", help_heading = CONNECTION, hide_short_help = true)]
    pub max_bytes: Option<String>,

    /// Retries, proxy and TLS
    #[command(flatten)]
    pub network: NetworkArgs,

    /// Allow a credential to be sent over http:// to another machine
    #[arg(long, help_heading = CONNECTION, hide_short_help = true)]
    pub allow_plain_http: bool,

    /// Sign in as this user, with Basic (Onsite)
    #[arg(long, value_name = "NAME", help_heading = CREDENTIAL)]
    pub user: Option<String>,

    /// Take the user's password from SRC (Onsite)
    #[arg(long, value_name = "SRC", help_heading = CREDENTIAL)]
    pub password: Option<String>,

    /// Send user and password in this encoding: utf-8, or latin1 for an older server [default: utf-8]
    #[arg(long, value_name = "CHARSET", help_heading = CREDENTIAL, hide_short_help = true)]
    pub basic_charset: Option<String>,

    /// Sign in with a SuperOffice ticket, as SOTicket
    #[arg(long, value_name = "SRC", help_heading = CREDENTIAL)]
    pub ticket: Option<String>,

    /// Sign in with an access token, as Bearer (Online)
    #[arg(long, value_name = "SRC", help_heading = CREDENTIAL)]
    pub token: Option<String>,

    /// Sign in with the XSRF token of a browser session
    #[arg(long, value_name = "SRC", help_heading = CREDENTIAL, hide_short_help = true)]
    pub xsrf_token: Option<String>,

    /// Send the cookies of that browser session
    #[arg(long, value_name = "SRC", help_heading = CREDENTIAL, hide_short_help = true)]
    pub cookie: Option<String>,

    /// Send an application token in addition to the credential
    #[arg(long, value_name = "SRC", help_heading = CREDENTIAL, hide_short_help = true)]
    pub app_token: Option<String>,

    /// Send no credential, for a gateway that adds one
    #[arg(long, help_heading = CREDENTIAL, hide_short_help = true)]
    pub no_auth: bool,
}

/// The choices of `--links`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LinksChoice {
    /// In a table or a record, in a terminal that is known to support links
    Auto,
    /// In every format for people
    Always,
    /// Nowhere
    Never,
}

/// The choices of `--color`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// In a terminal
    Auto,
    /// Everywhere
    Always,
    /// Nowhere
    Never,
}

impl ColorChoice {
    /// Returns whether color is forced on or off.
    pub(crate) const fn is_forced(self) -> Option<bool> {
        match self {
            Self::Auto => None,
            Self::Always => Some(true),
            Self::Never => Some(false),
        }
    }
}
