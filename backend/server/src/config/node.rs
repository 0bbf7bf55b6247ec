//! The configuration of `domicile serve`: one node of one region. Refuses what belongs to another region (R3).
//!
//! ```toml
//! region = "us"
//! site = "primary"
//! regions_dir = "regions"
//! [api]
//! listen = "127.0.0.1:8401"
//! host_suffixes = ["localhost"]        # hosts are <alias>.<suffix>
//! allowed_origins = ["*"]              # CORS
//! graphiql_dir = "graphiql"            # optional
//! [peer]
//! listen = "127.0.0.1:8411"
//! [tls]
//! ca = "ca.pem"
//! certificate = "node.us.pem"
//! key = "node.us.key"
//! [[shard]]
//! number = 1
//! host = "127.0.0.1"
//! port = 8430
//! database = "domicile"
//! user = "domicile_app"
//! password_file = "secrets/shard_app"          # us:shard_app:…
//! [key_store]
//! host = "127.0.0.1"
//! port = 8432
//! database = "domicile"
//! user = "domicile_keys"
//! password_file = "secrets/key_store_app"      # us:key_store_app:…
//! [control]
//! url = "https://localhost:8400"
//! [keys]
//! region_key_file = "secrets/region_key"       # us:region_key:<base64 of 32 bytes>
//! alias_key_file = "secrets/alias_key"         # shared:alias_key:<base64 of 32 bytes>
//! pepper_file = "secrets/pepper"               # us:pepper:<base64 of 32 bytes>
//! [passwords]                                  # optional
//! bcrypt_cost = 12
//! ```

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use domain::region::{Region, ShardNumber};
use platform::secret::{self, Key};
use serde::Deserialize;
use store::Database;

use super::database::{DatabaseConfig, SecretTag};
use super::{Loaded, NamesRegions, TlsConfig};

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeConfig {
    /// The region served.
    pub region: String,
    /// The site that the node stands on.
    pub site: String,
    /// Folder of region files.
    pub regions_dir: PathBuf,
    /// The public listener.
    pub api: ApiConfig,
    /// The listener for other regions' nodes.
    pub peer: PeerConfig,
    /// The node's certificate.
    pub tls: TlsConfig,
    /// `[[shard]]`: the region's shards.
    pub shard: Vec<ShardConfig>,
    /// The region's key store.
    pub key_store: DatabaseConfig,
    /// The directory's authority.
    pub control: ControlAddress,
    /// Key files.
    pub keys: KeyFiles,
    /// Password hashing.
    #[serde(default)]
    pub passwords: PasswordConfig,
}

/// `[api]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiConfig {
    /// Address and port.
    pub listen: SocketAddr,
    /// A host `<alias>.<suffix>` names the tenant with that alias.
    #[serde(default)]
    pub host_suffixes: Vec<String>,
    /// Origins that browsers may call from; `*` for any. Default: none.
    #[serde(default)]
    pub allowed_origins: Vec<String>,
    /// Folder of the GraphiQL page, which also lets everybody read the schema. Without it there is neither.
    pub graphiql_dir: Option<PathBuf>,
}

/// `[peer]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeerConfig {
    /// Address and port.
    pub listen: SocketAddr,
}

/// One `[[shard]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShardConfig {
    number: i16,
    host: String,
    port: u16,
    database: String,
    user: String,
    password_file: PathBuf,
    ca: Option<PathBuf>,
}

/// `[control]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlAddress {
    /// Where control answers.
    pub url: String,
}

/// `[keys]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyFiles {
    /// Wraps tenant data keys.
    pub region_key_file: PathBuf,
    /// Hashes aliases; the same in all regions.
    pub alias_key_file: PathBuf,
    /// Mixed into every password.
    pub pepper_file: PathBuf,
}

/// `[passwords]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordConfig {
    /// Cost of bcrypt, 4 to 16; each step doubles the time. Default 12.
    pub bcrypt_cost: u32,
}

impl Default for PasswordConfig {
    fn default() -> Self {
        Self { bcrypt_cost: 12 }
    }
}

impl NamesRegions for NodeConfig {
    fn regions_dir(&self) -> &Path {
        &self.regions_dir
    }
}

/// What a node may hold, read and checked: every secret and endpoint is of its own region.
pub struct NodeSecrets {
    /// The region served.
    pub region: Arc<Region>,
    /// Its shards.
    pub shards: BTreeMap<ShardNumber, Database>,
    /// Its key store.
    pub key_store: Database,
    /// Wraps tenant data keys.
    pub region_key: Key,
    /// Hashes aliases.
    pub alias_key: Key,
    /// Mixed into every password.
    pub pepper: Key,
}

impl Loaded<NodeConfig> {
    /// Checks the file against its own region and reads the secrets.
    ///
    /// # Errors
    /// Names the key and the rule that is broken (R3, S3), before any connection is made.
    pub fn check(&self) -> Result<NodeSecrets> {
        let config = &self.config;
        let region = self.region()?;
        super::check_https("control.url", &config.control.url)?;
        self.check_certificate(&region)?;
        let key = |file: &Path, tag: &str, purpose: &str| secret::load_key(&self.folder.join(file), tag, purpose);
        Ok(NodeSecrets {
            shards: self.shards(&region)?,
            key_store: self.key_store(&region)?,
            region_key: key(&config.keys.region_key_file, &region.code, "region_key")?,
            alias_key: key(&config.keys.alias_key_file, secret::SHARED, "alias_key")?,
            pepper: key(&config.keys.pepper_file, &region.code, "pepper")?,
            region,
        })
    }

    fn region(&self) -> Result<Arc<Region>> {
        let code = &self.config.region;
        let region = self.regions.by_code(code).with_context(|| format!("region: {code} has no file in regions_dir"))?;
        if region.sites.iter().all(|site| site.name != self.config.site) {
            bail!("site: region {code} has no site {}", self.config.site);
        }
        Ok(Arc::clone(region))
    }

    /// Control and other regions would refuse a certificate of another region; better to say so here.
    fn check_certificate(&self, region: &Region) -> Result<()> {
        let named = self.config.tls.files(&self.folder).own_region()?;
        if named.as_deref() != Some(region.code.as_str()) {
            bail!("tls.certificate: must name node.{}.domicile.internal, since this node serves region {} (R3)", region.code, region.code);
        }
        Ok(())
    }

    fn shards(&self, region: &Region) -> Result<BTreeMap<ShardNumber, Database>> {
        let mut shards = BTreeMap::new();
        for shard in &self.config.shard {
            let key = format!("shard {}", shard.number);
            if shard.number < 1 {
                bail!("{key}: number must be 1 or more");
            }
            let config = shard.config();
            config.check_belongs_to(&key, region, &self.regions)?;
            let database = config.open(&key, &self.folder, SecretTag { region: &region.code, purpose: "shard_app" })?;
            if shards.insert(ShardNumber(shard.number), database).is_some() {
                bail!("{key}: number must be used once");
            }
        }
        if shards.is_empty() {
            bail!("shard: a node needs at least one shard");
        }
        Ok(shards)
    }

    fn key_store(&self, region: &Region) -> Result<Database> {
        let config = &self.config.key_store;
        config.check_belongs_to("key_store", region, &self.regions)?;
        config.open("key_store", &self.folder, SecretTag { region: &region.code, purpose: "key_store_app" })
    }
}

impl ShardConfig {
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
