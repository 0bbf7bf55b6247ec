//! GraphQL over HTTP: media types, statuses, codes, headers, tenant and session.

use std::sync::atomic::Ordering;

use serde_json::json;
use tokio::io::AsyncWriteExt;

use super::stand::{HOME, start, token};
use super::wire::{exchange, post, query, read_answer};

const NEWER: (&str, &str) = ("accept", "application/graphql-response+json");

#[tokio::test]
async fn a2_both_media_types_have_the_right_statuses() {
    let server = start().await;
    let table = [
        (r#"{"query":"{ hello }"}"#, 200, 200),
        (r#"{"query":"query A { hello } query B { twice(n: 2) }","operationName":"B"}"#, 200, 200),
        (r#"{"query":"{ forbidden }"}"#, 200, 200),
        (r#"{"query":"{ uncoded }"}"#, 200, 200),
        (r#"{"query":"{ nothing }"}"#, 400, 200),
        (r#"{"query":"{ hello"}"#, 400, 200),
        (r#"{"query":"query A { hello } query B { hello }"}"#, 400, 200),
        (r#"{"query":"query ($n: Int!) { twice(n: $n) }","variables":{"n":"x"}}"#, 400, 200),
        (r#"{"query":"query ($n: Int!) { twice(n: $n) }"}"#, 400, 200),
        (r#"{"query":"query ($n: Int!) { twice(n: $n) }","variables":{"n":99999999999}}"#, 400, 200),
        (r#"{"query":"query ($c: Colour!) { painted(colour: $c) }","variables":{"c":"GREEN"}}"#, 400, 200),
        (r#"{"query":"subscription { forever }"}"#, 400, 200),
        (r#"{"query":7}"#, 400, 400),
        ("{", 400, 400),
        (r#"[{"query":"{ hello }"}]"#, 400, 400),
    ];
    for (body, newer, older) in table {
        let (new, old) = (post(server.address, &[NEWER], body).await, post(server.address, &[], body).await);
        assert_eq!((new.status, old.status), (newer, older), "{body}: {new:?} {old:?}");
        assert_eq!(new.header("content-type"), Some("application/graphql-response+json; charset=utf-8"), "{body}");
        assert_eq!(old.header("content-type"), Some("application/json; charset=utf-8"), "{body}");
        if newer == 400 {
            assert_eq!(new.code(), "BAD_USER_INPUT", "{body}: {new:?}");
            assert!(new.json().get("data").is_none(), "{new:?}");
        }
    }
}

#[tokio::test]
async fn a2_get_and_other_content_types_never_run_a_mutation() {
    let server = start().await;
    let body = r#"{"query":"mutation { bump }"}"#;

    let get = exchange(
        server.address,
        b"GET /graphql?query=mutation%20%7B%20bump%20%7D HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
    )
    .await;
    let plain = post(server.address, &[("content-type", "text/plain")], body).await;
    let form = post(server.address, &[("content-type", "application/x-www-form-urlencoded")], "query=mutation{bump}").await;
    let put = exchange(server.address, b"PUT /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 0\r\n\r\n").await;

    assert_eq!((get.status, get.header("allow")), (405, Some("POST, OPTIONS")));
    assert_eq!((plain.status, form.status, put.status), (415, 415, 405));
    assert_eq!(server.stand.bumps.load(Ordering::SeqCst), 0);
    assert_eq!(post(server.address, &[], body).await.json(), json!({"data": {"bump": 1}}));
}

#[tokio::test]
async fn an_answer_carries_the_security_headers_and_an_id() {
    let server = start().await;

    let answer = post(server.address, &[("x-request-id", "mine")], r#"{"query":"{ hello }"}"#).await;

    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
        ("strict-transport-security", "max-age=31536000; includeSubDomains"),
        ("x-domicile-region", "us"),
    ] {
        assert_eq!(answer.header(name), Some(value));
    }
    assert_eq!(answer.header("x-request-id").map(str::len), Some(17));
}

#[tokio::test]
async fn a_defect_shows_a_reference_and_nothing_else() {
    let server = start().await;

    let uncoded = query(server.address, "{ uncoded }").await;
    let panicked = query(server.address, "{ panics }").await;

    assert_eq!((uncoded.status, uncoded.code().as_str()), (200, "INTERNAL"));
    assert!(!uncoded.body.contains("digit"), "{uncoded:?}");
    assert_eq!((panicked.status, panicked.code().as_str()), (500, "INTERNAL"));
    assert!(!panicked.body.contains("secret of the panic"), "{panicked:?}");
    assert_eq!(panicked.json()["errors"][0]["extensions"]["reference"].as_str(), panicked.header("x-request-id"));
    assert_eq!(query(server.address, "{ hello }").await.status, 200);
}

#[tokio::test]
async fn i3_the_tenant_comes_from_the_claims_and_they_must_agree() {
    let server = start().await;
    let asked = r#"{"query":"{ tenant }"}"#;
    let bearer = format!("Bearer {}", token(HOME));
    let tenant = json!({"data": {"tenant": "tenant_00000000000000000000000000000001"}});

    assert_eq!(post(server.address, &[], asked).await.json(), json!({"data": {"tenant": null}}));
    assert_eq!(post(server.address, &[("x-tenant", "home")], asked).await.json(), tenant);
    assert_eq!(post(server.address, &[("host", "home.localhost:80")], asked).await.json(), tenant);
    assert_eq!(post(server.address, &[("authorization", &bearer)], asked).await.json(), tenant);

    let mismatch = post(server.address, &[("authorization", &bearer), ("x-tenant", "pinned")], asked).await;
    let unknown = post(server.address, &[("x-tenant", "nobody")], asked).await;
    assert_eq!((mismatch.status, mismatch.code().as_str()), (403, "TENANT_MISMATCH"));
    assert_eq!((unknown.status, unknown.code().as_str()), (404, "NOT_FOUND"));
}

#[tokio::test]
async fn s2_a_dead_token_is_refused() {
    let server = start().await;
    let bearer = format!("Bearer {}", token(HOME));
    server.stand.alive.store(false, Ordering::SeqCst);

    let answer = post(server.address, &[("authorization", &bearer)], r#"{"query":"{ hello }"}"#).await;

    assert_eq!((answer.status, answer.code().as_str(), answer.header("www-authenticate")), (401, "UNAUTHENTICATED", Some("Bearer")));
}

#[tokio::test]
async fn introspection_is_for_signed_in_callers_unless_it_is_open() {
    let server = start().await;
    let asked = r#"{"query":"{ __schema { queryType { name } } }"}"#;
    let bearer = format!("Bearer {}", token(HOME));

    assert_eq!(post(server.address, &[NEWER], asked).await.code(), "UNAUTHENTICATED");
    assert_eq!(post(server.address, &[NEWER, ("authorization", &bearer)], asked).await.status, 200);
    assert_eq!(query(server.address, "{ __typename }").await.json(), json!({"data": {"__typename": "Query"}}));
}

#[tokio::test]
async fn only_listed_origins_may_read_answers() {
    let server = start().await;
    let preflight = |origin: &str| {
        format!(
            "OPTIONS /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\norigin: {origin}\r\naccess-control-request-method: POST\r\n\r\n"
        )
    };

    let listed = exchange(server.address, preflight("https://app.example").as_bytes()).await;
    let foreign = exchange(server.address, preflight("https://evil.example").as_bytes()).await;
    let answer = post(server.address, &[("origin", "https://app.example")], r#"{"query":"{ hello }"}"#).await;

    assert_eq!((listed.status, listed.header("access-control-allow-origin")), (204, Some("https://app.example")));
    assert_eq!((listed.header("access-control-allow-methods"), listed.header("access-control-max-age")), (Some("POST"), Some("7200")));
    assert_eq!(foreign.header("access-control-allow-origin"), None);
    assert_eq!(answer.header("access-control-allow-origin"), Some("https://app.example"));
}

#[tokio::test]
async fn the_probes_tell_live_and_ready_apart() {
    let server = start().await;
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");

    let ready = exchange(server.address, get("/health/ready").as_bytes()).await;
    assert_eq!(ready.status, 200);
    assert_eq!(
        ready.json(),
        json!({"ready": true, "region": "us", "database": true, "directory": true, "directoryVersion": 7, "directoryAgeSeconds": 1})
    );

    server.stand.alive.store(false, Ordering::SeqCst);
    assert_eq!(exchange(server.address, get("/health/ready").as_bytes()).await.status, 503);
    assert_eq!(exchange(server.address, get("/health/live").as_bytes()).await.status, 200);
    for nowhere in ["/", "/graphiql", "/graphiql/react.production.min.js", "/graphql/", "/.git/config"] {
        let answer = exchange(server.address, get(nowhere).as_bytes()).await;
        assert_eq!((answer.status, answer.code().as_str()), (404, "NOT_FOUND"), "{nowhere}");
    }
    let posted =
        exchange(server.address, b"POST /health/live HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 0\r\n\r\n").await;
    assert_eq!((posted.status, posted.header("allow")), (405, Some("GET, HEAD")));
}

#[tokio::test]
async fn a_kept_alive_connection_serves_one_request_after_another() {
    let server = start().await;
    let body = r#"{"query":"{ hello }"}"#;
    let one = |last: bool| {
        let connection = if last { "close" } else { "keep-alive" };
        format!(
            "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nconnection: {connection}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let mut socket = tokio::net::TcpStream::connect(server.address).await.unwrap();

    socket.write_all(format!("{}{}", one(false), one(true)).as_bytes()).await.unwrap();
    let both = read_answer(&mut socket).await;

    assert_eq!(both.body.matches("world").count() + both.head.matches("world").count(), 2, "{both:?}");
}
