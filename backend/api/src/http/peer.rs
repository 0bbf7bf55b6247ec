//! The door of the peer listener: only nodes of known regions come in.

use domain::region::Regions;
use http::StatusCode;
use poem::{Endpoint, Request, Response};

use super::negotiation::MediaType;
use super::problem::{Code, Problem};
use super::serve::PeerRegion;

/// Lets a request through when the client's certificate names a node of a known region.
pub(super) struct NodesOnly<E> {
    codes: Vec<String>,
    routes: E,
}

impl<E> NodesOnly<E> {
    pub(super) fn new(regions: &Regions, routes: E) -> Self {
        Self { codes: regions.iter().map(|region| region.code.clone()).collect(), routes }
    }
}

impl<E: Endpoint> Endpoint for NodesOnly<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let peer = request.extensions().get::<PeerRegion>();
        if peer.is_some_and(|peer| self.codes.contains(&peer.0)) {
            return Ok(self.routes.get_response(request).await);
        }
        let problem = Problem::new(StatusCode::FORBIDDEN, Code::Forbidden, "only nodes of known regions are served here");
        Ok(problem.closing().into_response(MediaType::Json))
    }
}
