//! Schedules: replaced whole by whoever may.

use domain::ids::{ScheduleId, StaffId};
use domain::refusal::Refusals;
use domain::schedule::ScheduleDraft;
use domain::staff::Permission;
pub use store::ScheduleRow;
use store::StoreFault;

use crate::actor::Actor;
use crate::context::App;
use crate::error::{Error, Result, input_id};

impl App {
    /// Replaces the whole schedule of a staff member.
    ///
    /// # Errors
    /// Refusals of each field; [`Error::NotFound`]: no such person. [`Error::Unauthenticated`], [`Error::Forbidden`].
    pub async fn set_schedule(&self, actor: &Actor, staff_id: &str, draft: &ScheduleDraft) -> Result<ScheduleRow> {
        actor.staff()?;
        let mut refusals = Refusals::none();
        let staff = refusals.check(input_id::<StaffId>(staff_id, &["input", "staffId"]));
        let schedule = refusals.check_all(draft.check());
        refusals.none_or_err()?;
        let (Some(staff), Some(schedule)) = (staff, schedule) else { return Err(Error::internal("a checked field is missing")) };
        actor.demand_over(staff, Permission::ManageSchedules, Permission::ManageOwnSchedule)?;
        let new = ScheduleId::new(self.new_id());
        let mut tx = self.write(&actor.scope).await?;
        let id = match tx.replace_schedule(new, staff, &schedule, self.clock.now()).await {
            Err(StoreFault::Conflict { .. }) => return Err(Error::NotFound),
            written => written?,
        };
        tx.commit().await?;
        Ok(ScheduleRow { id, staff, schedule })
    }

    /// The schedule with this id, for its own person and whoever manages schedules. `None`: there is none, or not for this
    /// reader.
    ///
    /// # Errors
    /// Faults.
    pub async fn schedule(&self, actor: &Actor, id: ScheduleId) -> Result<Option<ScheduleRow>> {
        if !actor.is_staff() {
            return Ok(None);
        }
        let mut tx = self.read(&actor.scope).await?;
        let row = tx.schedule(id).await?;
        Ok(row.filter(|row| actor.demand_over(row.staff, Permission::ManageSchedules, Permission::ManageOwnSchedule).is_ok()))
    }
}
