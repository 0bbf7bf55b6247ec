//! A node that is killed in the middle of its work: what was acknowledged is there, once (D2, B3, B1), and no sign-up is half
//! done. The databases live on, as they do when a node dies.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use fleet::{Fleet, NodeOptions, wait};
use futures_util::future::join_all;
use jiff::ToSpan;
use jiff::civil::date;
use serde_json::{Value, json};
use suite::api::Api;
use suite::salon::{PASSWORD, Salon, new_alias, sign_up_input, text};
use suite::sql::{self, Sql};
use tokio::sync::mpsc;

const LIMIT: Duration = Duration::from_secs(30);
const BOOKINGS: usize = 200;
/// How many are answered when the node is killed.
const ANSWERED: usize = 60;

/// Half hours of working days from a Monday on.
fn starts() -> impl Iterator<Item = String> {
    let days = (0..).map(|day| date(2040, 3, 5) + day.days()).filter(|day| day.weekday().to_monday_one_offset() <= 5);
    days.flat_map(|day| (18..34).map(move |half| format!("{day}T{:02}:{:02}:00Z", half / 2, half % 2 * 30)))
}

/// The booking's id, when the answer says that it was made.
async fn book(visitor: &Api, input: &Value) -> Option<String> {
    let body = visitor.attempt("CreateBooking", json!({ "input": input })).await?;
    let payload = &body["data"]["createBooking"];
    assert!(payload.is_null() || payload["userErrors"] == json!([]), "{body}");
    payload["booking"]["id"].as_str().map(ToOwned::to_owned)
}

/// Repeats the call until it is answered, as a client does that got no answer.
async fn book_at_last(visitor: &Api, input: &Value) -> String {
    wait::until("a booking", LIMIT, async || Ok(book(visitor, input).await)).await.expect("an answer")
}

#[tokio::test(flavor = "multi_thread")]
async fn d2_bookings_acknowledged_by_a_killed_node_are_there_once() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let service = salon.service(json!({ "durationMinutes": 30 })).await;
    let inputs: Vec<Value> = starts()
        .take(BOOKINGS)
        .enumerate()
        .map(|(number, start)| salon.booking(&service, &start, json!({ "idempotencyKey": format!("crash-test-booking-{number:04}") })))
        .collect();
    let node = fleet.extra_node("eu", NodeOptions::default()).await.expect("a node");
    let visitor = salon.visitor.at(node.api_url());

    let (told, mut answers) = mpsc::unbounded_channel();
    let tries = inputs.iter().map(|input| {
        let told = told.clone();
        let visitor = &visitor;
        async move {
            let id = book(visitor, input).await;
            if id.is_some() {
                told.send(()).expect("somebody counts");
            }
            id
        }
    });
    let kill = async {
        for _ in 0..ANSWERED {
            answers.recv().await;
        }
        node.kill9().await.expect("killed");
    };
    let (acknowledged, ()) = tokio::join!(join_all(tries), kill);
    let first: Vec<&String> = acknowledged.iter().flatten().collect();
    assert!((ANSWERED..BOOKINGS).contains(&first.len()), "killed in the middle: {}", first.len());

    node.restart().await.expect("a node");
    let visitor = salon.visitor.at(node.api_url());
    let settled = join_all(inputs.iter().map(|input| book_at_last(&visitor, input))).await;

    for (before, after) in acknowledged.iter().zip(&settled) {
        assert!(before.as_ref().is_none_or(|before| before == after), "the same key answers the same booking: {before:?} {after}");
    }
    let mut shard = Sql::connect(&fleet.database("eu").expect("a region").superuser).await;
    let of = format!("WHERE tenant_id = '{}'", sql::uuid(&salon.tenant_id));
    let ids: BTreeSet<_> = shard.texts(&format!("SELECT id::text FROM booking {of}")).await.into_iter().collect();
    assert_eq!(ids, settled.iter().map(|id| sql::uuid(id)).collect(), "none is missing and none is too many");
    assert_eq!(ids.len(), BOOKINGS);
    let count = async |shard: &mut Sql, what: &str| shard.number(&format!("SELECT {what} {of}")).await;
    assert_eq!(count(&mut shard, "count(DISTINCT starts_at) FROM booking").await, 200);
    assert_eq!(count(&mut shard, "count(DISTINCT booking_id) FROM claim").await, 200, "each booking occupies its time");
    assert_eq!(count(&mut shard, "count(*) FROM claim").await, 200, "and nothing else does");
}

/// The tenants of region `eu` as its shard, its key store and control know them.
async fn tenants(fleet: &Fleet) -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut shard = Sql::connect(&fleet.database("eu").expect("a region").superuser).await;
    let mut keys = Sql::connect(&fleet.key_store("eu").expect("a region").superuser).await;
    let mut control = Sql::connect(&fleet.control_database().expect("control").superuser).await;
    let entries = "SELECT tenant_id::text FROM directory_entry WHERE region = 3 AND state <> 'released'";
    let found = [
        ("shard", shard.texts("SELECT tenant_id::text FROM tenant").await),
        ("open", shard.texts("SELECT tenant_id::text FROM fence WHERE mode = 'active'").await),
        ("key store", keys.texts("SELECT tenant_id::text FROM tenant_key").await),
        ("control", control.texts(entries).await),
    ];
    found.into_iter().map(|(place, tenants)| (place, tenants.into_iter().collect())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn r5_a_killed_node_leaves_no_half_tenant_and_no_lost_alias() {
    let (fleet, _gate) = suite::fleet_alone().await;
    let eu = Api::new(fleet.api_url("eu").expect("a url"));
    let mut shard = Sql::connect(&fleet.database("eu").expect("a region").superuser).await;
    let mut control = Sql::connect(&fleet.control_database().expect("control").superuser).await;
    let head = control.number("SELECT dir_version FROM directory_head").await;
    let before = tenants(fleet).await;
    let node = fleet.extra_node("eu", NodeOptions::default()).await.expect("a node");
    let there = eu.at(node.api_url());
    let aliases: Vec<String> = (0..24).map(|_| new_alias()).collect();

    let tries = aliases.iter().map(|alias| there.attempt("SignUp", json!({ "input": sign_up_input("eu", alias, "owner@salon.example") })));
    let kill = async {
        // With the first claim at control the others are at every step of a sign-up.
        let claimed = async { while control.number("SELECT dir_version FROM directory_head").await == head {} };
        tokio::time::timeout(LIMIT, claimed).await.expect("a claim");
        node.kill9().await.expect("killed");
    };
    let (answers, ()) = tokio::join!(join_all(tries), kill);
    assert!(answers.iter().any(Option::is_none), "killed in the middle");
    let halves = shard.run("UPDATE pending_sign_up SET started_at = started_at - interval '61 seconds'").await;
    println!("{} of {} answered, {halves} left undecided", answers.iter().flatten().count(), aliases.len());
    node.restart().await.expect("a node");
    let swept = async || Ok((shard.number("SELECT count(*) FROM pending_sign_up").await == 0).then_some(()));
    wait::until("the sweep", LIMIT, swept).await.expect("swept");

    let after = tenants(fleet).await;
    let new = |place: &str| after[place].difference(&before[place]).cloned().collect::<BTreeSet<_>>();
    for place in ["open", "key store", "control"] {
        assert_eq!(new(place), new("shard"), "{place}");
    }
    let mut complete = 0;
    for (alias, answer) in aliases.iter().zip(&answers) {
        let visitor = eu.of_tenant(alias);
        let signed_in = visitor.run("SignIn", json!({ "input": { "email": "owner@salon.example", "password": PASSWORD } })).await;
        if signed_in.error_code() == Some("NOT_FOUND") {
            assert!(answer.is_none(), "{alias} was acknowledged");
            let again = eu.done("SignUp", sign_up_input("eu", alias, "owner@salon.example")).await;
            assert_eq!(text(&again["tenant"]["alias"]), *alias, "the alias is free again");
        } else {
            assert_eq!(signed_in.body["data"]["signIn"]["userErrors"], json!([]), "{alias}: {}", signed_in.body);
            complete += 1;
        }
    }
    assert_eq!(complete, new("shard").len());
}
