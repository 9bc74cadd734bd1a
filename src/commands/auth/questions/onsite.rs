//! The questions about an installation: its address, user and password.

use crate::api::endpoint;
use crate::cli::auth::LoginArgs;
use crate::commands::messages;
use crate::commands::question::TextQuestion;
use crate::context::Context;
use crate::error::Result;
use crate::http::address::Address;
use crate::settings::registry;
use crate::settings::resolve::header::check_user;
use crate::tenant::environment::{NAMED, OnlineEnvironment};

use super::interview::{Interview, PROMPT};

impl Interview<'_> {
    /// Asks for what is missing in `args`. An address of Online leads to the questions about a
    /// tenant.
    pub(super) fn ask_onsite(&self, args: &mut LoginArgs, context: &mut Context<'_>) -> Result<()> {
        let is_basic = args.user.is_some() || args.password.is_some() || !self.has_token();
        let given = self.settings.find(&registry::URL);
        loop {
            let address = match &given {
                Some(url) => endpoint::parse(&url.value, &url.source.to_string())?,
                None => self.ask_address(context)?,
            };
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
            let may_be_used = self.may_be_used(&address, args, context)?;
            // A refused address of an option is an error of the plan.
            if may_be_used || given.is_some() {
                break;
            }
        }
        if is_basic && !self.has(&registry::USER) {
            let question = TextQuestion { label: "User", ..TextQuestion::default() };
            args.user = Some(self.ask_until(&question, parse_user, context)?);
        }
        if is_basic && !self.has(&registry::PASSWORD) {
            args.password = Some(PROMPT.to_owned());
        }
        Ok(())
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

    fn ask_address(&self, context: &mut Context<'_>) -> Result<Address> {
        let question = TextQuestion {
            label: "Address",
            help: "that of SuperOffice, or of a ticket, as the browser shows it",
            default: "",
        };
        let parse = |answer: &str| {
            let site = endpoint::before_page(answer);
            endpoint::parse(site, registry::URL.option)
        };
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
    check_user(answer, &registry::USER.option)?;
    Ok(answer.to_owned())
}

/// Returns the tenant at `address`, if that is an address of Online.
fn tenant_of_online(address: &Address) -> Option<&str> {
    let tenant = endpoint::tenant(address)?;
    OnlineEnvironment::is_online(address.url()).then_some(tenant)
}
