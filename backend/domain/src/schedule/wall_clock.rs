//! Weekdays and minutes of the day as people write them: `MON`, `09:00`. Pure text and numbers, no zone (B4).

use std::fmt;
use std::str::FromStr;

/// A day of the week; the text form is `MON` … `SUN`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weekday {
    /// `MON`
    Monday,
    /// `TUE`
    Tuesday,
    /// `WED`
    Wednesday,
    /// `THU`
    Thursday,
    /// `FRI`
    Friday,
    /// `SAT`
    Saturday,
    /// `SUN`
    Sunday,
}

impl Weekday {
    /// All seven, Monday first.
    pub const ALL: [Self; 7] = [Self::Monday, Self::Tuesday, Self::Wednesday, Self::Thursday, Self::Friday, Self::Saturday, Self::Sunday];

    /// `MON` … `SUN`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Monday => "MON",
            Self::Tuesday => "TUE",
            Self::Wednesday => "WED",
            Self::Thursday => "THU",
            Self::Friday => "FRI",
            Self::Saturday => "SAT",
            Self::Sunday => "SUN",
        }
    }
}

impl fmt::Display for Weekday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is not one of `MON` … `SUN`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of MON, TUE, WED, THU, FRI, SAT, SUN")]
pub struct BadWeekday;

impl FromStr for Weekday {
    type Err = BadWeekday;

    fn from_str(text: &str) -> Result<Self, BadWeekday> {
        Self::ALL.into_iter().find(|day| day.as_str() == text).ok_or(BadWeekday)
    }
}

/// A wall-clock time in whole minutes since midnight, 00:00 to 24:00. Only an end may be 24:00 (T1), which
/// [`crate::schedule::Schedule::new`] checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MinuteOfDay(u16);

impl MinuteOfDay {
    /// 00:00.
    pub const MIDNIGHT: Self = Self(0);
    /// 24:00, the end of the day.
    pub const END_OF_DAY: Self = Self(24 * 60);

    /// The time `minutes` after midnight, or `None` beyond 24:00.
    #[must_use]
    pub const fn new(minutes: u16) -> Option<Self> {
        if minutes <= Self::END_OF_DAY.0 { Some(Self(minutes)) } else { None }
    }

    /// Minutes since midnight, 0 to 1440.
    #[must_use]
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

impl fmt::Display for MinuteOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// The text is not a wall-clock time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a wall-clock time HH:MM from 00:00 to 24:00")]
pub struct BadMinuteOfDay;

impl FromStr for MinuteOfDay {
    type Err = BadMinuteOfDay;

    /// Exactly five characters, `HH:MM`; 24:00 is the largest.
    fn from_str(text: &str) -> Result<Self, BadMinuteOfDay> {
        let [h1, h2, b':', m1, m2] = *text.as_bytes() else { return Err(BadMinuteOfDay) };
        let two_digits = |tens: u8, ones: u8| {
            let both_digits = tens.is_ascii_digit() && ones.is_ascii_digit();
            both_digits.then(|| u16::from(tens - b'0') * 10 + u16::from(ones - b'0'))
        };
        match (two_digits(h1, h2), two_digits(m1, m2)) {
            (Some(hour), Some(minute)) if minute < 60 => Self::new(hour * 60 + minute).ok_or(BadMinuteOfDay),
            _ => Err(BadMinuteOfDay),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t1_times_are_read_and_written_as_two_digits_each() {
        for (text, minutes) in [("00:00", 0), ("09:05", 545), ("23:59", 1439), ("24:00", 1440)] {
            assert_eq!(text.parse(), Ok(MinuteOfDay(minutes)), "{text}");
            assert_eq!(MinuteOfDay(minutes).to_string(), text);
        }
        for bad in ["", "9:00", "09:60", "24:01", "25:00", "09:00:00", "0900", "-1:00", "+1:00", "09.00", "09:0a", " 9:00", "٠٩:٠٠"] {
            assert_eq!(bad.parse::<MinuteOfDay>(), Err(BadMinuteOfDay), "{bad}");
        }
    }

    #[test]
    fn weekdays_are_three_capitals() {
        for day in Weekday::ALL {
            assert_eq!(day.as_str().parse(), Ok(day));
        }
        assert_eq!("mon".parse::<Weekday>(), Err(BadWeekday));
        assert_eq!("MONDAY".parse::<Weekday>(), Err(BadWeekday));
    }
}
