//! The mirror's table: what a node starts from when control is down (R5). Shared by all nodes of the region.
//!
//! Memory is applied first and the table follows: routing goes on when the shard does not answer, and a table that is
//! behind costs a restarted node nothing but a longer pull. Each writer locks `directory_position`, so nodes take turns
//! and the position never falls.

use std::collections::HashMap;

use domain::region::RegionNumber;
use domain::tenant::{DirectoryEntry, DirectoryState};
use sqlx::{Postgres, Transaction};

use super::Directory;
use super::row::{Columns, Row, entries, entry_columns};
use crate::begin::begin;
use crate::fault::StoreFault;
use crate::shard::Shards;

const BEGIN_WRITE: &str = "BEGIN; SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '30s'";
const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

impl Directory {
    /// The mirror as the region's first shard has it.
    ///
    /// # Errors
    /// Any fault of the database.
    pub async fn load(region: RegionNumber, shards: &Shards) -> Result<Self, StoreFault> {
        let mut tx = begin(shards.first_pool()?, BEGIN_READ).await?;
        let version = sqlx::query_scalar("SELECT dir_version FROM directory_position").fetch_one(&mut *tx).await?;
        let rows: Vec<Row> = sqlx::query_as(concat!("SELECT ", entry_columns!(), " FROM directory_entry")).fetch_all(&mut *tx).await?;
        let directory = Self::new(region);
        directory.replace(version, &entries(rows)?).map_err(|fault| StoreFault::inconsistent("directory_position", fault))?;
        Ok(directory)
    }

    /// Brings the table from any earlier version to the mirror's own: by `changes` when they join on to the table's
    /// position, else whole. A table that is already as far is left alone.
    ///
    /// # Errors
    /// Any fault of the database; the table stays as it was.
    pub async fn save(&self, shards: &Shards, changes: &[DirectoryEntry]) -> Result<(), StoreFault> {
        let mut tx = begin(shards.first_pool()?, BEGIN_WRITE).await?;
        let position: i64 = sqlx::query_scalar("SELECT dir_version FROM directory_position FOR UPDATE").fetch_one(&mut *tx).await?;
        let Some(last) = changes.last().filter(|_| joins_on(position, changes)) else {
            return self.save_all(tx, position).await;
        };
        if position >= last.version {
            return Ok(());
        }
        put(&mut tx, newest_of_each_tenant(changes).values().copied()).await?;
        move_to(tx, last.version).await
    }

    async fn save_all(&self, mut tx: Transaction<'static, Postgres>, position: i64) -> Result<(), StoreFault> {
        let (version, held) = self.contents();
        if position >= version {
            return Ok(());
        }
        sqlx::query("DELETE FROM directory_entry").execute(&mut *tx).await?;
        put(&mut tx, held.iter()).await?;
        move_to(tx, version).await
    }
}

/// Whether the table's position lies right before the changes or inside them.
fn joins_on(position: i64, changes: &[DirectoryEntry]) -> bool {
    changes.first().is_some_and(|first| first.version <= position + 1)
}

/// One statement cannot touch a row twice.
fn newest_of_each_tenant(changes: &[DirectoryEntry]) -> HashMap<domain::ids::TenantId, &DirectoryEntry> {
    changes.iter().map(|change| (change.tenant, change)).collect()
}

/// Writes entries and removes released ones; a row of a higher epoch stays.
async fn put<'e>(tx: &mut Transaction<'static, Postgres>, entries: impl Iterator<Item = &'e DirectoryEntry>) -> Result<(), StoreFault> {
    let (released, live): (Vec<_>, Vec<_>) = entries.partition(|entry| entry.state == DirectoryState::Released);
    let Columns { tenant, alias_mac, region, shard, home_epoch, residency, state, version } = Columns::of(live);
    sqlx::query(
        "INSERT INTO directory_entry (tenant_id, alias_mac, region, shard, home_epoch, residency, state, dir_version)
         SELECT t, a, r, s, e, d::residency, z::directory_state, v
         FROM unnest($1::uuid[], $2::bytea[], $3::smallint[], $4::smallint[], $5::bigint[], $6::text[], $7::text[], $8::bigint[])
              AS change (t, a, r, s, e, d, z, v)
         ON CONFLICT (tenant_id) DO UPDATE SET
             alias_mac = excluded.alias_mac, region = excluded.region, shard = excluded.shard, home_epoch = excluded.home_epoch,
             residency = excluded.residency, state = excluded.state, dir_version = excluded.dir_version
         WHERE excluded.home_epoch >= directory_entry.home_epoch",
    )
    .bind(tenant)
    .bind(alias_mac)
    .bind(region)
    .bind(shard)
    .bind(home_epoch)
    .bind(residency)
    .bind(state)
    .bind(version)
    .execute(&mut **tx)
    .await?;
    let Columns { tenant, home_epoch, .. } = Columns::of(released);
    sqlx::query(
        "DELETE FROM directory_entry USING unnest($1::uuid[], $2::bigint[]) AS gone (t, e)
         WHERE tenant_id = t AND home_epoch <= e",
    )
    .bind(tenant)
    .bind(home_epoch)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn move_to(mut tx: Transaction<'static, Postgres>, version: i64) -> Result<(), StoreFault> {
    sqlx::query("UPDATE directory_position SET dir_version = $1").bind(version).execute(&mut *tx).await?;
    tx.commit().await.map_err(StoreFault::of_commit)
}
