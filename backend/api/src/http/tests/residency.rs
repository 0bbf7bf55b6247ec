//! R4 on the wire: a pinned tenant's request is turned away before its body, a flexible one's is handed on and back.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::stand::{FLEXIBLE, PINNED, quick, start, start_peer, start_with, token};
use super::wire::{post, read_answer};

const ASKED: &str = r#"{"query":"{ tenant }"}"#;

#[tokio::test]
async fn r4_a_pinned_tenant_is_turned_away_before_the_body_is_sent() {
    let server = start().await;
    for claim in ["x-tenant: pinned".to_owned(), format!("authorization: Bearer {}", token(PINNED))] {
        let mut socket = TcpStream::connect(server.address).await.unwrap();
        let head = format!(
            "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n{claim}\r\ncontent-length: 500000\r\n\r\n"
        );
        let begun = Instant::now();

        socket.write_all(head.as_bytes()).await.unwrap();
        let answer = read_answer(&mut socket).await;

        assert!(begun.elapsed() < Duration::from_millis(900), "{:?}", begun.elapsed());
        assert_eq!((answer.status, answer.header("content-type")), (421, Some("application/graphql-response+json")));
        assert_eq!(answer.header("connection"), Some("close"));
        let error = &answer.json()["errors"][0];
        assert_eq!(
            error["extensions"],
            json!({"code": "TENANT_ELSEWHERE", "region": "eu", "endpoint": "https://api.eu.example/graphql", "homeEpoch": 3, "retryable": true})
        );
    }
}

#[tokio::test]
async fn r4_a_client_that_waits_for_leave_to_send_gets_the_answer_instead() {
    let server = start().await;
    let mut socket = TcpStream::connect(server.address).await.unwrap();

    socket
        .write_all(b"POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nx-tenant: pinned\r\nexpect: 100-continue\r\ncontent-length: 9\r\n\r\n")
        .await
        .unwrap();
    let answer = read_answer(&mut socket).await;

    assert_eq!(answer.status, 421);
}

#[tokio::test]
async fn r4_a_flexible_tenant_is_served_by_its_home_and_marked() {
    let home = start_peer(Some("us")).await;
    let server = start_with(&format!("http://{}", home.address), quick()).await;
    let bearer = format!("Bearer {}", token(FLEXIBLE));

    let by_header = post(server.address, &[("x-tenant", "flexible")], ASKED).await;
    let by_host = post(server.address, &[("host", "flexible.localhost")], ASKED).await;
    let by_token = post(server.address, &[("authorization", &bearer), ("accept", "application/graphql-response+json")], ASKED).await;

    for answer in [&by_header, &by_host, &by_token] {
        assert_eq!(answer.json(), json!({"data": {"tenant": "tenant_00000000000000000000000000000003"}}), "{answer:?}");
        assert_eq!(answer.header("x-domicile-region"), Some("eu"));
    }
    assert_eq!(by_token.header("content-type"), Some("application/graphql-response+json; charset=utf-8"));
}

#[tokio::test]
async fn r4_the_homes_refusals_come_back_as_they_are() {
    let home = start_peer(Some("us")).await;
    let server = start_with(&format!("http://{}", home.address), quick()).await;
    home.stand.alive.store(false, std::sync::atomic::Ordering::SeqCst);
    let bearer = format!("Bearer {}", token(FLEXIBLE));

    let dead = post(server.address, &[("authorization", &bearer)], ASKED).await;
    let mut socket = TcpStream::connect(server.address).await.unwrap();
    socket
        .write_all(b"POST /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\nx-tenant: flexible\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n")
        .await
        .unwrap();
    let stalled = read_answer(&mut socket).await;

    assert_eq!((dead.status, dead.code().as_str(), dead.header("www-authenticate")), (401, "UNAUTHENTICATED", Some("Bearer")));
    assert_eq!(stalled.status, 408, "{stalled:?}");
}

#[tokio::test]
async fn r4_a_home_that_is_away_is_answered_unavailable() {
    let server = start().await;

    let answer = post(server.address, &[("x-tenant", "flexible")], ASKED).await;

    assert_eq!((answer.status, answer.code().as_str()), (503, "UNAVAILABLE"), "{answer:?}");
    assert_eq!(answer.json()["errors"][0]["extensions"]["retryable"], true);
}

#[tokio::test]
async fn r4_a_forwarded_request_is_never_forwarded_again() {
    let home = start_peer(Some("us")).await;

    // The stand-in for eu knows "home" as a tenant of us: as after a relocation that the sender has not heard of.
    let answer = post(home.address, &[("x-tenant", "home")], ASKED).await;

    assert_eq!((answer.status, answer.code().as_str()), (421, "TENANT_ELSEWHERE"));
}

#[tokio::test]
async fn s3_a_peer_listener_serves_only_nodes_of_known_regions() {
    for stranger in [None, Some("xx")] {
        let home = start_peer(stranger).await;
        let answer = post(home.address, &[("x-tenant", "flexible")], ASKED).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "FORBIDDEN"), "{stranger:?}");
    }
}
