//! A primary and its streaming, synchronous standby on the other site (D2).

use std::time::Duration;

use anyhow::{Context, Result, bail};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{ConnectOptions, Executor};

use crate::account::{Account, run};
use crate::cluster::{Cluster, Part, STOP_LIMIT};
use crate::plan::{PairPlan, SITES};
use crate::process::{self, Signal};
use crate::secrets::{self, Login};
use crate::wait;

const ROLES: &str = include_str!("../../../infra/postgres/roles.sql");

/// From a started standby to one that follows.
const STREAMING_LIMIT: Duration = Duration::from_mins(1);

/// Both clusters of a pair.
#[derive(Debug, Clone)]
pub struct Pair {
    plan: PairPlan,
    account: Account,
    /// On the primary site.
    pub primary: Cluster,
    /// On the secondary site.
    pub secondary: Cluster,
}

impl Pair {
    /// The pair of this plan.
    #[must_use]
    pub fn new(plan: &PairPlan, account: Account) -> Self {
        let cluster = |site: &str, port| Cluster {
            name: format!("{}-{site}-{}", plan.owner, plan.purpose.folder()),
            folder: plan.folder.join(site).join(plan.purpose.folder()),
            port,
            account,
        };
        Self { plan: plan.clone(), account, primary: cluster(SITES[0], plan.port), secondary: cluster(SITES[1], plan.port + 1) }
    }

    /// Makes what is missing, starts what does not run, and returns when the standby follows and commits wait for it.
    ///
    /// # Errors
    /// When a cluster cannot be made or started, or the standby does not follow in time.
    pub async fn up(&self) -> Result<()> {
        if self.primary.complete() && self.secondary.complete() {
            self.start_both().await?;
        } else {
            self.make_primary().await?;
            self.make_secondary().await?;
        }
        self.check_synchronous().await
    }

    async fn start_both(&self) -> Result<()> {
        let password = secrets::password(&self.plan, Login::Replication)?;
        for (cluster, part) in [(&self.primary, Part::Primary { synchronous: true }), (&self.secondary, self.follower(&password))] {
            if cluster.running().is_none() {
                cluster.write_conf(part)?;
                cluster.start().await?;
            }
        }
        self.primary.ready().await?;
        self.secondary.ready().await?;
        if self.slot_lost().await? {
            self.make_secondary().await?;
        }
        Ok(())
    }

    async fn make_primary(&self) -> Result<()> {
        let complete = self.primary.complete();
        if !complete {
            if let Some(running) = self.primary.running() {
                running.end(Signal::Interrupt, STOP_LIMIT).await?;
            }
            self.primary.init(&secrets::password(&self.plan, Login::Superuser)?).await?;
        }
        self.primary.write_conf(Part::Primary { synchronous: false })?;
        self.primary.start().await?;
        self.primary.ready().await?;
        self.primary.reload()?;
        if !complete {
            self.make_roles().await?;
            self.primary.set_complete()?;
        }
        Ok(())
    }

    /// The passwords travel in the environment, which other users cannot see.
    async fn make_roles(&self) -> Result<()> {
        let password = |login| secrets::password(&self.plan, login);
        let file = self.primary.folder.join("conf/roles.sql");
        std::fs::write(&file, ROLES)?;
        self.account.own(&file)?;
        let mut command = self.account.program("psql");
        command.args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--host=127.0.0.1", "--username=postgres", "--dbname=postgres"]);
        command.arg(format!("--port={}", self.primary.port)).arg("--file").arg(&file);
        command.env("PGPASSWORD", password(Login::Superuser)?).env("DOMICILE_APP_ROLE", self.plan.purpose.app_role());
        command.env("DOMICILE_OWNER_PASSWORD", password(Login::Owner)?).env("DOMICILE_APP_PASSWORD", password(Login::App)?);
        command.env("DOMICILE_OBSERVER_PASSWORD", password(Login::Observer)?);
        command.env("DOMICILE_REPLICATION_PASSWORD", password(Login::Replication)?);
        run(command, &format!("make the roles of {}", self.primary.name)).await
    }

    async fn make_secondary(&self) -> Result<()> {
        if let Some(running) = self.secondary.running() {
            running.end(Signal::Interrupt, STOP_LIMIT).await?;
        }
        self.primary.write_conf(Part::Primary { synchronous: false })?;
        self.primary.reload()?;
        self.drop_slot().await?;
        let password = secrets::password(&self.plan, Login::Replication)?;
        self.secondary.copy(self.primary.port, &password).await?;
        self.secondary.write_conf(self.follower(&password))?;
        self.secondary.start().await?;
        self.secondary.ready().await?;
        self.arm().await?;
        self.secondary.set_complete()
    }

    /// Commits wait only once the standby is known to hold what the primary wrote on this timeline.
    async fn arm(&self) -> Result<()> {
        let mut primary = self.superuser(&self.primary).await?;
        let written: String = sqlx::query_scalar("SELECT pg_current_wal_lsn()::text").fetch_one(&mut primary).await?;
        wait::until(&format!("{} to follow", self.secondary.name), STREAMING_LIMIT, async || {
            let sql = "SELECT 1 FROM pg_stat_replication
                       WHERE application_name = 'secondary' AND state = 'streaming' AND replay_lsn >= $1::pg_lsn";
            Ok(sqlx::query(sql).bind(&written).fetch_optional(&mut primary).await?)
        })
        .await?;
        self.primary.write_conf(Part::Primary { synchronous: true })?;
        self.primary.reload()
    }

    async fn check_synchronous(&self) -> Result<()> {
        let mut primary = self.superuser(&self.primary).await?;
        wait::until(&format!("{} to follow synchronously", self.secondary.name), STREAMING_LIMIT, async || {
            let sql = "SELECT 1 FROM pg_stat_replication WHERE state = 'streaming' AND sync_state = 'sync'";
            Ok(sqlx::query(sql).fetch_optional(&mut primary).await?)
        })
        .await
        .with_context(|| format!("log of {}:\n{}", self.secondary.name, process::tail(&self.secondary.log())))?;
        Ok(())
    }

    /// A standby that was away for longer than the primary keeps its log cannot follow any more.
    async fn slot_lost(&self) -> Result<bool> {
        let mut primary = self.superuser(&self.primary).await?;
        let sql = "SELECT coalesce(bool_and(wal_status = 'lost'), true) FROM pg_replication_slots WHERE slot_name = 'secondary'";
        Ok(sqlx::query_scalar(sql).fetch_one(&mut primary).await?)
    }

    async fn drop_slot(&self) -> Result<()> {
        let mut primary = self.superuser(&self.primary).await?;
        wait::until("the old standby's slot to be free", STREAMING_LIMIT, async || {
            let held: Option<bool> = sqlx::query_scalar("SELECT active FROM pg_replication_slots WHERE slot_name = 'secondary'")
                .fetch_optional(&mut primary)
                .await?;
            Ok((held != Some(true)).then_some(()))
        })
        .await?;
        primary.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = 'secondary'").await?;
        Ok(())
    }

    async fn superuser(&self, cluster: &Cluster) -> Result<PgConnection> {
        let options = PgConnectOptions::new_without_pgpass()
            .host("127.0.0.1")
            .port(cluster.port)
            .username("postgres")
            .password(&secrets::password(&self.plan, Login::Superuser)?)
            .database("postgres")
            .ssl_mode(PgSslMode::Disable)
            .disable_statement_logging();
        match tokio::time::timeout(Duration::from_secs(10), options.connect()).await {
            Ok(connected) => connected.with_context(|| format!("connect to {}", cluster.name)),
            Err(_) => bail!("connect to {}: no answer within 10 s", cluster.name),
        }
    }

    const fn follower<'a>(&self, password: &'a str) -> Part<'a> {
        Part::Secondary { port: self.primary.port, password }
    }
}
