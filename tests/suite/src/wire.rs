//! A client that writes bytes, for messages that no well-behaved client sends. HTTP/1.1, one answer per connection.

use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longer than any time limit of the product.
const PATIENCE: Duration = Duration::from_secs(25);

/// One answer as it came over the wire.
#[derive(Debug)]
pub struct Wire {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Wire {
    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
    }

    /// The body, which must be JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The code of the first error.
    pub fn code(&self) -> String {
        self.json()["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// A connection to the server behind this URL.
pub async fn connect(url: &str) -> TcpStream {
    TcpStream::connect(authority(url)).await.expect("a connection")
}

/// `localhost:8401` of `http://localhost:8401/graphql`.
pub fn authority(url: &str) -> &str {
    url.split('/').nth(2).expect("an authority")
}

/// Sends these bytes and reads until the server closes. A server that refuses may stop to read before all is sent.
pub async fn exchange(url: &str, bytes: &[u8]) -> Wire {
    let mut socket = connect(url).await;
    let _ = socket.write_all(bytes).await;
    read(&mut socket).await
}

/// Reads one answer, up to the server's close.
pub async fn read(socket: &mut TcpStream) -> Wire {
    let mut bytes = Vec::new();
    let ended = timeout(PATIENCE, socket.read_to_end(&mut bytes)).await.expect("the server closes");
    let text = String::from_utf8(bytes).expect("text");
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer, {ended:?}: {text:?}"));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    let mut answer = Wire { status, head: head.to_owned(), body: body.to_owned() };
    if answer.header("transfer-encoding") == Some("chunked") {
        answer.body = joined(body);
    }
    answer
}

/// The content of a chunked body.
fn joined(mut chunks: &str) -> String {
    let mut whole = String::new();
    while let Some((length, rest)) = chunks.split_once("\r\n") {
        let length = usize::from_str_radix(length, 16).expect("a length");
        whole.push_str(&rest[..length]);
        chunks = rest[length..].trim_start_matches("\r\n");
    }
    whole
}

/// A POST to `url`. The body is JSON from `localhost` unless `headers` say otherwise; an empty value leaves a header out.
pub async fn post(url: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Wire {
    let body = body.as_ref();
    let mut bytes = head("POST /graphql", headers, Some(body.len())).into_bytes();
    bytes.extend_from_slice(body);
    exchange(url, &bytes).await
}

/// A request without a body, such as `GET /health/live`.
pub async fn ask(url: &str, line: &str, headers: &[(&str, &str)]) -> Wire {
    exchange(url, head(line, headers, None).as_bytes()).await
}

/// The head of a request.
pub fn head(line: &str, headers: &[(&str, &str)], length: Option<usize>) -> String {
    let mut text = format!("{line} HTTP/1.1\r\nconnection: close\r\n");
    let usual = [("host", "localhost"), ("content-type", if length.is_some() { "application/json" } else { "" })];
    let usual = usual.into_iter().filter(|(name, _)| !headers.iter().any(|(given, _)| given == name));
    for (name, value) in usual.chain(headers.iter().copied()).filter(|(_, value)| !value.is_empty()) {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    if let Some(length) = length {
        text.push_str(&format!("content-length: {length}\r\n"));
    }
    text + "\r\n"
}
