//! Checks of the answer to GetTickets: credential, ticket, language, time zone.

use crate::answer::{Expected, ParallelParser, RowReader, Ticket, Value};
use crate::api::get_tickets::{Locale, get_tickets};
use crate::api::response::{self, Accept};
use crate::api::{endpoint, error_body};
use crate::error::{Error, Kind, Result};
use crate::http::client::Client;
use crate::http::response::Response;
use crate::settings::resolve::credential::{self, CredentialPlan};
use crate::settings::resolve::locale::UNTRANSLATED;
use crate::ticket::column::Column;
use crate::ticket::reconcile::{Reconciliation, reconcile};

use super::check::{Check, Step};
use super::report::Report;
use super::runner::Runner;
use super::time_zone::{self, FieldDate};

impl Runner<'_> {
    /// Makes the one call with a credential, and checks what comes back.
    pub(super) fn check_tickets(&mut self, report: &mut Report<'_, '_>) {
        let lines = match self.announcement() {
            _ if self.lacks_credential => {
                Err(credential::no_credential(false, &self.plan.login_command))
            }
            lines => lines,
        };
        match lines {
            Ok(lines) => lines.iter().for_each(|what| report.announce(what)),
            Err(error) => return report.add(Check::failed(Step::Credential, error)),
        }
        let mut status = None;
        let (response, observed) = self.observe(report, |runner, transport| {
            let client = Client::new(transport, runner.call.middleware());
            let authentication = &runner.call.authentication;
            let response = get_tickets(&client, &runner.query, authentication, &runner.address)?;
            status = Some(response.status);
            let response = response.read_all()?;
            response::check_format(&response, runner.query.accept)?;
            Ok(response)
        });
        match response {
            Ok(response) => self.check_ticket(&response, report),
            Err(error) => {
                let status = status.or_else(|| observed.and_then(|it| it.status_of(&self.address)));
                report.add(self.refusal(error, status));
            }
        }
    }

    /// Describes, before anything is sent, what is sent where.
    fn announcement(&self) -> Result<Vec<String>> {
        let mut lines = Vec::new();
        if let (Some(locator), Some(CredentialPlan::SystemUser(_))) =
            (&self.call.locator, &self.plan.credential)
        {
            let service = &locator.tenant.environment;
            lines.push(format!(
                "the system user's signed token to {service}, unless its ticket is kept"
            ));
        }
        if let Some(sign_in) = self.plan.sign_in() {
            let service = sign_in.session.environment()?;
            lines.push(format!("the refresh token to {service}, if the token has ended"));
        }
        let authentication = &self.call.authentication;
        let what = match self.query.ids.first() {
            Some(id) => format!("for ticket {id}"),
            None => "for no ticket".to_owned(),
        };
        let app_token = authentication.app_token.as_ref().map_or_else(String::new, |token| {
            format!(" and the application token from {}", token.origin)
        });
        let credential = match &authentication.credential {
            Some(credential) => {
                format!("with the {}{app_token}", credential.description())
            }
            None => "without a credential (--no-auth)".to_owned(),
        };
        let site = endpoint::site(&self.address);
        lines.push(format!("GetTickets {what} to {site} {credential}"));
        Ok(lines)
    }

    /// Describes a call that no tickets came from; `status` is that of the answer, if there was
    /// one.
    fn refusal(&self, error: Error, status: Option<u16>) -> Check {
        // A 404 is about the address.
        let is_about_no_ticket = self.query.ids.is_empty()
            && matches!(error.kind(), Kind::Server | Kind::Answer)
            && status != Some(404);
        let error = if is_about_no_ticket {
            error.hint("no server has to know what to do with no id: sotickets doctor ID")
        } else {
            error
        };
        let check = Check::failed(Step::Credential, error);
        match status {
            Some(status) => check.status(status),
            None => check,
        }
    }

    /// Checks the ticket in `response`.
    fn check_ticket(&self, response: &Response<Vec<u8>>, report: &mut Report<'_, '_>) {
        let columns = self.query.select.clone().unwrap_or_default();
        let expected = Expected { ids: self.query.ids.len(), has_ids: true };
        let tickets = match ParallelParser::new(&columns, expected).finish(&response.body) {
            Ok(tickets) => tickets,
            Err(fault) => {
                let error =
                    response::not_tickets(fault, Accept::Json, expected.ids, &response.mask);
                return report.add(self.refusal(error, Some(response.status)));
            }
        };
        let message = match &self.call.authentication.credential {
            Some(credential) => format!("the {} is accepted", credential.description()),
            None => "none is sent (--no-auth), and the call is let through".to_owned(),
        };
        report.add(Check::passed(Step::Credential, message));
        let Some(id) = self.query.ids.first() else {
            for step in [Step::Ticket, Step::Language, Step::TimeZone] {
                report.add(Check::untried(step, "no ticket is named: sotickets doctor ID"));
            }
            return;
        };
        let Reconciliation { tickets, differences } = reconcile(&self.query.ids, tickets.entries());
        let ticket = tickets.first().filter(|_| differences.missing_count() == 0);
        let Some(ticket) = ticket else {
            let error = Error::new(Kind::Missing, format!("ticket {id} did not come back"))
                .hint("it does not exist, or this user may not read it");
            return report.add(Check::failed(Step::Ticket, error));
        };
        report.add(Check::passed(Step::Ticket, format!("ticket {id} came back")));
        let quote = |text: &str| error_body::quote(text, 60, &response.mask);
        let texts = texts(*ticket, &columns);
        report.add(language_check(&texts, &self.query.locale, quote));
        let dates = texts.iter().filter(|(column, _)| column.is_date());
        let dates: Vec<FieldDate<'_>> =
            dates.filter_map(|(column, text)| FieldDate::parse(column.path(), text)).collect();
        let requested = self.query.locale.timezone.as_deref();
        let used = response.header("so-timezone");
        report.add(time_zone::check(&dates, requested, used.as_deref(), quote));
    }
}

/// Returns the texts of a ticket, each with its field.
fn texts<'a>(ticket: Ticket<'a>, columns: &'a [Column]) -> Vec<(&'a Column, String)> {
    let mut row = RowReader::new(columns);
    row.read(ticket);
    let texts = row.values().filter_map(|(column, value)| match value {
        Value::Text(text) if !text.trim().is_empty() => Some((column, text.into_owned())),
        _ => None,
    });
    texts.collect()
}

/// Checks that texts are translated. Their language cannot be checked: the server may fall back
/// to another one. `quote` makes the server's text fit for a terminal.
fn language_check(
    texts: &[(&Column, String)],
    locale: &Locale,
    quote: impl Fn(&str) -> String,
) -> Check {
    let asked = crate::escape::excerpt(&locale.language, 40);
    let mut texts = texts.iter().filter(|(column, _)| !column.is_date());
    let raw = texts.clone().find(|(_, text)| is_raw(text));
    let wants_raw = UNTRANSLATED.contains(&locale.language.as_str());
    let Some((column, text)) = raw.or_else(|| texts.next()) else {
        return Check::skipped(Step::Language, "the ticket has no text to see it by");
    };
    let (field, text) = (column.path(), quote(text));
    let check = match (raw.is_some(), wants_raw) {
        (true, false) => Check::warning(
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

/// Returns true if `text` is the server's own form before translation: `[SR_…]`, or
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
    fn untranslated_text_is_recognized() {
        for raw in ["[SR_CATEGORY]", "NO:\"Leverandør\";US:\"Supplier\"", "en-us:\"a\""] {
            assert!(is_raw(raw), "{raw}");
        }
        for text in ["Active", "", "Aktiv: \"nå\"", "Re: NO:\"x\"", "a:\"b\"", "[SRV] x"] {
            assert!(!is_raw(text), "{text}");
        }
    }
}
