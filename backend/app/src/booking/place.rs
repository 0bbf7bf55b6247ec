//! Takes a start for somebody: judged by the same function that searched it (B2), under the locks that make counting
//! exact. Creating, holding and moving all come through [`App::take`].

use domain::ids::{GroupSessionId, StaffId};
use domain::refusal::{Refusal, RefusalCode};
use domain::service::Service;
use domain::slots::{RefusedStart, judge};
use domain::time::Interval;
use jiff::{SignedDuration, Timestamp};
use store::{Offer, TenantTx};

use crate::candidates::{Candidates, Own};
use crate::context::App;
use crate::error::{Error, Fault, Result};

/// How far around a start people's bookings count when the least busy is chosen.
const HALF_DAY: SignedDuration = SignedDuration::from_hours(12);

/// What somebody wants.
pub(crate) struct Wish {
    /// With one of these; empty: anybody who gives the service.
    pub staff: Vec<StaffId>,
    pub start: Timestamp,
    pub seats: u32,
    /// What the wisher already has.
    pub own: Own,
    pub now: Timestamp,
}

/// Who takes a booking, and when.
pub(crate) struct Place {
    pub staff: StaffId,
    pub during: Interval,
    /// With the service's buffers: what the claim blocks.
    pub blocked: Interval,
    /// Whether somebody else could take it when this one is taken meanwhile.
    pub has_alternative: bool,
}

/// A start taken, apart from its claim.
pub(crate) struct Taken {
    pub place: Place,
    /// The run, locked, for capacity over one.
    pub session: Option<GroupSessionId>,
}

impl App {
    /// Judges a wish and locks what counting it needs. Expired holds in its way are removed.
    ///
    /// # Errors
    /// The refusal of a slot rule; [`Error::NotFound`]: staff who do not give the service.
    pub(crate) async fn take(&self, tx: &mut TenantTx, offer: &Offer, wish: &Wish) -> Result<Taken> {
        if offer.service.rules.max_per_day().is_some() {
            tx.lock_service(offer.service.id).await?;
        }
        let has_choice = wish.staff.len() != 1 && offer.staff.len() > 1;
        let window = if has_choice { around(wish.start)? } else { window_of(wish.start)? };
        let candidates = Candidates::load(tx, offer, &wish.staff, window, wish.own, wish.now).await?;
        let place = choose(&candidates, wish)?;
        let has_expired = candidates.has_expired();
        let service = candidates.service;
        let session = if service.rules.capacity() > 1 { Some(self.join(tx, service, &place, wish).await?) } else { None };
        if has_expired {
            tx.sweep_expired(&[place.staff], place.blocked, wish.now).await?;
        }
        Ok(Taken { place, session })
    }

    /// Joins the run under its lock and counts its seats once more.
    async fn join(&self, tx: &mut TenantTx, service: &Service, place: &Place, wish: &Wish) -> Result<GroupSessionId> {
        let new = GroupSessionId::new(self.new_id());
        let session = tx.join_group_session(new, service.id, place.staff, place.during, wish.now).await?;
        if session.seats.saturating_sub(wish.own.seats_of(session.id)) + wish.seats <= service.rules.capacity() {
            return Ok(session.id);
        }
        if place.has_alternative {
            return Err(Error::Fault(Fault::Overtaken));
        }
        Err(Refusal::new(RefusalCode::GroupFull, "seats must be at most what the group has left at this start", &["input", "seats"]).into())
    }
}

/// The window that holds one start.
///
/// # Errors
/// A refusal: the instant lies at the end of time.
fn window_of(start: Timestamp) -> Result<Interval> {
    span(start, SignedDuration::ZERO, SignedDuration::from_secs(1))
}

/// What counts when the least busy is sought: a working day, seen from any of its hours.
///
/// # Errors
/// As [`window_of`].
fn around(start: Timestamp) -> Result<Interval> {
    span(start, HALF_DAY, HALF_DAY)
}

fn span(start: Timestamp, before: SignedDuration, after: SignedDuration) -> Result<Interval> {
    let (from, to) = (start.checked_sub(before).ok(), start.checked_add(after).ok());
    let span = from.zip(to).and_then(|(from, to)| Interval::new(from, to));
    span.ok_or_else(|| Refusal::new(RefusalCode::TooFar, "start must lie before the year 9999", &["input", "start"]).into())
}

/// The least busy of the candidates for whom the start is offered; the tenant's order breaks ties.
///
/// # Errors
/// The refusal of the candidate who came nearest.
fn choose(candidates: &Candidates<'_>, wish: &Wish) -> Result<Place> {
    let mut free = Vec::new();
    let mut refused = Vec::new();
    for (staff, problem) in candidates.problems(window_of(wish.start)?) {
        match judge(&problem, wish.start, wish.seats) {
            Ok(slot) => free.push((staff, slot)),
            Err(refusal) => refused.push(refusal),
        }
    }
    let day = around(wish.start)?;
    let Some((staff, slot)) = free.iter().min_by_key(|(staff, _)| candidates.load_of(*staff, day)) else {
        return Err(nearest(refused).into());
    };
    let during = Interval::new(slot.start, slot.end).ok_or_else(|| Error::internal("a slot ends before it starts"))?;
    let blocked = candidates.service.rules.padded(during);
    Ok(Place { staff: *staff, during, blocked, has_alternative: free.len() > 1 })
}

/// Of several staff members' refusals, the one that says most: a taken time tells more than closed hours.
fn nearest(refused: Vec<RefusedStart>) -> Refusal {
    let rank = |refusal: &RefusedStart| match refusal.rule.code() {
        RefusalCode::OutsideHours => 0,
        RefusalCode::SlotTaken => 2,
        RefusalCode::GroupFull => 3,
        _ => 1,
    };
    refused.into_iter().max_by_key(rank).map_or_else(
        || Refusal::new(RefusalCode::OutsideHours, "start is outside the hours: nobody of this service has hours yet", &["input", "start"]),
        |refusal| refusal.refusal(&["input", "start"]),
    )
}
