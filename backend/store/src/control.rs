//! The directory's authority: claims, releases and the numbered feed (R2, R5). Used by the control process only.
//!
//! Each write locks the one row of `directory_head`, takes the next version and commits entry and change together. So
//! versions have no gap, and whoever sees version n sees all before it. Knows no alias, only its keyed hash.

use domain::ids::TenantId;
use domain::region::RegionNumber;
use domain::tenant::{DirectoryEntry, DirectoryState};
use sqlx::{PgPool, Postgres, Transaction};

use crate::begin::begin;
use crate::database::{Database, PoolSize};
use crate::directory::row::{Row, entries, entry, entry_columns, residency_label};
use crate::fault::StoreFault;

/// Most changes of one answer.
pub const MOST_CHANGES: i64 = 1000;

const POOL: PoolSize = PoolSize { min: 1, max: 8 };
const BEGIN_WRITE: &str = "BEGIN; SET LOCAL lock_timeout = '2s'";
const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = '10s'";

/// Control's database.
#[derive(Clone)]
pub struct Authority(PgPool);

/// Entries and the version they belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// The newest version there is.
    pub head: i64,
    /// Of the feed: changes in version order. Of a snapshot: every entry that is not released.
    pub entries: Vec<DirectoryEntry>,
}

/// What became of a claim or a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Done, now or by an earlier call with the same content; the version that did it.
    Done(i64),
    /// Another tenant has the alias.
    AliasTaken,
    /// The tenant id was released, or is claimed with other content.
    TenantTaken,
    /// The tenant is at home in another region than the caller's.
    OtherRegion,
}

impl Authority {
    /// Connects when first used.
    #[must_use]
    pub fn new(database: &Database) -> Self {
        Self(database.pool(POOL))
    }

    /// The newest version.
    ///
    /// # Errors
    /// Any fault of the database.
    pub async fn head(&self) -> Result<i64, StoreFault> {
        Ok(sqlx::query_scalar("SELECT dir_version FROM directory_head").fetch_one(&self.0).await?)
    }

    /// At most [`MOST_CHANGES`] changes after version `after`, and the head of the same moment.
    ///
    /// # Errors
    /// Any fault of the database.
    pub async fn changes(&self, after: i64) -> Result<Feed, StoreFault> {
        let mut tx = begin(&self.0, BEGIN_READ).await?;
        let head = head_of(&mut tx).await?;
        let rows: Vec<Row> =
            sqlx::query_as(concat!("SELECT ", entry_columns!(), " FROM dir_change WHERE dir_version > $1 ORDER BY dir_version LIMIT $2"))
                .bind(after)
                .bind(MOST_CHANGES)
                .fetch_all(&mut *tx)
                .await?;
        Ok(Feed { head, entries: entries(rows)? })
    }

    /// Every entry that is not released, and the head of the same moment. O(tenants).
    ///
    /// # Errors
    /// Any fault of the database.
    pub async fn snapshot(&self) -> Result<Feed, StoreFault> {
        let mut tx = begin(&self.0, BEGIN_READ).await?;
        let head = head_of(&mut tx).await?;
        let rows: Vec<Row> =
            sqlx::query_as(concat!("SELECT ", entry_columns!(), " FROM directory_entry WHERE state <> 'released' ORDER BY dir_version"))
                .fetch_all(&mut *tx)
                .await?;
        Ok(Feed { head, entries: entries(rows)? })
    }

    /// Enters a new tenant as active. Its `version` and `state` are not looked at. Repeating a claim answers the version
    /// of the first one.
    ///
    /// # Errors
    /// Any fault of the database; after [`StoreFault::CommitUnknown`] the claim may stand.
    pub async fn claim(&self, claim: &DirectoryEntry) -> Result<Decision, StoreFault> {
        let mut tx = begin(&self.0, BEGIN_WRITE).await?;
        let version = next_version(&mut tx).await?;
        if let Some(held) = held(&mut tx, claim.tenant).await? {
            return Ok(repeated(&held, claim));
        }
        match insert(&mut tx, claim, "active", version).await {
            Err(fault) if fault.is_conflict("directory_entry_alias") => return Ok(Decision::AliasTaken),
            done => done?,
        }
        publish(tx, claim.tenant).await?;
        Ok(Decision::Done(version))
    }

    /// Frees the alias of a sign-up that did not finish and leaves a tombstone, so that a claim still under way fails.
    /// Repeating a release answers the version of the first one.
    ///
    /// # Errors
    /// Any fault of the database; after [`StoreFault::CommitUnknown`] the release may stand.
    pub async fn release(&self, tenant: TenantId, region: RegionNumber) -> Result<Decision, StoreFault> {
        let mut tx = begin(&self.0, BEGIN_WRITE).await?;
        let version = next_version(&mut tx).await?;
        match held(&mut tx, tenant).await? {
            Some(held) if held.region != region => return Ok(Decision::OtherRegion),
            Some(held) if held.state == DirectoryState::Released => return Ok(Decision::Done(held.version)),
            Some(_) => mark_released(&mut tx, tenant, version).await?,
            None => insert_tombstone(&mut tx, tenant, region, version).await?,
        }
        publish(tx, tenant).await?;
        Ok(Decision::Done(version))
    }
}

/// The answer to a claim whose tenant id is already in the directory.
fn repeated(held: &DirectoryEntry, claim: &DirectoryEntry) -> Decision {
    let same =
        held.alias_mac == claim.alias_mac && held.region == claim.region && held.shard == claim.shard && held.residency == claim.residency;
    if held.region != claim.region {
        Decision::OtherRegion
    } else if same && held.state == DirectoryState::Active {
        Decision::Done(held.version)
    } else {
        Decision::TenantTaken
    }
}

async fn head_of(tx: &mut Transaction<'static, Postgres>) -> Result<i64, StoreFault> {
    Ok(sqlx::query_scalar("SELECT dir_version FROM directory_head").fetch_one(&mut **tx).await?)
}

/// Takes the next version; the row stays locked until the transaction ends, and a rollback gives the version back.
async fn next_version(tx: &mut Transaction<'static, Postgres>) -> Result<i64, StoreFault> {
    Ok(sqlx::query_scalar("UPDATE directory_head SET dir_version = dir_version + 1 RETURNING dir_version").fetch_one(&mut **tx).await?)
}

async fn held(tx: &mut Transaction<'static, Postgres>, tenant: TenantId) -> Result<Option<DirectoryEntry>, StoreFault> {
    let row: Option<Row> = sqlx::query_as(concat!("SELECT ", entry_columns!(), " FROM directory_entry WHERE tenant_id = $1"))
        .bind(tenant.uuid())
        .fetch_optional(&mut **tx)
        .await?;
    row.map(entry).transpose()
}

async fn insert(
    tx: &mut Transaction<'static, Postgres>,
    claim: &DirectoryEntry,
    state: &'static str,
    version: i64,
) -> Result<(), StoreFault> {
    sqlx::query(
        "INSERT INTO directory_entry (tenant_id, alias_mac, region, shard, home_epoch, residency, state, dir_version)
         VALUES ($1, $2, $3, $4, $5, $6::residency, $7::directory_state, $8)",
    )
    .bind(claim.tenant.uuid())
    .bind(claim.alias_mac.as_slice())
    .bind(claim.region.0)
    .bind(claim.shard.0)
    .bind(claim.home_epoch.0)
    .bind(residency_label(claim.residency))
    .bind(state)
    .bind(version)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The tombstone of a claim that never arrived: no alias is known, so its hash is all zeros.
async fn insert_tombstone(
    tx: &mut Transaction<'static, Postgres>,
    tenant: TenantId,
    region: RegionNumber,
    version: i64,
) -> Result<(), StoreFault> {
    sqlx::query(
        "INSERT INTO directory_entry (tenant_id, alias_mac, region, shard, home_epoch, residency, state, dir_version)
         VALUES ($1, decode(repeat('00', 32), 'hex'), $2, 1, 1, 'PINNED', 'released', $3)",
    )
    .bind(tenant.uuid())
    .bind(region.0)
    .bind(version)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn mark_released(tx: &mut Transaction<'static, Postgres>, tenant: TenantId, version: i64) -> Result<(), StoreFault> {
    sqlx::query("UPDATE directory_entry SET state = 'released', dir_version = $2 WHERE tenant_id = $1")
        .bind(tenant.uuid())
        .bind(version)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Copies the tenant's entry into the feed and commits.
async fn publish(mut tx: Transaction<'static, Postgres>, tenant: TenantId) -> Result<(), StoreFault> {
    sqlx::query(
        "INSERT INTO dir_change (tenant_id, alias_mac, region, shard, home_epoch, residency, state, dir_version)
         SELECT tenant_id, alias_mac, region, shard, home_epoch, residency, state, dir_version
         FROM directory_entry WHERE tenant_id = $1",
    )
    .bind(tenant.uuid())
    .execute(&mut *tx)
    .await?;
    tx.commit().await.map_err(StoreFault::of_commit)
}

#[cfg(test)]
mod tests {
    use domain::region::ShardNumber;
    use domain::tenant::{HomeEpoch, Residency};
    use uuid::Uuid;

    use super::*;

    fn entry(region: i16, alias: u8, state: DirectoryState) -> DirectoryEntry {
        DirectoryEntry {
            tenant: TenantId::new(Uuid::from_u128(1)),
            alias_mac: [alias; 32],
            region: RegionNumber(region),
            shard: ShardNumber(1),
            home_epoch: HomeEpoch::FIRST,
            residency: Residency::Pinned,
            state,
            version: 9,
        }
    }

    #[test]
    fn a_repeated_claim_is_done_only_with_the_same_content() {
        let active = entry(1, 7, DirectoryState::Active);

        assert_eq!(repeated(&active, &entry(1, 7, DirectoryState::Active)), Decision::Done(9));
        assert_eq!(repeated(&active, &entry(1, 8, DirectoryState::Active)), Decision::TenantTaken);
        assert_eq!(repeated(&active, &entry(2, 7, DirectoryState::Active)), Decision::OtherRegion);
        assert_eq!(repeated(&entry(1, 7, DirectoryState::Released), &active), Decision::TenantTaken);
    }
}
