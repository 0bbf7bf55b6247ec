//! GraphQL over HTTP as the wire sees it (A2): what is served, what is refused and how, and that nobody else waits for it.

mod browsers;
mod codes;
mod framing;
mod hostile;
mod media;
mod slow;
mod stop;

use std::future::Future;
use std::time::{Duration, Instant};

use fleet::Fleet;
use serde_json::{Value, json};
use suite::api::Api;
use suite::wire::{self, Wire};

/// The media type whose statuses tell what became of a request.
const NEWER: (&str, &str) = ("accept", "application/graphql-response+json");

/// Nobody in particular, at this region's endpoint.
fn nobody(fleet: &Fleet, region: &str) -> Api {
    Api::new(fleet.api_url(region).expect("a region"))
}

/// The body of a request without variables.
fn asking(query: &str) -> String {
    json!({ "query": query }).to_string()
}

/// A POST in the newer media type, by this caller.
async fn post_as(caller: &Api, body: &str) -> Wire {
    let bearer = caller.token.as_ref().map(|token| format!("Bearer {token}")).unwrap_or_default();
    let tenant = caller.tenant.clone().unwrap_or_default();
    wire::post(&caller.url, &[NEWER, ("authorization", &bearer), ("x-tenant", &tenant)], body).await
}

/// Does `work` while somebody else asks the same node one harmless question after another; each must be answered soon.
async fn while_others_are_served<T>(url: &str, work: impl Future<Output = T>) -> T {
    // Generous: a debug build on a machine that runs other tests. The bench measures what a release build reaches.
    const SOON: Duration = Duration::from_secs(3);
    let bystander = async {
        let (mut slowest, mut served) = (Duration::ZERO, 0_u32);
        loop {
            let begun = Instant::now();
            let answer = wire::post(url, &[], asking("{ __typename }")).await;
            assert_eq!(answer.json(), json!({ "data": { "__typename": "Query" } }));
            slowest = slowest.max(begun.elapsed());
            served += 1;
            assert!(slowest < SOON, "a bystander waited {slowest:?}, served {served}");
        }
    };
    tokio::select! {
        done = work => done,
        () = bystander => unreachable!("the bystander asks for ever"),
    }
}

/// The code of every error of an answer; a missing one is empty.
fn codes(body: &Value) -> Vec<&str> {
    let errors = body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    errors.iter().map(|error| error["extensions"]["code"].as_str().unwrap_or_default()).collect()
}
