//! The probes. `/health/live`: the process answers. `/health/ready`: it can serve, so send load here.

use std::sync::Arc;

use http::{StatusCode, header};
use poem::{Endpoint, Request, Response};

use super::backend::Backend;
use super::service::Service;

const JSON: &str = "application/json; charset=utf-8";

/// Always 200.
pub(super) fn live() -> Response {
    Response::builder().header(header::CONTENT_TYPE, JSON).body(r#"{"live":true}"#)
}

/// 200 or 503, with what the node found.
pub(super) struct Ready<B>(pub(super) Arc<Service<B>>);

impl<B: Backend> Endpoint for Ready<B> {
    type Output = Response;

    async fn call(&self, _request: Request) -> poem::Result<Response> {
        let readiness = self.0.backend.readiness().await;
        let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        let body = serde_json::to_vec(&readiness).unwrap_or_default();
        Ok(Response::builder().status(status).header(header::CONTENT_TYPE, JSON).body(body))
    }
}
