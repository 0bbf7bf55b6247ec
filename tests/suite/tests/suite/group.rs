//! Groups: customers share a run until its seats are taken, never beyond (T9, B1).

use futures_util::future::join_all;
use serde_json::{Value, json};
use suite::api::code_of;
use suite::footprint::Footprint;
use suite::salon::{Salon, tuesday};

use crate::hold::{expire, keep};

/// A business with a group of this many seats.
async fn group(fleet: &fleet::Fleet, capacity: u32) -> (Salon, String) {
    let salon = Salon::open(fleet, "eu").await;
    let service = salon.service(json!({ "capacity": capacity, "slotIntervalMinutes": 30 })).await;
    (salon, service)
}

/// Books seats at a time of Tuesday; returns the payload.
async fn take(salon: &Salon, service: &str, time: &str, seats: u32) -> Value {
    salon.visitor.payload("CreateBooking", salon.booking(service, &tuesday(time), json!({ "seats": seats }))).await
}

/// Seats left at a time of Tuesday; none: the start is not offered.
async fn left(salon: &Salon, service: &str, time: &str, with: Value) -> Option<i64> {
    let found = salon.slots(service, with).await;
    let slot = found["days"][0]["slots"].as_array().expect("slots").iter().find(|slot| slot["start"] == tuesday(time))?.clone();
    slot["seatsLeft"].as_i64()
}

#[tokio::test(flavor = "multi_thread")]
async fn b1_of_80_callers_for_12_seats_exactly_12_win() {
    let (fleet, _gate) = suite::fleet().await;
    let (salon, service) = group(fleet, 12).await;

    let tries = join_all((0..80).map(|_| take(&salon, &service, "10:00", 1))).await;

    assert_eq!(tries.iter().filter(|payload| payload["booking"].is_object()).count(), 12);
    assert_eq!(tries.iter().filter_map(code_of).collect::<Vec<_>>(), vec!["GROUP_FULL"; 68]);
    let mut footprint = Footprint::of(&fleet.database("eu").expect("a region")).await;
    assert_eq!(footprint.count(&salon.tenant_id, "group_session", "true").await, 1);
    assert_eq!(footprint.count(&salon.tenant_id, "claim", "expires_at IS NULL").await, 1);
    assert_eq!(left(&salon, &service, "10:00", json!({})).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn joining_takes_seats_and_cancelling_gives_them_back() {
    let (fleet, _gate) = suite::fleet().await;
    let (salon, service) = group(fleet, 5).await;
    let seats = async |time: &str| left(&salon, &service, time, json!({})).await;

    assert_eq!(seats("10:00").await, Some(5));
    let two = take(&salon, &service, "10:00", 2).await;
    let three = take(&salon, &service, "11:00", 3).await;
    assert_eq!((seats("10:00").await, seats("11:00").await), (Some(3), Some(2)));
    assert_eq!((seats("09:30").await, seats("10:30").await), (None, None), "another run would overlap");
    assert_eq!(code_of(&take(&salon, &service, "10:00", 4).await).as_deref(), Some("GROUP_FULL"));
    assert_eq!(code_of(&take(&salon, &service, "09:30", 1).await).as_deref(), Some("SLOT_TAKEN"));
    let last = take(&salon, &service, "10:00", 3).await;
    assert_eq!(seats("10:00").await, None);

    let cancel = async |booked: &Value| {
        let input = json!({ "bookingId": booked["booking"]["id"], "manageToken": booked["manageToken"] });
        salon.visitor.done("CancelBooking", input).await;
    };
    cancel(&two).await;
    assert_eq!(seats("10:00").await, Some(2));
    let gone = json!({ "excludeBookingId": two["booking"]["id"] });
    assert_eq!(left(&salon, &service, "10:00", gone).await, Some(2), "a cancelled booking has no seats to leave out");
    cancel(&last).await;
    assert_eq!((seats("10:00").await, seats("09:30").await), (Some(5), Some(5)), "the run is over");
    cancel(&three).await;
    let mut footprint = Footprint::of(&fleet.database("eu").expect("a region")).await;
    assert_eq!(footprint.count(&salon.tenant_id, "claim", "true").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_booking_moves_onto_another_run_with_its_seats() {
    let (fleet, _gate) = suite::fleet().await;
    let (salon, service) = group(fleet, 4).await;
    let booked = take(&salon, &service, "10:00", 3).await["booking"]["id"].clone();
    take(&salon, &service, "10:00", 1).await;
    take(&salon, &service, "12:00", 2).await;
    take(&salon, &service, "14:00", 1).await;
    let to = async |time: &str| salon.owner.payload("RescheduleBooking", json!({ "bookingId": booked, "start": tuesday(time) })).await;
    let seats = async |time: &str| left(&salon, &service, time, json!({})).await;

    assert_eq!(left(&salon, &service, "10:00", json!({ "excludeBookingId": booked })).await, Some(3), "its own seats are free for it");
    let mut footprint = Footprint::of(&fleet.database("eu").expect("a region")).await;
    let before = footprint.of_tenant(&salon.tenant_id).await;
    assert_eq!(code_of(&to("12:00").await).as_deref(), Some("GROUP_FULL"));
    assert_eq!(code_of(&to("10:30").await).as_deref(), Some("SLOT_TAKEN"), "the others stay at 10:00");
    assert_eq!(footprint.of_tenant(&salon.tenant_id).await, before);

    assert_eq!(to("10:00").await["booking"]["start"], tuesday("10:00"), "onto itself");
    assert_eq!(to("14:00").await["booking"]["start"], tuesday("14:00"));
    assert_eq!((seats("10:00").await, seats("12:00").await, seats("14:00").await), (Some(3), Some(2), None));
    assert_eq!(to("15:30").await["booking"]["start"], tuesday("15:30"), "a run of its own");
    assert_eq!((seats("14:00").await, seats("15:30").await), (Some(3), Some(1)));
    assert_eq!(to("16:00").await["booking"]["start"], tuesday("16:00"), "overlapping only the run it leaves");
    assert_eq!((seats("15:30").await, seats("16:00").await), (None, Some(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_seat_counts_until_it_expires() {
    let (fleet, _gate) = suite::fleet().await;
    let (salon, service) = group(fleet, 3).await;
    let seats = async |with: Value| left(&salon, &service, "10:00", with).await;
    let confirm = |hold: &Value, seats: u32| salon.booking(&service, &tuesday("10:00"), json!({ "holdId": hold["id"], "seats": seats }));

    let (first, second) = (keep(&salon, &service, "10:00").await, keep(&salon, &service, "10:00").await);
    take(&salon, &service, "10:00", 1).await;
    assert_eq!(seats(json!({})).await, None);
    assert_eq!(seats(json!({ "holdId": first["id"] })).await, Some(1));
    assert_eq!(code_of(&take(&salon, &service, "10:00", 1).await).as_deref(), Some("GROUP_FULL"));
    assert_eq!(salon.visitor.refused("HoldSlot", json!({ "serviceId": service, "start": tuesday("10:00") })).await, "GROUP_FULL");
    assert_eq!(salon.visitor.refused("CreateBooking", confirm(&first, 2)).await, "INVALID_INPUT", "a hold is one seat");

    salon.visitor.done("CreateBooking", confirm(&first, 1)).await;
    assert_eq!(seats(json!({})).await, None);
    let mut database = Footprint::of(&fleet.database("eu").expect("a region")).await;
    assert_eq!(database.count(&salon.tenant_id, "hold", "true").await, 1);
    age(fleet, &second).await;
    assert_eq!(seats(json!({})).await, Some(1));
    assert_eq!(seats(json!({ "holdId": second["id"] })).await, Some(1), "an expired hold has no seat to leave out");
    assert_eq!(salon.visitor.refused("CreateBooking", confirm(&second, 1)).await, "HOLD_EXPIRED");
    assert!(take(&salon, &service, "10:00", 1).await["booking"].is_object());
    assert_eq!(seats(json!({})).await, None);
}

/// Lets a hold beside bookings be over: the run's claim has no end, so only the hold itself ages.
async fn age(fleet: &fleet::Fleet, hold: &Value) {
    use sqlx::Connection;
    let mut database = sqlx::PgConnection::connect(&fleet.database("eu").expect("a region").superuser).await.expect("a connection");
    let id = suite::salon::text(&hold["id"]).replace("hold_", "");
    let aged = "UPDATE hold SET expires_at = now() - interval '1 minute' WHERE id = $1::text::uuid";
    let done = sqlx::query(aged).bind(id).execute(&mut database).await.expect("an update");
    assert_eq!(done.rows_affected(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_of_expired_holds_only_is_in_nobodys_way() {
    let (fleet, _gate) = suite::fleet().await;
    let (salon, service) = group(fleet, 2).await;
    let other = salon.service(json!({ "slotIntervalMinutes": 30 })).await;

    let hold = keep(&salon, &service, "10:00").await;
    assert_eq!(code_of(&take(&salon, &other, "10:30", 1).await).as_deref(), Some("SLOT_TAKEN"));
    expire(fleet, &hold["id"]).await;
    assert!(take(&salon, &other, "10:30", 1).await["booking"].is_object());

    let hold = keep(&salon, &service, "13:00").await;
    expire(fleet, &hold["id"]).await;
    assert!(take(&salon, &service, "13:00", 2).await["booking"].is_object(), "all seats of the same run");
    assert_eq!(left(&salon, &service, "13:00", json!({})).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn b1_holds_bookings_moves_and_cancels_of_one_run_at_once_never_exceed_it() {
    let (fleet, _gate) = suite::fleet().await;
    let (salon, service) = group(fleet, 6).await;
    let mut holds = Vec::new();
    for _ in 0..3 {
        holds.push(keep(&salon, &service, "10:00").await);
    }
    let early = take(&salon, &service, "10:00", 2).await;
    let late = take(&salon, &service, "13:00", 2).await;

    let confirms = holds.iter().map(|hold| {
        let input = salon.booking(&service, &tuesday("10:00"), json!({ "holdId": hold["id"] }));
        async { salon.visitor.payload("CreateBooking", input).await }
    });
    let (confirmed, joined, cancelled, moved) = tokio::join!(
        join_all(confirms),
        join_all((0..12).map(|_| take(&salon, &service, "10:00", 1))),
        salon.owner.payload("CancelBooking", json!({ "bookingId": early["booking"]["id"] })),
        salon.owner.payload("RescheduleBooking", json!({ "bookingId": late["booking"]["id"], "start": tuesday("10:00") })),
    );

    assert!(confirmed.iter().all(|payload| payload["booking"].is_object()), "an unexpired hold is always confirmed: {confirmed:?}");
    assert_eq!(cancelled["booking"]["status"], "CANCELLED");
    for payload in joined.iter().chain([&moved]).filter(|payload| !payload["booking"].is_object()) {
        assert_eq!(code_of(payload).as_deref(), Some("GROUP_FULL"));
    }
    let joined = joined.iter().filter(|payload| payload["booking"].is_object()).count();
    let taken = 3 + joined + if moved["booking"].is_object() { 2 } else { 0 };
    assert!(taken <= 6, "{taken}");
    let mut footprint = Footprint::of(&fleet.database("eu").expect("a region")).await;
    let live = "status = 'CONFIRMED' AND starts_at = '2040-03-06 10:00Z'";
    let seats = footprint.count(&salon.tenant_id, "generate_series(1, 2) one, booking", &format!("{live} AND one <= seats")).await;
    assert_eq!(seats, i64::try_from(taken).expect("a number"));
}
