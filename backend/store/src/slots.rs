//! What a slot search reads of a service: its rules, who gives it and when each is open. One statement.

use domain::ids::{ServiceId, StaffId};
use domain::schedule::Schedule;
use domain::service::Service;
use sea_orm::{DbErr, FromQueryResult, QueryResult};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::entity::service;
use crate::fault::StoreFault;
use crate::schedule;
use crate::scope::{TenantTx, sql};
use crate::service::read_service;

/// A service with everybody who gives it, in the tenant's order.
#[derive(Debug, Clone)]
pub struct Offer {
    /// What is booked.
    pub service: Service,
    /// By whom it is given.
    pub staff: Vec<StaffHours>,
}

/// One who gives a service.
#[derive(Debug, Clone)]
pub struct StaffHours {
    /// Who.
    pub staff: StaffId,
    /// The hours; `None` when none were set yet, which is never open.
    pub schedule: Option<Schedule>,
}

struct Row {
    service: service::Model,
    staff_id: Option<Uuid>,
    hours_zone: Option<String>,
    hours: Option<Json>,
    overrides: Option<Json>,
}

impl FromQueryResult for Row {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        Ok(Self {
            service: service::Model::from_query_result(row, prefix)?,
            staff_id: row.try_get(prefix, "staff_id")?,
            hours_zone: row.try_get(prefix, "hours_zone")?,
            hours: row.try_get(prefix, "hours")?,
            overrides: row.try_get(prefix, "overrides")?,
        })
    }
}

const SELECT: &str = "\
SELECT s.tenant_id, s.id, s.name, s.description, s.duration_minutes, s.buffer_before_minutes, s.buffer_after_minutes,
       s.slot_interval_minutes, s.min_notice_minutes, s.max_days_ahead, s.max_per_day, s.capacity, s.requires_approval,
       s.cancel_until_minutes, s.reschedule_until_minutes, s.fields, s.created_at,
       g.staff_id, h.time_zone AS hours_zone, h.hours, h.overrides
  FROM service s
  LEFT JOIN service_staff g ON g.tenant_id = $1 AND g.service_id = s.id
  LEFT JOIN schedule h ON h.tenant_id = $1 AND h.staff_id = g.staff_id
 WHERE s.tenant_id = $1 AND s.id = $2
 ORDER BY g.position";

const LOCK: &str = "SELECT 1 FROM service WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE";

impl TenantTx {
    /// The service with everybody who gives it.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statement.
    pub async fn offer(&mut self, service: ServiceId) -> Result<Option<Offer>, StoreFault> {
        let rows: Vec<Row> = self.all(&sql(SELECT, [self.tenant().uuid().into(), service.uuid().into()])).await?;
        let Some(first) = rows.first() else { return Ok(None) };
        let service = read_service(first.service.clone())?;
        let staff = rows.into_iter().filter_map(|row| staff_hours(row).transpose()).collect::<Result<_, _>>()?;
        Ok(Some(Offer { service, staff }))
    }

    /// Lets one booking of the service at a time pass until the transaction ends, so that a daily limit is counted
    /// exactly (T12).
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statement.
    pub async fn lock_service(&mut self, service: ServiceId) -> Result<(), StoreFault> {
        self.run(&sql(LOCK, [self.tenant().uuid().into(), service.uuid().into()])).await.map(|_| ())
    }
}

fn staff_hours(row: Row) -> Result<Option<StaffHours>, StoreFault> {
    let Some(staff) = row.staff_id.map(StaffId::new) else { return Ok(None) };
    let schedule = match (row.hours_zone, row.hours, row.overrides) {
        (Some(zone), Some(hours), Some(overrides)) => Some(schedule::read(zone, hours, overrides)?),
        _ => None,
    };
    Ok(Some(StaffHours { staff, schedule }))
}
