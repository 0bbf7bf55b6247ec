//! The state directory: where it may be, its settings, its lock.
//!
//! PostgreSQL's account must be able to walk to it. A folder below a closed one (a clone under `/root`) cannot hold it; the
//! state then lies in `/var/tmp/domicile-<hash of the path>` and the state directory is a link to it.

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::account::Account;

/// Holds what must not change while the fleet runs; also marks a folder as a fleet's.
const SETTINGS: &str = "fleet.toml";
/// Held while a fleet is started or stopped.
const LOCK: &str = "lock";
/// Folders that are being removed.
const REMOVED: &str = "removed";
/// Lowest cost that the password hash takes; for tests, which sign in all the time.
const TEST_BCRYPT_COST: u32 = 4;
/// First port of the fleet that the tests use when nothing else is said.
const TEST_PORT_BASE: u16 = 9400;

/// What a fleet is started with.
#[derive(Debug, Clone)]
pub struct Options {
    /// The state directory.
    pub state: PathBuf,
    /// First port.
    pub port_base: u16,
    /// Cost of the password hash on the nodes.
    pub bcrypt_cost: u32,
    /// The program `domicile`.
    pub binary: PathBuf,
    /// The folder with one file per region.
    pub regions: PathBuf,
    /// The built GraphiQL page, when there is one.
    pub graphiql: Option<PathBuf>,
}

/// What a state directory remembers of the options it was started with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remembered {
    /// First port.
    pub port_base: u16,
    /// Cost of the password hash on the nodes.
    pub bcrypt_cost: u32,
    /// The built GraphiQL page, when there is one.
    pub graphiql: Option<PathBuf>,
}

impl From<&Options> for Remembered {
    fn from(options: &Options) -> Self {
        Self { port_base: options.port_base, bcrypt_cost: options.bcrypt_cost, graphiql: options.graphiql.clone() }
    }
}

impl Options {
    /// What tests use: `$DOMICILE_STATE`, `$DOMICILE_PORT_BASE` and `$DOMICILE_BINARY`, else a fleet of their own beside the
    /// sources and the `domicile` built beside the test.
    ///
    /// # Errors
    /// When a variable cannot be read or the running program has no folder.
    pub fn from_env() -> Result<Self> {
        let sources = sources();
        let port_base = match std::env::var("DOMICILE_PORT_BASE") {
            Ok(text) => text.parse().context("DOMICILE_PORT_BASE must be a port number")?,
            Err(_) => TEST_PORT_BASE,
        };
        Ok(Self {
            state: std::env::var_os("DOMICILE_STATE").map_or_else(|| sources.join(".domicile-test"), PathBuf::from),
            port_base,
            bcrypt_cost: TEST_BCRYPT_COST,
            binary: std::env::var_os("DOMICILE_BINARY").map_or_else(built_beside, |path| Ok(PathBuf::from(path)))?,
            regions: sources.join("regions"),
            graphiql: None,
        })
    }
}

/// The workspace that this program was built from.
#[must_use]
pub fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).map_or_else(PathBuf::new, Path::to_owned)
}

/// The `domicile` in the build folder of the running program.
///
/// # Errors
/// When the running program's own place is unknown.
pub fn built_beside() -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    let folder = own.parent().context("the running program has no folder")?;
    let folder = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
    Ok(folder.join("domicile"))
}

/// Where a state directory really is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The folder itself, no link in its path.
    pub folder: PathBuf,
    /// Whether it holds the remains of a state directory that somebody removed by removing the link to it.
    pub stale: bool,
}

/// Makes the state directory, or finds it.
///
/// # Errors
/// When it cannot be made, or the folder is in use for something else.
pub fn prepare(state: &Path, account: &Account) -> Result<Place> {
    let state = std::path::absolute(state)?;
    if state.is_symlink() && !state.exists() {
        fs::remove_file(&state)?;
    }
    let made = !state.exists();
    fs::create_dir_all(&state).with_context(|| format!("make the state directory {}", state.display()))?;
    let folder = fs::canonicalize(&state)?;
    refuse_foreign(&folder)?;
    if made || !folder.join(SETTINGS).exists() {
        open_up(&folder)?;
    }
    if account.reaches(&folder) {
        return Ok(Place { folder, stale: false });
    }
    aside(&folder, account)
}

/// Where an existing state directory really is; none when nothing was ever started in it.
#[must_use]
pub fn existing(state: &Path) -> Option<PathBuf> {
    fs::canonicalize(state).ok().filter(|folder| folder.join(SETTINGS).exists())
}

/// Reads what the fleet in `folder` was last started with.
#[must_use]
pub fn remembered(folder: &Path) -> Option<Remembered> {
    toml::from_str(&fs::read_to_string(folder.join(SETTINGS)).ok()?).ok()
}

/// Writes what the fleet in `folder` is started with.
///
/// # Errors
/// When it cannot be written.
pub fn remember(folder: &Path, remembered: &Remembered) -> Result<()> {
    fs::write(folder.join(SETTINGS), toml::to_string(remembered)?).context("write the fleet's settings")
}

/// The file that is locked while the fleet in `folder` is started or stopped.
#[must_use]
pub fn lock_file(folder: &Path) -> PathBuf {
    folder.join(LOCK)
}

/// Empties it, but for the lock. The files themselves go in the background: where the disk is told of every freed block, removing
/// the thousands of files of a fleet takes longer than making them.
///
/// # Errors
/// When something cannot be moved away.
pub fn wipe(folder: &Path) -> Result<()> {
    let removed = folder.join(format!("{REMOVED}.{}", std::process::id()));
    fs::create_dir(&removed).with_context(|| format!("make {}", removed.display()))?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if name != LOCK && !is_removed(&name) {
            fs::rename(entry.path(), removed.join(&name)).with_context(|| format!("remove {}", entry.path().display()))?;
        }
    }
    let mut command = Command::new("nice");
    command.args(["rm", "-rf"]).arg(&removed).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    command.spawn().context("remove the old state in the background")?;
    Ok(())
}

/// Whether this name is a folder's that is being removed in the background.
#[must_use]
pub fn is_removed(name: &OsStr) -> bool {
    name.to_string_lossy().starts_with(REMOVED)
}

/// Makes a folder that PostgreSQL's account can walk through, whatever the umask.
///
/// # Errors
/// When it cannot be made.
pub fn open_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
    open_up(folder)
}

fn open_up(folder: &Path) -> Result<()> {
    fs::set_permissions(folder, Permissions::from_mode(0o755)).with_context(|| format!("open {}", folder.display()))
}

/// `--fresh` empties the state directory, so it must never be a folder with anything else in it.
fn refuse_foreign(folder: &Path) -> Result<()> {
    let foreign = |entry: &fs::DirEntry| entry.file_name() != LOCK && !is_removed(&entry.file_name());
    if !folder.join(SETTINGS).exists() && fs::read_dir(folder)?.flatten().any(|entry| foreign(&entry)) {
        bail!("{} is not empty and holds no fleet: name another folder in DOMICILE_STATE", folder.display());
    }
    Ok(())
}

fn aside(wanted: &Path, account: &Account) -> Result<Place> {
    let hash = Sha256::digest(wanted.as_os_str().as_encoded_bytes());
    let short = hash.iter().take(6).fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    let folder = Path::new("/var/tmp").join(format!("domicile-{short:012x}"));
    if wanted.join(SETTINGS).exists() {
        bail!("{} can no longer be reached by PostgreSQL's account: open the folders above it, or remove it", wanted.display());
    }
    let stale = folder.exists();
    open_folder(&folder)?;
    if fs::metadata(&folder)?.uid() != fs::metadata("/proc/self")?.uid() {
        bail!("{} belongs to somebody else", folder.display());
    }
    if !account.reaches(&folder) {
        bail!("PostgreSQL's account reaches neither {} nor {}", wanted.display(), folder.display());
    }
    // A lock alone may lie in the folder that the link replaces.
    fs::remove_dir_all(wanted).with_context(|| format!("put a link in the place of {}", wanted.display()))?;
    symlink(&folder, wanted)?;
    Ok(Place { folder, stale })
}
