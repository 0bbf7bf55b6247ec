//! A request that is answered before or instead of GraphQL execution: one status, one coded error, in the shape of a
//! GraphQL response, so that a client needs one way to read errors.
//!
//! Drawn out: `{"errors":[{"message":"…","extensions":{"code":"…", …}}]}`, no `data` key.

use async_graphql::Pos;
use http::{HeaderValue, StatusCode, header};
use poem::Response;
use serde_json::{Map, Value, json};

use super::negotiation::MediaType;

/// The content type of a 421, whatever was asked for (R4).
const ELSEWHERE_TYPE: &str = "application/graphql-response+json";

/// The code of an answer's first error, left among the answer's extensions for the log line.
#[derive(Debug, Clone)]
pub(super) struct LoggedCode(pub(super) String);

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
pub struct Problem(Box<Parts>);

#[derive(Debug, Clone, PartialEq)]
struct Parts {
    status: StatusCode,
    code: Code,
    message: String,
    extensions: Map<String, Value>,
    locations: Vec<Pos>,
    /// The HTTP request was well formed, the GraphQL document in it is not.
    in_document: bool,
    closes: bool,
    header: Option<(header::HeaderName, HeaderValue)>,
}

impl Problem {
    /// A problem with its status, code and a message for people.
    pub fn new(status: StatusCode, code: Code, message: impl Into<String>) -> Self {
        let mut extensions = Map::new();
        extensions.insert("code".to_owned(), code.as_str().into());
        Self(Box::new(Parts {
            status,
            code,
            message: message.into(),
            extensions,
            locations: Vec::new(),
            in_document: false,
            closes: false,
            header: None,
        }))
    }

    /// 400: the request itself is malformed.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Code::BadUserInput, message)
    }

    /// 404: the path leads nowhere.
    #[must_use]
    pub fn nowhere() -> Self {
        Self::new(StatusCode::NOT_FOUND, Code::NotFound, "nothing is here; the API is at /graphql").closing()
    }

    /// 405: only the methods in `allow`, the value of the header of that name.
    #[must_use]
    pub fn method_not_allowed(allow: &'static str) -> Self {
        let message = format!("only {allow} is served here");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, Code::BadUserInput, message).header(header::ALLOW, allow).closing()
    }

    /// 503: something needed is away; the client may send the same again.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable, message).with("retryable", true).header(header::RETRY_AFTER, "1")
    }

    /// 500: a defect. The reference names the line in the log that tells the cause.
    #[must_use]
    pub fn internal(reference: &str) -> Self {
        let message = "something is broken on our side";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, Code::Internal, message).with("reference", reference)
    }

    /// The document cannot be run: 400, or 200 in an `application/json` answer, as the specification has it.
    pub fn document(code: Code, message: impl Into<String>) -> Self {
        let mut problem = Self::new(StatusCode::BAD_REQUEST, code, message);
        problem.0.in_document = true;
        problem
    }

    /// Adds where in the document the error lies.
    #[must_use]
    pub fn at(mut self, locations: impl IntoIterator<Item = Pos>) -> Self {
        self.0.locations.extend(locations);
        self
    }

    /// Adds a field to the error's extensions.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.extensions.insert(name.to_owned(), value.into());
        self
    }

    /// Adds one response header.
    #[must_use]
    pub fn header(mut self, name: header::HeaderName, value: &'static str) -> Self {
        self.0.header = Some((name, HeaderValue::from_static(value)));
        self
    }

    /// Ends the connection after the answer: what the client is still sending is not wanted.
    #[must_use]
    pub fn closing(mut self) -> Self {
        self.0.closes = true;
        self
    }

    /// The message for people.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The error object alone, as in the `errors` list of a response or an `error` message of a socket.
    #[must_use]
    pub fn to_error(&self) -> Value {
        let mut error = json!({ "message": self.0.message, "extensions": self.0.extensions });
        if let (Value::Object(members), false) = (&mut error, self.0.locations.is_empty()) {
            members.insert("locations".to_owned(), json!(self.0.locations));
        }
        error
    }

    /// The whole response in the given media type.
    #[must_use]
    pub fn into_response(self, media: MediaType) -> Response {
        let body = json!({ "errors": [self.to_error()] }).to_string();
        let status = if self.0.in_document && media == MediaType::Json { StatusCode::OK } else { self.0.status };
        let content_type = if status == StatusCode::MISDIRECTED_REQUEST { ELSEWHERE_TYPE } else { media.content_type() };
        let mut response = Response::builder().status(status).header(header::CONTENT_TYPE, content_type).body(body);
        response.extensions_mut().insert(LoggedCode(self.0.code.as_str().to_owned()));
        if self.0.closes {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if let Some((name, value)) = self.0.header {
            response.headers_mut().insert(name, value);
        }
        response
    }
}
