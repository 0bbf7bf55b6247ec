//! B2: the API and `domicile slots`, which asks the same function without a database, answer alike.

use std::io::Write;
use std::process::{Command, Stdio};

use fleet::Fleet;
use serde_json::{Value, json};
use suite::salon::{Salon, merge, starts_of};

/// Asks `domicile slots`.
fn engine(fleet: &Fleet, problem: &Value) -> Value {
    let mut command = Command::new(fleet.plan.state.join("bin/domicile"));
    let mut child = command.arg("slots").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the program");
    child.stdin.take().expect("its input").write_all(problem.to_string().as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{problem}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// One staff member's week, one service, what is booked already: as the API and as the engine are told.
struct Case {
    zone: &'static str,
    hours: Value,
    overrides: Value,
    /// Minutes, in the order of [`RULES`]; the last three may be null.
    rules: Value,
    /// Starts booked of the service itself, with seats.
    booked: Value,
    time_off: Value,
    dates: (&'static str, &'static str),
}

/// The name of each rule: for the API, for the engine.
const RULES: [(&str, &str); 8] = [
    ("durationMinutes", "duration_min"),
    ("bufferBeforeMinutes", "buffer_before_min"),
    ("bufferAfterMinutes", "buffer_after_min"),
    ("slotIntervalMinutes", "slot_interval_min"),
    ("minNoticeMinutes", "min_notice_min"),
    ("capacity", "capacity"),
    ("maxDaysAhead", "max_days_ahead"),
    ("maxPerDay", "max_per_day"),
];

impl Case {
    async fn agrees(self) {
        let (fleet, _gate) = suite::fleet().await;
        let salon = Salon::open(fleet, "eu").await;
        let schedule = json!({ "staffId": salon.staff_id, "timeZone": self.zone, "hours": self.hours, "overrides": self.overrides });
        salon.owner.done("SetSchedule", schedule).await;
        let rules = |name: fn(&(&'static str, &'static str)) -> &'static str| -> Value {
            let values = self.rules.as_array().expect("rules");
            RULES.iter().zip(values).map(|(names, value)| (name(names).to_owned(), value.clone())).collect()
        };
        let service = salon.service(rules(|names| names.0)).await;
        let mut bookings = Vec::new();
        for booked in self.booked.as_array().expect("bookings") {
            let input = salon.booking(&service, booked["start"].as_str().expect("a start"), json!({ "seats": booked["seats"] }));
            let made = salon.visitor.done("CreateBooking", input).await["booking"].clone();
            bookings.push(json!({ "start": made["start"], "end": made["end"], "seats": booked["seats"] }));
        }
        for off in self.time_off.as_array().expect("spans") {
            let mut input = json!({ "staffId": salon.staff_id });
            merge(&mut input, off.clone());
            salon.owner.done("AddTimeOff", input).await;
        }

        let found = salon.slots(&service, json!({ "from": self.dates.0, "to": self.dates.1, "timeZone": "UTC" })).await;
        let problem = json!({
            "timezone": self.zone, "weekly_hours": self.hours, "overrides": self.overrides, "service": rules(|names| names.1),
            "busy": self.time_off, "bookings": bookings, "now": found["computedAt"],
            "query": { "from": format!("{}T00:00:00Z", self.dates.0), "to": format!("{}T00:00:00Z", self.dates.1) },
        });
        let answer = engine(fleet, &problem);

        assert!(!starts_of(&found).is_empty(), "{problem}");
        assert_eq!(json!(starts_of(&found)), answer["starts"], "{problem}");
        if let Some(seats) = answer.get("seats_left") {
            let days = found["days"].as_array().expect("days").iter();
            let left: Vec<_> = days.flat_map(|day| day["slots"].as_array().expect("slots")).map(|slot| slot["seatsLeft"].clone()).collect();
            assert_eq!(json!(left), *seats, "{problem}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b2_search_agrees_with_the_engine_on_buffers_and_overrides() {
    let case = Case {
        zone: "Europe/Berlin",
        hours: json!([
            { "day": "MON", "start": "08:10", "end": "12:00" }, { "day": "MON", "start": "11:00", "end": "16:45" },
            { "day": "FRI", "start": "22:00", "end": "03:00" }, { "day": "SUN", "start": "00:00", "end": "24:00" },
        ]),
        overrides: json!([
            { "date": "2040-03-26", "start": "07:00", "end": "09:00" }, { "date": "2040-03-26", "start": "13:00", "end": "18:00" },
            { "date": "2040-04-02", "closed": true },
        ]),
        rules: json!([50, 5, 10, 20, 0, 1, null, 4]),
        booked: json!([
            { "start": "2040-03-26T05:20:00Z", "seats": 1 }, { "start": "2040-03-26T12:00:00Z", "seats": 1 },
            { "start": "2040-03-25T10:00:00Z", "seats": 1 },
        ]),
        time_off: json!([
            { "start": "2040-03-25T01:30:00Z", "end": "2040-03-25T04:00:00Z" },
            { "start": "2040-03-24T23:00:00Z", "end": "2040-03-24T23:00:01Z" },
        ]),
        dates: ("2040-03-20", "2040-04-06"),
    };

    case.agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b2_search_agrees_with_the_engine_on_seats_and_half_hour_changes() {
    let case = Case {
        zone: "Australia/Lord_Howe",
        hours: json!([{ "day": "SAT", "start": "21:00", "end": "05:00" }, { "day": "SUN", "start": "01:30", "end": "02:15" }]),
        overrides: json!([]),
        rules: json!([30, 0, 15, 15, 0, 5, null, 6]),
        booked: json!([{ "start": "2040-03-31T14:00:00Z", "seats": 2 }, { "start": "2040-03-31T14:00:00Z", "seats": 3 }, { "start": "2040-10-06T15:00:00Z", "seats": 4 }]),
        time_off: json!([]),
        dates: ("2040-03-30", "2040-04-03"),
    };

    case.agrees().await;
}
