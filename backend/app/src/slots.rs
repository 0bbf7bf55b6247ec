//! Slot search: the viewer's days, the offered starts of the staff asked for, and the next start of all.

use std::collections::HashMap;
use std::sync::Arc;

use domain::ids::{BookingId, HoldId, ServiceId, StaffId};
use domain::schedule::parse_time_zone;
use domain::slots::offered;
use domain::time::Interval;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, ToSpan};
use store::TenantTx;

use crate::actor::Actor;
use crate::candidates::{Candidates, Own};
use crate::context::App;
use crate::error::{Error, Result, argument_id};
use crate::staff::{StaffMember, open_staff};

/// Most days of one search.
pub const MOST_DAYS: i64 = 62;
/// How far ahead [`App::next_start`] looks.
const HORIZON_DAYS: i64 = 366;
/// Days looked at together when a next start is sought.
const CHUNK_DAYS: i64 = 14;

/// What is searched.
#[derive(Debug, Clone)]
pub struct SlotSearch {
    /// The service's id.
    pub service_id: String,
    /// First day, in the viewer's zone.
    pub from: Date,
    /// Day after the last, in the viewer's zone.
    pub to: Date,
    /// The viewer's IANA zone.
    pub time_zone: String,
    /// Only these staff; empty: all who give the service.
    pub staff_ids: Vec<String>,
    /// A booking about to be moved, which does not stand in its own way.
    pub exclude_booking_id: Option<String>,
    /// The caller's own hold, which does not hide its slot.
    pub hold_id: Option<String>,
}

/// A checked search; answers [`App::offered_days`] and [`App::next_start`].
pub struct Checked {
    service: ServiceId,
    staff: Vec<StaffId>,
    zone: TimeZone,
    from: Date,
    to: Date,
    exclude: Option<BookingId>,
    hold: Option<HoldId>,
}

/// An offered start with everybody who could take it.
#[derive(Debug, Clone)]
pub struct OfferedSlot {
    /// When it begins.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// The viewer's offset then.
    pub offset: Offset,
    /// Who could take it, in the tenant's order.
    pub staff: Vec<Arc<StaffMember>>,
    /// Seats left with the staff member who has most.
    pub seats_left: u32,
}

/// One day of the viewer.
#[derive(Debug, Clone)]
pub struct Day {
    /// The viewer's date.
    pub date: Date,
    /// Its starts, in order.
    pub slots: Vec<OfferedSlot>,
}

impl SlotSearch {
    /// Checks every argument.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] names the field and the rule.
    pub fn check(&self) -> Result<Checked> {
        let zone = parse_time_zone(&self.time_zone, &["input", "timeZone"])?;
        let span = self.from.until(self.to).map_err(Error::internal)?.get_days();
        if span <= 0 {
            return Err(Error::InvalidArgument { field: "to", rule: "must be after from".to_owned() });
        }
        if i64::from(span) > MOST_DAYS {
            return Err(Error::InvalidArgument { field: "to", rule: format!("must be at most {MOST_DAYS} days after from") });
        }
        Ok(Checked {
            service: argument_id(&self.service_id, "serviceId")?,
            staff: self.staff_ids.iter().map(|id| argument_id(id, "staffIds")).collect::<Result<_>>()?,
            zone,
            from: self.from,
            to: self.to,
            exclude: self.exclude_booking_id.as_deref().map(|id| argument_id(id, "excludeBookingId")).transpose()?,
            hold: self.hold_id.as_deref().map(|id| argument_id(id, "holdId")).transpose()?,
        })
    }
}

impl App {
    /// Every day of the search with its offered starts; a day without any has an empty list. A fixed number of statements
    /// whatever the number of staff.
    ///
    /// # Errors
    /// [`Error::NotFound`]: the service, or staff who do not give it. Faults.
    pub async fn offered_days(&self, actor: &Actor, search: &Checked) -> Result<Vec<Day>> {
        let window = Interval::new(search.midnight(search.from)?, search.midnight(search.to)?).ok_or(Error::NotFound)?;
        let key = self.data_key(actor.scope.tenant()).await?;
        let now = self.clock.now();
        let mut tx = self.read(&actor.scope).await?;
        let own = search.own(&mut tx, now).await?;
        let offer = tx.offer(search.service).await?.ok_or(Error::NotFound)?;
        let candidates = Candidates::load(&mut tx, &offer, &search.staff, window, own, now).await?;
        let people = candidates.people().map(|row| Ok((row.id, Arc::new(open_staff(&key, tx.tenant(), row)?)))).collect::<Result<_>>()?;
        search.group(merge(&candidates, &people, window))
    }

    /// The first offered start at or after the search's first day, up to 366 days on; `None` when there is none.
    ///
    /// # Errors
    /// As [`Self::offered_days`].
    pub async fn next_start(&self, actor: &Actor, search: &Checked) -> Result<Option<Timestamp>> {
        let now = self.clock.now();
        let mut tx = self.read(&actor.scope).await?;
        let own = search.own(&mut tx, now).await?;
        let offer = tx.offer(search.service).await?.ok_or(Error::NotFound)?;
        let end = search.midnight(search.from)? + SignedDuration::from_hours(24 * HORIZON_DAYS);
        let mut start = search.midnight(search.from)?.max(now);
        while start < end {
            let stop = end.min(start + SignedDuration::from_hours(24 * CHUNK_DAYS));
            let window = Interval::new(start, stop).ok_or(Error::NotFound)?;
            let candidates = Candidates::load(&mut tx, &offer, &search.staff, window, own, now).await?;
            let first = candidates.problems(window).filter_map(|(_, problem)| offered(&problem).first().map(|slot| slot.start)).min();
            if first.is_some() {
                return Ok(first);
            }
            start = stop;
        }
        Ok(None)
    }
}

impl Checked {
    /// What the caller already has. A hold or booking that does not exist, or no longer counts, stands in nobody's way.
    async fn own(&self, tx: &mut TenantTx, now: Timestamp) -> Result<Own> {
        let booking = match self.exclude {
            Some(id) => tx.booking(id).await?,
            None => None,
        };
        let hold = match self.hold {
            Some(id) => tx.hold(id).await?,
            None => None,
        };
        Ok(Own::of(booking.as_ref(), hold.as_ref(), now))
    }

    /// The first instant of the viewer's day.
    fn midnight(&self, date: Date) -> Result<Timestamp> {
        let day = date
            .to_zoned(self.zone.clone())
            .map_err(|_| Error::InvalidArgument { field: "from", rule: "must be a date of the years -9998 to 9998".to_owned() })?;
        Ok(day.timestamp())
    }

    /// Sorts starts into the viewer's days.
    fn group(&self, slots: Vec<OfferedSlot>) -> Result<Vec<Day>> {
        let mut days = Vec::new();
        let mut date = self.from;
        while date < self.to {
            days.push(Day { date, slots: Vec::new() });
            date = date.checked_add(1.day()).map_err(Error::internal)?;
        }
        let mut place = 0;
        for mut slot in slots {
            let local = slot.start.to_zoned(self.zone.clone());
            slot.offset = local.offset();
            while days.get(place).is_some_and(|day| day.date < local.date()) {
                place += 1;
            }
            if let Some(day) = days.get_mut(place) {
                day.slots.push(slot);
            }
        }
        Ok(days)
    }
}

/// The starts of all staff as one ordered list, each start once.
fn merge(candidates: &Candidates<'_>, people: &HashMap<StaffId, Arc<StaffMember>>, window: Interval) -> Vec<OfferedSlot> {
    let mut found = Vec::new();
    for (rank, (staff, problem)) in candidates.problems(window).enumerate() {
        let Some(person) = people.get(&staff) else { continue };
        found.extend(offered(&problem).into_iter().map(|slot| (slot, rank, person)));
    }
    found.sort_unstable_by_key(|(slot, rank, _)| (slot.start, *rank));
    let mut merged: Vec<OfferedSlot> = Vec::new();
    for (slot, _, person) in found {
        match merged.last_mut().filter(|last| last.start == slot.start) {
            Some(last) => {
                last.staff.push(Arc::clone(person));
                last.seats_left = last.seats_left.max(slot.seats_left);
            }
            None => merged.push(OfferedSlot {
                start: slot.start,
                end: slot.end,
                offset: Offset::UTC,
                staff: vec![Arc::clone(person)],
                seats_left: slot.seats_left,
            }),
        }
    }
    merged
}
