//! Reads a request's body and the GraphQL request in it, with a cap on bytes and one on time (A2).

use std::time::Duration;

use async_graphql::{Request, Variables};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use http::{HeaderMap, StatusCode, header};
use poem::Body;
use serde::Deserialize;
use serde_json::Value;
use tokio::time::timeout;

use super::problem::{Code, Problem};

/// Largest body in bytes: room for a field far too long, so that its own rule can name it.
pub const BODY_BYTES: usize = 3 * 1024 * 1024;
/// A body must have arrived whole by then, however the client spreads it.
pub const BODY_TIME: Duration = Duration::from_secs(10);

/// Refuses a body that announces itself as too large, before any of it is read.
///
/// # Errors
/// 413.
pub fn refuse_announced_excess(headers: &HeaderMap) -> Result<(), Problem> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()).and_then(|text| text.parse::<u64>().ok());
    let cap = u64::try_from(BODY_BYTES).unwrap_or(u64::MAX);
    if announced.is_some_and(|length| length > cap) { Err(too_large()) } else { Ok(()) }
}

/// Reads the whole body.
///
/// # Errors
/// 413 over [`BODY_BYTES`], 408 after `time`, 400 when the client breaks off.
pub async fn read(body: Body, time: Duration) -> Result<Bytes, Problem> {
    timeout(time, collect(body)).await.unwrap_or_else(|_| Err(too_slow(time)))
}

async fn collect(body: Body) -> Result<Bytes, Problem> {
    let chunks = body.into_bytes_stream();
    tokio::pin!(chunks);
    let mut whole = BytesMut::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Problem::bad_request("the body broke off").closing())?;
        if whole.len() + chunk.len() > BODY_BYTES {
            return Err(too_large());
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.freeze())
}

fn too_slow(time: Duration) -> Problem {
    let message = format!("the body must arrive within {} s", time.as_secs());
    Problem::new(StatusCode::REQUEST_TIMEOUT, Code::BadUserInput, message).with("retryable", true).closing()
}

fn too_large() -> Problem {
    let message = format!("the body must not be larger than {BODY_BYTES} bytes");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, Code::BadUserInput, message).closing()
}

/// Reads the GraphQL request in a body: `{"query", "variables", "operationName", "extensions"}`, nothing parsed further.
///
/// # Errors
/// 400 when it is no JSON, a batch, or a member has the wrong type.
pub fn parse(bytes: &[u8]) -> Result<Request, Problem> {
    // A batch is looked for first, so that a long one costs nothing.
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
        return Err(Problem::bad_request("batches are not supported: send one operation per request"));
    }
    let members: Members = serde_json::from_slice(bytes).map_err(|_| Problem::bad_request("the body must be a JSON object"))?;
    members.into_request()
}

/// The members of a request, of any type yet, so that a wrong one can be named.
#[derive(Deserialize)]
pub(super) struct Members {
    query: Option<Value>,
    variables: Option<Value>,
    #[serde(rename = "operationName")]
    operation_name: Option<Value>,
    extensions: Option<Value>,
}

impl Members {
    /// The request, with the type of each member checked. Extensions are read past: none is supported.
    ///
    /// # Errors
    /// 400 that names the member.
    pub(super) fn into_request(self) -> Result<Request, Problem> {
        let query = text(self.query, "query must be a string")?.ok_or_else(|| Problem::bad_request("query must be given"))?;
        let mut request = Request::new(query);
        request.operation_name = text(self.operation_name, "operationName must be a string")?;
        request.variables = match self.variables {
            None => Variables::default(),
            Some(variables @ Value::Object(_)) => Variables::from_json(variables),
            Some(_) => return Err(Problem::bad_request("variables must be an object")),
        };
        match self.extensions {
            None | Some(Value::Object(_)) => Ok(request),
            Some(_) => Err(Problem::bad_request("extensions must be an object")),
        }
    }
}

/// A member that may be absent or null, and else is a string.
fn text(member: Option<Value>, rule: &str) -> Result<Option<String>, Problem> {
    match member {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Problem::bad_request(rule)),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_request_is_read_whole() {
        let request = parse(br#"{"query":"{ a }","variables":{"v":1},"operationName":"x","extensions":{},"id":7}"#).unwrap();

        assert_eq!(request.query, "{ a }");
        assert_eq!(request.operation_name.as_deref(), Some("x"));
        assert_eq!(serde_json::to_string(&request.variables).unwrap(), r#"{"v":1}"#);
        assert!(parse(br#"{"query":"{ a }","variables":null,"operationName":null,"extensions":null}"#).is_ok());
    }

    #[test]
    fn a2_a_malformed_request_is_told_what_is_wrong() {
        let table: &[(&[u8], &str)] = &[
            (b"", "the body must be a JSON object"),
            (b"{", "the body must be a JSON object"),
            (b"7", "the body must be a JSON object"),
            (b" \n[{\"query\":\"{ a }\"}]", "batches are not supported: send one operation per request"),
            (b"[", "batches are not supported: send one operation per request"),
            (b"{}", "query must be given"),
            (br#"{"query":null}"#, "query must be given"),
            (br#"{"query":7}"#, "query must be a string"),
            (br#"{"query":"{a}","variables":[]}"#, "variables must be an object"),
            (br#"{"query":"{a}","variables":"{}"}"#, "variables must be an object"),
            (br#"{"query":"{a}","operationName":7}"#, "operationName must be a string"),
            (br#"{"query":"{a}","extensions":7}"#, "extensions must be an object"),
        ];
        for (body, message) in table {
            let problem = parse(body).unwrap_err();
            assert_eq!((problem.status(), problem.message()), (StatusCode::BAD_REQUEST, *message));
        }
    }

    #[tokio::test]
    async fn a_body_over_the_cap_is_refused_before_it_is_kept() {
        let chunks = futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 8_192])));

        let problem = read(Body::from_bytes_stream(chunks), BODY_TIME).await.unwrap_err();

        assert_eq!(problem.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }

    #[tokio::test]
    async fn a_stalled_body_is_refused_in_time() {
        let chunks = futures_util::stream::pending::<Result<Bytes, std::io::Error>>();

        let problem = read(Body::from_bytes_stream(chunks), Duration::from_millis(20)).await.unwrap_err();

        assert_eq!(problem.status(), StatusCode::REQUEST_TIMEOUT);
    }
}
