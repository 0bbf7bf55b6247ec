//! The fleet's own certificate authority and the certificates between its processes (S3). Made on the spot, kept with the state.
//!
//! A node proves its region by the name `node.<code>.domicile.internal`; control is `control.domicile.internal`. The authority's
//! key stays in `ca/` and is read by no process of `domicile`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose};

use crate::plan::Plan;
use crate::secrets::write_private;

/// Certificate and key of one process, and whom it trusts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Papers {
    /// The authority's certificate.
    pub ca: PathBuf,
    /// The process's certificate.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

/// Where the papers of a process lie. `owner` is a region's code or `control`.
#[must_use]
pub fn papers(state: &Path, owner: &str) -> Papers {
    let name = if owner == "control" { owner.to_owned() } else { format!("node.{owner}") };
    let folder = state.join(owner).join("secrets");
    Papers { ca: ca_file(state), certificate: folder.join(format!("{name}.pem")), key: folder.join(format!("{name}.key")) }
}

/// Makes every certificate that is not there yet. The folders for secrets must exist.
///
/// # Errors
/// When one cannot be made.
pub fn make(plan: &Plan) -> Result<()> {
    let authority = authority(&plan.state)?;
    make_for(&plan.state, "control", "control.domicile.internal", &authority)?;
    for region in &plan.regions {
        make_for(&plan.state, &region.code, &format!("node.{}.domicile.internal", region.code), &authority)?;
    }
    Ok(())
}

fn ca_file(state: &Path) -> PathBuf {
    state.join("ca/ca.pem")
}

fn authority(state: &Path) -> Result<Issuer<'static, KeyPair>> {
    let (certificate, key) = (ca_file(state), state.join("ca/ca.key"));
    if !certificate.exists() {
        fs::create_dir_all(state.join("ca"))?;
        let pair = KeyPair::generate()?;
        let mut params = CertificateParams::new(Vec::new())?;
        params.distinguished_name.push(DnType::CommonName, "Domicile local fleet");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let signed = params.self_signed(&pair)?;
        write_private(&key, &pair.serialize_pem())?;
        fs::write(&certificate, signed.pem())?;
    }
    let pair = KeyPair::from_pem(&fs::read_to_string(&key).context("read the authority's key")?)?;
    Ok(Issuer::from_ca_cert_pem(&fs::read_to_string(&certificate)?, pair)?)
}

fn make_for(state: &Path, owner: &str, name: &str, authority: &Issuer<'_, KeyPair>) -> Result<()> {
    let papers = papers(state, owner);
    if papers.certificate.exists() {
        return Ok(());
    }
    let pair = KeyPair::generate()?;
    let mut params = CertificateParams::new(vec![name.to_owned(), "localhost".to_owned(), "127.0.0.1".to_owned()])?;
    params.distinguished_name.push(DnType::CommonName, name);
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    let signed = params.signed_by(&pair, authority)?;
    write_private(&papers.key, &pair.serialize_pem())?;
    fs::write(&papers.certificate, signed.pem()).with_context(|| format!("write {}", papers.certificate.display()))
}
