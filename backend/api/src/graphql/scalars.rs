//! Scalars of the schema: instants and dates. Anything else is a plain string that the use case checks, so that a wrong
//! value comes back as a user error with its field.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use domain::schedule::parse_date;
use jiff::Timestamp;
use jiff::civil::Date as CivilDate;
use jiff::tz::TimeZone;

/// Far enough for any calendar, and inside what clocks, zones and databases agree on.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2999;

/// An instant, RFC 3339, of the years 1900 to 2999: `2026-01-12T08:00:00Z`. An offset is accepted, what is finer than a
/// microsecond is cut; answers are in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateTime(pub Timestamp);

impl DateTime {
    fn read(text: &str) -> Option<Self> {
        let instant = text.parse::<Timestamp>().ok().filter(|instant| YEARS.contains(&instant.to_zoned(TimeZone::UTC).year()))?;
        Timestamp::from_microsecond(instant.as_microsecond()).ok().map(Self)
    }
}

#[Scalar(specified_by_url = "https://scalars.graphql.org/andimarek/date-time.html")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        Self::read(text)
            .ok_or_else(|| InputValueError::custom("must be an instant of the years 1900 to 2999, such as 2026-01-12T08:00:00Z"))
    }

    /// Asked before anything runs, by a check whose message names the field.
    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::String(text) if Self::read(text).is_some())
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A calendar date without a time zone, of the years 1900 to 2999: `2026-01-12`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Date(pub CivilDate);

impl Date {
    fn read(text: &str) -> Option<Self> {
        parse_date(text, &[]).ok().filter(|date| YEARS.contains(&date.year())).map(Self)
    }
}

#[Scalar]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        Self::read(text).ok_or_else(|| InputValueError::custom("must be a date of the years 1900 to 2999, such as 2026-01-12"))
    }

    /// As for an instant.
    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::String(text) if Self::read(text).is_some())
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> Option<String> {
        DateTime::parse(Value::from(text)).ok().map(|instant| instant.0.to_string())
    }

    #[test]
    fn instants_need_an_offset_and_a_year_in_range() {
        assert_eq!(instant("2026-01-12T09:00:00+01:00").as_deref(), Some("2026-01-12T08:00:00Z"));
        assert_eq!(instant("2026-01-12T09:00:00.1234567Z").as_deref(), Some("2026-01-12T09:00:00.123456Z"));
        for bad in ["", "2026-01-12", "2026-01-12T09:00:00", "-009999-01-02T00:00:00Z", "1899-12-31T23:59:59Z", "3000-01-01T00:00:00Z"] {
            assert_eq!(instant(bad), None, "{bad}");
            assert!(!DateTime::is_valid(&Value::from(bad)), "{bad}");
        }
    }

    #[test]
    fn dates_are_written_in_one_way() {
        let date = |text: &str| Date::parse(Value::from(text)).is_ok();

        assert!(date("2026-02-28"));
        for bad in ["2026-02-29", "20260228", "2026-2-28", "1899-01-01", "2026-02-28T00:00:00Z"] {
            assert!(!date(bad) && !Date::is_valid(&Value::from(bad)), "{bad}");
        }
    }
}
