//! `sotickets fields`.

use anyhow::Result;

use crate::cli::fields::{FieldsArgs, FieldsFormat};
use crate::context::Context;
use crate::error::Error;
use crate::escape;
use crate::output::pager::Pager;
use crate::output::{TextStyle, fields};
use crate::suggest::synonyms;
use crate::ticket::catalogue::{self, CATALOGUE};
use crate::ticket::field::Field;

use super::{messages, print_paged, write};

/// Prints the fields that the arguments select.
///
/// # Errors
/// If no field is found, or the list cannot be written.
pub(crate) fn run(args: &FieldsArgs, context: &mut Context<'_>) -> Result<()> {
    let matches = find(args.text.as_deref().unwrap_or_default())?;
    let list = match args.output {
        FieldsFormat::Table => {
            let style = TextStyle::for_terminal(context.terminal, &context.variables);
            let width = args.width.map(usize::from).or(style.width);
            fields::table(&matches, TextStyle { width, ..style })
        }
        FieldsFormat::Csv => fields::csv(&matches)?,
        FieldsFormat::Json => fields::json(&matches)?,
    };
    let is_paged = args.output == FieldsFormat::Table;
    match Pager::find(args.no_pager, context).filter(|_| is_paged) {
        Some(pager) => print_paged(&pager, false, &|out, _| out.write_all(&list), context)?,
        None => write(context.stdout, &list)?,
    }
    if let Some(reason) = args.text.as_deref().and_then(synonyms::no_field) {
        messages::hint(context, reason);
    }
    Ok(())
}

/// Returns the fields that people call `text`, and then those that contain it, in the order of the
/// catalogue.
///
/// # Errors
/// A usage error if there is none.
fn find(text: &str) -> Result<Vec<&'static Field>, Error> {
    let word = text.trim().to_lowercase();
    let has_word = |of: &str| of.to_lowercase().contains(&word);
    let mut fields: Vec<&Field> = synonyms::fields(&word).filter_map(catalogue::find).collect();
    for field in &CATALOGUE {
        let matches = [field.name, field.kind.name(), field.meaning].into_iter().any(has_word)
            || field.unit.iter().chain(field.values).copied().any(has_word);
        if matches && fields.iter().all(|found| found.name != field.name) {
            fields.push(field);
        }
    }
    if fields.is_empty() {
        let hint = catalogue::did_you_mean(&word)
            .unwrap_or_else(|| "`sotickets fields` without a word lists them all".into());
        let text = escape::excerpt(text, 60);
        return Err(Error::usage(format!(
            "no field has '{text}' in its name, type, unit, values or meaning"
        ))
        .hint(hint));
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Terminal;
    use crate::error::Kind;
    use std::io::{self, Write};

    /// Standard output whose reader or disk is gone.
    struct Broken;

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn list(stdout: &mut dyn Write, width: Option<u16>, terminal: Terminal) -> Result<()> {
        let args = FieldsArgs { text: None, output: FieldsFormat::Table, width, no_pager: false };
        let (stdin, stderr) = (Box::new(io::empty()), &mut io::sink());
        let started = std::time::Instant::now();
        let now = chrono::DateTime::UNIX_EPOCH;
        let variables = [("NO_COLOR", "1")].into_iter().collect();
        let unchecked_servers = Vec::new();
        let mut context =
            Context { variables, stdin, stdout, stderr, terminal, now, started, unchecked_servers };
        run(&args, &mut context)
    }

    /// The length of the longest line, which is a rule wherever there is one.
    fn widest(width: Option<u16>, terminal: Terminal) -> usize {
        let mut stdout = Vec::new();
        list(&mut stdout, width, terminal).unwrap();
        let text = String::from_utf8(stdout).unwrap();
        text.lines().map(|line| line.chars().count()).max().unwrap_or_default()
    }

    #[test]
    fn width_is_the_requested_one_or_that_of_the_terminal() {
        let terminal = |width| Terminal { stdout: true, width, ..Terminal::default() };
        assert_eq!(widest(None, terminal(Some(100))), 100);
        assert_eq!(widest(Some(90), terminal(Some(100))), 90);
        assert_eq!(widest(None, terminal(None)), 80);
        assert_eq!(widest(Some(90), Terminal::default()), 90);
        // Standard error may have a terminal's width where this is a pipe.
        assert!(widest(None, Terminal { width: Some(80), ..Terminal::default() }) > 250);
    }

    #[test]
    fn output_that_cannot_be_written_keeps_its_cause() {
        let error = list(&mut Broken, None, Terminal::default()).unwrap_err();
        assert_eq!(error.downcast_ref::<Error>().map(Error::kind), Some(Kind::Output));
        let cause = error.chain().find_map(|cause| cause.downcast_ref::<io::Error>());
        assert_eq!(cause.map(io::Error::kind), Some(io::ErrorKind::BrokenPipe));
    }
}
