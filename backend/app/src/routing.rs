//! Where a request belongs, from what its headers claim (R4, I3, A4). Pure look-ups in the directory's mirror: no wait, no
//! database, so it can be asked before the body is read.

use std::sync::Arc;

use domain::ids::TenantId;
use domain::region::{Region, Regions};
use domain::tenant::{Alias, DirectoryEntry, HomeEpoch, Residency};
use domain::token::TokenText;
use platform::mac::AliasKey;
use store::{Directory, TenantScope};

use crate::context::App;

/// What a request says of its tenant. All that is said must name one tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claims {
    /// The public parts of the bearer token. Proves nothing yet.
    pub token: Option<TokenText>,
    /// The host's first label.
    pub host: Option<Alias>,
    /// The `x-tenant` header.
    pub header: Option<Alias>,
}

/// Where a request belongs.
#[derive(Debug, Clone)]
pub enum Route {
    /// No tenant was named.
    NoTenant,
    /// Here.
    Home(TenantScope),
    /// In another region.
    Elsewhere {
        /// Who.
        tenant: TenantId,
        /// Where.
        region: Arc<Region>,
        /// Since which relocation.
        home_epoch: HomeEpoch,
        /// Whether this node may forward the request.
        residency: Residency,
    },
    /// At home here, but not served at present.
    Suspended,
    /// The claims name different tenants (I3).
    Mismatch,
    /// No tenant has this id or alias.
    Unknown,
}

impl App {
    /// Decides where a request belongs.
    #[must_use]
    pub fn route(&self, claims: &Claims) -> Route {
        route(claims, &self.directory, &self.regions, &self.alias_key)
    }

    /// The directory's entry of an alias.
    #[must_use]
    pub fn entry_of_alias(&self, alias: &Alias) -> Option<DirectoryEntry> {
        self.directory.by_alias_mac(&self.alias_key.mac(alias))
    }

    /// Where the tenant with this alias lives; none when nobody has it, or when it is not an alias at all.
    #[must_use]
    pub fn where_is(&self, alias: &str) -> Option<(Arc<Region>, Residency)> {
        let entry = self.entry_of_alias(&alias.parse().ok()?)?;
        self.regions.by_number(entry.region).map(|region| (Arc::clone(region), entry.residency))
    }
}

fn route(claims: &Claims, directory: &Directory, regions: &Regions, alias_key: &AliasKey) -> Route {
    let by_token = claims.token.as_ref().map(|token| directory.entry(token.tenant));
    let by_alias = [&claims.host, &claims.header].into_iter().flatten().map(|alias| directory.by_alias_mac(&alias_key.mac(alias)));
    let mut named = by_token.into_iter().chain(by_alias);
    let Some(first) = named.next() else { return Route::NoTenant };
    let first_tenant = first.map(|entry| entry.tenant);
    if named.any(|other| other.map(|entry| entry.tenant) != first_tenant) {
        return Route::Mismatch;
    }
    first.map_or(Route::Unknown, |entry| place(&entry, directory, regions))
}

fn place(entry: &DirectoryEntry, directory: &Directory, regions: &Regions) -> Route {
    if let Some(scope) = directory.scope(entry.tenant) {
        return Route::Home(scope);
    }
    if entry.region == directory.region() {
        return Route::Suspended;
    }
    let Some(region) = regions.by_number(entry.region) else {
        tracing::error!(region = entry.region.0, "the directory names a region without a region file here");
        return Route::Unknown;
    };
    let region = Arc::clone(region);
    Route::Elsewhere { tenant: entry.tenant, region, home_epoch: entry.home_epoch, residency: entry.residency }
}

#[cfg(test)]
mod tests;
