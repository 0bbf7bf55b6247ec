#![expect(clippy::unwrap_used, reason = "tests")]

use domain::region::{RegionNumber, ShardNumber, Site};
use domain::tenant::DirectoryState;
use domain::token::TokenKind;
use platform::secret::Key;
use uuid::Uuid;

use super::*;

const US: RegionNumber = RegionNumber(1);
const EU: RegionNumber = RegionNumber(3);

fn tenant(number: u128) -> TenantId {
    TenantId::new(Uuid::from_u128(number))
}

fn key() -> AliasKey {
    AliasKey::new(Key::new([7; 32]))
}

fn site(name: &str) -> Site {
    Site { name: name.into(), location: name.into(), jurisdiction: "X".into(), shards: vec![], key_store: String::new() }
}

fn region(number: RegionNumber, code: &str) -> Region {
    Region {
        number,
        code: code.into(),
        name: code.into(),
        jurisdiction: "X".into(),
        api_url: format!("https://api.{code}.example/graphql"),
        cdn_url: String::new(),
        peer_url: String::new(),
        sites: vec![site("primary"), site("secondary")],
    }
}

/// The US node's view: salon (1) here, clinic (2) flexible in the EU, closed (3) suspended here, far (4) in a region
/// without a file.
fn view() -> (Directory, Regions) {
    let directory = Directory::new(US);
    let entries = [
        (1, "salon", US, Residency::Pinned, DirectoryState::Active),
        (2, "clinic", EU, Residency::Flexible, DirectoryState::Active),
        (3, "closed", US, Residency::Pinned, DirectoryState::Suspended),
        (4, "far", RegionNumber(9), Residency::Pinned, DirectoryState::Active),
    ];
    for (number, alias, region, residency, state) in entries {
        let entry = DirectoryEntry {
            tenant: tenant(u128::try_from(number).unwrap()),
            alias_mac: key().mac(&alias.parse().unwrap()),
            region,
            shard: ShardNumber(1),
            home_epoch: HomeEpoch(number),
            residency,
            state,
            version: number,
        };
        directory.apply(&entry).unwrap();
    }
    (directory, Regions::new([region(US, "us"), region(EU, "eu")]).unwrap())
}

fn claims(token: Option<u128>, host: Option<&str>, header: Option<&str>) -> Claims {
    Claims {
        token: token.map(|number| TokenText { kind: TokenKind::Access, region: "us".into(), tenant: tenant(number) }),
        host: host.map(|alias| alias.parse().unwrap()),
        header: header.map(|alias| alias.parse().unwrap()),
    }
}

/// One word per route, with the tenant where there is one.
fn told(claims: &Claims) -> String {
    let (directory, regions) = view();
    match route(claims, &directory, &regions, &key()) {
        Route::NoTenant => "none".into(),
        Route::Home(scope) => format!("home {}", scope.tenant().uuid().as_u128()),
        Route::Elsewhere { tenant, region, home_epoch, residency } => {
            format!("{} {} epoch {home_epoch} {residency:?}", tenant.uuid().as_u128(), region.code)
        }
        Route::Suspended => "suspended".into(),
        Route::Mismatch => "mismatch".into(),
        Route::Unknown => "unknown".into(),
    }
}

#[test]
fn a4_each_claim_alone_names_the_tenant() {
    assert_eq!(told(&claims(None, None, None)), "none");
    assert_eq!(told(&claims(Some(1), None, None)), "home 1");
    assert_eq!(told(&claims(None, Some("salon"), None)), "home 1");
    assert_eq!(told(&claims(None, None, Some("salon"))), "home 1");
    assert_eq!(told(&claims(Some(1), Some("salon"), Some("salon"))), "home 1");
}

#[test]
fn r4_another_regions_tenant_is_told_with_its_home() {
    assert_eq!(told(&claims(None, None, Some("clinic"))), "2 eu epoch 2 Flexible");
    assert_eq!(told(&claims(Some(2), None, None)), "2 eu epoch 2 Flexible");
}

#[test]
fn i3_claims_that_disagree_are_a_mismatch() {
    assert_eq!(told(&claims(Some(1), Some("clinic"), None)), "mismatch");
    assert_eq!(told(&claims(Some(1), None, Some("clinic"))), "mismatch");
    assert_eq!(told(&claims(None, Some("salon"), Some("clinic"))), "mismatch");
}

#[test]
fn i4_a_foreign_alias_beside_a_token_is_answered_like_one_that_never_existed() {
    assert_eq!(told(&claims(Some(1), Some("nobody"), None)), told(&claims(Some(1), Some("clinic"), None)));
    assert_eq!(told(&claims(Some(1), None, Some("nobody"))), "mismatch");
}

#[test]
fn who_is_not_served_is_told_apart_from_who_is_not_known() {
    assert_eq!(told(&claims(None, Some("closed"), None)), "suspended");
    assert_eq!(told(&claims(None, Some("nobody"), None)), "unknown");
    assert_eq!(told(&claims(Some(99), None, None)), "unknown");
    assert_eq!(told(&claims(None, Some("far"), None)), "unknown");
}
