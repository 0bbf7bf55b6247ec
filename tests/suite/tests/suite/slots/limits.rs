//! What takes starts away beside the hours: buffers, notice, the last bookable day, the day's limit.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde_json::{Value, json};
use suite::salon::{Salon, WEDNESDAY, starts_of, text, tuesday};

#[tokio::test(flavor = "multi_thread")]
async fn buffers_of_neighbours_add_up() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let lengths = json!({ "durationMinutes": 30, "slotIntervalMinutes": 15, "bufferBeforeMinutes": 10, "bufferAfterMinutes": 20 });
    let padded = salon.service(lengths).await;
    let bare = salon.service(json!({ "durationMinutes": 30, "slotIntervalMinutes": 15 })).await;

    salon.book(&padded, &tuesday("12:00")).await;

    let around_noon = async |service: &str| {
        let starts = starts_of(&salon.slots(service, json!({})).await);
        let after = starts.iter().position(|start| *start > tuesday("12:00")).expect("a later start");
        [starts[after - 1].clone(), starts[after].clone()]
    };
    // Blocked from 11:50 to 12:50; the own buffers of the new one come on top.
    assert_eq!(around_noon(&padded).await, ["11:00", "13:00"].map(tuesday));
    assert_eq!(around_noon(&bare).await, ["11:15", "13:00"].map(tuesday));
}

/// The hours of every day, all of them; searched from today.
async fn around_the_clock(with: Value) -> (Vec<Timestamp>, Timestamp) {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let hours: Vec<_> =
        ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"].map(|day| json!({ "day": day, "start": "00:00", "end": "24:00" })).into();
    salon.owner.done("SetSchedule", json!({ "staffId": salon.staff_id, "timeZone": "UTC", "hours": hours })).await;
    let service = salon.service(with).await;
    let clock: Timestamp = text(&salon.slots(&service, json!({})).await["computedAt"]).parse().expect("an instant");
    let today = clock.to_zoned(TimeZone::UTC).date();

    let found = salon.slots(&service, json!({ "from": today, "to": today.saturating_add(6.days()) })).await;
    let now = text(&found["computedAt"]).parse().expect("an instant");
    (starts_of(&found).iter().map(|start| start.parse().expect("an instant")).collect(), now)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_starts_sooner_than_the_notice() {
    let notice = SignedDuration::from_hours(30);

    let (starts, now) = around_the_clock(json!({ "minNoticeMinutes": 30 * 60 })).await;

    let ahead = starts[0].duration_since(now);
    assert!(ahead >= notice && ahead <= notice + SignedDuration::from_hours(1), "{now} {}", starts[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_starts_later_than_the_last_bookable_day() {
    let (starts, now) = around_the_clock(json!({ "maxDaysAhead": 2 })).await;

    let date = |instant: Timestamp| -> Date { instant.to_zoned(TimeZone::UTC).date() };
    let last = starts.last().copied().expect("a start");
    assert_eq!(last.to_zoned(TimeZone::UTC).datetime(), date(now).saturating_add(2.days()).at(23, 0, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_days_limit_is_the_services_whoever_gives_it() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let ida = salon.add_person("Ida").await;
    let both = json!([salon.staff_id, ida]);
    let limited = salon.service(json!({ "maxPerDay": 2, "staffIds": both })).await;
    let other = salon.service(json!({ "staffIds": both })).await;
    let book = async |service: &str, staff: &str, time: &str| {
        let input = salon.booking(service, &tuesday(time), json!({ "staffId": staff }));
        salon.visitor.done("CreateBooking", input).await
    };

    book(&other, &ida, "15:00").await;
    book(&limited, &salon.staff_id, "09:00").await;
    assert_eq!(salon.starts(&limited, "2040-03-06", WEDNESDAY).await.len(), 8, "one is left, with either of them");
    book(&limited, &ida, "09:00").await;

    let found = salon.slots(&limited, json!({ "to": "2040-03-08" })).await;
    assert_eq!(found["days"][0]["slots"], json!([]));
    assert_eq!(found["days"][1]["slots"].as_array().map(Vec::len), Some(8));
    assert_eq!(found["nextAvailable"], "2040-03-07T09:00:00Z");
    assert_eq!(salon.visitor.refused("CreateBooking", salon.booking(&limited, &tuesday("11:00"), json!({}))).await, "LIMIT_REACHED");
}
