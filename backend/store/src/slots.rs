//! What a slot search reads of a service: its rules, who gives it and when each is open. One statement, so that a search
//! and a booking need no other for the names they answer.

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
use crate::staff::{StaffRow, role_of};

/// A service with everybody who gives it, in the tenant's order.
#[derive(Debug, Clone)]
pub struct Offer {
    /// What is booked.
    pub service: Service,
    /// By whom it is given.
    pub staff: Vec<StaffHours>,
}

impl Offer {
    /// The person with this id, when they give the service.
    #[must_use]
    pub fn person(&self, staff: StaffId) -> Option<&StaffRow> {
        self.staff.iter().map(|row| &row.person).find(|person| person.id == staff)
    }
}

/// One who gives a service.
#[derive(Debug, Clone)]
pub struct StaffHours {
    /// Who.
    pub person: StaffRow,
    /// The hours; `None` when none were set yet, which is never open.
    pub schedule: Option<Schedule>,
}

struct Row {
    service: service::Model,
    staff_id: Option<Uuid>,
    role: Option<String>,
    staff_sealed: Option<Vec<u8>>,
    staff_zone: Option<String>,
    hours_zone: Option<String>,
    hours: Option<Json>,
    overrides: Option<Json>,
}

impl FromQueryResult for Row {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        Ok(Self {
            service: service::Model::from_query_result(row, prefix)?,
            staff_id: row.try_get(prefix, "staff_id")?,
            role: row.try_get(prefix, "role")?,
            staff_sealed: row.try_get(prefix, "staff_sealed")?,
            staff_zone: row.try_get(prefix, "staff_zone")?,
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
       p.id AS staff_id, p.role, p.sealed AS staff_sealed, p.time_zone AS staff_zone, h.time_zone AS hours_zone, h.hours, h.overrides
  FROM service s
  LEFT JOIN service_staff g ON g.tenant_id = $1 AND g.service_id = s.id
  LEFT JOIN staff p ON p.tenant_id = $1 AND p.id = g.staff_id
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
    let (Some(id), Some(role), Some(sealed), Some(time_zone)) = (row.staff_id, row.role, row.staff_sealed, row.staff_zone) else {
        return Ok(None);
    };
    let person = StaffRow { id: StaffId::new(id), role: role_of(&role)?, sealed, time_zone };
    let schedule = match (row.hours_zone, row.hours, row.overrides) {
        (Some(zone), Some(hours), Some(overrides)) => Some(schedule::read(zone, hours, overrides)?),
        _ => None,
    };
    Ok(Some(StaffHours { person, schedule }))
}
