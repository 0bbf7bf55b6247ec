//! Holds: a start kept for one customer. Theirs to confirm, in nobody's way once it is over.

use fleet::Fleet;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use suite::footprint::Footprint;
use suite::salon::{Salon, TUESDAY, WEDNESDAY, starts_of, text, tuesday};

/// Lets a hold be over, as if five minutes had passed: it and the claim it stands behind expired a minute ago.
pub async fn expire(fleet: &Fleet, hold_id: &Value) {
    let hold = text(hold_id).replace("hold_", "");
    let session = format!("(SELECT group_session_id FROM hold WHERE id = '{hold}')");
    let claim = format!("(hold_id = '{hold}' OR group_session_id = {session}) AND expires_at IS NOT NULL");
    let mut database = PgConnection::connect(&fleet.database("eu").expect("a region").superuser).await.expect("a connection");
    for (table, which) in [("claim", claim), ("hold", format!("id = '{hold}'"))] {
        let aged = format!("UPDATE {table} SET expires_at = now() - interval '1 minute' WHERE {which}");
        let done = sqlx::query(AssertSqlSafe(aged)).execute(&mut database).await.expect("an update");
        assert_eq!(done.rows_affected(), 1, "{table}");
    }
}

/// Holds this time of Tuesday as a visitor; returns the hold.
pub async fn keep(salon: &Salon, service: &str, time: &str) -> Value {
    salon.visitor.done("HoldSlot", json!({ "serviceId": service, "start": tuesday(time) })).await["hold"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_hides_its_slot_from_everybody_else() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let service = salon.service(json!({ "bufferAfterMinutes": 30, "slotIntervalMinutes": 30 })).await;
    let other = salon.service(json!({ "slotIntervalMinutes": 30 })).await;

    let hold = keep(&salon, &service, "09:30").await;

    assert_eq!(salon.starts(&service, TUESDAY, WEDNESDAY).await[0], tuesday("11:00"), "the buffer counts");
    assert_eq!(salon.starts(&other, TUESDAY, WEDNESDAY).await[0], tuesday("11:00"));
    let own = starts_of(&salon.slots(&service, json!({ "holdId": hold["id"] })).await);
    assert_eq!(own[..3], ["09:00", "09:30", "10:00"].map(tuesday));
    for time in ["09:00", "09:30", "10:00", "10:30"] {
        assert_eq!(salon.visitor.refused("HoldSlot", json!({ "serviceId": other, "start": tuesday(time) })).await, "SLOT_TAKEN");
        assert_eq!(salon.visitor.refused("CreateBooking", salon.booking(&other, &tuesday(time), json!({}))).await, "SLOT_TAKEN");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn confirming_a_hold_keeps_its_time_and_person() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let ida = salon.add_person("Ida").await;
    let service = salon.service(json!({ "staffIds": [salon.staff_id, ida] })).await;
    let input = json!({ "serviceId": service, "start": tuesday("09:00"), "staffId": ida });
    let hold = salon.visitor.done("HoldSlot", input).await["hold"].clone();

    let confirm = salon.booking(&service, &tuesday("09:00"), json!({ "holdId": hold["id"] }));
    let made = salon.visitor.done("CreateBooking", confirm.clone()).await["booking"].clone();

    assert_eq!((&made["staff"]["id"], &made["start"], &made["end"]), (&json!(ida), &hold["start"], &hold["end"]));
    assert_eq!(salon.visitor.refused("CreateBooking", confirm).await, "HOLD_EXPIRED", "it can be confirmed once");
    let mut footprint = Footprint::of(&fleet.database("eu").expect("a region")).await;
    assert_eq!(footprint.count(&salon.tenant_id, "hold", "true").await, 0);
    assert_eq!(footprint.count(&salon.tenant_id, "claim", "booking_id IS NOT NULL AND expires_at IS NULL").await, 1);
    salon.visitor.done("ReleaseHold", json!({ "holdId": hold["id"] })).await;
    assert_eq!(footprint.count(&salon.tenant_id, "claim", "true").await, 1, "a late release takes nothing away");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_confirms_only_what_it_was_made_for() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let ida = salon.add_person("Ida").await;
    let both = json!([salon.staff_id, ida]);
    let (service, other) = (salon.service(json!({ "staffIds": both })).await, salon.service(json!({ "staffIds": both })).await);
    let hold = keep(&salon, &service, "09:00").await;
    let with = |service: &str, start: &str, with: Value| {
        let mut input = salon.booking(service, &tuesday(start), with);
        input["holdId"] = hold["id"].clone();
        input
    };
    let mut footprint = Footprint::of(&fleet.database("eu").expect("a region")).await;
    let before = footprint.of_tenant(&salon.tenant_id).await;

    for wrong in [
        with(&other, "09:00", json!({})),
        with(&service, "10:00", json!({})),
        with(&service, "09:00", json!({ "staffId": ida })),
        with(&service, "09:00", json!({ "seats": 2 })),
    ] {
        let payload = salon.visitor.payload("CreateBooking", wrong.clone()).await;
        let error = &payload["userErrors"][0];
        assert_eq!((&error["code"], &error["path"]), (&json!("INVALID_INPUT"), &json!(["input", "holdId"])), "{wrong}: {payload}");
    }
    let mut absent = with(&service, "09:00", json!({}));
    absent["holdId"] = json!(format!("hold_{}", "0".repeat(32)));
    assert_eq!(salon.visitor.refused("CreateBooking", absent).await, "HOLD_EXPIRED");
    assert_eq!(footprint.of_tenant(&salon.tenant_id).await, before);

    let right = salon.visitor.done("CreateBooking", with(&service, "09:00", json!({ "staffId": salon.staff_id }))).await;
    assert_eq!(right["booking"]["staff"]["id"], json!(salon.staff_id));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_released_hold_is_free_again() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let service = salon.service(json!({})).await;
    let hold = keep(&salon, &service, "09:00").await;

    for _ in 0..2 {
        salon.visitor.done("ReleaseHold", json!({ "holdId": hold["id"] })).await;
    }

    assert_eq!(salon.starts(&service, TUESDAY, WEDNESDAY).await[0], tuesday("09:00"));
    let late = salon.booking(&service, &tuesday("09:00"), json!({ "holdId": hold["id"] }));
    assert_eq!(salon.visitor.refused("CreateBooking", late).await, "HOLD_EXPIRED");
    salon.book(&service, &tuesday("09:00")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_hold_is_in_nobodys_way() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let service = salon.service(json!({ "slotIntervalMinutes": 15 })).await;
    let confirm = |hold: &Value| salon.booking(&service, &text(&hold["start"]), json!({ "holdId": hold["id"] }));

    let (first, second, third) =
        (keep(&salon, &service, "09:00").await, keep(&salon, &service, "11:00").await, keep(&salon, &service, "13:00").await);
    let moving = salon.book(&service, &tuesday("15:00")).await["booking"]["id"].clone();
    for hold in [&first, &second, &third] {
        expire(fleet, &hold["id"]).await;
    }
    assert_eq!(salon.starts(&service, TUESDAY, WEDNESDAY).await[0], tuesday("09:00"));
    let shown = starts_of(&salon.slots(&service, json!({ "holdId": first["id"] })).await);
    assert_eq!(shown, salon.starts(&service, TUESDAY, WEDNESDAY).await, "it gives its holder nothing either");
    assert_eq!(salon.visitor.refused("CreateBooking", confirm(&first)).await, "HOLD_EXPIRED");

    // Overlapping what expired, not only the same start.
    salon.book(&service, &tuesday("09:15")).await;
    let again = keep(&salon, &service, "10:45").await;
    salon.owner.done("RescheduleBooking", json!({ "bookingId": moving, "start": tuesday("12:15") })).await;

    for hold in [&first, &second, &third] {
        assert_eq!(salon.visitor.refused("CreateBooking", confirm(hold)).await, "HOLD_EXPIRED");
    }
    salon.visitor.done("CreateBooking", confirm(&again)).await;
    let mut footprint = Footprint::of(&fleet.database("eu").expect("a region")).await;
    assert_eq!(footprint.count(&salon.tenant_id, "claim", "true").await, 3);
    assert_eq!(footprint.count(&salon.tenant_id, "hold", "true").await, 0, "what was in the way is removed");
}

#[tokio::test(flavor = "multi_thread")]
async fn b1_of_24_callers_for_an_expired_hold_exactly_one_wins() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let service = salon.service(json!({})).await;

    for time in ["09:00", "10:00", "11:00", "12:00"] {
        let hold = keep(&salon, &service, time).await;
        expire(fleet, &hold["id"]).await;
        let calls = (0..24).map(|caller| {
            let (visitor, booking) = (salon.visitor.clone(), salon.booking(&service, &tuesday(time), json!({})));
            async move {
                match caller % 2 {
                    0 => visitor.payload("CreateBooking", booking).await,
                    _ => visitor.payload("HoldSlot", json!({ "serviceId": booking["serviceId"], "start": booking["start"] })).await,
                }
            }
        });
        let tries = futures_util::future::join_all(calls).await;

        let refused: Vec<_> = tries.iter().filter_map(suite::api::code_of).collect();
        assert_eq!(refused, vec!["SLOT_TAKEN"; 23], "{time}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b1_a_hold_that_is_confirmed_and_released_at_once_ends_up_one_or_the_other() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let service = salon.service(json!({})).await;

    for time in ["09:00", "10:00", "11:00", "12:00", "13:00", "14:00"] {
        let hold = keep(&salon, &service, time).await;
        let input = salon.booking(&service, &tuesday(time), json!({ "holdId": hold["id"] }));
        let release = json!({ "holdId": hold["id"] });
        let (one, two, _) = tokio::join!(
            salon.visitor.payload("CreateBooking", input.clone()),
            salon.visitor.payload("CreateBooking", input.clone()),
            salon.visitor.done("ReleaseHold", release),
        );

        let booked = [&one, &two].iter().filter(|payload| payload["booking"].is_object()).count();
        assert!(booked <= 1, "{one} {two}");
        let free = salon.starts(&service, TUESDAY, WEDNESDAY).await.contains(&tuesday(time));
        assert_eq!(free, booked == 0, "{time}");
    }
}
