//! The tenant, and how one signs up.

use std::sync::Arc;

use app::tenant::{SignUp, TenantProfile};
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use secrecy::SecretString;

use super::app;
use super::error::{UserError, settle};
use super::region::{RegionObject, ResidencyWord};
use super::session::Session;

/// What a tenant pays for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::tenant::Plan")]
pub enum Plan {
    /// Nothing.
    Free,
}

/// A business that takes bookings. Its data lives in one region.
pub struct Tenant(TenantProfile);

impl From<TenantProfile> for Tenant {
    fn from(profile: TenantProfile) -> Self {
        Self(profile)
    }
}

#[Object]
impl Tenant {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// The name in host names and in the `x-tenant` header.
    async fn alias(&self) -> &str {
        &self.0.alias
    }

    /// The name for people.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Whether other regions' nodes may forward its requests.
    async fn residency(&self) -> ResidencyWord {
        self.0.residency.into()
    }

    /// What it pays for.
    async fn plan(&self) -> Plan {
        self.0.plan.into()
    }

    /// IANA name of its time zone.
    async fn time_zone(&self) -> &str {
        &self.0.time_zone
    }

    /// Where its data lives.
    async fn home_region(&self) -> RegionObject {
        RegionObject(Arc::clone(&self.0.home_region))
    }
}

/// A new tenant and its owner.
#[derive(InputObject)]
pub struct SignUpInput {
    /// Code of the region where the data will live: that of the node called. `regions` lists all with their addresses.
    region: String,
    /// The tenant's name in host names: 3 to 40 of a-z, 0-9 and hyphen.
    alias: String,
    /// The tenant's name for people, at most 200 characters.
    tenant_name: String,
    /// IANA name of the tenant's time zone, such as `Europe/Berlin`.
    time_zone: String,
    /// The owner's name, at most 200 characters.
    owner_name: String,
    /// The owner signs in with it.
    email: String,
    /// At least 15 characters, and hard to guess. Any characters, none is required.
    password: String,
    /// Whether other regions' nodes may forward the tenant's requests.
    #[graphql(default_with = "ResidencyWord::Pinned")]
    residency: ResidencyWord,
    /// Language tag, such as `en` or `de-AT`.
    #[graphql(default = "en")]
    locale: String,
}

impl From<SignUpInput> for SignUp {
    fn from(input: SignUpInput) -> Self {
        Self {
            region: input.region,
            alias: input.alias,
            tenant_name: input.tenant_name,
            time_zone: input.time_zone,
            owner_name: input.owner_name,
            email: input.email,
            password: SecretString::from(input.password),
            residency: input.residency.into(),
            locale: input.locale,
        }
    }
}

/// What `signUp` answers.
#[derive(SimpleObject)]
pub struct SignUpPayload {
    /// The new tenant; null when there are user errors.
    tenant: Option<Tenant>,
    /// The owner's session; null when there are user errors.
    session: Option<Session>,
    /// Why nothing was made.
    user_errors: Vec<UserError>,
}

/// Mutations of tenants.
#[derive(Default)]
pub struct TenantMutation;

#[Object]
impl TenantMutation {
    /// Makes a tenant in the region of the node called, its owner, and the owner's session. Needs no tenant and no
    /// credentials. Answers `UNAVAILABLE` when the directory of all regions cannot be asked; nothing remains then, so try again.
    async fn sign_up(&self, context: &Context<'_>, input: SignUpInput) -> Result<SignUpPayload> {
        let (signed_up, user_errors) = settle(app(context)?.sign_up(&input.into()).await)?;
        let (tenant, session) = signed_up.map(|made| (Tenant::from(made.tenant), Session::from(made.session))).unzip();
        Ok(SignUpPayload { tenant, session, user_errors })
    }
}
