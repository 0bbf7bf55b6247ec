//! Sessions with seats: T9, and what it means for the day's limit (T12).

use super::*;
use crate::refusal::RefusalCode;
use crate::slots::Rule;

/// Mondays 09:00 to 12:00 in Berlin, four seats, three of them taken at 10:00.
fn yoga() -> Case {
    let mut case = Case::berlin();
    case.rules.capacity = 4;
    case.book("2026-01-12T09:00:00Z", "2026-01-12T10:00:00Z", 3);
    case
}

fn seats(case: &Case) -> Vec<(String, u32)> {
    let slots = case.solve(offered).into_iter();
    slots.map(|slot| (slot.start.to_string()[11..16].to_owned(), slot.seats_left)).collect()
}

fn at(start: &str, seats_left: u32) -> (String, u32) {
    (start.to_owned(), seats_left)
}

#[test]
fn t9_a_session_is_joined_while_seats_remain() {
    let mut case = yoga();
    assert_eq!(seats(&case), [at("08:00", 4), at("09:00", 1), at("10:00", 4)]);
    case.book("2026-01-12T09:00:00Z", "2026-01-12T10:00:00Z", 1);
    assert_eq!(seats(&case), [at("08:00", 4), at("10:00", 4)]);
    assert_eq!(case.refused(), [("09:00".to_owned(), "T9")]);
}

#[test]
fn t9_more_seats_than_are_left_make_the_group_full() {
    let case = yoga();
    assert_eq!(case.judge("2026-01-12T09:00:00Z", 1).unwrap().seats_left, 1);
    let refused = case.judge("2026-01-12T09:00:00Z", 2).unwrap_err();
    assert_eq!((refused.rule, refused.rule.code()), (Rule::Seats, RefusalCode::GroupFull));
    assert_eq!(refused.detail, "the session has 1 seats left, 2 asked for");
    assert_eq!(case.judge("2026-01-12T08:00:00Z", 4).unwrap().seats_left, 4);
    assert_eq!(case.judge("2026-01-12T08:00:00Z", 5).unwrap_err().rule, Rule::Seats);
}

#[test]
fn t9_seats_over_the_capacity_leave_none() {
    let mut case = yoga();
    case.book("2026-01-12T09:00:00Z", "2026-01-12T10:00:00Z", u32::MAX);
    assert_eq!(seats(&case), [at("08:00", 4), at("10:00", 4)]);
}

#[test]
fn t9_a_session_of_another_length_or_start_blocks() {
    let mut case = Case::berlin();
    case.rules.capacity = 4;
    case.book("2026-01-12T09:00:00Z", "2026-01-12T09:45:00Z", 1);
    assert_eq!(seats(&case), [at("08:00", 4), at("10:00", 4)]);
    let refused = case.judge("2026-01-12T09:00:00Z", 1).unwrap_err();
    assert_eq!((refused.rule, refused.rule.code()), (Rule::OtherSession, RefusalCode::SlotTaken));

    let mut case = Case::berlin();
    case.rules.capacity = 4;
    case.book("2026-01-12T09:00:00.5Z", "2026-01-12T10:00:00.5Z", 1);
    assert_eq!(seats(&case), [at("08:00", 4)]);
}

#[test]
fn t9_busy_periods_and_other_sessions_still_block_a_session_with_seats() {
    let mut case = yoga();
    case.busy.push(span("2026-01-12T09:59:00Z", "2026-01-12T10:00:00Z"));
    assert_eq!(seats(&case), [at("08:00", 4), at("10:00", 4)]);
    case.busy.clear();
    case.book("2026-01-12T09:30:00Z", "2026-01-12T10:30:00Z", 1);
    assert_eq!(seats(&case), [at("08:00", 4)]);
}

#[test]
fn t9_a_short_session_inside_the_one_to_join_blocks() {
    let mut case = yoga();
    case.book("2026-01-12T09:15:00Z", "2026-01-12T09:30:00Z", 1);
    assert_eq!(seats(&case), [at("08:00", 4), at("10:00", 4)]);
}

#[test]
fn t9_the_buffers_of_the_joined_session_do_not_block_it_but_those_of_its_neighbours_do() {
    let mut case = yoga();
    case.rules.buffer_before_minutes = 15;
    assert_eq!(seats(&case), [at("08:00", 4), at("09:00", 1)], "booked without buffers, so only those of a new session count");
    case.sessions.clear();
    case.book("2026-01-12T09:00:00Z", "2026-01-12T10:00:00Z", 3);
    assert_eq!(seats(&case), [at("09:00", 1)]);
}

#[test]
fn t9_without_groups_an_equal_booking_blocks() {
    let mut case = yoga();
    case.rules.capacity = 1;
    assert_eq!(case.times(), ["08:00", "10:00"]);
    assert_eq!(case.refused(), [("09:00".to_owned(), "T8")]);
}

#[test]
fn t12_joining_stays_possible_on_a_full_day() {
    let mut case = yoga();
    case.rules.max_per_day = Some(1);
    assert_eq!(seats(&case), [at("09:00", 1)]);
    assert_eq!(case.refused(), ["08:00", "10:00"].map(|start| (start.to_owned(), "T12")));
}

#[test]
fn t12_bookings_of_one_session_count_once() {
    let mut case = Case::berlin();
    case.rules.capacity = 4;
    case.rules.max_per_day = Some(2);
    for _ in 0..3 {
        case.book("2026-01-12T09:00:00Z", "2026-01-12T10:00:00Z", 1);
    }
    assert_eq!(seats(&case), [at("08:00", 4), at("09:00", 1), at("10:00", 4)]);
}
