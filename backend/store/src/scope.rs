//! The only door to tenant rows (I2): a transaction that carries the tenant and has passed the fence (D1).
//!
//! Opening is one round trip: the tenant's setting for row-level security, the fence's judgement and `BEGIN` travel as
//! one message, in this order (see `begin.rs`). The only value written into that text is a parsed UUID and an integer.
//! Statements are built by sea-query or stand as constants with bound values; rows come out typed. No driver type leaves
//! this crate.

use std::time::Duration;

use domain::ids::TenantId;
use domain::region::ShardNumber;
use domain::tenant::HomeEpoch;
use sea_orm::{DbBackend, FromQueryResult, QueryResult, Statement, StatementBuilder, Value, Values};
use sea_query_sqlx::SqlxValues;
use sqlx::{AssertSqlSafe, Postgres, Transaction};
use tokio::time::timeout;

use crate::begin;
use crate::fault::StoreFault;
use crate::shard::Shards;

/// A commit without an answer for so long is unknown: the secondary site may be away. Less than a request may take.
const COMMIT_LIMIT: Duration = Duration::from_secs(10);

/// A tenant that is at home here, as the directory said. Only the directory mirror and a sign-up make one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TenantScope {
    tenant: TenantId,
    shard: ShardNumber,
    home_epoch: HomeEpoch,
}

impl TenantScope {
    pub(crate) const fn new(tenant: TenantId, shard: ShardNumber, home_epoch: HomeEpoch) -> Self {
        Self { tenant, shard, home_epoch }
    }

    /// Whose rows.
    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// In which shard.
    #[must_use]
    pub const fn shard(&self) -> ShardNumber {
        self.shard
    }

    /// Under which home epoch.
    #[must_use]
    pub const fn home_epoch(&self) -> HomeEpoch {
        self.home_epoch
    }
}

/// A transaction over the rows of one tenant. Dropping it rolls back, without waiting for the answer.
pub struct TenantTx {
    tenant: TenantId,
    transaction: Transaction<'static, Postgres>,
}

impl Shards {
    /// Opens a read. One round trip; drop it when done, which the caller does not wait for.
    ///
    /// # Errors
    /// [`StoreFault::StaleEpoch`], [`StoreFault::NotServedHere`]: the fence says no. [`StoreFault::Unavailable`].
    pub async fn read(&self, scope: &TenantScope) -> Result<TenantTx, StoreFault> {
        self.open(
            scope.shard,
            scope.tenant,
            "BEGIN READ ONLY",
            &format!("SELECT fence_check('{}', {})", scope.tenant.uuid(), scope.home_epoch),
        )
        .await
    }

    /// Opens a write: the tenant's fence row stays locked against a freeze until the end. One round trip.
    ///
    /// # Errors
    /// [`StoreFault::StaleEpoch`], [`StoreFault::Frozen`], [`StoreFault::NotServedHere`]: the fence says no.
    /// [`StoreFault::Unavailable`].
    pub async fn write(&self, scope: &TenantScope) -> Result<TenantTx, StoreFault> {
        self.open(scope.shard, scope.tenant, "BEGIN", &format!("SELECT fence_hold('{}', {})", scope.tenant.uuid(), scope.home_epoch)).await
    }

    /// Opens the transaction that makes, activates or removes a tenant: the one write that cannot pass the fence.
    ///
    /// # Errors
    /// [`StoreFault::Unavailable`].
    pub async fn found(&self, shard: ShardNumber, tenant: TenantId) -> Result<TenantTx, StoreFault> {
        self.open(shard, tenant, "BEGIN", "").await
    }

    async fn open(&self, shard: ShardNumber, tenant: TenantId, opening: &str, judge: &str) -> Result<TenantTx, StoreFault> {
        let text = format!("SET LOCAL app.tenant_id = '{}'; {judge}; {opening}", tenant.uuid());
        let transaction = begin::begin(self.pool(shard)?, text).await?;
        Ok(TenantTx { tenant, transaction })
    }
}

impl TenantTx {
    /// Whose rows.
    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Makes everything durable, on the secondary site too. A commit that was sent is never cancelled, whether its caller
    /// goes away or stops waiting (D2): it runs in a task of its own.
    ///
    /// # Errors
    /// [`StoreFault::CommitUnknown`]: the connection broke or the answer took too long; the commit may have happened.
    pub async fn commit(self) -> Result<(), StoreFault> {
        let commit = tokio::spawn(self.transaction.commit());
        match timeout(COMMIT_LIMIT, commit).await {
            Ok(Ok(answer)) => answer.map_err(StoreFault::of_commit),
            Ok(Err(_)) | Err(_) => Err(StoreFault::CommitUnknown),
        }
    }

    /// All rows of a statement.
    pub(crate) async fn all<R: FromQueryResult>(&mut self, statement: &Statement) -> Result<Vec<R>, StoreFault> {
        let rows = sqlx::query_with(AssertSqlSafe(statement.sql.as_str()), bound(statement)).fetch_all(&mut *self.transaction).await?;
        rows.into_iter().map(|row| R::from_query_result(&QueryResult::from(row), "").map_err(StoreFault::from)).collect()
    }

    /// The first row of a statement.
    pub(crate) async fn one<R: FromQueryResult>(&mut self, statement: &Statement) -> Result<Option<R>, StoreFault> {
        let row = sqlx::query_with(AssertSqlSafe(statement.sql.as_str()), bound(statement)).fetch_optional(&mut *self.transaction).await?;
        row.map(|row| R::from_query_result(&QueryResult::from(row), "").map_err(StoreFault::from)).transpose()
    }

    /// Runs a statement and returns how many rows it changed.
    pub(crate) async fn run(&mut self, statement: &Statement) -> Result<u64, StoreFault> {
        let done = sqlx::query_with(AssertSqlSafe(statement.sql.as_str()), bound(statement)).execute(&mut *self.transaction).await?;
        Ok(done.rows_affected())
    }
}

/// A constant text with bound values `$1…`; by rule `$1` is the tenant.
pub(crate) fn sql(text: &'static str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, text, values)
}

/// A statement built by sea-query.
pub(crate) fn built(statement: &impl StatementBuilder) -> Statement {
    statement.build(&DbBackend::Postgres)
}

fn bound(statement: &Statement) -> SqlxValues {
    SqlxValues(statement.values.clone().unwrap_or_else(|| Values(Vec::new())))
}
