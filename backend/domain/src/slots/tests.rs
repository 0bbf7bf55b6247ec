//! Slot rules T5 to T13. [`table`] has instants checked by hand, [`groups`] the rules of sessions with seats,
//! [`properties`] generated problems against [`naive`], an implementation that walks through time step by step.
#![expect(clippy::unwrap_used, reason = "tests")]

mod groups;
mod naive;
mod properties;
mod table;

use jiff::Timestamp;

use super::{BookedSession, RefusedStart, Slot, SlotProblem, explain, judge, offered};
use crate::schedule::Schedule;
use crate::schedule::tests::{span, weekly};
use crate::service::{SlotRules, SlotRulesDraft};
use crate::time::Interval;

/// An hour's appointment on a grid of an hour, without any limit.
const HOUR: SlotRulesDraft = SlotRulesDraft {
    duration_minutes: 60,
    buffer_before_minutes: 0,
    buffer_after_minutes: 0,
    slot_interval_minutes: 60,
    min_notice_minutes: 0,
    max_days_ahead: None,
    max_per_day: None,
    capacity: 1,
};

/// A problem that owns its parts.
struct Case {
    schedule: Schedule,
    rules: SlotRulesDraft,
    busy: Vec<Interval>,
    sessions: Vec<BookedSession>,
    counted_elsewhere: Vec<Timestamp>,
    now: Timestamp,
    query: Interval,
}

impl Case {
    /// Berlin (one hour before UTC in winter), Mondays 09:00 to 12:00, asked about Monday, 12 January 2026.
    fn berlin() -> Self {
        Self::of(weekly("Europe/Berlin", "MON 09:00 12:00"), span("2026-01-12T00:00:00Z", "2026-01-13T00:00:00Z"))
    }

    fn of(schedule: Schedule, query: Interval) -> Self {
        let now = "1990-01-01T00:00:00Z".parse().unwrap();
        Self { schedule, rules: HOUR, busy: Vec::new(), sessions: Vec::new(), counted_elsewhere: Vec::new(), now, query }
    }

    /// Books `start` to `end` under the buffers of the present rules.
    fn book(&mut self, start: &str, end: &str, seats: u32) {
        let during = span(start, end);
        let blocked = SlotRules::new(self.rules).unwrap().padded(during);
        self.sessions.push(BookedSession { during, blocked, seats });
    }

    fn solve<T>(&self, with: impl FnOnce(&SlotProblem<'_>) -> T) -> T {
        with(&SlotProblem {
            schedule: &self.schedule,
            rules: &SlotRules::new(self.rules).unwrap(),
            busy: &self.busy,
            sessions: &self.sessions,
            counted_elsewhere: &self.counted_elsewhere,
            now: self.now,
            query: self.query,
        })
    }

    fn starts(&self) -> Vec<String> {
        self.solve(offered).iter().map(|slot| slot.start.to_string()).collect()
    }

    /// The UTC hours and minutes of the starts, for queries of one day.
    fn times(&self) -> Vec<String> {
        self.starts().iter().map(|start| start[11..16].to_owned()).collect()
    }

    /// Start and rule of what is not offered.
    fn refused(&self) -> Vec<(String, &'static str)> {
        let refused = self.solve(explain).into_iter();
        refused.map(|refused| (refused.start.to_string()[11..16].to_owned(), refused.rule.number())).collect()
    }

    fn judge(&self, start: &str, seats: u32) -> Result<Slot, RefusedStart> {
        self.solve(|problem| judge(problem, start.parse().unwrap(), seats))
    }
}
