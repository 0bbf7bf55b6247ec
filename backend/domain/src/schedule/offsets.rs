//! A zone's UTC offsets over a window, looked up once, and the wall-clock edges of rule T2 on top of them.
//! All times here are whole seconds since 1970, on the UTC or the local time line.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Seconds of a day.
pub(crate) const DAY: i64 = 86_400;

/// Beyond every instant, and small enough that adding an offset cannot overflow.
const FAR: i64 = i64::MAX / 4;

/// A stretch of the UTC time line with one offset.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    start: i64,
    end: i64,
    offset: i64,
}

/// The offsets of one zone from one instant to another. Outside of that window the nearest offset is assumed.
#[derive(Debug)]
pub(crate) struct Offsets {
    /// In order, without gaps, never empty; neighbours differ in offset.
    stretches: Vec<Stretch>,
}

impl Offsets {
    /// The offsets of `zone` for instants in `[from, to]`.
    pub(crate) fn between(zone: &TimeZone, from: i64, to: i64) -> Self {
        let first = instant(from);
        let mut current = Stretch { start: -FAR, end: FAR, offset: offset_at(zone, first) };
        let mut stretches = Vec::with_capacity(4);
        for change in zone.following(first) {
            let at = change.timestamp().as_second();
            if at > to {
                break;
            }
            let offset = i64::from(change.offset().seconds());
            if offset != current.offset {
                stretches.push(Stretch { end: at, ..current });
                current = Stretch { start: at, end: FAR, offset };
            }
        }
        stretches.push(current);
        Self { stretches }
    }

    /// T2, the start of a row: the first instant whose local time is at or after `local`. A local time in a gap gives
    /// the change, one that occurs twice the earlier instant.
    pub(crate) fn first_at_or_after(&self, local: i64) -> i64 {
        let reached = self.stretches.iter().find(|stretch| local - stretch.offset < stretch.end);
        reached.map_or(FAR, |stretch| stretch.start.max(local - stretch.offset))
    }

    /// T2, the end of a row: the end of the last instant whose local time is before `local`. A local time in a gap
    /// gives the change, one that occurs twice the later instant. The one exception follows from the first sentence:
    /// the very reading that the clock is set back to (02:00 in Berlin) ends the row at its first occurrence, because
    /// no later instant has a local time before it.
    pub(crate) fn end_of_before(&self, local: i64) -> i64 {
        let last = self.stretches.iter().rev().find(|stretch| stretch.start + stretch.offset < local);
        last.map_or(-FAR, |stretch| stretch.end.min(local - stretch.offset))
    }

    /// The smallest and the largest offset of the window.
    pub(crate) fn extremes(&self) -> (i64, i64) {
        let of = |pick: fn(i64, i64) -> i64| self.stretches.iter().map(|stretch| stretch.offset).reduce(pick).unwrap_or(0);
        (of(i64::min), of(i64::max))
    }

    /// A reader for instants that never go back.
    pub(crate) fn days(&self) -> LocalDays<'_> {
        LocalDays { ahead: &self.stretches }
    }
}

/// Tells local dates of instants that never go back, without searching.
#[derive(Debug)]
pub(crate) struct LocalDays<'a> {
    ahead: &'a [Stretch],
}

impl LocalDays<'_> {
    /// The local date of `second`, as days since 1970-01-01.
    pub(crate) fn at(&mut self, second: i64) -> i64 {
        while let [passed, rest @ ..] = self.ahead
            && !rest.is_empty()
            && passed.end <= second
        {
            self.ahead = rest;
        }
        let offset = self.ahead.first().map_or(0, |stretch| stretch.offset);
        (second + offset).div_euclid(DAY)
    }
}

/// The local date of one instant, as days since 1970-01-01.
pub(crate) fn local_day(zone: &TimeZone, second: i64) -> i64 {
    (second + offset_at(zone, instant(second))).div_euclid(DAY)
}

/// The whole second at or before `instant`.
pub(crate) fn floor_second(instant: Timestamp) -> i64 {
    instant.as_second() - i64::from(instant.subsec_nanosecond() < 0)
}

/// The whole second at or after `instant`.
pub(crate) fn ceil_second(instant: Timestamp) -> i64 {
    instant.as_second() + i64::from(instant.subsec_nanosecond() > 0)
}

fn offset_at(zone: &TimeZone, instant: Timestamp) -> i64 {
    i64::from(zone.to_offset(instant).seconds())
}

/// The instant of `second`, or the nearest one that exists.
fn instant(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(if second < 0 { Timestamp::MIN } else { Timestamp::MAX })
}
