//! A stand-in for SuperOffice Online, over real HTTP and TLS: what the program asks on
//! the way to a ticket, each with its checks.
//!
//! Each file answers for one part of it: `tenant` for where the tenant is and for its
//! endpoint, `sign_in` for the authorize page and the tokens, `system_user` for the
//! exchange of a signed token, `keys` for what is signed.

pub mod keys;
mod server;
pub mod sign_in;
pub mod system_user;
pub mod tenant;
pub mod test_user;

use std::sync::{Arc, Mutex, MutexGuard};

use chrono::{DateTime, Utc};

use super::tls::Authority;

use super::server::Request;
pub use server::Reply;
use sign_in::SignIns;
use system_user::SystemUsers;
use tenant::Tenant;

/// The only tenant.
pub const TENANT: &str = "Cust12345";
/// The application that is registered.
pub const CLIENT_ID: &str = "4ref5376616343b38d14ddcd804f2654";
/// The user who signs in.
pub const USER: &str = "tim@example.com";
/// The answer of the tenant's endpoint.
pub const TICKETS: &str = r#"[{"TicketId":839,"Title":"Printer"}]"#;

/// The behavior of the server, and its record of requests.
pub struct State {
    /// Its own address.
    pub address: String,
    /// The time at the service, if it differs from the time here.
    pub time: Option<DateTime<Utc>>,
    pub tenant: Tenant,
    pub sign_in: SignIns,
    pub system_user: SystemUsers,
    /// The kind of request that is answered with more than a mebibyte.
    pub huge: Option<&'static str>,
    /// The kind of request that is not answered: the connection is closed.
    pub closed: Option<&'static str>,
    /// Each request, in the order of arrival.
    pub requests: Vec<Request>,
    /// The number of tokens that were given.
    count: usize,
}

/// The stand-in. It runs until the test ends.
pub struct OnlineServer {
    /// `http://127.0.0.1:PORT` or `https://localhost:PORT`, for `--environment`.
    pub url: String,
    /// The certificate to trust, of a stand-in with TLS.
    pub pem: Option<String>,
    state: Arc<Mutex<State>>,
}

/// The kinds of requests, by a part of the path.
const KINDS: [(&str, &str); 8] = [
    ("/api/state/", "state"),
    ("/openid-configuration", "discovery"),
    ("/jwks", "keys"),
    ("/oauth/authorize", "authorize"),
    ("/oauth/tokens", "tokens"),
    ("/oauth/revoke", "revoke"),
    ("/PartnerSystemUser/Authenticate", "exchange"),
    ("/GetTickets", "tickets"),
];

impl OnlineServer {
    /// Starts one at `http://127.0.0.1:PORT`.
    pub fn plain() -> Self {
        Self::serve(None, None)
    }

    /// Starts one that speaks TLS, at `https://localhost:PORT`.
    pub fn tls() -> Self {
        let authority = Authority::new("the stand-in's authority");
        let config = authority.issue(&["localhost"], |_| {}).config(None);
        Self::serve(Some(config), Some(authority.pem))
    }

    fn serve(tls: Option<rustls::ServerConfig>, pem: Option<String>) -> Self {
        let host = if tls.is_some() { "https://localhost" } else { "http://127.0.0.1" };
        let state = Arc::new(Mutex::new(State {
            address: String::new(),
            time: None,
            tenant: Tenant::default(),
            sign_in: SignIns::default(),
            system_user: SystemUsers::default(),
            huge: None,
            closed: None,
            requests: Vec::new(),
            count: 0,
        }));
        let port = server::start(tls, Arc::clone(&state));
        let url = format!("{host}:{port}");
        state.lock().expect("no panic").address.clone_from(&url);
        Self { url, pem, state }
    }

    /// Returns its state, to read and to change.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic")
    }

    /// The address of the tenant's site.
    pub fn site(&self) -> String {
        format!("{}{}", self.url, self.state().tenant.site)
    }

    /// All requests, in order.
    pub fn requests(&self) -> Vec<Request> {
        self.state().requests.clone()
    }

    /// Returns the kinds of the requests since the last call.
    pub fn steps(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.state().requests).iter().map(Request::kind).collect()
    }

    /// Returns the number of requests of this kind.
    pub fn calls(&self, kind: &str) -> usize {
        self.state().requests.iter().filter(|request| request.kind() == kind).count()
    }

    /// Returns the number of token requests for `grant`.
    pub fn exchanges(&self, grant: &str) -> usize {
        let is_it = |request: &&Request| request.form("grant_type").as_deref() == Some(grant);
        self.state().requests.iter().filter(is_it).count()
    }

    /// `text` with the address, which changes, written `SERVICE`.
    pub fn shown(&self, text: &str) -> String {
        text.replace(&self.url, "SERVICE")
    }
}

impl State {
    /// The time at the service.
    pub fn now(&self) -> DateTime<Utc> {
        self.time.unwrap_or_else(now)
    }

    /// Returns a token that was not given before.
    fn fresh(&mut self, what: &str) -> String {
        self.count += 1;
        format!("{what}{:04}canary", self.count)
    }

    /// Returns true if `request` is not answered.
    fn is_closed(&self, request: &Request) -> bool {
        self.closed == Some(request.kind())
    }

    /// The part that answers.
    fn answer(&mut self, request: &Request) -> Reply {
        if self.huge == Some(request.kind()) {
            return Reply::new(200, "application/json", format!("{{{}", " ".repeat(2 << 20)));
        }
        let site = request.path().strip_suffix("/api/v1/Agents/Ticket/GetTickets");
        let name = request.path().strip_prefix("/api/state/");
        match (request.method(), request.path()) {
            ("GET", "/login/.well-known/openid-configuration") => sign_in::discovery(self),
            ("GET", "/login/.well-known/jwks") => Reply::json(200, &keys::set()),
            ("GET", "/login/common/oauth/authorize") => sign_in::authorize(self, request),
            ("POST", "/login/common/oauth/authorize") => sign_in::answered(self, request),
            ("POST", "/login/common/oauth/tokens") => sign_in::tokens(self, request),
            ("POST", "/login/common/oauth/revoke") => sign_in::revoke(self, request),
            ("POST", "/Login/api/PartnerSystemUser/Authenticate") => {
                system_user::exchange(self, request)
            }
            ("GET", _) if name.is_some() => {
                self.tenant.place(name.unwrap_or_default(), &self.address)
            }
            ("GET", path) if path.strip_suffix("/api") == Some(&self.tenant.site) => {
                Reply::json(200, &tenant::version())
            }
            ("POST", _) if site.is_some() => {
                tenant::tickets(self, request, site.unwrap_or_default())
            }
            _ => Reply::new(404, "text/plain", "nothing here"),
        }
    }
}

impl Request {
    fn kind(&self) -> &'static str {
        let named = KINDS.iter().find(|(part, _)| self.path().contains(part));
        let or_version = if self.path().ends_with("/api") { "version" } else { "?" };
        named.map_or(or_version, |(_, kind)| kind)
    }
}

/// The time here; the crate is built without a clock of its own.
pub fn now() -> DateTime<Utc> {
    std::time::SystemTime::now().into()
}
