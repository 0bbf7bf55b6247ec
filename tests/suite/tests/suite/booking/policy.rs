//! Who may change a booking, and until when: staff with the right to, the customer with the manage token in time.

use serde_json::{Value, json};
use suite::api::Api;
use suite::footprint::Footprint;
use suite::salon::{Salon, merge, tuesday};

use super::near_start;

#[tokio::test(flavor = "multi_thread")]
async fn the_time_limit_binds_customers_and_not_staff() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let limits = json!({ "cancelUntilMinutes": 60 * 24 * 30, "rescheduleUntilMinutes": 60 * 24 * 30 });
    let (strict, lenient) = (salon.service(limits).await, salon.service(json!({})).await);
    let near = near_start(&salon, &strict).await;
    let booked = salon.book(&strict, &near).await;
    let id = &booked["booking"]["id"];
    let (cancel, move_) = (json!({ "bookingId": id }), json!({ "bookingId": id, "start": tuesday("09:00") }));
    let as_customer = |input: &Value| {
        let mut input = input.clone();
        merge(&mut input, json!({ "manageToken": booked["manageToken"] }));
        input
    };

    assert_eq!(salon.visitor.refused("CancelBooking", as_customer(&cancel)).await, "POLICY_CLOSED");
    assert_eq!(salon.visitor.refused("RescheduleBooking", as_customer(&move_)).await, "POLICY_CLOSED");
    assert_eq!(salon.owner.refused("CancelBooking", as_customer(&cancel)).await, "POLICY_CLOSED", "who shows the token acts as customer");
    salon.owner.done("RescheduleBooking", move_.clone()).await;
    salon.visitor.done("RescheduleBooking", as_customer(&json!({ "bookingId": id, "start": near }))).await;
    salon.owner.done("CancelBooking", cancel).await;

    let free = salon.book(&lenient, &near).await;
    let token = json!({ "bookingId": free["booking"]["id"], "manageToken": free["manageToken"] });
    salon.visitor.done("CancelBooking", token).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i4_without_a_right_over_the_booking_nothing_is_told_or_changed() {
    let (fleet, _gate) = suite::fleet().await;
    let (salon, elsewhere) = (Salon::open(fleet, "eu").await, Salon::open(fleet, "eu").await);
    let service = salon.service(json!({})).await;
    let booked = salon.book(&service, &tuesday("09:00")).await;
    let other = salon.book(&service, &tuesday("10:00")).await;
    let foreign_service = elsewhere.service(json!({})).await;
    let foreign = elsewhere.book(&foreign_service, &tuesday("09:00")).await;
    let absent = json!(format!("booking_{}", "0".repeat(32)));
    let mut footprint = Footprint::of(&fleet.database("eu").expect("a region")).await;
    let before = footprint.of_tenant(&salon.tenant_id).await;

    let tries = async |caller: &Api, id: &Value, token: &Value| {
        let cancel = caller.run("CancelBooking", json!({ "input": { "bookingId": id, "manageToken": token } })).await;
        let input = json!({ "bookingId": id, "manageToken": token, "start": tuesday("12:00") });
        let moved = caller.run("RescheduleBooking", json!({ "input": input })).await;
        let text = |answer: suite::api::Answer| answer.body.to_string().replace("rescheduleBooking", "cancelBooking");
        let (cancel, moved) = (text(cancel), text(moved));
        assert_eq!(cancel, moved);
        cancel
    };
    let id = &booked["booking"]["id"];
    let not_found = tries(&salon.visitor, &absent, &json!("no token")).await;
    assert!(not_found.contains("\"NOT_FOUND\""), "{not_found}");
    for token in [&other["manageToken"], &foreign["manageToken"], &json!(""), &json!("x".repeat(5_000))] {
        for caller in [&salon.visitor, &salon.owner] {
            assert_eq!(tries(caller, id, token).await, not_found, "{token}");
        }
    }
    assert_eq!(tries(&elsewhere.visitor, id, &booked["manageToken"]).await, not_found, "the right token at another tenant");
    assert_eq!(tries(&elsewhere.owner, id, &Value::Null).await, not_found);
    assert_eq!(tries(&salon.owner, &foreign["booking"]["id"], &Value::Null).await, not_found);
    let unauthenticated = tries(&salon.visitor, id, &Value::Null).await;
    assert!(unauthenticated.contains("\"UNAUTHENTICATED\""), "{unauthenticated}");
    assert_eq!(tries(&salon.visitor, &absent, &Value::Null).await, unauthenticated);
    assert_eq!(footprint.of_tenant(&salon.tenant_id).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_see_and_change_their_own_bookings_only() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let (ida, signed_in) = salon.add_signed_in("Ida", "STAFF").await;
    let (_, admin) = salon.add_signed_in("Ada", "ADMIN").await;
    salon.set_hours(&ida, "UTC", json!([])).await;
    let service = salon.service(json!({ "staffIds": [salon.staff_id, ida] })).await;
    let book = async |staff: &str| {
        let input = salon.booking(&service, &tuesday("09:00"), json!({ "staffId": staff }));
        salon.visitor.done("CreateBooking", input).await["booking"]["id"].clone()
    };
    let (own, others) = (book(&ida).await, book(&salon.staff_id).await);
    let seen = async |caller: &Api, filter: Value| {
        let answer = caller.run("Bookings", json!({ "filter": filter })).await;
        let edges = answer.body["data"]["bookings"]["edges"].as_array().cloned().unwrap_or_default();
        let mut ids: Vec<_> = edges.iter().map(|edge| edge["node"]["id"].to_string()).collect();
        ids.sort();
        (ids, answer.error_code().map(ToOwned::to_owned))
    };

    let mut both = vec![own.to_string(), others.to_string()];
    both.sort();
    assert_eq!(seen(&signed_in, json!({})).await, (vec![own.to_string()], None));
    assert_eq!(seen(&signed_in, json!({ "staffId": ida })).await, (vec![own.to_string()], None));
    assert_eq!(seen(&signed_in, json!({ "staffId": salon.staff_id })).await, (vec![], Some("FORBIDDEN".to_owned())));
    for caller in [&admin, &salon.owner] {
        assert_eq!(seen(caller, json!({})).await, (both.clone(), None));
    }
    assert_eq!(seen(&salon.visitor, json!({})).await, (vec![], Some("UNAUTHENTICATED".to_owned())));

    let forbidden = signed_in.run("CancelBooking", json!({ "input": { "bookingId": others } })).await;
    assert_eq!(forbidden.error_code(), Some("FORBIDDEN"), "{}", forbidden.body);
    let input = json!({ "bookingId": others, "start": tuesday("12:00") });
    assert_eq!(signed_in.run("RescheduleBooking", json!({ "input": input })).await.error_code(), Some("FORBIDDEN"));
    signed_in.done("RescheduleBooking", json!({ "bookingId": own, "start": tuesday("12:00") })).await;
    signed_in.done("CancelBooking", json!({ "bookingId": own })).await;
    admin.done("CancelBooking", json!({ "bookingId": others })).await;
}
