//! What async-graphql answered, made fit for clients: a stable code on every error, no text of parsers or panics, and
//! `data` left out where the specification wants a request error.

use async_graphql::{ErrorExtensionValues, Response, ServerError, Value};
use http::StatusCode;
use serde::Serialize;

use super::negotiation::MediaType;
use super::problem::Code;
use super::request_id::RequestId;

/// Most errors of one answer; a document full of mistakes does not need them all told.
const ERRORS: usize = 20;

/// A response as it goes to the client.
#[derive(Debug, Serialize)]
pub struct Answer {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ServerError>,
    /// Absent in a request error.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
}

impl Answer {
    /// Finishes a response. `runs_at_once`: no field can have taken effect before another one's arguments were read, so
    /// that bad arguments mean that nothing was run.
    #[must_use]
    pub fn new(response: Response, runs_at_once: bool) -> Self {
        let mut errors = response.errors;
        errors.truncate(ERRORS);
        let nothing_ran = errors.iter().all(|error| error.path.is_empty() || (runs_at_once && is_coercion(error)));
        let is_request_error = response.data == Value::Null && !errors.is_empty() && nothing_ran;
        errors.iter_mut().for_each(complete);
        Self { errors, data: (!is_request_error).then_some(response.data) }
    }

    /// Whether nothing was run.
    #[must_use]
    pub fn is_request_error(&self) -> bool {
        self.data.is_none()
    }

    /// Whether the answer carries errors and no data worth having.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        !self.errors.is_empty() && self.data.as_ref().is_none_or(|data| *data == Value::Null)
    }

    /// The errors.
    #[must_use]
    pub fn errors(&self) -> &[ServerError] {
        &self.errors
    }

    /// The code of the first error.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self.errors.first()?.extensions.as_ref()?.get("code")? {
            Value::String(code) => Some(code),
            _ => None,
        }
    }

    /// The status under the GraphQL-over-HTTP specification.
    #[must_use]
    pub fn status(&self, media: MediaType) -> StatusCode {
        match media {
            MediaType::GraphQlResponse if self.is_request_error() => StatusCode::BAD_REQUEST,
            MediaType::GraphQlResponse | MediaType::Json => StatusCode::OK,
        }
    }
}

/// Makes sure that an error has a code and shows nothing it must not.
fn complete(error: &mut ServerError) {
    if error.extensions.as_ref().is_some_and(|extensions| extensions.get("code").is_some()) {
        return;
    }
    let code = if is_over_a_limit(&error.message) {
        Code::QueryTooComplex
    } else if error.path.is_empty() || is_coercion(error) {
        Code::BadUserInput
    } else {
        Code::Internal
    };
    let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
    extensions.set("code", code.as_str());
    if code == Code::Internal {
        let reference = RequestId::current().to_string();
        tracing::error!(reference, path = ?error.path, "a resolver failed without a code");
        extensions.set("reference", reference);
        "something is broken on our side".clone_into(&mut error.message);
    }
}

/// async-graphql checks some arguments only when the field is run. Its texts name the type and the rule.
fn is_coercion(error: &ServerError) -> bool {
    let starts = ["Failed to parse \"", "Expected input type \"", "Invalid value for argument", "Invalid input value", "Variable "];
    error.extensions.is_none() && starts.iter().any(|start| error.message.starts_with(start))
}

fn is_over_a_limit(message: &str) -> bool {
    let starts = ["Query is too complex", "Query is nested too deep", "The recursion depth of the query"];
    starts.iter().any(|start| message.starts_with(start))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use async_graphql::PathSegment;
    use serde_json::json;

    use super::*;

    fn error(message: &str, path: &[&str]) -> ServerError {
        let path = path.iter().map(|segment| PathSegment::Field((*segment).to_owned())).collect();
        ServerError::new(message, None).with_path(path)
    }

    fn finished(response: Response) -> serde_json::Value {
        serde_json::to_value(Answer::new(response, true)).unwrap()
    }

    #[test]
    fn a2_a_request_error_has_no_data_and_decides_the_status() {
        let answer = Answer::new(Response::from_errors(vec![error("Unknown field \"x\"", &[])]), true);

        assert_eq!(answer.status(MediaType::GraphQlResponse), StatusCode::BAD_REQUEST);
        assert_eq!(answer.status(MediaType::Json), StatusCode::OK);
        assert_eq!(
            serde_json::to_value(answer).unwrap(),
            json!({"errors": [{"message": "Unknown field \"x\"", "extensions": {"code": "BAD_USER_INPUT"}}]})
        );
    }

    #[test]
    fn bad_arguments_are_a_request_error_unless_something_may_have_run() {
        let response = || Response::from_errors(vec![error("Failed to parse \"Int\": too large", &["a"])]);

        assert!(Answer::new(response(), true).is_request_error());
        assert!(!Answer::new(response(), false).is_request_error());
    }

    #[test]
    fn an_error_without_a_code_shows_only_a_reference() {
        let answer = finished(Response::from_errors(vec![error("invalid digit found in string", &["node"])]));

        assert_eq!(answer["data"], json!(null));
        assert_eq!(answer["errors"][0]["message"], "something is broken on our side");
        assert_eq!(answer["errors"][0]["extensions"]["code"], "INTERNAL");
        assert_eq!(answer["errors"][0]["extensions"]["reference"].as_str().unwrap().len(), 17);
    }

    #[test]
    fn a_resolvers_own_code_stays() {
        let mut refused = error("not found", &["node"]);
        refused.extensions = Some(ErrorExtensionValues::default());
        refused.extensions.as_mut().unwrap().set("code", "NOT_FOUND");

        assert_eq!(finished(Response::from_errors(vec![refused]))["errors"][0]["extensions"], json!({"code": "NOT_FOUND"}));
    }

    #[test]
    fn limits_of_the_schema_are_told_apart_and_long_lists_are_cut() {
        let too_complex = finished(Response::from_errors(vec![error("Query is too complex.", &[])]));
        let many = Answer::new(Response::from_errors(vec![error("Unknown field", &[]); 5_000]), true);

        assert_eq!(too_complex["errors"][0]["extensions"]["code"], "QUERY_TOO_COMPLEX");
        assert_eq!(many.errors().len(), ERRORS);
    }
}
