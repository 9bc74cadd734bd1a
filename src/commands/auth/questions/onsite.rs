//! The questions about an installation: its address, user and password.

use crate::api::endpoint;
use crate::cli::auth::LoginArgs;
use crate::commands::messages;
use crate::commands::question::TextQuestion;
use crate::context::Context;
use crate::error::Result;
use crate::http::address::Address;
use crate::settings::plan::call;
use crate::settings::plan::login;
use crate::settings::plan::login_way::is_onsite;
use crate::settings::plan::profile_login::{PROMPT, given_credential};
use crate::settings::profile::Profile;
use crate::settings::registry;
use crate::settings::resolve::header::check_user;
use crate::tenant::environment::{NAMED, OnlineEnvironment};

use super::interview::Interview;

impl Interview<'_> {
    /// Asks for what is missing in `args`. An address of Online leads to the questions about a
    /// tenant.
    pub(super) fn ask_onsite(&self, args: &mut LoginArgs, context: &mut Context<'_>) -> Result<()> {
        let is_basic = args.user.is_some() || args.password.is_some();
        let mut is_basic = is_basic || !self.has_token();
        let given = self.settings.find(&registry::URL);
        let address = loop {
            let (address, ticket_url) = match &given {
                Some(url) => {
                    let address = endpoint::parse(&url.value, &url.source.to_string())?;
                    (address, args.ticket_url.clone())
                }
                None => self.ask_address(context)?,
            };
            if !is_basic
                && given.is_none()
                && let Some(setting) = self.token_variable()
            {
                is_basic = !self.confirm_variable(setting, &address, context)?;
            }
            if is_basic && let Some(tenant) = tenant_of_online(&address) {
                args.tenant = Some(tenant.to_owned());
                args.url = None;
                self.set_environment(&address, args, context)?;
                let environment = args.environment.as_deref().map(|it| format!(" ({it})"));
                let environment = environment.unwrap_or_default();
                messages::line(
                    context,
                    &format!("This is tenant {tenant} of Online{environment}."),
                );
                return self.ask_online(args, context);
            }
            args.url = Some(endpoint::site(&address).to_owned());
            args.ticket_url = ticket_url;
            if self.may_be_used(&address, args, context)? {
                break address;
            }
            if given.is_some() {
                return Err(call::unencrypted("credential", &address.host_and_port()));
            }
        };
        if is_basic && !self.has(&registry::USER) {
            args.user = Some(self.ask_user(context)?);
        }
        if is_basic && args.password.is_none() {
            let is_used = self.has(&registry::PASSWORD)
                && (given.is_some()
                    || self.confirm_variable(&registry::PASSWORD, &address, context)?);
            args.password = (!is_used).then(|| PROMPT.to_owned());
            args.asks_secret = !is_used;
        }
        Ok(())
    }

    /// Asks for the user and the password of an installation whose `profile` has neither, or for
    /// the part of them that is missing in `args`.
    pub(super) fn ask_credential(
        &self,
        profile: &Profile,
        args: &mut LoginArgs,
        context: &mut Context<'_>,
    ) -> Result<()> {
        let has_user = profile.find(&registry::USER).is_some();
        let is_basic = match given_credential(args) {
            Some(_) => args.user.is_some() || args.password.is_some(),
            None => !has_user && profile.credential_secrets()?.is_empty(),
        };
        if !is_basic || !is_onsite(profile, self.settings)? {
            return Ok(());
        }
        if !has_user && !self.has(&registry::USER) {
            args.user = Some(self.ask_user(context)?);
        }
        args.asks_secret = args.password.is_none();
        args.password.get_or_insert_with(|| PROMPT.to_owned());
        Ok(())
    }

    fn ask_user(&self, context: &mut Context<'_>) -> Result<String> {
        let question = TextQuestion { label: "User", ..TextQuestion::default() };
        self.ask_until(&question, parse_user, context)
    }

    /// Sets the environment of the tenant at `address`: the client id and the secret are for it
    /// alone. A stand-in that an option or a variable names stays, as does an option.
    fn set_environment(
        &self,
        address: &Address,
        args: &mut LoginArgs,
        context: &mut Context<'_>,
    ) -> Result<()> {
        let setting = &registry::ENVIRONMENT;
        let given = self.settings.find(setting).map(|given| given.value);
        let is_stand_in = given.as_ref().is_some_and(|given| given.contains("://"));
        if args.environment.is_some() || is_stand_in {
            return Ok(());
        }
        let name = match OnlineEnvironment::name_of_tenant_host(address.url()) {
            Some(name) => name,
            None if given.is_some() => return Ok(()),
            None => {
                let choices = NAMED.map(|(name, purpose, _)| format!("{name}: {purpose}"));
                let choice = self.asker.choice("Which environment?", &choices, context)?;
                NAMED.get(choice).map_or(NAMED[0].0, |(name, ..)| *name)
            }
        };
        if given.is_some() || setting.default != Some(name) {
            args.environment = Some(name.to_owned());
        }
        Ok(())
    }

    /// Asks for the address. Returns also that of the tickets, if the answer shows it.
    fn ask_address(&self, context: &mut Context<'_>) -> Result<(Address, Option<String>)> {
        let question = TextQuestion {
            label: "Address",
            help: "that of SuperOffice, or of a ticket, as the browser shows it",
            default: "",
        };
        let parse = |answer: &str| login::split_address(answer, "the address");
        self.ask_until(&question, parse, context)
    }

    /// Returns true if a password may be sent to `address`: it is encrypted or this machine's, or
    /// the person allows it.
    fn may_be_used(
        &self,
        address: &Address,
        args: &mut LoginArgs,
        context: &mut Context<'_>,
    ) -> Result<bool> {
        if !address.is_plain_http() || address.is_loopback() || args.allow_plain_http {
            return Ok(true);
        }
        let host = address.host_and_port();
        messages::warning(
            context,
            &format!(
                "http:// does not encrypt: others in the network can read what is sent to {host}, the password as well"
            ),
        );
        args.allow_plain_http = self.asker.confirm("Send it all the same?", false, context)?;
        Ok(args.allow_plain_http)
    }
}

fn parse_user(answer: &str) -> Result<String> {
    check_user(answer, &"the user")?;
    Ok(answer.to_owned())
}

/// Returns the tenant at `address`, if that is an address of Online.
fn tenant_of_online(address: &Address) -> Option<&str> {
    let tenant = endpoint::tenant(address)?;
    OnlineEnvironment::is_online(address.url()).then_some(tenant)
}
