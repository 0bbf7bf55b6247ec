//! Rows of `service` and of who gives it. The questions are a document of the row:
//!
//! ```text
//! fields  [{"key":"colour","label":"Colour","type":"SELECT","required":true,"options":["Red","Blue"]}, …]
//! ```

use domain::field::{FieldDefinition, check_definitions};
use domain::ids::{ServiceId, StaffId};
use domain::service::{Service, SlotRules, SlotRulesDraft};
use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QueryTrait};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::entity::{service, service_staff};
use crate::fault::StoreFault;
use crate::instant::to_driver;
use crate::scope::{TenantTx, built, sql};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldDoc {
    key: String,
    label: String,
    r#type: String,
    required: bool,
    options: Vec<String>,
}

#[derive(FromQueryResult)]
struct GivenByRow {
    service_id: Uuid,
    staff_id: Uuid,
}

const GIVEN_BY: &str = "\
SELECT service_id, staff_id FROM service_staff WHERE tenant_id = $1 AND service_id = ANY($2) ORDER BY service_id, position";

impl TenantTx {
    /// Writes a service and who gives it, in this order.
    ///
    /// # Errors
    /// [`StoreFault::Conflict`] of a foreign key: one of `staff` does not exist.
    pub async fn insert_service(&mut self, new: &Service, staff: &[StaffId], now: Timestamp) -> Result<(), StoreFault> {
        let insert = service::Entity::insert(row_of(self.tenant().uuid(), new, now)?);
        self.run(&built(&insert.into_query())).await?;
        let rows = staff.iter().zip(0_i16..).map(|(staff, position)| service_staff::ActiveModel {
            tenant_id: Set(self.tenant().uuid()),
            service_id: Set(new.id.uuid()),
            staff_id: Set(staff.uuid()),
            position: Set(position),
        });
        let insert = service_staff::Entity::insert_many(rows);
        self.run(&built(&insert.into_query())).await.map(|_| ())
    }

    /// Every service of the tenant, oldest first.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statement.
    pub async fn services(&mut self) -> Result<Vec<Service>, StoreFault> {
        let query = service::Entity::find()
            .filter(service::Column::TenantId.eq(self.tenant().uuid()))
            .order_by_asc(service::Column::CreatedAt)
            .order_by_asc(service::Column::Id);
        let rows: Vec<service::Model> = self.all(&built(query.as_query())).await?;
        rows.into_iter().map(read_service).collect()
    }

    /// The services with these ids, in no order; an id that names nothing is left out.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statement.
    pub async fn services_by_id(&mut self, ids: &[ServiceId]) -> Result<Vec<Service>, StoreFault> {
        let query = service::Entity::find()
            .filter(service::Column::TenantId.eq(self.tenant().uuid()))
            .filter(service::Column::Id.eq_any(ids.iter().map(|id| id.uuid())));
        let rows: Vec<service::Model> = self.all(&built(query.as_query())).await?;
        rows.into_iter().map(read_service).collect()
    }

    /// Who gives these services, in the tenant's order.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statement.
    pub async fn given_by(&mut self, services: &[ServiceId]) -> Result<Vec<(ServiceId, StaffId)>, StoreFault> {
        let ids: Vec<Uuid> = services.iter().map(|id| id.uuid()).collect();
        let rows: Vec<GivenByRow> = self.all(&sql(GIVEN_BY, [self.tenant().uuid().into(), ids.into()])).await?;
        Ok(rows.into_iter().map(|row| (ServiceId::new(row.service_id), StaffId::new(row.staff_id))).collect())
    }
}

/// A service from its row.
pub(crate) fn read_service(row: service::Model) -> Result<Service, StoreFault> {
    let rules = SlotRules::new(SlotRulesDraft {
        duration_minutes: row.duration_minutes.into(),
        buffer_before_minutes: row.buffer_before_minutes.into(),
        buffer_after_minutes: row.buffer_after_minutes.into(),
        slot_interval_minutes: row.slot_interval_minutes.into(),
        min_notice_minutes: row.min_notice_minutes.into(),
        max_days_ahead: row.max_days_ahead.map(i64::from),
        max_per_day: row.max_per_day.map(i64::from),
        capacity: row.capacity.into(),
    });
    Ok(Service {
        id: ServiceId::new(row.id),
        name: row.name,
        description: row.description,
        rules: rules.map_err(|refusals| StoreFault::inconsistent("service", refusals))?,
        requires_approval: row.requires_approval,
        cancel_until_minutes: count(row.cancel_until_minutes)?,
        reschedule_until_minutes: count(row.reschedule_until_minutes)?,
        fields: read_fields(row.fields)?,
    })
}

fn read_fields(doc: Json) -> Result<Vec<FieldDefinition>, StoreFault> {
    let docs: Vec<FieldDoc> = serde_json::from_value(doc).map_err(|error| StoreFault::inconsistent("service", error))?;
    let fields: Result<Vec<_>, _> = docs
        .into_iter()
        .map(|doc| {
            doc.r#type.parse().map(|kind| FieldDefinition {
                key: doc.key,
                label: doc.label,
                kind,
                required: doc.required,
                options: doc.options,
            })
        })
        .collect();
    let fields = fields.map_err(|error| StoreFault::inconsistent("service", error))?;
    check_definitions(fields).map_err(|refusals| StoreFault::inconsistent("service", refusals))
}

fn row_of(tenant: Uuid, new: &Service, now: Timestamp) -> Result<service::ActiveModel, StoreFault> {
    let fields: Vec<_> = new
        .fields
        .iter()
        .map(|field| FieldDoc {
            key: field.key.clone(),
            label: field.label.clone(),
            r#type: field.kind.to_string(),
            required: field.required,
            options: field.options.clone(),
        })
        .collect();
    Ok(service::ActiveModel {
        tenant_id: Set(tenant),
        id: Set(new.id.uuid()),
        name: Set(new.name.clone()),
        description: Set(new.description.clone()),
        duration_minutes: Set(column(new.rules.duration())?),
        buffer_before_minutes: Set(column(new.rules.buffer_before())?),
        buffer_after_minutes: Set(column(new.rules.buffer_after())?),
        slot_interval_minutes: Set(column(new.rules.interval())?),
        min_notice_minutes: Set(column(new.rules.min_notice())?),
        max_days_ahead: Set(new.rules.max_days_ahead().map(column).transpose()?),
        max_per_day: Set(new.rules.max_per_day().map(column).transpose()?),
        capacity: Set(column(new.rules.capacity())?),
        requires_approval: Set(new.requires_approval),
        cancel_until_minutes: Set(column(new.cancel_until_minutes)?),
        reschedule_until_minutes: Set(column(new.reschedule_until_minutes)?),
        fields: Set(serde_json::to_value(fields).map_err(|error| StoreFault::inconsistent("service", error))?),
        created_at: Set(to_driver(now)),
    })
}

fn column(value: u32) -> Result<i32, StoreFault> {
    i32::try_from(value).map_err(|error| StoreFault::inconsistent("service", error))
}

fn count(value: i32) -> Result<u32, StoreFault> {
    u32::try_from(value).map_err(|error| StoreFault::inconsistent("service", error))
}
