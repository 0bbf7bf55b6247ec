//! Time off: closed spans of staff. The reason is sealed.

use domain::customer::long_text;
use domain::ids::{StaffId, TenantId, TimeOffId};
use domain::refusal::{Refusal, Refusals};
use domain::staff::Permission;
use domain::time::Interval;
use jiff::Timestamp;
use platform::vault::SealedPlace;
use serde::{Deserialize, Serialize};
use store::{StoreFault, TimeOffRow};

use crate::actor::Actor;
use crate::context::App;
use crate::error::{Error, Result, input_id};
use crate::sealed;

/// A closed span to be added; texts as the client sent them.
#[derive(Debug, Clone)]
pub struct NewTimeOff {
    /// Whose.
    pub staff_id: String,
    /// From.
    pub start: Timestamp,
    /// Up to, excluded.
    pub end: Timestamp,
    /// Why.
    pub reason: Option<String>,
}

/// A closed span.
#[derive(Debug, Clone)]
pub struct TimeOff {
    /// Which.
    pub id: TimeOffId,
    /// Whose.
    pub staff: StaffId,
    /// When.
    pub during: Interval,
    /// Why, when given.
    pub reason: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Secrets {
    reason: String,
}

impl App {
    /// Closes a span of a staff member. Bookings inside it stay.
    ///
    /// # Errors
    /// Refusals of each field; [`Error::NotFound`]: no such person. [`Error::Unauthenticated`], [`Error::Forbidden`].
    pub async fn add_time_off(&self, actor: &Actor, new: &NewTimeOff) -> Result<TimeOff> {
        actor.staff()?;
        let time_off = check(new, TimeOffId::new(self.new_id()))?;
        actor.demand_over(time_off.staff, Permission::ManageSchedules, Permission::ManageOwnSchedule)?;
        let tenant = actor.scope.tenant();
        let sealed = match &time_off.reason {
            None => None,
            Some(reason) => {
                let key = self.data_key(tenant).await?;
                Some(sealed::seal(&key, &*self.random, place(tenant, time_off.id), &Secrets { reason: reason.clone() })?)
            }
        };
        let row = TimeOffRow { id: time_off.id, staff: time_off.staff, during: time_off.during, sealed };
        let mut tx = self.write(&actor.scope).await?;
        match tx.insert_time_off(&row, self.clock.now()).await {
            Err(StoreFault::Conflict { .. }) => return Err(Error::NotFound),
            written => written?,
        }
        tx.commit().await?;
        Ok(time_off)
    }

    /// The closed span with this id, for its own person and whoever manages schedules. `None`: there is none, or not for
    /// this reader.
    ///
    /// # Errors
    /// Faults.
    pub async fn time_off(&self, actor: &Actor, id: TimeOffId) -> Result<Option<TimeOff>> {
        if !actor.is_staff() {
            return Ok(None);
        }
        let tenant = actor.scope.tenant();
        let key = self.data_key(tenant).await?;
        let mut tx = self.read(&actor.scope).await?;
        let row = tx.time_off(id).await?;
        let allowed = row.filter(|row| actor.demand_over(row.staff, Permission::ManageSchedules, Permission::ManageOwnSchedule).is_ok());
        let Some(row) = allowed else { return Ok(None) };
        let reason = row.sealed.as_deref().map(|blob| sealed::open::<Secrets>(&key, place(tenant, id), blob)).transpose()?;
        Ok(Some(TimeOff { id, staff: row.staff, during: row.during, reason: reason.map(|secrets| secrets.reason) }))
    }
}

fn check(new: &NewTimeOff, id: TimeOffId) -> Result<TimeOff> {
    let mut refusals = Refusals::none();
    let staff = refusals.check(input_id::<StaffId>(&new.staff_id, &["input", "staffId"]));
    let during = Interval::new(new.start, new.end).filter(|during| !during.is_empty());
    let during = refusals.check(during.ok_or_else(|| Refusal::invalid("end must be after start", &["input", "end"])));
    let reason = refusals.check(new.reason.as_deref().map(|text| long_text(text, &["input", "reason"])).transpose());
    refusals.none_or_err()?;
    let (Some(staff), Some(during)) = (staff, during) else { return Err(Error::internal("a checked field is missing")) };
    Ok(TimeOff { id, staff, during, reason: reason.flatten().filter(|text| !text.is_empty()) })
}

const fn place(tenant: TenantId, id: TimeOffId) -> SealedPlace {
    sealed::place(tenant, "time_off", id.uuid())
}
