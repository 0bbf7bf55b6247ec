//! Rows of `group_session`: one run of a service with capacity over one. The run owns the claim; bookings and holds take
//! its seats under a lock of its row, so the sum can never pass the capacity. That lock comes before any of the run's claim,
//! wherever both are needed, and after that of a hold or booking: in another order two would wait for each other.

use chrono::{DateTime, Utc};
use domain::ids::{GroupSessionId, ServiceId, StaffId};
use domain::time::Interval;
use jiff::Timestamp;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::claim::{ClaimOwner, NewClaim};
use crate::fault::StoreFault;
use crate::instant::{from_driver, to_driver};
use crate::scope::{TenantTx, sql};

/// A run, locked until the transaction ends.
#[derive(Debug, Clone, Copy)]
pub struct LockedSession {
    /// Which run.
    pub id: GroupSessionId,
    /// Seats of live bookings and unexpired holds.
    pub seats: u32,
}

#[derive(FromQueryResult)]
struct LockRow {
    id: Uuid,
}

#[derive(FromQueryResult)]
struct SeatsRow {
    seats: i64,
    held_until: Option<DateTime<Utc>>,
    booked: i64,
}

const JOIN: &str = "\
INSERT INTO group_session (tenant_id, id, service_id, staff_id, starts_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT ON CONSTRAINT group_session_start_key DO UPDATE SET starts_at = excluded.starts_at
RETURNING id";

const LOCK: &str = "SELECT id FROM group_session WHERE tenant_id = $1 AND id = $2 FOR UPDATE";

const SEATS: &str = "\
SELECT (b.seats + h.seats)::bigint AS seats, b.seats::bigint AS booked, h.until AS held_until
  FROM (SELECT coalesce(sum(seats), 0) AS seats FROM booking
         WHERE tenant_id = $1 AND group_session_id = $2 AND status IN ('PENDING', 'CONFIRMED')) b,
       (SELECT coalesce(sum(seats), 0) AS seats, max(expires_at) AS until FROM hold
         WHERE tenant_id = $1 AND group_session_id = $2 AND expires_at > $3) h";

const EXTEND_CLAIM: &str = "\
UPDATE claim SET expires_at = CASE WHEN expires_at IS NULL OR $3::timestamptz IS NULL THEN NULL ELSE greatest(expires_at, $3) END
 WHERE tenant_id = $1 AND group_session_id = $2";

const KEEP_CLAIM: &str = "UPDATE claim SET expires_at = $3 WHERE tenant_id = $1 AND group_session_id = $2";
const DROP_CLAIM: &str = "DELETE FROM claim WHERE tenant_id = $1 AND group_session_id = $2";

impl TenantTx {
    /// Finds or makes the run that starts and ends then, and locks it.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statements.
    pub async fn join_group_session(
        &mut self,
        new: GroupSessionId,
        service: ServiceId,
        staff: StaffId,
        during: Interval,
        now: Timestamp,
    ) -> Result<LockedSession, StoreFault> {
        let values = [
            self.tenant().uuid().into(),
            new.uuid().into(),
            service.uuid().into(),
            staff.uuid().into(),
            to_driver(during.start()).into(),
            to_driver(during.end()).into(),
        ];
        let row: Option<LockRow> = self.one(&sql(JOIN, values)).await?;
        let id = GroupSessionId::new(row.ok_or(StoreFault::Retry)?.id);
        let seats = self.seats(id, now).await?;
        Ok(LockedSession { id, seats: to_seats(seats.seats)? })
    }

    /// Locks a run until the transaction ends.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statement.
    pub async fn lock_group_session(&mut self, id: GroupSessionId) -> Result<(), StoreFault> {
        self.run(&sql(LOCK, [self.tenant().uuid().into(), id.uuid().into()])).await.map(|_| ())
    }

    /// Makes the claim of a locked run last at least until the new one's end, or writes it when there is none. The update
    /// waits for a sweep of the expired claim under way, and then finds nothing.
    ///
    /// # Errors
    /// [`StoreFault::Conflict`] of [`crate::NO_OVERLAP`]: somebody else has the time.
    pub async fn occupy_group_session(&mut self, id: GroupSessionId, claim: &NewClaim) -> Result<(), StoreFault> {
        let values = [self.tenant().uuid().into(), id.uuid().into(), claim.expires_at.map(to_driver).into()];
        if self.run(&sql(EXTEND_CLAIM, values)).await? == 0 {
            self.insert_claim(claim, ClaimOwner::GroupSession(id)).await?;
        }
        Ok(())
    }

    /// After seats were given back: the claim ends with the last booking, or with the last hold.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statements.
    pub async fn settle_group_session(&mut self, id: GroupSessionId, now: Timestamp) -> Result<(), StoreFault> {
        let tenant = self.tenant().uuid();
        self.lock_group_session(id).await?;
        let seats = self.seats(id, now).await?;
        let held_until = seats.held_until.map(|at| from_driver("hold", at)).transpose()?;
        match (seats.booked, held_until) {
            (0, None) => self.run(&sql(DROP_CLAIM, [tenant.into(), id.uuid().into()])).await?,
            (0, Some(until)) => self.keep_claim(id, Some(until)).await?,
            _ => self.keep_claim(id, None).await?,
        };
        Ok(())
    }

    async fn keep_claim(&mut self, id: GroupSessionId, until: Option<Timestamp>) -> Result<u64, StoreFault> {
        self.run(&sql(KEEP_CLAIM, [self.tenant().uuid().into(), id.uuid().into(), until.map(to_driver).into()])).await
    }

    async fn seats(&mut self, id: GroupSessionId, now: Timestamp) -> Result<SeatsRow, StoreFault> {
        let row: Option<SeatsRow> = self.one(&sql(SEATS, [self.tenant().uuid().into(), id.uuid().into(), to_driver(now).into()])).await?;
        row.ok_or(StoreFault::Retry)
    }
}

fn to_seats(seats: i64) -> Result<u32, StoreFault> {
    u32::try_from(seats).map_err(|error| StoreFault::inconsistent("group_session", error))
}
