//! Services: created by whoever may, read by anyone.

use std::collections::HashMap;
use std::sync::Arc;

use domain::customer::{long_text, short_text};
use domain::field::{FieldDefinition, FieldKind, check_definitions};
use domain::ids::{ServiceId, StaffId};
use domain::refusal::{Refusal, Refusals};
use domain::service::{Service, SlotRules, SlotRulesDraft};
use domain::staff::Permission;
use jiff::Timestamp;
use serde::Serialize;
use store::{StoreFault, TenantTx};

use crate::actor::Actor;
use crate::context::App;
use crate::error::{Error, Result, input_id};
use crate::idempotency::{self, Attempt};
use crate::staff::{StaffMember, read_staff_by_id};

const OPERATION: &str = "createService";
/// Most staff of one service.
const MOST_STAFF: usize = 100;
/// Longest slot interval: a day.
const LONGEST_INTERVAL: i64 = 1_440;
/// Longest time limit of cancelling and moving: a year.
const LONGEST_LIMIT: i64 = 525_600;

/// A service to be created; texts and numbers as the client sent them.
#[derive(Debug, Clone, Serialize)]
pub struct NewService {
    /// Its name.
    pub name: String,
    /// For the booking page.
    pub description: Option<String>,
    /// Length of a booking.
    pub duration_minutes: i64,
    /// Kept free before.
    pub buffer_before_minutes: i64,
    /// Kept free after.
    pub buffer_after_minutes: i64,
    /// Distance of the offered starts; the duration when absent.
    pub slot_interval_minutes: Option<i64>,
    /// Least time from now to a start.
    pub min_notice_minutes: i64,
    /// Last bookable day, counted from today.
    pub max_days_ahead: Option<i64>,
    /// Most bookings, or runs of a group, of a day.
    pub max_per_day: Option<i64>,
    /// Seats.
    pub capacity: i64,
    /// Who gives it.
    pub staff_ids: Vec<String>,
    /// Whether a booking waits for approval.
    pub requires_approval: bool,
    /// How long before the start a customer may cancel.
    pub cancel_until_minutes: i64,
    /// How long before the start a customer may move.
    pub reschedule_until_minutes: i64,
    /// The questions.
    pub fields: Vec<NewField>,
}

/// A question; texts as the client sent them.
#[derive(Debug, Clone, Serialize)]
pub struct NewField {
    /// What answers refer to.
    pub key: String,
    /// What people read.
    pub label: String,
    /// The kind's name, `TEXT` … `DATE`.
    pub kind: &'static str,
    /// Whether an answer is needed.
    pub required: bool,
    /// What can be chosen.
    pub options: Vec<String>,
}

impl App {
    /// Creates a service.
    ///
    /// # Errors
    /// Refusals of each field; [`Error::NotFound`]: a staff id names nobody. [`Error::Unauthenticated`], [`Error::Forbidden`].
    pub async fn create_service(&self, actor: &Actor, new: &NewService, idempotency_key: Option<&str>) -> Result<Arc<Service>> {
        actor.demand(Permission::ManageServices)?;
        let (service, staff) = check(new, ServiceId::new(self.new_id()))?;
        let key = self.data_key(actor.scope.tenant()).await?;
        let attempt = idempotency::attempt(&key, OPERATION, idempotency_key, new)?;
        self.until_settled(actor, async || self.write_service(actor, &service, &staff, attempt.as_ref()).await).await
    }

    async fn write_service(&self, actor: &Actor, service: &Service, staff: &[StaffId], attempt: Option<&Attempt>) -> Result<Arc<Service>> {
        let now: Timestamp = self.clock.now();
        let mut tx = self.write(&actor.scope).await?;
        if let Some(earlier) = idempotency::recall(&mut tx, attempt, service.id.uuid(), now).await? {
            let found = tx.services_by_id(&[ServiceId::new(earlier)]).await?.pop();
            return found.map(Arc::new).ok_or_else(|| Error::internal("the service of an idempotency key is gone"));
        }
        match tx.insert_service(service, staff, now).await {
            Err(StoreFault::Conflict { .. }) => return Err(Error::NotFound),
            written => written?,
        }
        tx.commit().await?;
        Ok(Arc::new(service.clone()))
    }

    /// Every service of the tenant, oldest first. Anyone may ask.
    ///
    /// # Errors
    /// Faults.
    pub async fn services(&self, actor: &Actor) -> Result<Vec<Arc<Service>>> {
        let mut tx = self.read(&actor.scope).await?;
        Ok(tx.services().await?.into_iter().map(Arc::new).collect())
    }

    /// The service with this id. Anyone may ask.
    ///
    /// # Errors
    /// Faults.
    pub async fn service(&self, actor: &Actor, id: ServiceId) -> Result<Option<Arc<Service>>> {
        let mut tx = self.read(&actor.scope).await?;
        Ok(tx.services_by_id(&[id]).await?.pop().map(Arc::new))
    }

    /// Who gives each of these services, in the tenant's order. Two statements. Anyone may ask.
    ///
    /// # Errors
    /// Faults.
    pub async fn staff_of_services(&self, actor: &Actor, services: &[ServiceId]) -> Result<HashMap<ServiceId, Vec<Arc<StaffMember>>>> {
        let key = self.data_key(actor.scope.tenant()).await?;
        let mut tx = self.read(&actor.scope).await?;
        let given = tx.given_by(services).await?;
        let people = read_staff_by_id(&mut tx, &key, given.iter().map(|(_, staff)| *staff)).await?;
        let mut by_service: HashMap<ServiceId, Vec<Arc<StaffMember>>> = HashMap::new();
        for (service, staff) in given {
            by_service.entry(service).or_default().extend(people.get(&staff).map(Arc::clone));
        }
        Ok(by_service)
    }
}

/// The services with these ids, each once. One statement.
///
/// # Errors
/// Faults.
pub(crate) async fn read_services(tx: &mut TenantTx, ids: impl Iterator<Item = ServiceId>) -> Result<HashMap<ServiceId, Arc<Service>>> {
    let mut ids: Vec<ServiceId> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(tx.services_by_id(&ids).await?.into_iter().map(|service| (service.id, Arc::new(service))).collect())
}

fn check(new: &NewService, id: ServiceId) -> Result<(Service, Vec<StaffId>)> {
    let mut refusals = Refusals::none();
    let name = refusals.check(short_text(&new.name, &["input", "name"]));
    let description = refusals.check(new.description.as_deref().map(|text| long_text(text, &["input", "description"])).transpose());
    let rules = refusals.check_all(SlotRules::new(SlotRulesDraft {
        duration_minutes: new.duration_minutes,
        buffer_before_minutes: new.buffer_before_minutes,
        buffer_after_minutes: new.buffer_after_minutes,
        // A duration out of range is refused once, as the duration.
        slot_interval_minutes: new.slot_interval_minutes.unwrap_or(new.duration_minutes.clamp(1, LONGEST_INTERVAL)),
        min_notice_minutes: new.min_notice_minutes,
        max_days_ahead: new.max_days_ahead,
        max_per_day: new.max_per_day,
        capacity: new.capacity,
    }));
    let cancel = refusals.check(limit(new.cancel_until_minutes, "cancelUntilMinutes"));
    let reschedule = refusals.check(limit(new.reschedule_until_minutes, "rescheduleUntilMinutes"));
    let fields = refusals.check_all(check_fields(&new.fields));
    let staff = refusals.check_all(check_staff(&new.staff_ids));
    refusals.none_or_err()?;
    let missing = || Error::internal("a checked field is missing");
    let service = Service {
        id,
        name: name.ok_or_else(missing)?,
        description: description.flatten().filter(|text| !text.is_empty()),
        rules: rules.ok_or_else(missing)?,
        requires_approval: new.requires_approval,
        cancel_until_minutes: cancel.ok_or_else(missing)?,
        reschedule_until_minutes: reschedule.ok_or_else(missing)?,
        fields: fields.ok_or_else(missing)?,
    };
    Ok((service, staff.ok_or_else(missing)?))
}

fn limit(minutes: i64, field: &str) -> std::result::Result<u32, Refusal> {
    let fits = u32::try_from(minutes).ok().filter(|_| minutes <= LONGEST_LIMIT);
    fits.ok_or_else(|| Refusal::invalid(format!("{field} must be 0 to {LONGEST_LIMIT}"), &["input", field]))
}

fn check_fields(fields: &[NewField]) -> std::result::Result<Vec<FieldDefinition>, Refusals> {
    let definition = |field: &NewField| {
        let kind: FieldKind =
            field.kind.parse().map_err(|error| Refusal::invalid(format!("type {error}"), &["input", "fields", "type"]))?;
        Ok(FieldDefinition {
            key: field.key.clone(),
            label: field.label.clone(),
            kind,
            required: field.required,
            options: field.options.clone(),
        })
    };
    check_definitions(fields.iter().map(definition).collect::<std::result::Result<_, Refusal>>()?)
}

fn check_staff(ids: &[String]) -> std::result::Result<Vec<StaffId>, Refusals> {
    if ids.is_empty() || ids.len() > MOST_STAFF {
        return Err(Refusal::invalid(format!("staffIds must have 1 to {MOST_STAFF} entries"), &["input", "staffIds"]).into());
    }
    let mut refusals = Refusals::none();
    let mut staff = Vec::with_capacity(ids.len());
    for (index, id) in ids.iter().enumerate() {
        match refusals.check(input_id::<StaffId>(id, &["input", "staffIds", &index.to_string()])) {
            Some(id) if staff.contains(&id) => {
                refusals.push(Refusal::invalid("staffIds must name each person once", &["input", "staffIds", &index.to_string()]));
            }
            Some(id) => staff.push(id),
            None => {}
        }
    }
    refusals.none_or_err().map(|()| staff)
}
