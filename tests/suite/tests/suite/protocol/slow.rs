//! Slow clients are let go after the time they have, and hold nobody up meanwhile.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use suite::wire::{self, Wire};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{sleep, timeout};

use super::while_others_are_served;

const HEAD: &str = "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
/// A head and a body have ten seconds each.
const LIMIT: Duration = Duration::from_secs(10);
/// What a debug build under load may take on top.
const GRACE: Duration = Duration::from_secs(6);

/// Sends `start` and then `drop` twice a second, until the server answers or closes. `None`: closed without an answer.
async fn trickle(url: &str, start: &str, drop: &str) -> (Option<Wire>, Duration) {
    let begun = Instant::now();
    let mut socket = wire::connect(url).await;
    socket.write_all(start.as_bytes()).await.expect("sent");
    let (mut reader, mut writer) = socket.split();
    let mut answer = Vec::new();
    let sending = async {
        loop {
            sleep(Duration::from_millis(500)).await;
            if writer.write_all(drop.as_bytes()).await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    };
    tokio::select! {
        ended = timeout(LIMIT + GRACE, reader.read_to_end(&mut answer)) => { let _ = ended.expect("the server lets go"); }
        () = sending => {}
    }
    let text = String::from_utf8(answer).expect("text");
    let answered = text.split_once("\r\n\r\n").map(|(head, body)| Wire {
        status: head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status"),
        head: head.to_owned(),
        body: body.to_owned(),
    });
    (answered, begun.elapsed())
}

#[tokio::test(flavor = "multi_thread")]
async fn a2_slow_heads_and_bodies_are_let_go() {
    let (fleet, _gate) = suite::fleet().await;
    let url = fleet.api_url("us").expect("a url");
    let announced = format!("{HEAD}content-length: 1000\r\n\r\n{{");
    let chunked = format!("{HEAD}transfer-encoding: chunked\r\n\r\n");
    // Half a head, a header that never ends, nothing at all.
    let heads = [("POST /graphql HTTP/1.1\r\nhost: loc", ""), ("POST /graphql HTTP/1.1\r\nx-slow: ", "a"), ("", "")];
    // Each byte comes within its own time; the whole does not.
    let bodies = [(announced.as_str(), ""), (announced.as_str(), " "), (chunked.as_str(), ""), (chunked.as_str(), "1\r\n \r\n")];

    let (dropped, late, _idle) = while_others_are_served(&url, async {
        tokio::join!(
            join_all(heads.iter().map(|(start, drop)| trickle(&url, start, drop))),
            join_all(bodies.iter().map(|(start, drop)| trickle(&url, start, drop))),
            join_all((0..100).map(|_| trickle(&url, "GET /health/live HTTP/1.1\r\nhost: x", ""))),
        )
    })
    .await;

    for (answer, took) in dropped {
        assert!(answer.is_none_or(|answer| answer.status == 408) && took >= LIMIT / 2, "{took:?}");
    }
    for (answer, took) in late {
        let answer = answer.expect("an answer");
        assert_eq!((answer.status, answer.code().as_str(), answer.header("connection")), (408, "BAD_USER_INPUT", Some("close")));
        assert!(took >= LIMIT / 2, "{took:?}");
    }
}
