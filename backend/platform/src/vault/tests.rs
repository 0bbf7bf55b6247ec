#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::HashSet;

use super::*;
use crate::random::{SeededRandom, SystemRandom};

const TENANT: TenantId = TenantId::new(Uuid::from_u128(1));
const OTHER_TENANT: TenantId = TenantId::new(Uuid::from_u128(2));
const PLACE: SealedPlace = SealedPlace { tenant: TENANT, table: "staff", row: Uuid::from_u128(3) };

fn key(seed: u64) -> DataKey {
    DataKey::fresh(&SeededRandom::new(seed))
}

fn region_key(byte: u8) -> RegionKey {
    RegionKey::new(Zeroizing::new([byte; 32]))
}

#[test]
fn r6_a_sealed_value_opens_at_its_place_and_has_the_drawn_form() {
    let blob = seal(&key(1), &SeededRandom::new(2), PLACE, b"Ann");

    assert_eq!(blob.len(), 3 + 32 + 3 + 16);
    assert_eq!(blob[..3], [1, 0, 1]);
    assert_eq!(open(&key(1), PLACE, &blob).unwrap().as_slice(), b"Ann");
}

#[test]
fn r6_a_change_of_any_bit_of_a_blob_is_refused() {
    let blob = seal(&key(1), &SeededRandom::new(2), PLACE, b"Ann Miller");
    for index in 0..blob.len() {
        for bit in 0..8 {
            let mut altered = blob.clone();
            altered[index] ^= 1 << bit;
            assert_eq!(open(&key(1), PLACE, &altered).unwrap_err(), VaultFault, "byte {index} bit {bit}");
        }
    }
}

#[test]
fn r6_a_shortened_blob_is_refused() {
    let blob = seal(&key(1), &SeededRandom::new(2), PLACE, b"Ann");
    for length in 0..blob.len() {
        assert_eq!(open(&key(1), PLACE, &blob[..length]).unwrap_err(), VaultFault);
    }
}

#[test]
fn r6_a_blob_moved_to_another_place_or_key_is_refused() {
    let blob = seal(&key(1), &SeededRandom::new(2), PLACE, b"Ann");
    let elsewhere = [
        SealedPlace { tenant: OTHER_TENANT, ..PLACE },
        SealedPlace { table: "customer", ..PLACE },
        SealedPlace { table: "staf", ..PLACE },
        SealedPlace { row: Uuid::from_u128(4), ..PLACE },
    ];
    for place in elsewhere {
        assert_eq!(open(&key(1), place, &blob).unwrap_err(), VaultFault, "{place:?}");
    }
    assert_eq!(open(&key(9), PLACE, &blob).unwrap_err(), VaultFault);
}

#[test]
fn r6_ten_thousand_seals_of_one_value_share_no_salt_and_no_byte_string() {
    let key = key(1);
    let mut salts = HashSet::new();
    let mut bodies = HashSet::new();
    for _ in 0..10_000 {
        let blob = seal(&key, &SystemRandom, PLACE, b"Ann");
        salts.insert(blob[3..35].to_vec());
        bodies.insert(blob[35..].to_vec());
    }
    assert_eq!((salts.len(), bodies.len()), (10_000, 10_000));
}

#[test]
fn r6_a_wrapped_key_opens_only_for_its_tenant_version_and_region() {
    let key = key(1);
    let wrapped = region_key(5).wrap(&SeededRandom::new(2), TENANT, &key);
    let blob = seal(&key, &SeededRandom::new(3), PLACE, b"Ann");

    assert_eq!(wrapped.len(), 81);
    let again = region_key(5).unwrap(TENANT, KeyVersion::FIRST, &wrapped).unwrap();
    assert_eq!(open(&again, PLACE, &blob).unwrap().as_slice(), b"Ann");
    assert!(region_key(5).unwrap(OTHER_TENANT, KeyVersion::FIRST, &wrapped).is_err());
    assert!(region_key(5).unwrap(TENANT, KeyVersion(2), &wrapped).is_err());
    assert!(region_key(6).unwrap(TENANT, KeyVersion::FIRST, &wrapped).is_err());
}

#[test]
fn r6_a_change_of_any_bit_of_a_wrapped_key_is_refused() {
    let wrapped = region_key(5).wrap(&SeededRandom::new(2), TENANT, &key(1));
    for index in 0..wrapped.len() {
        for bit in 0..8 {
            let mut altered = wrapped.clone();
            altered[index] ^= 1 << bit;
            assert!(region_key(5).unwrap(TENANT, KeyVersion::FIRST, &altered).is_err(), "byte {index} bit {bit}");
        }
    }
}

#[test]
fn r6_the_blind_index_differs_by_address_tenant_key_and_purpose() {
    let address = "ann@example.org";

    assert_eq!(key(1).blind_index(address), key(1).blind_index(address));
    let all = HashSet::from([
        key(1).blind_index(address),
        key(1).blind_index("bob@example.org"),
        key(2).blind_index(address),
        key(1).derive("manage token", address.as_bytes()),
    ]);
    assert_eq!(all.len(), 4);
}

#[test]
fn s3_keys_are_not_printed() {
    assert_eq!(format!("{:?}", key(1)), "DataKey { version: KeyVersion(1), .. }");
    assert_eq!(format!("{:?}", region_key(5)), "RegionKey(..)");
}
