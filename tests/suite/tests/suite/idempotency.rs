//! B3: the same key with the same input answers the same result, however often and at once; with another input it is
//! refused and changes nothing.

use futures_util::future::join_all;
use serde_json::{Value, json};
use suite::api::Api;
use suite::footprint::Footprint;
use suite::salon::{Salon, merge, tuesday};

/// A mutation that takes a key: who calls it, an input, and what to change in it to make it another one.
struct Creating<'a> {
    operation: &'static str,
    caller: &'a Api,
    input: Value,
    change: Value,
}

impl Creating<'_> {
    /// The whole answer, byte for byte.
    async fn answer(&self, key: &str, with: &Value) -> String {
        let mut input = self.input.clone();
        merge(&mut input, with.clone());
        input["idempotencyKey"] = key.into();
        self.caller.run(self.operation, json!({ "input": input })).await.body.to_string()
    }
}

/// Every mutation with a key, on this business with this booking.
fn all<'a>(salon: &'a Salon, service: &str, booking: &Value) -> Vec<Creating<'a>> {
    let visitor = &salon.visitor;
    let owner = &salon.owner;
    let email = format!("ida@{}.example", salon.alias);
    let person = json!({ "name": "Ida", "email": email, "role": "STAFF", "password": suite::salon::PASSWORD });
    let haircut = json!({ "name": "Haircut", "durationMinutes": 45, "staffIds": [salon.staff_id] });
    let held = json!({ "serviceId": service, "start": tuesday("11:00") });
    let booked = salon.booking(service, &tuesday("10:00"), json!({ "note": "by the window" }));
    let moved = json!({ "bookingId": booking["booking"]["id"], "start": tuesday("14:00"), "manageToken": booking["manageToken"] });
    vec![
        Creating { operation: "AddStaff", caller: owner, input: person, change: json!({ "password": "another-quilt-harbour-94" }) },
        Creating { operation: "CreateService", caller: owner, input: haircut, change: json!({ "durationMinutes": 46 }) },
        Creating { operation: "HoldSlot", caller: visitor, input: held, change: json!({ "start": tuesday("12:00") }) },
        Creating { operation: "CreateBooking", caller: visitor, input: booked, change: json!({ "note": "by the door" }) },
        Creating { operation: "RescheduleBooking", caller: visitor, input: moved, change: json!({ "start": tuesday("15:00") }) },
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn b3_a_repeated_call_answers_the_same_to_the_byte_and_another_input_is_refused() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let service = salon.service(json!({})).await;
    let booking = salon.book(&service, &tuesday("09:00")).await;
    let mut footprint = Footprint::of(&fleet.database("eu").expect("a region")).await;

    for creating in all(&salon, &service, &booking) {
        let operation = creating.operation;
        // One key for all of them: it is a key of the operation.
        let first = creating.answer("key 1 🗝", &json!({})).await;
        assert!(first.contains("\"userErrors\":[]"), "{operation}: {first}");
        let before = footprint.of_tenant(&salon.tenant_id).await;
        for _ in 0..3 {
            assert_eq!(creating.answer("key 1 🗝", &json!({})).await, first, "{operation}");
        }
        let other = creating.answer("key 1 🗝", &creating.change).await;
        assert!(other.contains("\"IDEMPOTENCY_MISMATCH\"") && other.contains("[\"input\",\"idempotencyKey\"]"), "{operation}: {other}");
        assert_eq!(footprint.of_tenant(&salon.tenant_id).await, before, "{operation}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b3_of_16_calls_at_once_with_one_key_all_get_the_one_answer() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let service = salon.service(json!({})).await;
    let booking = salon.book(&service, &tuesday("09:00")).await;

    for creating in all(&salon, &service, &booking) {
        let unchanged = json!({});
        let answers = join_all((0..16).map(|_| creating.answer("at once", &unchanged))).await;

        assert!(answers[0].contains("\"userErrors\":[]"), "{}: {}", creating.operation, answers[0]);
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{}: {answers:?}", creating.operation);
    }
    let mut footprint = Footprint::of(&fleet.database("eu").expect("a region")).await;
    for (table, rows) in [("staff", 2), ("service", 2), ("hold", 1), ("booking", 2), ("claim", 3)] {
        assert_eq!(footprint.count(&salon.tenant_id, table, "true").await, rows, "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b3_a_key_means_nothing_to_another_tenant() {
    let (fleet, _gate) = suite::fleet().await;
    for salon in [Salon::open(fleet, "eu").await, Salon::open(fleet, "eu").await] {
        let service = salon.service(json!({ "idempotencyKey": "shared" })).await;
        let input = salon.booking(&service, &tuesday("09:00"), json!({ "idempotencyKey": "shared" }));
        let made = salon.visitor.done("CreateBooking", input).await;
        assert_eq!(made["booking"]["service"]["id"], json!(service));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b3_a_refused_call_leaves_its_key_unused() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let service = salon.service(json!({})).await;
    let in_the_way = salon.book(&service, &tuesday("09:00")).await;
    let input = salon.booking(&service, &tuesday("09:00"), json!({ "idempotencyKey": "again" }));

    assert_eq!(salon.visitor.refused("CreateBooking", input.clone()).await, "SLOT_TAKEN");
    salon.owner.done("CancelBooking", json!({ "bookingId": in_the_way["booking"]["id"] })).await;

    salon.visitor.done("CreateBooking", input).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b3_a_key_has_1_to_255_bytes() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let service = salon.service(json!({})).await;
    let booking = salon.book(&service, &tuesday("09:00")).await;
    let mut footprint = Footprint::of(&fleet.database("eu").expect("a region")).await;
    let before = footprint.of_tenant(&salon.tenant_id).await;

    for creating in all(&salon, &service, &booking) {
        for key in ["", &"x".repeat(256), &"ü".repeat(128)] {
            let answer = creating.answer(key, &json!({})).await;
            assert!(answer.contains("\"INVALID_INPUT\"") && answer.contains("idempotencyKey must have 1 to 255 bytes"), "{answer}");
        }
    }
    assert_eq!(footprint.of_tenant(&salon.tenant_id).await, before);
    for creating in all(&salon, &service, &booking) {
        assert!(creating.answer(&"x".repeat(255), &json!({})).await.contains("\"userErrors\":[]"));
    }
}
