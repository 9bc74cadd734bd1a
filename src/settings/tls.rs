//! Certificates and keys in files: `--cacert`, `--client-cert`, `--client-key`.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::api::tls::{Identity, Tls, Trust};
use crate::deadline::Deadline;
use crate::encoding::{self, DecodeError};
use crate::error::{Error, Result};
use crate::escape;
use crate::secret::Secret;

use super::Origin;
use super::setting::{self, Levels, Setting};

/// Reads what options, variables or profile name.
///
/// # Errors
/// A usage error that names the file and says what is in it instead.
pub fn resolve(levels: &Levels<'_>, deadline: &Deadline) -> Result<Tls> {
    let args = &levels.call.network;
    let trust = match File::named(args.cacert.as_deref(), &setting::CACERT, levels) {
        _ if args.insecure => Trust::Anyone,
        Some(file) => file.trust(deadline)?,
        None => Trust::System,
    };
    let certificate = File::named(args.client_cert.as_deref(), &setting::CLIENT_CERT, levels);
    let key = File::named(args.client_key.as_deref(), &setting::CLIENT_KEY, levels);
    let identity = match (certificate, key) {
        (Some(certificate), key) => Some(identity(certificate, key, deadline)?),
        (None, Some(key)) => {
            return Err(Error::usage(format!(
                "{} goes with --client-cert, and none is given",
                key.origin
            ))
            .hint("--client-cert FILE names the certificate that the key belongs to"));
        }
        (None, None) => None,
    };
    Ok(Tls { trust, identity })
}

/// A file with what named it.
struct File {
    path: PathBuf,
    origin: String,
    /// The setting that it is for.
    key: &'static str,
}

/// More than any bundle has; what holds more is another file, or has no end.
const MOST: u64 = 16 << 20;

impl File {
    /// The file that option, variable or profile name. A path need not be UTF-8, so
    /// the option is asked for the path itself.
    fn named(typed: Option<&Path>, setting: &Setting, levels: &Levels<'_>) -> Option<Self> {
        let file = |path, origin| Some(Self { path, origin, key: setting.key });
        if let Some(path) = typed {
            return file(path.to_owned(), setting.option.to_owned());
        }
        if let Some(path) = levels.environment.path(setting.variable) {
            return file(path, setting.variable.to_owned());
        }
        let profile = levels.profile?;
        let Origin { value, origin } = profile.find(setting)?;
        file(profile.path(&value, levels.environment), origin)
    }

    /// The error that says `why` of this file.
    fn wrong(&self, why: &str) -> Error {
        let path = escape::excerpt(&self.path.to_string_lossy(), 100);
        Error::usage(format!("{} {path}: {why}", self.origin))
    }

    /// The text of it; it may be a key.
    fn read(&self, deadline: &Deadline) -> Result<Secret> {
        let path = self.path.clone();
        let read = move || {
            let mut bytes = Vec::new();
            fs::File::open(path)?.take(MOST + 1).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        let bytes = deadline.run(read).map_err(|error| self.wrong(&error.to_string()))?;
        if u64::try_from(bytes.len()).is_ok_and(|length| length > MOST) {
            return Err(self.wrong("there is more than 16 MiB of it"));
        }
        let path = escape::excerpt(&self.path.to_string_lossy(), 100);
        match encoding::decode(&bytes) {
            Ok(text) => Ok(Secret::new(text)),
            Err(error @ (DecodeError::InvalidUtf16 | DecodeError::NoByteOrderMark)) => {
                Err(self.wrong(&error.to_string()).hint(DecodeError::HINT))
            }
            Err(DecodeError::InvalidUtf8) if is_pkcs12(&bytes) => {
                Err(self.wrong("it is PKCS#12, and PEM is wanted").hint(format!(
                    "openssl pkcs12 -in {path} -nodes -out FILE.pem, then name that file"
                )))
            }
            Err(DecodeError::InvalidUtf8) if bytes.starts_with(b"\x30") => {
                Err(self.wrong("it is DER, and PEM is wanted").hint(format!(
                    "for a certificate: openssl x509 -inform der -in {path} -out FILE.pem"
                )))
            }
            Err(DecodeError::InvalidUtf8) => Err(self.wrong("it is no PEM file")),
        }
    }

    /// The certificates in `text`.
    fn certificates(&self, text: &Secret) -> Result<Vec<CertificateDer<'static>>> {
        let certificates = CertificateDer::pem_slice_iter(text.expose().as_bytes())
            .collect::<std::result::Result<Vec<_>, _>>()
            .map_err(|_| self.wrong("a certificate in it is damaged"))?;
        if !certificates.is_empty() {
            return Ok(certificates);
        }
        Err(match first_label(text.expose()) {
            Some(label) => self.wrong(&format!("it holds no certificate, but a {label}")),
            None => self.wrong("it holds no certificate in PEM"),
        }
        .hint("a certificate in PEM begins with -----BEGIN CERTIFICATE-----"))
    }

    /// Trust in the certificates of this file.
    fn trust(self, deadline: &Deadline) -> Result<Trust> {
        let certificates = self.certificates(&self.read(deadline)?)?;
        let mut roots = RootCertStore::empty();
        for (index, certificate) in certificates.iter().enumerate() {
            let place = index + 1;
            roots
                .add(certificate.clone())
                .map_err(|_| self.wrong(&format!("certificate {place} in it is damaged")))?;
        }
        Ok(Trust::Bundle { certificates, roots, path: self.path })
    }

    /// The key in `text`.
    fn key(&self, text: &Secret) -> Result<PrivateKeyDer<'static>> {
        let text = text.expose();
        if text.contains("-----BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENC") {
            let path = escape::excerpt(&self.path.to_string_lossy(), 100);
            return Err(self.wrong("its key has a passphrase").hint(format!(
                "decrypt it into a file that only you can read: openssl pkey -in {path} -out FILE.pem"
            )));
        }
        let error = match PrivateKeyDer::from_pem_slice(text.as_bytes()) {
            Ok(key) => return Ok(key),
            Err(rustls::pki_types::pem::Error::NoItemsFound) => self.wrong("it holds no key"),
            Err(_) => self.wrong("the key in it is damaged"),
        };
        Err(match self.key {
            key if key == setting::CLIENT_KEY.key => {
                error.hint("a key in PEM begins with -----BEGIN PRIVATE KEY-----")
            }
            _ => error.hint("name the file of the key with --client-key"),
        })
    }
}

fn identity(certificate: File, key: Option<File>, deadline: &Deadline) -> Result<Identity> {
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

/// Whether `bytes` begin as PKCS#12 does: a sequence that holds the version 3 first.
fn is_pkcs12(bytes: &[u8]) -> bool {
    let header = match bytes {
        [0x30, length, ..] if *length < 0x80 => 2,
        [0x30, length, ..] => 2 + usize::from(length & 0x7f),
        _ => return false,
    };
    bytes.get(header..).is_some_and(|rest| rest.starts_with(b"\x02\x01\x03"))
}

/// What the first part of a PEM file calls itself.
fn first_label(text: &str) -> Option<String> {
    let (_, after) = text.split_once("-----BEGIN ")?;
    let (label, _) = after.split_once("-----")?;
    Some(escape::excerpt(&label.to_ascii_lowercase(), 40))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pkcs12_is_known_by_its_version() {
        assert!(is_pkcs12(b"\x30\x82\x0a\x00\x02\x01\x03\x30"));
        assert!(is_pkcs12(b"\x30\x80\x02\x01\x03\x30"));
        assert!(!is_pkcs12(b"\x30\x82\x0a\x00\x30\x82"));
        assert!(!is_pkcs12(b"\x30"));
        assert!(!is_pkcs12(b"\x30\xff\x02"));
    }

    #[test]
    fn a_label_is_found() {
        assert_eq!(
            first_label("x\n-----BEGIN RSA PRIVATE KEY-----").as_deref(),
            Some("rsa private key")
        );
        assert_eq!(first_label("-----BEGIN "), None);
    }
}
