//! Rows of `time_off`: spans a staff member is closed. The reason is sealed.

use chrono::{DateTime, Utc};
use domain::ids::{StaffId, TimeOffId};
use domain::time::Interval;
use jiff::Timestamp;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::fault::StoreFault;
use crate::instant::{from_driver, to_driver};
use crate::scope::{TenantTx, sql};

/// A closed span.
#[derive(Debug, Clone)]
pub struct TimeOffRow {
    /// Which.
    pub id: TimeOffId,
    /// Whose.
    pub staff: StaffId,
    /// When.
    pub during: Interval,
    /// The reason; `None` when none was given.
    pub sealed: Option<Vec<u8>>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    staff_id: Uuid,
    starts: DateTime<Utc>,
    ends: DateTime<Utc>,
    sealed: Option<Vec<u8>>,
}

const INSERT: &str = "\
INSERT INTO time_off (tenant_id, id, staff_id, during, sealed, created_at) VALUES ($1, $2, $3, tstzrange($4, $5), $6, $7)";

const SELECT: &str = "\
SELECT id, staff_id, starts_at AS starts, ends_at AS ends, sealed FROM time_off WHERE tenant_id = $1 AND id = $2";

impl TenantTx {
    /// Writes a closed span.
    ///
    /// # Errors
    /// [`StoreFault::Conflict`] of a foreign key: there is no such staff member.
    pub async fn insert_time_off(&mut self, row: &TimeOffRow, now: Timestamp) -> Result<(), StoreFault> {
        let values = [
            self.tenant().uuid().into(),
            row.id.uuid().into(),
            row.staff.uuid().into(),
            to_driver(row.during.start()).into(),
            to_driver(row.during.end()).into(),
            row.sealed.clone().into(),
            to_driver(now).into(),
        ];
        self.run(&sql(INSERT, values)).await.map(|_| ())
    }

    /// The closed span with this id.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statement.
    pub async fn time_off(&mut self, id: TimeOffId) -> Result<Option<TimeOffRow>, StoreFault> {
        let row: Option<Row> = self.one(&sql(SELECT, [self.tenant().uuid().into(), id.uuid().into()])).await?;
        row.map(|row| {
            let during = Interval::new(from_driver("time_off", row.starts)?, from_driver("time_off", row.ends)?);
            Ok(TimeOffRow {
                id: TimeOffId::new(row.id),
                staff: StaffId::new(row.staff_id),
                during: during.ok_or_else(|| StoreFault::inconsistent("time_off", "it ends before it starts"))?,
                sealed: row.sealed,
            })
        })
        .transpose()
    }
}
