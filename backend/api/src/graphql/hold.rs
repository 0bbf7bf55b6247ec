//! Holds: a start kept for five minutes.

use app::hold::{Hold as Kept, NewHold};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

use super::error::{UserError, settle};
use super::scalars::DateTime;
use super::{actor, app};

/// A start kept for its holder, who confirms it by `createBooking` with `holdId`.
#[derive(SimpleObject)]
pub struct Hold {
    /// Opaque id; whoever knows it can confirm or release the hold.
    id: ID,
    /// When the booking would begin.
    start: DateTime,
    /// When it would end.
    end: DateTime,
    /// Until when it is kept.
    expires_at: DateTime,
}

impl From<Kept> for Hold {
    fn from(hold: Kept) -> Self {
        Self {
            id: ID(hold.id.to_string()),
            start: DateTime(hold.during.start()),
            end: DateTime(hold.during.end()),
            expires_at: DateTime(hold.expires_at),
        }
    }
}

/// What is kept.
#[derive(InputObject)]
pub struct HoldSlotInput {
    /// The service.
    service_id: ID,
    /// An offered start.
    start: DateTime,
    /// With whom; whoever is free and least busy when absent.
    staff_id: Option<ID>,
    /// Makes a retry safe: the same key with the same input answers the same hold.
    idempotency_key: Option<String>,
}

/// What `holdSlot` answers.
#[derive(SimpleObject)]
pub struct HoldSlotPayload {
    /// The hold; null when there are user errors.
    hold: Option<Hold>,
    /// Why nothing is kept.
    user_errors: Vec<UserError>,
}

/// Which hold is given back.
#[derive(InputObject)]
pub struct ReleaseHoldInput {
    /// The hold.
    hold_id: ID,
}

/// What `releaseHold` answers.
#[derive(SimpleObject)]
pub struct ReleaseHoldPayload {
    /// Why nothing was done.
    user_errors: Vec<UserError>,
}

/// Mutations of holds.
#[derive(Default)]
pub struct HoldMutation;

#[Object]
impl HoldMutation {
    /// Keeps a start, with one seat, for five minutes. Needs no credentials.
    async fn hold_slot(&self, context: &Context<'_>, input: HoldSlotInput) -> Result<HoldSlotPayload> {
        let new = NewHold { service_id: input.service_id.0, start: input.start.0, staff_id: input.staff_id.map(|id| id.0) };
        let kept = app(context)?.hold_slot(actor(context)?, &new, input.idempotency_key.as_deref()).await;
        let (hold, user_errors) = settle(kept)?;
        Ok(HoldSlotPayload { hold: hold.map(Hold::from), user_errors })
    }

    /// Gives a kept start back. A hold that is gone already is no error. Needs no credentials.
    async fn release_hold(&self, context: &Context<'_>, input: ReleaseHoldInput) -> Result<ReleaseHoldPayload> {
        let (_, user_errors) = settle(app(context)?.release_hold(actor(context)?, &input.hold_id.0).await)?;
        Ok(ReleaseHoldPayload { user_errors })
    }
}
