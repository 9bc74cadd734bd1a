//! What is said of a proxy that did not let a call through.

use crate::error::{Error, Kind};

use super::transport::{Chain, root};
use crate::http::auth_challenge;
use crate::http::proxy::Proxy;

/// What went wrong between here, a proxy and the server. The HTTP client keeps the
/// kinds to itself, so they are known by their words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The proxy was not reached.
    Unreachable,
    /// The proxy wants a credential, or another one.
    Login,
    /// The proxy did not reach the server, or was not willing to.
    Refused,
    /// The proxy broke off, or does not speak its protocol.
    Broken,
    /// The server's name is not known here, and was not given to the proxy.
    Name,
}

impl Fault {
    /// The fault in `error`, by way of `proxy` to a server that is asked in plain HTTP
    /// or not. `None` where the proxy is not to blame.
    #[must_use]
    pub fn of(error: &reqwest::Error, proxy: &Proxy, plain: bool) -> Option<Self> {
        if let Some(fault) = Chain::of(error).find_map(|cause| by_words(&cause.to_string())) {
            return Some(fault);
        }
        // In plain HTTP the proxy is the one that is connected to.
        (plain && !proxy.is_socks() && error.is_connect()).then_some(Self::Unreachable)
    }

    /// Whether it may be gone with the next try.
    #[must_use]
    pub const fn is_passing(self) -> bool {
        !matches!(self, Self::Login)
    }

    /// Returns the error for a person; `offered` are the schemes of a proxy that wants a
    /// credential.
    #[must_use]
    pub fn explain(
        self,
        error: &reqwest::Error,
        proxy: &Proxy,
        server: &str,
        offered: &[String],
    ) -> Error {
        let place = proxy.host_and_port();
        let origin = &proxy.origin;
        let failed = |message: String| Error::new(Kind::Network, message);
        match self {
            Self::Unreachable => {
                let cause = innermost(error).map_or_else(String::new, |cause| format!(": {cause}"));
                failed(format!("could not connect to the proxy {place}{cause}"))
                    .hint(format!("check {origin}, which names it, and the network"))
            }
            Self::Login => login_wanted(proxy, offered),
            Self::Refused => {
                let cause = innermost(error).map_or_else(String::new, |cause| format!(": {cause}"));
                let error = failed(format!("the proxy {place} did not connect to {server}{cause}"));
                // Some answer a wrong password as they answer anything that they refuse.
                let or = proxy.login.as_ref().map_or("", |_| ", or it does not accept the user");
                error.hint(format!(
                    "it may not reach that server, or may not be allowed to{or}; its own log knows more"
                ))
            }
            Self::Broken => {
                failed(format!("the proxy {place} broke off while connecting to {server}"))
                    .hint(format!("check {origin}: scheme, host and port; it may be no proxy"))
            }
            Self::Name => failed(format!("the name of {server} is not known here"))
                .hint("with socks5h:// in place of socks5:// the proxy looks names up"),
        }
    }
}

/// Returns the error for a proxy that wants a credential, or another one than it got, by one
/// of the schemes `offered`, as far as they are known.
#[must_use]
pub fn login_wanted(proxy: &Proxy, offered: &[String]) -> Error {
    let place = proxy.host_and_port();
    let schemes = auth_challenge::words(offered);
    if !offered.is_empty() && !auth_challenge::has(offered, "Basic") {
        let message = format!(
            "the proxy {place} wants a credential, and offers only {schemes}, which this program does not speak"
        );
        let error = Error::new(Kind::Network, message);
        let error = match auth_challenge::is_windows(offered) {
            true => error.hint("cntlm or px, run on this machine, signs in to such a proxy: --proxy http://127.0.0.1:PORT names it in place of the proxy"),
            false => error,
        };
        return error
            .hint("ask whoever runs the proxy for a user, or a token, that it takes by Basic");
    }
    let offers = if schemes.is_empty() { schemes } else { format!("; it offers {schemes}") };
    let Some(login) = &proxy.login else {
        return Error::new(Kind::Network, format!("the proxy {place} wants a credential{offers}"))
            .hint(format!("--proxy {}://NAME@{place} --proxy-password SRC", proxy.url.scheme()));
    };
    let origin = login.password.as_ref().map_or(&proxy.origin, |password| &password.origin);
    let message = format!("the proxy {place} does not accept the user and password");
    let message = format!("{message} (from {origin}){offers}");
    Error::new(Kind::Network, message).hint("check the proxy's user and password")
}

fn by_words(words: &str) -> Option<Fault> {
    if let Some(what) = words.strip_prefix("tunnel error: ") {
        return Some(match what {
            "failed to create underlying connection" => Fault::Unreachable,
            "proxy authorization required" => Fault::Login,
            "unsuccessful" => Fault::Refused,
            _ => Fault::Broken,
        });
    }
    if let Some(what) = words.strip_prefix("SOCKS error: ") {
        return Some(match what {
            "failed to create underlying connection" => Fault::Unreachable,
            "server does not support user/pass authentication"
            | "server implements authentication incorrectly"
            | "credentials not accepted" => Fault::Login,
            "io error during SOCKS handshake" | "failed parsing server response" => Fault::Broken,
            _ => Fault::Refused,
        });
    }
    (words == "error resolving for socks proxy").then_some(Fault::Name)
}

/// The words below the proxy's own; none where there is nothing below.
fn innermost(error: &reqwest::Error) -> Option<String> {
    let words = root(error);
    if let Some(reason) = words.strip_prefix("SOCKS error: ") {
        return by_words(&words)
            .filter(|fault| *fault == Fault::Refused)
            .map(|_| reason.to_owned());
    }
    (!words.starts_with("tunnel error: ")).then_some(words)
}
