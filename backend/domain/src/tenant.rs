//! The tenant as the directory knows it: ids, numbers and a keyed hash, nothing personal (R2).

use std::fmt;
use std::str::FromStr;

use crate::ids::TenantId;
use crate::refusal::Refusal;
use crate::region::{RegionNumber, ShardNumber};

/// Rises by one at each relocation of a tenant; an older one cannot write (D1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HomeEpoch(pub i64);

impl HomeEpoch {
    /// The epoch of a new tenant.
    pub const FIRST: Self = Self(1);
}

impl fmt::Display for HomeEpoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Whether another region's node may touch a request of the tenant (R4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Residency {
    /// Never leaves the home region's nodes.
    Pinned,
    /// Another region's node may forward, keeping nothing.
    Flexible,
}

/// What a tenant pays for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Plan {
    /// Nothing; everything that exists today.
    Free,
}

/// What the directory says of a tenant's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DirectoryState {
    /// Served at its home.
    Active,
    /// Being relocated.
    Moving,
    /// Not served.
    Suspended,
    /// Gone, or a sign-up that never finished; its alias is free again.
    Released,
}

/// One tenant in the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DirectoryEntry {
    /// Who.
    pub tenant: TenantId,
    /// HMAC-SHA-256 of the alias under the nodes' alias key.
    pub alias_mac: [u8; 32],
    /// Home region.
    pub region: RegionNumber,
    /// Shard inside the home region.
    pub shard: ShardNumber,
    /// Rises at each relocation.
    pub home_epoch: HomeEpoch,
    /// Whether the tenant may be forwarded.
    pub residency: Residency,
    /// Its state.
    pub state: DirectoryState,
    /// The number of the directory change that wrote this entry.
    pub version: i64,
}

/// A tenant's public name in host names and the `x-tenant` header: 3 to 40 of a-z, 0-9 and hyphen.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Alias(String);

impl Alias {
    /// The alias as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Parses the alias of a sign-up, at `path` of the input.
    ///
    /// # Errors
    /// A refusal that names the field and the rule.
    pub fn parse(text: &str, path: &[&str]) -> Result<Self, Refusal> {
        text.parse().map_err(|BadAlias| {
            Refusal::invalid("alias must be 3 to 40 characters of a-z, 0-9 and hyphen, and neither begin nor end with a hyphen", path)
        })
    }
}

/// The text is not an alias.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadAlias;

impl FromStr for Alias {
    type Err = BadAlias;

    fn from_str(text: &str) -> Result<Self, BadAlias> {
        let characters_fit = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        let edges_fit = !text.starts_with('-') && !text.ends_with('-');
        if (3..=40).contains(&text.len()) && characters_fit && edges_fit { Ok(Self(text.to_owned())) } else { Err(BadAlias) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_are_plain_host_labels() {
        for good in ["abc", "salon-9", &"a".repeat(40)] {
            assert!(good.parse::<Alias>().is_ok(), "{good}");
        }
        for bad in ["", "ab", "Salon", "sa lon", "salön", "-abc", "abc-", "a.b.c", &"a".repeat(41)] {
            assert_eq!(bad.parse::<Alias>(), Err(BadAlias), "{bad}");
        }
    }
}
