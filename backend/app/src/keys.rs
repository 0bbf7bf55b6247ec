//! Tenant data keys: made at sign-up, wrapped by the region's key, kept in the key store, cached unwrapped (R6).
//!
//! The cache is keyed by tenant, bounded, and wipes a key when it drops it. A key store that is away hurts only tenants
//! whose key is not cached.

use std::sync::Arc;
use std::time::Duration;

use domain::ids::TenantId;
use jiff::Timestamp;
use moka::future::Cache;
use platform::random::Random;
use platform::vault::{DataKey, KeyVersion, RegionKey};
use store::{KeyStore, StoreFault, WrappedKey};

use crate::error::{Error, Fault, Result};

/// A key is read again after this, so that a deleted one is gone everywhere within it.
const LIFETIME: Duration = Duration::from_mins(5);
/// Most keys held at a time; about a hundred bytes each.
const CAPACITY: u64 = 50_000;

/// The data keys of the region's tenants.
pub struct TenantKeys {
    key_store: KeyStore,
    region_key: RegionKey,
    cache: Cache<TenantId, Arc<DataKey>>,
}

/// Why a key is not at hand; one failed read answers all who wait for it.
#[derive(Debug, Clone, Copy)]
enum KeyFault {
    Away,
    Absent,
    Broken,
}

impl TenantKeys {
    /// An empty cache over the key store.
    #[must_use]
    pub fn new(key_store: KeyStore, region_key: RegionKey) -> Self {
        let cache = Cache::builder().max_capacity(CAPACITY).time_to_live(LIFETIME).build();
        Self { key_store, region_key, cache }
    }

    /// The tenant's key. Many callers at once cost one read.
    ///
    /// # Errors
    /// A fault when the key store does not answer, has no key, or has one that does not open.
    pub async fn data_key(&self, tenant: TenantId) -> Result<Arc<DataKey>> {
        // Boxed, for its future holds the whole read and would swell every future above it.
        Box::pin(self.cache.try_get_with(tenant, self.read(tenant))).await.map_err(|fault| match *fault {
            KeyFault::Away => Error::Fault(Fault::Unavailable("the region's key store does not answer in time".to_owned())),
            KeyFault::Absent => Error::internal(format_args!("{tenant} has no data key")),
            KeyFault::Broken => Error::internal(format_args!("the data key of {tenant} does not open")),
        })
    }

    /// Keeps the key of a new tenant; it is durable when this returns.
    ///
    /// # Errors
    /// A fault when the key store does not answer.
    pub(crate) async fn keep(&self, tenant: TenantId, key: &DataKey, random: &dyn Random, now: Timestamp) -> Result<()> {
        let bytes = self.region_key.wrap(random, tenant, key);
        Ok(self.key_store.insert(tenant, &WrappedKey { version: key.version().0, bytes }, now).await?)
    }

    /// Removes the tenant's key for good.
    ///
    /// # Errors
    /// A fault when the key store does not answer.
    pub(crate) async fn destroy(&self, tenant: TenantId) -> Result<()> {
        self.key_store.delete(tenant).await?;
        self.cache.invalidate(&tenant).await;
        Ok(())
    }

    async fn read(&self, tenant: TenantId) -> std::result::Result<Arc<DataKey>, KeyFault> {
        let fetched = self.key_store.fetch(tenant).await.map_err(|fault| {
            tracing::warn!(tenant.id = %tenant, %fault, "the key store did not give a key");
            match fault {
                StoreFault::Unavailable(_) | StoreFault::TimedOut => KeyFault::Away,
                _ => KeyFault::Broken,
            }
        })?;
        let wrapped = fetched.ok_or(KeyFault::Absent)?;
        let opened = self.region_key.unwrap(tenant, KeyVersion(wrapped.version), &wrapped.bytes);
        opened.map(Arc::new).map_err(|_| KeyFault::Broken)
    }
}
