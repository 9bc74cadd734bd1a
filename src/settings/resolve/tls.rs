//! The TLS settings: `--cacert`, `--insecure`, `--client-cert`, `--client-key`.

use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::escape;
use crate::http::tls::trust::Trust;
use crate::http::tls::{Identity, Tls};

use crate::settings::layers::ConfigLayers;
use crate::settings::parse::pem::PemFile;
use crate::settings::registry;
use crate::settings::resolve::trust;

/// Reads the files that options, variables or the profile name, for a call that reaches its
/// proxy by TLS, if `to_proxy`.
pub(crate) fn resolve(
    layers: &ConfigLayers<'_>,
    to_proxy: bool,
    deadline: &Deadline,
) -> Result<Tls> {
    let args = &layers.call.network;
    let insecure = args.insecure;
    // With --insecure only the certificate of a proxy is checked.
    let trust = match insecure && !to_proxy {
        true => Trust::System,
        false => trust::resolve(layers, deadline)?,
    };
    let certificate = PemFile::find(args.client_cert.as_deref(), &registry::CLIENT_CERT, layers);
    let key = PemFile::find(args.client_key.as_deref(), &registry::CLIENT_KEY, layers);
    let identity = match (certificate, key) {
        (Some(certificate), key) => Some(identity(certificate, key, deadline)?),
        (None, Some(key)) => {
            return Err(Error::usage(format!(
                "{} goes with --client-cert, and none is given",
                key.source
            ))
            .hint("--client-cert FILE names the certificate that the key belongs to"));
        }
        (None, None) => None,
    };
    Ok(Tls { trust, insecure, identity })
}

fn identity(certificate: PemFile, key: Option<PemFile>, deadline: &Deadline) -> Result<Identity> {
    let text = certificate.read(deadline)?;
    let chain = certificate.certificates(&text)?;
    let of_key = key.as_ref().unwrap_or(&certificate);
    let private = match &key {
        Some(file) => file.key(&file.read(deadline)?)?,
        None => certificate.key(&text)?,
    };
    let key_file = key.as_ref().map(|file| file.path.clone());
    Identity::new(chain, private, certificate.path.clone(), key_file).map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => {
            of_key.wrong("its key belongs to another certificate").hint(format!(
                "the certificate is that of {}",
                escape::excerpt(&certificate.path.to_string_lossy(), 100)
            ))
        }
        rustls::Error::InvalidCertificate(_) => certificate.wrong("its certificate is damaged"),
        _ => of_key
            .wrong("its key is damaged, or of a kind that is not known here")
            .hint("known are RSA, ECDSA with P-256 or P-384, and Ed25519"),
    })
}
