#![expect(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use domain::ids::TenantId;
use domain::region::{RegionNumber, ShardNumber};
use domain::tenant::{DirectoryEntry, DirectoryState, HomeEpoch, Residency};
use uuid::Uuid;

use super::{Applied, Directory, MirrorFault};

const HERE: RegionNumber = RegionNumber(3);

fn tenant(number: u128) -> TenantId {
    TenantId::new(Uuid::from_u128(number))
}

/// Tenant `number` with the alias of the same number, at home here in its first epoch.
fn entry(number: u8, version: i64) -> DirectoryEntry {
    DirectoryEntry {
        tenant: tenant(number.into()),
        alias_mac: [number; 32],
        region: HERE,
        shard: ShardNumber(1),
        home_epoch: HomeEpoch::FIRST,
        residency: Residency::Pinned,
        state: DirectoryState::Active,
        version,
    }
}

fn mirror(changes: &[DirectoryEntry]) -> Directory {
    let directory = Directory::new(HERE);
    for change in changes {
        assert_eq!(directory.apply(change), Ok(Applied::Yes));
    }
    directory
}

#[test]
fn r5_changes_are_applied_in_their_order_and_found_by_id_and_alias() {
    let directory = mirror(&[entry(1, 1), entry(2, 2)]);

    assert_eq!(directory.version(), 2);
    assert_eq!(directory.entry(tenant(2)), Some(entry(2, 2)));
    assert_eq!(directory.by_alias_mac(&[1; 32]), Some(entry(1, 1)));
    assert_eq!(directory.by_alias_mac(&[9; 32]), None);
}

#[test]
fn r5_a_gap_changes_nothing() {
    let directory = mirror(&[entry(1, 1)]);

    assert_eq!(directory.apply(&entry(3, 3)), Err(MirrorFault::Gap { held: 1, got: 3 }));

    assert_eq!(directory.version(), 1);
    assert_eq!(directory.entry(tenant(3)), None);
}

#[test]
fn r5_a_change_seen_before_changes_nothing() {
    let directory = mirror(&[entry(1, 1), entry(2, 2)]);
    let mut other = entry(1, 1);
    other.region = RegionNumber(1);

    assert_eq!(directory.apply(&other), Ok(Applied::Before));

    assert_eq!(directory.entry(tenant(1)), Some(entry(1, 1)));
    assert_eq!(directory.version(), 2);
}

#[test]
fn r5_a_lower_epoch_is_passed_over_and_the_feed_goes_on() {
    let mut moved = entry(1, 1);
    moved.home_epoch = HomeEpoch(5);
    let directory = mirror(&[moved]);
    let mut stale = entry(1, 2);
    stale.home_epoch = HomeEpoch(4);

    let fault = directory.apply(&stale).unwrap_err();

    assert_eq!(fault, MirrorFault::EpochFell { tenant: tenant(1), version: 2, held: 5, got: 4 });
    assert_eq!(directory.entry(tenant(1)), Some(moved));
    assert_eq!(directory.apply(&entry(2, 3)), Ok(Applied::Yes));
}

#[test]
fn r5_a_snapshot_heals_a_gap_and_drops_who_is_gone() {
    let directory = mirror(&[entry(1, 1), entry(2, 2)]);

    assert_eq!(directory.replace(9, &[entry(2, 2), entry(7, 9)]), Ok(vec![]));

    assert_eq!(directory.version(), 9);
    assert_eq!(directory.entry(tenant(1)), None);
    assert_eq!(directory.by_alias_mac(&[1; 32]), None);
    assert_eq!(directory.entry(tenant(7)), Some(entry(7, 9)));
    assert_eq!(directory.apply(&entry(8, 10)), Ok(Applied::Yes));
}

#[test]
fn r5_neither_position_nor_epoch_falls_by_a_snapshot() {
    let mut moved = entry(1, 1);
    moved.home_epoch = HomeEpoch(2);
    let directory = mirror(&[moved, entry(2, 2)]);

    assert_eq!(directory.replace(1, &[]), Err(MirrorFault::Older { held: 2, got: 1 }));
    let passed_over = directory.replace(4, &[entry(1, 3)]).unwrap();

    assert_eq!(passed_over, [MirrorFault::EpochFell { tenant: tenant(1), version: 3, held: 2, got: 1 }]);
    assert_eq!(directory.entry(tenant(1)), Some(moved));
}

#[test]
fn a_released_tenant_is_unknown_and_its_alias_free() {
    let mut released = entry(1, 2);
    released.state = DirectoryState::Released;
    let mut successor = entry(2, 3);
    successor.alias_mac = [1; 32];

    let directory = mirror(&[entry(1, 1), released]);

    assert_eq!(directory.entry(tenant(1)), None);
    assert_eq!(directory.by_alias_mac(&[1; 32]), None);
    assert_eq!(directory.apply(&successor), Ok(Applied::Yes));
    assert_eq!(directory.by_alias_mac(&[1; 32]), Some(successor));
}

#[test]
fn r1_only_a_served_tenant_of_this_region_has_a_scope() {
    let mut elsewhere = entry(2, 2);
    elsewhere.region = RegionNumber(1);
    let mut suspended = entry(3, 3);
    suspended.state = DirectoryState::Suspended;
    let mut moving = entry(4, 4);
    moving.state = DirectoryState::Moving;

    let directory = mirror(&[entry(1, 1), elsewhere, suspended, moving]);

    assert_eq!(directory.scope(tenant(1)).map(|scope| scope.tenant()), Some(tenant(1)));
    assert_eq!(directory.scope(tenant(2)), None);
    assert_eq!(directory.scope(tenant(3)), None);
    assert_eq!(directory.scope(tenant(4)).map(|scope| scope.tenant()), Some(tenant(4)));
    assert_eq!(directory.scope(tenant(5)), None);
}

#[tokio::test]
async fn who_waits_for_a_version_finds_it_applied() {
    let directory = mirror(&[entry(1, 1)]);
    let waiting = tokio::spawn({
        let directory = directory.clone();
        async move { directory.wait_for(2, Duration::from_secs(5)).await && directory.entry(tenant(2)).is_some() }
    });

    directory.apply(&entry(2, 2)).unwrap();

    assert!(waiting.await.unwrap());
    assert!(!directory.wait_for(3, Duration::ZERO).await);
}
