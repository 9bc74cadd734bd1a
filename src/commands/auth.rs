//! `sotickets auth`: signs in to Online, says who is signed in, signs out.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Instant;

use anyhow::Result;
use chrono::{DateTime, Utc};

use super::browser;
use crate::auth::oauth::callback_page::Page;
use crate::auth::oauth::callback_server::{Answer, Arrival, Callback};
use crate::auth::oauth::discovery::Discovery;
use crate::auth::oauth::id_token::{Identity, tenant_of};
use crate::auth::oauth::redirect_uri::Redirect;
use crate::auth::oauth::session::{Place, Session};
use crate::auth::oauth::store::SessionStore;
use crate::auth::oauth::token_request::{
    self, Application, Exchange, PendingAuthorization, TokenResponse, Tokens,
};
use crate::cli::auth::{AuthArgs, AuthCommand, LoginArgs, LogoutArgs, StatusArgs, StoreChoice};
use crate::context::Context;
use crate::error::{Error, Kind};
use crate::escape;
use crate::fs::state_file::Reservation;
use crate::http::client::Limits;
use crate::output::definition_list::Beside;
use crate::output::style::Look;
use crate::secret::Secret;
use crate::settings::config;
use crate::settings::plan::login::{self, LoginSettings};

use super::clock::Clock;
use super::{messages, write};

/// Does what the command says.
///
/// # Errors
/// Of each kind, as the parts have it.
pub fn run(args: &AuthArgs, host: &mut Context<'_>) -> Result<()> {
    match &args.command {
        AuthCommand::Login(args) => login(args, host),
        AuthCommand::Status(args) => status(args, host),
        AuthCommand::Logout(args) => logout(args, host),
    }
}

/// Has a person sign in with the browser, and keeps what comes of it.
fn login(args: &LoginArgs, host: &mut Context<'_>) -> Result<()> {
    let clock = Clock::start(host);
    let call = login::login_call(args);
    let configuration = config::load(&call, host)?;
    messages::warn_with_hint(host, configuration.warning.as_ref());
    let settings = login::login(args, &call, &configuration, host)?;
    if settings.store == StoreChoice::Keyring {
        // Before anybody signs in for nothing.
        settings.slot.check_keyring()?;
    }
    let room = settings.slot.reserve()?;
    let listening = settings.redirect.listen()?;
    let discovery = clock.watching(host, args.verbose, |watch| {
        Discovery::ask(&settings.service, &settings.connection, watch)
    })?;
    let exchange = Exchange {
        service: &settings.service,
        discovery: &discovery,
        connection: &settings.connection,
        application: &settings.application,
    };
    let state = token_request::state();
    let issuer = discovery.issuer.clone();
    let callback = Callback::start(listening, state.clone(), issuer).map_err(|error| {
        Error::new(Kind::Output, "nothing can wait for the browser here").caused_by(error)
    })?;
    let begun = exchange.begin(callback.address(), &state, settings.tenant.as_deref())?;
    open(args, &begun, host)?;
    let answer = wait(&callback, args, &settings, host)?;
    let signed_in = match answer.outcome.clone() {
        Ok(code) => finish(&exchange, &settings, (begun, code, room), (args, &clock, host)),
        Err(words) => {
            let message = format!("{} refused the sign-in: {words}", settings.service);
            Err(Error::new(Kind::Authentication, message).hint("nothing was kept"))
        }
    };
    let page = match &signed_in {
        Ok((session, _)) => Page::signed_in(session.user.as_deref(), session.tenant.as_deref()),
        Err(error) => Page::refused(&error.to_string()),
    };
    callback.end(answer, page);
    let (session, tokens) = signed_in?;
    tell(&session, &settings.slot, host);
    report_end(&tokens, host);
    Ok(())
}

const BY_HAND: &str = "Open this address in a browser on this machine; Ctrl-C ends the wait:";
const BY_ITSELF: &str =
    "A browser opens to sign in; Ctrl-C ends the wait. Where none opens, this is the address:";

/// Has the browser opened, or says what to open in one.
fn open(args: &LoginArgs, begun: &PendingAuthorization, host: &mut Context<'_>) -> Result<()> {
    let url = begun.url.as_str();
    if args.no_browser {
        messages::line(host, BY_HAND);
        return Ok(write(host.stdout, format!("{url}\n").as_bytes())?);
    }
    let said = match browser::open(url, &host.environment) {
        Ok(()) => BY_ITSELF,
        Err(error) => {
            messages::warning(host, &format!("no browser could be opened: {error}"));
            BY_HAND
        }
    };
    messages::line(host, &format!("{said}\n  {url}"));
    Ok(())
}

/// Waits for the browser, or for a person to paste the address that it came to.
fn wait(
    callback: &Callback,
    args: &LoginArgs,
    settings: &LoginSettings,
    host: &mut Context<'_>,
) -> Result<Answer> {
    let deadline = settings.patience.map(|patience| Instant::now() + patience);
    if args.no_browser
        && let Some(open) = host.terminal.input
        && let Ok(input) = open()
    {
        let address = callback.address();
        messages::line(
            host,
            &format!(
                "With a browser on another machine, paste the address that it ends at here. It begins with {address}"
            ),
        );
        pass_lines(input, callback.lines());
    }
    loop {
        match callback.next(deadline) {
            None => return Err(timed_out(args, &settings.redirect).into()),
            Some(Arrival::Browser(answer)) => return Ok(answer),
            Some(Arrival::Line(line)) if line.expose().trim().is_empty() => {}
            Some(Arrival::Line(line)) => match callback.pasted(line.expose()) {
                Some(answer) => return Ok(answer),
                None => messages::warning(
                    host,
                    "this is not the end of this sign-in; paste the whole address, with its code and state",
                ),
            },
        }
    }
}

/// Passes the lines of `input` on, on a thread of its own, which may outlive the wait. Their
/// end does not end the wait.
fn pass_lines(input: File, lines: Sender<Arrival>) {
    thread::spawn(move || {
        for line in BufReader::new(input).lines().map_while(std::io::Result::ok) {
            if lines.send(Arrival::Line(Secret::new(line))).is_err() {
                break;
            }
        }
    });
}

fn timed_out(args: &LoginArgs, redirect: &Redirect) -> Error {
    let limit = escape::excerpt(&args.timeout, 20);
    let pattern = redirect.pattern();
    Error::new(Kind::Authentication, format!("nobody signed in within {limit}"))
        .hint(format!("if the browser showed InvalidRedirectUrl, have this redirect address registered with SuperOffice for the application: {pattern}"))
        .hint("or name the one that is registered: --redirect-uri http://127.0.0.1:PORT/PATH")
        .hint("--timeout 15m waits longer; nothing was kept")
}

/// Exchanges the code, checks who signed in, and keeps it.
fn finish(
    exchange: &Exchange<'_>,
    settings: &LoginSettings,
    (begun, code, room): (PendingAuthorization, Secret, Reservation),
    (args, clock, host): (&LoginArgs, &Clock, &mut Context<'_>),
) -> crate::error::Result<(Session, Tokens)> {
    clock.watching(host, args.verbose, |watch| {
        // Before the code is used, for it is good for once.
        let _lock = settings.slot.lock(&settings.connection.limits, watch)?;
        let TokenResponse { tokens, id_token } = exchange.redeem(begun, code, watch)?;
        let now = DateTime::<Utc>::from((watch.now)());
        let (service, discovery) = (exchange.service, exchange.discovery);
        let identity = match id_token {
            None => Identity::default(),
            Some(token) => {
                let keys = discovery.keys(service, exchange.connection, watch)?;
                let signed_by = (service, discovery, &keys);
                Identity::read(&token, &exchange.application.id, signed_by, now)?
            }
        };
        let session = session(identity, settings, &tokens, now)?;
        settings.slot.replace(&session, &tokens, room)?;
        Ok((session, tokens))
    })
}

fn session(
    identity: Identity,
    settings: &LoginSettings,
    tokens: &Tokens,
    now: DateTime<Utc>,
) -> crate::error::Result<Session> {
    let Identity { user, tenant, url } = identity;
    let named = tenant.or_else(|| tenant_of(tokens.access.expose()).map(str::to_owned));
    if let (Some(asked), Some(came)) = (&settings.tenant, &named)
        && !asked.eq_ignore_ascii_case(came)
    {
        let came = escape::excerpt(came, 60);
        let message = format!("the sign-in is for tenant {came}, and {asked} was asked for");
        return Err(Error::new(Kind::Authentication, message)
            .hint("choose that tenant in the browser, or name the other one; nothing was kept"));
    }
    let service = &settings.service;
    let is_own = |url: &String| url::Url::parse(url).is_ok_and(|url| service.owns(&url));
    Ok(Session {
        service: service.to_string(),
        client_id: settings.application.id.clone(),
        tenant: named.or_else(|| settings.tenant.clone()),
        url: url.filter(is_own),
        user,
        since: now,
        place: match settings.store {
            StoreChoice::Keyring => Place::Keyring,
            StoreChoice::File => Place::File(tokens.clone()),
        },
    })
}

fn tell(session: &Session, slot: &SessionStore, host: &mut Context<'_>) {
    let shown = |value: &Option<String>, before: &str| {
        value
            .as_ref()
            .map(|value| format!("{before}{}", escape::excerpt(value, 100)))
            .unwrap_or_default()
    };
    let line = format!(
        "signed in{}{}; kept in {}",
        shown(&session.tenant, " to "),
        shown(&session.user, " as "),
        place(session, slot)
    );
    messages::line(host, &line);
    if session.url.is_none() && session.tenant.is_none() {
        messages::hint(
            host,
            "get needs --tenant or --url, or a profile with one of them: the service named neither",
        );
    }
}

/// Reports when a sign-in ends that will probably not be renewed, and what to add.
fn report_end(tokens: &Tokens, host: &mut Context<'_>) {
    let (why, hint) = match (&tokens.refresh, &tokens.client_secret) {
        (Some(_), Some(_)) => return,
        (Some(_), None) => (
            "SuperOffice renews a sign-in only with the secret of the application",
            "to have it renewed, sign in with --client-secret SRC, or client_secret in the profile",
        ),
        (None, _) => {
            ("the service gave no refresh token", "have refresh tokens allowed for the application")
        }
    };
    let end = tokens.expires.map_or_else(|| "the service refuses its token".to_owned(), time);
    messages::warning(host, &format!("the sign-in lasts until {end}: {why}"));
    messages::hint(host, hint);
}

fn place(session: &Session, slot: &SessionStore) -> String {
    match session.place {
        Place::Keyring => "the keyring".to_owned(),
        Place::File(_) => slot.path(),
    }
}

/// Says who is signed in, where, and until when.
fn status(args: &StatusArgs, host: &mut Context<'_>) -> Result<()> {
    let clock = Clock::start(host);
    let configuration = config::load(&login::call(&args.profile, None), host)?;
    let slot = login::slot(&configuration, &host.environment)?;
    let session = slot.load()?.ok_or_else(|| {
        Error::new(
            Kind::Authentication,
            format!("nobody is signed in; there is no {}", slot.path()),
        )
        .hint(format!("sign in: {}", slot.command()))
    })?;
    let tokens = slot.tokens(&session)?;
    let now = DateTime::<Utc>::from(clock.now());
    let profile = configuration.profile.map(|profile| profile.value.name);
    let lines = [
        ("user", session.user.clone()),
        ("tenant", session.tenant.clone()),
        ("address", session.url.clone()),
        ("environment", Some(session.service.clone())),
        ("client_id", Some(session.client_id.clone())),
        ("profile", profile),
        ("kept in", Some(place(&session, &slot))),
        ("since", Some(time(session.since))),
        ("until", Some(until(&tokens, now))),
    ];
    let look = Look::of(host.terminal, &host.environment);
    let beside = Beside::names(lines.iter().map(|(name, _)| name.len()).max().unwrap_or(0), look);
    let mut text = Vec::new();
    for (name, value) in lines.iter().filter(|(name, value)| *name != "profile" || value.is_some())
    {
        let value = value.as_deref().unwrap_or("not said by the service");
        text.extend_from_slice(look.paint.bold(name).as_bytes());
        // Memory takes it all.
        let _ = beside.write(name.len(), &escape::visible(value), None, &mut text);
    }
    write(host.stdout, &text)?;
    if tokens.refresh.is_none() && tokens.expires.is_some_and(|end| end <= now) {
        let message = format!("{} has ended", slot.shown());
        return Err(Error::new(Kind::Authentication, message).hint(slot.again()).into());
    }
    Ok(())
}

fn until(tokens: &Tokens, now: DateTime<Utc>) -> String {
    let then = match (&tokens.refresh, &tokens.client_secret) {
        (Some(_), Some(_)) => "renewed by the next call after that",
        (Some(_), None) => {
            "then sign in again, unless it is renewed without the application's secret"
        }
        (None, _) => "then sign in again",
    };
    match tokens.expires {
        Some(end) if end <= now && tokens.refresh.is_some() => {
            format!("{}, which has passed; the next call renews it", time(end))
        }
        Some(end) if end <= now => format!("{}, which has passed", time(end)),
        Some(end) => format!("{}; {then}", time(end)),
        None => format!("the server refuses it; {then}"),
    }
}

fn time(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// Forgets the sign-in, then has it revoked where the service knows how.
fn logout(args: &LogoutArgs, host: &mut Context<'_>) -> Result<()> {
    let clock = Clock::start(host);
    let call = login::call(&args.profile, Some(&args.network));
    let configuration = config::load(&call, host)?;
    messages::warn_with_hint(host, configuration.warning.as_ref());
    let slot = login::slot(&configuration, &host.environment)?;
    let forgotten = clock.watching(host, args.verbose, |watch| {
        if !slot.is_used() {
            return Ok(None);
        }
        let _lock = slot.lock(&Limits::default(), watch)?;
        slot.take()
    })?;
    let Some((session, tokens)) = forgotten else {
        messages::line(host, "nobody was signed in");
        return Ok(());
    };
    messages::line(host, &format!("{} is forgotten", slot.shown()));
    let (Some(session), Some(tokens)) = (session, tokens) else {
        messages::warning(host, "it was damaged, and so could not be revoked");
        return Ok(());
    };
    let environment = host.environment.clone();
    let revoked = session.service().and_then(|service| {
        let levels = configuration.levels(&call, &environment);
        let connection = login::connection(&levels, &service, host)?;
        let application =
            Application { id: session.client_id.clone(), secret: tokens.client_secret.clone() };
        clock.watching(host, args.verbose, |watch| {
            let discovery = Discovery::ask(&service, &connection, watch)?;
            let (service, discovery) = (&service, &discovery);
            let (connection, application) = (&connection, &application);
            let exchange = Exchange { service, discovery, connection, application };
            match &tokens.refresh {
                Some(refresh) => exchange.revoke(refresh, "refresh_token", watch),
                None => exchange.revoke(&tokens.access, "access_token", watch),
            }
        })
    });
    match revoked {
        Ok(true) => messages::line(host, "its tokens are revoked"),
        Ok(false) => messages::line(
            host,
            "the service names no place to revoke tokens: the last one holds until it ends",
        ),
        Err(error) => {
            return Err(error.hint("the tokens may hold until they end").into());
        }
    }
    Ok(())
}
