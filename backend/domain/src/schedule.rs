//! When a staff member can be booked: weekly hours and date overrides in a time zone, and the instants they open
//! (slot rules T1 to T4, promise B4). Wall-clock work happens here and nowhere else.
//!
//! ```text
//! ScheduleDraft (text as a client wrote it) --check--> Schedule --openings--> instants
//! ```

mod draft;
pub(crate) mod offsets;
pub(crate) mod openings;
mod wall_clock;
mod zone;

#[cfg(test)]
pub(crate) mod tests;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

pub use self::draft::{HoursDraft, OverrideDraft, ScheduleDraft, parse_date};
pub use self::wall_clock::{BadMinuteOfDay, BadWeekday, MinuteOfDay, Weekday};
pub use self::zone::parse_time_zone;

use self::offsets::{DAY, Offsets, ceil_second, floor_second};
use self::openings::{REACH, Span};
use crate::refusal::{Refusal, Refusals};
use crate::time::Interval;

/// Most weekly rows of a schedule.
pub const MOST_HOURS: usize = 200;
/// Most overrides of a schedule.
pub const MOST_OVERRIDES: usize = 1_000;
/// Longest window, in days, whose openings are computed; what lies beyond is not looked at. Two years, so that every
/// start a service can offer ([`crate::service::SlotRules::max_days_ahead`]) fits.
pub const LONGEST_WINDOW_DAYS: i64 = 731;

/// A row of every week. An end before its start runs into the next day, an end equal to it is empty (T1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeeklyHours {
    /// The day the row begins on.
    pub day: Weekday,
    /// 00:00 to 23:59.
    pub start: MinuteOfDay,
    /// 00:00 to 24:00.
    pub end: MinuteOfDay,
}

/// What replaces the weekly hours of one local date (T3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateOverride {
    /// The local date.
    pub date: Date,
    /// Closed or other hours.
    pub kind: OverrideKind,
}

/// The two kinds of override. Several of a date add up; closed wins (T3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverrideKind {
    /// No hours on this date; the tail of the date before stays.
    Closed,
    /// These hours, read like a [`WeeklyHours`] row.
    Open {
        /// 00:00 to 23:59.
        start: MinuteOfDay,
        /// 00:00 to 24:00.
        end: MinuteOfDay,
    },
}

/// The hours of one staff member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    time_zone: TimeZone,
    hours: Vec<WeeklyHours>,
    overrides: Vec<DateOverride>,
}

impl Schedule {
    /// A schedule in `time_zone`, which comes from [`parse_time_zone`]. Overrides are kept in order of date.
    ///
    /// # Errors
    /// Refusals at `input.hours` and `input.overrides`: a start of 24:00, or too many rows.
    pub fn new(time_zone: TimeZone, hours: Vec<WeeklyHours>, mut overrides: Vec<DateOverride>) -> Result<Self, Refusals> {
        let mut refusals = Refusals::none();
        refusals.check(at_most(hours.len(), MOST_HOURS, "hours"));
        refusals.check(at_most(overrides.len(), MOST_OVERRIDES, "overrides"));
        for (index, row) in hours.iter().enumerate() {
            refusals.check(check_start(row.start, "hours", index));
        }
        for (index, row) in overrides.iter().enumerate() {
            if let OverrideKind::Open { start, .. } = row.kind {
                refusals.check(check_start(start, "overrides", index));
            }
        }
        refusals.none_or_err()?;
        overrides.sort_by_key(|row| row.date);
        Ok(Self { time_zone, hours, overrides })
    }

    /// The zone all hours and dates are read in.
    #[must_use]
    pub const fn time_zone(&self) -> &TimeZone {
        &self.time_zone
    }

    /// The zone's IANA name, as it was given.
    #[must_use]
    pub fn time_zone_name(&self) -> &str {
        self.time_zone.iana_name().unwrap_or("UTC")
    }

    /// The weekly rows in the order given.
    #[must_use]
    pub fn hours(&self) -> &[WeeklyHours] {
        &self.hours
    }

    /// The overrides in order of date.
    #[must_use]
    pub fn overrides(&self) -> &[DateOverride] {
        &self.overrides
    }

    /// The openings that share an instant with `window` (T1 to T4), each whole, in order of start. Those of one local
    /// date neither overlap nor touch; those of two dates may. Looks at most [`LONGEST_WINDOW_DAYS`] far.
    #[must_use]
    pub fn openings(&self, window: Interval) -> Vec<Interval> {
        let start = floor_second(window.start());
        let window = Span { start, end: ceil_second(window.end()).min(start + LONGEST_WINDOW_DAYS * DAY) };
        let offsets = Offsets::between(&self.time_zone, window.start - REACH, window.end + REACH);
        let instant = |second| Timestamp::from_second(second).ok();
        let found = openings::openings(self, &offsets, window).into_iter();
        found.filter_map(|span| Interval::new(instant(span.start)?, instant(span.end)?)).collect()
    }
}

fn at_most(count: usize, most: usize, field: &str) -> Result<(), Refusal> {
    if count <= most { Ok(()) } else { Err(Refusal::invalid(format!("{field} must have at most {most} rows"), &["input", field])) }
}

fn check_start(start: MinuteOfDay, list: &str, index: usize) -> Result<(), Refusal> {
    if start < MinuteOfDay::END_OF_DAY {
        return Ok(());
    }
    Err(Refusal::invalid("start must be before 24:00, which is allowed as an end only", &["input", list, &index.to_string(), "start"]))
}
