//! The one walk over the grid of starts that search, explanation and booking share (B2). Work is in whole seconds;
//! starts come by arithmetic, everything they are checked against is read with pointers that move forward:
//! O(n log n) in what occupies the staff member, constant for each start.

use jiff::Timestamp;

use super::occupied::{DayCounts, Joinable, Occupied, sessions};
use super::reason::Reason;
use super::{Slot, SlotProblem};
use crate::schedule::offsets::{LocalDays, Offsets, ceil_second, floor_second, local_day};
use crate::schedule::openings::{REACH, Span, merge, openings};

/// Takes the outcome of each start, in order of start.
pub(super) trait Recorder {
    /// Whether refused starts matter. If not, starts that the notice removes are not even visited.
    const WANTS_REFUSED: bool;

    /// `slot` is offered.
    fn offered(&mut self, slot: Slot);

    /// The grid start `start` is not.
    fn refused(&mut self, start: Timestamp, reason: Reason);
}

/// A problem made ready for one query.
pub(super) struct Walk<'a> {
    problem: &'a SlotProblem<'a>,
    query: Span,
    offsets: Offsets,
    /// Of each date on its own: where the grid begins anew (T5).
    openings: Vec<Span>,
    /// All of them together: what is open at all (T6).
    open: Vec<Span>,
}

impl<'a> Walk<'a> {
    pub(super) fn over(problem: &'a SlotProblem<'a>, query: Span) -> Self {
        let window = Span { start: query.start, end: query.end + minutes(problem.rules.duration()) };
        let offsets = Offsets::between(problem.schedule.time_zone(), window.start - REACH, window.end + REACH);
        let openings = if query.start < query.end { openings(problem.schedule, &offsets, window) } else { Vec::new() };
        let mut open = openings.clone();
        merge(&mut open);
        Self { problem, query, offsets, openings, open }
    }

    /// Whether an opening holds this instant.
    pub(super) fn is_open_at(&self, second: i64) -> bool {
        self.open.iter().any(|span| span.start <= second && second < span.end)
    }

    pub(super) fn run<R: Recorder>(&self, recorder: &mut R) {
        let mut checks = Checks::of(self);
        let from = if R::WANTS_REFUSED { self.query.start } else { self.query.start.max(checks.earliest) };
        for start in self.grid(from) {
            let end = start + checks.duration;
            // Past the end of time there is no slot to offer and no instant to refuse.
            let Ok(instant) = Timestamp::from_second(start) else { break };
            match checks.seats_left(Span { start, end }) {
                Err(reason) => recorder.refused(instant, reason),
                Ok(seats_left) => match Timestamp::from_second(end) {
                    Ok(end) => recorder.offered(Slot { start: instant, end, seats_left }),
                    Err(_) => recorder.refused(instant, Reason::OutsideOpenings { end }),
                },
            }
        }
    }

    /// T5, T13: opening + k x interval, from `from` to the end of the query; in order, each once.
    fn grid(&self, from: i64) -> Vec<i64> {
        let interval = minutes(self.problem.rules.interval());
        let mut starts: Vec<i64> = Vec::new();
        for opening in &self.openings {
            let skipped = (from - opening.start).max(0) + interval - 1;
            let mut start = opening.start + skipped.div_euclid(interval) * interval;
            while start < opening.end.min(self.query.end) {
                starts.push(start);
                start += interval;
            }
        }
        // Only the tail of one date can reach into the openings of the next.
        if !starts.is_sorted_by(|earlier, later| earlier < later) {
            starts.sort_unstable();
            starts.dedup();
        }
        starts
    }
}

/// The checks of one start, for starts that never go back.
struct Checks<'a> {
    duration: i64,
    before: i64,
    after: i64,
    capacity: u32,
    /// T10: the first second that keeps the notice.
    earliest: i64,
    /// T11: the limit and the last local date it allows.
    last_day: Option<(u32, i64)>,
    /// T12: the limit and what counts for it.
    day_limit: Option<(u32, DayCounts)>,
    open: &'a [Span],
    days: LocalDays<'a>,
    busy: Occupied,
    own: Occupied,
    joinable: Joinable,
}

impl<'a> Checks<'a> {
    fn of(walk: &'a Walk<'_>) -> Self {
        let &SlotProblem { schedule, rules, busy, sessions: booked, counted_elsewhere, now, .. } = walk.problem;
        let (duration, before, after) = (minutes(rules.duration()), minutes(rules.buffer_before()), minutes(rules.buffer_after()));
        let reached = Span { start: walk.query.start - before, end: walk.query.end + duration + after };
        let booked = sessions(booked);
        let today = || local_day(schedule.time_zone(), floor_second(now));
        let counted = || {
            let own = booked.iter().map(|session| session.during.start());
            DayCounts::of(own.chain(counted_elsewhere.iter().copied()).map(floor_second).collect(), &walk.offsets)
        };
        Self {
            duration,
            before,
            after,
            capacity: rules.capacity(),
            earliest: ceil_second(now) + minutes(rules.min_notice()),
            last_day: rules.max_days_ahead().map(|days| (days, today() + i64::from(days))),
            day_limit: rules.max_per_day().map(|most| (most, counted())),
            open: &walk.open,
            days: walk.offsets.days(),
            busy: Occupied::within(reached, busy.iter().copied()),
            own: Occupied::within(reached, booked.iter().map(|session| session.blocked)),
            joinable: Joinable::of(&booked, rules.capacity()),
        }
    }

    /// How many seats can still be booked, at least one, or the first rule that says no.
    fn seats_left(&mut self, during: Span) -> Result<u32, Reason> {
        self.inside_openings(during)?;
        self.inside_booking_window(during.start)?;
        let padded = Span { start: during.start - self.before, end: during.end + self.after };
        if let Some(span) = self.busy.meeting(padded, None) {
            return Err(Reason::Busy(span));
        }
        let joined = self.joinable.at(during);
        if let Some(span) = self.own.meeting(padded, joined.map(|(number, _)| number)) {
            return Err(if self.capacity > 1 { Reason::OtherSession(span) } else { Reason::OwnBooking(span) });
        }
        match joined {
            Some((_, taken)) if taken >= self.capacity => Err(Reason::TooFewSeats { left: 0, seats: 1 }),
            Some((_, taken)) => Ok(self.capacity - taken),
            None => self.inside_day_limit(during.start).map(|()| self.capacity),
        }
    }

    /// T6.
    fn inside_openings(&mut self, during: Span) -> Result<(), Reason> {
        while let [passed, rest @ ..] = self.open
            && passed.end <= during.start
        {
            self.open = rest;
        }
        match self.open.first() {
            Some(open) if open.start <= during.start && during.end <= open.end => Ok(()),
            _ => Err(Reason::OutsideOpenings { end: during.end }),
        }
    }

    /// T10, T11.
    fn inside_booking_window(&mut self, start: i64) -> Result<(), Reason> {
        if start < self.earliest {
            return Err(Reason::TooSoon { earliest: self.earliest });
        }
        match self.last_day {
            Some((max_days_ahead, last_day)) if self.days.at(start) > last_day => Err(Reason::TooFar { max_days_ahead }),
            _ => Ok(()),
        }
    }

    /// T12.
    fn inside_day_limit(&mut self, start: i64) -> Result<(), Reason> {
        let Some((max_per_day, counts)) = &mut self.day_limit else { return Ok(()) };
        let count = counts.on(self.days.at(start));
        let room = u32::try_from(count).is_ok_and(|count| count < *max_per_day);
        if room { Ok(()) } else { Err(Reason::DayFull { max_per_day: *max_per_day }) }
    }
}

/// Minutes in seconds.
fn minutes(minutes: u32) -> i64 {
    i64::from(minutes) * 60
}
