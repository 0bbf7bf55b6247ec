//! What requests and sockets share: from a GraphQL request and its caller to a finished answer, within the limits.

use std::future::Future;
use std::time::Duration;

use async_graphql::Request;
use async_graphql::parser::types::{OperationDefinition, OperationType, Selection};
use http::HeaderMap;
use tokio::time::timeout;

use super::answer::Answer;
use super::backend::Backend;
use super::body::BODY_TIME;
use super::documents::Documents;
use super::forward::Forwarder;
use super::origin::Origins;
use super::problem::{Code, Problem};
use super::tenant::{self, Bearer, Claims, Elsewhere, HostNames, Place};
use super::variables;

/// The time limits of requests and sockets.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// A body must have arrived whole by then.
    pub body: Duration,
    /// A query or mutation must have been answered by then.
    pub request: Duration,
    /// A socket must have been initialised by then.
    pub init: Duration,
    /// How often a socket's session is looked up again. With an authentication result kept for 3 s this keeps S2's 5 s.
    pub recheck: Duration,
    /// How often a silent socket is pinged; after two pings without a sign of life it is closed.
    pub keep_alive: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            body: BODY_TIME,
            request: Duration::from_secs(15),
            init: Duration::from_secs(5),
            recheck: Duration::from_secs(2),
            keep_alive: Duration::from_secs(20),
        }
    }
}

/// One listener's GraphQL service.
pub(super) struct Service<B> {
    pub(super) backend: B,
    pub(super) hosts: HostNames,
    pub(super) origins: Origins,
    pub(super) documents: Documents,
    /// Absent on the peer listener: a forwarded request is never forwarded again.
    pub(super) forwarder: Option<Forwarder>,
    pub(super) times: Times,
    /// Whether the schema may be read by callers who are not signed in.
    pub(super) open_introspection: bool,
}

/// A request that may run.
pub(super) struct Prepared {
    pub(super) request: Request,
    pub(super) kind: OperationType,
    /// See [`Answer::new`].
    pub(super) runs_at_once: bool,
}

/// Whose request it is, as far as headers tell.
pub(super) struct Sender<H> {
    pub(super) claims: Claims,
    pub(super) bearer: Option<Bearer>,
    pub(super) stands: Stands<H>,
}

/// Where the sender's tenant is served.
pub(super) enum Stands<H> {
    /// Here, or nowhere: `None` when no tenant was named.
    Here(Option<H>),
    Elsewhere(Elsewhere),
}

impl<B: Backend> Service<B> {
    /// Reads the claims of a request's head and asks the directory. Waits for nothing (R4).
    ///
    /// # Errors
    /// See [`tenant`].
    pub(super) fn sender(&self, headers: &HeaderMap) -> Result<Sender<B::Home>, Problem> {
        let (claims, bearer) = tenant::read(headers, &self.hosts)?;
        let stands = self.place(&claims)?;
        Ok(Sender { claims, bearer, stands })
    }

    /// Where the named tenant is served.
    ///
    /// # Errors
    /// The tenant is unknown, named twice differently, or not served at present.
    pub(super) fn place(&self, claims: &Claims) -> Result<Stands<B::Home>, Problem> {
        match self.backend.route(claims) {
            Place::Unnamed => Ok(Stands::Here(None)),
            Place::Home(home) => Ok(Stands::Here(Some(home))),
            Place::Elsewhere(elsewhere) => Ok(Stands::Elsewhere(elsewhere)),
            Place::Moving => Err(tenant::moving()),
            Place::Mismatch => Err(tenant::mismatch()),
            // A token of nobody's tenant is a token that is not valid, such as one with a wrong letter.
            Place::Unknown if claims.token.is_some() => Err(tenant::unauthenticated()),
            Place::Unknown => Err(tenant::unknown()),
        }
    }

    /// Makes the caller, within the time of a request.
    ///
    /// # Errors
    /// 401, or a fault of the look-up.
    pub(super) async fn admit(&self, home: Option<&B::Home>, bearer: Option<&Bearer>) -> Result<B::Caller, Problem> {
        self.in_time(self.backend.admit(home, bearer)).await?
    }

    /// Parses and measures the document and finds the operation.
    ///
    /// # Errors
    /// The document cannot run for this caller.
    pub(super) fn prepare(&self, mut request: Request, caller: &B::Caller) -> Result<Prepared, Problem> {
        let document = self.documents.prepare(&request.query)?;
        let operation = document.operation(request.operation_name.as_deref())?;
        if document.measure.introspects && !self.open_introspection && !self.backend.is_signed_in(caller) {
            return Err(Problem::document(Code::Unauthenticated, "introspection is for signed-in callers"));
        }
        variables::require(operation, &request.variables)?;
        request.set_parsed_query(document.executable.clone());
        Ok(Prepared { request, kind: operation.ty, runs_at_once: runs_at_once(operation) })
    }

    /// Runs a query or mutation.
    ///
    /// # Errors
    /// 503 when it takes longer than a request may.
    pub(super) async fn run(&self, prepared: Prepared, caller: B::Caller) -> Result<Answer, Problem> {
        let response = self.in_time(self.backend.execute(prepared.request, caller)).await?;
        Ok(Answer::new(response, prepared.runs_at_once))
    }

    async fn in_time<T>(&self, work: impl Future<Output = T>) -> Result<T, Problem> {
        timeout(self.times.request, work).await.map_err(|_| too_slow())
    }
}

/// 503: the time of a request is over.
pub(super) fn too_slow() -> Problem {
    Problem::unavailable("the request took too long; repeat a change with the same idempotency key")
}

/// A query's fields read; a mutation of one field reads its arguments before it changes anything.
fn runs_at_once(operation: &OperationDefinition) -> bool {
    match (operation.ty, operation.selection_set.node.items.as_slice()) {
        (OperationType::Mutation, [only]) => matches!(only.node, Selection::Field(_)),
        (OperationType::Mutation, _) => false,
        (OperationType::Query | OperationType::Subscription, _) => true,
    }
}
