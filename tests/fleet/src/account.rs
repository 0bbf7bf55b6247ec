//! The account PostgreSQL runs as. PostgreSQL refuses root, so root starts it as the `postgres` account of Debian's package;
//! anybody else runs it as himself.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// Where Debian's postgresql-15 puts its programs.
const PROGRAMS: &str = "/usr/lib/postgresql/15/bin";

/// Whom PostgreSQL runs as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    uid: u32,
    gid: u32,
    /// Whether this process must change to it.
    other: bool,
}

impl Account {
    /// The account for this machine.
    ///
    /// # Errors
    /// When PostgreSQL 15 or, as root, its account is missing.
    pub fn find() -> Result<Self> {
        if !Path::new(PROGRAMS).join("postgres").exists() {
            bail!("PostgreSQL 15 is missing in {PROGRAMS}: run scripts/setup, or install Debian's package postgresql-15");
        }
        let own = fs::metadata("/proc/self")?;
        if own.uid() != 0 {
            return Ok(Self { uid: own.uid(), gid: own.gid(), other: false });
        }
        Ok(Self { uid: id_of("-u")?, gid: id_of("-g")?, other: true })
    }

    /// A PostgreSQL program, run as this account, with no setting inherited from the caller.
    #[must_use]
    pub fn program(&self, name: &str) -> Command {
        self.command(PathBuf::from(PROGRAMS).join(name))
    }

    fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C.UTF-8").current_dir("/").stdin(Stdio::null());
        if self.other {
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    /// Gives a file or folder to this account.
    ///
    /// # Errors
    /// When it cannot be given away.
    pub fn own(&self, path: &Path) -> Result<()> {
        if self.other {
            std::os::unix::fs::chown(path, Some(self.uid), Some(self.gid))
                .with_context(|| format!("give {} to PostgreSQL's account", path.display()))?;
        }
        Ok(())
    }

    /// Whether this account can reach `folder`: each folder above must let it pass.
    #[must_use]
    pub fn reaches(&self, folder: &Path) -> bool {
        !self.other || self.command("test").arg("-x").arg(folder).status().is_ok_and(|status| status.success())
    }
}

fn id_of(flag: &str) -> Result<u32> {
    let found = Command::new("id").args([flag, "postgres"]).output()?;
    let text = String::from_utf8_lossy(&found.stdout);
    text.trim().parse().context("PostgreSQL cannot run as root, and the account `postgres` to run it as is missing")
}

/// Runs a program to its end.
///
/// # Errors
/// When it fails; the message holds what it said.
pub async fn run(command: Command, what: &str) -> Result<()> {
    let mut command = tokio::process::Command::from(command);
    let output = command.kill_on_drop(true).output().await.with_context(|| format!("{what}: start"))?;
    if !output.status.success() {
        bail!("{what}: {}\n{}{}", output.status, String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}
