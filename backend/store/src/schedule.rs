//! Rows of `schedule`. Hours and overrides are documents of one row, in the words of the API:
//!
//! ```text
//! hours      [{"day":"MON","start":"09:00","end":"17:00"}, …]
//! overrides  [{"date":"2026-12-24","closed":true}, {"date":"2026-12-31","start":"09:00","end":"12:00"}, …]
//! ```

use domain::ids::{ScheduleId, StaffId};
use domain::schedule::{DateOverride, HoursDraft, OverrideDraft, OverrideKind, Schedule, ScheduleDraft, WeeklyHours};
use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryTrait};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::entity::schedule;
use crate::fault::StoreFault;
use crate::instant::to_driver;
use crate::scope::{TenantTx, built, sql};

/// The schedule of one staff member.
#[derive(Debug, Clone)]
pub struct ScheduleRow {
    /// Which schedule.
    pub id: ScheduleId,
    /// Whose.
    pub staff: StaffId,
    /// Its hours.
    pub schedule: Schedule,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HoursDoc {
    day: String,
    start: String,
    end: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OverrideDoc {
    date: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    closed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    start: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end: Option<String>,
}

#[derive(FromQueryResult)]
struct IdRow {
    id: uuid::Uuid,
}

/// One schedule per staff member: a second one replaces the first and keeps its id.
const REPLACE: &str = "\
INSERT INTO schedule (tenant_id, id, staff_id, time_zone, hours, overrides, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT ON CONSTRAINT schedule_staff_key DO UPDATE
   SET time_zone = excluded.time_zone, hours = excluded.hours, overrides = excluded.overrides, changed_at = excluded.changed_at
RETURNING id";

impl TenantTx {
    /// Replaces the schedule of a staff member; returns the id it has, `new` when it is the first.
    ///
    /// # Errors
    /// [`StoreFault::Conflict`] of a foreign key: there is no such staff member.
    pub async fn replace_schedule(
        &mut self,
        new: ScheduleId,
        staff: StaffId,
        schedule: &Schedule,
        now: Timestamp,
    ) -> Result<ScheduleId, StoreFault> {
        let values = [
            self.tenant().uuid().into(),
            new.uuid().into(),
            staff.uuid().into(),
            schedule.time_zone_name().into(),
            hours_doc(schedule.hours())?.into(),
            overrides_doc(schedule.overrides())?.into(),
            to_driver(now).into(),
        ];
        let row: Option<IdRow> = self.one(&sql(REPLACE, values)).await?;
        row.map(|row| ScheduleId::new(row.id)).ok_or(StoreFault::Retry)
    }

    /// The schedule with this id.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statement.
    pub async fn schedule(&mut self, id: ScheduleId) -> Result<Option<ScheduleRow>, StoreFault> {
        let query =
            schedule::Entity::find().filter(schedule::Column::TenantId.eq(self.tenant().uuid())).filter(schedule::Column::Id.eq(id.uuid()));
        let row: Option<schedule::Model> = self.one(&built(query.as_query())).await?;
        row.map(|row| {
            let schedule = read(row.time_zone, row.hours, row.overrides)?;
            Ok(ScheduleRow { id: ScheduleId::new(row.id), staff: StaffId::new(row.staff_id), schedule })
        })
        .transpose()
    }
}

/// A schedule from its three columns.
pub(crate) fn read(time_zone: String, hours: Json, overrides: Json) -> Result<Schedule, StoreFault> {
    let hours: Vec<HoursDoc> = serde_json::from_value(hours).map_err(|error| StoreFault::inconsistent("schedule", error))?;
    let overrides: Vec<OverrideDoc> = serde_json::from_value(overrides).map_err(|error| StoreFault::inconsistent("schedule", error))?;
    let draft = ScheduleDraft {
        time_zone,
        hours: hours.into_iter().map(|row| HoursDraft { day: row.day, start: row.start, end: row.end }).collect(),
        overrides: overrides
            .into_iter()
            .map(|row| OverrideDraft { date: row.date, closed: row.closed, start: row.start, end: row.end })
            .collect(),
    };
    draft.check().map_err(|refusals| StoreFault::inconsistent("schedule", refusals))
}

fn hours_doc(hours: &[WeeklyHours]) -> Result<Json, StoreFault> {
    let rows: Vec<_> =
        hours.iter().map(|row| HoursDoc { day: row.day.to_string(), start: row.start.to_string(), end: row.end.to_string() }).collect();
    serde_json::to_value(rows).map_err(|error| StoreFault::inconsistent("schedule", error))
}

fn overrides_doc(overrides: &[DateOverride]) -> Result<Json, StoreFault> {
    let row = |row: &DateOverride| match row.kind {
        OverrideKind::Closed => OverrideDoc { date: row.date.to_string(), closed: true, start: None, end: None },
        OverrideKind::Open { start, end } => {
            OverrideDoc { date: row.date.to_string(), closed: false, start: Some(start.to_string()), end: Some(end.to_string()) }
        }
    };
    serde_json::to_value(overrides.iter().map(row).collect::<Vec<_>>()).map_err(|error| StoreFault::inconsistent("schedule", error))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn documents_read_back_as_they_were_written() {
        let hours = serde_json::json!([{"day": "MON", "start": "09:00", "end": "24:00"}]);
        let overrides =
            serde_json::json!([{"date": "2026-12-24", "closed": true}, {"date": "2026-12-31", "start": "22:00", "end": "02:00"}]);

        let schedule = read("Europe/Berlin".to_owned(), hours.clone(), overrides.clone()).unwrap();

        assert_eq!(hours_doc(schedule.hours()).unwrap(), hours);
        assert_eq!(overrides_doc(schedule.overrides()).unwrap(), overrides);
    }
}
