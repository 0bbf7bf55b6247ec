//! The slot rules once more, written to be obviously right and not to be fast: time is a row of steps of five minutes,
//! each with the local time that jiff tells for it, and every rule looks at the steps one by one. It shares no code
//! with the implementation. Everything given to it must lie on whole steps, except `now` and busy periods.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{BookedSession, Case};
use crate::schedule::{MinuteOfDay, OverrideKind};
use crate::time::Interval;

pub(super) const STEP: i64 = 5 * 60;
const DAY: i64 = 24 * 3600;

/// A stretch of time in steps.
pub(super) struct Steps {
    /// Seconds since 1970 of the first step.
    pub(super) first: i64,
    /// The local time of each step, in seconds since 1970-01-01 00:00 on the local time line.
    local: Vec<i64>,
}

impl Steps {
    pub(super) fn new(zone: &TimeZone, first: Timestamp, days: i64) -> Self {
        let first = first.as_second();
        let instants = (0..days * DAY / STEP).map(|step| first + step * STEP);
        let local = |second| second + i64::from(zone.to_offset(Timestamp::from_second(second).unwrap()).seconds());
        Self { first, local: instants.map(local).collect() }
    }

    fn instant(&self, step: usize) -> Timestamp {
        Timestamp::from_second(self.first + i64::try_from(step).unwrap() * STEP).unwrap()
    }

    fn day(&self, step: usize) -> i64 {
        self.local[step].div_euclid(DAY)
    }
}

/// What the rules say of one grid start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Offered { seats_left: u32 },
    Refused,
}

/// Every grid start of the query. The steps must reach five days beyond the query on both sides.
pub(super) fn solve(case: &Case, steps: &Steps) -> BTreeMap<Timestamp, Outcome> {
    let openings = openings(case, steps);
    let open: BTreeSet<usize> = openings.iter().flatten().copied().collect();
    let interval = usize::try_from(case.rules.slot_interval_minutes * 60 / STEP).unwrap();
    let grid: BTreeSet<usize> = openings.iter().flat_map(|opening| opening.iter().step_by(interval)).copied().collect();
    let asked = grid.into_iter().filter(|step| case.query.contains(steps.instant(*step)));
    asked.map(|step| (steps.instant(step), outcome(case, steps, &open, step))).collect()
}

/// The steps of each opening: of each date (T1 to T3), cut where no row of the date holds the next step (T4).
fn openings(case: &Case, steps: &Steps) -> Vec<Vec<usize>> {
    let mut openings: Vec<Vec<usize>> = Vec::new();
    for day in steps.day(0)..=steps.day(steps.local.len() - 1) {
        let of_date: BTreeSet<usize> = rows(case, day).into_iter().flat_map(|(start, end)| row_steps(steps, start, end)).collect();
        let mut previous = None;
        for step in of_date {
            match openings.last_mut().filter(|_| previous == step.checked_sub(1) && previous.is_some()) {
                Some(opening) => opening.push(step),
                None => openings.push(vec![step]),
            }
            previous = Some(step);
        }
    }
    openings
}

/// T2 to the letter: from the first step whose local time is at or after start, to the last whose local time is before
/// end.
fn row_steps(steps: &Steps, start: i64, end: i64) -> Vec<usize> {
    let first = steps.local.iter().position(|local| *local >= start);
    let last = steps.local.iter().rposition(|local| *local < end);
    match (first, last) {
        (Some(first), Some(last)) => (first..=last).collect(),
        _ => Vec::new(),
    }
}

/// Local start and end of the rows of a date.
fn rows(case: &Case, day: i64) -> Vec<(i64, i64)> {
    let date = jiff::civil::date(1970, 1, 1) + SignedDuration::from_hours(24 * day);
    let weekday = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"][usize::from(date.weekday().to_monday_zero_offset().unsigned_abs())];
    let replacing: Vec<_> = case.schedule.overrides().iter().filter(|row| row.date == date).map(|row| row.kind).collect();
    let mut rows: Vec<(MinuteOfDay, MinuteOfDay)> = Vec::new();
    if replacing.is_empty() {
        rows.extend(case.schedule.hours().iter().filter(|row| row.day.as_str() == weekday).map(|row| (row.start, row.end)));
    } else if !replacing.contains(&OverrideKind::Closed) {
        for kind in replacing {
            if let OverrideKind::Open { start, end } = kind {
                rows.push((start, end));
            }
        }
    }
    let second = |minute: MinuteOfDay| day * DAY + i64::from(minute.minutes()) * 60;
    let timed = rows.into_iter().filter(|(start, end)| start != end);
    timed.map(|(start, end)| (second(start), second(end) + if end < start { DAY } else { 0 })).collect()
}

fn outcome(case: &Case, steps: &Steps, open: &BTreeSet<usize>, step: usize) -> Outcome {
    let minutes = SignedDuration::from_mins;
    let start = steps.instant(step);
    let end = start + minutes(case.rules.duration_minutes);
    let padded = Interval::new(start - minutes(case.rules.buffer_before_minutes), end + minutes(case.rules.buffer_after_minutes)).unwrap();
    let length = usize::try_from(case.rules.duration_minutes * 60 / STEP).unwrap();
    let same = |session: &&BookedSession| case.rules.capacity > 1 && session.during.start() == start && session.during.end() == end;
    let joined: Vec<_> = case.sessions.iter().filter(same).collect();

    let inside = (step..step + length).all(|step| open.contains(&step));
    let free = case.busy.iter().all(|busy| !busy.overlaps(&padded));
    let alone = case.sessions.iter().filter(|session| !same(session)).all(|session| !session.blocked.overlaps(&padded));
    let in_time = start.duration_since(case.now) >= minutes(case.rules.min_notice_minutes);
    let today = Timestamp::from_second(case.now.as_second()).unwrap();
    let date = |instant: Timestamp| case.schedule.time_zone().to_datetime(instant).date();
    let near = case.rules.max_days_ahead.is_none_or(|days| date(start) <= date(today) + SignedDuration::from_hours(24 * days));
    let starts: BTreeSet<_> = case.sessions.iter().map(|session| session.during).collect();
    let on_date =
        starts.iter().map(Interval::start).chain(case.counted_elsewhere.iter().copied()).filter(|other| date(*other) == date(start));
    let below_limit = case.rules.max_per_day.is_none_or(|most| i64::try_from(on_date.count()).unwrap() < most);

    let taken: u32 = joined.iter().map(|session| session.seats).sum();
    let seats_left = u32::try_from(case.rules.capacity).unwrap().saturating_sub(taken);
    let bookable = if joined.is_empty() { below_limit } else { seats_left > 0 };
    if inside && free && alone && in_time && near && bookable { Outcome::Offered { seats_left } } else { Outcome::Refused }
}
