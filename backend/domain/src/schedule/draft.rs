//! A schedule as a client wrote it, all text, and its check. Every wrong field is reported, by its place in the input.

use std::str::FromStr;

use jiff::civil::Date;

use super::{DateOverride, MOST_HOURS, MOST_OVERRIDES, MinuteOfDay, OverrideKind, Schedule, WeeklyHours, at_most, parse_time_zone};
use crate::refusal::{Refusal, Refusals};

/// An unchecked schedule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScheduleDraft {
    /// IANA name.
    pub time_zone: String,
    /// Weekly rows.
    pub hours: Vec<HoursDraft>,
    /// Date overrides.
    pub overrides: Vec<OverrideDraft>,
}

/// An unchecked weekly row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HoursDraft {
    /// `MON` … `SUN`.
    pub day: String,
    /// `HH:MM`.
    pub start: String,
    /// `HH:MM`, up to 24:00.
    pub end: String,
}

/// An unchecked override: closed, or with start and end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OverrideDraft {
    /// `YYYY-MM-DD`.
    pub date: String,
    /// Whether the date has no hours.
    pub closed: bool,
    /// `HH:MM`; none when closed.
    pub start: Option<String>,
    /// `HH:MM`, up to 24:00; none when closed.
    pub end: Option<String>,
}

impl ScheduleDraft {
    /// The checked schedule.
    ///
    /// # Errors
    /// One refusal per wrong field, at `input.timeZone`, `input.hours.<index>.<field>` or
    /// `input.overrides.<index>.<field>`.
    pub fn check(&self) -> Result<Schedule, Refusals> {
        at_most(self.hours.len(), MOST_HOURS, "hours")?;
        at_most(self.overrides.len(), MOST_OVERRIDES, "overrides")?;
        let mut refusals = Refusals::none();
        let time_zone = refusals.check(parse_time_zone(&self.time_zone, &["input", "timeZone"]));
        let hours = self.hours.iter().enumerate().filter_map(|(index, row)| row.check(index, &mut refusals)).collect();
        let overrides = self.overrides.iter().enumerate().filter_map(|(index, row)| row.check(index, &mut refusals)).collect();
        match time_zone {
            Some(time_zone) if refusals.as_slice().is_empty() => Schedule::new(time_zone, hours, overrides),
            _ => Err(refusals),
        }
    }
}

impl HoursDraft {
    fn check(&self, index: usize, refusals: &mut Refusals) -> Option<WeeklyHours> {
        let place = Place { list: "hours", index };
        let day = refusals.check(place.parse("day", &self.day));
        let start = refusals.check(place.parse("start", &self.start));
        let end = refusals.check(place.parse("end", &self.end));
        Some(WeeklyHours { day: day?, start: start?, end: end? })
    }
}

impl OverrideDraft {
    fn check(&self, index: usize, refusals: &mut Refusals) -> Option<DateOverride> {
        let place = Place { list: "overrides", index };
        let date = refusals.check(parse_date(&self.date, &["input", place.list, &index.to_string(), "date"]));
        let kind = refusals.check_all(self.kind(place));
        Some(DateOverride { date: date?, kind: kind? })
    }

    fn kind(&self, place: Place) -> Result<OverrideKind, Refusals> {
        match (self.closed, &self.start, &self.end) {
            (true, None, None) => Ok(OverrideKind::Closed),
            (true, ..) => Err(place.refuse("closed", "must not be given together with start or end").into()),
            (false, Some(start), Some(end)) => {
                let mut refusals = Refusals::none();
                let start: Option<MinuteOfDay> = refusals.check(place.parse("start", start));
                let end: Option<MinuteOfDay> = refusals.check(place.parse("end", end));
                start.zip(end).map(|(start, end)| OverrideKind::Open { start, end }).ok_or(refusals)
            }
            (false, None, _) => Err(place.refuse("start", "must be given unless closed is true").into()),
            (false, _, None) => Err(place.refuse("end", "must be given unless closed is true").into()),
        }
    }
}

/// A local date, exactly `YYYY-MM-DD`.
///
/// # Errors
/// A refusal that names the last part of `path` and the rule.
pub fn parse_date(text: &str, path: &[&str]) -> Result<Date, Refusal> {
    let date = Date::from_str(text).ok().filter(|date| text.len() == 10 && date.to_string() == text);
    date.ok_or_else(|| Refusal::invalid(format!("{} must be a date YYYY-MM-DD", path.last().copied().unwrap_or("date")), path))
}

/// A row of a list of the input.
#[derive(Debug, Clone, Copy)]
struct Place {
    list: &'static str,
    index: usize,
}

impl Place {
    fn parse<T: FromStr<Err: std::fmt::Display>>(self, field: &str, text: &str) -> Result<T, Refusal> {
        text.parse().map_err(|rule: T::Err| self.refuse(field, rule))
    }

    fn refuse(self, field: &str, rule: impl std::fmt::Display) -> Refusal {
        Refusal::invalid(format!("{field} {rule}"), &["input", self.list, &self.index.to_string(), field])
    }
}
