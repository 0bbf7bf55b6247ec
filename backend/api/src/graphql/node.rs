//! Anything with an id, by its id alone. An id of another tenant and one that never existed are both answered with null (I4).

use app::booking::Contact;
use app::error::argument_id;
use async_graphql::{Context, ID, Interface, Object, Result};
use domain::ids::{BookingId, CustomerId, ScheduleId, ServiceId, StaffId, TenantId, TimeOffId};

use super::booking::{Booking, Customer};
use super::error::top_level;
use super::schedule::Schedule;
use super::service::Service;
use super::staff::Staff;
use super::tenant::Tenant;
use super::time_off::TimeOff;
use super::{actor, app};

/// Anything with an id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Opaque id."))]
pub enum Node {
    /// The tenant.
    Tenant(Tenant),
    /// A person of the tenant.
    Staff(Staff),
    /// What is booked.
    Service(Service),
    /// When a person can be booked.
    Schedule(Schedule),
    /// A closed span.
    TimeOff(TimeOff),
    /// Who books.
    Customer(Customer),
    /// An agreed time.
    Booking(Booking),
}

/// Queries by id.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// What has this id. Null: nothing of this tenant that the caller may see.
    async fn node(&self, context: &Context<'_>, #[graphql(desc = "An id of this API.")] id: ID) -> Result<Option<Node>> {
        let viewer = actor(context)?;
        read(context, viewer, &id.0).await
    }
}

async fn read(context: &Context<'_>, viewer: &app::Actor, id: &str) -> Result<Option<Node>> {
    let app = app(context)?;
    let kind = id.rsplit_once('_').map_or("", |(kind, _)| kind);
    let node = match kind {
        StaffId::KIND => {
            let id = argument_id(id, "id").map_err(top_level)?;
            app.staff_members(viewer, &[id]).await.map(|mut found| found.pop().map(|person| Node::Staff(Staff::shown_to(viewer, person))))
        }
        ServiceId::KIND => app
            .service(viewer, argument_id(id, "id").map_err(top_level)?)
            .await
            .map(|found| found.map(|service| Node::Service(Service(service)))),
        ScheduleId::KIND => app
            .schedule(viewer, argument_id(id, "id").map_err(top_level)?)
            .await
            .map(|found| found.map(|row| Node::Schedule(Schedule(row)))),
        TimeOffId::KIND => app
            .time_off(viewer, argument_id(id, "id").map_err(top_level)?)
            .await
            .map(|found| found.map(|span| Node::TimeOff(TimeOff(span)))),
        CustomerId::KIND => {
            let found = app.customer(viewer, argument_id(id, "id").map_err(top_level)?).await;
            found.map(|found| {
                found.map(|one| Node::Customer(Customer::of(one.id, Contact { name: one.name, email: one.email, phone: one.phone })))
            })
        }
        BookingId::KIND => app
            .booking(viewer, argument_id(id, "id").map_err(top_level)?)
            .await
            .map(|found| found.map(|booking| Node::Booking(Booking(booking)))),
        TenantId::KIND => {
            let id: TenantId = argument_id(id, "id").map_err(top_level)?;
            if id != viewer.scope.tenant() {
                return Ok(None);
            }
            app.tenant(viewer).await.map(|tenant| Some(Node::Tenant(tenant.into())))
        }
        _ => Err(app::Error::InvalidArgument { field: "id", rule: "is not an id of anything that node answers".to_owned() }),
    };
    node.map_err(top_level)
}
