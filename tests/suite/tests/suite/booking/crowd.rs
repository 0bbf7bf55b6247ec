//! Many callers for times that overlap wait for each other in one order: the database never has to end one of them, which
//! takes a second each time and can leave a caller without an answer.

use std::fs;
use std::path::Path;

use futures_util::future::join_all;
use serde_json::json;
use suite::salon::{Salon, tuesday};

use crate::hold::keep;

/// How often the shard reported a deadlock so far.
fn deadlocks(shard_log: &Path) -> usize {
    fs::read_to_string(shard_log).expect("the log").matches("deadlock detected").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn b1_a_crowd_never_ends_in_a_deadlock() {
    let (fleet, _gate) = suite::fleet_alone().await;
    let log = fleet.plan.state.join("eu/primary/shard/postgres.log");
    let salon = Salon::open(fleet, "eu").await;
    let mut services = Vec::new();
    for minutes in [20, 30, 50] {
        services.push(salon.service(json!({ "durationMinutes": minutes, "slotIntervalMinutes": 10 })).await);
    }
    let group = salon.service(json!({ "capacity": 6 })).await;
    let before = deadlocks(&log);

    let start = |caller: usize| tuesday(&format!("{:02}:{:02}", 10 + caller % 12 / 6, caller % 6 * 10));
    super::at_once(&salon, 48, |caller| salon.booking(&services[caller % 3], &start(caller), json!({}))).await;
    let mut holds = Vec::new();
    for _ in 0..4 {
        holds.push(keep(&salon, &group, "14:00").await);
    }
    let confirm = |hold: &serde_json::Value| salon.booking(&group, &tuesday("14:00"), json!({ "holdId": hold["id"] }));
    tokio::join!(
        join_all(holds[..2].iter().map(|hold| salon.visitor.payload("CreateBooking", confirm(hold)))),
        join_all(holds[2..].iter().map(|hold| salon.visitor.payload("ReleaseHold", json!({ "holdId": hold["id"] })))),
        super::at_once(&salon, 16, |_| salon.booking(&group, &tuesday("14:00"), json!({}))),
    );

    assert_eq!(deadlocks(&log), before);
}
