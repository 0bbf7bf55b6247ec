//! The command's answers as text, and that every malformed problem is told in one line by its field.
#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value, json};

use super::run;

/// Berlin, Mondays 09:00 to 12:00, an hour each, busy from 10:00 to 10:30 on Monday, 12 January 2026.
fn berlin() -> Value {
    json!({
        "timezone": "Europe/Berlin",
        "weekly_hours": [{"day": "MON", "start": "09:00", "end": "12:00"}],
        "overrides": [],
        "service": {
            "duration_min": 60, "buffer_before_min": 0, "buffer_after_min": 0, "slot_interval_min": 60,
            "min_notice_min": 0, "max_days_ahead": null, "max_per_day": null, "capacity": 1,
        },
        "busy": [{"start": "2026-01-12T09:00:00Z", "end": "2026-01-12T09:30:00Z"}],
        "now": "2026-01-01T00:00:00Z",
        "query": {"from": "2026-01-12T00:00:00Z", "to": "2026-01-13T00:00:00Z"},
    })
}

fn solve(problem: &Value) -> Result<String, String> {
    run(&problem.to_string(), false)
}

#[test]
fn b2_the_example_is_answered_as_written() {
    assert_eq!(solve(&berlin()).unwrap(), r#"{"starts":["2026-01-12T08:00:00Z","2026-01-12T10:00:00Z"]}"#);
}

#[test]
fn explain_lists_every_other_grid_start_with_its_rule() {
    let answer = run(&berlin().to_string(), true).unwrap();

    let refused = json!([{
        "start": "2026-01-12T09:00:00Z",
        "rule": "T7",
        "detail": "with its buffers it meets the busy time 2026-01-12T09:00:00Z to 2026-01-12T09:30:00Z",
    }]);
    let expected = json!({"starts": ["2026-01-12T08:00:00Z", "2026-01-12T10:00:00Z"], "refused": refused});
    assert_eq!(serde_json::from_str::<Value>(&answer).unwrap(), expected);
}

#[test]
fn t8_bookings_are_padded_with_the_services_buffers() {
    let mut problem = berlin();
    problem["busy"] = json!([]);
    problem["service"]["buffer_after_min"] = json!(10);
    problem["bookings"] = json!([{"start": "2026-01-12T09:00:00Z", "end": "2026-01-12T09:50:00Z", "seats": 1}]);
    assert_eq!(solve(&problem).unwrap(), r#"{"starts":["2026-01-12T10:00:00Z"]}"#);
    problem["bookings"][0]["end"] = json!("2026-01-12T09:51:00Z");
    assert_eq!(solve(&problem).unwrap(), r#"{"starts":[]}"#);
}

#[test]
fn t9_seats_left_are_told_for_groups() {
    let mut problem = berlin();
    problem["busy"] = json!([]);
    problem["service"]["capacity"] = json!(4);
    let booking = json!({"start": "2026-01-12T10:00:00+01:00", "end": "2026-01-12T11:00:00+01:00", "seats": 2});
    problem["bookings"] = json!([booking, booking]);
    assert_eq!(solve(&problem).unwrap(), r#"{"starts":["2026-01-12T08:00:00Z","2026-01-12T10:00:00Z"],"seats_left":[4,4]}"#);
    problem["bookings"][1]["seats"] = json!(1);
    let expected = r#"{"starts":["2026-01-12T08:00:00Z","2026-01-12T09:00:00Z","2026-01-12T10:00:00Z"],"seats_left":[4,1,4]}"#;
    assert_eq!(solve(&problem).unwrap(), expected);
}

#[test]
fn a_viewer_sees_own_dates_and_wall_clock_times() {
    let mut problem = berlin();
    problem["viewer_timezone"] = json!("Pacific/Honolulu");
    problem["weekly_hours"] = json!([{"day": "MON", "start": "10:00", "end": "13:00"}]);
    problem["busy"] = json!([]);
    let starts = r#""starts":["2026-01-12T09:00:00Z","2026-01-12T10:00:00Z","2026-01-12T11:00:00Z"]"#;
    let expected = format!(r#"{{{starts},"by_date":{{"2026-01-11":["23:00"],"2026-01-12":["00:00","01:00"]}}}}"#);
    assert_eq!(solve(&problem).unwrap(), expected);
}

#[test]
fn both_readings_of_an_hour_that_comes_twice_are_shown() {
    let mut problem = berlin();
    problem["timezone"] = json!("US/Eastern");
    problem["weekly_hours"] = json!([{"day": "SUN", "start": "00:00", "end": "03:00"}]);
    problem["query"] = json!({"from": "2026-11-01T00:00:00Z", "to": "2026-11-02T00:00:00Z"});
    problem["viewer_timezone"] = json!("America/New_York");
    let answer: Value = serde_json::from_str(&solve(&problem).unwrap()).unwrap();
    assert_eq!(answer["by_date"], json!({"2026-11-01": ["00:00", "01:00", "01:00", "02:00"]}));
}

#[test]
fn lists_that_have_nothing_to_say_may_be_left_out() {
    let mut problem = berlin();
    let fields = problem.as_object_mut().unwrap();
    for name in ["overrides", "busy"] {
        fields.remove(name);
    }
    problem["overrides"] = json!([{"date": "2026-01-12", "closed": true}]);
    assert_eq!(solve(&problem).unwrap(), r#"{"starts":[]}"#);
    problem["overrides"] = json!([{"date": "2026-01-12", "start": "23:00", "end": "24:00"}]);
    assert_eq!(solve(&problem).unwrap(), r#"{"starts":["2026-01-12T22:00:00Z"]}"#);
}

#[test]
fn every_malformed_field_is_told_in_one_line_by_its_place() {
    let row = |day: &str, start: &str, end: &str| json!([{"day": day, "start": start, "end": end}]);
    let busy = |start: &str, end: &str| json!([{"start": start, "end": end}]);
    let cases = [
        ("/timezone", json!("Europe/Atlantis"), "timezone: must be an IANA time zone name such as Europe/Berlin"),
        ("/timezone", json!(5), "timezone: must be a text"),
        ("/timezone", Value::Null, "timezone: must be given"),
        ("/viewer_timezone", json!("x"), "viewer_timezone: must be an IANA time zone name such as Europe/Berlin"),
        ("/weekly_hours", json!({}), "weekly_hours: must be a list"),
        ("/weekly_hours", row("MON", "25:00", "26:00"), "weekly_hours[0].start: must be a wall-clock time HH:MM from 00:00 to 24:00"),
        ("/weekly_hours", row("MON", "09:00", "9"), "weekly_hours[0].end: must be a wall-clock time HH:MM from 00:00 to 24:00"),
        ("/weekly_hours", row("MON", "24:00", "09:00"), "weekly_hours[0].start: must be before 24:00, which is allowed as an end only"),
        ("/weekly_hours", row("mon", "09:00", "10:00"), "weekly_hours[0].day: must be one of MON, TUE, WED, THU, FRI, SAT, SUN"),
        ("/weekly_hours", json!([{"day": "MON", "start": "09:00"}]), "weekly_hours[0].end: must be given"),
        ("/weekly_hours", json!([[]]), "weekly_hours[0]: must be an object"),
        ("/overrides", json!([{"date": "2026-02-30", "closed": true}]), "overrides[0].date: must be a date YYYY-MM-DD"),
        ("/overrides", json!([{"date": "2026-02-03"}]), "overrides[0].start: must be given unless closed is true"),
        ("/overrides", json!([{"date": "2026-02-03", "closed": "yes"}]), "overrides[0].closed: must be true or false"),
        ("/service/duration_min", json!(0), "service.duration_min: must be 1 to 1440"),
        ("/service/duration_min", json!(1.5), "service.duration_min: must be a whole number"),
        ("/service/buffer_before_min", json!(-5), "service.buffer_before_min: must be 0 to 1440"),
        ("/service/buffer_after_min", json!(-5), "service.buffer_after_min: must be 0 to 1440"),
        ("/service/slot_interval_min", json!(0), "service.slot_interval_min: must be 1 to 1440"),
        ("/service/min_notice_min", json!(-1), "service.min_notice_min: must be 0 to 525600"),
        ("/service/max_days_ahead", json!(-1), "service.max_days_ahead: must be 0 to 730"),
        ("/service/max_per_day", json!(0), "service.max_per_day: must be 1 to 1000"),
        ("/service/capacity", json!(1e30), "service.capacity: must be a whole number"),
        ("/service/capacity", Value::Null, "service.capacity: must be given"),
        ("/busy", busy("2026-01-12T09:00:00Z", "2026-01-12T08:59:59Z"), "busy[0].end: must not lie before start"),
        ("/busy", busy("2026-01-12", "2026-01-13"), "busy[0].start: must be an RFC 3339 instant such as 2026-01-12T08:00:00Z"),
        (
            "/bookings",
            json!([{"start": "2026-01-12T09:00:00Z", "end": "2026-01-12T10:00:00Z", "seats": -1}]),
            "bookings[0].seats: must be 1 to 4294967295",
        ),
        ("/now", json!("now"), "now: must be an RFC 3339 instant such as 2026-01-12T08:00:00Z"),
        ("/query/to", json!("2026-01-11T00:00:00Z"), "query.to: must not lie before from"),
        ("/query/to", json!("2030-01-11T00:00:00Z"), "query.to: must be at most 731 days after from"),
        ("/query/from", json!("99999-01-01T00:00:00Z"), "query.from: must be an RFC 3339 instant such as 2026-01-12T08:00:00Z"),
        (
            "/service",
            json!({"price\n": 1}),
            "service: has no field \"price\\n\"; its fields are duration_min, buffer_before_min, buffer_after_min, slot_interval_min, min_notice_min, max_days_ahead, max_per_day, capacity",
        ),
    ];
    for (place, value, line) in cases {
        let mut problem = berlin();
        problem["bookings"] = json!([]);
        problem["viewer_timezone"] = json!("UTC");
        *problem.pointer_mut(place).unwrap() = value;
        assert_eq!(solve(&problem), Err(line.to_owned()));
    }
}

#[test]
fn what_is_no_problem_at_all_is_told_in_one_line() {
    let refused = [
        ("", "problem: must be JSON: EOF while parsing a value at line 1 column 0"),
        ("{\n\"timezone\":\n}", "problem: must be JSON: expected value at line 3 column 1"),
        ("[]", "problem: must be an object"),
        ("{}", "service: must be given"),
        (
            "{\"zone\":1}",
            "problem: has no field \"zone\"; its fields are timezone, weekly_hours, overrides, service, busy, bookings, now, query, viewer_timezone",
        ),
        (&"[".repeat(100_000), "problem: must be JSON: recursion limit exceeded at line 1 column 128"),
    ];
    for (input, line) in refused {
        assert_eq!(run(input, true), Err(line.to_owned()));
    }
}
