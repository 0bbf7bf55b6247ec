//! From a checked configuration to a node's use cases. Also the way in for a test that runs a node with a clock of its own.

use std::sync::Arc;

use anyhow::{Context, Result};
use app::App;
use app::keys::TenantKeys;
use app::session::Sessions;
use domain::clock::Clock;
use platform::clock::SystemClock;
use platform::control::ControlClient;
use platform::mac::AliasKey;
use platform::passwords::Passwords;
use platform::random::{Random, SystemRandom};
use platform::vault::RegionKey;
use store::migrate::{DatabaseKind, ready};
use store::{Directory, KeyStore, Notices, Outgoing, PoolSize, Shards};

use crate::config::Loaded;
use crate::config::node::{NodeConfig, NodeSecrets};

/// Connections to one shard. A node is one of several, and a cluster takes 60 in all.
const SHARD_POOL: PoolSize = PoolSize { min: 2, max: 16 };

/// What a node takes from its machine.
pub struct World {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives random bytes.
    pub random: Arc<dyn Random>,
}

impl World {
    /// The machine's own.
    #[must_use]
    pub fn real() -> Self {
        Self { clock: Arc::new(SystemClock), random: Arc::new(SystemRandom) }
    }
}

/// A node's use cases, and what its jobs take.
pub struct Opened {
    /// The use cases.
    pub app: Arc<App>,
    /// Notices on their way out, for the jobs.
    pub outgoing: Outgoing,
}

/// Makes the use cases of a node. Every database has been found at this binary's schema and in the node's own region, and
/// the directory's mirror has been read. Control need not answer.
///
/// # Errors
/// Names the key, database or rule (R3, S3).
pub async fn open(loaded: &Loaded<NodeConfig>, world: World) -> Result<Opened> {
    let secrets = loaded.check()?;
    check_databases(&secrets).await?;
    let config = &loaded.config;
    let NodeSecrets { region, shards, key_store, region_key, alias_key, pepper } = secrets;
    let shards = Shards::new(shards, SHARD_POOL);
    let directory = Directory::load(region.number, &shards).await.context("read the directory's mirror")?;
    tracing::info!(region = %region.code, site = %config.site, version = directory.version(), "the directory's mirror was read");
    let (notices, outgoing) = Notices::new();
    let app = App {
        regions: Arc::new(loaded.regions.clone()),
        directory,
        control: ControlClient::new(&config.control.url, &config.tls.files(&loaded.folder))?,
        alias_key: AliasKey::new(alias_key),
        keys: TenantKeys::new(KeyStore::new(&key_store), RegionKey::new(region_key)),
        passwords: Passwords::new(pepper, config.passwords.bcrypt_cost).context("passwords.bcrypt_cost")?,
        sessions: Sessions::default(),
        clock: world.clock,
        random: world.random,
        shards,
        notices,
        region,
    };
    Ok(Opened { app: Arc::new(app), outgoing })
}

/// What a database says of itself counts more than what a file says of it (R3).
async fn check_databases(secrets: &NodeSecrets) -> Result<()> {
    let region = Some(secrets.region.number);
    for (number, shard) in &secrets.shards {
        ready(DatabaseKind::Shard, shard, region).await.with_context(|| format!("shard {number}"))?;
    }
    ready(DatabaseKind::KeyStore, &secrets.key_store, region).await.context("key_store")
}
