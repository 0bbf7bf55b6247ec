//! The node behind the HTTP layer: use cases and schema of one region. Translates words, decides nothing.

use std::sync::Arc;

use app::routing::Route;
use app::{Actor, App, Error, Fault, Who};
use async_graphql::{Request, Response};
use domain::ids::TenantId;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;

use crate::graphql::{self, Caller, DomicileSchema};
use crate::http::backend::{Backend, Readiness};
use crate::http::problem::Problem;
use crate::http::tenant::{Bearer, Claims, Elsewhere, Place, moving, unauthenticated};

/// One node. Cheap to clone.
#[derive(Clone)]
pub struct Node {
    app: Arc<App>,
    schema: DomicileSchema,
}

impl Node {
    /// Over the node's use cases.
    #[must_use]
    pub fn new(app: Arc<App>) -> Self {
        Self { schema: graphql::build(Arc::clone(&app)), app }
    }
}

impl Backend for Node {
    type Home = Actor;
    type Caller = Caller;

    fn route(&self, claims: &Claims) -> Place<Actor> {
        match self.app.route(claims) {
            Route::NoTenant => Place::Unnamed,
            Route::Home(scope) => Place::Home(Actor { scope, who: Who::Anyone }),
            Route::Elsewhere { tenant, region, home_epoch, residency } => {
                Place::Elsewhere(Elsewhere { tenant, region, home_epoch, residency })
            }
            Route::Suspended => Place::Moving,
            Route::Mismatch => Place::Mismatch,
            Route::Unknown => Place::Unknown,
        }
    }

    fn tenant(&self, home: &Actor) -> TenantId {
        home.scope.tenant()
    }

    async fn admit(&self, home: Option<&Actor>, bearer: Option<&Bearer>) -> Result<Caller, Problem> {
        let actor = match (home, bearer) {
            (Some(visitor), Some(bearer)) => Some(self.app.authenticate(&visitor.scope, bearer.expose()).await.map_err(problem)?),
            (Some(visitor), None) => Some(visitor.clone()),
            (None, _) => None,
        };
        Ok(Caller { actor })
    }

    fn is_signed_in(&self, caller: &Caller) -> bool {
        caller.actor.as_ref().is_some_and(Actor::is_staff)
    }

    async fn execute(&self, request: Request, caller: Caller) -> Response {
        self.schema.execute(graphql::of_caller(request, &self.app, caller)).await
    }

    fn subscribe(&self, request: Request, caller: Caller) -> BoxStream<'static, Response> {
        self.schema.execute_stream(graphql::of_caller(request, &self.app, caller)).boxed()
    }

    async fn readiness(&self) -> Readiness {
        let database = self.app.shards.probe().await.is_ok();
        let heard = self.app.directory.last_heard();
        let age = heard.map(|heard| self.app.clock.now().duration_since(heard).as_secs());
        Readiness {
            ready: database,
            region: self.app.region.code.clone(),
            database,
            // A node listens only after it has read its mirror; how old that is, the age says.
            directory: true,
            directory_version: self.app.directory.version(),
            directory_age_seconds: age.and_then(|seconds| u64::try_from(seconds).ok()),
        }
    }
}

/// What the look-up of a token can fail with.
fn problem(error: Error) -> Problem {
    match error {
        Error::Fault(Fault::Unavailable(what)) => Problem::unavailable(what),
        Error::Fault(Fault::TenantMoving) => moving(),
        Error::Fault(fault) => {
            let reference = crate::http::reference();
            tracing::error!(reference, cause = %fault, "a session could not be looked up");
            Problem::internal(&reference)
        }
        _ => unauthenticated(),
    }
}
