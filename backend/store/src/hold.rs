//! Rows of `hold`: a time kept for a few minutes. An expired hold never blocks: searches ignore its claim, and a writer
//! that meets it removes it first.

use chrono::{DateTime, Utc};
use domain::ids::{GroupSessionId, HoldId, ServiceId, StaffId};
use domain::time::Interval;
use jiff::Timestamp;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::fault::StoreFault;
use crate::instant::{from_driver, to_driver};
use crate::scope::{TenantTx, sql};

/// A time kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HoldRow {
    /// Which hold.
    pub id: HoldId,
    /// Of which service.
    pub service: ServiceId,
    /// With whom.
    pub staff: StaffId,
    /// The run, for capacity over one.
    pub group_session: Option<GroupSessionId>,
    /// Without buffers.
    pub during: Interval,
    /// Seats kept.
    pub seats: u32,
    /// Counts only before this instant.
    pub expires_at: Timestamp,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    service_id: Uuid,
    staff_id: Uuid,
    group_session_id: Option<Uuid>,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    seats: i32,
    expires_at: DateTime<Utc>,
}

#[derive(FromQueryResult)]
struct SessionRow {
    group_session_id: Option<Uuid>,
}

const INSERT: &str = "\
INSERT INTO hold (tenant_id, id, service_id, staff_id, group_session_id, starts_at, ends_at, seats, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

const SELECT: &str = "\
SELECT id, service_id, staff_id, group_session_id, starts_at, ends_at, seats, expires_at
  FROM hold WHERE tenant_id = $1 AND id = $2";

const LOCK: &str = "\
SELECT id, service_id, staff_id, group_session_id, starts_at, ends_at, seats, expires_at
  FROM hold WHERE tenant_id = $1 AND id = $2 FOR UPDATE";

const DELETE: &str = "DELETE FROM hold WHERE tenant_id = $1 AND id = $2 RETURNING group_session_id";

const SWEEP_SESSIONS: &str = "\
DELETE FROM claim
 WHERE tenant_id = $1 AND subject_kind = 1 AND subject_id = ANY($2)
   AND ends_at > $3 AND ends_at < $4 + interval '72 hours' AND starts_at < $4
   AND group_session_id IS NOT NULL AND expires_at <= $5";

const SWEEP: &str = "\
DELETE FROM hold
 WHERE tenant_id = $1 AND expires_at <= $5
   AND id IN (SELECT c.hold_id FROM claim c
               WHERE c.tenant_id = $1 AND c.subject_kind = 1 AND c.subject_id = ANY($2)
                 AND c.ends_at > $3 AND c.ends_at < $4 + interval '72 hours' AND c.starts_at < $4 AND c.hold_id IS NOT NULL)";

impl TenantTx {
    /// Writes a hold; its claim is written apart.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statement.
    pub async fn insert_hold(&mut self, hold: &HoldRow) -> Result<(), StoreFault> {
        let values = [
            self.tenant().uuid().into(),
            hold.id.uuid().into(),
            hold.service.uuid().into(),
            hold.staff.uuid().into(),
            hold.group_session.map(GroupSessionId::uuid).into(),
            to_driver(hold.during.start()).into(),
            to_driver(hold.during.end()).into(),
            i32::try_from(hold.seats).map_err(|error| StoreFault::inconsistent("hold", error))?.into(),
            to_driver(hold.expires_at).into(),
        ];
        self.run(&sql(INSERT, values)).await.map(|_| ())
    }

    /// The hold with this id, expired or not.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statement.
    pub async fn hold(&mut self, id: HoldId) -> Result<Option<HoldRow>, StoreFault> {
        self.hold_by(SELECT, id).await
    }

    /// The hold with this id, locked against a second confirmation.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statement.
    pub async fn lock_hold(&mut self, id: HoldId) -> Result<Option<HoldRow>, StoreFault> {
        self.hold_by(LOCK, id).await
    }

    async fn hold_by(&mut self, text: &'static str, id: HoldId) -> Result<Option<HoldRow>, StoreFault> {
        let row: Option<Row> = self.one(&sql(text, [self.tenant().uuid().into(), id.uuid().into()])).await?;
        row.map(HoldRow::try_from).transpose()
    }

    /// Removes a hold with its claim; `false` when there was none.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statements.
    pub async fn release_hold(&mut self, id: HoldId, now: Timestamp) -> Result<bool, StoreFault> {
        let row: Option<SessionRow> = self.one(&sql(DELETE, [self.tenant().uuid().into(), id.uuid().into()])).await?;
        let Some(row) = row else { return Ok(false) };
        if let Some(session) = row.group_session_id {
            self.settle_group_session(GroupSessionId::new(session), now).await?;
        }
        Ok(true)
    }

    /// Removes expired holds and claims of `staff` that meet `window`, so that the constraint does not see them.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statements.
    pub async fn sweep_expired(&mut self, staff: &[StaffId], window: Interval, now: Timestamp) -> Result<(), StoreFault> {
        for text in [SWEEP_SESSIONS, SWEEP] {
            let values = [
                self.tenant().uuid().into(),
                staff.iter().map(|staff| staff.uuid()).collect::<Vec<_>>().into(),
                to_driver(window.start()).into(),
                to_driver(window.end()).into(),
                to_driver(now).into(),
            ];
            self.run(&sql(text, values)).await?;
        }
        Ok(())
    }
}

impl TryFrom<Row> for HoldRow {
    type Error = StoreFault;

    fn try_from(row: Row) -> Result<Self, StoreFault> {
        let during = Interval::new(from_driver("hold", row.starts_at)?, from_driver("hold", row.ends_at)?);
        Ok(Self {
            id: HoldId::new(row.id),
            service: ServiceId::new(row.service_id),
            staff: StaffId::new(row.staff_id),
            group_session: row.group_session_id.map(GroupSessionId::new),
            during: during.ok_or_else(|| StoreFault::inconsistent("hold", "it ends before it starts"))?,
            seats: u32::try_from(row.seats).map_err(|error| StoreFault::inconsistent("hold", error))?,
            expires_at: from_driver("hold", row.expires_at)?,
        })
    }
}
