//! A client that speaks raw HTTP.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// One answer as it came over the wire.
#[derive(Debug)]
pub(in crate::http) struct Wire {
    pub(in crate::http) status: u16,
    pub(in crate::http) head: String,
    pub(in crate::http) body: String,
}

impl Wire {
    pub(in crate::http) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
    }

    pub(in crate::http) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub(in crate::http) fn code(&self) -> String {
        self.json()["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// Sends the text and reads until the server closes.
pub(in crate::http) async fn exchange(address: SocketAddr, request: &[u8]) -> Wire {
    let mut socket = TcpStream::connect(address).await.unwrap();
    let _ = socket.write_all(request).await;
    read_answer(&mut socket).await
}

pub(in crate::http) async fn read_answer(socket: &mut TcpStream) -> Wire {
    let mut bytes = Vec::new();
    timeout(Duration::from_secs(8), socket.read_to_end(&mut bytes)).await.unwrap().unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
    Wire { status, head: head.to_owned(), body: if chunked { unchunked(body) } else { body.to_owned() } }
}

fn unchunked(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap();
        whole.push_str(&rest[..size]);
        body = rest[size..].trim_start_matches("\r\n");
    }
    whole
}

/// A POST to `/graphql` with these headers and this body.
pub(in crate::http) async fn post(address: SocketAddr, headers: &[(&str, &str)], body: &str) -> Wire {
    let mut head = String::from("POST /graphql HTTP/1.1\r\nconnection: close\r\n");
    let given = |name: &str| headers.iter().any(|(given, _)| *given == name);
    let usual = [("host", "localhost"), ("content-type", "application/json")].into_iter().filter(|(name, _)| !given(name));
    for (name, value) in usual.chain(headers.iter().copied()) {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    exchange(address, format!("{head}content-length: {}\r\n\r\n{body}", body.len()).as_bytes()).await
}

/// A POST of a query in the newer media type.
pub(in crate::http) async fn query(address: SocketAddr, text: &str) -> Wire {
    let body = serde_json::json!({ "query": text }).to_string();
    post(address, &[("accept", "application/graphql-response+json")], &body).await
}
