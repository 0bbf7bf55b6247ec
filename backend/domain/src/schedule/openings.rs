//! From hours on the wall to instants: rules T1 to T4. The openings of each local date are kept apart, because the
//! grid of starts begins anew with each of them (T5); which spans are open at all is their union (T6).

use jiff::civil::Date;

use super::offsets::{DAY, Offsets};
use super::{MinuteOfDay, OverrideKind, Schedule, Weekday};

/// How far before and after a window its openings can reach: a row is shorter than two days, and no zone jumps by more
/// than one.
pub(crate) const REACH: i64 = 4 * DAY;

const EPOCH: Date = Date::constant(1970, 1, 1);

/// `[start, end)` in whole seconds since 1970, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span {
    pub(crate) start: i64,
    pub(crate) end: i64,
}

/// A wall-clock row of one local date (T1).
#[derive(Debug, Clone, Copy)]
struct Row {
    start: MinuteOfDay,
    end: MinuteOfDay,
}

impl Row {
    /// Its instants on the date that is `day` days after 1970-01-01 (T1, T2); `None` when it has none.
    fn instants(self, day: i64, offsets: &Offsets) -> Option<Span> {
        let at = |minute: MinuteOfDay| day * DAY + i64::from(minute.minutes()) * 60;
        let next_day = if self.end < self.start { DAY } else { 0 };
        let (start, end) = (at(self.start), at(self.end) + next_day);
        let span = Span { start: offsets.first_at_or_after(start), end: offsets.end_of_before(end) };
        (start < end && span.start < span.end).then_some(span)
    }
}

/// The openings that share an instant with `window`, each whole, in order of start. Those of one date neither overlap
/// nor touch; those of two dates may. `offsets` must cover the window and [`REACH`] on both of its sides.
pub(crate) fn openings(schedule: &Schedule, offsets: &Offsets, window: Span) -> Vec<Span> {
    if window.end <= window.start {
        return Vec::new();
    }
    let (least, most) = offsets.extremes();
    let first_day = (window.start + least).div_euclid(DAY) - 1;
    let last_day = (window.end + most).div_euclid(DAY);
    let overrides = overridden_dates(schedule, first_day, last_day);
    let mut found = Vec::new();
    let mut of_date = Vec::new();
    for day in first_day..=last_day {
        of_date.clear();
        rows_of(schedule, &overrides, day, |row| of_date.extend(row.instants(day, offsets)));
        merge(&mut of_date);
        found.extend(of_date.iter().filter(|opening| opening.start < window.end && window.start < opening.end));
    }
    found
}

/// Sorts, and makes one span of those that overlap or touch (T4).
pub(crate) fn merge(spans: &mut Vec<Span>) {
    spans.sort_unstable();
    spans.dedup_by(|next, kept| {
        let meet = next.start <= kept.end;
        if meet {
            kept.end = kept.end.max(next.end);
        }
        meet
    });
}

/// The overrides of the dates from `first` to `last`, in order of date.
fn overridden_dates(schedule: &Schedule, first: i64, last: i64) -> Vec<(i64, OverrideKind)> {
    let dated = schedule.overrides().iter().map(|row| (row.date.duration_since(EPOCH).as_secs().div_euclid(DAY), row.kind));
    dated.filter(|(day, _)| (first..=last).contains(day)).collect()
}

/// Hands on the rows that hold for a date: any override replaces all weekly rows, closed wins (T3).
fn rows_of(schedule: &Schedule, overrides: &[(i64, OverrideKind)], day: i64, mut take: impl FnMut(Row)) {
    let from = overrides.partition_point(|(other, _)| *other < day);
    let until = overrides.partition_point(|(other, _)| *other <= day);
    match overrides.get(from..until) {
        None | Some([]) => {
            let weekday = weekday_of(day);
            let weekly = schedule.hours().iter().filter(|hours| hours.day == weekday);
            weekly.for_each(|hours| take(Row { start: hours.start, end: hours.end }));
        }
        Some(replacing) if replacing.iter().any(|(_, kind)| *kind == OverrideKind::Closed) => {}
        Some(replacing) => {
            for (_, kind) in replacing {
                if let OverrideKind::Open { start, end } = *kind {
                    take(Row { start, end });
                }
            }
        }
    }
}

/// 1970-01-01 was a Thursday.
fn weekday_of(day: i64) -> Weekday {
    match day.rem_euclid(7) {
        0 => Weekday::Thursday,
        1 => Weekday::Friday,
        2 => Weekday::Saturday,
        3 => Weekday::Sunday,
        4 => Weekday::Monday,
        5 => Weekday::Tuesday,
        _ => Weekday::Wednesday,
    }
}
