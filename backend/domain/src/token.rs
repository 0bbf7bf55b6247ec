//! The text form of tokens (S2): what can be read from one without any look-up.
//!
//! ```text
//! dom_eu_at_QUJDRA…                   64 characters of base64url without padding
//! └┬┘ │  │  └─ 16 bytes tenant id ‖ 32 bytes secret
//!  │  │  └─ kind: at access, rt refresh, mt manage link of a booking
//!  │  └─ code of the region that minted it
//!  └─ fixed: lets secret scanners find a leaked token
//! ```
//!
//! Region and tenant route a request (R4) and pin it to one tenant (I3). Nothing here says that a token is alive: only
//! the SHA-256 of the whole text, looked up at home, does. Secrets are made in the platform crate.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use thiserror::Error;
use uuid::Uuid;

use crate::ids::TenantId;

/// Bytes of a token's secret: 256 bits.
pub const SECRET_LENGTH: usize = 32;

const TENANT_LENGTH: usize = 16;
const PREFIX: &str = "dom";

/// What a token opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Calls of a signed-in staff member.
    Access,
    /// A new pair of tokens for the same session.
    Refresh,
    /// One booking, for the customer who made it.
    Manage,
}

impl TokenKind {
    /// The two letters in the token's text.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Access => "at",
            Self::Refresh => "rt",
            Self::Manage => "mt",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        [Self::Access, Self::Refresh, Self::Manage].into_iter().find(|kind| kind.code() == code)
    }
}

/// The text is not a token of this API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("is not a token of this API")]
pub struct BadToken;

/// What a token's text says. Holds no part of the secret, so it may be logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenText {
    /// What it opens.
    pub kind: TokenKind,
    /// Code of the region that minted it.
    pub region: String,
    /// Whose it is, for ever (I3).
    pub tenant: TenantId,
}

impl TokenText {
    /// Reads the public parts of a token.
    ///
    /// # Errors
    /// [`BadToken`] when the text has another form; it does not say which part is wrong.
    pub fn parse(text: &str) -> Result<Self, BadToken> {
        let mut parts = text.splitn(4, '_');
        let (prefix, region, kind, body) = (parts.next(), parts.next(), parts.next(), parts.next());
        if prefix != Some(PREFIX) {
            return Err(BadToken);
        }
        let region = region.filter(|code| is_region_code(code)).ok_or(BadToken)?;
        let kind = kind.and_then(TokenKind::from_code).ok_or(BadToken)?;
        let bytes = URL_SAFE_NO_PAD.decode(body.ok_or(BadToken)?).map_err(|_| BadToken)?;
        if bytes.len() != TENANT_LENGTH + SECRET_LENGTH {
            return Err(BadToken);
        }
        let tenant = bytes.get(..TENANT_LENGTH).and_then(|id| Uuid::from_slice(id).ok()).ok_or(BadToken)?;
        Ok(Self { kind, region: region.to_owned(), tenant: TenantId::new(tenant) })
    }

    /// The whole text of the token with this secret. Handle the result as a secret.
    #[must_use]
    pub fn with_secret(&self, secret: &[u8; SECRET_LENGTH]) -> String {
        let mut body = [0; TENANT_LENGTH + SECRET_LENGTH];
        let (id, rest) = body.split_at_mut(TENANT_LENGTH);
        id.copy_from_slice(self.tenant.uuid().as_bytes());
        rest.copy_from_slice(secret);
        format!("{PREFIX}_{}_{}_{}", self.region, self.kind.code(), URL_SAFE_NO_PAD.encode(body))
    }
}

fn is_region_code(code: &str) -> bool {
    (2..=8).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn access() -> TokenText {
        TokenText { kind: TokenKind::Access, region: "eu".into(), tenant: TenantId::new(Uuid::from_u128(0x0193_0c5e)) }
    }

    #[test]
    fn s2_region_kind_and_tenant_are_read_from_the_text() {
        let text = access().with_secret(&[0xff; 32]);

        assert_eq!(text, "dom_eu_at_AAAAAAAAAAAAAAAAAZMMXv__________________________________________");
        assert_eq!(TokenText::parse(&text).unwrap(), access());
    }

    #[test]
    fn every_kind_round_trips() {
        for kind in [TokenKind::Access, TokenKind::Refresh, TokenKind::Manage] {
            let token = TokenText { kind, ..access() };
            assert_eq!(TokenText::parse(&token.with_secret(&[7; 32])).unwrap(), token);
        }
    }

    #[test]
    fn other_texts_are_no_tokens() {
        let good = access().with_secret(&[0; 32]);
        let body = &good[10..];
        let bad = [
            String::new(),
            "dom".into(),
            "dom_eu_at_".into(),
            format!("dom_eu_xx_{body}"),
            format!("dom_EU_at_{body}"),
            format!("dom__at_{body}"),
            format!("tok_eu_at_{body}"),
            format!("dom_eu_at_{body}A"),
            format!("dom_eu_at_{}", &body[1..]),
            format!("dom_eu_at_{}=", &body[1..]),
            format!(" {good}"),
        ];
        for text in bad {
            assert_eq!(TokenText::parse(&text), Err(BadToken), "{text}");
        }
    }
}
