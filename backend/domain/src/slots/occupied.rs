//! What occupies the staff member, arranged so that questions about ever later times are answered without searching.
//! Each is sorted once and then read with a pointer that only moves forward.

use crate::schedule::offsets::{Offsets, ceil_second, floor_second};
use crate::schedule::openings::Span;
use crate::slots::BookedSession;
use crate::time::Interval;

/// The smallest span of whole seconds around `interval`. For spans on whole seconds it meets the same ones.
fn covering(interval: Interval) -> Option<Span> {
    (!interval.is_empty()).then(|| Span { start: floor_second(interval.start()), end: ceil_second(interval.end()) })
}

/// Occupied spans in order of start. They may overlap, so the pointer keeps the two that reach furthest: with one span
/// left out of account, the other still answers.
#[derive(Debug)]
pub(super) struct Occupied {
    /// Each with its owner's number; numbers differ.
    by_start: Vec<(Span, usize)>,
    begun: usize,
    furthest: Option<(Span, usize)>,
    second: Option<Span>,
}

impl Occupied {
    /// Those of `spans` that meet `window`; empty ones meet nothing.
    pub(super) fn within(window: Span, spans: impl Iterator<Item = Interval>) -> Self {
        let numbered = spans.enumerate().filter_map(|(owner, interval)| Some((covering(interval)?, owner)));
        let mut by_start: Vec<_> = numbered.filter(|(span, _)| span.start < window.end && window.start < span.end).collect();
        by_start.sort_unstable();
        Self { by_start, begun: 0, furthest: None, second: None }
    }

    /// One that meets `asked` and does not belong to `except`. Later questions must not end earlier.
    pub(super) fn meeting(&mut self, asked: Span, except: Option<usize>) -> Option<Span> {
        while let Some(&(span, owner)) = self.by_start.get(self.begun).filter(|(span, _)| span.start < asked.end) {
            self.begun += 1;
            if self.furthest.is_none_or(|(furthest, _)| span.end > furthest.end) {
                self.second = self.furthest.map(|(furthest, _)| furthest);
                self.furthest = Some((span, owner));
            } else if self.second.is_none_or(|second| span.end > second.end) {
                self.second = Some(span);
            }
        }
        let candidate = match self.furthest {
            Some((_, owner)) if Some(owner) == except => self.second,
            furthest => furthest.map(|(span, _)| span),
        };
        candidate.filter(|span| span.end > asked.start)
    }
}

/// Joins entries of equal time to one session, in order of time: seats add up, what they occupy becomes one span.
pub(super) fn sessions(booked: &[BookedSession]) -> Vec<BookedSession> {
    let mut sessions = booked.to_vec();
    sessions.sort_by_key(|session| session.during);
    sessions.dedup_by(|next, kept| {
        let same = next.during == kept.during;
        if same {
            kept.seats = kept.seats.saturating_add(next.seats);
            let (start, end) = (kept.blocked.start().min(next.blocked.start()), kept.blocked.end().max(next.blocked.end()));
            kept.blocked = Interval::new(start, end).unwrap_or(kept.blocked);
        }
        same
    });
    sessions
}

/// The sessions that can be joined (T9), in order of time.
#[derive(Debug)]
pub(super) struct Joinable {
    /// Time, number of the session, seats taken.
    sessions: Vec<(Span, usize, u32)>,
    passed: usize,
}

impl Joinable {
    /// All of `sessions`, which are in order, or none when the service is not for groups.
    pub(super) fn of(sessions: &[BookedSession], capacity: u32) -> Self {
        let numbered = sessions.iter().enumerate().filter(|_| capacity > 1);
        // A session that does not begin and end on whole seconds has no equal on the grid.
        let exact = |during: Interval| during.start().subsec_nanosecond() == 0 && during.end().subsec_nanosecond() == 0;
        let joinable = numbered.filter(|(_, session)| exact(session.during));
        let timed = joinable.filter_map(|(number, session)| Some((covering(session.during)?, number, session.seats)));
        Self { sessions: timed.collect(), passed: 0 }
    }

    /// Number and taken seats of the session with exactly this time. Later questions must not be about earlier times.
    pub(super) fn at(&mut self, during: Span) -> Option<(usize, u32)> {
        while self.sessions.get(self.passed).is_some_and(|(time, ..)| *time < during) {
            self.passed += 1;
        }
        let (time, number, seats) = *self.sessions.get(self.passed)?;
        (time == during).then_some((number, seats))
    }
}

/// Sessions by the local date of their start (T12).
#[derive(Debug)]
pub(super) struct DayCounts {
    /// The date of each session, sorted.
    days: Vec<i64>,
    latest: Option<(i64, usize)>,
}

impl DayCounts {
    /// Counts sessions that begin at `starts` (whole seconds).
    pub(super) fn of(mut starts: Vec<i64>, offsets: &Offsets) -> Self {
        starts.sort_unstable();
        let mut local = offsets.days();
        let mut days: Vec<_> = starts.into_iter().map(|start| local.at(start)).collect();
        // Where a clock is set back over midnight, later instants can have earlier dates.
        days.sort_unstable();
        Self { days, latest: None }
    }

    /// Sessions on `day`.
    pub(super) fn on(&mut self, day: i64) -> usize {
        match self.latest {
            Some((latest, count)) if latest == day => count,
            _ => {
                let count = self.days.partition_point(|other| *other <= day) - self.days.partition_point(|other| *other < day);
                self.latest = Some((day, count));
                count
            }
        }
    }
}
