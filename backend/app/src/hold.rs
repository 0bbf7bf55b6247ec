//! Holds: a start kept for five minutes while the customer fills in the form.

use domain::ids::{ClaimId, HoldId, ServiceId, StaffId};
use domain::refusal::{Refusal, RefusalCode, Refusals};
use domain::time::Interval;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use store::{ClaimOwner, HoldRow, NewClaim};

use crate::actor::Actor;
use crate::booking::{Taken, Wish, overlap};
use crate::candidates::Own;
use crate::context::App;
use crate::error::{Error, Result, input_id};
use crate::idempotency::{self, Attempt};

const OPERATION: &str = "holdSlot";
/// How long a hold lasts.
const LIFETIME: SignedDuration = SignedDuration::from_mins(5);

/// What is kept; texts as the client sent them.
#[derive(Debug, Clone, Serialize)]
pub struct NewHold {
    /// The service's id.
    pub service_id: String,
    /// When it begins.
    pub start: Timestamp,
    /// With whom; `None`: whoever is free and least busy.
    pub staff_id: Option<String>,
}

/// A start kept.
#[derive(Debug, Clone, Copy)]
pub struct Hold {
    /// Which hold.
    pub id: HoldId,
    /// When the booking would take place.
    pub during: Interval,
    /// Until when it is kept.
    pub expires_at: Timestamp,
}

impl App {
    /// Keeps a start, with one seat, for five minutes.
    ///
    /// # Errors
    /// Refusals of the slot rules; [`Error::NotFound`]: service or staff.
    pub async fn hold_slot(&self, actor: &Actor, new: &NewHold, idempotency_key: Option<&str>) -> Result<Hold> {
        let mut refusals = Refusals::none();
        let service = refusals.check(input_id::<ServiceId>(&new.service_id, &["input", "serviceId"]));
        let staff = refusals.check(new.staff_id.as_deref().map(|id| input_id::<StaffId>(id, &["input", "staffId"])).transpose());
        refusals.none_or_err()?;
        let (Some(service), Some(staff)) = (service, staff) else { return Err(Error::internal("a checked field is missing")) };
        let key = self.data_key(actor.scope.tenant()).await?;
        let attempt = idempotency::attempt(&key, OPERATION, idempotency_key, new)?;
        self.until_settled(actor, async || self.hold_once(actor, service, staff, new.start, attempt.as_ref()).await).await
    }

    async fn hold_once(
        &self,
        actor: &Actor,
        service: ServiceId,
        staff: Option<StaffId>,
        start: Timestamp,
        attempt: Option<&Attempt>,
    ) -> Result<Hold> {
        let now = self.clock.now();
        let id = HoldId::new(self.new_id());
        let mut tx = self.write(&actor.scope).await?;
        if let Some(earlier) = idempotency::recall(&mut tx, attempt, id.uuid(), now).await? {
            let row = tx.hold(HoldId::new(earlier)).await?;
            return row.map(|row| view(&row)).ok_or_else(hold_is_gone);
        }
        let offer = tx.offer(service).await?.ok_or(Error::NotFound)?;
        let wish = Wish { staff: staff.into_iter().collect(), start, seats: 1, own: Own::default(), now };
        let taken = self.take(&mut tx, &offer, &wish).await?;
        let row = row_of(id, service, &taken, now);
        tx.insert_hold(&row).await?;
        let claim =
            NewClaim { id: ClaimId::new(self.new_id()), staff: row.staff, blocked: taken.place.blocked, expires_at: Some(row.expires_at) };
        let written = match taken.session {
            Some(session) => tx.occupy_group_session(session, &claim).await,
            None => tx.insert_claim(&claim, ClaimOwner::Hold(id)).await,
        };
        written.map_err(|fault| overlap(fault, taken.place.has_alternative))?;
        tx.commit().await?;
        Ok(view(&row))
    }

    /// Gives a kept start back. A hold that is gone already is no error.
    ///
    /// # Errors
    /// A refusal: the id is malformed. Faults.
    pub async fn release_hold(&self, actor: &Actor, hold_id: &str) -> Result<()> {
        let id = input_id::<HoldId>(hold_id, &["input", "holdId"])?;
        let release = async || {
            let mut tx = self.write(&actor.scope).await?;
            tx.release_hold(id, self.clock.now()).await?;
            Ok(tx.commit().await?)
        };
        self.until_settled(actor, release).await
    }
}

fn row_of(id: HoldId, service: ServiceId, taken: &Taken, now: Timestamp) -> HoldRow {
    HoldRow {
        id,
        service,
        staff: taken.place.staff,
        group_session: taken.session,
        during: taken.place.during,
        seats: 1,
        expires_at: now.saturating_add(LIFETIME).unwrap_or(Timestamp::MAX),
    }
}

const fn view(row: &HoldRow) -> Hold {
    Hold { id: row.id, during: row.during, expires_at: row.expires_at }
}

/// The hold of a repeated call was confirmed, released or swept meanwhile.
fn hold_is_gone() -> Error {
    Refusal::new(RefusalCode::HoldExpired, "the hold of this idempotencyKey is gone", &["input", "idempotencyKey"]).into()
}
