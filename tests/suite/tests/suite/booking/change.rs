//! Moving and cancelling: the old time comes back, a taken time changes nothing.

use serde_json::json;
use suite::footprint::Footprint;
use suite::salon::{Salon, TUESDAY, WEDNESDAY, tuesday};

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_gives_the_time_back_once() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let service = salon.service(json!({})).await;
    let booked = salon.book(&service, &tuesday("09:00")).await;
    let cancel = json!({ "bookingId": booked["booking"]["id"], "manageToken": booked["manageToken"], "reason": "Flu" });

    let cancelled = salon.visitor.done("CancelBooking", cancel.clone()).await;
    assert_eq!(cancelled["booking"], json!({ "id": booked["booking"]["id"], "status": "CANCELLED" }));
    assert_eq!(salon.starts(&service, TUESDAY, WEDNESDAY).await[0], tuesday("09:00"));
    let again = salon.book(&service, &tuesday("09:00")).await;

    let mut footprint = Footprint::of(&fleet.database("eu").expect("a region")).await;
    let before = footprint.of_tenant(&salon.tenant_id).await;
    assert_eq!(salon.visitor.refused("CancelBooking", cancel.clone()).await, "POLICY_CLOSED", "the new booking's time must stay taken");
    assert_eq!(salon.owner.refused("CancelBooking", json!({ "bookingId": booked["booking"]["id"] })).await, "POLICY_CLOSED");
    let revive = json!({ "bookingId": booked["booking"]["id"], "start": tuesday("12:00") });
    assert_eq!(salon.owner.refused("RescheduleBooking", revive).await, "POLICY_CLOSED");
    assert_eq!(footprint.of_tenant(&salon.tenant_id).await, before);
    assert_ne!(again["booking"]["id"], booked["booking"]["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_moves_onto_a_part_of_its_own_time() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let service = salon.service(json!({ "slotIntervalMinutes": 15, "bufferAfterMinutes": 10, "maxPerDay": 1 })).await;
    let booked = salon.book(&service, &tuesday("09:00")).await;
    let id = &booked["booking"]["id"];

    for time in ["09:15", "09:00", "09:00", "10:00"] {
        let input = json!({ "bookingId": id, "start": tuesday(time), "manageToken": booked["manageToken"] });
        let moved = salon.visitor.done("RescheduleBooking", input).await["booking"].clone();
        assert_eq!((&moved["id"], &moved["start"], &moved["status"]), (id, &json!(tuesday(time)), &json!("CONFIRMED")));
    }

    let mut footprint = Footprint::of(&fleet.database("eu").expect("a region")).await;
    let moved = "blocked = tstzrange('2040-03-06 10:00Z', '2040-03-06 11:10Z')";
    assert_eq!(footprint.count(&salon.tenant_id, "claim", moved).await, 1);
    assert_eq!(footprint.count(&salon.tenant_id, "claim", "true").await, 1, "the old time is free");
}

#[tokio::test(flavor = "multi_thread")]
async fn b1_a_move_that_is_refused_leaves_everything_as_it_was() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let ida = salon.add_person("Ida").await;
    let service = salon.service(json!({ "staffIds": [salon.staff_id, ida] })).await;
    let at = async |time: &str| {
        let input = salon.booking(&service, &tuesday(time), json!({ "staffId": salon.staff_id }));
        salon.visitor.done("CreateBooking", input).await
    };
    let (moving, _in_the_way) = (at("09:00").await, at("11:00").await);
    let mut footprint = Footprint::of(&fleet.database("eu").expect("a region")).await;
    let before = footprint.of_tenant(&salon.tenant_id).await;

    for (start, code) in
        [(tuesday("11:00"), "SLOT_TAKEN"), (tuesday("08:00"), "OUTSIDE_HOURS"), ("2020-03-03T09:00:00Z".to_owned(), "TOO_SOON")]
    {
        let input = json!({ "bookingId": moving["booking"]["id"], "start": start, "idempotencyKey": "move" });
        assert_eq!(salon.owner.refused("RescheduleBooking", input).await, code);
    }
    assert_eq!(footprint.of_tenant(&salon.tenant_id).await, before);

    let input = json!({ "bookingId": moving["booking"]["id"], "start": tuesday("11:00"), "staffId": ida });
    salon.owner.done("RescheduleBooking", input).await;
    let of_ida = salon.owner.data("Bookings", json!({ "filter": { "staffId": ida } })).await;
    assert_eq!(of_ida["bookings"]["edges"][0]["node"]["id"], moving["booking"]["id"], "with somebody else it is free");
    assert_eq!(salon.starts(&service, TUESDAY, WEDNESDAY).await[0], tuesday("09:00"));
}

#[tokio::test(flavor = "multi_thread")]
async fn b1_of_16_moves_onto_one_start_exactly_one_succeeds() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let service = salon.service(json!({ "durationMinutes": 15 })).await;
    let starts: Vec<_> = (0..16).map(|place| tuesday(&format!("{:02}:{:02}", 10 + place / 4, place % 4 * 15))).collect();
    let mut bookings = Vec::new();
    for start in &starts {
        bookings.push(salon.book(&service, start).await["booking"]["id"].clone());
    }

    let moves = bookings.iter().map(|id| salon.owner.payload("RescheduleBooking", json!({ "bookingId": id, "start": tuesday("16:00") })));
    let moved = futures_util::future::join_all(moves).await;

    assert_eq!(moved.iter().filter(|payload| payload["booking"]["start"] == tuesday("16:00")).count(), 1);
    assert_eq!(super::refusals(&moved), vec!["SLOT_TAKEN"; 15]);
    let free: Vec<_> = salon.starts(&service, TUESDAY, WEDNESDAY).await.into_iter().filter(|start| starts.contains(start)).collect();
    assert_eq!(free.len(), 1, "where it came from");
}
