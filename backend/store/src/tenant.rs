//! Rows of `tenant`, its fence, and sign-ups that are not decided yet.
//!
//! A new tenant's rows are written with the fence at `incoming`, where no other transaction can pass, together with a row
//! of `pending_sign_up`. Whoever deletes that row decides: the sign-up, by activating the fence, or the sweeper, by
//! removing the tenant. The row's lock keeps the other one waiting until the decision is durable.

use domain::ids::TenantId;
use domain::region::ShardNumber;
use domain::tenant::HomeEpoch;
use jiff::Timestamp;
use sea_orm::FromQueryResult;

use crate::fault::StoreFault;
use crate::instant::to_driver;
use crate::scope::{TenantTx, sql};
use crate::shard::Shards;

/// A tenant about to be written.
#[derive(Debug, Clone)]
pub struct NewTenant {
    /// Alias and name.
    pub sealed: Vec<u8>,
    /// IANA zone.
    pub time_zone: String,
    /// Language tag.
    pub locale: String,
    /// The epoch it starts under.
    pub home_epoch: HomeEpoch,
    /// Now.
    pub created_at: Timestamp,
}

/// A tenant's row.
#[derive(Debug, Clone)]
pub struct TenantRow {
    /// Alias and name.
    pub sealed: Vec<u8>,
    /// IANA zone.
    pub time_zone: String,
    /// Language tag.
    pub locale: String,
    /// Label of the plan.
    pub plan: String,
}

#[derive(FromQueryResult)]
struct Row {
    sealed: Vec<u8>,
    time_zone: String,
    locale: String,
    plan: String,
}

const INSERT_TENANT: &str =
    "INSERT INTO tenant (tenant_id, sealed, time_zone, locale, plan, created_at) VALUES ($1, $2, $3, $4, 'FREE', $5)";
const INSERT_FENCE: &str = "INSERT INTO fence (tenant_id, home_epoch, mode) VALUES ($1, $2, 'incoming')";
const INSERT_PENDING: &str = "INSERT INTO pending_sign_up (tenant_id, started_at) VALUES ($1, $2)";
const DELETE_PENDING: &str = "DELETE FROM pending_sign_up WHERE tenant_id = $1";
const ACTIVATE: &str = "UPDATE fence SET mode = 'active' WHERE tenant_id = $1 AND mode = 'incoming'";
const DELETE_TENANT: &str =
    "DELETE FROM tenant WHERE tenant_id = $1 AND EXISTS (SELECT FROM fence WHERE fence.tenant_id = $1 AND mode = 'incoming')";
const SELECT: &str = "SELECT sealed, time_zone, locale, plan FROM tenant WHERE tenant_id = $1";

impl TenantTx {
    /// Writes the tenant, closed to everybody, and marks it as not decided.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statements.
    pub async fn insert_pending_tenant(&mut self, tenant: &NewTenant) -> Result<(), StoreFault> {
        let id = self.tenant().uuid();
        let created_at = to_driver(tenant.created_at);
        let row =
            [id.into(), tenant.sealed.clone().into(), tenant.time_zone.clone().into(), tenant.locale.clone().into(), created_at.into()];
        self.run(&sql(INSERT_TENANT, row)).await?;
        self.run(&sql(INSERT_FENCE, [id.into(), tenant.home_epoch.0.into()])).await?;
        self.run(&sql(INSERT_PENDING, [id.into(), created_at.into()])).await?;
        Ok(())
    }

    /// Takes the decision over a sign-up; false when another transaction has taken it. Waits for one under way.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statement.
    pub async fn take_pending_sign_up(&mut self) -> Result<bool, StoreFault> {
        let id = self.tenant().uuid();
        Ok(self.run(&sql(DELETE_PENDING, [id.into()])).await? == 1)
    }

    /// Opens the tenant to everybody; false when it was not waiting for that.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statement.
    pub async fn activate_tenant(&mut self) -> Result<bool, StoreFault> {
        let id = self.tenant().uuid();
        Ok(self.run(&sql(ACTIVATE, [id.into()])).await? == 1)
    }

    /// Removes a tenant that was never opened, with everything that hangs on it.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statement.
    pub async fn delete_pending_tenant(&mut self) -> Result<(), StoreFault> {
        let id = self.tenant().uuid();
        self.run(&sql(DELETE_TENANT, [id.into()])).await?;
        Ok(())
    }

    /// The tenant's own row.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statement; [`StoreFault::NotServedHere`] when there is no row.
    pub async fn tenant_row(&mut self) -> Result<TenantRow, StoreFault> {
        let id = self.tenant().uuid();
        let row: Option<Row> = self.one(&sql(SELECT, [id.into()])).await?;
        let Row { sealed, time_zone, locale, plan } = row.ok_or(StoreFault::NotServedHere)?;
        Ok(TenantRow { sealed, time_zone, locale, plan })
    }
}

impl Shards {
    /// Sign-ups of every shard that began before `before` and are not decided; at most 100 of a shard, oldest first.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statements.
    pub async fn pending_sign_ups(&self, before: Timestamp) -> Result<Vec<(ShardNumber, TenantId)>, StoreFault> {
        let mut found = Vec::new();
        for (shard, pool) in self.pools() {
            let rows = sqlx::query_scalar("SELECT tenant_id FROM pending_sign_up WHERE started_at < $1 ORDER BY started_at LIMIT 100")
                .bind(to_driver(before))
                .fetch_all(pool)
                .await?;
            found.extend(rows.into_iter().map(|id| (shard, TenantId::new(id))));
        }
        Ok(found)
    }
}
