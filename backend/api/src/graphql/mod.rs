//! The schema: roots merged from one file per noun. No rule and no SQL in here; resolvers call one use case each.

pub mod error;
mod region;
mod scalars;
mod session;
mod staff;
mod tenant;

use std::sync::Arc;

use app::{Actor, App};
use async_graphql::{Context, EmptySubscription, MergedObject, Schema};

use region::RegionQuery;
use session::SessionMutation;
use staff::{StaffMutation, StaffQuery};
use tenant::TenantMutation;

/// Who sent the request. `None`: no tenant was named, so only fields that need none answer.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// The actor, when the request named a tenant that is at home here.
    pub actor: Option<Actor>,
}

/// The root of queries.
#[derive(Default, MergedObject)]
pub struct Query(RegionQuery, StaffQuery);

/// The root of mutations.
#[derive(Default, MergedObject)]
pub struct Mutation(TenantMutation, SessionMutation, StaffMutation);

/// The root of subscriptions.
pub type Subscription = EmptySubscription;

/// The schema with its root types.
pub type DomicileSchema = Schema<Query, Mutation, Subscription>;

/// Builds the schema over one node's use cases.
#[must_use]
pub fn build(app: Arc<App>) -> DomicileSchema {
    crate::http::limits::configure(Schema::build(Query::default(), Mutation::default(), Subscription::default())).data(app).finish()
}

fn app<'a>(context: &Context<'a>) -> async_graphql::Result<&'a Arc<App>> {
    context.data::<Arc<App>>()
}

/// The actor, for a field that needs a tenant.
///
/// # Errors
/// `TENANT_REQUIRED`.
fn actor<'a>(context: &Context<'a>) -> async_graphql::Result<&'a Actor> {
    context.data::<Caller>()?.actor.as_ref().ok_or_else(error::tenant_required)
}
