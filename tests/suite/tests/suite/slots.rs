//! Slot search (B2): the starts of the viewer's days, of the staff asked for, with nothing in the way but others' time.

mod days;
mod engine;
mod limits;

use serde_json::json;
use suite::salon::{Salon, TUESDAY, WEDNESDAY, starts_of, tuesday};

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_being_moved_does_not_stand_in_its_own_way() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let service = salon.service(json!({ "slotIntervalMinutes": 30 })).await;
    let booked = salon.book(&service, &tuesday("12:00")).await["booking"]["id"].clone();
    let other = salon.book(&service, &tuesday("14:00")).await["booking"]["id"].clone();

    let around_noon =
        |starts: Vec<String>| starts.into_iter().filter(|start| (11..15).any(|hour| start[11..13] == hour.to_string())).collect::<Vec<_>>();
    let usual = around_noon(starts_of(&salon.slots(&service, json!({})).await));
    let moving = around_noon(starts_of(&salon.slots(&service, json!({ "excludeBookingId": booked })).await));
    let moving_other = around_noon(starts_of(&salon.slots(&service, json!({ "excludeBookingId": other })).await));

    assert_eq!(usual, ["11:00", "13:00"].map(tuesday));
    assert_eq!(moving, ["11:00", "11:30", "12:00", "12:30", "13:00"].map(tuesday));
    assert_eq!(moving_other, ["11:00", "13:00", "13:30", "14:00", "14:30"].map(tuesday));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_staff_asked_for_are_searched() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let ida = salon.add_person("Ida").await;
    let stranger = salon.add_person("Stranger").await;
    let service = salon.service(json!({ "staffIds": [ida, salon.staff_id] })).await;
    salon.visitor.done("CreateBooking", salon.booking(&service, &tuesday("09:00"), json!({ "staffId": ida }))).await;
    let both = json!([{ "id": ida, "name": "Ida" }, { "id": salon.staff_id, "name": "Olga Owner" }]);

    let slots = |found: &serde_json::Value| found["days"][0]["slots"].clone();
    let all = slots(&salon.slots(&service, json!({})).await);
    assert_eq!((&all[0]["staff"], &all[1]["staff"]), (&json!([both[1]]), &both), "in the order of the service");
    let of_ida = slots(&salon.slots(&service, json!({ "staffIds": [ida] })).await);
    assert_eq!((&of_ida[0]["start"], &of_ida[0]["staff"]), (&json!(tuesday("10:00")), &json!([both[0]])));
    assert_eq!(slots(&salon.slots(&service, json!({ "staffIds": [] })).await), all, "an empty list means everybody");

    let input = json!({ "serviceId": service, "from": TUESDAY, "to": WEDNESDAY, "timeZone": "UTC", "staffIds": [ida, stranger] });
    let answer = salon.visitor.run("AvailableSlots", json!({ "input": input })).await;
    assert_eq!(answer.error_code(), Some("NOT_FOUND"), "somebody who does not give the service");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_start_is_found_up_to_a_year_ahead() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let service = salon.service(json!({})).await;
    let open_on = async |date: &str| {
        let hours = json!([{ "date": date, "start": "10:00", "end": "12:00" }]);
        let input = json!({ "staffId": salon.staff_id, "timeZone": "UTC", "hours": [], "overrides": hours });
        salon.owner.done("SetSchedule", input).await;
        salon.slots(&service, json!({})).await["nextAvailable"].clone()
    };

    assert_eq!(open_on("2040-03-05").await, json!(null), "before the first day");
    assert_eq!(open_on("2040-03-06").await, tuesday("10:00"));
    assert_eq!(open_on("2041-03-06").await, "2041-03-06T10:00:00Z", "365 days later");
    assert_eq!(open_on("2041-03-08").await, json!(null), "367 days later");

    assert_eq!(open_on("2040-05-01").await, "2040-05-01T10:00:00Z");
    for hour in ["10", "11"] {
        salon.book(&service, &format!("2040-05-01T{hour}:00:00Z")).await;
    }
    assert_eq!(salon.slots(&service, json!({})).await["nextAvailable"], json!(null), "what is taken is not available");
}
