//! People of a tenant: the signed-in one, and adding one.

use std::sync::Arc;

use app::Actor;
use app::staff::{AddStaff, StaffMember};
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use secrecy::SecretString;

use super::error::{UserError, settle, top_level};
use super::tenant::Tenant;
use super::{actor, app};

/// What a person may do in the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::staff::Role")]
pub enum Role {
    /// Signed the tenant up; may do everything.
    Owner,
    /// Runs the tenant day by day.
    Admin,
    /// Is booked; sees and changes what is their own.
    Staff,
}

/// A person of the tenant, who is booked.
pub struct Staff {
    member: Arc<StaffMember>,
    shown_to_staff: bool,
}

impl Staff {
    /// The person as `viewer` may see it.
    #[must_use]
    pub fn shown_to(viewer: &Actor, member: impl Into<Arc<StaffMember>>) -> Self {
        Self { member: member.into(), shown_to_staff: viewer.is_staff() }
    }
}

#[Object]
impl Staff {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        ID(self.member.id.to_string())
    }

    /// The name shown to customers.
    async fn name(&self) -> &str {
        &self.member.name
    }

    /// The address the person signs in with. Null unless the caller is signed in.
    async fn email(&self) -> Option<&str> {
        self.shown_to_staff.then_some(self.member.email.as_str())
    }

    /// What the person may do. Null unless the caller is signed in.
    async fn role(&self) -> Option<Role> {
        self.shown_to_staff.then(|| self.member.role.into())
    }

    /// IANA name of the person's time zone.
    async fn time_zone(&self) -> &str {
        &self.member.time_zone
    }

    /// A public picture. Null: the person has none.
    async fn image_url(&self) -> Option<&str> {
        None
    }

    /// The tenant that the person belongs to.
    async fn tenant(&self, context: &Context<'_>) -> Result<Tenant> {
        // Boxed, like every use case below a list: its future would be part of each other field's.
        Box::pin(app(context)?.tenant(actor(context)?)).await.map(Tenant::from).map_err(top_level)
    }
}

/// A new person of the tenant.
#[derive(InputObject)]
pub struct AddStaffInput {
    /// The name shown to customers.
    name: String,
    /// The address the person signs in with; once for each tenant.
    email: String,
    /// `ADMIN` or `STAFF`.
    role: Role,
    /// IANA name of the person's time zone; the tenant's when absent.
    time_zone: Option<String>,
    /// At least 15 characters, and hard to guess. Without one the person can be booked but cannot sign in.
    password: Option<String>,
    /// Makes a retry safe: the same key with the same input answers the same person.
    idempotency_key: Option<String>,
}

impl From<AddStaffInput> for AddStaff {
    fn from(input: AddStaffInput) -> Self {
        Self {
            name: input.name,
            email: input.email,
            role: input.role.into(),
            time_zone: input.time_zone,
            password: input.password.map(SecretString::from),
            idempotency_key: input.idempotency_key,
        }
    }
}

/// What `addStaff` answers.
#[derive(SimpleObject)]
pub struct AddStaffPayload {
    /// The new person; null when there are user errors.
    staff: Option<Staff>,
    /// Why nobody was added.
    user_errors: Vec<UserError>,
}

/// Queries of staff.
#[derive(Default)]
pub struct StaffQuery;

#[Object]
impl StaffQuery {
    /// The signed-in person.
    async fn viewer(&self, context: &Context<'_>) -> Result<Staff> {
        let actor = actor(context)?;
        app(context)?.viewer(actor).await.map(|member| Staff::shown_to(actor, member)).map_err(top_level)
    }
}

/// Mutations of staff.
#[derive(Default)]
pub struct StaffMutation;

#[Object]
impl StaffMutation {
    /// Adds a person to the tenant. For owners and admins.
    async fn add_staff(&self, context: &Context<'_>, input: AddStaffInput) -> Result<AddStaffPayload> {
        let actor = actor(context)?;
        let (member, user_errors) = settle(app(context)?.add_staff(actor, &input.into()).await)?;
        Ok(AddStaffPayload { staff: member.map(|member| Staff::shown_to(actor, member)), user_errors })
    }
}
