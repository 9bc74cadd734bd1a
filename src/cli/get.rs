//! The arguments of `sotickets get`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::output::OutputFormat;
use crate::ticket::date::Style;

use super::heading::{LANGUAGE, NETWORK, OTHER, OUTPUT, SERVER, TICKETS};
use super::network::NetworkArgs;

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
    /// read from the column or key TicketId. A single column may begin with the heading ID.
    /// The encoding is UTF-8, or UTF-16 with a byte-order mark.
    #[arg(value_name = "ID", allow_negative_numbers = true, help_heading = TICKETS)]
    pub ids: Vec<String>,

    /// Read more ids from this file
    ///
    /// The forms are those of standard input.
    #[arg(long, value_name = "PATH", help_heading = TICKETS)]
    pub ids_file: Option<PathBuf>,

    /// Refuse more ids than this [default: 10000, with --batch-size 1000000]
    #[arg(long, value_name = "N", help_heading = TICKETS, hide_short_help = true)]
    pub max_ids: Option<usize>,

    /// Make several calls, each with at most N ids
    ///
    /// Without it there is one call. The output is the same, and still complete or empty:
    /// one call that fails, after its --retries, is the failure of all. --timeout and
    /// --max-bytes apply to all calls together. With -o json, the answers become one array;
    /// -o xml cannot be joined.
    #[arg(long, value_name = "N", help_heading = TICKETS)]
    pub batch_size: Option<usize>,

    /// Make at most N of these calls at once, 1 to 16 [default: 4]
    ///
    /// They share their connections. With --retries, a Retry-After of the server applies to all
    /// of them.
    #[arg(long, value_name = "N", help_heading = TICKETS, hide_short_help = true)]
    pub jobs: Option<usize>,

    /// Only warn about missing tickets; the exit code stays 0
    #[arg(long, help_heading = TICKETS)]
    pub allow_missing: bool,

    /// Fetch and print these fields: Title,OwnedByName
    ///
    /// They are printed in this order. The list is comma separated and repeatable; case does
    /// not matter. A path such as TableRight/Mask reads a key of an object. `sotickets
    /// fields` lists the fields.
    #[arg(short, long, value_name = "LIST", help_heading = OUTPUT)]
    pub select: Vec<String>,

    /// Allow fields in --select that this version does not know
    #[arg(long, help_heading = OUTPUT, hide_short_help = true)]
    pub any_field: bool,

    /// Print the tickets in this format [default: table]
    ///
    /// Without this option, --out-file chooses the format if the file's name ends in .csv,
    /// .tsv, .json, .jsonl, .md, .xml, .xlsx or .html. `sotickets help formats` compares
    /// them.
    #[arg(
        short,
        long,
        visible_alias = "format",
        value_name = "FORMAT",
        ignore_case = true,
        help_heading = OUTPUT
    )]
    pub output: Option<OutputFormat>,

    /// Write to this file, completely or not at all
    ///
    /// The path `-` is standard output.
    ///
    /// The output is written to a temporary file next to this path, flushed to the disk and
    /// renamed. On any failure, and if no ticket came back, an old file stays unchanged;
    /// with --allow-missing no ticket is no failure. The permissions of an old file are
    /// kept. A link is followed. A device or a pipe is written to directly. Without
    /// --output, the ending of the name (.csv, .json, …) sets the format.
    #[arg(long, value_name = "PATH", help_heading = OUTPUT)]
    pub out_file: Option<PathBuf>,

    /// Omit the header line (csv, tsv)
    #[arg(long, help_heading = OUTPUT)]
    pub no_header: bool,

    /// Separate cells by this character (csv, tsv)
    #[arg(long, value_name = "C", help_heading = OUTPUT, hide_short_help = true)]
    pub delimiter: Option<String>,

    /// Begin with a byte-order mark, for Excel (csv, tsv)
    #[arg(long, help_heading = OUTPUT)]
    pub bom: bool,

    /// Let no spreadsheet run text as a formula (csv, tsv)
    #[arg(long, help_heading = OUTPUT)]
    pub guard_formulas: bool,

    /// Use color: auto is in a terminal only [default: auto]
    #[arg(long, value_name = "WHEN", ignore_case = true, help_heading = OUTPUT, hide_short_help = true)]
    pub color: Option<ColorChoice>,

    /// Fit the table into N columns [default: the terminal's width]
    ///
    /// Default columns that do not fit are hidden, other tables become records. In a pipe
    /// nothing is cut.
    #[arg(long, value_name = "N", help_heading = OUTPUT, hide_short_help = true)]
    pub width: Option<usize>,

    /// Never cut text to the width of the terminal
    #[arg(long, help_heading = OUTPUT, hide_short_help = true)]
    pub no_trunc: bool,

    /// Print at once what is higher than the terminal, without a pager
    #[arg(long, help_heading = OUTPUT, hide_short_help = true)]
    pub no_pager: bool,

    /// Make each TicketId a link to the ticket in the web client [default: auto]
    ///
    /// There are links in formats for people and in xlsx. `auto` makes links in terminals that
    /// are known to support them, and in xlsx and html if the address is known, but not in
    /// markdown.
    /// The address is known for Online; for your own installation, set --ticket-url.
    #[arg(long, value_name = "WHEN", ignore_case = true, help_heading = OUTPUT, hide_short_help = true)]
    pub links: Option<LinksChoice>,

    /// Show dates in this style [default: short or as-sent]
    ///
    /// The default is short in table, record, markdown and html. In csv, tsv and jsonl it is
    /// as-sent, or iso with an IANA zone. json and xml are never changed. In xlsx they are
    /// dates of the spreadsheet.
    #[arg(long, value_name = "STYLE", ignore_case = true, help_heading = LANGUAGE)]
    pub dates: Option<Style>,

    /// Server, credential, language and network.
    #[command(flatten)]
    pub call: CallArgs,

    /// Use the built-in sample server, started for this call
    #[arg(long, help_heading = OTHER)]
    pub demo: bool,

    /// Print the request as a curl command and send nothing
    #[arg(long, help_heading = OTHER)]
    pub dry_run: bool,

    /// Show the request and the answer's status, sizes and times
    ///
    /// They are printed to standard error.
    #[arg(short, long, help_heading = OTHER)]
    pub verbose: bool,
}

/// The arguments of every call.
#[derive(Clone, Debug, Default, Args)]
pub struct CallArgs {
    /// Request texts in this language: nb-no [default: en]
    ///
    /// These are names, statuses and the like. * leaves them untranslated.
    #[arg(long, value_name = "CODE", help_heading = LANGUAGE)]
    pub language: Option<String>,

    /// Request numbers and dates inside texts in this culture
    #[arg(long, value_name = "CODE", help_heading = LANGUAGE, hide_short_help = true)]
    pub culture: Option<String>,

    /// Show dates in this time zone: Europe/Oslo, or local
    ///
    /// `local` is this machine's zone. It, or a name with a slash, is an IANA zone: dates are requested in UTC with
    /// their offset and converted here, with daylight saving. Any other value is a
    /// SuperOffice code or id (NO, 261), optionally with `,includeTZOffset`, and is sent
    /// unchanged. The server probably does not convert the dates of tickets to such a zone:
    /// they stay in the server's zone, CreatedAt and LastChanged in UTC, and only
    /// `includeTZOffset` shows which.
    #[arg(long, value_name = "ZONE", help_heading = LANGUAGE)]
    pub timezone: Option<String>,

    /// Use this profile of the configuration file
    ///
    /// The default is the profile that the key `default_profile` names.
    #[arg(long, value_name = "NAME", help_heading = SERVER)]
    pub profile: Option<String>,

    /// Read this configuration file
    ///
    /// `sotickets help files` has the default.
    #[arg(long, value_name = "PATH", help_heading = SERVER)]
    pub config: Option<PathBuf>,

    /// Use this installation (Onsite): https://host/site
    ///
    /// The address may also end in /api or /api/v1, or be that of the whole endpoint.
    #[arg(long, value_name = "URL", help_heading = SERVER)]
    pub url: Option<String>,

    /// Link to tickets at this address, with {id} in place of the id (Onsite)
    #[arg(long, value_name = "URL", help_heading = SERVER, hide_short_help = true)]
    pub ticket_url: Option<String>,

    /// Use this tenant of Online: Cust12345
    ///
    /// Its address is looked up, and cached for as long as the answer allows.
    #[arg(long, value_name = "TENANT", help_heading = SERVER)]
    pub tenant: Option<String>,

    /// Look the tenant up in this environment: online, sod, stage [default: online]
    ///
    /// It may also be the https:// address of a stand-in.
    #[arg(long, value_name = "NAME", help_heading = SERVER, hide_short_help = true)]
    pub environment: Option<String>,

    /// Sign in as this user, with Basic (Onsite)
    #[arg(long, value_name = "NAME", help_heading = SERVER)]
    pub user: Option<String>,

    /// Take the user's password from SRC (Onsite)
    #[arg(long, value_name = "SRC", help_heading = SERVER)]
    pub password: Option<String>,

    /// Send user and password in this encoding: utf-8 or latin1 [default: utf-8]
    ///
    /// latin1 is for an older server.
    #[arg(long, value_name = "CHARSET", help_heading = SERVER, hide_short_help = true)]
    pub basic_charset: Option<String>,

    /// Sign in with a SuperOffice ticket, as SOTicket
    #[arg(long, value_name = "SRC", help_heading = SERVER)]
    pub ticket: Option<String>,

    /// Sign in with an access token, as Bearer (Online)
    #[arg(long, value_name = "SRC", help_heading = SERVER)]
    pub token: Option<String>,

    /// Sign in with the XSRF token of a browser session
    #[arg(long, value_name = "SRC", help_heading = SERVER, hide_short_help = true)]
    pub xsrf_token: Option<String>,

    /// Send the cookies of that browser session
    #[arg(long, value_name = "SRC", help_heading = SERVER, hide_short_help = true)]
    pub cookie: Option<String>,

    /// Send an application token in addition to the credential
    #[arg(long, value_name = "SRC", help_heading = SERVER, hide_short_help = true)]
    pub app_token: Option<String>,

    /// The token of a system user, which only `auth login` and profiles take.
    #[arg(skip)]
    pub system_user_token: Option<String>,

    /// The private key of its application.
    #[arg(skip)]
    pub private_key: Option<String>,

    /// Send no credential, for a gateway that adds one
    #[arg(long, help_heading = SERVER, hide_short_help = true)]
    pub no_auth: bool,

    /// Send an additional header, 'Name: value'; 'Name: @SRC' for a secret value
    #[arg(short = 'H', long = "header", value_name = "HEADER", help_heading = NETWORK, hide_short_help = true)]
    pub headers: Vec<String>,

    /// Limit connecting, including the TLS handshake, to this time [default: 10s]
    #[arg(long, value_name = "TIME", help_heading = NETWORK, hide_short_help = true)]
    pub connect_timeout: Option<String>,

    /// Limit each wait for the server to this time [default: 60s]
    #[arg(long, value_name = "TIME", help_heading = NETWORK, hide_short_help = true)]
    pub read_timeout: Option<String>,

    /// Limit the whole command to this time, such as 2m
    ///
    /// The default is 0, which means no limit.
    ///
    /// The limit includes reading ids, secrets and other files, all calls with their waits,
    /// and opening a pipe for --out-file. It does not include the time of a person at a
    /// prompt, or of a slow reader of the output.
    #[arg(long, value_name = "TIME", help_heading = NETWORK)]
    pub timeout: Option<String>,

    /// Refuse an answer larger than this, after decompression [default: 2GiB]
    #[arg(long, value_name = "SIZE", help_heading = NETWORK, hide_short_help = true)]
    pub max_bytes: Option<String>,

    /// Retries, proxy and TLS
    #[command(flatten)]
    pub network: NetworkArgs,

    /// Allow a credential to be sent over http:// to another machine
    #[arg(long, help_heading = NETWORK, hide_short_help = true)]
    pub allow_plain_http: bool,
}

/// The choices of `--links`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LinksChoice {
    /// In a table or a record, in a terminal that is known to support links; in xlsx and
    /// html
    Auto,
    /// In every format for people, and in xlsx
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
