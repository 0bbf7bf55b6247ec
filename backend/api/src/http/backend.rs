//! What the HTTP layer asks of the node behind it. The node implements it in `api::node`; tests answer from a table,
//! so that everything hostile can be tried over a real socket without a database.

use std::future::Future;

use async_graphql::{Request, Response};
use domain::ids::TenantId;
use futures_util::stream::BoxStream;
use serde::Serialize;

use super::problem::Problem;
use super::tenant::{Bearer, Claims, Place};

/// The node behind the HTTP layer.
pub trait Backend: Send + Sync + 'static {
    /// The right to act for a tenant that is at home here.
    type Home: Clone + Send + Sync + 'static;
    /// Who sends a request, as resolvers see it.
    type Caller: Clone + Send + Sync + 'static;

    /// Where the named tenant is. Must not wait: it is asked before the body is read (R4).
    fn route(&self, claims: &Claims) -> Place<Self::Home>;

    /// Whose home it is.
    fn tenant(&self, home: &Self::Home) -> TenantId;

    /// Makes the caller of a request: nobody's, a tenant's visitor, or the person behind a live token.
    ///
    /// # Errors
    /// 401 for a token that is not alive; a fault of the look-up.
    fn admit(&self, home: Option<&Self::Home>, bearer: Option<&Bearer>) -> impl Future<Output = Result<Self::Caller, Problem>> + Send;

    /// Whether the caller is a signed-in person.
    fn is_signed_in(&self, caller: &Self::Caller) -> bool;

    /// Runs a query or mutation.
    fn execute(&self, request: Request, caller: Self::Caller) -> impl Future<Output = Response> + Send;

    /// Runs an operation of any kind as a stream of responses.
    fn subscribe(&self, request: Request, caller: Self::Caller) -> BoxStream<'static, Response>;

    /// Asks the node's needs whether it can serve.
    fn readiness(&self) -> impl Future<Output = Readiness> + Send;
}

/// What the readiness probe tells. Nothing secret, no address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Readiness {
    /// Whether load should be sent here.
    pub ready: bool,
    /// The node's region.
    pub region: String,
    /// The database answers.
    pub database: bool,
    /// The directory has been loaded.
    pub directory: bool,
    /// The last directory change in force here.
    pub directory_version: i64,
    /// Seconds since control was last heard; none before the first time.
    pub directory_age_seconds: Option<u64>,
}
