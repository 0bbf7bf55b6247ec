//! The configuration of `domicile control`: the directory's authority. It names no region's database and no alias key.
//!
//! ```toml
//! regions_dir = "regions"
//! listen = "127.0.0.1:8400"
//! [tls]
//! ca = "ca.pem"
//! certificate = "control.pem"
//! key = "control.key"
//! [database]
//! host = "127.0.0.1"
//! port = 8420
//! database = "domicile"
//! user = "domicile_control"
//! password_file = "control/database"   # control:database:…
//! ```

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Result;
use platform::secret;
use serde::Deserialize;
use store::Database;

use super::database::{DatabaseConfig, SecretTag};
use super::{Loaded, NamesRegions, TlsConfig};

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlConfig {
    /// Folder of region files.
    pub regions_dir: PathBuf,
    /// Where nodes reach control, over mutual TLS.
    pub listen: SocketAddr,
    /// Control's certificate.
    pub tls: TlsConfig,
    /// Control's database.
    pub database: DatabaseConfig,
}

impl NamesRegions for ControlConfig {
    fn regions_dir(&self) -> &Path {
        &self.regions_dir
    }
}

impl Loaded<ControlConfig> {
    /// Control's database with its password.
    ///
    /// # Errors
    /// R3: the password belongs to a region. S3: no TLS outside this machine.
    pub fn database(&self) -> Result<Database> {
        self.config.database.open("database", &self.folder, SecretTag { region: secret::CONTROL, purpose: "database" })
    }
}
