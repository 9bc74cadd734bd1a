//! A sign-in that lasts: who, where, and tokens that are renewed in time.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Kind, Result};
use crate::http::address::Address;
use crate::http::client::Connection;
use crate::http::trace::Trace;
use crate::secret::Secret;

use super::discovery::Discovery;
use super::store::SessionStore;
use super::token_request::{Application, Exchange, Tokens};
use crate::tenant::environment::Service;

/// What is known of a sign-in beside its tokens; none of it is a secret.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Session {
    /// The address of the service.
    pub(crate) service: String,
    /// The application, by its id.
    pub(crate) client_id: String,
    /// The tenant, where it is known.
    pub(crate) tenant: Option<String>,
    /// The address of the tenant's API, as the service gave it at the sign-in.
    pub(crate) url: Option<String>,
    /// Who signed in, as the service names them.
    pub(crate) user: Option<String>,
    /// When.
    pub(crate) since: DateTime<Utc>,
    /// Where the tokens are.
    pub(crate) place: Place,
}

/// Where tokens are kept.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Place {
    /// In the platform's own store of secrets.
    Keyring,
    /// In the same file.
    File(Tokens),
}

/// Tokens are renewed so long before they end, so that a call that takes a while, and
/// a clock that is a little slow, do not matter.
const EARLY: TimeDelta = TimeDelta::seconds(60);

impl Session {
    /// The service.
    ///
    /// # Errors
    /// Where the file was changed into something else.
    pub(crate) fn service(&self) -> Result<Service> {
        Service::parse(&self.service, "the sign-in")
    }

    /// Whether its token may be sent to `address`: to the hosts of its service alone.
    ///
    /// # Errors
    /// A usage error that names both; `origin` says what led there.
    pub(crate) fn check(&self, address: &Address, origin: &str) -> Result<()> {
        let service = self.service()?;
        if service.owns(address.url()) {
            return Ok(());
        }
        Err(Error::usage(format!(
            "{origin} leads to {}, and the sign-in is for {} alone",
            address.server(),
            service.realm()
        ))
        .hint("leave the address to the sign-in, or give a credential for this server"))
    }
}

/// A sign-in in its slot.
#[derive(Clone, Debug)]
pub(crate) struct SignIn {
    /// Where it is kept.
    pub(crate) slot: SessionStore,
    /// What is known of it.
    pub(crate) session: Session,
}

impl SignIn {
    /// A token that holds now, renewed where need be; not `refused`, which the server
    /// did not take. Of many who ask at once one renews it, and the others wait for that.
    /// Gives nothing where the refused one cannot be renewed.
    ///
    /// # Errors
    /// Of [`Kind::Authentication`] where a person has to sign in again.
    pub(crate) fn token(
        &self,
        refused: Option<&Secret>,
        connection: &Connection,
        watch: &mut Trace<'_>,
    ) -> Result<Option<Secret>> {
        let now = DateTime::<Utc>::from((watch.now)());
        let tokens = self.slot.tokens(&self.session)?;
        if holds(&tokens, refused, now) {
            return Ok(Some(tokens.access));
        }
        if refused.is_some() && tokens.refresh.is_none() {
            return Ok(None);
        }
        let _lock = self.slot.lock(&connection.limits, watch)?;
        let session = self.slot.load()?.ok_or_else(|| self.slot.gone())?;
        let tokens = self.slot.tokens(&session)?;
        if holds(&tokens, refused, now) {
            watch.trace("* another call has renewed the sign-in");
            return Ok(Some(tokens.access));
        }
        let room = self.slot.reserve_for(&session)?;
        let tokens = self.renewed(&session, tokens, connection, watch)?;
        if let Err(reason) = self.slot.keep(&session, &tokens, room) {
            // The old refresh token may be spent: the new token is all that there is.
            let shown = self.slot.shown();
            watch.warn(
                &format!("{shown} was renewed and could not be kept: {reason}"),
                &format!("if the next call is refused, {}", self.slot.again()),
            );
        }
        Ok(Some(tokens.access))
    }

    fn renewed(
        &self,
        session: &Session,
        tokens: Tokens,
        connection: &Connection,
        watch: &mut Trace<'_>,
    ) -> Result<Tokens> {
        let Some(refresh) = &tokens.refresh else {
            let message = format!("{} has ended, and there is no refresh token", self.slot.shown());
            return Err(Error::new(Kind::Authentication, message).hint(self.slot.again()));
        };
        watch.trace(&format!("* renewing {}", self.slot.shown()));
        let service = session.service()?;
        let discovery = Discovery::ask(&service, connection, watch)?;
        let application =
            Application { id: session.client_id.clone(), secret: tokens.client_secret.clone() };
        let (service, discovery, application) = (&service, &discovery, &application);
        let exchange = Exchange { service, discovery, connection, application };
        exchange.renew(refresh, watch).map_err(|error| match error.kind() {
            Kind::Authentication => error.hint(self.slot.again()),
            _ => error,
        })
    }
}

/// Whether a call can be made with these tokens.
fn holds(tokens: &Tokens, refused: Option<&Secret>, now: DateTime<Utc>) -> bool {
    let is_refused = refused.is_some_and(|refused| refused.expose() == tokens.access.expose());
    !is_refused && tokens.expires.is_none_or(|end| now + EARLY < end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_holds_until_a_minute_before_its_end_or_its_refusal() {
        let now = DateTime::UNIX_EPOCH;
        let tokens = |seconds: Option<i64>| Tokens {
            access: Secret::new("8A:a".to_owned()),
            expires: seconds.map(|seconds| now + TimeDelta::seconds(seconds)),
            refresh: None,
            client_secret: None,
        };
        let refused = Secret::new("8A:a".to_owned());
        let other = Secret::new("8A:b".to_owned());
        for (seconds, refused, expected) in [
            (Some(61), None, true),
            (Some(60), None, false),
            (Some(-1), None, false),
            (None, None, true),
            (None, Some(&refused), false),
            (Some(61), Some(&refused), false),
            (Some(61), Some(&other), true),
        ] {
            assert_eq!(holds(&tokens(seconds), refused, now), expected, "{seconds:?}");
        }
    }
}
