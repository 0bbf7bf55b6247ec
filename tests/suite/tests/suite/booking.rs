//! Bookings: made once, whoever asks how often.

use futures_util::future::join_all;
use serde_json::json;
use suite::api::code_of;
use suite::salon::{Salon, TUESDAY, WEDNESDAY};

#[tokio::test(flavor = "multi_thread")]
async fn b1_of_64_callers_for_one_slot_exactly_one_wins() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let service = salon.service(json!({ "durationMinutes": 10 })).await;

    for round in 0..50 {
        let start = format!("2040-03-{:02}T{:02}:{:02}:00Z", 5 + round / 40, 9 + (round % 40) / 6, (round % 40) % 6 * 10);
        let tries = join_all((0..64).map(|caller| {
            let input = salon.booking(&service, &start, json!({ "idempotencyKey": format!("{round}-{caller}") }));
            let visitor = salon.visitor.clone();
            async move {
                let first = visitor.payload("CreateBooking", input.clone()).await;
                let again = visitor.payload("CreateBooking", input).await;
                (first, again)
            }
        }))
        .await;

        let winners: Vec<_> = tries.iter().filter(|(first, _)| first["booking"].is_object()).collect();
        assert_eq!(winners.len(), 1, "round {round}");
        assert_eq!(winners[0].0, winners[0].1, "a repeated call answers the same");
        let others = tries.iter().filter(|(first, _)| !first["booking"].is_object());
        for (first, again) in others {
            assert_eq!(code_of(first).as_deref(), Some("SLOT_TAKEN"), "{first}");
            assert_eq!(code_of(again).as_deref(), Some("SLOT_TAKEN"), "{again}");
        }
    }
    assert!(!salon.starts(&service, TUESDAY, WEDNESDAY).await.is_empty());
}
