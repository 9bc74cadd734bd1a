//! The trusted certificates: `--cacert`, or else `SSL_CERT_FILE` and `SSL_CERT_DIR`, or
//! else the system's.

use std::collections::HashSet;
use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::context::Environment;
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::escape;
use crate::http::tls::trust::{NamedCertificates, Trust};

use crate::settings::layers::ConfigLayers;
use crate::settings::parse::pem::{self, PemFile};
use crate::settings::registry;

pub(crate) const FILE_VARIABLE: &str = "SSL_CERT_FILE";
pub(crate) const FOLDERS_VARIABLE: &str = "SSL_CERT_DIR";

/// Reads the certificates that are trusted.
pub(crate) fn resolve(layers: &ConfigLayers<'_>, deadline: &Deadline) -> Result<Trust> {
    let typed = layers.call.network.cacert.as_deref();
    match PemFile::find(typed, &registry::CACERT, layers) {
        Some(file) => cacert(file, deadline),
        None => by_variables(layers.environment, deadline),
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
fn by_variables(environment: &Environment, deadline: &Deadline) -> Result<Trust> {
    let mut certificates = Vec::new();
    let mut places = Vec::new();
    let mut add = |variable: &str, path: PathBuf, read: fn(&Path) -> Found| {
        let name = path.to_string_lossy().into_owned();
        let shown = escape::excerpt(&name, 100);
        let found = deadline.run(move || read(&path));
        let found = found.map_err(|error| wrong(variable, &shown, &error.to_string()))?;
        if found.is_empty() {
            return Err(wrong(variable, &shown, "it holds no certificate"));
        }
        certificates.extend(found);
        places.push(format!("{name} ({variable})"));
        Ok(())
    };
    if let Some(path) = environment.path(FILE_VARIABLE) {
        add(FILE_VARIABLE, path, in_file)?;
    }
    if let Some(list) = environment.path(FOLDERS_VARIABLE) {
        let folders: Vec<PathBuf> =
            env::split_paths(&list).filter(|path| !path.as_os_str().is_empty()).collect();
        if folders.is_empty() {
            let shown = escape::excerpt(&list.to_string_lossy(), 100);
            return Err(wrong(FOLDERS_VARIABLE, &shown, "it names no folder"));
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

fn wrong(variable: &str, path: &str, why: &str) -> Error {
    Error::usage(format!("{variable} {path}: {why}")).hint(format!(
        "correct {variable}, or unset it, so that the system's certificates are trusted"
    ))
}

type Found = io::Result<Vec<CertificateDer<'static>>>;

/// Reads the sound certificates in a file.
fn in_file(path: &Path) -> Found {
    let bytes = pem::read(path)?;
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

/// Returns whether `certificate` can be parsed.
fn is_sound(certificate: &CertificateDer<'static>) -> bool {
    RootCertStore::empty().add(certificate.clone()).is_ok()
}
