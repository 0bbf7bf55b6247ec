//! A node that is told to stop finishes what it has begun and takes nothing new.

use std::time::Duration;

use fleet::{NodeOptions, wait};
use serde_json::json;
use suite::socket::{Heard, Socket};
use suite::wire;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::asking;

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_node_finishes_requests_and_takes_no_new_ones() {
    let (fleet, _gate) = suite::fleet().await;
    let node = fleet.extra_node("us", NodeOptions::default()).await.expect("a node");
    let url = node.api_url();
    let body = asking("{ regions { code } }");
    let (first, rest) = body.split_at(9);
    // A request that runs: its head is accepted and half of its body is there.
    let mut running = wire::connect(&url).await;
    running.write_all(format!("{}{first}", wire::head("POST /graphql", &[], Some(body.len()))).as_bytes()).await.expect("sent");
    // A kept-alive connection that lies idle, and a socket.
    let idle = kept_alive(&url).await;
    let mut socket = Socket::open(&url, &[]).await.expect("a socket");

    let finish = async {
        let closed = async || Ok(TcpStream::connect(wire::authority(&url)).await.is_err().then_some(()));
        wait::until("the listener closes", Duration::from_secs(5), closed).await.expect("no new connections");
        running.write_all(rest.as_bytes()).await.expect("the open request is still read");
        wire::read(&mut running).await
    };
    let (stopped, answer) = tokio::join!(node.stop(), finish);

    stopped.expect("it ends");
    assert_eq!(
        (answer.status, answer.json()),
        (200, json!({ "data": { "regions": [{ "code": "us" }, { "code": "au" }, { "code": "eu" }] } }))
    );
    assert_eq!(socket.next().await, Heard::Closed(1001));
    drop(idle);
    let log = std::fs::read_to_string(node.log()).expect("a log");
    assert!(
        log.contains("stopping: open requests may finish") && !log.contains("are dropped"),
        "{}",
        log.lines().last().unwrap_or_default()
    );
}

/// A connection on which one request was answered and which is kept for the next.
async fn kept_alive(url: &str) -> TcpStream {
    let mut kept = wire::connect(url).await;
    kept.write_all(b"GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n").await.expect("sent");
    kept.readable().await.expect("answered");
    kept
}
