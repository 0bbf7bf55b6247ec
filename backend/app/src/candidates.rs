//! The staff who could take a booking of one service, each with what occupies them: from rows to the problems that the
//! pure slot function answers. Search, holding, booking and rescheduling all come through here (B2).

use std::collections::HashMap;

use domain::ids::{BookingId, GroupSessionId, HoldId, ServiceId, StaffId};
use domain::schedule::Schedule;
use domain::service::Service;
use domain::slots::{BookedSession, SlotProblem};
use domain::time::Interval;
use jiff::{SignedDuration, Timestamp};
use store::{BookingRow, ClaimOwner, HoldRow, Occupied, Offer, StaffHours, StaffRow, TenantTx};

use crate::error::{Error, Result};

/// What is looked at besides the window when a rule counts whole local days (T12): a day of any zone and its neighbour.
const DAY_MARGIN: SignedDuration = SignedDuration::from_hours(50);

/// Seats or time that the caller already has and that must not stand in its own way.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Own {
    booking: Option<Owned<BookingId>>,
    hold: Option<Owned<HoldId>>,
}

#[derive(Debug, Clone, Copy)]
struct Owned<T> {
    id: T,
    /// The run, for capacity over one.
    group_session: Option<GroupSessionId>,
    seats: u32,
}

impl Own {
    /// The booking that is being moved and the hold that is being used, as far as they occupy anything at `now`.
    pub fn of(booking: Option<&BookingRow>, hold: Option<&HoldRow>, now: Timestamp) -> Self {
        let booking = booking.filter(|row| row.status.is_live());
        let hold = hold.filter(|row| row.expires_at > now);
        Self {
            booking: booking.map(|row| Owned { id: row.id, group_session: row.group_session, seats: row.seats }),
            hold: hold.map(|row| Owned { id: row.id, group_session: row.group_session, seats: row.seats }),
        }
    }

    /// Seats of this run that are the caller's own.
    pub fn seats_of(&self, session: GroupSessionId) -> u32 {
        let booking = self.booking.filter(|own| own.group_session == Some(session)).map_or(0, |own| own.seats);
        let hold = self.hold.filter(|own| own.group_session == Some(session)).map_or(0, |own| own.seats);
        booking + hold
    }
}

/// One staff member of the service.
struct Candidate<'a> {
    person: &'a StaffRow,
    schedule: Option<&'a Schedule>,
    busy: Vec<Interval>,
    sessions: Vec<BookedSession>,
    counted_elsewhere: Vec<Timestamp>,
}

/// A service, the staff asked for and what occupies them around a window.
pub(crate) struct Candidates<'a> {
    pub service: &'a Service,
    now: Timestamp,
    has_expired: bool,
    each: Vec<Candidate<'a>>,
}

impl<'a> Candidates<'a> {
    /// What occupies those who give the service around `window`. One statement. `wanted` narrows the staff; empty means all
    /// who give it.
    ///
    /// # Errors
    /// [`Error::NotFound`]: one of `wanted` does not give the service.
    pub async fn load(tx: &mut TenantTx, offer: &'a Offer, wanted: &[StaffId], window: Interval, own: Own, now: Timestamp) -> Result<Self> {
        if wanted.iter().any(|staff| offer.person(*staff).is_none()) {
            return Err(Error::NotFound);
        }
        let service = &offer.service;
        let counts_runs = service.rules.max_per_day().is_some();
        let needs_runs = counts_runs || service.rules.capacity() > 1;
        let asked = |staff: &StaffId| wanted.is_empty() || wanted.contains(staff);
        let everybody = offer.staff.iter().map(|row| row.person.id);
        let looked_at: Vec<StaffId> = everybody.filter(|staff| counts_runs || asked(staff)).collect();
        let window = padded(window, service, counts_runs);
        let occupied = tx.occupied(&looked_at, window, needs_runs.then_some(now)).await?;
        let has_expired = occupied.iter().any(|row| row.expires_at.is_some_and(|at| at <= now));
        let live = occupied.into_iter().filter(|row| row.expires_at.is_none_or(|at| at > now));
        let sorted = Sorted::of(service.id, live, own);
        let each = offer.staff.iter().filter(|row| asked(&row.person.id)).map(|row| sorted.candidate(row)).collect();
        Ok(Self { service, now, has_expired, each })
    }

    /// Whether an expired hold may stand in a writer's way.
    pub const fn has_expired(&self) -> bool {
        self.has_expired
    }

    /// The problem of each staff member who has hours, in the tenant's order.
    pub fn problems(&self, query: Interval) -> impl Iterator<Item = (StaffId, SlotProblem<'_>)> {
        self.each.iter().filter_map(move |candidate| {
            let problem = SlotProblem {
                schedule: candidate.schedule?,
                rules: &self.service.rules,
                busy: &candidate.busy,
                sessions: &candidate.sessions,
                counted_elsewhere: &candidate.counted_elsewhere,
                now: self.now,
                query,
            };
            Some((candidate.person.id, problem))
        })
    }

    /// How many seconds of `window`, which must have been looked at, the staff member is occupied.
    pub fn load_of(&self, staff: StaffId, window: Interval) -> i64 {
        let seconds = |span: &Interval| {
            let (start, end) = (span.start().max(window.start()), span.end().min(window.end()));
            end.as_second().saturating_sub(start.as_second()).max(0)
        };
        self.each.iter().find(|candidate| candidate.person.id == staff).map_or(0, |candidate| {
            candidate.busy.iter().chain(candidate.sessions.iter().map(|session| &session.blocked)).map(seconds).sum()
        })
    }

    /// Everybody asked for.
    pub fn people(&self) -> impl Iterator<Item = &'a StaffRow> {
        self.each.iter().map(|candidate| candidate.person)
    }
}

/// What occupies each staff member, apart from the caller's own.
#[derive(Default)]
struct Sorted {
    busy: HashMap<StaffId, Vec<Interval>>,
    sessions: HashMap<StaffId, Vec<BookedSession>>,
    starts: Vec<(StaffId, Timestamp)>,
}

impl Sorted {
    fn of(service: ServiceId, occupied: impl Iterator<Item = Occupied>, own: Own) -> Self {
        let mut sorted = Self::default();
        for row in occupied {
            match row.run.filter(|run| run.service == service) {
                None if is_own(&row, own) => {}
                None => sorted.busy.entry(row.staff).or_default().push(row.blocked),
                Some(run) => {
                    let seats = run.seats.saturating_sub(own_seats(&row, own));
                    if seats > 0 {
                        let session = BookedSession { during: run.during, blocked: row.blocked, seats };
                        sorted.sessions.entry(row.staff).or_default().push(session);
                        sorted.starts.push((row.staff, run.during.start()));
                    }
                }
            }
        }
        sorted
    }

    fn candidate<'a>(&self, row: &'a StaffHours) -> Candidate<'a> {
        let staff = row.person.id;
        Candidate {
            person: &row.person,
            schedule: row.schedule.as_ref(),
            busy: self.busy.get(&staff).cloned().unwrap_or_default(),
            sessions: self.sessions.get(&staff).cloned().unwrap_or_default(),
            counted_elsewhere: self.starts.iter().filter(|(other, _)| *other != staff).map(|(_, start)| *start).collect(),
        }
    }
}

fn is_own(row: &Occupied, own: Own) -> bool {
    match row.owner {
        ClaimOwner::Booking(id) => own.booking.is_some_and(|booking| booking.id == id),
        ClaimOwner::Hold(id) => own.hold.is_some_and(|hold| hold.id == id),
        ClaimOwner::GroupSession(_) | ClaimOwner::TimeOff => false,
    }
}

/// Seats of the run that are the caller's own.
fn own_seats(row: &Occupied, own: Own) -> u32 {
    match row.owner {
        ClaimOwner::GroupSession(id) => own.seats_of(id),
        ClaimOwner::Booking(id) => own.booking.filter(|booking| booking.id == id).map_or(0, |booking| booking.seats),
        ClaimOwner::Hold(id) => own.hold.filter(|hold| hold.id == id).map_or(0, |hold| hold.seats),
        ClaimOwner::TimeOff => 0,
    }
}

/// The window in which something can stand in the way of a start inside `window`.
fn padded(window: Interval, service: &Service, counts_days: bool) -> Interval {
    let minutes = |minutes: u32| SignedDuration::from_mins(i64::from(minutes));
    let margin = if counts_days { DAY_MARGIN } else { SignedDuration::ZERO };
    let before = minutes(service.rules.buffer_before()) + margin;
    let after = minutes(service.rules.duration() + service.rules.buffer_after()) + margin;
    let start = window.start().checked_sub(before).unwrap_or(Timestamp::MIN);
    let end = window.end().checked_add(after).unwrap_or(Timestamp::MAX);
    Interval::new(start, end).unwrap_or(window)
}
