//! `sotickets get`: one call, then a table, CSV or the server's own bytes.

pub mod dry_run;
pub mod write_output;

use crate::answer::merged::{self, Merger};
use crate::answer::xml::{self, XmlTickets};
use crate::answer::{self, Buffer, Expected, ParallelParser, RowReader, Ticket, Tickets, Value};
use crate::api::credential::Credential;
use crate::api::get_tickets::get_tickets;
use crate::api::query::{Accept, Query};
use crate::api::{endpoint, error_body, response};
use crate::cli::get::GetArgs;
use crate::context::Context;
use crate::demo;
use crate::error::{Error, Kind, Result};
use crate::http::address::Address;
use crate::http::client::Client;
use crate::http::response::Response;
use crate::output::out_file::OutFile;
use crate::output::{Document, terminal};
use crate::secret::resolved_secret::ResolvedSecret;
use crate::secret::{Mask, Secret};
use crate::settings::config;
use crate::settings::parse::zone::ServerZone;
use crate::settings::plan::get::{GetSettings, resolve};
use crate::settings::resolve::target::Target;
use crate::ticket::column::{self, Column, TICKET_ID};
use crate::ticket::date;
use crate::ticket::ids::summary;
use crate::ticket::received_id::ReceivedId;
use crate::ticket::reconcile::{Differences, Reconciliation, reconcile};

use super::transport::with_transport;
use super::{messages, write};

/// Fetches and prints tickets.
///
/// # Errors
/// One for each exit code; tickets that did not come back are one of
/// [`Kind::Missing`], after the others were printed.
pub fn run(args: &GetArgs, host: &mut Context<'_>) -> anyhow::Result<()> {
    let configuration = config::load(&args.call, host)?;
    messages::warn_with_hint(host, configuration.warning.as_ref());
    let mut settings = resolve(args, &configuration, host)?;
    settings.call.warnings.iter().for_each(|warning| messages::warn_with_hint(host, Some(warning)));
    let sample = start_sample_server(&mut settings)?;
    let display = &settings.display;
    let (wire, accept) = (display.wire.clone(), display.accept);
    let (query, address) = settings.call.query(wire, settings.ids.clone(), accept)?;
    if settings.dry_run {
        let network = &settings.call.network;
        let (route, mut request) = (network.proxies.route(&address)?, query.request(&address));
        let target = settings.call.target.as_ref();
        let lookup = dry_run::set_address(&mut request, target, host)?;
        return print_script(&dry_run::script(request, network, route, lookup.as_ref()), host);
    }
    let expected = Expected { ids: settings.ids.len(), has_ids: asks_for_id(&settings) };
    let parser = ParallelParser::new(&settings.display.columns, expected);
    let response = send(&query, &address, &settings, &parser, host)?;
    drop(sample);
    response::check_format(&response, &query)?;
    let scan;
    let mut encoding = xml::Encoding::default();
    let mut received = match settings.display.accept {
        Accept::Json => {
            scan = parser
                .finish(&response.body)
                .map_err(|fault| response::not_tickets(fault, &query, &response.mask))?;
            Received::from_json(&scan, &settings, &response.mask)
        }
        Accept::Xml => {
            encoding = response::xml_encoding(&response)?;
            let tickets = xml::read(&response.body, &encoding, expected)
                .map_err(|fault| response::not_xml_tickets(fault, &query, &response.mask))?;
            Received::from_xml(&tickets, &settings, &response.mask)
        }
    };
    let urls = settings.links.urls(settings.call.target.as_ref(), &response.address);
    let document = Document {
        answer: &response.body,
        tickets: &received.tickets,
        columns: &settings.display.columns,
        dates: &settings.dates,
        urls: urls.as_ref(),
    };
    if received.count > 0 || settings.allow_missing || settings.display.out_file.is_none() {
        write_output::write(&document, &encoding, &settings, host)?;
    }
    let unmarked = settings.marking_zone.as_ref().filter(|_| has_date_without_offset(&received));
    // A message that names very many tickets takes memory as well.
    received.tickets = Vec::new();
    messages::warn_with_hint(host, unmarked.map(ServerZone::advice).as_ref());
    warn_about_discrepancies(&received, &settings, host);
    report_missing(&received, &settings, host)
}

/// The tickets that came, compared with those that were asked for.
struct Received<'a> {
    /// The tickets to print; none where the answer is printed as it is.
    tickets: Vec<Ticket<'a>>,
    /// How many tickets came, each once.
    count: usize,
    differences: Differences,
    /// The first tickets whose `TicketId` is unreadable: their numbers in the answer,
    /// counted from 1, and what they have in its place, fit to be shown.
    unreadable: Vec<(usize, String)>,
    /// The tickets that were merged into another one.
    mergers: Vec<Merger>,
}

impl<'a> Received<'a> {
    fn from_json(tickets: &'a Tickets<'_>, settings: &GetSettings, mask: &Mask) -> Self {
        let unreadable = quote_ids(tickets.unreadable_ids(), mask);
        let mergers = merged::find(tickets);
        if settings.display.format_name.is_raw() {
            let ids = tickets.entries().map(|(id, _)| id);
            return Self::from_ids(ids, settings, unreadable, mergers);
        }
        let Reconciliation { tickets, differences } = reconcile(&settings.ids, tickets.entries());
        Self { count: tickets.len(), tickets, differences, unreadable, mergers }
    }

    fn from_xml(tickets: &XmlTickets, settings: &GetSettings, mask: &Mask) -> Self {
        let unreadable = tickets.unreadable.iter().map(|(number, id)| (*number, id.as_str()));
        let unreadable = quote_ids(unreadable, mask);
        let mut mergers = tickets.mergers.clone();
        mergers.sort_unstable();
        mergers.dedup();
        Self::from_ids(tickets.ids.iter().copied(), settings, unreadable, mergers)
    }

    /// Counts the tickets of an answer that is printed as it is.
    fn from_ids(
        ids: impl Iterator<Item = ReceivedId> + Clone,
        settings: &GetSettings,
        unreadable: Vec<(usize, String)>,
        mergers: Vec<Merger>,
    ) -> Self {
        let Reconciliation { tickets, differences } =
            reconcile(&settings.ids, ids.map(|id| (id, ())));
        Self { tickets: Vec::new(), count: tickets.len(), differences, unreadable, mergers }
    }
}

/// Whether any date of the tickets came without an offset.
fn has_date_without_offset(received: &Received<'_>) -> bool {
    let columns: Vec<Column> = column::all().into_iter().filter(Column::is_date).collect();
    let mut reader = RowReader::new(&columns);
    received.tickets.iter().any(|ticket| {
        reader.read(ticket.without_cells());
        reader.values().any(|(_, value)| match value {
            Value::Text(text) => date::lacks_offset(&text),
            _ => false,
        })
    })
}

/// Quotes the value of each unreadable `TicketId`.
fn quote_ids<'i>(
    ids: impl IntoIterator<Item = (usize, &'i str)>,
    mask: &Mask,
) -> Vec<(usize, String)> {
    ids.into_iter().map(|(number, id)| (number, error_body::quote(id, 80, mask))).collect()
}

/// Starts the sample server where it is to be asked, and fills in its address and,
/// where no credential was typed, the sample one.
fn start_sample_server(settings: &mut GetSettings) -> Result<Option<demo::Server>> {
    if settings.call.target.is_some() {
        return Ok(None);
    }
    let server = demo::Server::start(0).map_err(|error| {
        Error::new(Kind::Network, format!("the sample server cannot be started: {error}"))
    })?;
    settings.call.target = Some(Target::Address(endpoint::parse(&server.address(), "--demo")?));
    if settings.call.credential.is_none() && !settings.no_auth {
        settings.call.credential = Some(Credential::Bearer(ResolvedSecret {
            value: Secret::new(demo::TOKEN.to_owned()),
            origin: "--demo".to_owned(),
            variable: "SOTICKETS_TOKEN".to_owned(),
            export: None,
        }));
    }
    Ok(Some(server))
}

fn print_script(script: &str, host: &mut Context<'_>) -> anyhow::Result<()> {
    if host.terminal.stdout {
        terminal::check(script.as_bytes(), "script", &xml::Encoding::default())
            .map_err(|error| error.hint("send it to a pipe or a file"))?;
    }
    Ok(write(host.stdout, script.as_bytes())?)
}

/// Makes the call; `parser` checks the answer while it arrives.
fn send(
    query: &Query,
    address: &Address,
    settings: &GetSettings,
    parser: &ParallelParser<'_>,
    host: &mut Context<'_>,
) -> Result<Response<Buffer>> {
    let call = &settings.call;
    messages::warn_if_unchecked(host, &call.network, address);
    let (locator, session) = (call.locator(host), call.session(host));
    let parser = Some(parser).filter(|_| settings.display.accept == Accept::Json);
    with_transport(host, &call.network, settings.verbose, |transport| {
        let client =
            Client::new(transport, [locator.as_ref().map(|it| it as _), session.as_deref()]);
        let response = get_tickets(&client, query, address)?;
        response.try_map(|mut body| {
            let length = body.length();
            answer::read(&mut body, length, parser)
        })
    })
}

/// Warns about an answer that was understood, but is not quite what was asked for.
fn warn_about_discrepancies(
    received: &Received<'_>,
    settings: &GetSettings,
    host: &mut Context<'_>,
) {
    let mut warn = |text: &str| messages::warning(host, text);
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
    for (number, id) in &received.unreadable {
        warn(&format!("ticket {number} of the answer has no readable TicketId: {id}"));
    }
    match differences.unreadable - received.unreadable.len() {
        0 => {}
        1 => warn("1 more ticket of the answer has no readable TicketId"),
        more => warn(&format!("{more} more tickets of the answer have no readable TicketId")),
    }
    if let Some(text) = merged::describe(&received.mergers) {
        warn(&text);
    }
    if settings.dates.has_met_date_without_offset() {
        warn("dates came without an offset and are printed as they are");
        let hint = match settings.call.locale.timezone {
            Some(_) => {
                "offsets were asked for; a server that sends none may have time zones switched off"
            }
            None => "--timezone Europe/Oslo asks for offsets",
        };
        messages::hint(host, hint);
    }
}

/// Reports the tickets that did not come back, once the others were printed: as an error,
/// with `--allow-missing` as a warning.
fn report_missing(
    received: &Received<'_>,
    settings: &GetSettings,
    host: &mut Context<'_>,
) -> anyhow::Result<()> {
    let differences = &received.differences;
    if differences.missing_count() == 0 {
        return Ok(());
    }
    let asked = settings.ids.len();
    let count = differences.missing_count();
    let message = match (asked, differences.missing.as_slice()) {
        (1, [id]) => format!("ticket {id} did not come back"),
        (_, ids) if differences.missing_unnamed == 0 => {
            let ids = summary(ids.iter().map(|id| id.get().into()));
            format!("{count} of {asked} tickets did not come back: {ids}")
        }
        _ => format!("{count} of {asked} tickets did not come back"),
    };
    let hint = if asked == 1 {
        "it does not exist, or this user may not read it; --allow-missing takes that for success"
    } else if differences.missing_unnamed == 0 {
        "they do not exist, or this user may not read them; --allow-missing takes that for success"
    } else if asks_for_id(settings) {
        "the tickets came without their ids, so the missing ones cannot be named"
    } else {
        "adding TicketId to --select would name them"
    };
    if settings.allow_missing {
        messages::warning(host, &message);
        return Ok(());
    }
    if received.count > 0 {
        return Err(Error::new(Kind::Missing, message).hint(hint).after_output().into());
    }
    let unchanged = settings.display.out_file.as_ref().map(OutFile::describe_unchanged);
    let message = [message].into_iter().chain(unchanged).collect::<Vec<_>>().join("; ");
    Err(Error::new(Kind::Missing, message).hint(hint).into())
}

/// Whether each ticket was asked for with its id.
fn asks_for_id(settings: &GetSettings) -> bool {
    let wire = settings.display.wire.as_ref();
    wire.is_none_or(|columns| columns.iter().any(|column| column.path() == TICKET_ID))
}
