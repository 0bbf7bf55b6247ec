//! Which parts a fleet has, where they live below the state directory, and on which ports.
//!
//! ```text
//! port, from the base B            folder below the state directory
//! B + 0        control             control/primary/
//! B + n        API of region n     <code>/primary/
//! B + 10 + n   its peer listener
//! B + 20, 21   control's database  control/{primary,secondary}/database/
//! B + 20 + 10n shard, primary      <code>/primary/shard/
//!          + 1 shard, secondary    <code>/secondary/shard/
//!          + 2 key store, primary  <code>/primary/keys/
//!          + 3 key store, second.  <code>/secondary/keys/
//! ```
//!
//! All that belongs to a region lies below its own folder, so that a test can search every byte of it (R1).

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

/// The highest region number that the port plan has room for, so that fleets 100 ports apart do not meet.
const LAST_NUMBER: u16 = 7;

/// The two sites of a pair, in the order of the pair.
pub const SITES: [&str; 2] = ["primary", "secondary"];

/// What a pair of clusters is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Tenant rows.
    Shard,
    /// Wrapped tenant keys.
    KeyStore,
    /// The directory.
    Control,
}

impl Purpose {
    /// Name of its folder.
    #[must_use]
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Shard => "shard",
            Self::KeyStore => "keys",
            Self::Control => "database",
        }
    }

    /// What `domicile migrate` calls it; also the first word of its secrets' purpose.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Shard => "shard",
            Self::KeyStore => "key_store",
            Self::Control => "control",
        }
    }

    /// The role that the serving process signs in as.
    #[must_use]
    pub const fn app_role(self) -> &'static str {
        match self {
            Self::Shard => "domicile_app",
            Self::KeyStore => "domicile_keys",
            Self::Control => "domicile_control",
        }
    }
}

/// One pair of clusters: a primary and its standby on the other site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairPlan {
    /// The region's code, or `control`.
    pub owner: String,
    /// What it is for.
    pub purpose: Purpose,
    /// Port of the primary site's cluster; the secondary's is the next one.
    pub port: u16,
    /// The owner's folder.
    pub folder: PathBuf,
}

/// A region of the fleet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionPlan {
    /// Its code.
    pub code: String,
    /// Public API.
    pub api_port: u16,
    /// Between nodes.
    pub peer_port: u16,
    /// Tenant rows.
    pub shard: PairPlan,
    /// Tenant keys.
    pub key_store: PairPlan,
    /// Everything of the region.
    pub folder: PathBuf,
}

/// The whole fleet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The state directory.
    pub state: PathBuf,
    /// Where control listens.
    pub control_port: u16,
    /// The directory's database.
    pub control: PairPlan,
    /// The regions, by number.
    pub regions: Vec<RegionPlan>,
}

impl Plan {
    /// The plan for these regions (number, code).
    ///
    /// # Errors
    /// When a number has no room in the port plan.
    pub fn new(state: &Path, base: u16, regions: &[(u16, String)]) -> Result<Self> {
        let control = PairPlan { owner: "control".into(), purpose: Purpose::Control, port: base + 20, folder: state.join("control") };
        let regions = regions.iter().map(|(number, code)| region(state, base, *number, code)).collect::<Result<_>>()?;
        Ok(Self { state: state.to_owned(), control_port: base, control, regions })
    }

    /// All pairs of clusters.
    pub fn pairs(&self) -> impl Iterator<Item = &PairPlan> {
        std::iter::once(&self.control).chain(self.regions.iter().flat_map(|region| [&region.shard, &region.key_store]))
    }

    /// The region with this code.
    ///
    /// # Errors
    /// When there is none.
    pub fn region(&self, code: &str) -> Result<&RegionPlan> {
        let found = self.regions.iter().find(|region| region.code == code);
        found.ok_or_else(|| anyhow::anyhow!("the fleet has no region {code}"))
    }
}

impl RegionPlan {
    /// Where its node lives.
    #[must_use]
    pub fn node_folder(&self) -> PathBuf {
        self.folder.join(SITES[0])
    }
}

fn region(state: &Path, base: u16, number: u16, code: &str) -> Result<RegionPlan> {
    if !(1..=LAST_NUMBER).contains(&number) {
        bail!("region {code}: the local port plan has room for the numbers 1 to {LAST_NUMBER}, not {number}");
    }
    let folder = state.join(code);
    let first = base + 20 + 10 * number;
    let pair = |purpose, port| PairPlan { owner: code.to_owned(), purpose, port, folder: folder.clone() };
    Ok(RegionPlan {
        code: code.to_owned(),
        api_port: base + number,
        peer_port: base + 10 + number,
        shard: pair(Purpose::Shard, first),
        key_store: pair(Purpose::KeyStore, first + 2),
        folder: folder.clone(),
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn ports_and_folders_follow_the_table() {
        let plan = Plan::new(Path::new("/s"), 8400, &[(1, "us".into()), (3, "eu".into())]).unwrap();
        let eu = plan.region("eu").unwrap();

        assert_eq!((plan.control_port, plan.control.port), (8400, 8420));
        assert_eq!((eu.api_port, eu.peer_port, eu.shard.port, eu.key_store.port), (8403, 8413, 8450, 8452));
        assert_eq!(eu.node_folder(), Path::new("/s/eu/primary"));
        assert_eq!(plan.pairs().count(), 5);
    }

    #[test]
    fn a_number_without_room_is_refused() {
        let error = Plan::new(Path::new("/s"), 8400, &[(8, "jp".into())]).unwrap_err().to_string();

        assert_eq!(error, "region jp: the local port plan has room for the numbers 1 to 7, not 8");
    }
}
