//! Sealing of personal fields, wrapping of tenant data keys, blind index and derived secrets (R6).
//!
//! A **sealed blob** is what a row holds of a person:
//!
//! ```text
//!  0        1         3                35                     35+n        51+n
//!  +--------+---------+----------------+----------------------+-----------+
//!  | form 1 | key     | salt           | ciphertext           | tag       |
//!  | 1 byte | 2 bytes | 32 bytes       | n bytes              | 16 bytes  |
//!  +--------+---------+----------------+----------------------+-----------+
//!    form   format of the blob
//!    key    version of the tenant data key, big-endian
//!    salt   fresh for each seal
//!
//!  key ‖ nonce (32 + 12 bytes) = HKDF-SHA-256(ikm: tenant data key, salt, info: "domicile seal 1")
//!  ciphertext, tag             = AES-256-GCM(key, nonce, plain text, aad)
//!  aad = form ‖ key ‖ tenant id (16) ‖ length of the table's name (1) ‖ table's name ‖ row id (16)
//! ```
//!
//! A fresh salt gives each seal an AES key of its own, so no nonce is ever used twice with one key, however many rows a
//! tenant has. The additional data ties a blob to its row: moved to another tenant, table or row it does not open.
//!
//! A **wrapped data key** is what the key store holds of a tenant:
//!
//! ```text
//!  0        1                33                65          81
//!  +--------+----------------+-----------------+-----------+
//!  | form 1 | salt           | ciphertext      | tag       |
//!  +--------+----------------+-----------------+-----------+
//!  key ‖ nonce = HKDF-SHA-256(ikm: region key, salt, info: "domicile wrap 1")
//!  aad         = form ‖ tenant id (16) ‖ version of the tenant data key (2, big-endian)
//! ```
//!
//! The **blind index** finds a row by an e-mail address without storing it:
//! HMAC-SHA-256(k, normalised address), k = HKDF-SHA-256(ikm: tenant data key, no salt, info: "domicile derive 1 blind index").
//!
//! All failures to open are one [`VaultFault`]: which byte was wrong helps only an attacker.

use aes_gcm::aead::{Aead, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use domain::ids::TenantId;
use hkdf::Hkdf;
use sha2::Sha256;
use thiserror::Error;
use uuid::Uuid;
use zeroize::{Zeroize, Zeroizing};

use crate::mac::hmac;
use crate::random::Random;

const FORM: u8 = 1;
const KEY: usize = 32;
const SALT: usize = 32;
const NONCE: usize = 12;
const HEAD: usize = 3;

/// A blob or wrapped key does not open: altered, moved, or made with another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a sealed value does not open")]
pub struct VaultFault;

/// Where a sealed blob lies; it opens nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealedPlace {
    /// Whose row.
    pub tenant: TenantId,
    /// The table's name.
    pub table: &'static str,
    /// The row's id.
    pub row: Uuid,
}

/// Counts a tenant's data keys; the first is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyVersion(pub u16);

impl KeyVersion {
    /// The version of a new tenant's key.
    pub const FIRST: Self = Self(1);
}

/// One tenant's key, unwrapped: in memory only, wiped when dropped, never printed.
pub struct DataKey {
    version: KeyVersion,
    bytes: Zeroizing<[u8; KEY]>,
}

impl DataKey {
    /// A new key for a new tenant.
    pub fn fresh(random: &dyn Random) -> Self {
        let mut bytes = Zeroizing::new([0; KEY]);
        random.fill(bytes.as_mut());
        Self { version: KeyVersion::FIRST, bytes }
    }

    /// Which of the tenant's keys this is.
    #[must_use]
    pub const fn version(&self) -> KeyVersion {
        self.version
    }

    /// The value under which a row with this e-mail address is found, equal for equal normalised addresses.
    #[must_use]
    pub fn blind_index(&self, normalised: &str) -> [u8; 32] {
        self.derive("blind index", normalised.as_bytes())
    }

    /// A secret that only this tenant's key can make again from `purpose` and `context`.
    #[must_use]
    pub fn derive(&self, purpose: &'static str, context: &[u8]) -> [u8; 32] {
        let mut key = Zeroizing::new([0; KEY]);
        let expanded =
            Hkdf::<Sha256>::new(None, self.bytes.as_ref()).expand_multi_info(&[b"domicile derive 1 ", purpose.as_bytes()], key.as_mut());
        debug_assert!(expanded.is_ok(), "HKDF gives up to 8,160 bytes");
        hmac(&key, context)
    }
}

impl std::fmt::Debug for DataKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DataKey").field("version", &self.version).finish_non_exhaustive()
    }
}

/// Seals `plain` for the row at `place`. Each call gives other bytes.
#[must_use]
pub fn seal(key: &DataKey, random: &dyn Random, place: SealedPlace, plain: &[u8]) -> Vec<u8> {
    let [high, low] = key.version.0.to_be_bytes();
    let head = [FORM, high, low];
    let mut salt = [0; SALT];
    random.fill(&mut salt);
    let mut blob = Vec::with_capacity(HEAD + SALT + plain.len() + 16);
    blob.extend_from_slice(&head);
    blob.extend_from_slice(&salt);
    blob.extend_from_slice(&encrypt(&key.bytes, &salt, b"domicile seal 1", plain, &place.aad(head)));
    blob
}

/// Opens the blob of the row at `place`.
///
/// # Errors
/// [`VaultFault`] when it was altered, moved from another place, or sealed with another key.
pub fn open(key: &DataKey, place: SealedPlace, blob: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultFault> {
    let (head, rest) = blob.split_first_chunk::<HEAD>().ok_or(VaultFault)?;
    let (salt, sealed) = rest.split_first_chunk::<SALT>().ok_or(VaultFault)?;
    let [form, high, low] = *head;
    if form != FORM || u16::from_be_bytes([high, low]) != key.version.0 {
        return Err(VaultFault);
    }
    decrypt(&key.bytes, salt, b"domicile seal 1", sealed, &place.aad(*head))
}

impl SealedPlace {
    fn aad(&self, head: [u8; HEAD]) -> Vec<u8> {
        let table = self.table.as_bytes();
        let length = u8::try_from(table.len()).unwrap_or(u8::MAX);
        [&head[..], self.tenant.uuid().as_bytes(), &[length], table, self.row.as_bytes()].concat()
    }
}

/// The region's key: wraps the data keys of its tenants. In memory only, wiped when dropped, never printed.
pub struct RegionKey(Zeroizing<[u8; KEY]>);

impl RegionKey {
    /// The key as read from its secret file.
    #[must_use]
    pub const fn new(bytes: Zeroizing<[u8; KEY]>) -> Self {
        Self(bytes)
    }

    /// The form of a tenant's data key that may lie in the key store.
    #[must_use]
    pub fn wrap(&self, random: &dyn Random, tenant: TenantId, key: &DataKey) -> Vec<u8> {
        let mut salt = [0; SALT];
        random.fill(&mut salt);
        let sealed = encrypt(&self.0, &salt, b"domicile wrap 1", key.bytes.as_ref(), &wrap_aad(tenant, key.version));
        [&[FORM], &salt[..], &sealed].concat()
    }

    /// The data key of `tenant` from the key store.
    ///
    /// # Errors
    /// [`VaultFault`] when it was altered, belongs to another tenant or version, or to another region's key.
    pub fn unwrap(&self, tenant: TenantId, version: KeyVersion, wrapped: &[u8]) -> Result<DataKey, VaultFault> {
        let (form, rest) = wrapped.split_first().ok_or(VaultFault)?;
        let (salt, sealed) = rest.split_first_chunk::<SALT>().ok_or(VaultFault)?;
        if *form != FORM {
            return Err(VaultFault);
        }
        let plain = decrypt(&self.0, salt, b"domicile wrap 1", sealed, &wrap_aad(tenant, version))?;
        let bytes = <[u8; KEY]>::try_from(plain.as_slice()).map_err(|_| VaultFault)?;
        Ok(DataKey { version, bytes: Zeroizing::new(bytes) })
    }
}

impl std::fmt::Debug for RegionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("RegionKey").finish_non_exhaustive()
    }
}

fn wrap_aad(tenant: TenantId, version: KeyVersion) -> Vec<u8> {
    [&[FORM], &tenant.uuid().as_bytes()[..], &version.0.to_be_bytes()].concat()
}

/// The cipher and nonce that belong to one salt.
fn cipher(key: &[u8; KEY], salt: &[u8; SALT], info: &[u8]) -> (Aes256Gcm, [u8; NONCE]) {
    let mut material = Zeroizing::new([0; KEY + NONCE]);
    let expanded = Hkdf::<Sha256>::new(Some(salt), key).expand(info, material.as_mut());
    debug_assert!(expanded.is_ok(), "HKDF gives up to 8,160 bytes");
    let (mut aes, mut nonce) = ([0; KEY], [0; NONCE]);
    let (first, second) = material.split_at(KEY);
    aes.copy_from_slice(first);
    nonce.copy_from_slice(second);
    let cipher = Aes256Gcm::new(&aes.into());
    aes.zeroize();
    (cipher, nonce)
}

fn encrypt(key: &[u8; KEY], salt: &[u8; SALT], info: &[u8], plain: &[u8], aad: &[u8]) -> Vec<u8> {
    let (cipher, nonce) = cipher(key, salt, info);
    let sealed = cipher.encrypt(&Nonce::from(nonce), Payload { msg: plain, aad });
    // The cipher refuses only texts over 64 GiB. Storing nothing in place of a row would lose it silently.
    assert!(sealed.is_ok(), "AES-GCM seals up to 64 GiB");
    sealed.unwrap_or_default()
}

fn decrypt(key: &[u8; KEY], salt: &[u8; SALT], info: &[u8], sealed: &[u8], aad: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultFault> {
    let (cipher, nonce) = cipher(key, salt, info);
    cipher.decrypt(&Nonce::from(nonce), Payload { msg: sealed, aad }).map(Zeroizing::new).map_err(|_| VaultFault)
}

#[cfg(test)]
mod tests;
