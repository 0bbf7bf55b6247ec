//! Secret files of the local regions, in the form that `platform::secret` reads: `<region>:<purpose>:<value>`.
//!
//! Made once, kept until the state directory is emptied, readable by the fleet's user only. A region's secrets lie in its own
//! folder and nowhere else (R3); only the alias key is held by all regions.

use std::fs::{self, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use platform::random::{Random, SystemRandom};

use crate::plan::{PairPlan, Plan, Purpose};

/// The tag of secrets that the nodes of all regions hold.
const SHARED: &str = "shared";

/// The logins of a pair of clusters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Login {
    /// `postgres`; used by the fleet alone.
    Superuser,
    /// `domicile_owner`.
    Owner,
    /// The role that serves.
    App,
    /// `domicile_observer`.
    Observer,
    /// `domicile_replication`.
    Replication,
}

impl Login {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Superuser, Self::Owner, Self::App, Self::Observer, Self::Replication];

    const fn word(self) -> &'static str {
        match self {
            Self::Superuser => "superuser",
            Self::Owner => "owner",
            Self::App => "app",
            Self::Observer => "observer",
            Self::Replication => "replication",
        }
    }
}

/// What the secret of this login is for, as its file says: `shard_app`, `key_store_owner`, and for control's own `database`.
#[must_use]
pub fn purpose(pair: &PairPlan, login: Login) -> String {
    match (pair.purpose, login) {
        (Purpose::Control, Login::App) => "database".to_owned(),
        (Purpose::Control, _) => format!("database_{}", login.word()),
        _ => format!("{}_{}", pair.purpose.kind(), login.word()),
    }
}

/// The file with the password of this login.
#[must_use]
pub fn password_file(pair: &PairPlan, login: Login) -> PathBuf {
    file(&pair.folder, &purpose(pair, login))
}

/// A secret file of a region (or of control).
#[must_use]
pub fn file(owner_folder: &Path, purpose: &str) -> PathBuf {
    owner_folder.join("secrets").join(purpose)
}

/// The password of this login.
///
/// # Errors
/// When its file is missing or has another form.
pub fn password(pair: &PairPlan, login: Login) -> Result<String> {
    value(&password_file(pair, login))
}

/// Makes every secret that is not there yet.
///
/// # Errors
/// When one cannot be made.
pub fn make(plan: &Plan) -> Result<()> {
    for pair in plan.pairs() {
        for login in Login::ALL {
            keep(&password_file(pair, login), &pair.owner, &purpose(pair, login), &URL_SAFE_NO_PAD.encode(random()))?;
        }
    }
    let shared = file(&plan.state.join(SHARED), "alias_key");
    keep(&shared, SHARED, "alias_key", &STANDARD.encode(random()))?;
    let alias_key = value(&shared)?;
    for region in &plan.regions {
        keep(&file(&region.folder, "alias_key"), SHARED, "alias_key", &alias_key)?;
        for purpose in ["region_key", "pepper"] {
            keep(&file(&region.folder, purpose), &region.code, purpose, &STANDARD.encode(random()))?;
        }
    }
    Ok(())
}

/// Writes a file that only the fleet's user can read.
///
/// # Errors
/// When it cannot be written.
pub fn write_private(path: &Path, text: &str) -> Result<()> {
    let written = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(path);
    written.and_then(|mut file| file.write_all(text.as_bytes())).with_context(|| format!("write {}", path.display()))
}

fn keep(path: &Path, owner: &str, purpose: &str, value: &str) -> Result<()> {
    if path.exists() {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
        fs::set_permissions(folder, Permissions::from_mode(0o700))?;
    }
    write_private(path, &format!("{owner}:{purpose}:{value}\n"))
}

fn value(path: &Path) -> Result<String> {
    let text = fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
    let value = text.trim_end().splitn(3, ':').nth(2);
    value.map(str::to_owned).with_context(|| format!("{} is no secret file", path.display()))
}

fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    SystemRandom.fill(&mut bytes);
    bytes
}
