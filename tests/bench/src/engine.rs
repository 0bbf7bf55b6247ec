//! The slot function by itself: no database, no GraphQL.

use std::hint::black_box;
use std::time::Instant;

use anyhow::{Context, Result};
use domain::schedule::{Schedule, WeeklyHours, parse_time_zone};
use domain::service::{SlotRules, SlotRulesDraft};
use domain::slots::{SlotProblem, offered};
use domain::time::Interval;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

const TIMES: usize = 200;
/// The range begins here; the clocks of Berlin change within it.
const FIRST: &str = "2027-03-01T00:00:00Z";
const DAYS: i64 = 31;

/// One problem and how long it took.
#[derive(Debug, Clone, Serialize)]
pub struct Solved {
    pub name: &'static str,
    /// Offered starts of all staff together.
    pub starts: usize,
    pub median_us: f64,
}

/// Times the slot function on the problems of the study: Berlin, 09:00 to 17:00 on weekdays, 30 minutes every 15.
pub fn solve() -> Result<Vec<Solved>> {
    Ok(vec![timed("1 person, 31 days, 200 busy", 1, 200)?, timed("50 people, 31 days, 60 busy each", 50, 60)?])
}

fn timed(name: &'static str, staff: usize, busy: i64) -> Result<Solved> {
    let first: Timestamp = FIRST.parse()?;
    let span = |start: Timestamp, length| Interval::new(start, start + length).context("a span without length");
    let days = ["MON", "TUE", "WED", "THU", "FRI"]
        .map(|day| Ok(WeeklyHours { day: day.parse()?, start: "09:00".parse()?, end: "17:00".parse()? }));
    let hours = days.into_iter().collect::<Result<Vec<_>>>()?;
    let zone = parse_time_zone("Europe/Berlin", &[]).map_err(|refusal| anyhow::anyhow!(refusal.message))?;
    let schedule = Schedule::new(zone, hours, Vec::new()).map_err(|refusals| anyhow::anyhow!("{refusals:?}"))?;
    let rules = SlotRules::new(SlotRulesDraft {
        duration_minutes: 30,
        buffer_before_minutes: 0,
        buffer_after_minutes: 0,
        slot_interval_minutes: 15,
        min_notice_minutes: 0,
        max_days_ahead: None,
        max_per_day: None,
        capacity: 1,
    })
    .map_err(|refusals| anyhow::anyhow!("{refusals:?}"))?;
    let minutes = DAYS * 24 * 60;
    let at = |n: i64| first + SignedDuration::from_mins(n * 7_919 % (minutes / 30) * 30);
    let busy: Vec<_> = (0..busy).map(|n| span(at(n), SignedDuration::from_mins(30 + n % 2 * 30))).collect::<Result<_>>()?;
    let query = span(first, SignedDuration::from_mins(minutes))?;
    let problem = SlotProblem {
        schedule: &schedule,
        rules: &rules,
        busy: &busy,
        sessions: &[],
        counted_elsewhere: &[],
        now: "2027-01-01T00:00:00Z".parse()?,
        query,
    };
    let solve = || (0..staff).map(|_| offered(black_box(&problem)).len()).sum::<usize>();
    let mut times: Vec<f64> = (0..TIMES)
        .map(|_| {
            let begun = Instant::now();
            black_box(solve());
            begun.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    Ok(Solved { name, starts: solve(), median_us: times[TIMES / 2] })
}
