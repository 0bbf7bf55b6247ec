//! HMAC-SHA-256 under keys of 32 bytes, and the key under which the directory knows aliases (R2).

use domain::tenant::Alias;
use hmac::{Hmac, KeyInit as _, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::secret::Key;

/// HMAC-SHA-256 of `message`.
#[must_use]
pub fn hmac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    // A key shorter than the hash's block is padded with zeros (RFC 2104), which makes its length a compile-time fact.
    let mut block = Zeroizing::new([0; 64]);
    let (head, _) = block.split_at_mut(key.len());
    head.copy_from_slice(key);
    Hmac::<Sha256>::new((&*block).into()).chain_update(message).finalize().into_bytes().into()
}

/// The key that turns an alias into what the directory stores. All nodes hold it, control does not. Never printed.
pub struct AliasKey(Key);

impl AliasKey {
    /// The key as read from its secret file.
    #[must_use]
    pub const fn new(key: Key) -> Self {
        Self(key)
    }

    /// What the directory stores of this alias.
    #[must_use]
    pub fn mac(&self, alias: &Alias) -> [u8; 32] {
        hmac(&self.0, alias.as_str().as_bytes())
    }
}

impl std::fmt::Debug for AliasKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("AliasKey").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mac_is_the_published_one() {
        // RFC 4231, test case 1 has a key of 20 bytes 0x0b; zero padding gives the same block for 32 bytes.
        let mut key = [0; 32];
        key[..20].fill(0x0b);

        let mac = hmac(&key, b"Hi There");

        assert_eq!(mac[..8], [0xb0, 0x34, 0x4c, 0x61, 0xd8, 0xdb, 0x38, 0x53]);
    }
}
