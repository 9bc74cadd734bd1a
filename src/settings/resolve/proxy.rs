//! The proxy settings: `--proxy`, its variable or the key of a profile, or else the usual variables;
//! and `--proxy-password`.

use crate::cli::network::NetworkArgs;
use crate::context::Variables;
use crate::error::{Error, Result};
use crate::http::proxy::rules::{NamedProxy, ProxySource, Rules};
use crate::http::proxy::{Login, Route};

use crate::platform::Platform;
use crate::secret::secret_kind::SecretKind;
use crate::secret::secret_ref::SecretRef;
use crate::settings::{Settings, registry};
use crate::source::{Source, Sourced};

const PASSWORD: &str = "--proxy-password";
/// The variable that holds the password of the proxy's user.
pub(crate) const PASSWORD_VARIABLE: &str = "SOTICKETS_PROXY_PASSWORD";

/// Returns the rules that the setting or else the usual variables make, without a password.
pub(crate) fn rules(settings: &Settings<'_>) -> Rules {
    let own = settings.find(&registry::PROXY).map(|Sourced { value, source }| NamedProxy {
        text: value,
        origin: source.to_string(),
        kind: match source {
            Source::Option(_) => ProxySource::Option,
            Source::Variable(_) => ProxySource::OwnVariable,
            _ => ProxySource::Profile,
        },
    });
    let variables = &settings.variables;
    let named = |plain_http| own.clone().or_else(|| from_variable(variables, plain_http));
    let mut names = no_proxy_variables(variables).iter();
    let exceptions = names.find_map(|name| Some((*name, variables.get(name)?)));
    Rules { https: named(false), http: named(true), exceptions, password: None }
}

/// Returns the variables that list the hosts that are reached without a proxy; the first that is
/// set counts. On Windows case makes no difference.
pub(crate) fn no_proxy_variables(variables: &Variables) -> &'static [&'static str] {
    match variables.platform() {
        Platform::Windows => &["NO_PROXY"],
        Platform::Linux | Platform::Apple => &["no_proxy", "NO_PROXY"],
    }
}

/// Returns `text`, the value of `--proxy`, as a profile may hold it: without a login.
pub(crate) fn without_login(text: &str) -> Result<String> {
    if !text.contains('@') {
        return Ok(text.to_owned());
    }
    let origin = registry::PROXY.option.to_owned();
    let named = NamedProxy { text: text.to_owned(), origin, kind: ProxySource::Option };
    named.parse().map(|proxy| proxy.address())
}

/// Checks the proxy of the setting, whether it is used or not.
pub(crate) fn check_own(rules: &Rules) -> Result<()> {
    match &rules.https {
        Some(named) if named.is_own() && !named.text.is_empty() => named.parse().map(drop),
        _ => Ok(()),
    }
}

/// Returns the password of the proxy's user that the option or else the variable names.
pub(crate) fn password(args: &NetworkArgs, variables: &Variables) -> Result<Option<SecretRef>> {
    let label = "proxy's password";
    match &args.proxy_password {
        Some(text) => SecretRef::from_option(PASSWORD, text, PASSWORD_VARIABLE, label).map(Some),
        None => {
            Ok(SecretRef::from_variable(PASSWORD_VARIABLE, label, SecretKind::Password, variables))
        }
    }
}

/// Returns the password that belongs to the user of the proxy of `route`.
pub(crate) fn password_for(
    args: &NetworkArgs,
    variables: &Variables,
    route: &Route,
) -> Result<Option<SecretRef>> {
    let login = route.proxy.as_ref().and_then(|proxy| proxy.login.as_ref());
    let is_typed = args.proxy_password.is_some();
    // A variable decided that it is not needed.
    let is_excepted = route.bypass_reason.is_some() && args.proxy.as_deref() != Some("");
    match (login, password(args, variables)?) {
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

/// Returns the proxy that a variable names, for `http://` addresses if `plain_http`. The lower
/// case goes first, as in curl; a CGI program's `HTTP_PROXY` is a header of whoever asks it.
fn from_variable(variables: &Variables, plain_http: bool) -> Option<NamedProxy> {
    let is_cgi = variables.get("REQUEST_METHOD").is_some();
    // On Windows case makes no difference.
    let is_windows = variables.platform() == Platform::Windows;
    let names: &[&str] = match (plain_http, is_cgi) {
        (false, _) if is_windows => &["HTTPS_PROXY", "ALL_PROXY"],
        (true, false) if is_windows => &["HTTP_PROXY", "ALL_PROXY"],
        (true, true) if is_windows => &["ALL_PROXY"],
        (false, _) => &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"],
        (true, false) => &["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"],
        (true, true) => &["http_proxy", "all_proxy", "ALL_PROXY"],
    };
    names.iter().find_map(|name| {
        let text = variables.get(name)?;
        let (origin, kind) = ((*name).to_owned(), ProxySource::SharedVariable);
        Some(NamedProxy { text, origin, kind })
    })
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use proptest::prelude::*;

    use super::*;
    use crate::cli::get::CallArgs;
    use crate::http::address::Address;

    fn route(proxy: Option<&str>, variables: &[(&str, &str)], url: &str) -> Result<Route> {
        let network = NetworkArgs { proxy: proxy.map(str::to_owned), ..NetworkArgs::default() };
        let call = CallArgs { network, ..CallArgs::default() };
        let variables = variables.iter().map(|(name, value)| (name.into(), value.into()));
        let variables = Variables::for_platform(Platform::Linux, variables);
        let settings = Settings::without_profile(&call, variables, Instant::now());
        let address = Address::from(url::Url::parse(url).expect("an address"));
        rules(&settings).route(&address)
    }

    /// Returns the proxy's address and origin, or the reason to bypass it, or the error.
    fn shown(proxy: Option<&str>, variables: &[(&str, &str)], url: &str) -> String {
        match route(proxy, variables, url) {
            Ok(Route { proxy: Some(proxy), .. }) => {
                format!("{} by {}", proxy.address(), proxy.origin)
            }
            Ok(Route { bypass_reason, .. }) => bypass_reason.unwrap_or_else(|| "none".to_owned()),
            Err(error) => error.to_string(),
        }
    }

    const HTTPS: &str = "https://crm.example.com/x";

    #[test]
    fn case_of_a_variable_makes_no_difference_on_windows() {
        let named = |set: &[(&str, &str)], plain_http| {
            let set = set.iter().map(|(name, value)| (name.into(), value.into()));
            let variables = Variables::for_platform(Platform::Windows, set);
            from_variable(&variables, plain_http).map(|proxy| (proxy.origin, proxy.text))
        };
        let found = |name: &str, text: &str| Some((name.to_owned(), text.to_owned()));
        assert_eq!(named(&[("https_proxy", "a")], false), found("HTTPS_PROXY", "a"));
        assert_eq!(named(&[("All_Proxy", "a")], false), found("ALL_PROXY", "a"));
        assert_eq!(named(&[("http_proxy", "a")], true), found("HTTP_PROXY", "a"));
        // The header of whoever asks a CGI program.
        assert_eq!(named(&[("http_proxy", "a"), ("REQUEST_METHOD", "GET")], true), None);
        let variables = Variables::for_platform(Platform::Windows, []);
        assert_eq!(no_proxy_variables(&variables), ["NO_PROXY"]);
    }

    #[test]
    fn usual_variables_count_as_in_curl() {
        const HTTP: &str = "http://crm.example.com/x";
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
        let shown = shown(None, &variables, "http://10.1.2.3");
        assert_eq!(shown, "no_proxy excepts 10.1.2.3");
    }

    #[test]
    fn default_port_is_that_of_curl() {
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
    fn invalid_proxy_is_quoted_without_its_password() {
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
        let route = route(None, &variables, HTTPS).expect("a proxy");
        let login = route.proxy.and_then(|proxy| proxy.login).expect("a login");
        assert_eq!(
            (login.user.as_str(), login.password.as_ref().map(|it| it.value.expose())),
            ("t@m", Some("p%:ä"))
        );
        assert!(!format!("{login:?}").contains("p%:ä"));
    }

    proptest! {
        #[test]
        fn error_of_a_malformed_proxy_reveals_no_password(before in "[a-z:/@%]{0,6}", after in "[a-z0-9:/@ ]{0,8}") {
            let encoded = |text: String| text.replace(':', "%3A").replace('@', "%40");
            for text in [
                format!("http://{before}:canary@{after}"),
                format!("{before}:canary{after}"),
                format!("socks5://{}", encoded(format!("{before}:canary@{after}"))),
                format!("http://{}", encoded(format!("{before}:canary@{after}"))),
                encoded(format!("{before}:canary{after}")),
            ] {
                let (origin, kind) = ("HTTPS_PROXY".to_owned(), ProxySource::SharedVariable);
                let named = NamedProxy { text, origin, kind };
                let shown = match named.parse() {
                    Ok(proxy) => proxy.address(),
                    Err(error) => error.to_string(),
                };
                prop_assert!(!shown.contains("canary"), "{shown}");
            }
        }
    }
}
