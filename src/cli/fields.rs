//! The arguments of `sotickets fields`.

use clap::{Args, ValueEnum};

/// The arguments of `fields`.
#[derive(Debug, Args)]
pub struct FieldsArgs {
    /// List only fields with TEXT in any column, in any case
    ///
    /// The columns are name, type, unit, values and meaning.
    #[arg(value_name = "TEXT")]
    pub text: Option<String>,

    /// Print them in this format
    ///
    /// csv and json are for programs.
    #[arg(
        short,
        long,
        visible_alias = "format",
        value_name = "FORMAT",
        ignore_case = true,
        default_value = "table"
    )]
    pub output: FieldsFormat,

    /// Fit the table into N columns [default: the terminal's width]
    ///
    /// In a pipe nothing is wrapped.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub width: Option<u16>,

    /// Print at once what is higher than the terminal, without a pager
    ///
    /// The pager is that of SOTICKETS_PAGER or PAGER, or else less, except on Windows.
    #[arg(long)]
    pub no_pager: bool,
}

/// The formats of `fields`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FieldsFormat {
    /// Columns to read
    Table,
    /// Comma-separated, with a header
    Csv,
    /// An array of objects
    Json,
}
