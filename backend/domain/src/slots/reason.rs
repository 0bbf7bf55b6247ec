//! Why one start is not offered, as the walk finds it: cheap to carry, turned into text only when somebody asks.

use std::fmt;

use jiff::Timestamp;

use super::rule::{RefusedStart, Rule};
use crate::schedule::openings::Span;

/// The finding behind a [`Rule`]. Instants are whole seconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reason {
    OffGrid,
    Closed,
    OutsideOpenings { end: i64 },
    Busy(Span),
    OwnBooking(Span),
    OtherSession(Span),
    TooFewSeats { left: u32, seats: u32 },
    TooSoon { earliest: i64 },
    TooFar { max_days_ahead: u32 },
    DayFull { max_per_day: u32 },
}

impl Reason {
    const fn rule(self) -> Rule {
        match self {
            Self::OffGrid => Rule::Grid,
            Self::Closed | Self::OutsideOpenings { .. } => Rule::Hours,
            Self::Busy(_) => Rule::Busy,
            Self::OwnBooking(_) => Rule::OwnBooking,
            Self::OtherSession(_) => Rule::OtherSession,
            Self::TooFewSeats { .. } => Rule::Seats,
            Self::TooSoon { .. } => Rule::Notice,
            Self::TooFar { .. } => Rule::DaysAhead,
            Self::DayFull { .. } => Rule::DayLimit,
        }
    }

    /// The finding as an answer about `start`.
    pub(super) fn at(self, start: Timestamp) -> RefusedStart {
        RefusedStart { start, rule: self.rule(), detail: self.to_string() }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::OffGrid => f.write_str("inside an opening, but not at its start plus a multiple of the slot interval"),
            Self::Closed => f.write_str("no opening holds this instant"),
            Self::OutsideOpenings { end } => write!(f, "the openings do not reach without a break to {}", Instant(end)),
            Self::Busy(span) => write!(f, "with its buffers it meets the busy time {}", Text(span)),
            Self::OwnBooking(span) => write!(f, "with its buffers it meets a booking that occupies {}", Text(span)),
            Self::OtherSession(span) => write!(f, "with its buffers it meets another session that occupies {}", Text(span)),
            Self::TooFewSeats { left, seats } => write!(f, "the session has {left} seats left, {seats} asked for"),
            Self::TooSoon { earliest } => write!(f, "with the notice the earliest start is {}", Instant(earliest)),
            Self::TooFar { max_days_ahead } => write!(f, "its local date is more than {max_days_ahead} days after today's"),
            Self::DayFull { max_per_day } => write!(f, "its local date already has {max_per_day} sessions or more"),
        }
    }
}

/// Whole seconds since 1970 as RFC 3339.
struct Instant(i64);

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_second(self.0) {
            Ok(instant) => instant.fmt(f),
            Err(_) => f.write_str("the end of time"),
        }
    }
}

struct Text(Span);

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", Instant(self.0.start), Instant(self.0.end))
    }
}
