//! What a token is: for one tenant, of one region, known to the database by its hash only (S2, I3).

use serde_json::json;
use sha2::{Digest, Sha256};
use suite::footprint::Footprint;
use suite::salon::{Salon, tuesday};
use suite::wire;

use super::{VIEWER, access, is_alive, refresh, refusal, salon, session_of};

#[tokio::test(flavor = "multi_thread")]
async fn i3_a_token_opens_its_own_tenant_only() {
    let (fleet, _gate) = suite::fleet().await;
    let (own, other) = (salon(fleet, "us").await, salon(fleet, "us").await);
    let token = own.owner.token.clone().expect("a token");
    let bearer = format!("Bearer {token}");
    let body = json!({ "query": VIEWER }).to_string();
    let url = own.owner.url.clone();
    let send = async |headers: &[(&str, &str)]| {
        let answer = wire::post(&url, headers, &body).await;
        (answer.status, if answer.status == 200 { String::new() } else { answer.code() })
    };
    let authorization = ("authorization", bearer.as_str());
    let (own_host, other_host) = (format!("{}.localhost", own.alias), format!("{}.localhost", other.alias));
    let other_hosts_with_port = format!("{}:{}", other_host.to_uppercase(), 8401);

    for agreeing in [
        vec![],
        vec![("x-tenant", own.alias.as_str())],
        vec![("host", own_host.as_str())],
        vec![("host", own_host.as_str()), ("x-tenant", own.alias.as_str())],
    ] {
        assert_eq!(send(&[&[authorization], &agreeing[..]].concat()).await, (200, String::new()), "{agreeing:?}");
    }
    let mismatch = (403, "TENANT_MISMATCH".to_owned());
    for differing in [
        vec![("x-tenant", other.alias.as_str())],
        vec![("host", other_host.as_str())],
        vec![("host", other_hosts_with_port.as_str())],
        vec![("host", own_host.as_str()), ("x-tenant", other.alias.as_str())],
        vec![("host", other_host.as_str()), ("x-tenant", own.alias.as_str())],
        vec![("x-tenant", "nobody-has-this")],
    ] {
        assert_eq!(send(&[&[authorization], &differing[..]].concat()).await, mismatch, "{differing:?}");
    }
    assert_eq!(send(&[("host", &own_host), ("x-tenant", &other.alias)]).await, mismatch, "without a token too");
    // The other tenant's refresh token is not one here.
    let theirs = session_of(&other).await;
    assert_eq!(own.visitor.refused("RefreshSession", json!({ "refreshToken": refresh(&theirs) })).await, "WRONG_CREDENTIALS");
    assert!(is_alive(&other.nobody, &access(&theirs)).await);
    other.visitor.done("RefreshSession", json!({ "refreshToken": refresh(&theirs) })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s2_a_token_with_one_wrong_letter_opens_nothing() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = salon(fleet, "us").await;
    let token = salon.owner.token.clone().expect("a token");
    assert!(token.starts_with("dom_us_at_") && token.len() == 10 + 64, "{token}");
    assert!(is_alive(&salon.nobody, &token).await);

    for at in 0..token.len() {
        let letter = &token[at..=at];
        let other = if letter == "A" { "B" } else { "A" };
        let wrong = format!("{}{other}{}", &token[..at], &token[at + 1..]);
        assert!(!is_alive(&salon.nobody, &wrong).await, "letter {at}");
    }
    for wrong in [&token[..token.len() - 1], &format!("{token}A"), &token.replace("_at_", "_rt_"), &token.replace("_us_", "_eu_")] {
        assert!(!is_alive(&salon.nobody, wrong).await, "{wrong}");
    }
    assert!(is_alive(&salon.nobody, &token).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn r4_a_token_of_another_regions_tenant_is_answered_421() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = salon(fleet, "eu").await.known(fleet).await;
    let us = fleet.api_url("us").expect("a url");

    let answer = salon.owner.at(us).send(VIEWER, json!({})).await;

    assert_eq!(refusal(&answer), (421, "TENANT_ELSEWHERE"));
    let extensions = &answer.body["errors"][0]["extensions"];
    assert_eq!((&extensions["region"], &extensions["endpoint"]), (&json!("eu"), &json!(salon.owner.url)));
}

#[tokio::test(flavor = "multi_thread")]
async fn s2_the_databases_know_tokens_and_passwords_by_their_hashes_only() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "us").await;
    let first = session_of(&salon).await;
    let second = salon.visitor.done("RefreshSession", json!({ "refreshToken": refresh(&first) })).await["session"].clone();
    let service = salon.service(json!({})).await;
    let keyed = salon.booking(&service, &tuesday("09:00"), json!({ "idempotencyKey": "once" }));
    let manage = suite::salon::text(&salon.visitor.done("CreateBooking", keyed).await["manageToken"]);
    let tokens = [access(&first), refresh(&first), access(&second), refresh(&second), manage];
    let databases = [fleet.database("us"), fleet.key_store("us"), fleet.control_database()];

    for urls in databases {
        let mut rows = Footprint::of(&urls.expect("urls")).await;
        for token in &tokens {
            let secret = token.splitn(4, '_').nth(3).expect("a secret");
            for form in [secret.to_owned(), hex(secret.as_bytes()), hex(token.as_bytes())] {
                assert_eq!(rows.tables_with(&form).await, Vec::<String>::new(), "a token in plain sight");
            }
        }
        for form in [suite::salon::PASSWORD.to_owned(), hex(suite::salon::PASSWORD.as_bytes())] {
            assert_eq!(rows.tables_with(&form).await, Vec::<String>::new(), "a password in plain sight");
        }
    }
    // The search finds what is there: the hashes, each where it belongs.
    let mut rows = Footprint::of(&fleet.database("us").expect("urls")).await;
    let mut found = Vec::new();
    for token in &tokens {
        found.push(rows.tables_with(&sha256(token)).await);
    }
    assert_eq!(
        found,
        [vec![], vec!["spent_refresh_token"], vec!["session"], vec!["session"], vec!["booking"]]
            .map(|tables| tables.into_iter().map(str::to_owned).collect::<Vec<_>>())
    );
    assert_eq!(rows.count(&salon.tenant_id, "staff", "password_hash LIKE '1:$2b$__$%' AND length(password_hash) = 62").await, 1);
}

fn sha256(token: &str) -> String {
    hex(&Sha256::digest(token))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
