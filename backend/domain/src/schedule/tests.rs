//! Rules T1 to T4 with instants checked by hand, and the check of drafts.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

/// A schedule of `DAY start end` rows, separated by commas; `*` stands for every day.
pub(crate) fn weekly(zone: &str, rows: &str) -> Schedule {
    schedule(zone, rows, "")
}

/// The same with overrides: `YYYY-MM-DD closed` or `YYYY-MM-DD start end`.
pub(crate) fn schedule(zone: &str, rows: &str, overrides: &str) -> Schedule {
    let time_zone = parse_time_zone(zone, &[]).unwrap();
    let hours = rows.split(',').filter(|row| !row.is_empty()).flat_map(weekly_rows).collect();
    let overrides = overrides.split(',').filter(|row| !row.is_empty()).map(override_row).collect();
    Schedule::new(time_zone, hours, overrides).unwrap()
}

fn weekly_rows(row: &str) -> Vec<WeeklyHours> {
    let [day, start, end] = row.split_whitespace().collect::<Vec<_>>()[..] else { panic!("{row}") };
    let days = if day == "*" { Weekday::ALL.to_vec() } else { vec![day.parse().unwrap()] };
    days.into_iter().map(|day| WeeklyHours { day, start: start.parse().unwrap(), end: end.parse().unwrap() }).collect()
}

fn override_row(row: &str) -> DateOverride {
    let parts: Vec<_> = row.split_whitespace().collect();
    let kind = match parts[1..] {
        [start, end] => OverrideKind::Open { start: start.parse().unwrap(), end: end.parse().unwrap() },
        _ => OverrideKind::Closed,
    };
    DateOverride { date: parse_date(parts[0], &[]).unwrap(), kind }
}

pub(crate) fn span(start: &str, end: &str) -> Interval {
    Interval::new(start.parse().unwrap(), end.parse().unwrap()).unwrap()
}

/// Openings that begin in the window, as `start/end`.
fn openings(schedule: &Schedule, from: &str, to: &str) -> Vec<String> {
    let window = span(from, to);
    let found = schedule.openings(window).into_iter().filter(|opening| window.contains(opening.start()));
    found.map(|opening| format!("{}/{}", opening.start(), opening.end())).collect()
}

/// The opening of one row on a Sunday in `zone`, whose local date lies within the window.
fn sunday(zone: &str, row: &str, from: &str, to: &str) -> Vec<String> {
    openings(&weekly(zone, &format!("SUN {row}")), from, to)
}

const BERLIN_MONDAY: (&str, &str) = ("2026-01-11T23:00:00Z", "2026-01-12T23:00:00Z");

fn berlin_monday(rows: &str, overrides: &str) -> Vec<String> {
    openings(&schedule("Europe/Berlin", rows, overrides), BERLIN_MONDAY.0, BERLIN_MONDAY.1)
}

#[test]
fn t1_a_row_is_wall_clock_time_of_the_schedules_zone() {
    assert_eq!(berlin_monday("MON 09:00 12:00", ""), ["2026-01-12T08:00:00Z/2026-01-12T11:00:00Z"]);
    let kiritimati = weekly("Pacific/Kiritimati", "MON 09:00 12:00");
    let found = openings(&kiritimati, "2026-01-10T00:00:00Z", "2026-01-14T00:00:00Z");
    assert_eq!(found, ["2026-01-11T19:00:00Z/2026-01-11T22:00:00Z"]);
}

#[test]
fn t1_an_end_of_24_00_is_the_next_midnight() {
    assert_eq!(berlin_monday("MON 22:00 24:00", ""), ["2026-01-12T21:00:00Z/2026-01-12T23:00:00Z"]);
    assert_eq!(berlin_monday("MON 22:00 00:00", ""), berlin_monday("MON 22:00 24:00", ""));
    assert_eq!(berlin_monday("MON 00:00 24:00", ""), ["2026-01-11T23:00:00Z/2026-01-12T23:00:00Z"]);
}

#[test]
fn t1_an_end_before_its_start_runs_into_the_next_day() {
    assert_eq!(berlin_monday("MON 22:00 02:00", ""), ["2026-01-12T21:00:00Z/2026-01-13T01:00:00Z"]);
}

#[test]
fn t1_an_end_equal_to_its_start_is_empty() {
    assert!(berlin_monday("MON 09:00 09:00,MON 00:00 00:00", "").is_empty());
}

#[test]
fn t2_an_edge_in_a_gap_moves_to_the_change() {
    let berlin = |row| sunday("Europe/Berlin", row, "2026-03-28T12:00:00Z", "2026-03-29T22:00:00Z");
    assert_eq!(berlin("02:30 04:00"), ["2026-03-29T01:00:00Z/2026-03-29T02:00:00Z"]);
    assert_eq!(berlin("01:00 02:30"), ["2026-03-29T00:00:00Z/2026-03-29T01:00:00Z"]);
    assert_eq!(berlin("01:00 02:00"), ["2026-03-29T00:00:00Z/2026-03-29T01:00:00Z"]);
    assert_eq!(berlin("03:00 04:00"), ["2026-03-29T01:00:00Z/2026-03-29T02:00:00Z"]);
    assert!(berlin("02:00 03:00").is_empty());

    let new_york = |row| sunday("America/New_York", row, "2026-03-08T00:00:00Z", "2026-03-09T00:00:00Z");
    assert_eq!(new_york("02:30 05:00"), ["2026-03-08T07:00:00Z/2026-03-08T09:00:00Z"]);

    let lord_howe = |row| sunday("Australia/Lord_Howe", row, "2026-10-03T12:00:00Z", "2026-10-04T12:00:00Z");
    assert_eq!(lord_howe("02:15 04:00"), ["2026-10-03T15:30:00Z/2026-10-03T17:00:00Z"]);
    assert_eq!(lord_howe("01:00 02:15"), ["2026-10-03T14:30:00Z/2026-10-03T15:30:00Z"]);

    let troll = |row| sunday("Antarctica/Troll", row, "2026-03-29T00:00:00Z", "2026-03-30T00:00:00Z");
    assert_eq!(troll("02:00 05:00"), ["2026-03-29T01:00:00Z/2026-03-29T03:00:00Z"]);
}

#[test]
fn t2_an_ambiguous_start_is_the_earlier_and_an_ambiguous_end_the_later() {
    let berlin = |row| sunday("Europe/Berlin", row, "2026-10-24T12:00:00Z", "2026-10-25T22:00:00Z");
    assert_eq!(berlin("02:30 04:00"), ["2026-10-25T00:30:00Z/2026-10-25T03:00:00Z"]);
    assert_eq!(berlin("01:00 02:30"), ["2026-10-24T23:00:00Z/2026-10-25T01:30:00Z"]);
    assert_eq!(berlin("02:00 03:00"), ["2026-10-25T00:00:00Z/2026-10-25T02:00:00Z"]);

    let new_york = |row| sunday("America/New_York", row, "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z");
    assert_eq!(new_york("01:30 03:00"), ["2026-11-01T05:30:00Z/2026-11-01T08:00:00Z"]);
    assert_eq!(new_york("00:00 01:30"), ["2026-11-01T04:00:00Z/2026-11-01T06:30:00Z"]);

    let lord_howe = |row| sunday("Australia/Lord_Howe", row, "2026-04-04T12:00:00Z", "2026-04-05T12:00:00Z");
    assert_eq!(lord_howe("01:45 03:00"), ["2026-04-04T14:45:00Z/2026-04-04T16:30:00Z"]);
    assert_eq!(lord_howe("00:00 01:45"), ["2026-04-04T13:00:00Z/2026-04-04T15:15:00Z"]);

    let troll = |row| sunday("Antarctica/Troll", row, "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z");
    assert_eq!(troll("02:00 04:00"), ["2026-10-25T00:00:00Z/2026-10-25T04:00:00Z"]);
    assert_eq!(troll("00:00 02:00"), ["2026-10-24T22:00:00Z/2026-10-25T02:00:00Z"]);
}

#[test]
fn t2_the_reading_the_clock_is_set_back_to_ends_a_row_when_it_first_shows() {
    // After 00:00Z no local time before 02:00 comes again, so the last instant before the end is just before it.
    let berlin = |row| sunday("Europe/Berlin", row, "2026-10-24T12:00:00Z", "2026-10-25T22:00:00Z");
    assert_eq!(berlin("00:00 02:00"), ["2026-10-24T22:00:00Z/2026-10-25T00:00:00Z"]);
    assert_eq!(berlin("00:00 02:01"), ["2026-10-24T22:00:00Z/2026-10-25T01:01:00Z"]);
}

#[test]
fn t2_a_date_that_the_date_line_skips_has_no_hours() {
    // Samoa went from 29 to 31 December 2011 at 10:00Z; Kiritimati from 30 December 1994 to 1 January 1995.
    let found = openings(&weekly("Pacific/Apia", "* 09:00 17:00"), "2011-12-29T12:00:00Z", "2011-12-31T12:00:00Z");
    assert_eq!(found, ["2011-12-29T19:00:00Z/2011-12-30T03:00:00Z", "2011-12-30T19:00:00Z/2011-12-31T03:00:00Z"]);
    let found = openings(&weekly("Pacific/Kiritimati", "* 09:00 17:00"), "1994-12-30T12:00:00Z", "1995-01-01T12:00:00Z");
    assert_eq!(found, ["1994-12-30T19:00:00Z/1994-12-31T03:00:00Z", "1994-12-31T19:00:00Z/1995-01-01T03:00:00Z"]);
}

#[test]
fn t2_hours_past_midnight_stop_and_begin_at_the_date_line() {
    let found = openings(&weekly("Pacific/Apia", "* 22:00 02:00"), "2011-12-30T00:00:00Z", "2011-12-31T12:00:00Z");
    let expected = [
        "2011-12-30T08:00:00Z/2011-12-30T10:00:00Z", // 29th, its tail lies in the skipped day
        "2011-12-30T10:00:00Z/2011-12-30T12:00:00Z", // the skipped 30th, only its tail exists
        "2011-12-31T08:00:00Z/2011-12-31T12:00:00Z",
    ];
    assert_eq!(found, expected);
}

#[test]
fn t3_an_override_replaces_all_weekly_rows_of_its_date() {
    let found = berlin_monday("MON 09:00 12:00,MON 13:00 17:00", "2026-01-12 10:00 11:00");
    assert_eq!(found, ["2026-01-12T09:00:00Z/2026-01-12T10:00:00Z"]);
    assert_eq!(berlin_monday("", "2026-01-12 10:00 11:00"), ["2026-01-12T09:00:00Z/2026-01-12T10:00:00Z"]);
    assert!(berlin_monday("MON 09:00 12:00", "2026-01-12 10:00 10:00").is_empty());
}

#[test]
fn t3_several_overrides_add_up_and_closed_wins() {
    let found = berlin_monday("MON 09:00 12:00", "2026-01-12 14:00 15:00,2026-01-12 06:00 07:00");
    assert_eq!(found, ["2026-01-12T05:00:00Z/2026-01-12T06:00:00Z", "2026-01-12T13:00:00Z/2026-01-12T14:00:00Z"]);
    assert!(berlin_monday("MON 09:00 12:00", "2026-01-12 14:00 15:00,2026-01-12 closed").is_empty());
}

#[test]
fn t3_the_tail_of_the_date_before_stays() {
    let sunday_night = schedule("Europe/Berlin", "SUN 20:00 03:00,MON 09:00 12:00", "2026-01-12 closed");
    let found = sunday_night.openings(span(BERLIN_MONDAY.0, BERLIN_MONDAY.1));
    assert_eq!(found, [span("2026-01-11T19:00:00Z", "2026-01-12T02:00:00Z")]);
}

#[test]
fn t4_overlapping_and_touching_rows_of_a_date_are_one_opening() {
    let found = berlin_monday("MON 12:00 14:00,MON 09:00 12:00,MON 13:00 13:30,MON 15:00 16:00", "");
    assert_eq!(found, ["2026-01-12T08:00:00Z/2026-01-12T13:00:00Z", "2026-01-12T14:00:00Z/2026-01-12T15:00:00Z"]);
}

#[test]
fn t4_rows_of_two_dates_stay_apart() {
    let found = openings(&weekly("UTC", "* 00:00 24:00"), "2026-01-12T00:00:00Z", "2026-01-14T00:00:00Z");
    assert_eq!(found, ["2026-01-12T00:00:00Z/2026-01-13T00:00:00Z", "2026-01-13T00:00:00Z/2026-01-14T00:00:00Z"]);
}

#[test]
fn windows_at_the_ends_of_time_and_empty_ones_are_survived() {
    for zone in ["Europe/Berlin", "Pacific/Apia", "Pacific/Kiritimati", "UTC"] {
        let always = weekly(zone, "* 00:00 24:00");
        assert!(always.openings(Interval::new(Timestamp::MIN, Timestamp::MAX).unwrap()).len() >= 729);
        assert!(always.openings(Interval::new(Timestamp::MAX, Timestamp::MAX).unwrap()).is_empty());
        let late = Timestamp::MAX - jiff::SignedDuration::from_hours(72);
        assert!(!always.openings(Interval::new(late, Timestamp::MAX).unwrap()).is_empty());
        assert!(weekly(zone, "").openings(span("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z")).is_empty());
    }
}

fn draft() -> ScheduleDraft {
    let hours = HoursDraft { day: "MON".into(), start: "09:00".into(), end: "24:00".into() };
    let closed = OverrideDraft { date: "2026-12-24".into(), closed: true, ..OverrideDraft::default() };
    let open = OverrideDraft { date: "2026-12-23".into(), closed: false, start: Some("10:00".into()), end: Some("02:00".into()) };
    ScheduleDraft { time_zone: "Europe/Berlin".into(), hours: vec![hours], overrides: vec![closed, open] }
}

#[test]
fn a_well_formed_draft_becomes_a_schedule() {
    let checked = draft().check().unwrap();

    assert_eq!(checked, schedule("Europe/Berlin", "MON 09:00 24:00", "2026-12-23 10:00 02:00,2026-12-24 closed"));
    assert_eq!(checked.time_zone_name(), "Europe/Berlin");
}

#[test]
fn every_wrong_field_of_a_draft_is_named_with_its_rule() {
    let mut draft = draft();
    draft.time_zone = "Mars/Olympus".into();
    draft.hours[0] = HoursDraft { day: "Monday".into(), start: "9".into(), end: "25:00".into() };
    draft.overrides[0].start = Some("09:00".into());
    draft.overrides[1].date = "2026-02-30".into();
    draft.overrides[1].end = None;

    let refusals = draft.check().unwrap_err().into_vec();

    let expected = [
        ("timeZone must be an IANA time zone name such as Europe/Berlin", vec!["input", "timeZone"]),
        ("day must be one of MON, TUE, WED, THU, FRI, SAT, SUN", vec!["input", "hours", "0", "day"]),
        ("start must be a wall-clock time HH:MM from 00:00 to 24:00", vec!["input", "hours", "0", "start"]),
        ("end must be a wall-clock time HH:MM from 00:00 to 24:00", vec!["input", "hours", "0", "end"]),
        ("closed must not be given together with start or end", vec!["input", "overrides", "0", "closed"]),
        ("date must be a date YYYY-MM-DD", vec!["input", "overrides", "1", "date"]),
        ("end must be given unless closed is true", vec!["input", "overrides", "1", "end"]),
    ];
    assert_eq!(refusals, expected.map(|(message, path)| Refusal::invalid(message, &path)));
}

#[test]
fn t1_24_00_is_no_start() {
    let mut draft = draft();
    draft.hours[0].start = "24:00".into();

    let refusals = draft.check().unwrap_err().into_vec();

    let rule = "start must be before 24:00, which is allowed as an end only";
    assert_eq!(refusals, [Refusal::invalid(rule, &["input", "hours", "0", "start"])]);
}

#[test]
fn a_draft_with_too_many_rows_is_refused_before_it_is_read() {
    let mut draft = draft();
    draft.hours = vec![HoursDraft::default(); MOST_HOURS + 1];

    let refusals = draft.check().unwrap_err().into_vec();

    assert_eq!(refusals, [Refusal::invalid("hours must have at most 200 rows", &["input", "hours"])]);
}
