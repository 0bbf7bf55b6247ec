//! Mutual TLS between nodes and with control (S3): certificates from PEM files, rustls with ring.
//!
//! A certificate names its holder by one DNS name below `domicile.internal`: `node.<region code>.domicile.internal` for
//! the nodes of a region, `control.domicile.internal` for control. Only the deployment's own authority is trusted.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use thiserror::Error;
use x509_parser::extensions::GeneralName;
use x509_parser::parse_x509_certificate;

const DOMAIN: &str = ".domicile.internal";

/// Why a TLS set-up is refused. Names the file, never what is in a key.
#[derive(Debug, Error)]
pub enum TlsError {
    /// A file is absent or not PEM of the wanted kind.
    #[error("TLS file {} cannot be read as PEM: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: rustls::pki_types::pem::Error,
    },
    /// Certificate, key and authority do not fit together.
    #[error("TLS files do not fit together: {0}")]
    Mismatch(String),
}

/// One holder's PEM files.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    /// The authority that signed all certificates of the deployment.
    pub ca: PathBuf,
    /// The holder's certificate and the chain to the authority.
    pub certificate: PathBuf,
    /// The holder's private key.
    pub key: PathBuf,
}

impl TlsFiles {
    /// For a listener that takes only clients with a certificate of the authority.
    ///
    /// # Errors
    /// A file that cannot be read, or files that do not fit together.
    pub fn server(&self) -> Result<ServerConfig, TlsError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(self.roots()?), Arc::clone(&provider)).build().map_err(mismatch)?;
        let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(mismatch)?;
        let (chain, key) = self.identity()?;
        builder.with_client_cert_verifier(verifier).with_single_cert(chain, key).map_err(mismatch)
    }

    /// For calls to nodes and control: trusts only the authority and shows the own certificate.
    ///
    /// # Errors
    /// A file that cannot be read, or files that do not fit together.
    pub fn client(&self) -> Result<ClientConfig, TlsError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(mismatch)?;
        let (chain, key) = self.identity()?;
        builder.with_root_certificates(self.roots()?).with_client_auth_cert(chain, key).map_err(mismatch)
    }

    /// Code of the region that the holder's own certificate names; `None` when it is no node's.
    ///
    /// # Errors
    /// The certificate cannot be read.
    pub fn own_region(&self) -> Result<Option<String>, TlsError> {
        Ok(certificates(&self.certificate)?.first().and_then(node_region))
    }

    fn roots(&self) -> Result<RootCertStore, TlsError> {
        let mut roots = RootCertStore::empty();
        for certificate in certificates(&self.ca)? {
            roots.add(certificate).map_err(mismatch)?;
        }
        Ok(roots)
    }

    fn identity(&self) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), TlsError> {
        let key = PrivateKeyDer::from_pem_file(&self.key).map_err(|reason| TlsError::File { path: self.key.clone(), reason })?;
        Ok((certificates(&self.certificate)?, key))
    }
}

/// Code of the region that a verified peer's certificate names; `None` when it is no node's certificate.
/// Says nothing about trust: ask only after the handshake has verified the chain.
#[must_use]
pub fn node_region(certificate: &CertificateDer<'_>) -> Option<String> {
    let (_, parsed) = parse_x509_certificate(certificate).ok()?;
    let names = parsed.subject_alternative_name().ok()??;
    names.value.general_names.iter().find_map(|name| match name {
        GeneralName::DNSName(dns) => region_of(dns).map(str::to_owned),
        _ => None,
    })
}

fn region_of(dns: &str) -> Option<&str> {
    let code = dns.strip_prefix("node.")?.strip_suffix(DOMAIN)?;
    (!code.is_empty() && code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())).then_some(code)
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let refused = |reason| TlsError::File { path: path.to_owned(), reason };
    let all: Vec<_> = CertificateDer::pem_file_iter(path).map_err(refused)?.collect::<Result<_, _>>().map_err(refused)?;
    if all.is_empty() { Err(refused(rustls::pki_types::pem::Error::NoItemsFound)) } else { Ok(all) }
}

fn mismatch(error: impl std::fmt::Display) -> TlsError {
    TlsError::Mismatch(error.to_string())
}

#[cfg(test)]
mod tests;
