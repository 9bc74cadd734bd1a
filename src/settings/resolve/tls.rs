//! The TLS settings: `--cacert`, `--insecure`, `--client-cert` and `--client-key`, whose files
//! are PEM, and the variables `SSL_CERT_FILE` and `SSL_CERT_DIR`.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs, io};

use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::context::Variables;
use crate::deadline::Deadline;
use crate::encoding::{self, DecodeError};
use crate::error::{Error, Result};
use crate::escape;
use crate::fs::read_limited::{open_file, read_limited};
use crate::http::tls::trust::{NamedCertificates, Trust};
use crate::http::tls::{Identity, Tls};
use crate::secret::Secret;
use crate::settings::Settings;
use crate::settings::registry::{self, Setting};
use crate::shell_words::quote_path;
use crate::source::{Source, Sourced};

/// Resolves the TLS settings, and reads their files. `to_proxy` is true if the proxy is reached
/// by TLS.
pub(crate) fn resolve(settings: &Settings<'_>, to_proxy: bool, deadline: &Deadline) -> Result<Tls> {
    let args = &settings.call.network;
    let insecure = args.insecure;
    // With --insecure only the certificate of a proxy is checked.
    let trust = match insecure && !to_proxy {
        true => Trust::System,
        false => trust(settings, deadline)?,
    };
    let certificate = PemFile::find(args.client_cert.as_deref(), &registry::CLIENT_CERT, settings);
    let key = PemFile::find(args.client_key.as_deref(), &registry::CLIENT_KEY, settings);
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
        rustls::Error::InconsistentKeys(_) => of_key
            .wrong("its key belongs to another certificate")
            .hint(format!("the certificate is that of {}", certificate.shown())),
        rustls::Error::InvalidCertificate(_) => certificate.wrong("its certificate is damaged"),
        _ => of_key
            .wrong("its key is damaged, or of a kind that is not known here")
            .hint("known are RSA, ECDSA with P-256 or P-384, and Ed25519"),
    })
}

const FILE_VARIABLE: &str = "SSL_CERT_FILE";
const FOLDERS_VARIABLE: &str = "SSL_CERT_DIR";

/// Reads the certificates that are trusted.
fn trust(settings: &Settings<'_>, deadline: &Deadline) -> Result<Trust> {
    let typed = settings.call.network.cacert.as_deref();
    match PemFile::find(typed, &registry::CACERT, settings) {
        Some(file) => cacert(file, deadline),
        None => by_variables(&settings.variables, deadline),
    }
}

fn cacert(file: PemFile, deadline: &Deadline) -> Result<Trust> {
    let certificates = file.certificates(&file.read(deadline)?)?;
    if let Some(index) = certificates.iter().position(|certificate| !is_sound(certificate)) {
        return Err(file.wrong(&format!("certificate {} in it is damaged", index + 1)));
    }
    let place = file.path.to_string_lossy().into_owned();
    let cacert = Some(file.path);
    Ok(Trust::Named(Arc::new(NamedCertificates { certificates, place, cacert })))
}

/// Reads the certificates that `SSL_CERT_FILE` and `SSL_CERT_DIR` name. Unlike with
/// `--cacert`, a damaged one is skipped: these are bundles that others collected.
fn by_variables(variables: &Variables, deadline: &Deadline) -> Result<Trust> {
    let mut certificates = Vec::new();
    let mut places = Vec::new();
    let mut add = |variable: &str, path: PathBuf, read: fn(&Path) -> Found| {
        let name = path.to_string_lossy().into_owned();
        let shown = escape::excerpt(&name, 100);
        let found = deadline.run(move || read(&path));
        let found = found.map_err(|error| wrong_variable(variable, &shown, &error.to_string()))?;
        if found.is_empty() {
            return Err(wrong_variable(variable, &shown, "it holds no certificate"));
        }
        certificates.extend(found);
        places.push(format!("{name} ({variable})"));
        Ok(())
    };
    if let Some(path) = variables.path(FILE_VARIABLE) {
        add(FILE_VARIABLE, path, in_file)?;
    }
    if let Some(list) = variables.path(FOLDERS_VARIABLE) {
        let folders: Vec<PathBuf> =
            env::split_paths(&list).filter(|path| !path.as_os_str().is_empty()).collect();
        if folders.is_empty() {
            let shown = escape::excerpt(&list.to_string_lossy(), 100);
            return Err(wrong_variable(FOLDERS_VARIABLE, &shown, "it names no folder"));
        }
        for folder in folders {
            add(FOLDERS_VARIABLE, folder, in_folder)?;
        }
    }
    if certificates.is_empty() {
        return Ok(Trust::System);
    }
    let place = places.join(" and ");
    Ok(Trust::Named(Arc::new(NamedCertificates { certificates, place, cacert: None })))
}

fn wrong_variable(variable: &str, path: &str, why: &str) -> Error {
    Error::usage(format!("{variable} {path}: {why}")).hint(format!(
        "correct {variable}, unset it to trust the system's certificates, or use --cacert FILE"
    ))
}

type Found = io::Result<Vec<CertificateDer<'static>>>;

/// Reads the sound certificates in a file.
fn in_file(path: &Path) -> Found {
    let bytes = read_file(path)?;
    let certificates = CertificateDer::pem_slice_iter(&bytes);
    Ok(certificates.filter_map(|read| read.ok().filter(is_sound)).collect())
}

/// Reads the sound certificates in the files of a folder. A file that cannot be read is
/// skipped.
fn in_folder(folder: &Path) -> Found {
    let entries = fs::read_dir(folder)?;
    let mut certificates = Vec::new();
    // `openssl rehash` adds links to the files.
    let mut seen = HashSet::new();
    for entry in entries.flatten() {
        let Ok(path) = entry.path().canonicalize() else { continue };
        if path.is_file() && seen.insert(path.clone()) {
            certificates.extend(in_file(&path).unwrap_or_default());
        }
    }
    Ok(certificates)
}

/// Returns true if `certificate` can be parsed.
fn is_sound(certificate: &CertificateDer<'static>) -> bool {
    RootCertStore::empty().add(certificate.clone()).is_ok()
}

/// A PEM file of certificates or of a key.
struct PemFile {
    path: PathBuf,
    /// The option, the variable or the line of a profile that names it.
    source: Source,
    /// True if it is for a key alone.
    is_key_file: bool,
}

/// The largest file that is read. A larger one is no bundle, or has no end.
const MAX_FILE_BYTES: u64 = 16 << 20;

/// Reads the bytes of the file at `path`.
fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    read_limited(open_file(path)?, MAX_FILE_BYTES)
}

impl PemFile {
    /// Finds the file that `setting` names. A path need not be UTF-8, so the value of the option
    /// is handed in as `typed`.
    fn find(typed: Option<&Path>, setting: &Setting, settings: &Settings<'_>) -> Option<Self> {
        let file = |path, source| {
            let is_key_file = setting.key == registry::CLIENT_KEY.key;
            Some(Self { path, source, is_key_file })
        };
        if let Some(path) = typed {
            return file(path.to_owned(), Source::Option(setting.option));
        }
        if let Some(path) = settings.variables.path(setting.variable) {
            return file(path, Source::Variable(setting.variable));
        }
        let profile = settings.profile()?;
        let Sourced { value, source } = profile.find(setting)?;
        file(profile.path(&value, &settings.variables), source)
    }

    fn shown(&self) -> String {
        escape::excerpt(&self.path.to_string_lossy(), 100)
    }

    /// Creates the error that says `why` this file cannot be used.
    fn wrong(&self, why: &str) -> Error {
        Error::usage(format!("{} {}: {why}", self.source, self.shown()))
    }

    /// Reads the text of the file, which may be a key.
    fn read(&self, deadline: &Deadline) -> Result<Secret> {
        let path = self.path.clone();
        let bytes = deadline.run(move || read_file(&path));
        let bytes = bytes.map_err(|error| self.wrong(&error.to_string()))?;
        match encoding::decode(&bytes) {
            Ok(text) => Ok(Secret::new(text)),
            Err(error @ (DecodeError::InvalidUtf16 | DecodeError::NoByteOrderMark)) => {
                Err(self.wrong(&error.to_string()).hint(DecodeError::HINT))
            }
            Err(DecodeError::InvalidUtf8) if is_pkcs12(&bytes) => {
                Err(self.wrong("it is PKCS#12, and PEM is wanted").hint(format!(
                    "convert it into a file that only you can read, and name that: openssl pkcs12 -in {} -nodes -out FILE.pem",
                    quote_path(&self.path)
                )))
            }
            Err(DecodeError::InvalidUtf8) if bytes.starts_with(b"\x30") => {
                Err(self.wrong("it is DER, and PEM is wanted").hint(format!(
                    "for a certificate: openssl x509 -inform der -in {} -out FILE.pem",
                    quote_path(&self.path)
                )))
            }
            Err(DecodeError::InvalidUtf8) => Err(self.wrong("it is no PEM file")),
        }
    }

    /// Parses the certificates in `text`.
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

    /// Parses the key in `text`.
    fn key(&self, text: &Secret) -> Result<PrivateKeyDer<'static>> {
        let text = text.expose();
        if text.contains("-----BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENC") {
            return Err(self.wrong("its key has a passphrase").hint(format!(
                "decrypt it into a file that only you can read: openssl pkey -in {} -out FILE.pem",
                quote_path(&self.path)
            )));
        }
        let error = match PrivateKeyDer::from_pem_slice(text.as_bytes()) {
            Ok(key) => return Ok(key),
            Err(rustls::pki_types::pem::Error::NoItemsFound) => self.wrong("it holds no key"),
            Err(_) => self.wrong("the key in it is damaged"),
        };
        Err(error.hint(match self.is_key_file {
            true => "a key in PEM begins with -----BEGIN PRIVATE KEY-----",
            false => "name the file of the key with --client-key",
        }))
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
    fn label_is_found() {
        assert_eq!(
            first_label("x\n-----BEGIN RSA PRIVATE KEY-----").as_deref(),
            Some("rsa private key")
        );
        assert_eq!(first_label("-----BEGIN "), None);
    }
}
