//! One PostgreSQL cluster: making it, starting it, knowing that it is ready.
//!
//! ```text
//! <site>/<purpose>/conf/{postgresql.conf, cluster.conf, primary.conf, secondary.conf, pg_hba.conf, passfile}
//!                  data/          the data directory, without any setting of ours
//!                  postgres.log   postgres.pid   ready (made once the cluster is complete)
//! ```
//!
//! Settings come from `infra/postgres`, so the fleet runs what a deployment runs. TCP on loopback only, no socket file: a killed
//! server leaves nothing behind that could block the next one. Each cluster has its own initdb, never a copied folder: equal
//! system identifiers would let a standby follow another region's primary.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::account::{Account, run};
use crate::process::{self, Running, Signal};
use crate::secrets::write_private;
use crate::{place, wait};

const CLUSTER_CONF: &str = include_str!("../../../infra/postgres/cluster.conf");
const PRIMARY_CONF: &str = include_str!("../../../infra/postgres/primary.conf");
const SECONDARY_CONF: &str = include_str!("../../../infra/postgres/secondary.conf");
const PG_HBA_CONF: &str = include_str!("../../../infra/postgres/pg_hba.conf");

/// A start after a crash replays the log first.
const START_LIMIT: Duration = Duration::from_mins(2);
/// A fast shutdown writes a checkpoint.
pub const STOP_LIMIT: Duration = Duration::from_mins(1);

/// One cluster of the fleet.
#[derive(Debug, Clone)]
pub struct Cluster {
    /// `us-primary-shard`.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
    /// Where it listens.
    pub port: u16,
    /// Whom it runs as.
    pub account: Account,
}

/// What a cluster is at this start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'a> {
    /// Takes writes; commits wait for the other site when `synchronous`.
    Primary {
        /// Whether a commit waits.
        synchronous: bool,
    },
    /// Follows the primary on `port` with this password.
    Secondary {
        /// The primary's port.
        port: u16,
        /// Of `domicile_replication`.
        password: &'a str,
    },
}

impl Cluster {
    /// Whether it was made completely.
    #[must_use]
    pub fn complete(&self) -> bool {
        self.folder.join("ready").exists()
    }

    /// Notes that it was made completely.
    ///
    /// # Errors
    /// When the note cannot be written.
    pub fn set_complete(&self) -> Result<()> {
        fs::write(self.folder.join("ready"), "").context("note that a cluster is complete")
    }

    /// Its process, if it runs.
    #[must_use]
    pub fn running(&self) -> Option<Running> {
        process::running(&self.record())
    }

    /// Its log.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.folder.join("postgres.log")
    }

    /// Makes an empty primary.
    ///
    /// # Errors
    /// When initdb fails.
    pub async fn init(&self, superuser_password: &str) -> Result<()> {
        self.clear().await?;
        let secret = self.conf("superuser");
        self.write_owned(&secret, superuser_password)?;
        let mut command = self.account.program("initdb");
        command.args(["--no-sync", "--no-instructions", "--data-checksums", "--encoding=UTF8", "--locale=C.UTF-8"]);
        command.args(["--username=postgres", "--auth=scram-sha-256"]);
        command.arg("--pwfile").arg(&secret).arg("--pgdata").arg(self.data());
        run(command, &format!("make cluster {}", self.name)).await?;
        fs::remove_file(secret).context("remove the password that initdb needed")
    }

    /// Makes a standby: a base backup of the primary on `port`, with a replication slot of its own.
    ///
    /// # Errors
    /// When `pg_basebackup` fails.
    pub async fn copy(&self, port: u16, password: &str) -> Result<()> {
        self.clear().await?;
        let mut command = self.account.program("pg_basebackup");
        command.env("PGPASSWORD", password).args(["--no-sync", "--wal-method=stream", "--checkpoint=fast"]);
        command.args(["--create-slot", "--slot=secondary", "--host=127.0.0.1", "--username=domicile_replication"]);
        command.arg(format!("--port={port}")).arg("--pgdata").arg(self.data());
        run(command, &format!("copy the primary to {}", self.name)).await?;
        self.write_owned(&self.data().join("standby.signal"), "")
    }

    /// Writes its settings for this start.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write_conf(&self, part: Part<'_>) -> Result<()> {
        for (name, text) in [
            ("cluster.conf", CLUSTER_CONF),
            ("primary.conf", PRIMARY_CONF),
            ("secondary.conf", SECONDARY_CONF),
            ("pg_hba.conf", PG_HBA_CONF),
        ] {
            self.write_owned(&self.conf(name), text)?;
        }
        if let Part::Secondary { port, password } = part {
            self.write_owned(&self.conf("passfile"), &format!("127.0.0.1:{port}:replication:domicile_replication:{password}\n"))?;
        }
        self.write_owned(&self.conf("postgresql.conf"), &self.local_conf(part))
    }

    /// Starts it unless it runs. Returns before it is ready.
    ///
    /// # Errors
    /// When its port is taken, or it cannot be started.
    pub async fn start(&self) -> Result<()> {
        if self.running().is_some() {
            return Ok(());
        }
        self.end_leftovers().await?;
        free(self.port, &self.name)?;
        let mut command = self.account.program("postgres");
        command.arg("-D").arg(self.data()).arg("-c").arg(format!("config_file={}", self.conf("postgresql.conf").display()));
        process::start(&mut command, &self.log(), &self.record()).with_context(|| format!("start {}", self.name))?;
        Ok(())
    }

    /// Waits until it takes connections.
    ///
    /// # Errors
    /// When it ended, with the end of its log; or took too long.
    pub async fn ready(&self) -> Result<()> {
        wait::until(&format!("start of {}", self.name), START_LIMIT, async || {
            let Some(running) = self.running() else { bail!("{} ended:\n{}", self.name, process::tail(&self.log())) };
            Ok(self.reports_ready(running.pid).then_some(()))
        })
        .await
    }

    /// Makes it read its settings again. Only once it is ready: before, the signal would end it.
    ///
    /// # Errors
    /// When the signal cannot be sent.
    pub fn reload(&self) -> Result<()> {
        self.running().map_or(Ok(()), |running| running.signal(Signal::HangUp))
    }

    /// The eighth line of `postmaster.pid` says `ready`, on a standby too once it takes connections.
    fn reports_ready(&self, pid: u32) -> bool {
        let text = fs::read_to_string(self.data().join("postmaster.pid")).unwrap_or_default();
        let mut lines = text.lines();
        lines.next().is_some_and(|first| first.trim() == pid.to_string()) && lines.nth(6).is_some_and(|status| status.trim() == "ready")
    }

    fn local_conf(&self, part: Part<'_>) -> String {
        let text = format!(
            "# Written by the local fleet at each start.\ninclude 'cluster.conf'\ninclude '{}.conf'\n\n\
             cluster_name = '{}'\nlisten_addresses = '127.0.0.1'\nport = {}\nunix_socket_directories = ''\nhba_file = {}\n",
            if matches!(part, Part::Primary { .. }) { "primary" } else { "secondary" },
            self.name,
            self.port,
            quoted(&self.conf("pg_hba.conf").display().to_string()),
        );
        let link = match part {
            Part::Primary { synchronous: true } => String::new(),
            Part::Primary { synchronous: false } => "synchronous_standby_names = ''      # until the standby streams\n".to_owned(),
            Part::Secondary { port, .. } => format!("primary_conninfo = {}\n", quoted(&self.conninfo(port))),
        };
        text + &link
    }

    fn conninfo(&self, primary_port: u16) -> String {
        let passfile = self.conf("passfile").display().to_string().replace('\'', "\\'");
        format!(
            "host=127.0.0.1 port={primary_port} user=domicile_replication application_name=secondary sslmode=disable passfile='{passfile}'"
        )
    }

    /// A killed server's children end by themselves a moment later; the next one must not meet them. A `postmaster.pid` whose
    /// number was given to a stranger would block the start for ever, so it is removed.
    async fn end_leftovers(&self) -> Result<()> {
        let data = self.data();
        for pid in process::working_in(&data) {
            let stray = process::adopt(pid, &self.record());
            if let Ok(stray) = stray {
                stray.end(Signal::Interrupt, STOP_LIMIT).await?;
            }
        }
        let left = data.join("postmaster.pid");
        if left.exists() { fs::remove_file(left).context("remove a dead server's postmaster.pid") } else { Ok(()) }
    }

    async fn clear(&self) -> Result<()> {
        if self.folder.exists() {
            self.end_leftovers().await?;
            fs::remove_dir_all(&self.folder).with_context(|| format!("remove {}", self.folder.display()))?;
        }
        if let Some(site) = self.folder.parent() {
            place::open_folder(site)?;
        }
        for folder in [self.folder.clone(), self.folder.join("conf")] {
            fs::create_dir(&folder)?;
            fs::set_permissions(&folder, Permissions::from_mode(0o700))?;
            self.account.own(&folder)?;
        }
        Ok(())
    }

    fn write_owned(&self, path: &Path, text: &str) -> Result<()> {
        write_private(path, text)?;
        self.account.own(path)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn conf(&self, name: &str) -> PathBuf {
        self.folder.join("conf").join(name)
    }

    fn record(&self) -> PathBuf {
        self.folder.join("postgres.pid")
    }
}

/// Whether nobody listens on this port.
///
/// # Errors
/// When somebody does.
pub fn free(port: u16, what: &str) -> Result<()> {
    match std::net::TcpListener::bind(("127.0.0.1", port)) {
        Ok(_) => Ok(()),
        Err(error) => bail!("{what}: port {port} cannot be used ({error}); name another first port in DOMICILE_PORT_BASE"),
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
