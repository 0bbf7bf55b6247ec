//! What is booked, as far as slots depend on it: lengths, notice and limits, checked once so that no later arithmetic
//! can overflow (slot rules T5 to T12).

use std::ops::RangeInclusive;

use jiff::{SignedDuration, Timestamp};

use crate::field::FieldDefinition;
use crate::ids::ServiceId;
use crate::refusal::{Refusal, Refusals};
use crate::time::Interval;

/// What is booked, by whom apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    /// Which service.
    pub id: ServiceId,
    /// Its name.
    pub name: String,
    /// For the booking page.
    pub description: Option<String>,
    /// Which starts are offered.
    pub rules: SlotRules,
    /// Whether a new booking waits for approval.
    pub requires_approval: bool,
    /// How long before the start a customer may still cancel.
    pub cancel_until_minutes: u32,
    /// How long before the start a customer may still move the booking.
    pub reschedule_until_minutes: u32,
    /// What the customer is asked.
    pub fields: Vec<FieldDefinition>,
}

/// Unchecked slot rules, as wide as any client can write them. Minutes and counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotRulesDraft {
    /// Length of a booking, 1 to 1440.
    pub duration_minutes: i64,
    /// Time kept free before it, 0 to 1440.
    pub buffer_before_minutes: i64,
    /// Time kept free after it, 0 to 1440.
    pub buffer_after_minutes: i64,
    /// Distance of the offered starts, 1 to 1440.
    pub slot_interval_minutes: i64,
    /// Least time from now to a start, 0 to 525600 (365 days).
    pub min_notice_minutes: i64,
    /// Last bookable local date, counted from today, 0 to 730.
    pub max_days_ahead: Option<i64>,
    /// Most sessions of a local date, 1 to 1000.
    pub max_per_day: Option<i64>,
    /// Seats of a session, 1 to 1000.
    pub capacity: i64,
}

/// The checked rules of one service that decide which starts are offered. Lengths are minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SlotRules {
    duration: u32,
    buffer_before: u32,
    buffer_after: u32,
    interval: u32,
    min_notice: u32,
    max_days_ahead: Option<u32>,
    max_per_day: Option<u32>,
    capacity: u32,
}

impl SlotRules {
    /// The rules of `draft`.
    ///
    /// # Errors
    /// One refusal per field that is out of its range, at `input.<field as clients write it>`.
    pub fn new(draft: SlotRulesDraft) -> Result<Self, Refusals> {
        let mut refusals = Refusals::none();
        let mut checked = |field, value, range| refusals.check(within(field, value, range)).unwrap_or_default();
        let rules = Self {
            duration: checked("durationMinutes", draft.duration_minutes, 1..=1_440),
            buffer_before: checked("bufferBeforeMinutes", draft.buffer_before_minutes, 0..=1_440),
            buffer_after: checked("bufferAfterMinutes", draft.buffer_after_minutes, 0..=1_440),
            interval: checked("slotIntervalMinutes", draft.slot_interval_minutes, 1..=1_440),
            min_notice: checked("minNoticeMinutes", draft.min_notice_minutes, 0..=525_600),
            max_days_ahead: draft.max_days_ahead.map(|days| checked("maxDaysAhead", days, 0..=730)),
            max_per_day: draft.max_per_day.map(|count| checked("maxPerDay", count, 1..=1_000)),
            capacity: checked("capacity", draft.capacity, 1..=1_000),
        };
        refusals.none_or_err().map(|()| rules)
    }

    /// Length of a booking in minutes, 1 to 1440.
    #[must_use]
    pub const fn duration(&self) -> u32 {
        self.duration
    }

    /// Minutes kept free before a booking.
    #[must_use]
    pub const fn buffer_before(&self) -> u32 {
        self.buffer_before
    }

    /// Minutes kept free after a booking.
    #[must_use]
    pub const fn buffer_after(&self) -> u32 {
        self.buffer_after
    }

    /// Distance of the offered starts in minutes, 1 to 1440.
    #[must_use]
    pub const fn interval(&self) -> u32 {
        self.interval
    }

    /// Least minutes from now to a start.
    #[must_use]
    pub const fn min_notice(&self) -> u32 {
        self.min_notice
    }

    /// Last bookable local date, counted from today; `None`: no limit.
    #[must_use]
    pub const fn max_days_ahead(&self) -> Option<u32> {
        self.max_days_ahead
    }

    /// Most sessions of a local date; `None`: no limit.
    #[must_use]
    pub const fn max_per_day(&self) -> Option<u32> {
        self.max_per_day
    }

    /// Seats of a session, 1 to 1000.
    #[must_use]
    pub const fn capacity(&self) -> u32 {
        self.capacity
    }

    /// The time a booking at `start` takes, or `None` when it would end after the end of time.
    #[must_use]
    pub fn during(&self, start: Timestamp) -> Option<Interval> {
        let end = start.checked_add(SignedDuration::from_mins(i64::from(self.duration))).ok()?;
        Interval::new(start, end)
    }

    /// `during` with the buffers on both sides: what a claim of this service blocks (T8). Stops at the ends of time.
    #[must_use]
    pub fn padded(&self, during: Interval) -> Interval {
        let minutes = |minutes| SignedDuration::from_mins(i64::from(minutes));
        let start = during.start().checked_sub(minutes(self.buffer_before)).unwrap_or(Timestamp::MIN);
        let end = during.end().checked_add(minutes(self.buffer_after)).unwrap_or(Timestamp::MAX);
        Interval::new(start, end).unwrap_or(during)
    }
}

fn within(field: &str, value: i64, range: RangeInclusive<i64>) -> Result<u32, Refusal> {
    let fitting = range.contains(&value).then(|| u32::try_from(value).ok()).flatten();
    fitting.ok_or_else(|| {
        let (least, most) = range.into_inner();
        Refusal::invalid(format!("{field} must be {least} to {most}"), &["input", field])
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const HAIRCUT: SlotRulesDraft = SlotRulesDraft {
        duration_minutes: 45,
        buffer_before_minutes: 5,
        buffer_after_minutes: 10,
        slot_interval_minutes: 15,
        min_notice_minutes: 120,
        max_days_ahead: Some(60),
        max_per_day: None,
        capacity: 1,
    };

    fn span(start: &str, end: &str) -> Interval {
        Interval::new(start.parse().unwrap(), end.parse().unwrap()).unwrap()
    }

    #[test]
    fn rules_in_range_are_kept() {
        let rules = SlotRules::new(HAIRCUT).unwrap();

        assert_eq!((rules.duration(), rules.interval(), rules.min_notice()), (45, 15, 120));
        assert_eq!((rules.max_days_ahead(), rules.max_per_day(), rules.capacity()), (Some(60), None, 1));
    }

    #[test]
    fn every_field_out_of_range_is_named_with_its_rule() {
        let draft = SlotRulesDraft {
            duration_minutes: 0,
            buffer_before_minutes: -1,
            buffer_after_minutes: 1_441,
            slot_interval_minutes: i64::MAX,
            min_notice_minutes: 525_601,
            max_days_ahead: Some(-1),
            max_per_day: Some(0),
            capacity: i64::MIN,
        };

        let refusals = SlotRules::new(draft).unwrap_err().into_vec();

        let expected = [
            ("durationMinutes must be 1 to 1440", "durationMinutes"),
            ("bufferBeforeMinutes must be 0 to 1440", "bufferBeforeMinutes"),
            ("bufferAfterMinutes must be 0 to 1440", "bufferAfterMinutes"),
            ("slotIntervalMinutes must be 1 to 1440", "slotIntervalMinutes"),
            ("minNoticeMinutes must be 0 to 525600", "minNoticeMinutes"),
            ("maxDaysAhead must be 0 to 730", "maxDaysAhead"),
            ("maxPerDay must be 1 to 1000", "maxPerDay"),
            ("capacity must be 1 to 1000", "capacity"),
        ];
        assert_eq!(refusals, expected.map(|(message, field)| Refusal::invalid(message, &["input", field])));
    }

    #[test]
    fn t8_buffers_pad_a_booking_and_stop_at_the_ends_of_time() {
        let rules = SlotRules::new(HAIRCUT).unwrap();

        let during = rules.during("2026-01-12T08:00:00Z".parse().unwrap()).unwrap();
        assert_eq!(during, span("2026-01-12T08:00:00Z", "2026-01-12T08:45:00Z"));
        assert_eq!(rules.padded(during), span("2026-01-12T07:55:00Z", "2026-01-12T08:55:00Z"));

        let whole = Interval::new(Timestamp::MIN, Timestamp::MAX).unwrap();
        assert_eq!(rules.padded(whole), whole);
        assert_eq!(rules.during(Timestamp::MAX), None);
    }
}
