//! `/graphql`: POST runs a query or mutation (A2), a WebSocket upgrade opens a subscription socket. A plain GET is
//! answered 405: the specification lets a server serve queries over GET, but then mutations must be kept out of it and
//! query texts end up in logs and caches of the way, so this one serves none.
//!
//! Everything up to the tenant's place is decided from the head; the body is read only for a tenant served here (R4).

use std::sync::Arc;

use async_graphql::parser::types::OperationType;
use domain::ids::TenantId;
use domain::tenant::Residency;
use http::{Method, header};
use poem::{Endpoint, Request, Response};

use super::answer::Answer;
use super::backend::Backend;
use super::body;
use super::negotiation::{MediaType, require_json};
use super::problem::{Code, LoggedCode, Problem};
use super::service::{Sender, Service, Stands};
use super::tenant;
use super::ws;

/// The tenant whose request was served here, left among the answer's extensions for the log line.
#[derive(Debug, Clone, Copy)]
pub(super) struct LoggedTenant(pub(super) TenantId);

/// The endpoint of a public listener.
pub(super) struct GraphQl<B>(pub(super) Arc<Service<B>>);

impl<B: Backend> Endpoint for GraphQl<B> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        if ws::is_upgrade(&request) {
            return Ok(ws::open(Arc::clone(&self.0), request).await.unwrap_or_else(|problem| problem.into_response(MediaType::Json)));
        }
        Ok(post(&self.0, request).await)
    }
}

/// The endpoint of a peer listener: no sockets.
pub(super) struct PeerGraphQl<B>(pub(super) Arc<Service<B>>);

impl<B: Backend> Endpoint for PeerGraphQl<B> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        Ok(post(&self.0, request).await)
    }
}

async fn post<B: Backend>(service: &Service<B>, request: Request) -> Response {
    if request.method() != Method::POST {
        return Problem::method_not_allowed("POST, OPTIONS").into_response(MediaType::Json);
    }
    match MediaType::accepted(request.headers()) {
        Err(problem) => problem.into_response(MediaType::Json),
        Ok(media) => answer(service, request, media).await.unwrap_or_else(|problem| problem.into_response(media)),
    }
}

async fn answer<B: Backend>(service: &Service<B>, mut request: Request, media: MediaType) -> Result<Response, Problem> {
    require_json(request.headers())?;
    body::refuse_announced_excess(request.headers())?;
    let Sender { claims, bearer, stands } = service.sender(request.headers())?;
    let home = match stands {
        Stands::Here(home) => home,
        Stands::Elsewhere(elsewhere) => {
            return match &service.forwarder {
                Some(forwarder) if elsewhere.residency == Residency::Flexible => {
                    let body = request.take_body();
                    forwarder.forward(&elsewhere.region, request.headers(), &claims, body).await
                }
                _ => Err(tenant::elsewhere(&elsewhere)),
            };
        }
    };
    let tenant = home.as_ref().map(|home| service.backend.tenant(home));
    let answered = async {
        let caller = service.admit(home.as_ref(), bearer.as_ref()).await?;
        let bytes = body::read(request.take_body(), service.times.body).await?;
        let prepared = service.prepare(body::parse(&bytes)?, &caller)?;
        if prepared.kind == OperationType::Subscription {
            return Err(Problem::document(Code::BadUserInput, "subscriptions go over a WebSocket (graphql-transport-ws) at this address"));
        }
        service.run(prepared, caller).await
    };
    let mut response = match answered.await {
        Ok(answer) => rendered(&answer, media),
        Err(problem) => problem.into_response(media),
    };
    if let Some(tenant) = tenant {
        response.extensions_mut().insert(LoggedTenant(tenant));
    }
    Ok(response)
}

fn rendered(answer: &Answer, media: MediaType) -> Response {
    match serde_json::to_vec(answer) {
        Ok(body) => {
            let response = Response::builder().status(answer.status(media)).header(header::CONTENT_TYPE, media.content_type());
            match answer.code() {
                Some(code) => response.extension(LoggedCode(code.to_owned())).body(body),
                None => response.body(body),
            }
        }
        Err(error) => {
            let reference = super::reference();
            tracing::error!(reference, %error, "an answer cannot be written");
            Problem::internal(&reference).into_response(media)
        }
    }
}
