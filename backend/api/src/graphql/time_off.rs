//! Closed spans of staff.

use app::time_off::{NewTimeOff, TimeOff as ClosedSpan};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

use super::error::{UserError, settle};
use super::scalars::DateTime;
use super::{actor, app};

/// A closed span of a staff member.
pub struct TimeOff(pub ClosedSpan);

#[Object]
impl TimeOff {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// From.
    async fn start(&self) -> DateTime {
        DateTime(self.0.during.start())
    }

    /// Up to, excluded.
    async fn end(&self) -> DateTime {
        DateTime(self.0.during.end())
    }

    /// Why. Null: no reason was given.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }
}

/// A new closed span.
#[derive(InputObject)]
pub struct AddTimeOffInput {
    /// Whose.
    staff_id: ID,
    /// From.
    start: DateTime,
    /// Up to, excluded.
    end: DateTime,
    /// Why; seen by staff only, at most 5000 characters.
    reason: Option<String>,
}

/// What `addTimeOff` answers.
#[derive(SimpleObject)]
pub struct AddTimeOffPayload {
    /// The closed span; null when there are user errors.
    time_off: Option<TimeOff>,
    /// Why nothing was changed.
    user_errors: Vec<UserError>,
}

/// Mutations of time off.
#[derive(Default)]
pub struct TimeOffMutation;

#[Object]
impl TimeOffMutation {
    /// Closes a span of a staff member. Bookings inside it stay.
    async fn add_time_off(&self, context: &Context<'_>, input: AddTimeOffInput) -> Result<AddTimeOffPayload> {
        let new = NewTimeOff { staff_id: input.staff_id.0, start: input.start.0, end: input.end.0, reason: input.reason };
        let (time_off, user_errors) = settle(app(context)?.add_time_off(actor(context)?, &new).await)?;
        Ok(AddTimeOffPayload { time_off: time_off.map(TimeOff), user_errors })
    }
}
