//! The region's key store: wrapped tenant data keys in a database cluster of their own (R6).
//!
//! A key is read once and then held by the cache of the app crate, so the pool is small. Nothing here can open a key:
//! the region's key never reaches this crate.

use domain::ids::TenantId;
use domain::region::RegionNumber;
use jiff::Timestamp;
use sqlx::{PgPool, Postgres, Transaction};

use crate::begin;
use crate::database::{Database, PoolSize};
use crate::fault::StoreFault;
use crate::instant::to_driver;

const POOL: PoolSize = PoolSize { min: 0, max: 3 };

/// One tenant's data key as it lies in the key store.
#[derive(Clone, PartialEq, Eq)]
pub struct WrappedKey {
    /// Counts the tenant's keys, from 1.
    pub version: u16,
    /// Opens only with the region's key.
    pub bytes: Vec<u8>,
}

/// The key store of one region. Cheap to clone.
#[derive(Clone)]
pub struct KeyStore(PgPool);

impl KeyStore {
    /// Connects when first used.
    #[must_use]
    pub fn new(database: &Database) -> Self {
        Self(database.pool(POOL))
    }

    /// Keeps a new key; durable when it returns.
    ///
    /// # Errors
    /// [`StoreFault::Conflict`]: the tenant has a key of this version. [`StoreFault::Unavailable`].
    pub async fn insert(&self, tenant: TenantId, key: &WrappedKey, now: Timestamp) -> Result<(), StoreFault> {
        let version = i16::try_from(key.version).map_err(|error| StoreFault::inconsistent("tenant_key", error))?;
        let mut tx = self.open("BEGIN", tenant).await?;
        sqlx::query("INSERT INTO tenant_key (tenant_id, key_version, wrapped, created_at) VALUES ($1, $2, $3, $4)")
            .bind(tenant.uuid())
            .bind(version)
            .bind(&key.bytes)
            .bind(to_driver(now))
            .execute(&mut *tx)
            .await?;
        tx.commit().await.map_err(StoreFault::of_commit)
    }

    /// The tenant's newest key.
    ///
    /// # Errors
    /// [`StoreFault::Unavailable`].
    pub async fn fetch(&self, tenant: TenantId) -> Result<Option<WrappedKey>, StoreFault> {
        let mut tx = self.open("BEGIN READ ONLY", tenant).await?;
        let row: Option<(i16, Vec<u8>)> =
            sqlx::query_as("SELECT key_version, wrapped FROM tenant_key WHERE tenant_id = $1 ORDER BY key_version DESC LIMIT 1")
                .bind(tenant.uuid())
                .fetch_optional(&mut *tx)
                .await?;
        row.map(|(version, bytes)| {
            let version = u16::try_from(version).map_err(|error| StoreFault::inconsistent("tenant_key", error))?;
            Ok(WrappedKey { version, bytes })
        })
        .transpose()
    }

    /// Removes all keys of the tenant: what they sealed can never be read again.
    ///
    /// # Errors
    /// [`StoreFault::Unavailable`].
    pub async fn delete(&self, tenant: TenantId) -> Result<(), StoreFault> {
        let mut tx = self.open("BEGIN", tenant).await?;
        sqlx::query("DELETE FROM tenant_key WHERE tenant_id = $1").bind(tenant.uuid()).execute(&mut *tx).await?;
        tx.commit().await.map_err(StoreFault::of_commit)
    }

    /// The region that the database says it belongs to (R3).
    ///
    /// # Errors
    /// [`StoreFault::Unavailable`].
    pub async fn region_identity(&self) -> Result<RegionNumber, StoreFault> {
        let number = sqlx::query_scalar("SELECT region FROM region_identity").fetch_one(&self.0).await?;
        Ok(RegionNumber(number))
    }

    /// Closes the pool after its connections have come back.
    pub async fn close(&self) {
        self.0.close().await;
    }

    /// One round trip. The only value written into the text is a parsed UUID.
    async fn open(&self, opening: &str, tenant: TenantId) -> Result<Transaction<'static, Postgres>, StoreFault> {
        let text = format!("SET LOCAL app.tenant_id = '{}'; {opening}", tenant.uuid());
        Ok(begin::begin(&self.0, text).await?)
    }
}
