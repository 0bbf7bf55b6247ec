//! A request that is answered before or instead of GraphQL execution: one status, one coded error, in the shape of a
//! GraphQL response, so that a client needs one way to read errors.
//!
//! Drawn out: `{"errors":[{"message":"…","extensions":{"code":"…", …}}]}`, no `data` key.

use http::{HeaderValue, StatusCode, header};
use poem::Response;
use serde_json::{Map, Value, json};

use super::negotiation::MediaType;

/// The stable codes this layer gives; resolvers have more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// The request breaks a rule that the message names.
    BadUserInput,
    /// The document passes a limit.
    QueryTooComplex,
    /// The tenant lives in another region (R4).
    TenantElsewhere,
    /// Token, host and header do not name one tenant (I3).
    TenantMismatch,
    /// No such tenant, path or file.
    NotFound,
    /// No live session.
    Unauthenticated,
    /// Not for this caller.
    Forbidden,
    /// The tenant is being relocated.
    TenantMoving,
    /// Away or too slow; trying again is right.
    Unavailable,
    /// A defect.
    Internal,
}

impl Code {
    /// The text in `extensions.code`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::QueryTooComplex => "QUERY_TOO_COMPLEX",
            Self::TenantElsewhere => "TENANT_ELSEWHERE",
            Self::TenantMismatch => "TENANT_MISMATCH",
            Self::NotFound => "NOT_FOUND",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::TenantMoving => "TENANT_MOVING",
            Self::Unavailable => "UNAVAILABLE",
            Self::Internal => "INTERNAL",
        }
    }
}

/// One refused request.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    status: StatusCode,
    message: String,
    extensions: Map<String, Value>,
    closes: bool,
    header: Option<(header::HeaderName, HeaderValue)>,
}

impl Problem {
    /// A problem with its status, code and a message for people.
    pub fn new(status: StatusCode, code: Code, message: impl Into<String>) -> Self {
        let mut extensions = Map::new();
        extensions.insert("code".to_owned(), code.as_str().into());
        Self { status, message: message.into(), extensions, closes: false, header: None }
    }

    /// 400: the request itself is malformed.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Code::BadUserInput, message)
    }

    /// 503: something needed is away; the client may send the same again.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable, message).with("retryable", true).header(header::RETRY_AFTER, "1")
    }

    /// Adds a field to the error's extensions.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extensions.insert(name.to_owned(), value.into());
        self
    }

    /// Adds one response header.
    #[must_use]
    pub fn header(mut self, name: header::HeaderName, value: &'static str) -> Self {
        self.header = Some((name, HeaderValue::from_static(value)));
        self
    }

    /// Ends the connection after the answer: what the client is still sending is not wanted.
    #[must_use]
    pub fn closing(mut self) -> Self {
        self.closes = true;
        self
    }

    /// The message for people.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The error object alone, as in the `errors` list of a response or an `error` message of a socket.
    #[must_use]
    pub fn to_error(&self) -> Value {
        json!({ "message": self.message, "extensions": self.extensions })
    }

    /// The whole response in the given media type.
    #[must_use]
    pub fn into_response(self, media: MediaType) -> Response {
        let body = json!({ "errors": [self.to_error()] }).to_string();
        let mut response = Response::builder().status(self.status).header(header::CONTENT_TYPE, media.content_type()).body(body);
        if self.closes {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if let Some((name, value)) = self.header {
            response.headers_mut().insert(name, value);
        }
        response
    }
}
