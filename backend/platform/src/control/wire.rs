//! What nodes and control say to each other: JSON over mutual TLS, ids and numbers only (R2).
//!
//! ```text
//! GET    /v1/changes?after=<n>&wait_ms=<ms>   200 {"changes":[entry, …],"head":<m>}     at most 1000 changes
//! GET    /v1/snapshot                         200 {"version":<m>,"entries":[entry, …]}
//! POST   /v1/claims            entry          200 {"version":<m>}
//! DELETE /v1/claims/<tenant>                  200 {"version":<m>}
//! GET    /health/ready                        200 {"version":<m>}
//! any refusal                                 4xx, 5xx {"code":"<CODE>"}
//!
//! entry = {"tenant":"<uuid>","aliasMac":"<base64url of 32 bytes, 43 characters>","region":1,"shard":1,"homeEpoch":1,
//!          "residency":"PINNED"|"FLEXIBLE","state":"active"|"moving"|"suspended"|"released","version":12}
//! ```
//!
//! In a claim, `state` and `version` are control's to decide and are not looked at.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::TenantId;
use domain::region::{RegionNumber, ShardNumber};
use domain::tenant::{DirectoryEntry, DirectoryState, HomeEpoch, Residency};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

/// Answer of `/v1/changes`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangesBody {
    /// In version order, without a gap.
    pub changes: Vec<EntryBody>,
    /// The newest version there is.
    pub head: i64,
}

/// Answer of `/v1/snapshot`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SnapshotBody {
    /// The newest version contained.
    pub version: i64,
    /// Every entry that is not released.
    pub entries: Vec<EntryBody>,
}

/// Answer of a claim, a release and the probe.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VersionBody {
    /// The version that did it; of the probe, the newest.
    pub version: i64,
}

/// Answer of every refusal.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusalBody {
    /// Why.
    pub code: RefusalCode,
}

/// Why control did not do what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RefusalCode {
    /// 409: another tenant has the alias.
    AliasTaken,
    /// 409: the tenant id was released, or is claimed with other content.
    TenantTaken,
    /// 403: the tenant is, or would be, at home in another region than the caller's certificate names.
    OtherRegion,
    /// 400: the request is not of the form above.
    Malformed,
    /// 404: no such path or method.
    Unknown,
    /// 503: try again; a claim or release may have happened.
    Unavailable,
}

/// One entry of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EntryBody {
    tenant: Uuid,
    alias_mac: String,
    region: i16,
    shard: i16,
    home_epoch: i64,
    residency: ResidencyWord,
    state: StateWord,
    version: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum ResidencyWord {
    Pinned,
    Flexible,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum StateWord {
    Active,
    Moving,
    Suspended,
    Released,
}

/// The entry's keyed alias hash is not 32 bytes of base64url.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("aliasMac must be the base64url form of 32 bytes")]
pub struct BadEntry;

impl From<&DirectoryEntry> for EntryBody {
    fn from(entry: &DirectoryEntry) -> Self {
        Self {
            tenant: entry.tenant.uuid(),
            alias_mac: URL_SAFE_NO_PAD.encode(entry.alias_mac),
            region: entry.region.0,
            shard: entry.shard.0,
            home_epoch: entry.home_epoch.0,
            residency: match entry.residency {
                Residency::Pinned => ResidencyWord::Pinned,
                Residency::Flexible => ResidencyWord::Flexible,
            },
            state: match entry.state {
                DirectoryState::Active => StateWord::Active,
                DirectoryState::Moving => StateWord::Moving,
                DirectoryState::Suspended => StateWord::Suspended,
                DirectoryState::Released => StateWord::Released,
            },
            version: entry.version,
        }
    }
}

impl TryFrom<EntryBody> for DirectoryEntry {
    type Error = BadEntry;

    fn try_from(body: EntryBody) -> Result<Self, BadEntry> {
        let alias_mac = URL_SAFE_NO_PAD.decode(&body.alias_mac).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(BadEntry)?;
        Ok(Self {
            tenant: TenantId::new(body.tenant),
            alias_mac,
            region: RegionNumber(body.region),
            shard: ShardNumber(body.shard),
            home_epoch: HomeEpoch(body.home_epoch),
            residency: match body.residency {
                ResidencyWord::Pinned => Residency::Pinned,
                ResidencyWord::Flexible => Residency::Flexible,
            },
            state: match body.state {
                StateWord::Active => DirectoryState::Active,
                StateWord::Moving => DirectoryState::Moving,
                StateWord::Suspended => DirectoryState::Suspended,
                StateWord::Released => DirectoryState::Released,
            },
            version: body.version,
        })
    }
}

/// Turns a list of bodies into entries.
///
/// # Errors
/// The first that is malformed.
pub fn entries(bodies: Vec<EntryBody>) -> Result<Vec<DirectoryEntry>, BadEntry> {
    bodies.into_iter().map(DirectoryEntry::try_from).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn entry() -> DirectoryEntry {
        DirectoryEntry {
            tenant: TenantId::new(Uuid::from_u128(7)),
            alias_mac: [0xff; 32],
            region: RegionNumber(3),
            shard: ShardNumber(1),
            home_epoch: HomeEpoch(2),
            residency: Residency::Flexible,
            state: DirectoryState::Suspended,
            version: 12,
        }
    }

    #[test]
    fn r5_an_entry_has_the_form_drawn_above() {
        let text = serde_json::to_string(&EntryBody::from(&entry())).unwrap();

        assert_eq!(
            text,
            r#"{"tenant":"00000000-0000-0000-0000-000000000007","aliasMac":"__________________________________________8","region":3,"shard":1,"homeEpoch":2,"residency":"FLEXIBLE","state":"suspended","version":12}"#
        );
        let back: EntryBody = serde_json::from_str(&text).unwrap();
        assert_eq!(DirectoryEntry::try_from(back), Ok(entry()));
    }

    #[test]
    fn r2_an_entry_with_any_other_key_or_length_is_refused() {
        let named = serde_json::to_string(&EntryBody::from(&entry())).unwrap().replace("\"region\"", "\"name\":\"x\",\"region\"");
        let mut short = EntryBody::from(&entry());
        short.alias_mac.truncate(42);

        assert!(serde_json::from_str::<EntryBody>(&named).is_err());
        assert_eq!(DirectoryEntry::try_from(short), Err(BadEntry));
    }

    #[test]
    fn r5_a_feed_is_read_in_order() {
        let text = format!(r#"{{"changes":[{0},{0}],"head":40}}"#, serde_json::to_string(&EntryBody::from(&entry())).unwrap());

        let feed: ChangesBody = serde_json::from_str(&text).unwrap();

        assert_eq!(feed.head, 40);
        assert_eq!(entries(feed.changes), Ok(vec![entry(), entry()]));
    }

    #[test]
    fn refusals_are_words() {
        assert_eq!(serde_json::to_string(&RefusalBody { code: RefusalCode::AliasTaken }).unwrap(), r#"{"code":"ALIAS_TAKEN"}"#);
    }
}
