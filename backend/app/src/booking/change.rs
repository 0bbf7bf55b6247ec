//! Moving and cancelling a booking, by staff or by the customer who shows the manage token.

use domain::booking::{Asking, may_change};
use domain::customer::long_text;
use domain::ids::{BookingId, ClaimId, StaffId};
use domain::refusal::Refusals;
use domain::staff::Permission;
use jiff::Timestamp;
use platform::vault::DataKey;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use store::{BookingRow, ChangeKind, ClaimOwner, NewClaim, Notice, TenantTx};
use subtle::ConstantTimeEq;

use super::place::{Taken, Wish};
use super::secrets::BookingSecrets;
use super::{Booking, complete, of_offer, overlap};
use crate::actor::{Actor, Who};
use crate::candidates::Own;
use crate::context::App;
use crate::error::{Error, Result, input_id};
use crate::idempotency::{self, Attempt};
use crate::service::read_services;

const RESCHEDULE: &str = "rescheduleBooking";

/// Where a booking is moved to.
#[derive(Debug, Clone, Serialize)]
pub struct Move {
    /// The booking's id.
    pub booking_id: String,
    /// When it begins now.
    pub start: Timestamp,
    /// With whom now; `None`: with the same person.
    pub staff_id: Option<String>,
    /// The customer's right to do it; staff need none.
    #[serde(skip)]
    pub manage_token: Option<SecretString>,
}

/// Which booking is cancelled.
#[derive(Debug, Clone)]
pub struct Cancellation {
    /// The booking's id.
    pub booking_id: String,
    /// Why; kept with the booking.
    pub reason: Option<String>,
    /// The customer's right to do it; staff need none.
    pub manage_token: Option<SecretString>,
}

impl App {
    /// Moves a booking. Its old time does not stand in its own way.
    ///
    /// # Errors
    /// Refusals of the slot rules; `POLICY_CLOSED`; [`Error::NotFound`]: no such booking, or a token of another one;
    /// [`Error::Unauthenticated`], [`Error::Forbidden`].
    pub async fn reschedule_booking(&self, actor: &Actor, wanted: &Move, idempotency_key: Option<&str>) -> Result<Booking> {
        let mut refusals = Refusals::none();
        let id = refusals.check(input_id::<BookingId>(&wanted.booking_id, &["input", "bookingId"]));
        let staff = refusals.check(wanted.staff_id.as_deref().map(|id| input_id::<StaffId>(id, &["input", "staffId"])).transpose());
        refusals.none_or_err()?;
        let (Some(id), Some(staff)) = (id, staff) else { return Err(Error::internal("a checked field is missing")) };
        let key = self.data_key(actor.scope.tenant()).await?;
        let attempt = idempotency::attempt(&key, RESCHEDULE, idempotency_key, wanted)?;
        let request = Request { actor, key: &key, id, token: wanted.manage_token.as_ref() };
        self.until_settled(actor, async || reschedule_once(self, &request, wanted.start, staff, attempt.as_ref()).await).await
    }

    /// Cancels a booking and gives its time back.
    ///
    /// # Errors
    /// `POLICY_CLOSED`: it is cancelled already, or the customer is too late; denials as [`Self::reschedule_booking`].
    pub async fn cancel_booking(&self, actor: &Actor, wanted: &Cancellation) -> Result<Booking> {
        let mut refusals = Refusals::none();
        let id = refusals.check(input_id::<BookingId>(&wanted.booking_id, &["input", "bookingId"]));
        let reason = refusals.check(wanted.reason.as_deref().map(|text| long_text(text, &["input", "reason"])).transpose());
        refusals.none_or_err()?;
        let (Some(id), Some(reason)) = (id, reason) else { return Err(Error::internal("a checked field is missing")) };
        let key = self.data_key(actor.scope.tenant()).await?;
        let request = Request { actor, key: &key, id, token: wanted.manage_token.as_ref() };
        self.until_settled(actor, async || cancel_once(self, &request, reason.clone()).await).await
    }
}

/// Who asks to change which booking.
struct Request<'a> {
    actor: &'a Actor,
    key: &'a DataKey,
    id: BookingId,
    token: Option<&'a SecretString>,
}

impl Request<'_> {
    /// Locks the booking, once the asker is known to have a right over it.
    async fn lock(&self, tx: &mut TenantTx) -> Result<(BookingRow, Asking)> {
        let row = tx.lock_booking(self.id).await?;
        if let Some(token) = self.token {
            let row = row.filter(|row| holds(token, row)).ok_or(Error::NotFound)?;
            return Ok((row, Asking::Customer));
        }
        if self.actor.who == Who::Anyone {
            return Err(Error::Unauthenticated);
        }
        let row = row.ok_or(Error::NotFound)?;
        self.actor.demand_over(row.staff, Permission::ManageBookings, Permission::ManageOwnBookings)?;
        Ok((row, Asking::Staff))
    }

    fn tell(&self, app: &App, kind: ChangeKind) {
        app.notices.tell(self.actor.scope.shard(), Notice { tenant: self.actor.scope.tenant(), booking: self.id, kind });
    }
}

/// Whether the token is this booking's.
pub(super) fn holds(token: &SecretString, row: &BookingRow) -> bool {
    platform::token::hash(token.expose_secret()).ct_eq(row.manage_hash.as_slice()).into()
}

async fn reschedule_once(
    app: &App,
    request: &Request<'_>,
    start: Timestamp,
    staff: Option<StaffId>,
    attempt: Option<&Attempt>,
) -> Result<Booking> {
    let now = app.clock.now();
    let mut tx = app.write(&request.actor.scope).await?;
    let (mut row, asking) = request.lock(&mut tx).await?;
    if idempotency::recall(&mut tx, attempt, request.id.uuid(), now).await?.is_some() {
        return view(&mut tx, request.key, row).await;
    }
    let offer = tx.offer(row.service).await?.ok_or(Error::NotFound)?;
    may_change(row.status, asking, row.during.start(), offer.service.reschedule_until_minutes, now)?;
    let own = Own::of(Some(&row), None, now);
    let wish = Wish { staff: vec![staff.unwrap_or(row.staff)], start, seats: row.seats, own, now };
    let taken = app.take(&mut tx, &offer, &wish).await?;
    let left = row.group_session;
    row.staff = taken.place.staff;
    row.during = taken.place.during;
    row.group_session = taken.session;
    tx.move_booking(&row, now).await?;
    match left {
        Some(session) if taken.session != left => tx.settle_group_session(session, now).await?,
        _ => tx.delete_claim_of_booking(row.id).await?,
    }
    occupy(app, &mut tx, &row, &taken).await?;
    let booking = of_offer(&tx, request.key, row, offer)?;
    tx.commit().await?;
    request.tell(app, ChangeKind::Rescheduled);
    Ok(booking)
}

/// Occupies the booking's new time. The old one must have been given back: the two may overlap.
async fn occupy(app: &App, tx: &mut TenantTx, row: &BookingRow, taken: &Taken) -> Result<()> {
    let claim = NewClaim { id: ClaimId::new(app.new_id()), staff: taken.place.staff, blocked: taken.place.blocked, expires_at: None };
    let written = match taken.session {
        Some(session) => tx.occupy_group_session(session, &claim).await,
        None => tx.insert_claim(&claim, ClaimOwner::Booking(row.id)).await,
    };
    written.map_err(|fault| overlap(fault, false))
}

async fn cancel_once(app: &App, request: &Request<'_>, reason: Option<String>) -> Result<Booking> {
    let now = app.clock.now();
    let mut tx = app.write(&request.actor.scope).await?;
    let (mut row, asking) = request.lock(&mut tx).await?;
    let services = read_services(&mut tx, std::iter::once(row.service)).await?;
    let service = services.get(&row.service).ok_or_else(|| Error::internal("a booking of no service"))?;
    may_change(row.status, asking, row.during.start(), service.cancel_until_minutes, now)?;
    let mut secrets = BookingSecrets::open(request.key, tx.tenant(), row.id, &row.sealed)?;
    secrets.cancel_reason = reason.filter(|reason| !reason.is_empty());
    let sealed = secrets.seal(request.key, &*app.random, tx.tenant(), row.id)?;
    tx.cancel_booking(row.id, sealed, now).await?;
    match row.group_session {
        Some(session) => tx.settle_group_session(session, now).await?,
        None => tx.delete_claim_of_booking(row.id).await?,
    }
    row.status = domain::booking::BookingStatus::Cancelled;
    let booking = view(&mut tx, request.key, row).await?;
    tx.commit().await?;
    request.tell(app, ChangeKind::Cancelled);
    Ok(booking)
}

async fn view(tx: &mut TenantTx, key: &DataKey, row: BookingRow) -> Result<Booking> {
    complete(tx, key, vec![row]).await?.pop().ok_or_else(|| Error::internal("a booking is missing"))
}
