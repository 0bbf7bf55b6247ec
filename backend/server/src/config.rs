//! Configuration files: TOML in, checked structs out. An unknown key, a broken rule or another region's secret or
//! endpoint stops the process before it opens a socket (R3, S3).
//!
//! Paths in a file are relative to the file's folder. Secrets stand in files of their own (`platform::secret`), so no
//! configuration file holds one.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use domain::region::Regions;
use platform::tls::TlsFiles;
use serde::Deserialize;
use serde::de::DeserializeOwned;

pub mod control;
pub mod database;
pub mod migrate;
pub mod node;
pub mod regions;
#[cfg(test)]
mod tests;

/// `[tls]`: the holder's PEM files.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsConfig {
    /// The authority that signs the certificates of all nodes and of control.
    pub ca: PathBuf,
    /// The holder's certificate.
    pub certificate: PathBuf,
    /// The holder's key.
    pub key: PathBuf,
}

impl TlsConfig {
    /// The files, seen from the configuration file's folder.
    #[must_use]
    pub fn files(&self, folder: &Path) -> TlsFiles {
        TlsFiles { ca: folder.join(&self.ca), certificate: folder.join(&self.certificate), key: folder.join(&self.key) }
    }
}

/// A configuration file as parsed, with what is needed to check it.
pub struct Loaded<C> {
    /// Its keys.
    pub config: C,
    /// The folder its paths are relative to.
    pub folder: PathBuf,
    /// Every region of the deployment.
    pub regions: Regions,
}

/// A configuration file that names the folder of region files.
pub trait NamesRegions: DeserializeOwned {
    /// The key `regions_dir`.
    fn regions_dir(&self) -> &Path;
}

/// Reads a configuration file and the region files that it names.
///
/// # Errors
/// Names the file, and the key and rule that are broken.
pub fn load<C: NamesRegions>(path: &Path) -> Result<Loaded<C>> {
    let config: C = parse_file(path)?;
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    let regions = regions::load(&folder.join(config.regions_dir()))?;
    Ok(Loaded { config, folder, regions })
}

fn parse_file<C: DeserializeOwned>(path: &Path) -> Result<C> {
    let text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
    parse(&text).map_err(|error| anyhow!("{}: {error}", path.display()))
}

/// Parses one file's text; the message says key, line and what was expected there.
fn parse<C: DeserializeOwned>(text: &str) -> Result<C, String> {
    toml::from_str(text).map_err(|error| {
        let place = error.span().map(|span| text.get(..span.start).unwrap_or_default().matches('\n').count() + 1);
        match place {
            Some(line) => format!("line {line}: {}", error.message()),
            None => error.message().to_owned(),
        }
    })
}

/// Refuses a URL that is not `https` (S3): `key` names where it stands.
fn check_https(key: &str, url: &str) -> Result<()> {
    if !url.starts_with("https://") {
        bail!("{key}: must be an https URL, since nodes and control talk over mutual TLS only (S3)");
    }
    Ok(())
}
