//! Messages about the answer of `get`: warnings, and the error for missing tickets.

use crate::answer::merged;
use crate::commands::messages::{self, warning};
use crate::context::Context;
use crate::error::{Error, Kind};
use crate::output::HiddenColumns;
use crate::output::out_file::OutFile;
use crate::settings::plan::get::GetPlan;
use crate::ticket::ids::summary;

use super::received::{Received, Unreadable};

/// Reports at a terminal the columns that the table had no room for.
pub(super) fn report_hidden_columns(hidden: Option<HiddenColumns>, context: &mut Context<'_>) {
    if let Some(HiddenColumns { names, width }) = hidden.filter(|_| context.terminal.stderr) {
        let names = names.join(", ");
        let ways = "-o record shows them, a profile's select chooses others";
        messages::hint(context, &format!("hidden to fit {width} columns: {names}; {ways}"));
    }
}

/// Warns about differences between the answer and the requested tickets.
pub(super) fn warn_about_discrepancies(
    received: &Received<'_>,
    plan: &GetPlan,
    context: &mut Context<'_>,
) {
    let mut warn = |text: &str| warning(context, text);
    let differences = &received.differences;
    if !differences.unasked.is_empty() {
        let ids = summary(differences.unasked.iter().copied());
        warn(&format!("tickets came that were not asked for: {ids}"));
    }
    if differences.unasked_unnamed > 0 {
        let count = differences.unasked_unnamed;
        let s = if count == 1 { "" } else { "s" };
        warn(&format!("{count} ticket{s} more came than were asked for"));
    }
    if !differences.repeated.is_empty() {
        let ids = summary(differences.repeated.iter().copied());
        warn(&format!("tickets came more than once: {ids}"));
    }
    for Unreadable { batch, number, id } in &received.unreadable {
        let answer = batch.map_or_else(
            || "the answer".to_owned(),
            |batch| format!("the answer to batch {batch}"),
        );
        warn(&format!("ticket {number} of {answer} has no readable TicketId: {id}"));
    }
    match differences.unreadable - received.unreadable.len() {
        0 => {}
        1 => warn("1 more ticket of the answer has no readable TicketId"),
        more => warn(&format!("{more} more tickets of the answer have no readable TicketId")),
    }
    if let Some(text) = merged::describe(&received.mergers) {
        warn(&text);
    }
    if plan.dates.has_met_date_without_offset() {
        warn("dates came without an offset and are printed as they are");
        let hint = match plan.query.locale.timezone {
            Some(_) => {
                "offsets were asked for; a server that sends none may have time zones switched off"
            }
            None => "--timezone Europe/Oslo asks for offsets",
        };
        messages::hint(context, hint);
    }
}

/// Reports the tickets that did not come back: with `--allow-missing` as a warning.
///
/// # Errors
/// An error of [`Kind::Missing`].
pub(super) fn report_missing(
    received: &Received<'_>,
    plan: &GetPlan,
    context: &mut Context<'_>,
) -> anyhow::Result<()> {
    let differences = &received.differences;
    if differences.missing_count() == 0 {
        return Ok(());
    }
    let asked = plan.query.ids.len();
    let count = differences.missing_count();
    let message = match (asked, differences.missing.as_slice()) {
        (1, [id]) => format!("ticket {id} did not come back"),
        (_, ids) if differences.missing_unnamed == 0 => {
            let ids = summary(ids.iter().map(|id| id.get().into()));
            format!("{count} of {asked} tickets did not come back: {ids}")
        }
        // Those of one batch can be named, and those of another one cannot.
        (_, ids @ [_, ..]) => {
            let (ids, unnamed) =
                (summary(ids.iter().map(|id| id.get().into())), differences.missing_unnamed);
            format!(
                "{count} of {asked} tickets did not come back: {ids}, and {unnamed} without a name"
            )
        }
        _ => format!("{count} of {asked} tickets did not come back"),
    };
    let hint = if asked == 1 {
        "it does not exist, or this user may not read it; with --allow-missing this is not an error"
    } else if differences.missing_unnamed == 0 {
        "they do not exist, or this user may not read them; with --allow-missing this is not an error"
    } else if plan.query.requests_ids() {
        "the tickets came without their ids, so the missing ones cannot be named"
    } else {
        "adding TicketId to --select would name them"
    };
    if plan.allow_missing {
        warning(context, &message);
        return Ok(());
    }
    if received.count > 0 {
        return Err(Error::new(Kind::Missing, message).hint(hint).after_output().into());
    }
    let unchanged = plan.display.out_file.as_ref().map(OutFile::describe_unchanged);
    let message = [message].into_iter().chain(unchanged).collect::<Vec<_>>().join("; ");
    Err(Error::new(Kind::Missing, message).hint(hint).into())
}
