//! Which starts are offered for one service with one staff member, and why not the others: slot rules T5 to T13 over
//! the openings of [`crate::schedule`] (T1 to T4). Search, explanation and booking are the same walk (promise B2);
//! nothing here reads a clock or a row.
//!
//! | entry | asks about | answers |
//! |---|---|---|
//! | [`offered`] | every grid start in the query | the offered ones |
//! | [`explain`] | every grid start in the query | the others, each with the rule that removed it |
//! | [`judge`] | one start | the slot, or the rule that removes it |

mod occupied;
mod reason;
mod rule;
mod walk;

#[cfg(test)]
mod tests;

use jiff::Timestamp;

pub use self::rule::{RefusedStart, Rule};

use self::reason::Reason;
use self::walk::{Recorder, Walk};
use crate::schedule::offsets::{DAY, ceil_second};
use crate::schedule::openings::Span;
use crate::schedule::{LONGEST_WINDOW_DAYS, Schedule};
use crate::service::SlotRules;
use crate::time::Interval;

/// Everything that decides which starts are offered.
#[derive(Debug, Clone, Copy)]
pub struct SlotProblem<'a> {
    /// The staff member's hours.
    pub schedule: &'a Schedule,
    /// The service's rules.
    pub rules: &'a SlotRules,
    /// What else occupies the staff member: other services' claims with their buffers, time off (T7). Any order, may
    /// overlap.
    pub busy: &'a [Interval],
    /// Bookings of this service with this staff member (T8, T9, T12). Entries of equal `during` are one session.
    pub sessions: &'a [BookedSession],
    /// Starts of this service's sessions with other staff members; they count for the day's limit only (T12).
    pub counted_elsewhere: &'a [Timestamp],
    /// The current instant.
    pub now: Timestamp,
    /// Which starts are asked for, half-open (T13); at most [`LONGEST_WINDOW_DAYS`].
    pub query: Interval,
}

/// A booked time of the service itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookedSession {
    /// The agreed time, without buffers.
    pub during: Interval,
    /// The time it occupies: `during` with the buffers it was booked under, see [`SlotRules::padded`].
    pub blocked: Interval,
    /// Seats taken.
    pub seats: u32,
}

/// An offered start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// When the booking would begin.
    pub start: Timestamp,
    /// When it would end.
    pub end: Timestamp,
    /// Seats that can still be booked, at least 1.
    pub seats_left: u32,
}

/// The offered starts, in order, each once.
#[must_use]
pub fn offered(problem: &SlotProblem<'_>) -> Vec<Slot> {
    let mut slots = Offered(Vec::new());
    Walk::over(problem, asked(problem.query)).run(&mut slots);
    slots.0
}

/// Every grid start in the query that is not offered, in order, each once.
#[must_use]
pub fn explain(problem: &SlotProblem<'_>) -> Vec<RefusedStart> {
    let mut refused = Refused(Vec::new());
    Walk::over(problem, asked(problem.query)).run(&mut refused);
    refused.0
}

/// Whether `seats` seats can be booked at `start`; the problem's query does not matter.
///
/// # Errors
/// The rule that removes the start. A start that is not on the grid is [`Rule::Grid`] or, when it is not even inside
/// the hours, [`Rule::Hours`].
pub fn judge(problem: &SlotProblem<'_>, start: Timestamp, seats: u32) -> Result<Slot, RefusedStart> {
    let second = ceil_second(start);
    let walk = Walk::over(problem, Span { start: second, end: second + 1 });
    let off_grid = if walk.is_open_at(second) { Reason::OffGrid } else { Reason::Closed };
    let mut verdict = Verdict(Err(off_grid));
    if start.subsec_nanosecond() == 0 {
        walk.run(&mut verdict);
    }
    let enough = |slot: Slot| if slot.seats_left < seats { Err(Reason::TooFewSeats { left: slot.seats_left, seats }) } else { Ok(slot) };
    verdict.0.and_then(enough).map_err(|reason| reason.at(start))
}

/// The query in whole seconds, cut to its greatest length.
fn asked(query: Interval) -> Span {
    let start = ceil_second(query.start());
    Span { start, end: ceil_second(query.end()).min(start + LONGEST_WINDOW_DAYS * DAY) }
}

struct Offered(Vec<Slot>);

impl Recorder for Offered {
    const WANTS_REFUSED: bool = false;

    fn offered(&mut self, slot: Slot) {
        self.0.push(slot);
    }

    fn refused(&mut self, _: Timestamp, _: Reason) {}
}

struct Refused(Vec<RefusedStart>);

impl Recorder for Refused {
    const WANTS_REFUSED: bool = true;

    fn offered(&mut self, _: Slot) {}

    fn refused(&mut self, start: Timestamp, reason: Reason) {
        self.0.push(reason.at(start));
    }
}

/// The outcome for the one start that was asked about.
struct Verdict(Result<Slot, Reason>);

impl Recorder for Verdict {
    const WANTS_REFUSED: bool = true;

    fn offered(&mut self, slot: Slot) {
        self.0 = Ok(slot);
    }

    fn refused(&mut self, _: Timestamp, reason: Reason) {
        self.0 = Err(reason);
    }
}
