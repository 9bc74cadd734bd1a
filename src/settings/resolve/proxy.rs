//! Which proxy a call goes through: `--proxy`, or else the usual variables.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use url::Url;

use crate::api::credential::ResolvedSecret;
use crate::cli::network::NetworkArgs;
use crate::context::Environment;
use crate::error::{Error, Result};
use crate::escape;
use crate::http::address::{self, Address};
use crate::http::proxy::{Login, Proxy, Route};
use crate::secret::Secret;

use crate::secret::secret_kind::SecretKind;
use crate::secret::secret_ref::SecretRef;
use crate::settings::resolve::no_proxy;
use crate::source::{Source, Sourced};

/// The way to the server, with a password that is still where it is kept.
#[derive(Clone, Debug)]
pub struct Plan {
    route: Route,
    password: Option<SecretRef>,
}

const OPTION: &str = "--proxy";
const PASSWORD: &str = "--proxy-password";
/// The variables that list the hosts that are reached without a proxy; the first that
/// is set counts.
pub const NO_PROXY: [&str; 2] = ["no_proxy", "NO_PROXY"];
/// The variable that holds the password of the proxy's user.
pub const PASSWORD_VARIABLE: &str = "SOTICKETS_PROXY_PASSWORD";
const SCHEMES: [&str; 4] = ["http", "https", "socks5", "socks5h"];
/// The port of a proxy that names none, as in curl.
const PORT: u16 = 1080;

impl Plan {
    /// The password that is to be read.
    #[must_use]
    pub const fn secret(&self) -> Option<&SecretRef> {
        self.password.as_ref()
    }

    /// The proxy, without its password.
    #[must_use]
    pub const fn proxy(&self) -> Option<&Proxy> {
        self.route.proxy.as_ref()
    }

    /// The way, its password turned into what is sent by `read`.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn with(
        mut self,
        read: impl FnOnce(&SecretRef) -> Result<ResolvedSecret>,
    ) -> Result<Route> {
        let login = self.route.proxy.as_mut().and_then(|proxy| proxy.login.as_mut());
        if let (Some(login), Some(password)) = (login, &self.password) {
            login.password = Some(read(password)?);
        }
        Ok(self.route)
    }
}

/// The way to `address`.
///
/// # Errors
/// A usage error for what is no proxy's address; a password in it is not repeated.
pub fn plan(args: &NetworkArgs, environment: &Environment, address: &Address) -> Result<Plan> {
    let route = match named(args, environment, Some(address)) {
        None => Route::default(),
        Some(named) => match reason_unused(&named, environment, address) {
            Some(reason) => Route { proxy: None, passed_over: Some(reason) },
            None => Route { proxy: Some(read(&named)?), passed_over: None },
        },
    };
    // What is not used is still looked at where it was typed.
    if let Some(text) = args.proxy.as_ref().filter(|text| !text.is_empty()) {
        read(&Sourced::new(text.clone(), Source::Option(OPTION)))?;
    }
    let password = password_for(args, environment, &route)?;
    Ok(Plan { route, password })
}

/// The proxy that the option or else a variable names for a call of `address`; without
/// an address, for a call of one with `https://`.
#[must_use]
pub fn named(
    args: &NetworkArgs,
    environment: &Environment,
    address: Option<&Address>,
) -> Option<Sourced<String>> {
    match &args.proxy {
        Some(text) => Some(Sourced::new(text.clone(), Source::Option(OPTION))),
        None => by_variable(environment, address.is_some_and(Address::is_plain_http)),
    }
}

/// The password of the proxy's user that the option or else the variable names.
///
/// # Errors
/// A usage error for a literal.
pub fn password(args: &NetworkArgs, environment: &Environment) -> Result<Option<SecretRef>> {
    let label = "proxy's password";
    match &args.proxy_password {
        Some(text) => SecretRef::from_option(PASSWORD, text, PASSWORD_VARIABLE, label).map(Some),
        None => Ok(SecretRef::from_variable(
            PASSWORD_VARIABLE,
            label,
            SecretKind::Password,
            environment,
        )),
    }
}

/// The password that belongs to the user of the proxy of `route`.
fn password_for(
    args: &NetworkArgs,
    environment: &Environment,
    route: &Route,
) -> Result<Option<SecretRef>> {
    let login = route.proxy.as_ref().and_then(|proxy| proxy.login.as_ref());
    let is_typed = args.proxy_password.is_some();
    // A variable decided that it is not needed.
    let is_excepted = route.passed_over.is_some() && args.proxy.as_deref() != Some("");
    match (login, password(args, environment)?) {
        (Some(Login { password: Some(held), .. }), Some(_)) if is_typed => Err(Error::usage(
            format!("{PASSWORD} is given, and {} holds a password as well", held.origin),
        )),
        (Some(Login { password: None, .. }), password) => Ok(password),
        (None, Some(_)) if is_typed && !is_excepted => Err(Error::usage(format!(
            "{PASSWORD} goes with a proxy that names its user, and none does"
        ))
        .hint("--proxy http://NAME@HOST:PORT --proxy-password SRC")),
        _ => Ok(None),
    }
}

/// The proxy that a variable names, for an address with `http://` where `plain_http`. The
/// lower case goes first, as in curl; a CGI program's `HTTP_PROXY` is a header of whoever
/// asks it.
fn by_variable(environment: &Environment, plain_http: bool) -> Option<Sourced<String>> {
    let is_cgi = environment.get("REQUEST_METHOD").is_some();
    let names: &[&str] = match (plain_http, is_cgi) {
        (false, _) => &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"],
        (true, false) => &["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"],
        (true, true) => &["http_proxy", "all_proxy", "ALL_PROXY"],
    };
    names.iter().find_map(|name| {
        let value = environment.get(name)?;
        Some(Sourced::new(value, Source::Variable(name)))
    })
}

/// The reason why a call of `address` does without the proxy that is `named`, if it does.
#[must_use]
pub fn reason_unused(
    named: &Sourced<String>,
    environment: &Environment,
    address: &Address,
) -> Option<String> {
    if named.value.is_empty() {
        return Some(format!("{OPTION} ''"));
    }
    // What is for this machine alone is not for a proxy that was not named for it.
    if named.source != Source::Option(OPTION) && address.is_loopback() {
        return Some(format!("{} does not count for this machine", named.source));
    }
    let excepted =
        NO_PROXY.into_iter().find_map(|name| environment.get(name).map(|list| (name, list)));
    excepted
        .filter(|(_, list)| no_proxy::contains(list, address.url()))
        .map(|(name, _)| format!("{name} excepts {}", address.host_and_port()))
}

/// Reads a proxy's address. A variable may hold a password; an argument may not.
fn read(named: &Sourced<String>) -> Result<Proxy> {
    let text = named.value.trim();
    let origin = &named.source.to_string();
    let typed = named.source == Source::Option(OPTION);
    let wrong = |why: &str| {
        Error::usage(format!("{origin}: '{}' is no proxy: {why}", masked(text)))
            .hint("a proxy is http://HOST:PORT, or https, socks5 or socks5h")
    };
    let is_unsafe = |c: char| c.is_whitespace() || escape::is_unsafe(c);
    if text.contains(|c| is_unsafe(c) || c == char::REPLACEMENT_CHARACTER) {
        return Err(wrong("it holds white space, control characters or no UTF-8"));
    }
    let scheme = text.split_once("://").map_or("http", |(scheme, _)| scheme).to_ascii_lowercase();
    // GNOME writes the SOCKS proxy of its settings so, and browsers read it as SOCKS5 with
    // names looked up by the proxy.
    let scheme = if scheme == "socks" { "socks5h".to_owned() } else { scheme };
    if !SCHEMES.contains(&scheme.as_str()) {
        return Err(wrong("its scheme is none of http, https, socks5 and socks5h"));
    }
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let mut url =
        Url::parse(&format!("{scheme}://{rest}")).map_err(|error| wrong(&error.to_string()))?;
    match url.host_str() {
        None | Some("") => return Err(wrong("it has no host")),
        // It may be a part of a login. With http and https it is an error already.
        Some(host) if host.contains('%') => {
            return Err(wrong("its host holds an encoded character"));
        }
        Some(_) => {}
    }
    if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("it has more than a host and a port"));
    }
    let login = login(&url, origin, typed)?;
    let port_named = rest.rsplit('@').next().unwrap_or_default().trim_end_matches('/');
    let port_named = port_named.rsplit(']').next().unwrap_or_default().split_once(':');
    let port_named = port_named.is_some_and(|(_, port)| !port.is_empty());
    if !port_named && scheme != "https" {
        url.set_port(Some(PORT)).map_err(|()| wrong("it takes no port"))?;
    }
    url.set_username("").map_err(|()| wrong("it takes no user"))?;
    url.set_password(None).map_err(|()| wrong("it takes no user"))?;
    url.set_path("");
    address::check_sendable(&url).map_err(|why| wrong(&why))?;
    Ok(Proxy { url, origin: origin.clone(), login })
}

/// User and password in a proxy's address.
fn login(url: &Url, origin: &str, typed: bool) -> Result<Option<Login>> {
    let decoded = |text: &str| {
        percent_decode_str(text).decode_utf8().map(Cow::into_owned).map_err(|_| {
            Error::usage(format!("{origin}: the proxy's user or password is not valid UTF-8"))
        })
    };
    if typed && url.password().is_some() {
        return Err(Error::usage(format!("{origin}: the address holds a password"))
            .hint("arguments can be read by every user of this machine")
            .hint("--proxy http://NAME@HOST:PORT --proxy-password SRC, or the usual variables"));
    }
    if url.username().is_empty() && url.password().is_none() {
        return Ok(None);
    }
    let user = decoded(url.username())?;
    if user.contains(':') {
        // What follows the colon may be the password.
        return Err(Error::usage(format!("{origin}: the proxy's user holds an encoded colon"))
            .hint("user and password are NAME:PASSWORD, with a colon that is not encoded"));
    }
    let variable = (!typed).then(|| origin.to_owned());
    let password = url.password().map(decoded).transpose()?.map(Secret::new);
    let holds_control = password.as_ref().is_some_and(|it| it.expose().contains(char::is_control));
    if holds_control || user.contains(char::is_control) {
        return Err(Error::usage(format!(
            "{origin}: the proxy's user or password holds a control character"
        )));
    }
    let password = password.map(|value| ResolvedSecret {
        value,
        origin: origin.to_owned(),
        variable: origin.to_owned(),
        export: None,
    });
    Ok(Some(Login { user, password, variable }))
}

/// Quotes `text`, a proxy's address, without what may be a login, or a part of one behind
/// the host.
#[must_use]
pub fn masked(text: &str) -> String {
    let quoted = address::quoted(text);
    let authority = quoted.find("://").map_or(0, |end| end + 3);
    match quoted[authority..].find(['/', '?', '#']) {
        Some(end) if authority + end + 1 < quoted.len() => {
            format!("{}/…", &quoted[..authority + end])
        }
        _ => quoted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plan_for(proxy: Option<&str>, variables: &[(&str, &str)], url: &str) -> Result<Plan> {
        let args = NetworkArgs { proxy: proxy.map(str::to_owned), ..NetworkArgs::default() };
        let environment: Environment = variables.iter().copied().collect();
        plan(&args, &environment, &Address::parse(url, "--url").expect("an address"))
    }

    /// The proxy's address and origin, or why it is passed over, or the error.
    fn shown(proxy: Option<&str>, variables: &[(&str, &str)], url: &str) -> String {
        match plan_for(proxy, variables, url).map(|plan| plan.route) {
            Ok(Route { proxy: Some(proxy), .. }) => {
                format!("{} by {}", proxy.address(), proxy.origin)
            }
            Ok(Route { passed_over, .. }) => passed_over.unwrap_or_else(|| "none".to_owned()),
            Err(error) => error.to_string(),
        }
    }

    const HTTPS: &str = "https://crm.example.com/x";
    const HTTP: &str = "http://crm.example.com/x";

    #[test]
    fn the_usual_variables_count_as_in_curl() {
        let all = [
            ("https_proxy", "http://a:1"),
            ("HTTPS_PROXY", "http://b:2"),
            ("http_proxy", "http://c:3"),
            ("HTTP_PROXY", "http://d:4"),
            ("all_proxy", "socks5h://e:5"),
            ("ALL_PROXY", "http://f:6"),
        ];
        let cases = [
            (&all[..], HTTPS, "http://a:1 by https_proxy"),
            (&all[1..], HTTPS, "http://b:2 by HTTPS_PROXY"),
            (&all[2..], HTTPS, "socks5h://e:5 by all_proxy"),
            (&all[5..], HTTPS, "http://f:6 by ALL_PROXY"),
            (&all[..], HTTP, "http://c:3 by http_proxy"),
            (&all[3..], HTTP, "http://d:4 by HTTP_PROXY"),
            (&[], HTTP, "none"),
            (&[("HTTPS_PROXY", "")], HTTPS, "none"),
            (&[("HTTP_PROXY", "http://d:4"), ("REQUEST_METHOD", "GET")], HTTP, "none"),
            (&all[..], "https://127.0.0.1", "https_proxy does not count for this machine"),
        ];
        for (variables, url, expected) in cases {
            assert_eq!(shown(None, variables, url), expected, "{variables:?}");
        }
        assert_eq!(shown(Some("http://z:9"), &all, HTTPS), "http://z:9 by --proxy");
        assert_eq!(shown(Some("z:9"), &all, "http://localhost"), "http://z:9 by --proxy");
        assert_eq!(shown(Some(""), &all, HTTPS), "--proxy ''");
    }

    #[test]
    fn no_proxy_excepts_hosts_from_options_and_variables() {
        let cases = [("*.example.com", true), ("other.com", false)];
        for (list, excepted) in cases {
            for proxy in [None, Some("http://z:9")] {
                let variables = [("HTTPS_PROXY", "http://a:1"), ("NO_PROXY", list)];
                let shown = shown(proxy, &variables, HTTPS);
                assert_eq!(
                    shown == "NO_PROXY excepts crm.example.com",
                    excepted,
                    "{list}: {shown}"
                );
            }
        }
        let variables = [("http_proxy", "http://a:1"), ("no_proxy", "10.0.0.0/8")];
        assert_eq!(shown(None, &variables, "http://10.1.2.3"), "no_proxy excepts 10.1.2.3");
    }

    #[test]
    fn a_port_that_is_not_named_is_curls() {
        let cases = [
            ("http://p", "http://p:1080"),
            ("http://p:80", "http://p:80"),
            ("p", "http://p:1080"),
            ("http://p:", "http://p:1080"),
            ("https://p", "https://p:443"),
            ("socks5://[::1]", "socks5://[::1]:1080"),
            ("socks5h://p:9/", "socks5h://p:9"),
            ("socks://p:9/", "socks5h://p:9"),
            ("SOCKS://p", "socks5h://p:1080"),
            ("HTTP://tim@p", "http://p:1080"),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(Some(text), &[], HTTPS), format!("{expected} by --proxy"), "{text}");
        }
    }

    #[test]
    fn what_is_no_proxy_is_said_without_its_password() {
        let cases = [
            ("http://tim:canary@p:99999", "'http://***@p:99999' is no proxy: invalid port number"),
            ("http://tim:can/ary@p:1", "'http://***@p:1' is no proxy: invalid port number"),
            ("http://canary@", "'http://***@' is no proxy: empty host"),
            ("tim:canary", "'tim:***' is no proxy: invalid port number"),
            (
                "ftp://tim:canary@p",
                "'ftp://***@p' is no proxy: its scheme is none of http, https, socks5 and socks5h",
            ),
            (
                "http://p:1/canary@x",
                "'http://***@x' is no proxy: it has more than a host and a port",
            ),
            ("http://", "'http://' is no proxy: empty host"),
            (
                "http://tim%3Acanary%40p:1",
                "'http://***@p:1' is no proxy: invalid international domain name",
            ),
            (
                "http://tim%253Acanary%2540p:1",
                "'http://***@p:1' is no proxy: invalid international domain name",
            ),
            (
                "http://tim%3Acanary",
                "'http://tim:***' is no proxy: invalid international domain name",
            ),
            (
                "socks5h://tim%3Acanary%40p:1",
                "'socks5h://***@p:1' is no proxy: its host holds an encoded character",
            ),
            ("tim%3Acanary%2F%40p", "'***@p' is no proxy: invalid international domain name"),
            ("http://p/canary", "'http://p/…' is no proxy: it has more than a host and a port"),
            (
                "http://p x:1",
                "'http://p x:1' is no proxy: it holds white space, control characters or no UTF-8",
            ),
        ];
        for (text, expected) in cases {
            let variables = [("HTTPS_PROXY", text)];
            let message = shown(None, &variables, HTTPS);
            let message = message.strip_prefix("HTTPS_PROXY: ").expect("the variable's name");
            assert!(!message.contains("canary"), "{message}");
            assert_eq!(message, expected, "{text}");
        }
        let message = shown(Some("http://tim:canary@p:1"), &[], HTTPS);
        assert_eq!(message, "--proxy: the address holds a password");
        let message = shown(Some("http://tim%3Acanary@p:1"), &[], HTTPS);
        assert_eq!(message, "--proxy: the proxy's user holds an encoded colon");
    }

    #[test]
    fn user_and_password_of_a_variable_are_decoded() {
        let variables = [("HTTPS_PROXY", "http://t%40m:p%25%3Aä@p:1")];
        let plan = plan_for(None, &variables, HTTPS).expect("a proxy");
        let login = plan.route.proxy.and_then(|proxy| proxy.login).expect("a login");
        assert_eq!((login.user.as_str(), login.password()), ("t@m", "p%:ä"));
        assert!(!format!("{login:?}").contains("p%:ä"));
    }

    proptest! {
        #[test]
        fn a_malformed_proxy_tells_no_password(before in "[a-z:/@%]{0,6}", after in "[a-z0-9:/@ ]{0,8}") {
            let encoded = |text: String| text.replace(':', "%3A").replace('@', "%40");
            for text in [
                format!("http://{before}:canary@{after}"),
                format!("{before}:canary{after}"),
                format!("socks5://{}", encoded(format!("{before}:canary@{after}"))),
                format!("http://{}", encoded(format!("{before}:canary@{after}"))),
                encoded(format!("{before}:canary{after}")),
            ] {
                let named = Sourced::new(text, Source::Variable("HTTPS_PROXY"));
                let shown = match read(&named) {
                    Ok(proxy) => proxy.address(),
                    Err(error) => error.to_string(),
                };
                prop_assert!(!shown.contains("canary"), "{shown}");
            }
        }
    }
}
