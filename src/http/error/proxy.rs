//! Error messages for proxies that did not let a request through.

use crate::error::{Error, Kind};

use super::super::auth_challenge;
use super::super::proxy::Proxy;
use super::transport_error::ProxyFailure;

/// Describes the `failure` of `proxy` on the way to `server`, host and port; `offered` are the
/// schemes of a proxy that wants a credential.
pub(super) fn describe(
    failure: ProxyFailure,
    reason: Option<&str>,
    offered: &[String],
    proxy: &Proxy,
    server: &str,
) -> Error {
    let place = proxy.host_and_port();
    let origin = &proxy.origin;
    let reason = reason.map_or_else(String::new, |reason| format!(": {reason}"));
    let failed = |message: String| Error::new(Kind::Network, message);
    match failure {
        ProxyFailure::Unreachable => {
            failed(format!("could not connect to the proxy {place}{reason}"))
                .hint(format!("check {origin}, which names it, and the network"))
        }
        ProxyFailure::Login => login_required(proxy, offered),
        ProxyFailure::Refused => {
            // Some answer a wrong password as they answer anything that they refuse.
            let or = proxy.login.as_ref().map_or("", |_| ", or it does not accept the user");
            failed(format!("the proxy {place} did not connect to {server}{reason}")).hint(format!(
                "it may not reach that server, or may not be allowed to{or}; its own log knows more"
            ))
        }
        ProxyFailure::Broken => {
            failed(format!("the proxy {place} broke off while connecting to {server}"))
                .hint(format!("check {origin}: scheme, host and port; it may be no proxy"))
        }
        ProxyFailure::Name => failed(format!("the name of {server} is not known here"))
            .hint("with socks5h:// in place of socks5:// the proxy looks names up"),
    }
}

/// Returns the error for a proxy that wants a credential, or another one than it got, by one
/// of the schemes `offered`, as far as they are known.
pub(crate) fn login_required(proxy: &Proxy, offered: &[String]) -> Error {
    let place = proxy.host_and_port();
    let schemes = auth_challenge::join(offered);
    let failed = |message: String| Error::new(Kind::Network, message);
    if !offered.is_empty() && !auth_challenge::has(offered, "Basic") {
        let error = failed(format!(
            "the proxy {place} wants a credential, and offers only {schemes}, which this program does not speak"
        ));
        let error = match auth_challenge::is_windows(offered) {
            true => error.hint("cntlm or px, run on this machine, signs in to such a proxy: --proxy http://127.0.0.1:PORT names it in place of the proxy"),
            false => error,
        };
        return error
            .hint("ask whoever runs the proxy for a user, or a token, that it takes by Basic");
    }
    let offers = if schemes.is_empty() { schemes } else { format!("; it offers {schemes}") };
    let Some(login) = &proxy.login else {
        return failed(format!("the proxy {place} wants a credential{offers}"))
            .hint(format!("--proxy {}://NAME@{place} --proxy-password SRC", proxy.url.scheme()));
    };
    let origin = login.password.as_ref().map_or(&proxy.origin, |password| &password.origin);
    failed(format!(
        "the proxy {place} does not accept the user and password (from {origin}){offers}"
    ))
    .hint("check the proxy's user and password")
}
