//! A client of subscriptions: graphql-transport-ws over a WebSocket.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::api::Api;

/// Longer than any time limit of a socket but the keep-alive.
const PATIENCE: Duration = Duration::from_secs(15);

/// One socket.
#[derive(Debug)]
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// What the server sends.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// A message of the protocol.
    Message(Value),
    /// The server closes, with this code.
    Closed(u16),
    /// The connection broke without a close.
    Gone,
}

impl Socket {
    /// Opens a socket to a GraphQL endpoint. An upgrade that is refused is an error.
    pub async fn open(url: &str, headers: &[(&str, &str)]) -> Result<Self, Error> {
        let mut request = url.replacen("http", "ws", 1).into_client_request()?;
        request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static("graphql-transport-ws"));
        for (name, value) in headers {
            request.headers_mut().insert(name.parse::<HeaderName>()?, value.parse()?);
        }
        Ok(Self(connect_async(request).await?.0))
    }

    /// The caller's socket, acknowledged.
    pub async fn of(caller: &Api) -> Self {
        let mut socket = Self::open(&caller.url, &[]).await.expect("a socket");
        let payload = caller.token.as_ref().map(|token| json!({ "authorization": format!("Bearer {token}") }));
        socket.say(json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(socket.next().await, Heard::Message(json!({ "type": "connection_ack" })));
        socket
    }

    /// Sends a message of the protocol.
    pub async fn say(&mut self, message: Value) {
        self.send(Message::text(message.to_string())).await;
    }

    /// Sends any message; a server that has closed meanwhile is no error.
    pub async fn send(&mut self, message: Message) {
        let _ = self.0.send(message).await;
    }

    /// Starts an operation. It runs when this returns: the server has gone round twice since.
    pub async fn subscribe(&mut self, id: &str, query: &str) {
        self.say(json!({ "type": "subscribe", "id": id, "payload": { "query": query } })).await;
        for _ in 0..2 {
            self.say(json!({ "type": "ping" })).await;
            assert_eq!(self.next().await, Heard::Message(json!({ "type": "pong" })));
        }
    }

    /// The next message; the WebSocket's own pings are left out.
    pub async fn next(&mut self) -> Heard {
        self.within(PATIENCE).await.expect("a message in time")
    }

    /// The next message, or none within this time.
    pub async fn within(&mut self, time: Duration) -> Option<Heard> {
        timeout(time, async {
            loop {
                match self.0.next().await {
                    Some(Ok(Message::Text(text))) => return Heard::Message(serde_json::from_str(&text).expect("JSON")),
                    Some(Ok(Message::Close(Some(frame)))) => return Heard::Closed(frame.code.into()),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    Some(Ok(_) | Err(_)) | None => return Heard::Gone,
                }
            }
        })
        .await
        .ok()
    }
}
