//! Routes that are only read: GET and HEAD pass, everything else is answered 405.

use http::Method;
use poem::{Endpoint, Request, Response};

use super::negotiation::MediaType;
use super::problem::Problem;

/// A route for GET and HEAD. The HTTP layer below leaves the body of an answer to HEAD away.
pub(super) struct ReadOnly<E>(pub(super) E);

impl<E: Endpoint> Endpoint for ReadOnly<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        if [Method::GET, Method::HEAD].contains(request.method()) {
            return Ok(self.0.get_response(request).await);
        }
        Ok(Problem::method_not_allowed("GET, HEAD").into_response(MediaType::Json))
    }
}
