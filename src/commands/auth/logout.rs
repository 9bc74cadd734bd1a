//! `sotickets auth logout`: the stored sign-in is removed, and its tokens are revoked.

use anyhow::Result;

use crate::auth::oauth::client::{Application, OAuthClient};
use crate::cli::auth::LogoutArgs;
use crate::commands::messages;
use crate::commands::transport::with_transport;
use crate::context::Context;
use crate::http::network::Network;
use crate::settings::{Settings, plan::login};

/// Signs out.
///
/// # Errors
/// If the sign-in cannot be removed, or the service does not revoke it.
pub(super) fn run(args: &LogoutArgs, context: &mut Context<'_>) -> Result<()> {
    let call = login::call(&args.profile, Some(&args.network));
    let settings = Settings::load(&call, context)?;
    messages::warn_with_hint(context, settings.warning.as_ref());
    let store = login::store(&settings)?;
    let network = Network::default();
    let removed = with_transport(context, &network, args.verbose, |transport| {
        if !store.exists() {
            return Ok(None);
        }
        let _lock = store.lock(transport)?;
        store.remove()
    })?;
    let Some((session, tokens)) = removed else {
        messages::line(context, "nobody was signed in");
        return Ok(());
    };
    messages::line(context, &format!("{} is forgotten", store.label()));
    let (Some(session), Some(tokens)) = (session, tokens) else {
        messages::warning(context, "it was damaged, and so could not be revoked");
        return Ok(());
    };
    let revoked = session.environment().and_then(|environment| {
        let connection = login::connection(&settings, &environment, context)?;
        let application =
            Application { id: session.client_id.clone(), secret: tokens.client_secret.clone() };
        with_transport(context, &connection, args.verbose, |transport| {
            let client = OAuthClient::discover(&environment, &application, transport)?;
            match &tokens.refresh {
                Some(refresh) => client.revoke(refresh, "refresh_token", transport),
                None => client.revoke(&tokens.access, "access_token", transport),
            }
        })
    });
    match revoked {
        Ok(true) => messages::line(context, "its tokens are revoked"),
        Ok(false) => messages::line(
            context,
            "the service has no address to revoke tokens: the last one is valid until it ends",
        ),
        Err(error) => {
            return Err(error.hint("the tokens may be valid until they end").into());
        }
    }
    Ok(())
}
