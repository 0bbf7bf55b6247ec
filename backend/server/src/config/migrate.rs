//! The configuration of `domicile migrate`: databases and their owners. Held by operators, never by a node.
//!
//! ```toml
//! regions_dir = "regions"
//! [[database]]
//! kind = "shard"                  # or "key_store" or "control"
//! region = "us"                   # not for control
//! host = "127.0.0.1"
//! port = 8430
//! database = "domicile"
//! user = "domicile_owner"
//! password_file = "us/shard_owner" # us:shard_owner:…, us:key_store_owner:…, control:database_owner:…
//! ```

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use domain::region::RegionNumber;
use platform::secret;
use serde::Deserialize;
use store::Database;
use store::migrate::DatabaseKind;

use super::database::{DatabaseConfig, SecretTag};
use super::{Loaded, NamesRegions};

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MigrateConfig {
    /// Folder of region files.
    pub regions_dir: PathBuf,
    /// `[[database]]`, in the order in which they are migrated.
    pub database: Vec<DatabaseTable>,
}

/// One `[[database]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseTable {
    kind: Kind,
    region: Option<String>,
    host: String,
    port: u16,
    database: String,
    user: String,
    password_file: PathBuf,
    ca: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Shard,
    KeyStore,
    Control,
}

/// One database to migrate.
#[derive(Debug)]
pub struct Target {
    /// What it is for.
    pub kind: DatabaseKind,
    /// For people: `us shard 127.0.0.1:8430`.
    pub label: String,
    /// Whose it is; none for control.
    pub region: Option<RegionNumber>,
    /// As its owner.
    pub database: Database,
}

impl NamesRegions for MigrateConfig {
    fn regions_dir(&self) -> &Path {
        &self.regions_dir
    }
}

impl Loaded<MigrateConfig> {
    /// The databases, checked.
    ///
    /// # Errors
    /// Names the table and the rule that is broken.
    pub fn targets(&self) -> Result<Vec<Target>> {
        self.config.database.iter().map(|table| self.target(table)).collect()
    }

    fn target(&self, table: &DatabaseTable) -> Result<Target> {
        let key = format!("database {}:{}", table.host, table.port);
        let (kind, purpose) = table.kind.facts();
        let region = match (&table.region, table.kind) {
            (Some(_), Kind::Control) => bail!("{key}: region must be left out, since control belongs to no region"),
            (None, Kind::Control) => None,
            (None, _) => bail!("{key}: region must be set"),
            (Some(code), _) => {
                Some(self.regions.by_code(code).with_context(|| format!("{key}: region {code} has no file in regions_dir"))?)
            }
        };
        let code = region.map_or(secret::CONTROL, |region| region.code.as_str());
        let config = table.config();
        if let Some(region) = region {
            config.check_belongs_to(&key, region, &self.regions)?;
        }
        let database = config.open(&key, &self.folder, SecretTag { region: code, purpose })?;
        let label = format!("{} {}:{}", table.kind.label(region.map(|region| region.code.as_str())), table.host, table.port);
        Ok(Target { kind, label, region: region.map(|region| region.number), database })
    }
}

impl Kind {
    const fn facts(self) -> (DatabaseKind, &'static str) {
        match self {
            Self::Shard => (DatabaseKind::Shard, "shard_owner"),
            Self::KeyStore => (DatabaseKind::KeyStore, "key_store_owner"),
            Self::Control => (DatabaseKind::Control, "database_owner"),
        }
    }

    fn label(self, region: Option<&str>) -> String {
        match (self, region) {
            (Self::Shard, Some(region)) => format!("{region} shard"),
            (Self::KeyStore, Some(region)) => format!("{region} key store"),
            _ => "control".to_owned(),
        }
    }
}

impl DatabaseTable {
    fn config(&self) -> DatabaseConfig {
        DatabaseConfig {
            host: self.host.clone(),
            port: self.port,
            database: self.database.clone(),
            user: self.user.clone(),
            password_file: self.password_file.clone(),
            ca: self.ca.clone(),
        }
    }
}
