//! `get --dry-run`: each call as a command of a POSIX shell script that sends it with curl.
//!
//! The script is made from the plan of the call. It holds no secret: each is a variable
//! there, and reaches curl by its standard input, because arguments can be read by every
//! user of the machine.

mod shell_variables;

use std::fmt::{Display, Write as _};
use std::path::Path;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::answer::xml;
use crate::api::credential::{AUTHORIZATION, Authentication, BEARER, SO_TICKET};
use crate::api::endpoint;
use crate::api::get_tickets::Query;
use crate::commands::write;
use crate::context::Context;
use crate::error::Result;
use crate::http::proxy::{Login, Route};
use crate::http::request::Request;
use crate::http::request::{BasicCharset, Header, HeaderText};
use crate::http::tls::Tls;
use crate::http::tls::trust::Trust;
use crate::output::terminal;
use crate::secret::secret_reader;
use crate::settings::plan::call::CallPlan;
use crate::settings::plan::get::GetPlan;
use crate::settings::registry::{SYSTEM_USER_PRIVATE_KEY, SYSTEM_USER_TOKEN, TICKET, TOKEN};
use crate::settings::resolve::credential::CredentialPlan;
use crate::settings::resolve::header::HeaderArg;
use crate::settings::resolve::target::Target;
use crate::tenant::locator::Locator;

use shell_variables::ShellVariables;

/// The address of a tenant that is not known yet, as a variable of the script.
struct Lookup {
    /// The beginning of the address in the plan that the variable replaces.
    replaced: String,
    /// The address that the tenant's state is requested from.
    state_url: String,
}

impl Lookup {
    const VARIABLE: &str = "SOTICKETS_API";

    /// Returns the line that fills the variable.
    fn command(&self) -> String {
        let name = Self::VARIABLE;
        let take = r#"sed -n 's/.*"Api" *: *"\([^"]*\)".*/\1/p'"#;
        let state = shlex::try_quote(&self.state_url).unwrap_or_default();
        format!("{name}=\"$(curl --silent {state} | {take})\"")
    }

    /// Returns `url` with the variable in it, for curl's configuration.
    fn put_into(&self, url: &str) -> Option<String> {
        let rest = url.strip_prefix(&self.replaced)?;
        Some(format!("${}{}", Self::VARIABLE, quoted(rest)))
    }
}

/// Prints the script. It reads no secret but those in variables and files, to check that they
/// exist and to see what has to be trimmed; it runs and sends nothing.
pub(super) fn run(plan: &GetPlan, context: &mut Context<'_>) -> anyhow::Result<()> {
    let script = script(plan, context)?;
    if context.terminal.stdout {
        terminal::check(script.as_bytes(), "script", &xml::Encoding::default())
            .map_err(|error| error.hint("send it to a pipe or a file"))?;
    }
    Ok(write(context.stdout, script.as_bytes())?)
}

/// Directs `request` to the endpoint of a tenant. If the cache does not know it, returns what
/// looks it up.
fn set_address(
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
    let replaced = tenant.environment.url(&format!("/{}/api", tenant.name));
    request.set_address(&endpoint::parse(replaced.as_str(), "--tenant")?);
    Ok(Some(Lookup { replaced: replaced.into(), state_url: locator.state_url().to_string() }))
}

/// Returns the script: what fills its variables, then curl with its configuration.
fn script(plan: &GetPlan, context: &Context<'_>) -> Result<String> {
    let call = &plan.call;
    let mut request = plan.query.request(&call.address()?, &Authentication::default())?;
    let lookup = set_address(&mut request, call.target.as_ref(), context)?;
    // The script has the ticket of a system user, and not what that is exchanged for.
    let (signing, sent): (Vec<_>, Vec<_>) = call.all_secrets().into_iter().partition(|secret| {
        [SYSTEM_USER_TOKEN.variable, SYSTEM_USER_PRIVATE_KEY.variable].contains(&&*secret.variable)
    });
    for secret in signing {
        secret_reader::peek(secret, &context.variables)?;
    }
    let variables = ShellVariables::new(sent, session_variable(call), &context.variables)?;
    let mut script = String::new();
    let lookup_command = lookup.as_ref().map(Lookup::command);
    for command in lookup_command.as_deref().into_iter().chain(variables.lines()) {
        // A quoted word may hold a line break. The rest of it is a comment, too.
        let _ = writeln!(script, "# first: {}", command.replace('\n', "\n# "));
    }
    let url = request.url.as_str();
    let looked_up = lookup.and_then(|lookup| lookup.put_into(url));
    let url = looked_up.unwrap_or_else(|| quoted(url));
    for ids in plan.batches() {
        request.body = Query::body(ids);
        add_command(call, &url, &request, &variables, &mut script);
    }
    Ok(script)
}

/// Adds the command that sends `request` to `url`.
fn add_command(
    call: &CallPlan,
    url: &str,
    request: &Request,
    variables: &ShellVariables,
    script: &mut String,
) {
    script.push_str("curl --config - <<END\n");
    let mut line = |option: &str, value: &str| {
        let _ = writeln!(script, "{option} = \"{value}\"");
    };
    line("url", url);
    line("data", &quoted(&request.body));
    for header in &request.headers {
        add_header(header, &mut line);
    }
    add_secret_headers(call, variables, &mut line);
    let network = &call.network.network;
    let password = call.network.password.as_ref().map(|secret| variables.name(&secret.origin));
    add_route(&call.network.route, password, &mut line);
    add_tls(&network.tls, &mut line);
    if network.retries > 0 {
        line("retry", &network.retries.to_string());
        script.push_str("retry-connrefused\n");
    }
    if network.tls.insecure {
        script.push_str("insecure\n");
    }
    script.push_str("globoff\ncompressed\nsilent\nshow-error\nEND\n");
}

/// Adds the credential, the application token and the headers of `-H`.
fn add_secret_headers(
    call: &CallPlan,
    variables: &ShellVariables,
    line: &mut dyn FnMut(&str, &str),
) {
    let secret = |name: &str, prefix: &str, origin: &dyn Display| {
        quoted(&format!("{name}: {prefix}")) + &from_variable(variables.name(origin))
    };
    let mut app_token = call.app_token.as_ref();
    match &call.credential {
        None => {}
        Some(CredentialPlan::SoTicket(ticket)) => {
            line("header", &secret(AUTHORIZATION, SO_TICKET, &ticket.origin));
        }
        Some(CredentialPlan::Bearer(token)) => {
            line("header", &secret(AUTHORIZATION, BEARER, &token.origin));
        }
        Some(CredentialPlan::SignedIn(session)) => {
            line("header", &secret(AUTHORIZATION, BEARER, &session.store.label()));
        }
        Some(CredentialPlan::Xsrf { token, cookie }) => {
            line("header", &secret("X-XSRF-TOKEN", "", &token.origin));
            line("header", &secret("Cookie", "", &cookie.origin));
        }
        Some(CredentialPlan::SystemUser(user)) => {
            line("header", &secret(AUTHORIZATION, SO_TICKET, &user.token.origin));
            app_token = app_token.or(Some(&user.application_token));
        }
        Some(CredentialPlan::Basic { user, password, charset }) => {
            line("user", &basic(user, variables.name(&password.origin), charset.value));
        }
    }
    if let Some(token) = app_token {
        line("header", &secret("SO-AppToken", "", &token.origin));
    }
    for arg in &call.headers {
        match arg {
            HeaderArg::Plain(header) => add_header(header, line),
            HeaderArg::Secret(name, value) => line("header", &secret(name, "", &value.origin)),
        }
    }
}

/// Returns the origin of the ticket or token of a sign-in, its variable, and a comment that
/// says how it is obtained: no single command prints it.
fn session_variable(call: &CallPlan) -> Option<(String, &'static str, String)> {
    if let Some(CredentialPlan::SystemUser(user)) = &call.credential {
        let name = TICKET.variable;
        let line = format!(
            "{name}=...  # the ticket that the system user's signed token is exchanged for"
        );
        return Some((user.token.origin.to_string(), name, line));
    }
    let session = call.sign_in()?;
    let name = TOKEN.variable;
    let line = format!("{name}=... # an access token; sotickets does not show the sign-in's");
    Some((session.store.label(), name, line))
}

fn add_header(header: &Header, line: &mut dyn FnMut(&str, &str)) {
    if let HeaderText::Plain(value) = &header.text {
        // curl sends a header without a value only if a semicolon ends its name.
        let text = match value.as_str() {
            "" => format!("{};", header.name),
            value => format!("{}: {value}", header.name),
        };
        line("header", &quoted(&text));
    }
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

/// Adds the lines for the proxy; `password` is the variable of its password.
fn add_route(route: &Route, password: Option<&str>, line: &mut dyn FnMut(&str, &str)) {
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
                let password = password.map(|name| from_variable_edited(name, "s/%/%25/g; "));
                line("proxy-user", &format!("{user}:{}", password.unwrap_or_default()));
            }
        }
    }
}

/// Adds the lines for TLS.
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

/// Quotes `text` for curl's configuration inside a here-document.
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

/// Expands the variable `name` with curl's escapes, because a password may hold a quote or a
/// backslash.
fn from_variable(name: &str) -> String {
    from_variable_edited(name, "")
}

/// Expands the variable `name` with the further commands `edit` of sed.
fn from_variable_edited(name: &str, edit: &str) -> String {
    format!(r#"$(printf %s "${name}" | sed '{edit}s/[\\"]/\\&/g')"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_special_to_shell_or_curl_are_escaped() {
        assert_eq!(quoted(r#"a"b\c$d`e"#), r#"a\\"b\\\\c\$d\`e"#);
    }
}
