//! Minting and hashing of tokens (S2). The text form is in [`domain::token`].

use domain::token::{SECRET_LENGTH, TokenText};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::random::Random;

/// What is stored of a token: the SHA-256 of its whole text. A plain hash is enough, as the secret has 256 random bits.
pub type TokenHash = [u8; 32];

/// A new token: the text for the client, the hash for the row.
#[derive(Debug)]
pub struct Minted {
    /// Given to the client once and kept nowhere.
    pub text: SecretString,
    /// Kept.
    pub hash: TokenHash,
}

/// A new token with a random secret.
pub fn mint(random: &dyn Random, token: &TokenText) -> Minted {
    let mut secret = Zeroizing::new([0; SECRET_LENGTH]);
    random.fill(secret.as_mut());
    with_secret(token, &secret)
}

/// The token with a given secret, for those that must be answered again: the manage link of a booking.
#[must_use]
pub fn with_secret(token: &TokenText, secret: &[u8; SECRET_LENGTH]) -> Minted {
    let text = SecretString::from(token.with_secret(secret));
    let hash = hash(text.expose_secret());
    Minted { text, hash }
}

/// The hash under which a token's row is found.
#[must_use]
pub fn hash(text: &str) -> TokenHash {
    Sha256::digest(text.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use domain::ids::TenantId;
    use domain::token::TokenKind;
    use uuid::Uuid;

    use super::*;
    use crate::random::SeededRandom;

    #[test]
    fn s2_a_minted_token_is_found_by_the_hash_of_its_text_and_never_printed() {
        let token = TokenText { kind: TokenKind::Access, region: "au".into(), tenant: TenantId::new(Uuid::from_u128(5)) };
        let random = SeededRandom::new(3);

        let (first, second) = (mint(&random, &token), mint(&random, &token));

        assert_eq!(first.hash, hash(first.text.expose_secret()));
        assert_ne!(first.hash, second.hash);
        assert_eq!(TokenText::parse(first.text.expose_secret()).unwrap(), token);
        assert!(!format!("{first:?}").contains("dom_au"));
    }
}
