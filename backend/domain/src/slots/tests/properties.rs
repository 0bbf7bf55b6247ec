//! Generated problems: 10,000 and more in each run, around changes of the clock of half an hour, one and two hours and
//! around a skipped date. Each is solved by the implementation and by [`naive`].

use std::sync::LazyLock;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::naive::{Outcome, STEP, Steps};
use super::*;
use crate::schedule::{DateOverride, LONGEST_WINDOW_DAYS, MinuteOfDay, OverrideKind, Weekday, WeeklyHours, parse_time_zone};

/// Problems of each property.
const PROBLEMS: u32 = 2_500;
/// Days of a scene, and the day in its middle that queries begin on.
const DAYS: i64 = 13;
const MIDDLE: i64 = 5;

/// A zone and the five days around an instant of it.
struct Scene {
    zone: TimeZone,
    steps: Steps,
}

/// Zones with the UTC date that something happens on.
const PLACES: &[(&str, &str)] = &[
    ("Europe/Berlin", "2026-03-29"),
    ("Europe/Berlin", "2026-10-25"),
    ("America/New_York", "2026-03-08"),
    ("America/New_York", "2026-11-01"),
    ("Australia/Lord_Howe", "2026-10-03"),
    ("Australia/Lord_Howe", "2026-04-04"),
    ("Antarctica/Troll", "2026-03-29"),
    ("Antarctica/Troll", "2026-10-25"),
    ("Pacific/Apia", "2011-12-30"),
    ("Pacific/Kiritimati", "1994-12-31"),
    ("Pacific/Kiritimati", "2026-01-12"),
    ("Asia/Kathmandu", "2026-01-12"),
    ("America/Scoresbysund", "2024-03-31"),
    ("Africa/Casablanca", "2026-02-15"),
    ("Asia/Beirut", "2026-10-24"),
    ("UTC", "2026-01-12"),
];

static SCENES: LazyLock<Vec<Scene>> = LazyLock::new(|| {
    let scene = |(zone, date): &(&str, &str)| {
        let zone = parse_time_zone(zone, &[]).unwrap();
        let change: Timestamp = format!("{date}T00:00:00Z").parse().unwrap();
        let first = change - SignedDuration::from_hours(24 * (MIDDLE + 1));
        Scene { steps: Steps::new(&zone, first, DAYS), zone }
    };
    PLACES.iter().map(scene).collect()
});

/// Minutes of the day on whole steps, full and half hours preferred.
fn minute() -> impl Strategy<Value = u16> {
    prop_oneof![(0..48u16).prop_map(|half| half * 30), (0..24u16 * 12).prop_map(|step| step * 5)]
}

fn row() -> impl Strategy<Value = (MinuteOfDay, MinuteOfDay)> {
    let end = prop_oneof![9 => minute(), 1 => Just(1_440)];
    (minute(), end).prop_map(|(start, end)| (MinuteOfDay::new(start).unwrap(), MinuteOfDay::new(end).unwrap()))
}

fn weekly_hours() -> impl Strategy<Value = Vec<WeeklyHours>> {
    let days = || prop_oneof![3 => Just(Weekday::ALL.to_vec()), 1 => (0..7usize).prop_map(|day| vec![Weekday::ALL[day]])];
    let rows =
        || (days(), row()).prop_map(|(days, (start, end))| days.into_iter().map(move |day| WeeklyHours { day, start, end }).collect());
    prop_oneof![1 => vec(rows(), 0..2), 5 => vec(rows(), 2..4)].prop_map(|rows: Vec<Vec<_>>| rows.concat())
}

fn rules() -> impl Strategy<Value = SlotRulesDraft> {
    let length = prop_oneof![Just(60), Just(30), Just(90), (1..30i64).prop_map(|steps| steps * 5)];
    let buffer = || prop_oneof![2 => Just(0), 1 => (0..12i64).prop_map(|steps| steps * 5)];
    let limits = (prop_oneof![2 => Just(0), 1 => 0..3_000i64], option::weighted(0.3, 0..5i64), option::weighted(0.3, 1..4i64));
    (length.clone(), length, buffer(), buffer(), limits, prop_oneof![Just(1), 1..5i64]).prop_map(
        |(duration, interval, before, after, (notice, ahead, per_day), capacity)| SlotRulesDraft {
            duration_minutes: duration,
            buffer_before_minutes: before,
            buffer_after_minutes: after,
            slot_interval_minutes: interval,
            min_notice_minutes: notice,
            max_days_ahead: ahead,
            max_per_day: per_day,
            capacity,
        },
    )
}

/// Seconds after the beginning of the query's first day.
fn busy() -> impl Strategy<Value = (i64, i64)> {
    let start = prop_oneof![(-288..900i64).prop_map(|step| step * STEP), -DAY_SECONDS..3 * DAY_SECONDS];
    (start, prop_oneof![Just(0), (0..36i64).prop_map(|step| step * STEP), 0..7_200i64])
}

const DAY_SECONDS: i64 = 86_400;

/// Everything of a problem that is drawn; times are relative to the scene.
#[derive(Debug, Clone)]
struct Draw {
    scene: usize,
    hours: Vec<WeeklyHours>,
    overrides: Vec<(i32, Option<(MinuteOfDay, MinuteOfDay)>)>,
    rules: SlotRulesDraft,
    busy: Vec<(i64, i64)>,
    /// Which grid start, steps that start and end are off it and off the duration, seats.
    sessions: Vec<(usize, i64, i64, u32)>,
    elsewhere: Vec<i64>,
    now: i64,
    query: (i64, i64),
}

fn draw() -> impl Strategy<Value = Draw> {
    let overrides = vec((-2..4i32, option::weighted(0.8, row())), 0..3);
    let off = || prop_oneof![5 => Just(0i64), 1 => 1..6i64];
    let sessions = vec((0..60usize, off(), off(), 0..4u32), 0..6);
    let query = (-100..300i64, prop_oneof![9 => 200..700i64, 1 => 0..10i64]);
    let now =
        prop_oneof![3 => Just(-3 * DAY_SECONDS), 1 => -DAY_SECONDS..2 * DAY_SECONDS, 1 => (-288..600i64).prop_map(|step| step * STEP)];
    let claimed = (vec(busy(), 0..8), sessions, vec(-300..900i64, 0..4));
    (0..PLACES.len(), weekly_hours(), overrides, rules(), claimed, now, query).prop_map(
        |(scene, hours, overrides, rules, (busy, sessions, elsewhere), now, query)| Draw {
            scene,
            hours,
            overrides,
            rules,
            busy,
            sessions,
            elsewhere,
            now,
            query,
        },
    )
}

impl Draw {
    fn case(&self) -> Case {
        let scene = &SCENES[self.scene];
        let middle = scene.steps.first + MIDDLE * DAY_SECONDS;
        let instant = |seconds: i64| Timestamp::from_second(middle + seconds).unwrap();
        let span = |start: i64, length: i64| Interval::new(instant(start), instant(start + length)).unwrap();
        let today = scene.zone.to_datetime(instant(0)).date();
        let overrides = self.overrides.iter().map(|(day, row)| DateOverride {
            date: today + SignedDuration::from_hours(24 * i64::from(*day)),
            kind: row.map_or(OverrideKind::Closed, |(start, end)| OverrideKind::Open { start, end }),
        });
        let schedule = Schedule::new(scene.zone.clone(), self.hours.clone(), overrides.collect()).unwrap();
        let mut case = Case::of(schedule, span(self.query.0 * STEP, self.query.1 * STEP));
        case.rules = self.rules;
        case.busy = self.busy.iter().map(|(start, length)| span(*start, *length)).collect();
        case.counted_elsewhere = self.elsewhere.iter().map(|step| instant(step * STEP)).collect();
        case.now = instant(self.now);
        let rules = SlotRules::new(self.rules).unwrap();
        let mut grid: Vec<_> = case.solve(offered).iter().map(|slot| slot.start).collect();
        grid.extend(case.solve(explain).iter().map(|refused| refused.start));
        case.sessions.extend(self.sessions.iter().filter_map(|(which, start_off, end_off, seats)| {
            let start = grid.get(which % grid.len().max(1))?.as_second() - middle + start_off * STEP;
            let during = span(start, self.rules.duration_minutes * 60 + end_off * STEP);
            Some(BookedSession { during, blocked: rules.padded(during), seats: *seats })
        }));
        case
    }
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: PROBLEMS, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn b2_search_and_explanation_agree_with_the_naive_walk(draw in draw()) {
        let case = draw.case();
        let expected = naive::solve(&case, &SCENES[draw.scene].steps);

        let mut found: Vec<_> = case.solve(offered).iter().map(|slot| (slot.start, Outcome::Offered { seats_left: slot.seats_left })).collect();
        found.extend(case.solve(explain).iter().map(|refused| (refused.start, Outcome::Refused)));
        found.sort_by_key(|(start, _)| *start);

        prop_assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn b2_booking_judges_each_start_as_the_search_does(draw in draw()) {
        let case = draw.case();
        for slot in case.solve(offered).into_iter().take(8) {
            prop_assert_eq!(case.solve(|problem| judge(problem, slot.start, 1)), Ok(slot));
        }
        for refused in case.solve(explain).into_iter().take(8) {
            prop_assert_eq!(case.solve(|problem| judge(problem, refused.start, 1)), Err(refused));
        }
    }

    #[test]
    fn t5_t6_t13_starts_are_sorted_unique_in_the_query_on_the_grid_and_inside_the_hours(draw in draw()) {
        let case = draw.case();
        let slots = case.solve(offered);
        prop_assert!(slots.is_sorted_by(|earlier, later| earlier.start < later.start));
        let around = Interval::new(case.query.start() - SignedDuration::from_hours(48), case.query.end() + SignedDuration::from_hours(48));
        let openings = case.schedule.openings(around.unwrap());
        for slot in slots {
            prop_assert!(case.query.contains(slot.start));
            let interval = case.rules.slot_interval_minutes * 60;
            let begins = |opening: &Interval| opening.contains(slot.start) && slot.start.duration_since(opening.start()).as_secs() % interval == 0;
            prop_assert!(openings.iter().any(begins), "on no grid: {}", slot.start);
            let minutes = (0..case.rules.duration_minutes).map(|minute| slot.start + SignedDuration::from_mins(minute));
            let mut open = minutes.map(|instant| openings.iter().any(|opening| opening.contains(instant)));
            prop_assert!(open.all(|open| open), "not inside the hours: {}", slot.start);
        }
    }

    #[test]
    fn t7_t8_no_slot_meets_what_is_busy(draw in draw()) {
        let case = draw.case();
        let rules = SlotRules::new(case.rules).unwrap();
        for slot in case.solve(offered) {
            let during = Interval::new(slot.start, slot.end).unwrap();
            let padded = rules.padded(during);
            prop_assert!(case.busy.iter().all(|busy| !busy.overlaps(&padded)));
            let others = case.sessions.iter().filter(|session| rules.capacity() == 1 || session.during != during);
            prop_assert!(others.into_iter().all(|session| !session.blocked.overlaps(&padded)));
            prop_assert!((1..=rules.capacity()).contains(&slot.seats_left));
        }
    }

    #[test]
    fn any_instants_are_survived(seconds in vec(-377_705_023_201..253_402_207_200i64, 12), rules in rules(), scene in 0..PLACES.len()) {
        let instants: Vec<Timestamp> = seconds.iter().map(|second| Timestamp::from_second(*second).unwrap()).collect();
        let spans: Vec<_> = instants.chunks(2).map(|pair| Interval::new(pair[0].min(pair[1]), pair[0].max(pair[1])).unwrap()).collect();
        let every_minute = WeeklyHours { day: Weekday::Monday, start: MinuteOfDay::MIDNIGHT, end: MinuteOfDay::END_OF_DAY };
        let schedule = Schedule::new(SCENES[scene].zone.clone(), vec![every_minute], Vec::new()).unwrap();
        let mut case = Case::of(schedule, spans[0]);
        case.rules = SlotRulesDraft { slot_interval_minutes: 720, ..rules };
        case.busy = spans[1..3].to_vec();
        case.sessions = spans[3..].iter().map(|during| BookedSession { during: *during, blocked: *during, seats: 1 }).collect();
        case.counted_elsewhere = instants[..4].to_vec();
        case.now = instants[5];
        let limit = usize::try_from(2 * (LONGEST_WINDOW_DAYS + 2)).unwrap();
        prop_assert!(case.solve(offered).len() <= limit);
    }
}
