//! Starts are sorted into whole days of the viewer's zone, wherever the staff work; a day without starts is listed too.

use serde_json::{Value, json};
use suite::salon::{Salon, merge, starts_of, tuesday};

const EVERY_DAY: [&str; 7] = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];

/// A business that works round the clock, with its service.
async fn never_closed(fleet: &fleet::Fleet, zone: &str, with: Value) -> (Salon, String) {
    let salon = Salon::open(fleet, "eu").await;
    let hours: Vec<_> = EVERY_DAY.map(|day| json!({ "day": day, "start": "00:00", "end": "24:00" })).into();
    let mut input = json!({ "staffId": salon.staff_id, "timeZone": zone, "hours": hours });
    merge(&mut input, with);
    salon.owner.done("SetSchedule", input).await;
    let service = salon.service(json!({})).await;
    (salon, service)
}

/// Of each day: the date, how many starts, the first start, the offsets in order.
fn outline(found: &Value) -> Vec<(String, usize, Value, Vec<String>)> {
    let day = |day: &Value| {
        let slots = day["slots"].as_array().expect("slots");
        let mut offsets: Vec<_> = slots.iter().map(|slot| suite::salon::text(&slot["utcOffset"])).collect();
        offsets.dedup();
        (suite::salon::text(&day["date"]), slots.len(), slots.first().map_or(Value::Null, |slot| slot["start"].clone()), offsets)
    };
    found["days"].as_array().expect("days").iter().map(day).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn b4_the_viewers_days_of_a_clock_change_have_23_and_25_hours() {
    let (fleet, _gate) = suite::fleet().await;
    let (salon, service) = never_closed(fleet, "UTC", json!({})).await;
    let offsets = |all: &[&str]| all.iter().map(ToString::to_string).collect::<Vec<_>>();

    let spring = salon.slots(&service, json!({ "from": "2040-03-24", "to": "2040-03-27", "timeZone": "Europe/Berlin" })).await;
    let expected = [
        ("2040-03-24".to_owned(), 24, json!("2040-03-23T23:00:00Z"), offsets(&["+01:00"])),
        ("2040-03-25".to_owned(), 23, json!("2040-03-24T23:00:00Z"), offsets(&["+01:00", "+02:00"])),
        ("2040-03-26".to_owned(), 24, json!("2040-03-25T22:00:00Z"), offsets(&["+02:00"])),
    ];
    assert_eq!(outline(&spring), expected);

    let autumn = salon.slots(&service, json!({ "from": "2040-10-28", "to": "2040-10-29", "timeZone": "Europe/Berlin" })).await;
    assert_eq!(outline(&autumn), [("2040-10-28".to_owned(), 25, json!("2040-10-27T22:00:00Z"), offsets(&["+02:00", "+01:00"]))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn b4_the_staffs_hours_follow_their_own_clock_change() {
    let (fleet, _gate) = suite::fleet().await;
    let night = json!([{ "day": "SUN", "start": "01:00", "end": "04:00" }]);
    let (salon, service) = never_closed(fleet, "Europe/Berlin", json!({ "hours": night })).await;
    let sunday = async |date: &str, next: &str| starts_of(&salon.slots(&service, json!({ "from": date, "to": next })).await);

    assert_eq!(sunday("2040-03-25", "2040-03-26").await, ["2040-03-25T00:00:00Z", "2040-03-25T01:00:00Z"], "02:00 does not exist");
    let four = ["2040-10-27T23:00:00Z", "2040-10-28T00:00:00Z", "2040-10-28T01:00:00Z", "2040-10-28T02:00:00Z"];
    assert_eq!(sunday("2040-10-27", "2040-10-29").await, four, "02:00 comes twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn b4_a_viewer_across_the_date_line_sees_their_own_dates() {
    let (fleet, _gate) = suite::fleet().await;
    let hours = json!([{ "day": "TUE", "start": "09:00", "end": "17:00" }]);
    let (salon, service) = never_closed(fleet, "Pacific/Pago_Pago", json!({ "hours": hours })).await;

    let found = salon.slots(&service, json!({ "from": "2040-03-06", "to": "2040-03-09", "timeZone": "Pacific/Kiritimati" })).await;

    let expected = [
        ("2040-03-06".to_owned(), 0, json!(null), vec![]),
        ("2040-03-07".to_owned(), 8, json!("2040-03-06T20:00:00Z"), vec!["+14:00".to_owned()]),
        ("2040-03-08".to_owned(), 0, json!(null), vec![]),
    ];
    assert_eq!(outline(&found), expected, "09:00 of Tuesday on Samoa is 10:00 of Wednesday on Kiribati");
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_dates_and_time_off_hide_starts_and_empty_days_are_listed() {
    let (fleet, _gate) = suite::fleet().await;
    let overrides = json!([
        { "date": "2040-03-07", "closed": true },
        { "date": "2040-03-08", "start": "09:00", "end": "10:00" },
        { "date": "2040-03-08", "start": "23:00", "end": "01:00" },
    ]);
    let hours = json!([{ "day": "TUE", "start": "09:00", "end": "12:00" }, { "day": "WED", "start": "09:00", "end": "12:00" }]);
    let (salon, service) = never_closed(fleet, "UTC", json!({ "hours": hours, "overrides": overrides })).await;
    let off = json!({ "staffId": salon.staff_id, "start": tuesday("10:30"), "end": tuesday("10:31") });
    salon.owner.done("AddTimeOff", off).await;

    let found = salon.slots(&service, json!({ "from": "2040-03-06", "to": "2040-03-11" })).await;

    let utc = || vec!["+00:00".to_owned()];
    let expected = [
        ("2040-03-06".to_owned(), 2, json!(tuesday("09:00")), utc()),
        ("2040-03-07".to_owned(), 0, json!(null), vec![]),
        ("2040-03-08".to_owned(), 2, json!("2040-03-08T09:00:00Z"), utc()),
        ("2040-03-09".to_owned(), 1, json!("2040-03-09T00:00:00Z"), utc()),
        ("2040-03-10".to_owned(), 0, json!(null), vec![]),
    ];
    assert_eq!(outline(&found), expected);
    assert_eq!(starts_of(&found)[..2], [tuesday("09:00"), tuesday("11:00")]);
}
