//! HTTP: the route list, and what a listener is configured with. The accept loop is in [`serve`].
//!
//! ```text
//! public listener                                  peer listener (mutual TLS, other regions' nodes)
//!   POST /graphql        queries and mutations       POST /graphql   requests they forward; never forwarded again
//!   GET  /graphql        WebSocket for subscriptions
//!   GET  /graphiql[/*]   a page to try queries, when configured
//!   GET  /health/live    the process answers
//!   GET  /health/ready   the node can serve
//! ```

mod answer;
pub(crate) mod backend;
mod body;
mod documents;
pub mod forward;
mod front;
mod graphiql;
mod graphql;
mod health;
pub(crate) mod limits;
mod negotiation;
mod origin;
mod peer;
pub(crate) mod problem;
mod read_only;
mod request_id;
pub mod serve;
mod service;
pub(crate) mod tenant;
#[cfg(test)]
mod tests;
mod typename;
mod variables;
mod ws;

use std::path::PathBuf;
use std::sync::Arc;

use domain::region::{Region, Regions};
use http::HeaderValue;
use poem::endpoint::make_sync;
use poem::{Endpoint, Route};

use backend::Backend;
use documents::Documents;
use forward::Forwarder;
use front::Front;
use graphiql::GraphiQl;
use graphql::{GraphQl, PeerGraphQl};
use health::Ready;
use negotiation::MediaType;
use origin::Origins;
use peer::NodesOnly;
use problem::Problem;
use read_only::ReadOnly;
use service::Service;
pub use service::Times;
use tenant::HostNames;

/// How a public listener behaves.
#[derive(Debug, Clone, Default)]
pub struct HttpOptions {
    /// Domain names under which each tenant has a label, such as `localhost`.
    pub host_suffixes: Vec<String>,
    /// Origins of web pages that may call, or `*`.
    pub allowed_origins: Vec<String>,
    /// Folder with the four files of the GraphiQL page; none turns the page off.
    pub graphiql_dir: Option<PathBuf>,
    /// Whether callers who are not signed in may read the schema through introspection.
    pub open_introspection: bool,
    /// Time limits.
    pub times: Times,
}

/// The routes of the public listener of a node of `region`.
pub fn public<B: Backend>(backend: B, region: &Region, options: HttpOptions, forwarder: Forwarder) -> impl Endpoint + 'static {
    let origins = Origins::new(&options.allowed_origins);
    let service = Arc::new(Service {
        backend,
        hosts: HostNames::new(&options.host_suffixes, &region.api_url),
        origins: origins.clone(),
        documents: Documents::default(),
        forwarder: Some(forwarder),
        times: options.times,
        open_introspection: options.open_introspection,
    });
    let graphiql = Arc::new(GraphiQl { folder: options.graphiql_dir });
    let routes = Route::new()
        .at("/graphql", GraphQl(Arc::clone(&service)))
        .at("/graphiql", ReadOnly(Arc::clone(&graphiql)))
        .at("/graphiql/*file", ReadOnly(graphiql))
        .at("/health/live", ReadOnly(make_sync(|_| health::live())))
        .at("/health/ready", ReadOnly(Ready(service)))
        .at("/*anything", make_sync(|_| Problem::nowhere().into_response(MediaType::Json)));
    Front { routes, origins, region: region_header(region) }
}

/// The routes of the peer listener of a node of `region`: requests that nodes of `regions` forward.
pub fn peer<B: Backend>(backend: B, region: &Region, regions: &Regions, times: Times) -> impl Endpoint + 'static {
    let service = Arc::new(Service {
        backend,
        hosts: HostNames::default(),
        origins: Origins::default(),
        documents: Documents::default(),
        forwarder: None,
        times,
        open_introspection: false,
    });
    let routes = Route::new()
        .at("/graphql", PeerGraphQl(service))
        .at("/*anything", make_sync(|_| Problem::nowhere().into_response(MediaType::Json)));
    Front { routes: NodesOnly::new(regions, routes), origins: Origins::default(), region: region_header(region) }
}

/// The reference under which a fault of the current request is logged and told to the client.
#[must_use]
pub fn reference() -> String {
    request_id::RequestId::current().to_string()
}

fn region_header(region: &Region) -> HeaderValue {
    HeaderValue::from_str(&region.code).unwrap_or(HeaderValue::from_static("unknown"))
}
