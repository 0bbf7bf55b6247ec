//! The schema: roots merged from one file per noun. No rule and no SQL in here; resolvers call one use case each.

mod booking;
pub mod error;
mod hold;
mod loaders;
mod node;
mod page;
mod region;
mod scalars;
mod schedule;
mod service;
mod session;
mod slots;
mod staff;
mod tenant;
mod time_off;

use std::sync::Arc;

use app::{Actor, App};
use async_graphql::{Context, MergedObject, MergedSubscription, Request, Schema};

use booking::{BookingMutation, BookingQueryRoot, BookingSubscription};
use hold::HoldMutation;
use loaders::StaffOfServices;
use node::NodeQuery;
use region::RegionQuery;
use schedule::ScheduleMutation;
use service::{ServiceMutation, ServiceQuery};
use session::SessionMutation;
use slots::SlotsQuery;
use staff::{StaffMutation, StaffQuery};
use tenant::TenantMutation;
use time_off::TimeOffMutation;

/// Who sent the request. `None`: no tenant was named, so only fields that need none answer.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// The actor, when the request named a tenant that is at home here.
    pub actor: Option<Actor>,
}

/// The root of queries.
#[derive(Default, MergedObject)]
pub struct Query(RegionQuery, StaffQuery, ServiceQuery, SlotsQuery, BookingQueryRoot, NodeQuery);

/// The root of mutations.
#[derive(Default, MergedObject)]
pub struct Mutation(
    TenantMutation,
    SessionMutation,
    StaffMutation,
    ServiceMutation,
    ScheduleMutation,
    TimeOffMutation,
    HoldMutation,
    BookingMutation,
);

/// The root of subscriptions.
#[derive(Default, MergedSubscription)]
pub struct Subscription(BookingSubscription);

/// The schema with its root types.
pub type DomicileSchema = Schema<Query, Mutation, Subscription>;

/// Builds the schema over one node's use cases.
#[must_use]
pub fn build(app: Arc<App>) -> DomicileSchema {
    crate::http::limits::configure(Schema::build(Query::default(), Mutation::default(), Subscription::default())).data(app).finish()
}

/// The schema as text, the content of `schema.graphql` (A1). Needs no node.
#[must_use]
pub fn sdl() -> String {
    Schema::build(Query::default(), Mutation::default(), Subscription::default()).finish().sdl()
}

/// The request with who sent it and the loaders that belong to it alone.
#[must_use]
pub fn of_caller(request: Request, app: &Arc<App>, caller: Caller) -> Request {
    let loader = caller.actor.clone().map(|actor| StaffOfServices::loader(Arc::clone(app), actor));
    let request = request.data(caller);
    match loader {
        Some(loader) => request.data(loader),
        None => request,
    }
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

#[cfg(test)]
mod tests {
    use async_graphql::resolver_utils::ContainerType;

    use super::*;

    /// Each field of each object in a list is a future of its own, as large as the largest of its type: a use case that is
    /// not boxed costs every other field of the object its size.
    #[test]
    fn fields_below_a_list_have_small_futures() {
        const MOST_BYTES: usize = 1024;
        fn resolving<'a, T: ContainerType + 'a, F: Future>(_: impl FnOnce(&'a T, &'a Context<'a>) -> F) -> usize {
            size_of::<F>()
        }
        let sizes = [
            resolving(|object: &booking::Booking, context| object.resolve_field(context)),
            resolving(|object: &service::Service, context| object.resolve_field(context)),
            resolving(|object: &staff::Staff, context| object.resolve_field(context)),
            resolving(|object: &slots::SlotDay, context| object.resolve_field(context)),
            resolving(|object: &slots::Slot, context| object.resolve_field(context)),
        ];

        assert!(sizes.iter().all(|size| *size <= MOST_BYTES), "{sizes:?}");
    }
}
