//! I2: a tenant's rows are reached only through a transaction that carries the tenant, and no connection goes on to the next
//! caller with somebody else's transaction, however the first one ended.

use std::time::Duration;

use fleet::{Fleet, wait};
use futures_util::future::join_all;
use serde_json::json;
use suite::api::document;
use suite::salon::{Salon, text, tuesday};
use suite::sql::{self, Sql};

/// More callers than a node has connections, so that every connection is used again.
const CALLERS: u64 = 48;

#[tokio::test(flavor = "multi_thread")]
async fn i2_callers_who_hang_up_leave_no_transaction_to_the_next() {
    let (fleet, _gate) = suite::fleet().await;
    let (leaving, staying) = (Salon::open(fleet, "au").await, Salon::open(fleet, "au").await);
    let (theirs, ours) = (leaving.service(json!({})).await, staying.service(json!({})).await);

    for round in 0..8 {
        let search = json!({ "query": document("BookingPage") });
        let hold = json!({ "query": document("HoldSlot"), "variables": { "input": { "serviceId": theirs, "start": tuesday("10:00") } } });
        let calls = (0..CALLERS).map(|caller| {
            let body = if caller % 2 == 0 { &search } else { &hold };
            let patience = Duration::from_micros(500 * (caller + round));
            within(patience).post(&leaving.nobody.url).header("x-tenant", &leaving.alias).json(body).send()
        });
        let answered = join_all(calls).await.iter().filter(|answer| answer.is_ok()).count();
        assert_ne!(answered, CALLERS as usize, "somebody hung up");
    }

    only_ours(&staying, &ours).await;
    writes_go_on(&staying, &ours).await;
    no_transaction_is_left(fleet).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i2_a_refusing_fence_leaves_no_failed_transaction_to_the_next() {
    let (fleet, _gate) = suite::fleet().await;
    let (frozen, staying) = (Salon::open(fleet, "au").await, Salon::open(fleet, "au").await);
    let (theirs, ours) = (frozen.service(json!({})).await, staying.service(json!({})).await);
    let mut shard = Sql::connect(&fleet.database("au").expect("a region").superuser).await;
    shard.run(&format!("UPDATE fence SET mode = 'frozen' WHERE tenant_id = '{}'", sql::uuid(&frozen.tenant_id))).await;

    let refused = join_all((0..CALLERS).map(|_| async {
        let booking = json!({ "input": frozen.booking(&theirs, &tuesday("10:00"), json!({})) });
        frozen.visitor.run("CreateBooking", booking).await.error_code().map(ToOwned::to_owned)
    }))
    .await;

    assert!(refused.iter().all(|code| code.as_deref() == Some("TENANT_MOVING")), "{refused:?}");
    only_ours(&staying, &ours).await;
    writes_go_on(&staying, &ours).await;
    no_transaction_is_left(fleet).await;
}

/// A client that hangs up after so long.
fn within(patience: Duration) -> reqwest::Client {
    reqwest::Client::builder().timeout(patience).build().expect("a client")
}

/// On every connection, the tenant sees its own service and nothing else.
async fn only_ours(salon: &Salon, service: &str) {
    let pages = join_all((0..CALLERS).map(|_| salon.visitor.data("BookingPage", json!({})))).await;
    for page in pages {
        let services: Vec<_> = page["bookingPage"]["services"].as_array().expect("services").iter().map(|one| text(&one["id"])).collect();
        assert_eq!((text(&page["bookingPage"]["tenant"]["alias"]), services), (salon.alias.clone(), vec![service.to_owned()]));
    }
}

/// No connection is stuck in a transaction that is read-only or has failed.
async fn writes_go_on(salon: &Salon, service: &str) {
    for hour in 9..17 {
        let booked = salon.book(service, &tuesday(&format!("{hour:02}:00"))).await;
        assert_eq!(text(&booked["booking"]["status"]), "CONFIRMED");
    }
}

async fn no_transaction_is_left(fleet: &Fleet) {
    let mut shard = Sql::connect(&fleet.database("au").expect("a region").superuser).await;
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'domicile_app' \
                   AND state LIKE 'idle in transaction%' AND now() - state_change > interval '500 milliseconds'";
    wait::until("idle transactions to end", Duration::from_secs(5), async || Ok((shard.number(waiting).await == 0).then_some(())))
        .await
        .expect("none is left");
}
