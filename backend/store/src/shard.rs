//! The shards of the node's own region: one pool each. The pools never leave this crate.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use domain::region::{RegionNumber, ShardNumber};
use sqlx::PgPool;

use crate::database::{Database, PoolSize};
use crate::fault::StoreFault;

/// How long a probe of a database may take.
const PROBE_TIMEOUT: Duration = Duration::from_secs(1);

/// The shards of one region. Cheap to clone.
#[derive(Clone)]
pub struct Shards(Arc<BTreeMap<ShardNumber, PgPool>>);

impl Shards {
    /// Pools that connect when first used.
    #[must_use]
    pub fn new(databases: impl IntoIterator<Item = (ShardNumber, Database)>, size: PoolSize) -> Self {
        Self(Arc::new(databases.into_iter().map(|(number, database)| (number, database.pool(size))).collect()))
    }

    /// The pool of one shard.
    ///
    /// # Errors
    /// [`StoreFault::NotServedHere`]: this region has no such shard.
    pub(crate) fn pool(&self, shard: ShardNumber) -> Result<&PgPool, StoreFault> {
        self.0.get(&shard).ok_or(StoreFault::NotServedHere)
    }

    /// The pool of the first shard, which also keeps the region's directory mirror.
    ///
    /// # Errors
    /// [`StoreFault::Unavailable`]: no shard is configured.
    pub(crate) fn first_pool(&self) -> Result<&PgPool, StoreFault> {
        self.0.values().next().ok_or_else(|| StoreFault::Unavailable("no shard is configured".to_owned()))
    }

    /// The numbers of the region's shards, in order.
    pub fn numbers(&self) -> impl Iterator<Item = ShardNumber> {
        self.0.keys().copied()
    }

    /// Every pool.
    pub(crate) fn pools(&self) -> impl Iterator<Item = (ShardNumber, &PgPool)> {
        self.0.iter().map(|(number, pool)| (*number, pool))
    }

    /// The shard that takes new tenants.
    ///
    /// # Errors
    /// [`StoreFault::Unavailable`]: no shard is configured.
    pub fn for_new_tenant(&self) -> Result<ShardNumber, StoreFault> {
        self.0.keys().next().copied().ok_or_else(|| StoreFault::Unavailable("no shard is configured".to_owned()))
    }

    /// Whether every shard answers within a second.
    ///
    /// # Errors
    /// [`StoreFault::Unavailable`] names the shard that does not.
    pub async fn probe(&self) -> Result<(), StoreFault> {
        for (number, pool) in self.pools() {
            let answer = tokio::time::timeout(PROBE_TIMEOUT, sqlx::query("SELECT 1").execute(pool)).await;
            if !matches!(answer, Ok(Ok(_))) {
                return Err(StoreFault::Unavailable(format!("shard {number} does not answer")));
            }
        }
        Ok(())
    }

    /// The regions that the shards' databases say they belong to (R3).
    ///
    /// # Errors
    /// Any fault of reading one of them.
    pub async fn region_identities(&self) -> Result<Vec<RegionNumber>, StoreFault> {
        let mut numbers = Vec::new();
        for (_, pool) in self.pools() {
            let number: i16 = sqlx::query_scalar("SELECT region FROM region_identity").fetch_one(pool).await?;
            numbers.push(RegionNumber(number));
        }
        Ok(numbers)
    }

    /// Closes every pool after its connections have come back.
    pub async fn close(&self) {
        for (_, pool) in self.pools() {
            pool.close().await;
        }
    }
}
