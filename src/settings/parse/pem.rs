//! PEM files: certificates and keys.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::deadline::Deadline;
use crate::encoding::{self, DecodeError};
use crate::error::{Error, Result};
use crate::escape;
use crate::fs::read_limited::read_limited;
use crate::secret::Secret;

use crate::settings::layers::ConfigLayers;
use crate::settings::registry::{self, Setting};
use crate::source::{Source, Sourced};

/// A file of certificates or of a key, and the setting that names it.
pub(crate) struct PemFile {
    pub(crate) path: PathBuf,
    /// The option, the variable or the line of a profile that names it.
    pub(crate) source: Source,
    /// The setting that it is for.
    key: &'static str,
}

/// The largest file that is read, in bytes. A larger one is no bundle, or has no end.
const MAX_FILE_BYTES: u64 = 16 << 20;

/// Reads the bytes of the file at `path`.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    read_limited(fs::File::open(path)?, MAX_FILE_BYTES)
}

impl PemFile {
    /// Finds the file that `setting` names. Paths need not be UTF-8, so the option is handed in
    /// as `typed`.
    pub(crate) fn find(
        typed: Option<&Path>,
        setting: &Setting,
        layers: &ConfigLayers<'_>,
    ) -> Option<Self> {
        let file = |path, source| Some(Self { path, source, key: setting.key });
        if let Some(path) = typed {
            return file(path.to_owned(), Source::Option(setting.option));
        }
        if let Some(path) = layers.environment.path(setting.variable) {
            return file(path, Source::Variable(setting.variable));
        }
        let profile = layers.profile?;
        let Sourced { value, source } = profile.find(setting)?;
        file(profile.path(&value, layers.environment), source)
    }

    /// Creates the error that says `why` this file cannot be used.
    pub(crate) fn wrong(&self, why: &str) -> Error {
        let path = escape::excerpt(&self.path.to_string_lossy(), 100);
        Error::usage(format!("{} {path}: {why}", self.source))
    }

    /// Reads the text of the file, which may be a key.
    pub(crate) fn read(&self, deadline: &Deadline) -> Result<Secret> {
        let path = self.path.clone();
        let bytes = deadline.run(move || read(&path));
        let bytes = bytes.map_err(|error| self.wrong(&error.to_string()))?;
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

    /// Parses the certificates in `text`.
    pub(crate) fn certificates(&self, text: &Secret) -> Result<Vec<CertificateDer<'static>>> {
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

    /// Parses the key in `text`.
    pub(crate) fn key(&self, text: &Secret) -> Result<PrivateKeyDer<'static>> {
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
            key if key == registry::CLIENT_KEY.key => {
                error.hint("a key in PEM begins with -----BEGIN PRIVATE KEY-----")
            }
            _ => error.hint("name the file of the key with --client-key"),
        })
    }
}

/// Returns true if `bytes` begin as PKCS#12 does: a sequence that starts with the version 3.
fn is_pkcs12(bytes: &[u8]) -> bool {
    let header = match bytes {
        [0x30, length, ..] if *length < 0x80 => 2,
        [0x30, length, ..] => 2 + usize::from(length & 0x7f),
        _ => return false,
    };
    bytes.get(header..).is_some_and(|rest| rest.starts_with(b"\x02\x01\x03"))
}

/// Returns the label of the first part of a PEM file.
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
