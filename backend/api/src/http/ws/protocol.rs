//! The messages of graphql-transport-ws and its close codes. Pure.
//!
//! Every message is a JSON object with a `type`, in a text frame.

use std::borrow::Cow;

use poem::web::websocket::{CloseCode, Message};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::http::body::Members;

/// Why the server closes a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Close {
    code: u16,
    reason: Cow<'static, str>,
}

impl Close {
    pub(super) const GOING_AWAY: Self = Self::new(1001, "the node is stopping: connect again");
    pub(super) const TRY_LATER: Self = Self::new(1013, "the session cannot be checked: connect again");
    pub(super) const SILENT: Self = Self::new(1001, "no sign of life");
    pub(super) const BINARY: Self = Self::new(4400, "messages must be text");
    pub(super) const UNREADABLE: Self = Self::new(4400, "a message must be text of at most 64 KiB");
    pub(super) const MALFORMED: Self = Self::new(4400, "a message must be one of graphql-transport-ws");
    pub(super) const UNAUTHORIZED: Self = Self::new(4401, "Unauthorized");
    pub(super) const FORBIDDEN: Self = Self::new(4403, "Forbidden");
    pub(super) const INIT_TIMEOUT: Self = Self::new(4408, "Connection initialisation timeout");
    pub(super) const TOO_MANY_INITS: Self = Self::new(4429, "Too many initialisation requests");
    pub(super) const TOO_MANY_OPERATIONS: Self = Self::new(4429, "Too many operations on one socket");

    const fn new(code: u16, reason: &'static str) -> Self {
        Self { code, reason: Cow::Borrowed(reason) }
    }

    /// 4409: the id is in use.
    pub(super) fn taken(id: &str) -> Self {
        Self { code: 4409, reason: format!("Subscriber for {id} already exists").into() }
    }

    /// 4403 for a tenant of another region; says where to connect.
    pub(super) fn elsewhere(region: &str, endpoint: &str) -> Self {
        Self { code: 4403, reason: format!("TENANT_ELSEWHERE {region} {endpoint}").into() }
    }

    /// The close code.
    pub(super) const fn code(&self) -> u16 {
        self.code
    }

    /// The closing frame; its reason is cut to the 123 bytes a control frame has room for.
    pub(super) fn frame(&self) -> Message {
        let mut end = self.reason.len().min(123);
        while !self.reason.is_char_boundary(end) {
            end -= 1;
        }
        Message::Close(Some((CloseCode::from(self.code), self.reason.get(..end).unwrap_or_default().to_owned())))
    }
}

/// What a client sends.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ClientMessage {
    ConnectionInit {
        #[serde(default)]
        payload: Option<InitPayload>,
    },
    Subscribe {
        id: String,
        payload: Members,
    },
    Complete {
        id: String,
    },
    Ping,
    Pong,
}

/// What a client says of itself; other members are let be.
#[derive(Default, Deserialize)]
pub(super) struct InitPayload {
    /// `Bearer <token>`, as in the header a browser cannot set here.
    #[serde(default, alias = "Authorization")]
    pub(super) authorization: Option<String>,
}

/// Longest operation id in bytes; it is kept and echoed.
const ID_BYTES: usize = 128;

impl ClientMessage {
    /// Reads a text frame.
    ///
    /// # Errors
    /// 4400.
    pub(super) fn read(text: &str) -> Result<Self, Close> {
        match serde_json::from_str(text) {
            Ok(Self::Subscribe { id, .. } | Self::Complete { id }) if id.is_empty() || id.len() > ID_BYTES => Err(Close::MALFORMED),
            Ok(message) => Ok(message),
            Err(_) => Err(Close::MALFORMED),
        }
    }
}

pub(super) fn connection_ack() -> Message {
    text(&json!({ "type": "connection_ack" }))
}

pub(super) fn pong() -> Message {
    text(&json!({ "type": "pong" }))
}

pub(super) fn next(id: &str, payload: &impl Serialize) -> Message {
    text(&json!({ "type": "next", "id": id, "payload": payload }))
}

pub(super) fn error(id: &str, errors: &Value) -> Message {
    text(&json!({ "type": "error", "id": id, "payload": errors }))
}

pub(super) fn complete(id: &str) -> Message {
    text(&json!({ "type": "complete", "id": id }))
}

fn text(message: &Value) -> Message {
    Message::text(message.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_messages_are_read() {
        let read = |text| ClientMessage::read(text).ok();

        assert!(matches!(read(r#"{"type":"connection_init"}"#), Some(ClientMessage::ConnectionInit { payload: None })));
        assert!(matches!(
            read(r#"{"type":"connection_init","payload":{"Authorization":"Bearer x","theme":"dark"}}"#),
            Some(ClientMessage::ConnectionInit { payload: Some(InitPayload { authorization: Some(bearer) }) }) if bearer == "Bearer x"
        ));
        assert!(
            matches!(read(r#"{"id":"1","type":"subscribe","payload":{"query":"{a}"}}"#), Some(ClientMessage::Subscribe { id, .. }) if id == "1")
        );
        assert!(matches!(read(r#"{"type":"ping","payload":{"at":1}}"#), Some(ClientMessage::Ping)));
        assert!(matches!(read(r#"{"type":"pong"}"#), Some(ClientMessage::Pong)));
        assert!(matches!(read(r#"{"type":"complete","id":"1"}"#), Some(ClientMessage::Complete { .. })));
    }

    #[test]
    fn a2_anything_else_is_4400() {
        let long_id = format!(r#"{{"type":"complete","id":"{}"}}"#, "x".repeat(129));
        for bad in [
            "",
            "hello",
            "[]",
            "{}",
            r#"{"type":"next","id":"1"}"#,
            r#"{"type":"subscribe","payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":7,"payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":"","payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"connection_init","payload":"x"}"#,
            &long_id,
        ] {
            assert_eq!(ClientMessage::read(bad).err().map(|close| close.code), Some(4400), "{bad}");
        }
    }

    #[test]
    fn a_reason_fits_a_control_frame() {
        let Message::Close(Some((code, reason))) = Close::elsewhere("eu", &"ü".repeat(100)).frame() else { panic!("no close frame") };

        assert_eq!(u16::from(code), 4403);
        assert!(reason.len() <= 123 && reason.starts_with("TENANT_ELSEWHERE eu ü"), "{reason}");
    }
}
