//! Output formats: one file per format over the trait [`Format`].
//!
//! A new format is a file of its own, and in this file its `mod`, its variant of
//! [`OutputFormat`] and its arms in [`OutputFormat::properties`] and [`OutputFormat::create`].
//! Other files ask these instead of naming a format; only `-o xml` has an answer of its own.

use std::path::Path;

use clap::ValueEnum;

use crate::suggest;

mod about;
mod cell;
mod csv;
pub(crate) mod fields;
mod format;
mod formula_guard;
mod html;
pub(crate) mod hyperlink;
mod jsonl;
pub(crate) mod out_file;
pub(crate) mod pager;
mod parallel;
mod raw;
pub(crate) mod terminal;
pub(crate) mod text;
mod tsv;
mod xlsx;

pub use about::About;
pub use csv::SeparatedOptions;
pub(crate) use format::Limits;
pub use format::{Document, Format, HiddenColumns};
pub use text::style::TextStyle;

/// The formats of `get --output`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// Aligned columns, to read
    Table,
    /// Comma-separated values
    Csv,
    /// Tab-separated values, with \t \n \r \\ escaped
    Tsv,
    /// The server's own JSON, byte for byte
    Json,
    /// A compact JSON object per ticket, one per line
    Jsonl,
    /// A block per ticket, a line per field
    Record,
    /// A Markdown table
    Markdown,
    /// The server's own XML, byte for byte
    Xml,
    /// An Excel workbook, to a file or a pipe
    Xlsx,
    /// A page with charts and a table, in one file
    Html,
}

/// The properties of a format that other files ask for.
struct Properties {
    kind: Kind,
    default_columns: DefaultColumns,
    links: LinkSupport,
    /// The name of the output in a message that refuses it at a terminal.
    noun: &'static str,
    /// The ending of a file name by which `--out-file` chooses the format.
    file_ending: Option<&'static str>,
}

#[derive(PartialEq)]
enum Kind {
    /// For people: dates are short, and control characters are visible escapes.
    Text,
    /// A document for people that a terminal does not show.
    Page,
    /// Lines of cells with a delimiter between them.
    Separated,
    JsonLines,
    /// The server's own bytes.
    Raw,
    /// A file for a spreadsheet, with dates and links of its own.
    Workbook,
}

/// The columns of a format without `--select`.
#[derive(Clone, Copy)]
pub(crate) enum DefaultColumns {
    /// The few that a person wants to see first.
    Summary,
    /// The same, and further fields for charts, which are not printed.
    Overview,
    /// Every field of the catalogue.
    All,
    /// No columns: each ticket is printed as a whole.
    WholeTicket,
}

/// The places in which ids are links to their tickets.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum LinkSupport {
    /// By default in terminals that show links; elsewhere on request.
    Terminal,
    /// Only on request.
    OnRequest,
    /// By default wherever the addresses are known.
    File,
    None,
}

impl OutputFormat {
    const fn properties(self) -> Properties {
        use DefaultColumns::{All, Overview, Summary};
        use Kind::{JsonLines, Page, Raw, Separated, Text, Workbook};

        let (kind, default_columns, links, noun) = match self {
            Self::Table => (Text, Summary, LinkSupport::Terminal, "table"),
            Self::Record => (Text, All, LinkSupport::Terminal, "record"),
            Self::Markdown => (Text, Summary, LinkSupport::OnRequest, "table"),
            Self::Csv | Self::Tsv => (Separated, All, LinkSupport::None, "output"),
            Self::Jsonl => (JsonLines, DefaultColumns::WholeTicket, LinkSupport::None, "JSON"),
            Self::Json => (Raw, DefaultColumns::WholeTicket, LinkSupport::None, "JSON"),
            Self::Xml => (Raw, DefaultColumns::WholeTicket, LinkSupport::None, "XML"),
            Self::Xlsx => (Workbook, All, LinkSupport::File, "workbook"),
            Self::Html => (Page, Overview, LinkSupport::File, "page"),
        };
        let file_ending = match self {
            Self::Table | Self::Record => None,
            Self::Markdown => Some("md"),
            Self::Csv => Some("csv"),
            Self::Tsv => Some("tsv"),
            Self::Jsonl => Some("jsonl"),
            Self::Json => Some("json"),
            Self::Xml => Some("xml"),
            Self::Xlsx => Some("xlsx"),
            Self::Html => Some("html"),
        };
        Properties { kind, default_columns, links, noun, file_ending }
    }

    /// Returns the format for a file whose name has an ending such as `.csv`, in any case.
    pub(crate) fn for_file(path: &Path) -> Option<Self> {
        let ending = path.extension()?;
        Self::value_variants().iter().copied().find(|format| {
            format.properties().file_ending.is_some_and(|own| ending.eq_ignore_ascii_case(own))
        })
    }

    /// Returns the format with these options. Each format uses those that concern it.
    #[must_use]
    pub fn create(self, options: &FormatOptions) -> Box<dyn Format> {
        match self {
            Self::Table => Box::new(text::table::Table {
                style: options.style,
                has_default_columns: options.has_default_columns,
            }),
            Self::Record => Box::new(text::record::Record(options.style)),
            Self::Markdown => Box::new(text::markdown::Markdown),
            Self::Csv => Box::new(csv::Csv(options.separated)),
            Self::Tsv => Box::new(tsv::Tsv(options.separated)),
            Self::Jsonl => Box::new(jsonl::Jsonl),
            Self::Json | Self::Xml => Box::new(raw::Raw),
            Self::Xlsx => Box::new(xlsx::Xlsx),
            Self::Html => Box::new(html::Html { has_default_columns: options.has_default_columns }),
        }
    }

    /// Returns whether a person reads it: dates are short, and control characters are visible.
    #[must_use]
    pub fn is_for_people(self) -> bool {
        matches!(self.properties().kind, Kind::Text | Kind::Page)
    }

    /// Returns whether a person reads it at a terminal: what is too high goes through a pager.
    pub(crate) const fn is_paged(self) -> bool {
        matches!(self, Self::Table | Self::Record)
    }

    /// Returns whether it has lines of cells with a delimiter between them.
    #[must_use]
    pub fn is_separated(self) -> bool {
        self.properties().kind == Kind::Separated
    }

    /// Returns whether it is the server's own bytes.
    #[must_use]
    pub fn is_raw(self) -> bool {
        self.properties().kind == Kind::Raw
    }

    /// Returns whether it is for a file or a pipe: a terminal does not show it, and it is not
    /// written without a ticket.
    #[must_use]
    pub fn is_for_file(self) -> bool {
        matches!(self.properties().kind, Kind::Page | Kind::Workbook)
    }

    /// Returns whether it is a workbook for a spreadsheet.
    #[must_use]
    pub fn is_workbook(self) -> bool {
        self.properties().kind == Kind::Workbook
    }

    /// Returns the most tickets and columns that it can hold, if it has such limits.
    pub(crate) fn limits(self) -> Option<Limits> {
        self.is_workbook().then_some(xlsx::LIMITS)
    }

    /// Returns the columns without `--select`.
    #[must_use]
    pub(crate) fn default_columns(self) -> DefaultColumns {
        self.properties().default_columns
    }

    /// Returns where ids can be links.
    #[must_use]
    pub(crate) fn link_support(self) -> LinkSupport {
        self.properties().links
    }

    /// Returns the name of the output in a message, such as `JSON`.
    #[must_use]
    pub(crate) fn noun(self) -> &'static str {
        self.properties().noun
    }

    /// Returns the name on the command line.
    #[must_use]
    pub fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// Lists the options for those formats that `is_listed` selects: `-o csv and -o tsv`.
    pub(crate) fn list(is_listed: fn(Self) -> bool) -> String {
        let listed = Self::value_variants().iter().filter(|format| is_listed(**format));
        let options: Vec<String> = listed.map(|format| format!("-o {}", format.name())).collect();
        suggest::join(&options, "and")
    }
}

/// The options of all formats.
#[derive(Clone, Copy, Debug, Default)]
pub struct FormatOptions {
    /// For text: width, color and characters.
    pub style: TextStyle,
    /// True without `--select`: a narrow table may hide some of the columns.
    pub has_default_columns: bool,
    /// For separated values.
    pub separated: SeparatedOptions,
}
