//! What attackers send: too much, too deep, too slow, two meanings at once. Each is refused with a code, and the next
//! honest request is served.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::stand::{quick, start, start_with};
use super::wire::{exchange, post, query, read_answer};
use crate::http::Times;
use crate::http::body::BODY_BYTES;

fn bomb(levels: usize) -> String {
    let mut text = String::from("{ ...F0 }");
    for level in 0..levels {
        write!(text, " fragment F{level} on Query {{ ...F{next} ...F{next} }}", next = level + 1).unwrap();
    }
    write!(text, " fragment F{levels} on Query {{ hello }}").unwrap();
    text
}

#[tokio::test]
async fn a2_documents_that_are_too_large_are_refused_at_once() {
    let server = start().await;
    let aliases = (0..1_000).fold(String::new(), |text, n| format!("{text}a{n}: hello "));
    let table = [
        bomb(30),
        format!("{{{aliases}}}"),
        format!("{{{}}}", "nothing ".repeat(100_000)),
        format!("{{{}}}", "hello ".repeat(3_000)),
        "{a".repeat(10_000),
        format!("{{ twice(n: {}", "[".repeat(60_000)),
        "{ pairs(first: 10000) { left right } }".to_owned(),
        format!("{{ hello {} }}", "@skip(if: false) ".repeat(100)),
    ];
    for text in table {
        let begun = Instant::now();
        let answer = query(server.address, &text).await;
        let start: String = text.chars().take(60).collect();
        assert_eq!((answer.status, answer.code().as_str()), (400, "QUERY_TOO_COMPLEX"), "{start}: {answer:?}");
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?} for {start}", begun.elapsed());
    }
    assert_eq!(query(server.address, "{ hello }").await.status, 200);
}

#[tokio::test]
async fn a2_a_body_over_the_cap_is_refused_before_it_is_read() {
    let patient = Times { body: Duration::from_secs(20), request: Duration::from_secs(20), ..quick() };
    let server = start_with("http://127.0.0.1:9", patient).await;
    let announced = format!("{HEAD}content-length: {}\r\n\r\n", BODY_BYTES + 1);
    let unannounced = format!("{HEAD}transfer-encoding: chunked\r\n\r\n");

    let early = exchange(server.address, announced.as_bytes()).await;
    let mut socket = TcpStream::connect(server.address).await.unwrap();
    socket.write_all(unannounced.as_bytes()).await.unwrap();
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    for _ in 0..=BODY_BYTES / 0x10000 {
        if socket.write_all(chunk.as_bytes()).await.is_err() {
            break;
        }
    }
    let late = read_answer(&mut socket).await;

    assert_eq!((early.status, early.code().as_str()), (413, "BAD_USER_INPUT"));
    assert_eq!((late.status, late.code().as_str(), late.header("connection")), (413, "BAD_USER_INPUT", Some("close")));
}

const HEAD: &str = "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";

#[tokio::test]
async fn a2_a_body_that_stalls_is_answered_408() {
    let server = start().await;
    for framing in ["content-length: 100\r\n\r\n{\"query\":", "transfer-encoding: chunked\r\n\r\n5\r\n{\"que\r\n"] {
        let begun = Instant::now();
        let answer = exchange(server.address, format!("{HEAD}{framing}").as_bytes()).await;
        assert_eq!((answer.status, answer.header("connection")), (408, Some("close")), "{answer:?}");
        assert!(begun.elapsed() >= Duration::from_millis(280) && begun.elapsed() < Duration::from_secs(3));
    }
}

#[tokio::test]
async fn a2_a_body_that_trickles_is_answered_408() {
    let server = start().await;
    let mut socket = TcpStream::connect(server.address).await.unwrap();
    socket.write_all(format!("{HEAD}transfer-encoding: chunked\r\n\r\n").as_bytes()).await.unwrap();
    for _ in 0..8 {
        let _ = socket.write_all(b"1\r\n \r\n").await;
        sleep(Duration::from_millis(60)).await;
    }

    assert_eq!(read_answer(&mut socket).await.status, 408);
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_answered_unavailable() {
    let server = start().await;

    let answer = query(server.address, "{ endless }").await;

    assert_eq!((answer.status, answer.code().as_str()), (503, "UNAVAILABLE"));
    assert_eq!(answer.json()["errors"][0]["extensions"]["retryable"], true);
}

#[tokio::test]
async fn slow_clients_do_not_hold_up_honest_ones() {
    let server = start().await;
    let mut slow = Vec::new();
    for _ in 0..50 {
        let mut socket = TcpStream::connect(server.address).await.unwrap();
        socket.write_all(b"POST /graphql HTTP/1.1\r\nhost: loc").await.unwrap();
        slow.push(socket);
    }
    let begun = Instant::now();

    assert_eq!(query(server.address, "{ hello }").await.status, 200);
    assert!(begun.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn ambiguous_messages_are_refused() {
    let server = start().await;
    let json = "content-type: application/json\r\n";
    let table = [
        "POST /graphql HTTP/1.1\r\ncontent-length: 0\r\n\r\n".to_owned(),
        "POST /graphql HTTP/1.1\r\nhost: a\r\nhost: b\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".to_owned(),
        format!("POST /graphql HTTP/1.1\r\nhost: a\r\n{json}content-length: 5\r\ncontent-length: 6\r\n\r\nhello!"),
        format!("POST /graphql HTTP/1.1\r\nhost: a\r\n{json}content-length: -1\r\n\r\n"),
        format!("POST /graphql HTTP/1.1\r\nhost: a\r\n{json}transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
        format!("POST /graphql HTTP/1.1\r\nhost: a\r\n{json}transfer-encoding: chunked\r\nconnection: close\r\n\r\nzz\r\n"),
        "GET /graphql HTTP/1.1\r\nhost : a\r\n\r\n".to_owned(),
        "GET /graphql HTTP/9.9\r\nhost: a\r\n\r\n".to_owned(),
    ];
    for request in table {
        let answer = exchange(server.address, request.as_bytes()).await;
        assert_eq!(answer.status, 400, "{request:?}: {answer:?}");
    }
}

#[tokio::test]
async fn a_message_smuggled_behind_two_kinds_of_framing_is_not_served() {
    let server = start().await;
    let smuggled = "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /health/live HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";

    let answer = exchange(server.address, smuggled.as_bytes()).await;

    assert_eq!((answer.status, answer.header("connection")), (400, Some("close")), "{answer:?}");
    assert!(!answer.body.contains("live"), "{answer:?}");
}

#[tokio::test]
async fn texts_that_are_no_graphql_are_told_in_our_words() {
    let server = start().await;
    for text in ["", "{", "{ twice(n: 1e) }", "{ twice(n: \"\u{0}\") }", "query ($n: Int = 1x) { twice(n: $n) }", "}{"] {
        let answer = query(server.address, text).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "BAD_USER_INPUT"), "{text}: {answer:?}");
        assert!(!answer.body.contains("-->") && !answer.body.contains("invalid digit"), "{answer:?}");
    }
    let deep = format!("{{\"query\":\"{{hello}}\",\"variables\":{}1{}}}", "{\"a\":".repeat(5_000), "}".repeat(5_000));
    assert_eq!(post(server.address, &[], &deep).await.status, 400);
}
