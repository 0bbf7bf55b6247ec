//! Rows of `idempotency_key` (B3).

use jiff::Timestamp;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::fault::StoreFault;
use crate::instant::to_driver;
use crate::scope::{TenantTx, sql};

/// One use of a caller's key; both values are HMACs.
#[derive(Debug, Clone)]
pub struct KeyUse {
    /// The operation; the same key may be used once for each.
    pub operation: &'static str,
    /// HMAC of the caller's key.
    pub key_mac: [u8; 32],
    /// HMAC of the input.
    pub digest: [u8; 32],
}

/// What the table knows of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recalled {
    /// Never used: it is now.
    First,
    /// Used with the same input; this is what it made.
    Again(Uuid),
    /// Used with another input.
    OtherInput,
}

#[derive(FromQueryResult)]
struct Row {
    digest: Vec<u8>,
    result_id: Uuid,
}

const INSERT: &str = "INSERT INTO idempotency_key (tenant_id, operation, key_mac, digest, result_id, created_at) \
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant_id, operation, key_mac) DO NOTHING";
const SELECT: &str = "SELECT digest, result_id FROM idempotency_key WHERE tenant_id = $1 AND operation = $2 AND key_mac = $3";

impl TenantTx {
    /// Remembers the use, or tells what an earlier one made. An earlier use that has not ended is waited for.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the two statements.
    pub async fn recall(&mut self, key_use: &KeyUse, result: Uuid, now: Timestamp) -> Result<Recalled, StoreFault> {
        let tenant = self.tenant().uuid();
        let key = key_use.key_mac.to_vec();
        let values = [
            tenant.into(),
            key_use.operation.into(),
            key.clone().into(),
            key_use.digest.to_vec().into(),
            result.into(),
            to_driver(now).into(),
        ];
        if self.run(&sql(INSERT, values)).await? == 1 {
            return Ok(Recalled::First);
        }
        let earlier: Option<Row> = self.one(&sql(SELECT, [tenant.into(), key_use.operation.into(), key.into()])).await?;
        let earlier = earlier.ok_or(StoreFault::Retry)?;
        let same = earlier.digest == key_use.digest;
        Ok(if same { Recalled::Again(earlier.result_id) } else { Recalled::OtherInput })
    }
}
