//! B2: what search does not offer cannot be booked, and the refusal says which rule is broken; nothing is written then.

use serde_json::{Value, json};
use suite::footprint::Footprint;
use suite::salon::{Salon, starts_of, text, tuesday};

use super::near_start;

/// Tries to book and expects this refusal at `input.start`, and that no row changed.
async fn refuses(fleet: &fleet::Fleet, salon: &Salon, service: &str, start: &str, code: &str) {
    let mut footprint = Footprint::of(&fleet.database("eu").expect("a region")).await;
    let before = footprint.of_tenant(&salon.tenant_id).await;
    let payload = salon.visitor.payload("CreateBooking", salon.booking(service, start, json!({ "idempotencyKey": "refused" }))).await;
    let error = &payload["userErrors"][0];
    assert_eq!((&error["code"], &error["path"]), (&json!(code), &json!(["input", "start"])), "{start}: {payload}");
    assert!(text(&error["message"]).starts_with("start "), "{payload}");
    assert_eq!((&payload["booking"], &payload["manageToken"]), (&Value::Null, &Value::Null));
    assert_eq!(footprint.of_tenant(&salon.tenant_id).await, before, "{start}");
}

#[tokio::test(flavor = "multi_thread")]
async fn b2_starts_that_are_not_offered_are_refused_by_their_rule() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let plain = salon.service(json!({})).await;
    let near = near_start(&salon, &plain).await;
    let noticed = salon.service(json!({ "minNoticeMinutes": 60 * 24 * 14 })).await;
    let soon = salon.service(json!({ "maxDaysAhead": 1 })).await;
    let later = salon.service(json!({ "maxDaysAhead": 730 })).await;

    refuses(fleet, &salon, &noticed, &near, "TOO_SOON").await;
    refuses(fleet, &salon, &plain, "2020-03-03T10:00:00Z", "TOO_SOON").await;
    refuses(fleet, &salon, &soon, &near, "TOO_FAR").await;
    refuses(fleet, &salon, &later, &tuesday("10:00"), "TOO_FAR").await;
    let outside = ["08:00", "16:30", "17:00", "09:30"].map(tuesday);
    for start in outside.iter().map(String::as_str).chain(["2040-03-06T09:00:30Z", "2040-03-06T09:00:00.001Z", "2040-03-10T10:00:00Z"]) {
        refuses(fleet, &salon, &plain, start, "OUTSIDE_HOURS").await;
    }
    salon.book(&plain, &tuesday("09:00")).await;
    refuses(fleet, &salon, &plain, &tuesday("09:00"), "SLOT_TAKEN").await;
    let once = salon.service(json!({ "maxPerDay": 1 })).await;
    salon.book(&once, &tuesday("11:00")).await;
    refuses(fleet, &salon, &once, &tuesday("13:00"), "LIMIT_REACHED").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b2_what_else_occupies_the_person_blocks_the_start() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let service = salon.service(json!({ "slotIntervalMinutes": 15 })).await;
    let padded = salon.service(json!({ "bufferBeforeMinutes": 15, "bufferAfterMinutes": 30 })).await;
    let off = json!({ "staffId": salon.staff_id, "start": tuesday("15:59"), "end": tuesday("17:00") });
    salon.owner.done("AddTimeOff", off).await;

    salon.book(&padded, &tuesday("12:00")).await;

    // Blocked from 11:45 to 13:30.
    for time in ["11:00", "12:00", "13:15", "15:00", "16:00"] {
        refuses(fleet, &salon, &service, &tuesday(time), "SLOT_TAKEN").await;
    }
    for time in ["10:45", "13:30"] {
        salon.book(&service, &tuesday(time)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_without_hours_is_booked() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let (newcomer, _) = salon.add_signed_in("Newcomer", "STAFF").await;
    let service = salon.service(json!({ "staffIds": [newcomer] })).await;

    assert!(starts_of(&salon.slots(&service, json!({})).await).is_empty());
    refuses(fleet, &salon, &service, &tuesday("09:00"), "OUTSIDE_HOURS").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_least_busy_person_is_chosen_unless_the_customer_chooses() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let (ida, olga) = (salon.add_person("Ida").await, salon.staff_id.clone());
    let service = salon.service(json!({ "staffIds": [olga, ida] })).await;
    let errand = salon.service(json!({ "durationMinutes": 30 })).await;
    let who = async |time: &str, with: Value| {
        let made = salon.visitor.done("CreateBooking", salon.booking(&service, &tuesday(time), with)).await;
        text(&made["booking"]["staff"]["id"])
    };

    assert_eq!(who("09:00", json!({})).await, olga, "a tie: the first of the service");
    assert_eq!(who("10:00", json!({})).await, ida, "Olga has an hour that day");
    salon.book(&errand, &tuesday("16:00")).await;
    assert_eq!(who("11:00", json!({})).await, ida, "Olga has half an hour more, of another service");
    assert_eq!(who("12:00", json!({})).await, olga);
    assert_eq!(who("13:00", json!({ "staffId": olga })).await, olga, "busier, but asked for");
    assert_eq!(who("13:00", json!({})).await, ida, "the only one free");
    let taken = salon.booking(&service, &tuesday("13:00"), json!({ "staffId": ida }));
    assert_eq!(salon.visitor.refused("CreateBooking", taken).await, "SLOT_TAKEN");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_does_not_give_the_service_is_not_found() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let other = salon.add_person("Ida").await;
    let service = salon.service(json!({})).await;
    let absent = format!("staff_{}", "0".repeat(32));

    for staff in [&other, &absent] {
        for (operation, field) in [("CreateBooking", "customer"), ("HoldSlot", "")] {
            let mut input = json!({ "serviceId": service, "start": tuesday("09:00"), "staffId": staff });
            if !field.is_empty() {
                input[field] = json!({ "name": "Carla", "email": "carla@customer.example" });
            }
            let answer = salon.visitor.run(operation, json!({ "input": input })).await;
            assert_eq!(answer.error_code(), Some("NOT_FOUND"), "{operation}: {}", answer.body);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_that_waits_for_approval_occupies_its_time() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let service = salon.service(json!({ "requiresApproval": true })).await;

    assert_eq!(salon.book(&service, &tuesday("09:00")).await["booking"]["status"], "PENDING");

    refuses(fleet, &salon, &service, &tuesday("09:00"), "SLOT_TAKEN").await;
    assert_eq!(starts_of(&salon.slots(&service, json!({})).await)[0], tuesday("10:00"));
}
