//! Bookings: made once, whoever asks how often and how many at a time.

mod change;
mod crowd;
mod list;
mod policy;
mod questions;
mod rules;

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::{Value, json};
use suite::api::code_of;
use suite::salon::{Salon, TUESDAY, WEDNESDAY, text, tuesday};

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

#[tokio::test(flavor = "multi_thread")]
async fn b1_of_32_callers_as_many_win_as_there_are_staff() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let mut staff = vec![salon.staff_id.clone()];
    for name in ["Ida", "Jo", "Kim", "Lea", "Max"] {
        staff.push(salon.add_person(name).await);
    }
    let service = salon.service(json!({ "staffIds": staff })).await;

    let tries = at_once(&salon, 32, |_| salon.booking(&service, &tuesday("10:00"), json!({}))).await;

    let winners: Vec<_> = tries.iter().filter(|answer| answer["booking"].is_object()).collect();
    let taken: BTreeSet<_> = winners.iter().map(|answer| text(&answer["booking"]["staff"]["id"])).collect();
    assert_eq!((winners.len(), taken), (6, staff.into_iter().collect()));
    assert_eq!(refusals(&tries), vec!["SLOT_TAKEN"; 26]);
}

#[tokio::test(flavor = "multi_thread")]
async fn b1_of_40_callers_on_a_day_limited_to_three_exactly_three_win() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let ida = salon.add_person("Ida").await;
    let service = salon.service(json!({ "durationMinutes": 10, "maxPerDay": 3, "staffIds": [salon.staff_id, ida] })).await;

    let start = |caller: usize| tuesday(&format!("{:02}:{:02}", 9 + caller / 6, caller % 6 * 10));
    let tries = at_once(&salon, 40, |caller| salon.booking(&service, &start(caller), json!({}))).await;

    assert_eq!(tries.iter().filter(|answer| answer["booking"].is_object()).count(), 3);
    assert_eq!(refusals(&tries), vec!["LIMIT_REACHED"; 37]);
    assert!(salon.starts(&service, TUESDAY, WEDNESDAY).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn b1_services_of_one_person_never_overlap() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let mut services = Vec::new();
    for minutes in [20, 30, 50] {
        services.push(salon.service(json!({ "durationMinutes": minutes, "slotIntervalMinutes": 10 })).await);
    }

    let start = |caller: usize| tuesday(&format!("{:02}:{:02}", 10 + caller % 12 / 6, caller % 6 * 10));
    let tries = at_once(&salon, 36, |caller| salon.booking(&services[caller / 12], &start(caller), json!({}))).await;

    let booked = tries.iter().map(|answer| &answer["booking"]).filter(|booking| booking.is_object());
    let mut booked: Vec<_> = booked.map(|booking| (text(&booking["start"]), text(&booking["end"]))).collect();
    booked.sort();
    assert!(booked.len() >= 3 && booked.is_sorted_by(|earlier, later| earlier.1 <= later.0), "{booked:?}");
    assert_eq!(refusals(&tries), vec!["SLOT_TAKEN"; 36 - booked.len()]);
}

/// Calls `createBooking` this many times at once, as visitors.
async fn at_once(salon: &Salon, callers: usize, input: impl Fn(usize) -> Value) -> Vec<Value> {
    let calls = (0..callers).map(|caller| {
        let (visitor, input) = (salon.visitor.clone(), input(caller));
        async move { visitor.payload("CreateBooking", input).await }
    });
    join_all(calls).await
}

/// The codes of those that were refused.
fn refusals(tries: &[Value]) -> Vec<String> {
    tries.iter().filter_map(code_of).collect()
}

/// A weekday's start two days from now or later, so that rules about the present apply to it.
async fn near_start(salon: &Salon, service: &str) -> String {
    let clock: jiff::Timestamp = text(&salon.slots(service, json!({})).await["computedAt"]).parse().expect("an instant");
    let day = clock.to_zoned(jiff::tz::TimeZone::UTC).date().saturating_add(jiff::Span::new().days(2));
    let found = salon.slots(service, json!({ "from": day, "to": day.saturating_add(jiff::Span::new().days(1)) })).await;
    text(&found["nextAvailable"])
}
