//! Hours of staff: the schedule and replacing it.

use app::schedule::ScheduleRow;
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use domain::schedule::{HoursDraft, OverrideDraft, OverrideKind, ScheduleDraft, Weekday};

use super::error::{UserError, settle};
use super::scalars::Date;
use super::{actor, app};

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Weekday")]
pub enum Day {
    /// Monday.
    #[graphql(name = "MON")]
    Monday,
    /// Tuesday.
    #[graphql(name = "TUE")]
    Tuesday,
    /// Wednesday.
    #[graphql(name = "WED")]
    Wednesday,
    /// Thursday.
    #[graphql(name = "THU")]
    Thursday,
    /// Friday.
    #[graphql(name = "FRI")]
    Friday,
    /// Saturday.
    #[graphql(name = "SAT")]
    Saturday,
    /// Sunday.
    #[graphql(name = "SUN")]
    Sunday,
}

/// When a staff member can be booked.
pub struct Schedule(pub ScheduleRow);

#[Object]
impl Schedule {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// IANA zone in which hours and overrides are read.
    async fn time_zone(&self) -> &str {
        self.0.schedule.time_zone_name()
    }

    /// The hours of every week.
    async fn hours(&self) -> Vec<WeeklyHours> {
        let rows = self.0.schedule.hours().iter();
        rows.map(|row| WeeklyHours { day: row.day.into(), start: row.start.to_string(), end: row.end.to_string() }).collect()
    }

    /// The dates with other hours, by date.
    async fn overrides(&self) -> Vec<DateOverride> {
        self.0.schedule.overrides().iter().map(DateOverride::from).collect()
    }
}

/// An opening of every week.
#[derive(SimpleObject)]
pub struct WeeklyHours {
    /// The day it begins on.
    day: Day,
    /// `HH:MM`.
    start: String,
    /// `HH:MM`; `24:00` is the end of the day, an end before the start lies on the next day.
    end: String,
}

/// The hours of one date, instead of the weekly ones.
#[derive(SimpleObject)]
pub struct DateOverride {
    /// The date.
    date: Date,
    /// Whether the date has no hours.
    closed: bool,
    /// `HH:MM`. Null when closed.
    start: Option<String>,
    /// `HH:MM`, as in the weekly hours. Null when closed.
    end: Option<String>,
}

impl From<&domain::schedule::DateOverride> for DateOverride {
    fn from(row: &domain::schedule::DateOverride) -> Self {
        let (start, end) = match row.kind {
            OverrideKind::Closed => (None, None),
            OverrideKind::Open { start, end } => (Some(start.to_string()), Some(end.to_string())),
        };
        Self { date: Date(row.date), closed: start.is_none(), start, end }
    }
}

/// An opening of every week.
#[derive(InputObject)]
pub struct WeeklyHoursInput {
    /// The day it begins on.
    day: Day,
    /// `HH:MM`.
    start: String,
    /// `HH:MM`; `24:00` is allowed, an end before the start runs into the next day.
    end: String,
}

/// The hours of one date, instead of the weekly ones: closed, or with start and end. Several of a date add up.
#[derive(InputObject)]
pub struct DateOverrideInput {
    /// `YYYY-MM-DD`.
    date: String,
    /// Whether the date has no hours.
    #[graphql(default)]
    closed: bool,
    /// `HH:MM`.
    start: Option<String>,
    /// `HH:MM`, as in the weekly hours.
    end: Option<String>,
}

/// The new schedule of a staff member.
#[derive(InputObject)]
pub struct SetScheduleInput {
    /// Whose.
    staff_id: ID,
    /// IANA zone in which hours and overrides are read.
    time_zone: String,
    /// The hours of every week, at most 200 rows.
    hours: Vec<WeeklyHoursInput>,
    /// The dates with other hours, at most 1000 rows.
    #[graphql(default)]
    overrides: Vec<DateOverrideInput>,
}

/// What `setSchedule` answers.
#[derive(SimpleObject)]
pub struct SetSchedulePayload {
    /// The schedule as it is now; null when there are user errors.
    schedule: Option<Schedule>,
    /// Why nothing was changed.
    user_errors: Vec<UserError>,
}

/// Mutations of schedules.
#[derive(Default)]
pub struct ScheduleMutation;

#[Object]
impl ScheduleMutation {
    /// Replaces the whole schedule of a staff member. Bookings made before stay as they are.
    async fn set_schedule(&self, context: &Context<'_>, input: SetScheduleInput) -> Result<SetSchedulePayload> {
        let (staff, draft) = input.into_draft();
        let (row, user_errors) = settle(app(context)?.set_schedule(actor(context)?, &staff, &draft).await)?;
        Ok(SetSchedulePayload { schedule: row.map(Schedule), user_errors })
    }
}

impl SetScheduleInput {
    fn into_draft(self) -> (String, ScheduleDraft) {
        let hours =
            self.hours.into_iter().map(|row| HoursDraft { day: Weekday::from(row.day).to_string(), start: row.start, end: row.end });
        let overrides =
            self.overrides.into_iter().map(|row| OverrideDraft { date: row.date, closed: row.closed, start: row.start, end: row.end });
        let draft = ScheduleDraft { time_zone: self.time_zone, hours: hours.collect(), overrides: overrides.collect() };
        (self.staff_id.0, draft)
    }
}
