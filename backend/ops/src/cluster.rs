//! One look at one PostgreSQL cluster: role, timeline, who follows it, which region it says it belongs to.
//!
//! Reads only, as a role with `pg_monitor` and no right on a tenant's table. Never waits longer than [`LIMIT`].

use std::time::Duration;

use serde::Serialize;
use sqlx::postgres::PgConnection;
use sqlx::{ConnectOptions, Connection};
use store::Database;

/// A cluster that answers later than this counts as unreachable.
pub const LIMIT: Duration = Duration::from_secs(5);

/// What one look saw.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// No answer, with what was said.
    Unreachable(String),
    /// An answer.
    Reached(Facts),
}

/// What a cluster says of itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Facts {
    /// Which part it plays.
    pub role: Role,
    /// Rises at each promotion.
    pub timeline: i32,
    /// Equal for a primary and its standbys, different for any two databases made apart.
    pub system: i64,
    /// The number in `region_identity`; none before the first migration.
    pub region: Option<i16>,
    /// Who follows it; empty on a standby.
    pub followers: Vec<Follower>,
    /// Whether a standby receives from its primary now.
    pub receiving: bool,
}

/// Which part a cluster plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Takes writes.
    Primary,
    /// Follows.
    Standby,
}

/// A standby as its primary sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Follower {
    /// The site it stands on.
    pub name: String,
    /// `streaming` when it keeps up.
    pub state: String,
    /// `sync` when commits wait for it.
    pub sync_state: String,
    /// How much of the primary's log it has not replayed, in bytes.
    pub lag_bytes: i64,
}

/// Looks once. Never fails: a cluster that cannot be reached is something seen, too.
pub async fn look(database: &Database) -> Look {
    match tokio::time::timeout(LIMIT, facts(database)).await {
        Ok(Ok(facts)) => Look::Reached(facts),
        Ok(Err(error)) => Look::Unreachable(error.to_string()),
        Err(_) => Look::Unreachable(format!("no answer within {} s", LIMIT.as_secs())),
    }
}

async fn facts(database: &Database) -> Result<Facts, sqlx::Error> {
    let mut connection = database.options().disable_statement_logging().connect().await?;
    // A primary's timeline is in the name of its current log file; after a promotion the control file lags behind it.
    let (standby, timeline, system, receiving): (bool, i32, i64, bool) = sqlx::query_as(
        "SELECT pg_is_in_recovery() AS standby,
                CASE WHEN pg_is_in_recovery()
                     THEN coalesce((SELECT received_tli FROM pg_stat_wal_receiver), (SELECT timeline_id FROM pg_control_checkpoint()))
                     ELSE ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int END AS timeline,
                (SELECT system_identifier FROM pg_control_system()) AS system,
                EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming') AS receiving",
    )
    .fetch_one(&mut connection)
    .await?;
    let role = if standby { Role::Standby } else { Role::Primary };
    let followers = if standby { Vec::new() } else { followers(&mut connection).await? };
    let region = region(&mut connection).await?;
    connection.close().await?;
    Ok(Facts { role, timeline, system, region, followers, receiving })
}

async fn followers(connection: &mut PgConnection) -> Result<Vec<Follower>, sqlx::Error> {
    let rows: Vec<(String, String, String, i64)> = sqlx::query_as(
        "SELECT application_name AS name, coalesce(state, '') AS state, coalesce(sync_state, '') AS sync_state,
                coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn), 0)::bigint AS lag_bytes
         FROM pg_stat_replication ORDER BY application_name",
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|(name, state, sync_state, lag_bytes)| Follower { name, state, sync_state, lag_bytes }).collect())
}

async fn region(connection: &mut PgConnection) -> Result<Option<i16>, sqlx::Error> {
    let known: bool = sqlx::query_scalar("SELECT to_regclass('region_identity') IS NOT NULL").fetch_one(&mut *connection).await?;
    if !known {
        return Ok(None);
    }
    sqlx::query_scalar("SELECT region FROM region_identity").fetch_optional(connection).await
}
