//! The columns of a directory entry, the same in control's tables and in the mirror: read, written one by one or in bulk.

use domain::ids::TenantId;
use domain::region::{RegionNumber, ShardNumber};
use domain::tenant::{DirectoryEntry, DirectoryState, HomeEpoch, Residency};
use uuid::Uuid;

use crate::fault::StoreFault;

/// The columns in the order of [`Row`].
macro_rules! entry_columns {
    () => {
        "tenant_id, alias_mac, region, shard, home_epoch, residency::text, state::text, dir_version"
    };
}
pub(crate) use entry_columns;

/// One row as the driver returns it.
pub(crate) type Row = (Uuid, Vec<u8>, i16, i16, i64, String, String, i64);

/// Reads the rows of a query over [`entry_columns`].
pub(crate) fn entries(rows: Vec<Row>) -> Result<Vec<DirectoryEntry>, StoreFault> {
    rows.into_iter().map(entry).collect()
}

pub(crate) fn entry(row: Row) -> Result<DirectoryEntry, StoreFault> {
    let (tenant, alias_mac, region, shard, home_epoch, residency, state, version) = row;
    let bad = |column: &str| StoreFault::inconsistent("directory_entry", format!("column {column}"));
    Ok(DirectoryEntry {
        tenant: TenantId::new(tenant),
        alias_mac: alias_mac.try_into().map_err(|_| bad("alias_mac"))?,
        region: RegionNumber(region),
        shard: ShardNumber(shard),
        home_epoch: HomeEpoch(home_epoch),
        residency: residency_of(&residency).ok_or_else(|| bad("residency"))?,
        state: state_of(&state).ok_or_else(|| bad("state"))?,
        version,
    })
}

pub(crate) const fn residency_label(residency: Residency) -> &'static str {
    match residency {
        Residency::Pinned => "PINNED",
        Residency::Flexible => "FLEXIBLE",
    }
}

pub(crate) const fn state_label(state: DirectoryState) -> &'static str {
    match state {
        DirectoryState::Active => "active",
        DirectoryState::Moving => "moving",
        DirectoryState::Suspended => "suspended",
        DirectoryState::Released => "released",
    }
}

fn residency_of(label: &str) -> Option<Residency> {
    [Residency::Pinned, Residency::Flexible].into_iter().find(|residency| residency_label(*residency) == label)
}

fn state_of(label: &str) -> Option<DirectoryState> {
    [DirectoryState::Active, DirectoryState::Moving, DirectoryState::Suspended, DirectoryState::Released]
        .into_iter()
        .find(|state| state_label(*state) == label)
}

/// Entries as one array per column, for `unnest`.
#[derive(Default)]
pub(crate) struct Columns {
    pub tenant: Vec<Uuid>,
    pub alias_mac: Vec<Vec<u8>>,
    pub region: Vec<i16>,
    pub shard: Vec<i16>,
    pub home_epoch: Vec<i64>,
    pub residency: Vec<&'static str>,
    pub state: Vec<&'static str>,
    pub version: Vec<i64>,
}

impl Columns {
    pub(crate) fn of<'e>(entries: impl IntoIterator<Item = &'e DirectoryEntry>) -> Self {
        let mut columns = Self::default();
        for entry in entries {
            columns.tenant.push(entry.tenant.uuid());
            columns.alias_mac.push(entry.alias_mac.to_vec());
            columns.region.push(entry.region.0);
            columns.shard.push(entry.shard.0);
            columns.home_epoch.push(entry.home_epoch.0);
            columns.residency.push(residency_label(entry.residency));
            columns.state.push(state_label(entry.state));
            columns.version.push(entry.version);
        }
        columns
    }
}
