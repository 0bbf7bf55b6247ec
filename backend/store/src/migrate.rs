//! Brings one database to the schema of this binary: plain SQL files, each applied once, in order, in its own transaction.
//!
//! The files lie in `migrations/{shard,key_store,control}/NNNN_name.sql` and are compiled in. What was applied is kept in
//! `schema_migration (version, checksum)`, which holds no text, so that the catalogue rule of R2 needs no exception; that is
//! why the driver's own book-keeping table is not used. Also writes the region's number into `region_identity` (R3): a
//! database that already belongs to another region is refused before anything in it is changed.

use std::time::Duration;

use domain::region::RegionNumber;
use sqlx::migrate::{Migration, MigrationType};
use sqlx::postgres::PgConnection;
use sqlx::{ConnectOptions, Connection, Executor, SqlSafeStr};
use thiserror::Error;

use crate::database::Database;

mod files;

/// How long to wait for a connection to a database that is to be migrated.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// Any fixed number: two migrations of one database wait for each other.
const MIGRATION_LOCK: i64 = 7_238_114_905;

/// What a database is for; decides which files it gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseKind {
    /// Tenant rows of a region.
    Shard,
    /// Wrapped tenant keys of a region.
    KeyStore,
    /// The directory's authority; belongs to no region.
    Control,
}

impl DatabaseKind {
    /// The role that serves requests; owns nothing.
    const fn app_role_grant(self) -> &'static str {
        match self {
            Self::Shard => "GRANT SELECT ON schema_migration TO domicile_app",
            Self::KeyStore => "GRANT SELECT ON schema_migration TO domicile_keys",
            Self::Control => "GRANT SELECT ON schema_migration TO domicile_control",
        }
    }

    const fn files(self) -> &'static [files::File] {
        match self {
            Self::Shard => files::SHARD,
            Self::KeyStore => files::KEY_STORE,
            Self::Control => files::CONTROL,
        }
    }

    fn migrations(self) -> impl Iterator<Item = (&'static str, Migration)> {
        self.files().iter().map(|file| {
            let migration = Migration::new(file.version, file.name.into(), MigrationType::Simple, file.sql.into_sql_str(), false);
            (file.name, migration)
        })
    }
}

/// Why a database cannot be brought, or is not, at this binary's schema.
#[derive(Debug, Error)]
pub enum MigrateFault {
    /// The database did not answer or refused the role.
    #[error("connect to {address}")]
    Connect {
        /// `host:port`.
        address: String,
        /// What the driver said.
        #[source]
        source: sqlx::Error,
    },
    /// A file failed; it was rolled back, the ones before it stay.
    #[error("apply migration {file}")]
    Apply {
        /// The file's name.
        file: &'static str,
        /// What the database said.
        #[source]
        source: sqlx::Error,
    },
    /// Book-keeping could not be read or written.
    #[error("read the migration state")]
    State(#[from] sqlx::Error),
    /// A file was edited after it had been applied.
    #[error("migration {file} was applied with other content; an applied file is never edited")]
    Changed {
        /// The file's name.
        file: &'static str,
    },
    /// The database lacks files of this binary.
    #[error("migrations are pending: {files}; run `domicile migrate` first")]
    Pending {
        /// Their names, in order.
        files: String,
    },
    /// The database belongs to another region (R3).
    #[error("the database belongs to region number {held}, not {expected}; a region's database is never reused for another region")]
    OtherRegion {
        /// What `region_identity` says.
        held: RegionNumber,
        /// What was asked for.
        expected: RegionNumber,
    },
    /// The database was never migrated for a region (R3).
    #[error("the database names no region; run `domicile migrate` first")]
    NoRegion,
}

/// Applies what is missing, as the database's owner. Returns the names of the files applied, in order.
///
/// `region` is the region the database belongs to; none for control.
///
/// # Errors
/// Any [`MigrateFault`]. After a failure the files before the failing one are in place, and a second run goes on from there.
pub async fn migrate(kind: DatabaseKind, database: &Database, region: Option<RegionNumber>) -> Result<Vec<&'static str>, MigrateFault> {
    let mut connection = connect(database).await?;
    connection.execute("SET lock_timeout = '30s'").await?;
    sqlx::query("SELECT pg_advisory_lock($1)").bind(MIGRATION_LOCK).execute(&mut connection).await?;
    if let Some(region) = region {
        refuse_other_region(&mut connection, region).await?;
    }
    let applied = apply_missing(&mut connection, kind).await?;
    if let Some(region) = region {
        write_region(&mut connection, region).await?;
    }
    connection.close().await?;
    Ok(applied)
}

/// Whether a process may serve from this database: nothing is pending, and it belongs to `region` (none for control).
/// Needs reading rights only. A database ahead of the binary is fine: each change is made so that the version before it
/// still works.
///
/// # Errors
/// [`MigrateFault::OtherRegion`] (R3), [`MigrateFault::Pending`], and any fault of reading.
pub async fn ready(kind: DatabaseKind, database: &Database, region: Option<RegionNumber>) -> Result<(), MigrateFault> {
    let mut connection = connect(database).await?;
    if let Some(region) = region {
        refuse_other_region(&mut connection, region).await?;
    }
    let pending = pending(&mut connection, kind).await?;
    if !pending.is_empty() {
        return Err(MigrateFault::Pending { files: pending.join(", ") });
    }
    if let Some(region) = region {
        check_region(&mut connection, region).await?;
    }
    connection.close().await?;
    Ok(())
}

async fn pending(connection: &mut PgConnection, kind: DatabaseKind) -> Result<Vec<&'static str>, MigrateFault> {
    let applied = if table_exists(connection, "schema_migration").await? { applied(connection).await? } else { Vec::new() };
    let mut missing = Vec::new();
    for (file, migration) in kind.migrations() {
        if !is_applied(&applied, file, &migration)? {
            missing.push(file);
        }
    }
    Ok(missing)
}

async fn check_region(connection: &mut PgConnection, expected: RegionNumber) -> Result<(), MigrateFault> {
    match held_region(connection).await? {
        Some(held) if held == expected => Ok(()),
        Some(held) => Err(MigrateFault::OtherRegion { held, expected }),
        None => Err(MigrateFault::NoRegion),
    }
}

async fn connect(database: &Database) -> Result<PgConnection, MigrateFault> {
    let options = database.options().disable_statement_logging();
    let fault = |source| MigrateFault::Connect { address: format!("{}:{}", database.host, database.port), source };
    match tokio::time::timeout(CONNECT_LIMIT, PgConnection::connect_with(&options)).await {
        Ok(connected) => connected.map_err(fault),
        Err(_) => Err(fault(sqlx::Error::PoolTimedOut)),
    }
}

async fn apply_missing(connection: &mut PgConnection, kind: DatabaseKind) -> Result<Vec<&'static str>, MigrateFault> {
    connection
        .execute(
            "CREATE TABLE IF NOT EXISTS schema_migration (
                version  bigint PRIMARY KEY,
                checksum bytea  NOT NULL CHECK (octet_length(checksum) = 48)
            )",
        )
        .await?;
    connection.execute(kind.app_role_grant()).await?;
    let applied = applied(connection).await?;
    let mut now_applied = Vec::new();
    for (file, migration) in kind.migrations() {
        if !is_applied(&applied, file, &migration)? {
            apply(connection, &migration).await.map_err(|source| MigrateFault::Apply { file, source })?;
            now_applied.push(file);
        }
    }
    Ok(now_applied)
}

async fn apply(connection: &mut PgConnection, migration: &Migration) -> Result<(), sqlx::Error> {
    let mut tx = connection.begin().await?;
    tx.execute(sqlx::raw_sql(migration.sql.clone())).await?;
    sqlx::query("INSERT INTO schema_migration (version, checksum) VALUES ($1, $2)")
        .bind(migration.version)
        .bind(&*migration.checksum)
        .execute(&mut *tx)
        .await?;
    tx.commit().await
}

async fn applied(connection: &mut PgConnection) -> Result<Vec<(i64, Vec<u8>)>, sqlx::Error> {
    sqlx::query_as("SELECT version, checksum FROM schema_migration ORDER BY version").fetch_all(connection).await
}

fn is_applied(applied: &[(i64, Vec<u8>)], file: &'static str, migration: &Migration) -> Result<bool, MigrateFault> {
    match applied.iter().find(|(version, _)| *version == migration.version) {
        None => Ok(false),
        Some((_, checksum)) if *checksum == *migration.checksum => Ok(true),
        Some(_) => Err(MigrateFault::Changed { file }),
    }
}

async fn table_exists(connection: &mut PgConnection, table: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT to_regclass($1) IS NOT NULL").bind(table).fetch_one(connection).await
}

async fn held_region(connection: &mut PgConnection) -> Result<Option<RegionNumber>, sqlx::Error> {
    if !table_exists(connection, "region_identity").await? {
        return Ok(None);
    }
    let held: Option<i16> = sqlx::query_scalar("SELECT region FROM region_identity").fetch_optional(connection).await?;
    Ok(held.map(RegionNumber))
}

async fn refuse_other_region(connection: &mut PgConnection, expected: RegionNumber) -> Result<(), MigrateFault> {
    match held_region(connection).await? {
        Some(held) if held != expected => Err(MigrateFault::OtherRegion { held, expected }),
        _ => Ok(()),
    }
}

async fn write_region(connection: &mut PgConnection, region: RegionNumber) -> Result<(), MigrateFault> {
    sqlx::query("INSERT INTO region_identity (region) SELECT $1 WHERE NOT EXISTS (SELECT FROM region_identity)")
        .bind(region.0)
        .execute(&mut *connection)
        .await?;
    check_region(connection, region).await
}
