//! How sessions go on and end: refreshed, stolen, signed out, on every node (S2).

use std::time::{Duration, Instant};

use fleet::{NodeOptions, wait};
use futures_util::future::join_all;
use serde_json::json;
use suite::footprint::Footprint;

use super::{access, is_alive, refresh, salon, session_of};

/// What S2 promises.
const DEAD_WITHIN: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
async fn s2_a_refresh_exchanges_both_tokens() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = salon(fleet, "us").await;
    let first = session_of(&salon).await;
    assert!(is_alive(&salon.nobody, &access(&first)).await);

    let second = salon.visitor.done("RefreshSession", json!({ "refreshToken": refresh(&first) })).await["session"].clone();

    assert!(access(&first) != access(&second) && refresh(&first) != refresh(&second));
    assert!(is_alive(&salon.nobody, &access(&second)).await);
    let begun = Instant::now();
    let gone = async || Ok((!is_alive(&salon.nobody, &access(&first)).await).then_some(()));
    wait::until("the old access token dies", DEAD_WITHIN, gone).await.expect("dead");
    assert!(begun.elapsed() <= DEAD_WITHIN);
    assert!(is_alive(&salon.nobody, &access(&second)).await);
    // A refresh token opens nothing itself, and an access token renews nothing.
    assert!(!is_alive(&salon.nobody, &refresh(&second)).await);
    assert_eq!(salon.visitor.refused("RefreshSession", json!({ "refreshToken": access(&second) })).await, "WRONG_CREDENTIALS");
    assert_eq!(salon.visitor.refused("RefreshSession", json!({ "refreshToken": "nonsense" })).await, "WRONG_CREDENTIALS");
}

#[tokio::test(flavor = "multi_thread")]
async fn s2_a_spent_refresh_token_ends_the_whole_session() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = salon(fleet, "us").await;
    let (first, untouched) = (session_of(&salon).await, session_of(&salon).await);
    let second = salon.visitor.done("RefreshSession", json!({ "refreshToken": refresh(&first) })).await["session"].clone();
    let third = salon.visitor.done("RefreshSession", json!({ "refreshToken": refresh(&second) })).await["session"].clone();
    assert!(is_alive(&salon.nobody, &access(&third)).await);

    // Whoever shows the oldest one has stolen it, or was stolen from.
    assert_eq!(salon.visitor.refused("RefreshSession", json!({ "refreshToken": refresh(&first) })).await, "WRONG_CREDENTIALS");

    assert!(!is_alive(&salon.nobody, &access(&third)).await, "at once on the node that saw it");
    assert_eq!(salon.visitor.refused("RefreshSession", json!({ "refreshToken": refresh(&third) })).await, "WRONG_CREDENTIALS");
    assert!(is_alive(&salon.nobody, &access(&untouched)).await, "another sign-in of the same person goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn s2_of_two_refreshes_at_once_one_wins() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = salon(fleet, "us").await;
    let session = session_of(&salon).await;

    let tries = join_all((0..8).map(|_| salon.visitor.payload("RefreshSession", json!({ "refreshToken": refresh(&session) })))).await;

    let winners: Vec<_> = tries.iter().filter(|answer| answer["session"].is_object()).collect();
    assert_eq!(winners.len(), 1);
    assert!(
        tries.iter().all(|answer| answer["session"].is_object() || answer["userErrors"][0]["code"] == "WRONG_CREDENTIALS"),
        "{tries:?}"
    );
    // The others have shown a spent token, so nobody keeps the session.
    assert_eq!(
        salon.visitor.refused("RefreshSession", json!({ "refreshToken": refresh(&winners[0]["session"]) })).await,
        "WRONG_CREDENTIALS"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn s2_after_sign_out_a_session_is_dead_on_every_node_within_5_s() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = salon(fleet, "us").await;
    let node = fleet.extra_node("us", NodeOptions::default()).await.expect("a node");
    let there = salon.nobody.at(node.api_url());
    let (ended, untouched) = (session_of(&salon).await, session_of(&salon).await);
    // Both nodes have just looked it up, so that both remember it.
    assert!(is_alive(&salon.nobody, &access(&ended)).await && is_alive(&there, &access(&ended)).await);

    let signed_out = salon.nobody.with_token(&access(&ended)).data("SignOut", json!({})).await;
    assert_eq!(signed_out, json!({ "signOut": { "userErrors": [] } }));
    let begun = Instant::now();

    assert!(!is_alive(&salon.nobody, &access(&ended)).await, "at once where it was signed out");
    let gone = async || Ok((!is_alive(&there, &access(&ended)).await).then_some(()));
    wait::until("the other node forgets it", 2 * DEAD_WITHIN, gone).await.expect("dead");
    assert!(begun.elapsed() <= DEAD_WITHIN, "{:?}", begun.elapsed());
    for visitor in [&salon.visitor, &salon.visitor.at(node.api_url())] {
        assert_eq!(visitor.refused("RefreshSession", json!({ "refreshToken": refresh(&ended) })).await, "WRONG_CREDENTIALS");
    }
    assert!(is_alive(&there, &access(&untouched)).await);
    let mut rows = Footprint::of(&fleet.database("us").expect("urls")).await;
    assert_eq!(rows.count(&salon.tenant_id, "session", "revoked_at IS NOT NULL").await, 1);
    assert_eq!(salon.nobody.with_token(&access(&ended)).run("SignOut", json!({})).await.error_code(), Some("UNAUTHENTICATED"));
}
