//! The socket on the wire: each close code, and what a well-behaved client sees.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::http::Times;
use crate::http::tests::stand::{HOME, PINNED, quick, start, start_with, token};
use crate::http::tests::wire::exchange;

const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// A client that speaks raw frames.
struct Client {
    socket: TcpStream,
}

#[derive(Debug, PartialEq)]
enum Frame {
    Message(Value),
    Close(u16),
    Ping,
    Pong,
    Gone,
}

fn upgrade(extra: &str) -> String {
    format!(
        "GET /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n{extra}\r\n"
    )
}

const SPOKEN: &str = "sec-websocket-protocol: graphql-transport-ws\r\n";

impl Client {
    async fn connect(address: SocketAddr) -> Self {
        Self::connect_with(address, "").await
    }

    async fn connect_with(address: SocketAddr, extra: &str) -> Self {
        let mut socket = TcpStream::connect(address).await.unwrap();
        socket.write_all(upgrade(&format!("{SPOKEN}{extra}")).as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(socket.read_u8().await.unwrap());
        }
        let head = String::from_utf8(head).unwrap();
        assert!(head.starts_with("HTTP/1.1 101 ") && head.contains("sec-websocket-protocol: graphql-transport-ws"), "{head}");
        Self { socket }
    }

    /// A client that has been acknowledged.
    async fn ready(address: SocketAddr) -> Self {
        let mut client = Self::connect(address).await;
        client.say(&json!({"type": "connection_init"})).await;
        assert_eq!(client.next().await, Frame::Message(json!({"type": "connection_ack"})));
        client
    }

    async fn say(&mut self, message: &Value) {
        self.send(TEXT, message.to_string().as_bytes()).await;
    }

    async fn subscribe(&mut self, id: &str, query: &str) {
        self.say(&json!({"type": "subscribe", "id": id, "payload": {"query": query}})).await;
    }

    /// A masked frame whose mask is zero.
    async fn send(&mut self, opcode: u8, payload: &[u8]) {
        let mut frame = vec![0x80 | opcode];
        match payload.len() {
            short @ 0..126 => frame.push(0x80 | u8::try_from(short).unwrap()),
            middle @ 126..65_536 => {
                frame.push(0x80 | 0x7e);
                frame.extend(u16::try_from(middle).unwrap().to_be_bytes());
            }
            long => {
                frame.push(0x80 | 0x7f);
                frame.extend(u64::try_from(long).unwrap().to_be_bytes());
            }
        }
        frame.extend([0; 4]);
        frame.extend(payload);
        let _ = self.socket.write_all(&frame).await;
    }

    /// The next frame, pings left out.
    async fn next(&mut self) -> Frame {
        loop {
            match timeout(Duration::from_secs(5), self.frame()).await.unwrap() {
                Frame::Ping => {}
                frame => return frame,
            }
        }
    }

    async fn frame(&mut self) -> Frame {
        let Ok(first) = self.socket.read_u8().await else { return Frame::Gone };
        let length = match self.socket.read_u8().await.unwrap() {
            126 => usize::from(self.socket.read_u16().await.unwrap()),
            short => usize::from(short),
        };
        let mut payload = vec![0; length];
        self.socket.read_exact(&mut payload).await.unwrap();
        match first & 0x0f {
            TEXT => Frame::Message(serde_json::from_slice(&payload).unwrap()),
            CLOSE => Frame::Close(u16::from_be_bytes([payload[0], payload[1]])),
            PING => Frame::Ping,
            PONG => Frame::Pong,
            other => panic!("opcode {other}"),
        }
    }
}

#[tokio::test]
async fn a_subscription_gives_its_events_and_an_end() {
    let server = start().await;
    let mut client = Client::ready(server.address).await;

    client.subscribe("1", "subscription { ticks(upto: 2) }").await;

    for tick in 0..2 {
        assert_eq!(client.next().await, Frame::Message(json!({"type": "next", "id": "1", "payload": {"data": {"ticks": tick}}})));
    }
    assert_eq!(client.next().await, Frame::Message(json!({"type": "complete", "id": "1"})));
}

#[tokio::test]
async fn a_query_and_a_mutation_run_over_the_socket_too() {
    let server = start().await;
    let mut client = Client::ready(server.address).await;

    client.subscribe("q", "{ hello }").await;
    assert_eq!(client.next().await, Frame::Message(json!({"type": "next", "id": "q", "payload": {"data": {"hello": "world"}}})));
    assert_eq!(client.next().await, Frame::Message(json!({"type": "complete", "id": "q"})));
    client.subscribe("q", "mutation { bump }").await;
    assert_eq!(client.next().await, Frame::Message(json!({"type": "next", "id": "q", "payload": {"data": {"bump": 1}}})));
}

#[tokio::test]
async fn a2_a_document_that_cannot_run_is_an_error_and_the_socket_stays() {
    let server = start().await;
    let mut client = Client::ready(server.address).await;
    let bomb = "{ ...A } fragment A on Query { ...B ...B } fragment B on Query { ...C ...C } fragment C on Query { ...A }";
    let table = [
        ("{ nothing }", "BAD_USER_INPUT"),
        ("{ hello", "BAD_USER_INPUT"),
        (bomb, "BAD_USER_INPUT"),
        ("{ pairs(first: 10000) { left right } }", "QUERY_TOO_COMPLEX"),
        ("{ __schema { queryType { name } } }", "UNAUTHENTICATED"),
        ("subscription { refused }", "FORBIDDEN"),
        ("{ endless }", "UNAVAILABLE"),
    ];
    for (query, code) in table {
        client.subscribe("x", query).await;
        let Frame::Message(message) = client.next().await else { panic!("no message for {query}") };
        assert_eq!((&message["type"], &message["id"]), (&json!("error"), &json!("x")), "{query}: {message}");
        assert_eq!(message["payload"][0]["extensions"]["code"], code, "{query}: {message}");
    }
    client.subscribe("x", "{ hello }").await;
    assert!(matches!(client.next().await, Frame::Message(_)));
}

#[tokio::test]
async fn a2_each_breach_has_its_close_code() {
    let server = start().await;
    let subscribe = json!({"type": "subscribe", "id": "1", "payload": {"query": "subscription { forever }"}}).to_string();
    let init = json!({"type": "connection_init"}).to_string();
    let not_ours = json!({"type": "connection_init", "payload": {"authorization": "Basic x"}}).to_string();
    let too_big = vec![b' '; 65_537];
    let table: &[(&str, u8, &[u8], u16)] = &[
        ("no JSON", TEXT, b"hello", 4400),
        ("unknown type", TEXT, br#"{"type":"shutdown"}"#, 4400),
        ("binary", BINARY, b"x", 4400),
        ("no UTF-8", TEXT, b"\xff\xfe", 4400),
        ("too big", TEXT, &too_big, 4400),
        ("before init", TEXT, subscribe.as_bytes(), 4401),
        ("foreign scheme", TEXT, not_ours.as_bytes(), 4403),
    ];
    for (name, opcode, payload, code) in table {
        let mut client = Client::connect(server.address).await;
        client.send(*opcode, payload).await;
        assert_eq!(client.next().await, Frame::Close(*code), "{name}");
    }

    let mut twice = Client::ready(server.address).await;
    twice.send(TEXT, init.as_bytes()).await;
    assert_eq!(twice.next().await, Frame::Close(4429));

    let mut taken = Client::ready(server.address).await;
    taken.send(TEXT, subscribe.as_bytes()).await;
    taken.send(TEXT, subscribe.as_bytes()).await;
    assert_eq!(taken.next().await, Frame::Close(4409));
}

#[tokio::test]
async fn a2_a_large_message_closes_the_socket_without_being_kept() {
    let server = start().await;
    let mut client = Client::ready(server.address).await;

    client.send(TEXT, &vec![b' '; 8 * 1024 * 1024]).await;

    assert!(matches!(client.next().await, Frame::Close(4400) | Frame::Gone));
}

#[tokio::test]
async fn a2_a_socket_that_says_nothing_is_closed_4408() {
    let server = start().await;
    let mut client = Client::connect(server.address).await;

    assert_eq!(client.next().await, Frame::Close(4408));
}

#[tokio::test]
async fn a2_only_so_many_operations_at_once() {
    let server = start().await;
    let mut client = Client::ready(server.address).await;
    for id in 0..51 {
        client.subscribe(&id.to_string(), "subscription { forever }").await;
    }

    assert_eq!(client.next().await, Frame::Close(4429));
}

#[tokio::test]
async fn an_id_is_free_again_after_complete() {
    let server = start().await;
    let mut client = Client::ready(server.address).await;
    client.subscribe("1", "subscription { forever }").await;
    client.say(&json!({"type": "complete", "id": "1"})).await;

    client.subscribe("1", "{ hello }").await;

    assert_eq!(client.next().await, Frame::Message(json!({"type": "next", "id": "1", "payload": {"data": {"hello": "world"}}})));
}

#[tokio::test]
async fn pings_of_both_kinds_are_answered() {
    let server = start().await;
    let mut client = Client::ready(server.address).await;

    client.say(&json!({"type": "ping"})).await;
    assert_eq!(client.next().await, Frame::Message(json!({"type": "pong"})));
    client.send(PING, b"").await;
    assert_eq!(client.next().await, Frame::Pong);
}

#[tokio::test]
async fn a_client_that_answers_no_ping_is_let_go() {
    let server = start().await;
    let mut client = Client::ready(server.address).await;

    assert_eq!(client.next().await, Frame::Close(1001));
}

#[tokio::test]
async fn s2_a_socket_ends_with_its_session() {
    let server = start_with("http://127.0.0.1:9", Times { keep_alive: Duration::from_secs(20), ..quick() }).await;
    let mut client = Client::connect(server.address).await;
    client.say(&json!({"type": "connection_init", "payload": {"authorization": format!("Bearer {}", token(HOME))}})).await;
    assert_eq!(client.next().await, Frame::Message(json!({"type": "connection_ack"})));
    client.subscribe("1", "subscription { steady }").await;
    assert!(matches!(client.next().await, Frame::Message(_)));

    server.stand.alive.store(false, Ordering::SeqCst);
    sleep(Duration::from_millis(200)).await;

    loop {
        match client.next().await {
            Frame::Message(_) => {}
            end => return assert_eq!(end, Frame::Close(4403)),
        }
    }
}

#[tokio::test]
async fn s2_a_dead_token_opens_nothing() {
    let server = start().await;
    server.stand.alive.store(false, Ordering::SeqCst);
    let mut client = Client::connect(server.address).await;

    client.say(&json!({"type": "connection_init", "payload": {"Authorization": format!("Bearer {}", token(HOME))}})).await;

    assert_eq!(client.next().await, Frame::Close(4403));
}

#[tokio::test]
async fn r4_a_socket_for_a_tenant_elsewhere_is_turned_away() {
    let server = start().await;

    let by_head = exchange(server.address, upgrade(&format!("{SPOKEN}x-tenant: pinned\r\n")).as_bytes()).await;
    let mut by_init = Client::connect(server.address).await;
    by_init.say(&json!({"type": "connection_init", "payload": {"authorization": format!("Bearer {}", token(PINNED))}})).await;

    assert_eq!((by_head.status, by_head.code().as_str()), (421, "TENANT_ELSEWHERE"));
    assert_eq!(by_init.next().await, Frame::Close(4403));
}

#[tokio::test]
async fn a_foreign_origin_and_another_protocol_are_refused() {
    let server = start().await;

    let foreign = exchange(server.address, upgrade(&format!("{SPOKEN}origin: https://evil.example\r\n")).as_bytes()).await;
    let other = exchange(server.address, upgrade("sec-websocket-protocol: graphql-ws\r\n").as_bytes()).await;
    let _listed = Client::connect_with(server.address, "origin: https://app.example\r\n").await;

    assert_eq!((foreign.status, foreign.code().as_str()), (403, "FORBIDDEN"));
    assert_eq!((other.status, other.code().as_str()), (400, "BAD_USER_INPUT"));
}

#[tokio::test]
async fn a_stop_closes_sockets_with_1001() {
    let server = start().await;
    let mut client = Client::ready(server.address).await;

    server.stop.cancel();

    assert_eq!(client.next().await, Frame::Close(1001));
}
