//! The request as a curl command, for a dry run.

use std::fmt::Write as _;
use std::path::Path;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::api::endpoint;
use crate::context::Context;
use crate::error::Result;
use crate::http::header::{BasicCharset, Header, HeaderText};
use crate::http::network::Network;
use crate::http::proxy::{Login, Route};
use crate::http::request::Request;
use crate::http::tls::Tls;
use crate::http::tls::trust::Trust;
use crate::secret::resolved_secret::ResolvedSecret;
use crate::settings::resolve::target::Target;
use crate::tenant::locator::Locator;

/// An address that is not known yet, in a dry run.
#[derive(Clone, Debug)]
pub struct Lookup {
    /// What stands in the request for it.
    pub stands_for: String,
    /// Where to ask for it.
    pub state: String,
}

impl Lookup {
    /// The variable that holds it.
    const VARIABLE: &str = "SOTICKETS_API";

    /// What fills the variable.
    fn export(&self) -> String {
        let name = Self::VARIABLE;
        let take = r#"sed -n 's/.*"Api" *: *"\([^"]*\)".*/\1/p'"#;
        let state = shlex::try_quote(&self.state).unwrap_or_default();
        format!("{name}=\"$(curl --silent {state} | {take})\"")
    }

    /// `url` with the variable in it, inside quotes.
    fn put_into(&self, url: &str) -> Option<String> {
        let rest = url.strip_prefix(&self.stands_for)?;
        Some(format!("${}{}", Self::VARIABLE, quoted(rest)))
    }
}

/// Directs `request` to the endpoint of a tenant, as far as the cache knows it, or returns what
/// looks it up.
///
/// # Errors
/// A usage error for an address that cannot be used.
pub(crate) fn set_address(
    request: &mut Request,
    target: Option<&Target>,
    context: &Context<'_>,
) -> Result<Option<Lookup>> {
    let Some(Target::Tenant(tenant)) = target else { return Ok(None) };
    let locator = Locator::new(tenant, context);
    if let Some(location) = locator.cached() {
        request.set_address(&location.address);
        return Ok(None);
    }
    let stands_for = tenant.environment.url(&format!("/{}/api", tenant.name));
    request.set_address(&endpoint::parse(stands_for.as_str(), "--tenant")?);
    Ok(Some(Lookup { stands_for: stands_for.to_string(), state: locator.state_url().to_string() }))
}

/// A POSIX shell script that sends `request` with curl. It holds no secret: each
/// stands in it as a variable, and reaches curl by its standard input, because
/// arguments can be read by every user of the machine. An address that has to be looked
/// up stands in it as a variable, too.
pub(crate) fn script(
    mut request: Request,
    network: &Network,
    mut route: Route,
    lookup: Option<&Lookup>,
) -> String {
    let login = route.proxy.as_mut().and_then(|proxy| proxy.login.as_mut());
    let mut secrets: Vec<&mut ResolvedSecret> =
        request.headers.iter_mut().filter_map(Header::resolved_mut).collect();
    secrets.extend(login.and_then(|login| login.password.as_mut()));
    give_each_its_variable(&mut secrets);
    let mut script = String::new();
    if let Some(lookup) = lookup {
        let _ = writeln!(script, "# first: {}", lookup.export());
    }
    for export in secrets.iter().filter_map(|held| held.export.as_ref()) {
        // A quoted word may hold a line break, and what follows it is no command.
        let _ = writeln!(script, "# first: {}", export.replace('\n', "\n# "));
    }
    script.push_str("curl --config - <<END\n");
    let mut line = |option: &str, value: &str| {
        let _ = writeln!(script, "{option} = \"{value}\"");
    };
    let url = &request.url;
    let looked_up = lookup.and_then(|lookup| lookup.put_into(url.as_str()));
    line("url", &looked_up.unwrap_or_else(|| quoted(url.as_str())));
    line("data", &quoted(&request.body));
    for header in &request.headers {
        match &header.text {
            HeaderText::Plain(value) if value.is_empty() => {
                line("header", &quoted(&format!("{};", header.name)));
            }
            HeaderText::Plain(value) => {
                line("header", &quoted(&format!("{}: {value}", header.name)));
            }
            HeaderText::Secret { prefix, secret } => {
                let start = quoted(&format!("{}: {prefix}", header.name));
                line("header", &format!("{start}{}", from_variable(&secret.variable)));
            }
            HeaderText::Basic { user, password, charset } => {
                line("user", &basic(user, &password.variable, *charset));
            }
        }
    }
    add_route(&route, &mut line);
    add_tls(&network.tls, &mut line);
    if network.retries > 0 {
        line("retry", &network.retries.to_string());
        script.push_str("retry-connrefused\n");
    }
    if network.tls.insecure {
        script.push_str("insecure\n");
    }
    script.push_str("globoff\ncompressed\nsilent\nshow-error\nEND\n");
    script
}

/// Returns user and password for curl, in the encoding that the call sends.
fn basic(user: &str, variable: &str, charset: BasicCharset) -> String {
    let user = format!("{user}:");
    match charset {
        BasicCharset::Utf8 => format!("{}{}", quoted(&user), from_variable(variable)),
        // curl sends the bytes that it reads.
        BasicCharset::Latin1 => {
            let user = shlex::try_quote(&user).unwrap_or_default();
            format!(
                r#"$(printf '%s%s' {user} "${variable}" | sed 's/[\\"]/\\&/g' | iconv -f UTF-8 -t ISO-8859-1)"#
            )
        }
    }
}

/// The lines for the way to the server.
fn add_route(route: &Route, line: &mut dyn FnMut(&str, &str)) {
    let Some(proxy) = &route.proxy else {
        if route.bypass_reason.is_some() {
            // curl reads the same variables, and has other exceptions.
            line("noproxy", "*");
        }
        return;
    };
    match &proxy.login {
        Some(Login { variable: Some(variable), .. }) if proxy.is_socks() => {
            // curl reads socks:// as SOCKS4.
            let socks5h = "s|^ *[Ss][Oo][Cc][Kk][Ss]:|socks5h:|; ";
            line("proxy", &from_variable_edited(variable, socks5h));
        }
        Some(Login { variable: Some(variable), .. }) => line("proxy", &from_variable(variable)),
        login => {
            line("proxy", &quoted(&proxy.address()));
            if let Some(login) = login {
                // curl takes the first colon for the end of the name, and decodes both.
                let user = utf8_percent_encode(&login.user, NON_ALPHANUMERIC).to_string();
                let password = login.password.as_ref();
                let password = password.map(|held| from_variable_encoded(&held.variable));
                line("proxy-user", &format!("{user}:{}", password.unwrap_or_default()));
            }
        }
    }
}

/// The lines for TLS.
fn add_tls(tls: &Tls, line: &mut dyn FnMut(&str, &str)) {
    let path = |path: &Path| path.to_string_lossy().into_owned();
    if let Trust::Named(named) = &tls.trust
        && let Some(bundle) = &named.cacert
    {
        line("cacert", &quoted(&path(bundle)));
    }
    if let Some(identity) = &tls.identity {
        // Behind a colon curl would look for a passphrase.
        let certificate = path(&identity.certificate).replace('\\', "\\\\").replace(':', "\\:");
        line("cert", &quoted(&certificate));
        if let Some(key) = &identity.key_file {
            line("key", &quoted(&path(key)));
        }
    }
}

/// Renames the variable of a secret that would overwrite another's.
fn give_each_its_variable(secrets: &mut [&mut ResolvedSecret]) {
    // The name of a variable that is set already, or filled by the line of `origin`.
    let mut taken: Vec<(String, Option<String>)> = secrets
        .iter()
        .filter(|held| held.export.is_none())
        .map(|held| (held.variable.clone(), None))
        .collect();
    for held in secrets {
        let Some(export) = &held.export else { continue };
        let own = Some(held.origin.clone());
        let is_free = |name: &String| taken.iter().all(|(other, by)| other != name || *by == own);
        let numbered = (2..).map(|number| format!("{}_{number}", held.variable));
        let name = std::iter::once(held.variable.clone()).chain(numbered).find(is_free);
        let name = name.unwrap_or_default();
        // The first mention is the one that fills it.
        held.export = Some(export.replacen(&held.variable, &name, 1));
        held.variable.clone_from(&name);
        taken.push((name, own));
    }
}

/// `text` inside the quotes of curl's configuration, inside a here-document.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            // A backslash before `"` for curl; the shell halves `\\` here.
            '"' => out.push_str("\\\\\""),
            '\\' => out.push_str("\\\\\\\\"),
            '$' | '`' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// The same for a value that curl decodes.
fn from_variable_encoded(name: &str) -> String {
    from_variable_edited(name, "s/%/%25/g; ")
}

/// The variable's value with curl's own escapes, since a password may hold a
/// quote or a backslash.
fn from_variable(name: &str) -> String {
    from_variable_edited(name, "")
}

/// The same after the commands `edit` of sed.
fn from_variable_edited(name: &str, edit: &str) -> String {
    format!(r#"$(printf %s "${name}" | sed '{edit}s/[\\"]/\\&/g')"#)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    fn header(name: &str, variable: &str, export: Option<&str>) -> Header {
        let held = ResolvedSecret {
            value: Secret::new(String::new()),
            origin: name.to_owned(),
            variable: variable.to_owned(),
            export: export.map(str::to_owned),
        };
        Header::secret(name, "", held)
    }

    #[test]
    fn no_secret_takes_the_variable_of_another() {
        let mut headers = [
            header("A", "V", Some("V=\"$(cat V)\"")),
            header("B", "V", Some("IFS= read -r V")),
            header("C", "V_2", None),
            header("D", "W", Some("W=1")),
        ];
        let mut secrets: Vec<_> = headers.iter_mut().filter_map(Header::resolved_mut).collect();
        give_each_its_variable(&mut secrets);
        let shown: Vec<String> = headers
            .iter()
            .filter_map(Header::resolved)
            .map(|held| format!("{} {}", held.variable, held.export.as_deref().unwrap_or("")))
            .collect();
        assert_eq!(shown, ["V V=\"$(cat V)\"", "V_3 IFS= read -r V_3", "V_2 ", "W W=1"]);
    }

    #[test]
    fn what_shell_and_curl_would_read_is_escaped() {
        assert_eq!(quoted(r#"a"b\c$d`e"#), r#"a\\"b\\\\c\$d\`e"#);
    }
}
