//! The rules that can remove a start, and what a client is told. The text for clients names the rule only; what
//! occupies the time is for staff, in [`RefusedStart::detail`].

use std::fmt;

use jiff::Timestamp;

use crate::refusal::{Refusal, RefusalCode};

/// A rule that removed a start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// T5: not an opening plus a multiple of the interval.
    Grid,
    /// T6: not wholly inside the openings.
    Hours,
    /// T7: meets something else that occupies the staff member.
    Busy,
    /// T8: meets an own booking or its buffers.
    OwnBooking,
    /// T9: meets another session of the group service.
    OtherSession,
    /// T9: the session has fewer seats left than asked for.
    Seats,
    /// T10: nearer than the notice.
    Notice,
    /// T11: later than the service can be booked ahead.
    DaysAhead,
    /// T12: the day's limit is reached.
    DayLimit,
}

impl Rule {
    /// The rule's number, `T5` … `T12`.
    #[must_use]
    pub const fn number(self) -> &'static str {
        match self {
            Self::Grid => "T5",
            Self::Hours => "T6",
            Self::Busy => "T7",
            Self::OwnBooking => "T8",
            Self::OtherSession | Self::Seats => "T9",
            Self::Notice => "T10",
            Self::DaysAhead => "T11",
            Self::DayLimit => "T12",
        }
    }

    /// What a client branches on.
    #[must_use]
    pub const fn code(self) -> RefusalCode {
        match self {
            Self::Grid | Self::Hours => RefusalCode::OutsideHours,
            Self::Busy | Self::OwnBooking | Self::OtherSession => RefusalCode::SlotTaken,
            Self::Seats => RefusalCode::GroupFull,
            Self::Notice => RefusalCode::TooSoon,
            Self::DaysAhead => RefusalCode::TooFar,
            Self::DayLimit => RefusalCode::LimitReached,
        }
    }

    /// What a client is told; gives away nothing of other bookings.
    const fn message(self) -> &'static str {
        match self {
            Self::Grid => "start is not on the grid of offered starts, which are an opening plus a multiple of the slot interval",
            Self::Hours => "start is outside the hours: the whole booking must lie inside them",
            Self::Busy | Self::OwnBooking | Self::OtherSession => "start is not free, or not free any more",
            Self::Seats => "seats must be at most what the group has left at this start",
            Self::Notice => "start is nearer than the service's notice allows",
            Self::DaysAhead => "start is later than the service can be booked ahead",
            Self::DayLimit => "start is on a day whose bookings of this service are used up",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.number())
    }
}

/// A start that is not offered, with the first rule that removed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedStart {
    /// The start.
    pub start: Timestamp,
    /// The rule.
    pub rule: Rule,
    /// For staff: what exactly removed it, with the times of what occupies it. Not for customers.
    pub detail: String,
}

impl RefusedStart {
    /// The refusal for a client, of the input field at `path`.
    #[must_use]
    pub fn refusal(&self, path: &[&str]) -> Refusal {
        Refusal::new(self.rule.code(), self.rule.message(), path)
    }
}
