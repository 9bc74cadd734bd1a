//! The questions about a tenant of Online: its name, and the application that signs in there.

use crate::cli::auth::LoginArgs;
use crate::commands::messages;
use crate::commands::question::TextQuestion;
use crate::context::Context;
use crate::error::Result;
use crate::settings::plan::profile_login::{PROMPT, given_credential};
use crate::settings::registry;
use crate::settings::resolve::header::check_header_value;
use crate::settings::resolve::target;
use crate::tenant::Tenant;

use super::interview::Interview;

impl Interview<'_> {
    /// Asks for what is missing in `args`. The browser asks for the rest.
    pub(super) fn ask_online(&self, args: &mut LoginArgs, context: &mut Context<'_>) -> Result<()> {
        let has_credential = given_credential(args).is_some();
        if args.tenant.is_none() && !self.is_known(args, &registry::TENANT) {
            let tenant = self.ask_tenant(has_credential, context)?;
            args.tenant = Some(tenant).filter(|tenant| !tenant.is_empty());
        }
        if has_credential {
            return Ok(());
        }
        if args.client_id.is_none() && !self.is_known(args, &registry::CLIENT_ID) {
            args.client_id = Some(self.ask_client_id(context)?);
        }
        if args.client_secret.is_none() && !self.is_known(args, &registry::CLIENT_SECRET) {
            messages::line(context, NO_CLIENT_SECRET);
            args.client_secret = Some(PROMPT.to_owned());
        }
        Ok(())
    }

    /// Asks for the name of the tenant; unless it `is_required`, it may be empty, and the browser
    /// asks.
    fn ask_tenant(&self, is_required: bool, context: &mut Context<'_>) -> Result<String> {
        let help = match is_required {
            true => "such as Cust12345",
            false => "such as Cust12345; Enter: choose it in the browser",
        };
        let question = TextQuestion { label: "Tenant", help, default: "" };
        let environment = target::environment(self.settings.find(&registry::ENVIRONMENT))?;
        let parse = |answer: &str| {
            if answer.is_empty() && !is_required {
                return Ok(String::new());
            }
            let tenant = Tenant::new(answer, "the tenant", environment.clone())?;
            Ok(tenant.name)
        };
        self.ask_until(&question, parse, context)
    }

    fn ask_client_id(&self, context: &mut Context<'_>) -> Result<String> {
        let of_default = self.profiles.default_name().and_then(|name| self.profiles.find(name));
        let of_default = of_default.and_then(|profile| profile.find(&registry::CLIENT_ID));
        let question = TextQuestion {
            label: "Client id",
            help: "that of the application, as SuperOffice registered it",
            default: &of_default.map(|id| id.value).unwrap_or_default(),
        };
        let parse =
            |answer: &str| check_header_value(answer, &"the client id").map(|()| answer.to_owned());
        self.ask_until(&question, parse, context)
    }
}

/// The meaning of an empty client secret.
const NO_CLIENT_SECRET: &str = "The client secret is that of the application. Enter alone: none, or that of the profile that this tenant and application have. Without one the sign-in ends after 20 to 60 minutes.";
