//! The region's mirror of the directory: where each tenant lives, in memory and in the region's first shard (R5).
//!
//! Reads take a shared lock for one map look-up and never touch the database. Changes are applied strictly by number:
//! only version n + 1 follows n, a snapshot heals everything else, and neither a home epoch nor the position ever falls.
//! Only this file and a sign-up make a [`TenantScope`].

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use domain::ids::TenantId;
use domain::region::RegionNumber;
use domain::tenant::{DirectoryEntry, DirectoryState};
use jiff::Timestamp;
use thiserror::Error;
use tokio::sync::watch;

use crate::scope::TenantScope;

pub(crate) mod row;
mod table;
#[cfg(test)]
mod tests;

/// The mirror of one region's nodes. Cheap to clone.
#[derive(Clone)]
pub struct Directory(Arc<Mirror>);

struct Mirror {
    region: RegionNumber,
    maps: RwLock<Maps>,
    position: watch::Sender<i64>,
    heard: RwLock<Option<Timestamp>>,
}

#[derive(Default)]
struct Maps {
    version: i64,
    by_tenant: HashMap<TenantId, DirectoryEntry>,
    by_alias: HashMap<[u8; 32], TenantId>,
}

/// What became of one change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It is in force.
    Yes,
    /// It was known already; nothing happened.
    Before,
}

/// Why a change or a snapshot is not in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MirrorFault {
    /// Versions between are missing; only a snapshot helps.
    #[error("directory version {got} does not follow {held}")]
    Gap {
        /// The last version applied.
        held: i64,
        /// The version that came.
        got: i64,
    },
    /// The entry would take a tenant back to an earlier home. The held entry stays; the position has moved on.
    #[error("directory version {version} would lower the home epoch of tenant {tenant} from {held} to {got}")]
    EpochFell {
        /// Whose.
        tenant: TenantId,
        /// The version that came.
        version: i64,
        /// The epoch in force.
        held: i64,
        /// The epoch that came.
        got: i64,
    },
    /// The snapshot is older than the mirror.
    #[error("directory snapshot {got} is older than the mirror at {held}")]
    Older {
        /// The last version applied.
        held: i64,
        /// The snapshot's version.
        got: i64,
    },
}

impl Directory {
    /// An empty mirror for the nodes of `region`.
    #[must_use]
    pub fn new(region: RegionNumber) -> Self {
        Self(Arc::new(Mirror { region, maps: RwLock::default(), position: watch::Sender::new(0), heard: RwLock::default() }))
    }

    /// The region of this mirror's nodes.
    #[must_use]
    pub fn region(&self) -> RegionNumber {
        self.0.region
    }

    /// What is known of a tenant; none after its release.
    #[must_use]
    pub fn entry(&self, tenant: TenantId) -> Option<DirectoryEntry> {
        self.read().by_tenant.get(&tenant).copied()
    }

    /// The tenant whose alias has this keyed hash.
    #[must_use]
    pub fn by_alias_mac(&self, alias_mac: &[u8; 32]) -> Option<DirectoryEntry> {
        let maps = self.read();
        maps.by_alias.get(alias_mac).and_then(|tenant| maps.by_tenant.get(tenant)).copied()
    }

    /// The right to open transactions for a tenant that is at home in this region. One that is moving still is, until
    /// its fence says otherwise (D1).
    #[must_use]
    pub fn scope(&self, tenant: TenantId) -> Option<TenantScope> {
        let entry = self.entry(tenant)?;
        let served = matches!(entry.state, DirectoryState::Active | DirectoryState::Moving);
        (served && entry.region == self.0.region).then(|| TenantScope::new(entry.tenant, entry.shard, entry.home_epoch))
    }

    /// The number of the last change applied.
    #[must_use]
    pub fn version(&self) -> i64 {
        *self.0.position.borrow()
    }

    /// When control was last heard; none before the first time.
    #[must_use]
    pub fn last_heard(&self) -> Option<Timestamp> {
        *self.0.heard.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that control answered at `now`.
    pub fn hear(&self, now: Timestamp) {
        *self.0.heard.write().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }

    /// Waits until `version` is applied; false when `limit` passed first.
    pub async fn wait_for(&self, version: i64, limit: Duration) -> bool {
        let mut position = self.0.position.subscribe();
        tokio::time::timeout(limit, position.wait_for(|held| *held >= version)).await.is_ok_and(|seen| seen.is_ok())
    }

    /// Applies one change of the feed.
    ///
    /// # Errors
    /// [`MirrorFault::Gap`]: nothing happened. [`MirrorFault::EpochFell`]: the change was passed over.
    pub fn apply(&self, change: &DirectoryEntry) -> Result<Applied, MirrorFault> {
        let mut maps = self.write();
        if change.version <= maps.version {
            return Ok(Applied::Before);
        }
        if change.version != maps.version + 1 {
            return Err(MirrorFault::Gap { held: maps.version, got: change.version });
        }
        let applied = maps.put(change);
        maps.version = change.version;
        self.announce(maps);
        applied
    }

    /// Takes every entry of a snapshot and drops the tenants that are not in it. Returns the entries that were passed
    /// over, each because it would lower a home epoch.
    ///
    /// # Errors
    /// [`MirrorFault::Older`]: nothing happened.
    pub fn replace(&self, version: i64, entries: &[DirectoryEntry]) -> Result<Vec<MirrorFault>, MirrorFault> {
        let mut maps = self.write();
        if version < maps.version {
            return Err(MirrorFault::Older { held: maps.version, got: version });
        }
        let before = std::mem::take(&mut *maps);
        let mut passed_over = Vec::new();
        for entry in entries {
            let held = before.by_tenant.get(&entry.tenant);
            let fall = held.and_then(|held| epoch_fall(held, entry));
            maps.insert(held.filter(|_| fall.is_some()).copied().unwrap_or(*entry));
            passed_over.extend(fall);
        }
        maps.version = version;
        self.announce(maps);
        Ok(passed_over)
    }

    /// Everything the mirror holds, and its version.
    fn contents(&self) -> (i64, Vec<DirectoryEntry>) {
        let maps = self.read();
        (maps.version, maps.by_tenant.values().copied().collect())
    }

    /// Tells who waits for a version; after the lock is given back, so that they find it.
    fn announce(&self, maps: RwLockWriteGuard<'_, Maps>) {
        let version = maps.version;
        drop(maps);
        self.0.position.send_replace(version);
    }

    /// A panic of a writer cannot leave a half entry that matters: the next snapshot heals it.
    fn read(&self) -> RwLockReadGuard<'_, Maps> {
        self.0.maps.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Maps> {
        self.0.maps.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Maps {
    /// Takes an entry unless it would lower the tenant's home epoch.
    fn put(&mut self, entry: &DirectoryEntry) -> Result<Applied, MirrorFault> {
        if let Some(fall) = self.by_tenant.get(&entry.tenant).and_then(|held| epoch_fall(held, entry)) {
            return Err(fall);
        }
        self.remove(entry.tenant);
        if entry.state != DirectoryState::Released {
            self.insert(*entry);
        }
        Ok(Applied::Yes)
    }

    fn insert(&mut self, entry: DirectoryEntry) {
        self.by_alias.insert(entry.alias_mac, entry.tenant);
        self.by_tenant.insert(entry.tenant, entry);
    }

    fn remove(&mut self, tenant: TenantId) {
        if let Some(held) = self.by_tenant.remove(&tenant)
            && self.by_alias.get(&held.alias_mac) == Some(&tenant)
        {
            self.by_alias.remove(&held.alias_mac);
        }
    }
}

fn epoch_fall(held: &DirectoryEntry, entry: &DirectoryEntry) -> Option<MirrorFault> {
    (entry.home_epoch < held.home_epoch).then_some(MirrorFault::EpochFell {
        tenant: entry.tenant,
        version: entry.version,
        held: held.home_epoch.0,
        got: entry.home_epoch.0,
    })
}
