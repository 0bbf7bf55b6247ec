//! The loop on a real socket: slow heads, late answers, stop.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::time::Instant;

use poem::endpoint::make;
use poem::{Response, http::StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;

struct Running {
    address: SocketAddr,
    stop: CancellationToken,
    loop_task: tokio::task::JoinHandle<()>,
}

async fn run<E: Endpoint + 'static>(endpoint: E, limits: ConnectionLimits) -> Running {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let stop = CancellationToken::new();
    let loop_task = tokio::spawn(serve(socket, None, endpoint, limits, stop.clone()));
    Running { address, stop, loop_task }
}

fn hello() -> impl Endpoint {
    make(|_| async { Response::builder().status(StatusCode::OK).body("hello") })
}

fn quick() -> ConnectionLimits {
    ConnectionLimits {
        head: Duration::from_millis(300),
        linger: Duration::from_millis(300),
        drain: Duration::from_millis(500),
        ..ConnectionLimits::default()
    }
}

async fn read_all(socket: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = timeout(Duration::from_secs(5), socket.read_to_end(&mut bytes)).await.unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn a2_a_half_sent_head_is_dropped() {
    let server = run(hello(), quick()).await;
    let mut socket = TcpStream::connect(server.address).await.unwrap();
    let begun = Instant::now();

    socket.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nx-slow: ").await.unwrap();
    let answer = read_all(&mut socket).await;

    assert!(!answer.contains("hello"), "{answer}");
    assert!(begun.elapsed() >= Duration::from_millis(280) && begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a2_an_idle_kept_alive_connection_is_closed() {
    let server = run(hello(), quick()).await;
    let mut socket = TcpStream::connect(server.address).await.unwrap();

    socket.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    let answer = read_all(&mut socket).await;

    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("hello"), "{answer}");
}

#[tokio::test]
async fn r4_an_answer_before_the_body_reaches_a_client_that_goes_on_sending() {
    let refuse =
        make(|_| async { Response::builder().status(StatusCode::MISDIRECTED_REQUEST).header("connection", "close").body("elsewhere") });
    let server = run(refuse, quick()).await;
    let mut socket = TcpStream::connect(server.address).await.unwrap();

    socket.write_all(b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 400000\r\n\r\n").await.unwrap();
    for _ in 0..20 {
        let _ = socket.write_all(&[b'x'; 10_000]).await;
    }
    let answer = read_all(&mut socket).await;

    assert!(answer.starts_with("HTTP/1.1 421 Misdirected Request\r\n") && answer.ends_with("elsewhere"), "{answer}");
}

#[tokio::test]
async fn a_head_over_the_cap_is_answered_431() {
    let server = run(hello(), quick()).await;
    let mut socket = TcpStream::connect(server.address).await.unwrap();

    let head = format!("GET / HTTP/1.1\r\nhost: a\r\nx-long: {}\r\n\r\n", "y".repeat(HEAD_BYTES));
    let _ = socket.write_all(head.as_bytes()).await;
    let answer = read_all(&mut socket).await;

    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

#[tokio::test]
async fn connections_over_the_cap_wait_for_a_seat() {
    let server = run(hello(), ConnectionLimits { connections: 1, ..quick() }).await;
    let _first = TcpStream::connect(server.address).await.unwrap();
    let mut second = TcpStream::connect(server.address).await.unwrap();
    let begun = Instant::now();

    second.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await.unwrap();
    let answer = read_all(&mut second).await;

    assert!(answer.ends_with("hello"), "{answer}");
    assert!(begun.elapsed() >= Duration::from_millis(250), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_stop_lets_the_open_request_finish_and_takes_no_new_one() {
    let slow = make(|_| async {
        sleep(Duration::from_millis(200)).await;
        "finished"
    });
    let server = run(slow, quick()).await;
    let mut socket = TcpStream::connect(server.address).await.unwrap();
    socket.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    sleep(Duration::from_millis(50)).await;

    server.stop.cancel();
    let answer = read_all(&mut socket).await;

    assert!(answer.ends_with("finished"), "{answer}");
    timeout(Duration::from_secs(2), server.loop_task).await.unwrap().unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
}

#[tokio::test]
async fn a_request_that_never_ends_does_not_hold_the_stop() {
    let endless = make(|_| async { std::future::pending::<String>().await });
    let server = run(endless, quick()).await;
    let mut socket = TcpStream::connect(server.address).await.unwrap();
    socket.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    sleep(Duration::from_millis(50)).await;
    let begun = Instant::now();

    server.stop.cancel();
    server.loop_task.await.unwrap();

    assert!(begun.elapsed() < Duration::from_secs(2));
}
