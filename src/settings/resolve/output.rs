//! Output settings: the fields to request, the format, the file.

use chrono::{DateTime, Datelike as _, Utc};
use clap::ValueEnum;

use crate::cli::get::GetArgs;
use crate::context::{Context, Terminal};
use crate::error::{Error, Result};
use crate::escape;
use crate::fs::write_target;
use crate::output::out_file::{OutFile, is_standard_output};
use crate::output::{
    DefaultColumns, Format, FormatOptions, OutputFormat, SeparatedOptions, TextStyle, terminal,
};
use crate::ticket::column::{self, Column};
use crate::ticket::date::Style;

use crate::settings::Settings;
use crate::settings::registry::{OUTPUT, SELECT};
use crate::settings::resolve::zone::Zone;
use crate::source::{Source, Sourced};
use crate::suggest::synonyms;

/// The option whose file name may choose the format.
const OUT_FILE: &str = "--out-file";

/// The plan of the output: the columns, and how they are written.
pub(crate) struct OutputPlan {
    pub(crate) columns: Vec<Column>,
    /// The name of the format.
    pub(crate) output_format: OutputFormat,
    /// The format with its options.
    pub(crate) format: Box<dyn Format>,
    /// The output file; `None` for standard output.
    pub(crate) out_file: Option<OutFile>,
}

impl OutputPlan {
    /// Returns whether a list without tickets is written although tickets are missing: it is a
    /// whole answer for the program behind a pipe, but no reason to replace a file.
    pub(crate) fn writes_empty_list(&self) -> bool {
        self.out_file.is_none() && !self.output_format.is_for_file()
    }
}

/// Resolves the output that `args` describe, in `format`, and the columns to request: all
/// fields if `None`.
pub(crate) fn resolve(
    args: &GetArgs,
    format: OutputFormat,
    settings: &Settings<'_>,
    context: &Context<'_>,
) -> Result<(OutputPlan, Option<Vec<Column>>)> {
    let selected = selection(args, settings)?;
    let out_file = args.out_file.as_deref().map(OutFile::from_option).transpose()?.flatten();
    // A file is like a pipe.
    let color = context.terminal.color;
    let terminal = if out_file.is_some() {
        Terminal { color, ..Terminal::default() }
    } else {
        context.terminal
    };
    let style = TextStyle::for_terminal(terminal, &context.variables);
    let options = FormatOptions {
        style: style_with_width(args, style)?,
        has_default_columns: selected.is_none(),
        separated: separated(args)?,
    };
    let requested = columns_to_request(format, selected.as_deref());
    let plan = OutputPlan {
        output_format: format,
        format: format.create(&options),
        columns: columns(format, selected),
        out_file,
    };
    check_columns(&plan)?;
    Ok((plan, requested))
}

/// Checks that the format can hold the columns.
fn check_columns(plan: &OutputPlan) -> Result<()> {
    let count = plan.columns.len();
    match plan.output_format.limits() {
        Some(limits) if count > limits.columns => {
            Err(Error::usage(format!("{count} fields, and a sheet holds {}", limits.columns)))
        }
        _ => Ok(()),
    }
}

/// Returns the time that `format` states: that of the start, or that of `SOURCE_DATE_EPOCH`, by
/// which the same tickets give the same file.
pub(crate) fn time(format: OutputFormat, context: &Context<'_>) -> Result<DateTime<Utc>> {
    const VARIABLE: &str = "SOURCE_DATE_EPOCH";
    let text = context.variables.get(VARIABLE).filter(|_| format.is_for_file());
    let Some(text) = text else { return Ok(context.now) };
    let time = text.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    time.filter(|time| (1970..=9999).contains(&time.year())).ok_or_else(|| {
        let shown = escape::excerpt(&text, 40);
        Error::usage(format!("{VARIABLE}: '{shown}' is no number of seconds since 1970"))
            .hint("an example: 1774785600")
    })
}

/// Checks that the output suits the format: a workbook or a page is not for a terminal, and a
/// workbook has a name that says so, because spreadsheets open no other.
pub(crate) fn check_file(
    args: &GetArgs,
    chosen: &Sourced<OutputFormat>,
    context: &Context<'_>,
) -> Result<()> {
    let format = chosen.value;
    let file = args.out_file.as_deref().filter(|path| !is_standard_output(path));
    let is_terminal = || file.map_or(context.terminal.stdout, write_target::is_terminal);
    if format.is_for_file() && !args.dry_run && is_terminal() {
        let name = format.name();
        let message = format!("{} {name} is no text for a terminal", chosen.source);
        let file = format!("write a file: --out-file tickets.{name}");
        let hint = terminal::hint(&[&file, terminal::PIPE], context.variables.platform());
        return Err(Error::usage(message).hint(hint));
    }
    let Some(path) = file else { return Ok(()) };
    let shown = escape::display_path(path);
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xls")) {
        return Err(Error::usage(format!("{OUT_FILE}: '{shown}' names the old format of Excel"))
            .hint("the ending for -o xlsx is .xlsx"));
    }
    match OutputFormat::for_file(path) {
        Some(ending) if ending != format && (ending.is_workbook() || format.is_workbook()) => {
            let (ending, format) = (ending.name(), format.name());
            Err(Error::usage(format!("{OUT_FILE}: '{shown}' does not suit -o {format}"))
                .hint(format!("without -o the ending sets the format, which is {ending}")))
        }
        _ => Ok(()),
    }
}

/// Returns the format of `--output`, of the ending of `--out-file`, of variable or profile, with
/// its source.
pub(crate) fn output_format(
    args: &GetArgs,
    settings: &Settings<'_>,
) -> Result<Sourced<OutputFormat>> {
    if let Some(value) = args.output {
        return Ok(Sourced::new(value, Source::Option(OUTPUT.option)));
    }
    match args.out_file.as_deref().and_then(OutputFormat::for_file) {
        Some(value) => Ok(Sourced::new(value, Source::Option(OUT_FILE))),
        None => configured_format(settings),
    }
}

/// Returns the format of variable or profile, or else the default.
pub(crate) fn configured_format(settings: &Settings<'_>) -> Result<Sourced<OutputFormat>> {
    let Some(Sourced { value: name, source }) = settings.find(&OUTPUT) else {
        return Ok(Sourced::new(OutputFormat::Table, Source::Default));
    };
    if let Ok(format) = OutputFormat::from_str(&name, true) {
        return Ok(Sourced::new(format, source));
    }
    let names: Vec<String> =
        OutputFormat::value_variants().iter().map(|format| format.name()).collect();
    let shown = escape::excerpt(&name, 40);
    Err(Error::usage(format!("{source}: '{shown}' is no output format"))
        .hints_from(synonyms::format(&name).map(|options| format!("use {options}")))
        .hint(format!("the formats are {}", names.join(", "))))
}

fn selection(args: &GetArgs, settings: &Settings<'_>) -> Result<Option<Vec<Column>>> {
    let (lists, source) = if args.select.is_empty() {
        match settings.find(&SELECT) {
            Some(setting) => (vec![setting.value], setting.source),
            None => return Ok(None),
        }
    } else {
        (args.select.clone(), Source::Option(SELECT.option))
    };
    column::parse(&lists, args.any_field)
        .map(Some)
        .map_err(|error| error.with_source(&source.to_string()))
}

/// Returns the columns of the request. Every format that accounts for its tickets by id
/// requests the id; json and xml are exactly what was requested.
fn columns_to_request(format: OutputFormat, selected: Option<&[Column]>) -> Option<Vec<Column>> {
    let mut columns = match (selected, format.default_columns()) {
        (Some(columns), _) => columns.to_vec(),
        (None, DefaultColumns::Summary) => column::summary(),
        (None, DefaultColumns::Overview) => column::overview(),
        (None, DefaultColumns::All | DefaultColumns::WholeTicket) => return None,
    };
    if !format.is_raw() && !columns.iter().any(|column| column.path() == column::TICKET_ID) {
        columns.push(column::ticket_id());
    }
    Some(columns)
}

fn columns(format: OutputFormat, selected: Option<Vec<Column>>) -> Vec<Column> {
    if format.is_raw() {
        return Vec::new();
    }
    selected.unwrap_or_else(|| match format.default_columns() {
        DefaultColumns::Summary | DefaultColumns::Overview => column::summary(),
        DefaultColumns::All => column::all(),
        DefaultColumns::WholeTicket => Vec::new(),
    })
}

/// Returns `style` with the width of the options, if they set one.
fn style_with_width(args: &GetArgs, style: TextStyle) -> Result<TextStyle> {
    if args.width == Some(0) {
        return Err(Error::usage("--width 0 leaves no room"));
    }
    let width = if args.no_trunc { None } else { args.width.or(style.width) };
    Ok(TextStyle { width, ..style })
}

fn separated(args: &GetArgs) -> Result<SeparatedOptions> {
    let delimiter = match args.delimiter.as_deref() {
        None => None,
        Some("\\t" | "tab") => Some(b'\t'),
        Some(text) => match text.as_bytes() {
            [byte] if is_delimiter(*byte) => Some(*byte),
            _ => {
                return Err(Error::usage(format!(
                    "--delimiter: '{}' is not one character that can separate cells",
                    escape::excerpt(text, 40)
                ))
                .hint("use one such as ; or | or \\t; letters, digits, quotes, backslashes and line breaks occur inside cells"));
            }
        },
    };
    Ok(SeparatedOptions {
        has_header: !args.no_header,
        delimiter,
        has_bom: args.bom,
        guards_formulas: args.guard_formulas,
    })
}

fn is_delimiter(byte: u8) -> bool {
    byte == b'\t' || byte == b' ' || (byte.is_ascii_punctuation() && !b"\"\\'".contains(&byte))
}

/// Returns the style of dates: that of the option, or the one that suits `format` and `zone`.
pub(crate) fn date_style(args: &GetArgs, format: OutputFormat, zone: Option<&Zone>) -> Style {
    let is_converted = zone.is_some_and(|zone| zone.convert_to.is_some());
    let is_short = format.is_for_people() || format.is_workbook();
    args.dates.unwrap_or(match (is_short, is_converted) {
        (true, _) => Style::Short,
        (false, true) => Style::Iso,
        (false, false) => Style::AsSent,
    })
}
