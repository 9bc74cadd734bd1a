//! What GetTickets answers: credential, ticket, language, time zone.

use crate::answer::RowReader;
use crate::answer::Ticket;
use crate::answer::Value;
use crate::answer::{Expected, ParallelParser};
use crate::api::error_body;
use crate::api::query::{Locale, Query};
use crate::api::reader::Pieces;
use crate::api::response;
use crate::context::Context;
use crate::error::{Error, Kind};
use crate::http::client::Response;
use crate::secret::Mask;
use crate::settings::parse::language::UNTRANSLATED;
use crate::settings::resolve::credential;
use crate::ticket::column::Column;
use crate::ticket::reconcile::{Reconciliation, reconcile};
use anyhow::Result;

use super::check::{Check, Step};
use super::runner::Rounds;
use super::time_zone::{self, FieldDate};
use crate::commands::messages;

/// The steps that need a ticket.
const OF_A_TICKET: [Step; 3] = [Step::Ticket, Step::Language, Step::TimeZone];

impl Rounds<'_, '_> {
    /// Makes the one call with a credential, and looks at what comes back.
    pub(crate) fn tickets(&mut self, host: &mut Context<'_>) -> Result<()> {
        if self.report.has_failed() {
            self.report.skip(Step::Credential, host)?;
            return self.skip_ticket(host);
        }
        if self.lacks_credential {
            self.report.add(Check::failed(Step::Credential, credential::none_to_try()), host)?;
            return self.skip_ticket(host);
        }
        for line in self.announcement()? {
            messages::line(host, &line);
        }
        let (request, exchange) = (&mut self.request, &mut self.exchange);
        let sent = self
            .clock
            .watching(host, self.verbose, |watch| exchange.send(request, watch, || Pieces::NONE));
        let answer_zone = self.notes().time_zone;
        match sent {
            Ok(response) => match response::check(&response, &self.request) {
                Ok(()) => self.look_at(&response, answer_zone.as_deref(), host),
                Err(error) => self.refused(error, Some(&response), host),
            },
            Err(error) => self.refused(error, None, host),
        }
    }

    /// What is going to be sent, and where, before it is.
    fn announcement(&self) -> Result<Vec<String>> {
        let mut lines = Vec::new();
        if let (Some(online), Some(_)) = (&self.exchange.online, &self.ready.system_user) {
            let service = &online.tenant().environment;
            lines.push(format!(
                "sending the system user's signed token to {service}, unless its ticket is kept"
            ));
        }
        if let Some(sign_in) = &self.ready.sign_in {
            let service = sign_in.session.environment()?;
            lines.push(format!("sending the refresh token to {service}, if the token has ended"));
        }
        let request = &self.request;
        let what = match request.ids.first() {
            Some(id) => format!("for ticket {id}"),
            None => "for no ticket".to_owned(),
        };
        let beside = request.app_token.as_ref().map_or_else(String::new, |token| {
            format!(", with the application token from {} beside it", token.origin)
        });
        let whom = match &request.credential {
            Some(credential) => {
                format!("the credential is the {}{beside}", credential.description())
            }
            None => "without a credential (--no-auth)".to_owned(),
        };
        lines.push(format!("sending GetTickets {what} to {}; {whom}", request.address.site()));
        Ok(lines)
    }

    /// Reports that no tickets came: no `response`, or none with tickets in it.
    fn refused(
        &mut self,
        error: Error,
        response: Option<&Response>,
        host: &mut Context<'_>,
    ) -> Result<()> {
        let is_about_no_ticket =
            self.request.ids.is_empty() && matches!(error.kind(), Kind::Server | Kind::Answer);
        let error = if is_about_no_ticket {
            error.hint("no server has to know what to do with no id: sotickets doctor ID")
        } else {
            error
        };
        let check = Check::failed(Step::Credential, error);
        let check = match response {
            Some(response) => check.status(response.status),
            None => check,
        };
        self.report.add(check, host)?;
        self.skip_ticket(host)
    }

    /// Looks at the ticket of an answer; `answer_zone` is its header `SO-TimeZone`.
    fn look_at(
        &mut self,
        response: &Response,
        answer_zone: Option<&str>,
        host: &mut Context<'_>,
    ) -> Result<()> {
        let columns = self.request.select.clone().unwrap_or_default();
        let expected = Expected { ids: self.request.ids.len(), has_ids: true };
        let tickets = match ParallelParser::new(&columns, expected).finish(&response.body) {
            Ok(tickets) => tickets,
            Err(fault) => {
                let error = response::not_tickets(fault, &self.request);
                return self.refused(error, Some(response), host);
            }
        };
        let message = match &self.request.credential {
            Some(credential) => format!("the {} is accepted", credential.description()),
            None => "none is sent (--no-auth), and the call is let through".to_owned(),
        };
        self.report.add(Check::passed(Step::Credential, message), host)?;
        let Some(id) = self.request.ids.first() else {
            for step in OF_A_TICKET {
                let check = Check::skipped(step, "no ticket is named: sotickets doctor ID");
                self.report.add(check, host)?;
            }
            return Ok(());
        };
        let Reconciliation { tickets, differences } =
            reconcile(&self.request.ids, tickets.entries());
        let ticket = tickets.first().filter(|_| differences.missing_count() == 0);
        let Some(ticket) = ticket else {
            let error = Error::new(Kind::Missing, format!("ticket {id} did not come back"))
                .hint("it does not exist, or this user may not read it");
            self.report.add(Check::failed(Step::Ticket, error), host)?;
            self.report.skip(Step::Language, host)?;
            return Ok(self.report.skip(Step::TimeZone, host)?);
        };
        self.report.add(Check::passed(Step::Ticket, format!("ticket {id} came back")), host)?;
        let cells = Cells::of(*ticket, &columns, &self.request);
        self.report.add(language(&cells, &self.request.locale), host)?;
        let dates = cells.texts.iter().filter(|(column, _)| column.is_date());
        let dates: Vec<FieldDate<'_>> =
            dates.filter_map(|(column, text)| FieldDate::parse(column.path(), text)).collect();
        let requested = self.request.locale.timezone.as_deref();
        let quote = |text: &str| cells.quote(text);
        let check = time_zone::check(&dates, requested, answer_zone, quote);
        Ok(self.report.add(check, host)?)
    }

    fn skip_ticket(&mut self, host: &mut Context<'_>) -> Result<()> {
        for step in OF_A_TICKET {
            self.report.skip(step, host)?;
        }
        Ok(())
    }
}

/// The texts of a ticket, each with its field.
struct Cells<'a> {
    texts: Vec<(&'a Column, String)>,
    mask: Mask,
}

impl<'a> Cells<'a> {
    fn of(ticket: Ticket<'a>, columns: &'a [Column], request: &Query) -> Self {
        let mut row = RowReader::new(columns);
        row.read(ticket);
        let texts = row.values().filter_map(|(column, value)| match value {
            Value::Text(text) if !text.trim().is_empty() => Some((column, text.into_owned())),
            _ => None,
        });
        Self { texts: texts.collect(), mask: request.mask() }
    }

    /// The beginning of a text, for a person.
    fn quote(&self, text: &str) -> String {
        error_body::quote(text, 60, &self.mask)
    }
}

/// Checks that texts are translated, as far as that can be seen. The language of a text
/// cannot be: the server may fall back to another one.
fn language(cells: &Cells<'_>, locale: &Locale) -> Check {
    let asked = crate::escape::excerpt(&locale.language, 40);
    let mut texts = cells.texts.iter().filter(|(column, _)| !column.is_date());
    let raw = texts.clone().find(|(_, text)| is_raw(text));
    let wants_raw = UNTRANSLATED.contains(&locale.language.as_str());
    let Some((column, text)) = raw.or_else(|| texts.next()) else {
        return Check::skipped(Step::Language, "the ticket has no text to see it by");
    };
    let (field, text) = (column.path(), cells.quote(text));
    let check = match (raw.is_some(), wants_raw) {
        (true, false) => Check::warned(
            Step::Language,
            format!("{asked} is asked for, and {field} is not translated: '{text}'"),
        )
        .hint("the server may not have this language: --language en, or nb-no, …"),
        (true, true) => Check::passed(
            Step::Language,
            format!("{field} is not translated, as is asked for: '{text}'"),
        ),
        (false, true) => Check::skipped(
            Step::Language,
            format!("untranslated text is asked for; {field} is '{text}', without translations"),
        ),
        (false, false) => Check::skipped(
            Step::Language,
            format!(
                "{asked} is asked for; {field} is '{text}': only a reader can tell whether that is {asked}"
            ),
        ),
    };
    check.detail("asked", asked).detail("field", field).detail("value", text)
}

/// Whether `text` is what the server keeps before it translates: `[SR_…]`, or
/// `NO:"…";US:"…"`.
fn is_raw(text: &str) -> bool {
    let is_code = |code: &str| {
        (2..=5).contains(&code.len())
            && code.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-')
    };
    text.starts_with("[SR_") || text.split_once(":\"").is_some_and(|(code, _)| is_code(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_translated_is_known() {
        for raw in ["[SR_CATEGORY]", "NO:\"Leverandør\";US:\"Supplier\"", "en-us:\"a\""] {
            assert!(is_raw(raw), "{raw}");
        }
        for text in ["Active", "", "Aktiv: \"nå\"", "Re: NO:\"x\"", "a:\"b\"", "[SRV] x"] {
            assert!(!is_raw(text), "{text}");
        }
    }
}
