//! A stand-in for SuperOffice Online: a server over real HTTP and TLS that people sign in
//! to, with what comes before and after.
//!
//! Each file answers for one part of it: `sign_in` for the authorize page and the
//! tokens, `tickets` for the endpoint, `keys` for what is signed.

pub mod desk;
mod keys;
mod server;
mod sign_in;
mod tickets;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use super::tls::Authority;

pub use keys::{Signer, claims};
pub use server::{Reply, Seen};
pub use sign_in::{Code, Grant};

/// The application that is registered.
pub const CLIENT_ID: &str = "4ref5376616343b38d14ddcd804f2654";
/// The tenant that people sign in to unless they ask for another.
pub const TENANT: &str = "Cust12345";
/// Who signs in.
pub const USER: &str = "tim@example.com";

/// What the stand-in does, and what it has seen.
pub struct State {
    /// Its own address.
    pub address: String,
    /// How long an access token lives; `None` leaves `expires_in` out.
    pub life: Option<u64>,
    /// Whether `expires_in` is said.
    pub says_life: bool,
    /// Whether a refresh gives a new refresh token, and ends the old one.
    pub rotates: bool,
    /// Whether an id token comes with a code's tokens.
    pub proves_who: bool,
    /// Changes the id token before it is sent.
    pub tamper: Option<fn(&State, String) -> String>,
    /// Whether there is an endpoint for revocation.
    pub revokes: bool,
    /// The application's secret, where it has one.
    pub secret: Option<String>,
    /// The error that the authorize page sends back instead of a code.
    pub refusal: Option<(String, String)>,
    /// An answer in place of the one for tokens.
    pub odd_tokens: Option<Reply>,
    /// What a token that does not hold is answered with.
    pub refused_with: u16,
    /// Seconds that are added to the clock.
    pub later: u64,
    /// Codes that were given.
    pub codes: BTreeMap<String, Code>,
    /// Refresh tokens, used or not.
    pub grants: BTreeMap<String, Grant>,
    /// Access tokens with their end.
    pub access: BTreeMap<String, u64>,
    /// How many tokens were given.
    pub count: usize,
    /// Each request, in the order of arrival.
    pub seen: Vec<Seen>,
}

/// The stand-in. It runs until the test ends.
pub struct Service {
    state: Arc<Mutex<State>>,
    /// The certificate to trust, of a stand-in with TLS.
    pub pem: Option<String>,
}

impl Service {
    /// Starts one that speaks TLS, at `https://localhost:PORT`.
    pub fn start() -> Self {
        let authority = Authority::new("the stand-in's authority");
        let config = authority.issue(&["localhost"], |_| {}).config(None);
        Self { pem: Some(authority.pem), ..Self::serve(Some(config)) }
    }

    /// Starts one without, at `http://127.0.0.1:PORT`.
    pub fn plain() -> Self {
        Self::serve(None)
    }

    fn serve(tls: Option<rustls::ServerConfig>) -> Self {
        let state = Arc::new(Mutex::new(State {
            address: String::new(),
            life: Some(3600),
            says_life: true,
            rotates: true,
            proves_who: true,
            tamper: None,
            revokes: true,
            secret: None,
            refusal: None,
            odd_tokens: None,
            refused_with: 401,
            later: 0,
            codes: BTreeMap::new(),
            grants: BTreeMap::new(),
            access: BTreeMap::new(),
            count: 0,
            seen: Vec::new(),
        }));
        let host = if tls.is_some() { "https://localhost" } else { "http://127.0.0.1" };
        let port = server::start(tls, Arc::clone(&state));
        let service = Self { state, pem: None };
        service.state().address = format!("{host}:{port}");
        service
    }

    /// What it does and has seen, to read and to change.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic")
    }

    /// Its address, for `--environment`.
    pub fn address(&self) -> String {
        self.state().address.clone()
    }

    /// How often `path` was asked for.
    pub fn calls(&self, path: &str) -> usize {
        self.state().seen.iter().filter(|seen| seen.path.ends_with(path)).count()
    }

    /// How often a token for `grant` was asked for.
    pub fn exchanges(&self, grant: &str) -> usize {
        let is_it = |seen: &&Seen| seen.form("grant_type").as_deref() == Some(grant);
        self.state().seen.iter().filter(is_it).count()
    }

    /// `text` with the address, which changes, written `SERVICE`.
    pub fn shown(&self, text: &str) -> String {
        text.replace(&self.address(), "SERVICE")
    }
}

impl State {
    /// The time, in seconds since 1970.
    pub fn now(&self) -> u64 {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        now.expect("a clock").as_secs() + self.later
    }

    /// A token that was not given before.
    pub fn fresh(&mut self, what: &str) -> String {
        self.count += 1;
        format!("{what}{:04}canary", self.count)
    }
}

/// The part that answers for a request.
fn answer(state: &mut State, seen: &Seen) -> Reply {
    match (seen.method.as_str(), seen.path.as_str()) {
        ("GET", "/login/.well-known/openid-configuration") => sign_in::discovery(state),
        ("GET", "/login/.well-known/jwks") => keys::set(),
        ("GET", "/login/common/oauth/authorize") => sign_in::authorize(state, seen),
        ("POST", "/login/common/oauth/tokens") => sign_in::tokens(state, seen),
        ("POST", "/login/common/oauth/revoke") => sign_in::revoke(state, seen),
        ("POST", path) if path.ends_with("/api/v1/Agents/Ticket/GetTickets") => {
            tickets::tickets(state, seen)
        }
        ("GET", path) if path == format!("/api/state/{TENANT}") => tickets::place(state),
        _ => Reply::new(404, "text/plain", "nothing here"),
    }
}
