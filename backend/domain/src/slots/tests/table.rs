//! Starts of single appointments, checked by hand.

use super::*;
use crate::refusal::RefusalCode;
use crate::schedule::tests::schedule;
use crate::slots::Rule;

#[test]
fn the_example_of_the_command_line() {
    let mut case = Case::berlin();
    case.busy.push(span("2026-01-12T09:00:00Z", "2026-01-12T09:30:00Z"));

    assert_eq!(case.starts(), ["2026-01-12T08:00:00Z", "2026-01-12T10:00:00Z"]);
    assert_eq!(case.refused(), [("09:00".to_owned(), "T7")]);
}

#[test]
fn t5_starts_are_the_opening_plus_multiples_of_the_interval() {
    let mut case = Case::berlin();
    case.rules.duration_minutes = 30;
    case.rules.slot_interval_minutes = 45;
    assert_eq!(case.times(), ["08:00", "08:45", "09:30", "10:15"]);

    case.schedule = weekly("Europe/Berlin", "MON 09:10 12:00");
    assert_eq!(case.times(), ["08:10", "08:55", "09:40", "10:25"], "nothing is rounded to the hour");

    case.busy.push(span("2026-01-12T08:05:00Z", "2026-01-12T08:20:00Z"));
    assert_eq!(case.times(), ["08:55", "09:40", "10:25"], "busy periods never shift the grid");
}

#[test]
fn t5_the_grid_begins_anew_with_each_opening() {
    let mut case = Case::berlin();
    case.schedule = weekly("Europe/Berlin", "MON 09:00 10:40,MON 11:10 13:00");
    assert_eq!(case.times(), ["08:00", "10:10"]);
}

#[test]
fn t5_the_interval_is_elapsed_time_over_both_changes_of_the_clock() {
    let nights = weekly("Europe/Berlin", "SUN 00:00 06:00");
    let spring = Case::of(nights.clone(), span("2026-03-28T20:00:00Z", "2026-03-29T20:00:00Z"));
    assert_eq!(spring.times(), ["23:00", "00:00", "01:00", "02:00", "03:00"]);
    let autumn = Case::of(nights, span("2026-10-24T20:00:00Z", "2026-10-25T20:00:00Z"));
    assert_eq!(autumn.times(), ["22:00", "23:00", "00:00", "01:00", "02:00", "03:00", "04:00"]);

    let lord_howe = weekly("Australia/Lord_Howe", "SUN 01:00 04:00");
    let spring = Case::of(lord_howe.clone(), span("2026-10-03T12:00:00Z", "2026-10-04T12:00:00Z"));
    assert_eq!(spring.times(), ["14:30", "15:30"]);
    let autumn = Case::of(lord_howe, span("2026-04-04T12:00:00Z", "2026-04-05T12:00:00Z"));
    assert_eq!(autumn.times(), ["14:00", "15:00", "16:00"]);
}

#[test]
fn t5_a_start_that_two_dates_offer_comes_once() {
    // The tail of Monday and Tuesday's own hours: 00:00 to 02:00 twice, the second time half an hour off.
    let mut case = Case::of(weekly("UTC", "MON 22:00 02:00,TUE 00:30 03:00,TUE 01:00 01:30"), Case::berlin().query);
    case.query = span("2026-01-12T22:00:00Z", "2026-01-13T12:00:00Z");
    assert_eq!(case.times(), ["22:00", "23:00", "00:00", "00:30", "01:00", "01:30"]);
    case.schedule = weekly("UTC", "MON 22:00 02:00,TUE 00:00 03:00");
    assert_eq!(case.times(), ["22:00", "23:00", "00:00", "01:00", "02:00"]);
}

#[test]
fn t6_the_whole_booking_lies_inside_the_openings() {
    let mut case = Case::berlin();
    case.rules.slot_interval_minutes = 30;
    assert_eq!(case.times(), ["08:00", "08:30", "09:00", "09:30", "10:00"]);
    assert_eq!(case.refused(), [("10:30".to_owned(), "T6")]);
    case.rules.duration_minutes = 181;
    assert!(case.times().is_empty());
}

#[test]
fn t6_buffers_may_stick_out() {
    let mut case = Case::berlin();
    case.rules.buffer_before_minutes = 120;
    case.rules.buffer_after_minutes = 120;
    assert_eq!(case.times(), ["08:00", "09:00", "10:00"]);
}

#[test]
fn t6_a_booking_may_run_over_midnight_through_openings_that_touch() {
    let mut case = Case::of(weekly("UTC", "MON 22:00 24:00,TUE 00:00 02:00"), Case::berlin().query);
    case.query = span("2026-01-12T12:00:00Z", "2026-01-13T12:00:00Z");
    case.rules.duration_minutes = 90;
    assert_eq!(case.times(), ["22:00", "23:00", "00:00"]);
    case.schedule = weekly("UTC", "MON 22:00 24:00,TUE 00:01 02:00");
    assert_eq!(case.times(), ["22:00", "00:01"]);
}

#[test]
fn t6_hours_past_midnight_are_found_from_the_day_before() {
    let mut case = Case::of(weekly("Europe/Berlin", "MON 20:00 03:00"), Case::berlin().query);
    case.query = span("2026-01-13T00:00:00Z", "2026-01-14T00:00:00Z");
    assert_eq!(case.times(), ["00:00", "01:00"]);
}

#[test]
fn t6_a_day_without_hours_offers_nothing() {
    let closed = schedule("Europe/Berlin", "MON 09:00 12:00", "2026-01-12 closed");
    assert!(Case::of(closed, Case::berlin().query).times().is_empty());
    assert!(Case::of(weekly("Europe/Berlin", ""), Case::berlin().query).times().is_empty());
}

#[test]
fn t7_touching_is_free_and_overlapping_is_not() {
    let mut case = Case::berlin();
    case.busy = vec![span("2026-01-12T07:00:00Z", "2026-01-12T08:00:00Z"), span("2026-01-12T09:00:00Z", "2026-01-12T10:00:00Z")];
    assert_eq!(case.times(), ["08:00", "10:00"]);
    case.busy = vec![span("2026-01-12T07:00:00Z", "2026-01-12T08:00:00.000000001Z")];
    assert_eq!(case.times(), ["09:00", "10:00"]);
    case.busy = vec![span("2026-01-12T09:59:59.999999999Z", "2026-01-12T10:00:00Z")];
    assert_eq!(case.times(), ["08:00", "10:00"]);
}

#[test]
fn t7_parts_of_seconds_count_before_1970_too() {
    let mut case = Case::of(weekly("Europe/Berlin", "MON 09:00 12:00"), span("1969-01-13T00:00:00Z", "1969-01-14T00:00:00Z"));
    case.now = Timestamp::MIN;
    case.busy = vec![span("1969-01-13T08:59:59.5Z", "1969-01-13T09:00:00Z")];
    assert_eq!(case.times(), ["09:00", "10:00"]);
    case.busy = vec![span("1969-01-13T08:00:00Z", "1969-01-13T09:00:00.5Z")];
    assert_eq!(case.times(), ["10:00"]);
}

#[test]
fn t7_an_empty_busy_period_meets_nothing() {
    let mut case = Case::berlin();
    case.busy = vec![span("2026-01-12T08:30:00Z", "2026-01-12T08:30:00Z"), span("2026-01-12T08:30:00.5Z", "2026-01-12T08:30:00.5Z")];
    assert_eq!(case.times(), ["08:00", "09:00", "10:00"]);
}

#[test]
fn t7_buffers_keep_their_distance_from_busy_periods() {
    let mut case = Case::berlin();
    case.busy = vec![span("2026-01-12T09:30:00Z", "2026-01-12T09:40:00Z")];
    case.rules.buffer_after_minutes = 30;
    assert_eq!(case.times(), ["08:00", "10:00"]);
    case.rules.buffer_after_minutes = 31;
    assert_eq!(case.times(), ["10:00"]);
    case.rules.buffer_before_minutes = 20;
    assert_eq!(case.times(), ["10:00"]);
    case.rules.buffer_before_minutes = 21;
    assert!(case.times().is_empty());
}

#[test]
fn t7_long_and_nested_busy_periods_in_any_order() {
    let mut case = Case::berlin();
    case.busy = vec![
        span("2026-01-12T08:10:00Z", "2026-01-12T08:20:00Z"),
        span("2020-01-01T00:00:00Z", "2026-01-12T09:30:00Z"),
        span("2026-01-12T08:15:00Z", "2026-01-12T08:16:00Z"),
    ];
    assert_eq!(case.times(), ["10:00"]);
    case.busy.push(Interval::new(Timestamp::MIN, Timestamp::MAX).unwrap());
    assert!(case.times().is_empty());
}

#[test]
fn t8_buffers_of_neighbours_add_up() {
    let mut case = Case::berlin();
    case.rules.duration_minutes = 30;
    case.rules.slot_interval_minutes = 30;
    case.rules.buffer_after_minutes = 15;
    case.rules.buffer_before_minutes = 15;
    case.book("2026-01-12T09:00:00Z", "2026-01-12T09:30:00Z", 1);
    // Half an hour between end and start is just enough: 15 minutes of each.
    assert_eq!(case.times(), ["08:00", "10:00", "10:30"]);
    assert_eq!(case.refused(), ["08:30", "09:00", "09:30"].map(|start| (start.to_owned(), "T8")));
}

#[test]
fn t10_a_start_exactly_at_the_notice_is_offered() {
    let mut case = Case::berlin();
    case.rules.min_notice_minutes = 120;
    case.now = "2026-01-12T07:00:00Z".parse().unwrap();
    assert_eq!(case.times(), ["09:00", "10:00"]);
    case.now = "2026-01-12T07:00:00.000000001Z".parse().unwrap();
    assert_eq!(case.times(), ["10:00"]);
    assert_eq!(case.refused(), ["08:00", "09:00"].map(|start| (start.to_owned(), "T10")));
}

#[test]
fn t10_the_notice_is_elapsed_time() {
    // Five hours over the night of the change: from 22:00 to 04:00 on the clock.
    let mut case = Case::of(weekly("Europe/Berlin", "SUN 00:00 06:00"), span("2026-03-28T20:00:00Z", "2026-03-29T20:00:00Z"));
    case.rules.min_notice_minutes = 5 * 60;
    case.now = "2026-03-28T21:00:00Z".parse().unwrap();
    assert_eq!(case.times(), ["02:00", "03:00"]);
}

#[test]
fn t11_days_ahead_are_counted_in_the_schedules_zone() {
    let every_day = weekly("Europe/Berlin", "* 00:00 01:00,* 23:00 24:00");
    let mut case = Case::of(every_day, span("2026-01-12T00:00:00Z", "2026-01-15T00:00:00Z"));
    case.rules.max_days_ahead = Some(1);
    // 23:59 of the 12th in Berlin: the last date is the 13th.
    case.now = "2026-01-12T22:59:00Z".parse().unwrap();
    assert_eq!(case.starts(), ["2026-01-12T23:00:00Z", "2026-01-13T22:00:00Z"]);
    // A minute later it is the 13th there, and still the 12th in UTC.
    case.now = "2026-01-12T23:00:00Z".parse().unwrap();
    assert_eq!(case.starts(), ["2026-01-12T23:00:00Z", "2026-01-13T22:00:00Z", "2026-01-13T23:00:00Z", "2026-01-14T22:00:00Z"]);
    case.rules.max_days_ahead = Some(0);
    assert_eq!(case.starts(), ["2026-01-12T23:00:00Z", "2026-01-13T22:00:00Z"]);
}

#[test]
fn t12_the_days_limit_counts_by_the_local_date_of_the_start() {
    let mut case = Case::of(weekly("Pacific/Kiritimati", "* 09:00 12:00"), span("2026-01-11T00:00:00Z", "2026-01-13T00:00:00Z"));
    case.rules.max_per_day = Some(1);
    // 13:00 and 24:00 of the 12th on Kiritimati are 23:00Z of the 11th and 10:00Z of the 12th.
    case.book("2026-01-11T23:00:00Z", "2026-01-12T00:00:00Z", 1);
    assert_eq!(case.starts(), ["2026-01-12T19:00:00Z", "2026-01-12T20:00:00Z", "2026-01-12T21:00:00Z"]);
    case.counted_elsewhere.push("2026-01-12T10:00:00Z".parse().unwrap());
    assert!(case.starts().is_empty());
    case.rules.max_per_day = Some(2);
    assert_eq!(case.starts().len(), 6);
    assert!(case.refused().is_empty());
}

#[test]
fn t12_a_date_that_comes_back_is_counted_whole() {
    // Newfoundland set its clocks back at 00:01 of 7 November 2010 (02:31Z), into the evening of the 6th.
    let always = weekly("America/St_Johns", "* 00:00 24:00");
    let mut case = Case::of(always, span("2010-11-07T00:00:00Z", "2010-11-08T00:00:00Z"));
    case.rules.duration_minutes = 1;
    case.rules.slot_interval_minutes = 1;
    case.rules.max_per_day = Some(2);
    case.book("2010-11-07T02:00:00Z", "2010-11-07T02:01:00Z", 1); // 23:30 of the 6th
    case.book("2010-11-07T02:30:00Z", "2010-11-07T02:31:00Z", 1); // 00:00 of the 7th
    case.book("2010-11-07T02:45:00Z", "2010-11-07T02:46:00Z", 1); // 23:15 of the 6th
    assert_eq!(case.judge("2010-11-07T02:50:00Z", 1).unwrap_err().rule, Rule::DayLimit);
    assert!(case.judge("2010-11-07T04:00:00Z", 1).is_ok());
}

#[test]
fn t13_the_query_is_half_open() {
    let mut case = Case::berlin();
    case.query = span("2026-01-12T09:00:00Z", "2026-01-12T10:00:00Z");
    assert_eq!(case.times(), ["09:00"]);
    case.query = span("2026-01-12T08:00:00.5Z", "2026-01-12T10:00:00.5Z");
    assert_eq!(case.times(), ["09:00", "10:00"]);
    case.query = span("2026-01-12T09:00:00Z", "2026-01-12T09:00:00Z");
    assert!(case.times().is_empty());
}

#[test]
fn b2_a_start_is_judged_with_the_code_of_the_rule_that_removes_it() {
    let mut case = Case::berlin();
    case.rules.max_days_ahead = Some(5);
    case.rules.max_per_day = Some(1);
    case.rules.min_notice_minutes = 60;
    case.now = "2026-01-12T07:30:00Z".parse().unwrap();
    case.book("2026-01-12T10:00:00Z", "2026-01-12T11:00:00Z", 1);
    let code = |case: &Case, start: &str| case.judge(start, 1).map_err(|refused| (refused.rule, refused.rule.code()));

    assert_eq!(code(&case, "2026-01-12T08:00:00Z"), Err((Rule::Notice, RefusalCode::TooSoon)));
    assert_eq!(code(&case, "2026-01-12T09:00:00Z"), Err((Rule::DayLimit, RefusalCode::LimitReached)));
    assert_eq!(code(&case, "2026-01-12T10:00:00Z"), Err((Rule::OwnBooking, RefusalCode::SlotTaken)));
    assert_eq!(code(&case, "2026-01-12T11:00:00Z"), Err((Rule::Hours, RefusalCode::OutsideHours)));
    assert_eq!(code(&case, "2026-01-12T09:15:00Z"), Err((Rule::Grid, RefusalCode::OutsideHours)));
    assert_eq!(code(&case, "2026-01-12T09:00:00.1Z"), Err((Rule::Grid, RefusalCode::OutsideHours)));
    assert_eq!(code(&case, "2026-01-19T09:00:00Z"), Err((Rule::DaysAhead, RefusalCode::TooFar)));
    case.rules.max_per_day = None;
    case.busy.push(span("2026-01-12T09:30:00Z", "2026-01-12T09:31:00Z"));
    assert_eq!(code(&case, "2026-01-12T09:00:00Z"), Err((Rule::Busy, RefusalCode::SlotTaken)));
    case.busy.clear();
    let slot = Slot { start: "2026-01-12T09:00:00Z".parse().unwrap(), end: "2026-01-12T10:00:00Z".parse().unwrap(), seats_left: 1 };
    assert_eq!(case.judge("2026-01-12T09:00:00Z", 1), Ok(slot));
}

#[test]
fn b2_the_refusal_of_a_start_names_the_rule_and_gives_nothing_away() {
    let mut case = Case::berlin();
    case.busy.push(span("2026-01-12T08:30:00Z", "2026-01-12T08:45:00Z"));

    let refused = case.judge("2026-01-12T08:00:00Z", 1).unwrap_err();

    assert_eq!(refused.detail, "with its buffers it meets the busy time 2026-01-12T08:30:00Z to 2026-01-12T08:45:00Z");
    let refusal = refused.refusal(&["input", "start"]);
    assert_eq!(refusal.message, "start is not free, or not free any more");
    assert_eq!(refusal.path, ["input", "start"]);
}

#[test]
fn the_ends_of_time_are_survived() {
    let mut case = Case::of(weekly("Pacific/Kiritimati", "* 00:00 24:00"), Interval::new(Timestamp::MIN, Timestamp::MAX).unwrap());
    case.rules.duration_minutes = 1_440;
    case.rules.buffer_before_minutes = 1_440;
    case.rules.buffer_after_minutes = 1_440;
    case.rules.max_days_ahead = Some(730);
    case.rules.max_per_day = Some(1);
    case.counted_elsewhere = vec![Timestamp::MIN, Timestamp::MAX];
    for now in [Timestamp::MIN, Timestamp::MAX] {
        case.now = now;
        for start in [Timestamp::MIN, Timestamp::MAX, Timestamp::MAX - jiff::SignedDuration::from_hours(1)] {
            let verdict = case.solve(|problem| judge(problem, start, u32::MAX));
            assert!(verdict.is_err());
        }
        let slots = case.solve(offered);
        assert!(slots.len() <= 24 * 732);
        case.query = span("9999-12-20T00:00:00Z", "9999-12-30T22:00:00Z");
        case.solve(explain);
        case.query = Interval::new(Timestamp::MIN, Timestamp::MAX).unwrap();
    }
}
