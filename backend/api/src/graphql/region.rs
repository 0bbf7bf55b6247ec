//! Regions and where a tenant lives: answered without tenant and without credentials (A4).

#![expect(clippy::unused_self, clippy::needless_pass_by_value, reason = "the form of a resolver is fixed")]

use std::sync::Arc;

use async_graphql::{Context, Enum, Object, SimpleObject};
use domain::region::Region;
use domain::tenant::Residency;

/// A jurisdiction that holds tenants.
#[derive(Debug)]
pub struct RegionObject(pub Arc<Region>);

/// A jurisdiction that holds tenants. Everything of a tenant stays on its home region's two sites.
#[Object(name = "Region")]
impl RegionObject {
    /// Its short name, such as `eu`. Stable.
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Its name for people.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Whose law applies to the data held there.
    fn jurisdiction(&self) -> &str {
        &self.0.jurisdiction
    }

    /// Where its GraphQL API answers.
    fn api_url(&self) -> &str {
        &self.0.api_url
    }

    /// Where its public images are read.
    fn cdn_url(&self) -> &str {
        &self.0.cdn_url
    }
}

/// Whether a tenant's requests may touch another region's nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Residency", name = "Residency")]
pub enum ResidencyWord {
    /// Requests are answered by the home region's nodes only; another region's node refuses them unread.
    Pinned,
    /// Another region's node may pass a request on to the home region. It keeps nothing of it.
    Flexible,
}

/// Where a tenant lives.
#[derive(Debug, SimpleObject)]
pub struct TenantHome {
    /// Its home region: send requests to this region's `apiUrl`.
    region: RegionObject,
    /// Whether other regions may pass requests on.
    residency: ResidencyWord,
}

/// Queries.
#[derive(Debug, Default)]
pub struct RegionQuery;

#[Object]
impl RegionQuery {
    /// All regions that a tenant can choose from. Needs no tenant and no credentials.
    fn regions(&self, context: &Context<'_>) -> async_graphql::Result<Vec<RegionObject>> {
        Ok(super::app(context)?.regions.iter().cloned().map(RegionObject).collect())
    }

    /// Where the tenant with this alias lives; null when there is none. Needs no tenant and no credentials.
    fn where_is(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The tenant's public name, as in its host name.")] alias: String,
    ) -> async_graphql::Result<Option<TenantHome>> {
        let home = super::app(context)?.where_is(&alias);
        Ok(home.map(|(region, residency)| TenantHome { region: RegionObject(region), residency: residency.into() }))
    }
}
