//! `domicile doctor`: is this deployment what `regions/` says? Looks at every cluster of the regions it is given logins for.
//!
//! ```toml
//! # observer.toml, one per region; held by operators, never by a node
//! region = "eu"
//! regions_dir = "regions"
//! [shard]
//! database = "domicile"
//! user = "domicile_observer"
//! password_file = "secrets/shard_observer"          # eu:shard_observer:…
//! [key_store]
//! database = "domicile"
//! user = "domicile_observer"
//! password_file = "secrets/key_store_observer"      # eu:key_store_observer:…
//! ```
//!
//! Exit status 0 when everything is as it must be, 1 otherwise.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use ops::check::{self, Finding};
use ops::cluster::{Facts, Look};
use ops::observe::{self, Login, Logins, ObservedCluster, ObservedRegion};
use platform::secret;
use serde::{Deserialize, Serialize};

use crate::config::{self, Loaded, NamesRegions};

/// Arguments.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// An observer's file; once per region.
    #[arg(long, required = true)]
    config: Vec<PathBuf>,
    /// Report as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ObserverConfig {
    region: String,
    regions_dir: PathBuf,
    shard: LoginTable,
    key_store: LoginTable,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LoginTable {
    database: String,
    user: String,
    password_file: PathBuf,
    ca: Option<PathBuf>,
}

#[derive(Serialize)]
struct Report {
    regions: Vec<ObservedRegion>,
    findings: Vec<Finding>,
}

impl NamesRegions for ObserverConfig {
    fn regions_dir(&self) -> &Path {
        &self.regions_dir
    }
}

/// Looks at every region given and reports.
///
/// # Errors
/// A file that cannot be read or names another region's secret. What is wrong with a cluster is reported, not an error.
pub async fn run(args: DoctorArgs) -> Result<ExitCode> {
    let mut regions = Vec::new();
    for file in &args.config {
        regions.push(observe(file).await.with_context(|| format!("observer file {}", file.display()))?);
    }
    let findings = regions.iter().flat_map(check::findings).collect();
    let report = Report { regions, findings };
    if args.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{}", report.text());
    }
    Ok(if report.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn observe(file: &Path) -> Result<ObservedRegion> {
    let loaded = config::load::<ObserverConfig>(file)?;
    let code = &loaded.config.region;
    let region = loaded.regions.by_code(code).with_context(|| format!("region: {code} has no file in regions_dir"))?;
    let logins = Logins {
        shard: loaded.login(&loaded.config.shard, "shard_observer")?,
        key_store: loaded.login(&loaded.config.key_store, "key_store_observer")?,
    };
    Ok(observe::observe(region, &logins).await)
}

impl Loaded<ObserverConfig> {
    fn login(&self, table: &LoginTable, purpose: &str) -> Result<Login> {
        Ok(Login {
            database: table.database.clone(),
            user: table.user.clone(),
            password: secret::load(&self.folder.join(&table.password_file), &self.config.region, purpose)?,
            ca: table.ca.as_ref().map(|ca| self.folder.join(ca)),
        })
    }
}

impl Report {
    fn text(&self) -> String {
        let mut lines = Vec::new();
        for region in &self.regions {
            for pair in &region.pairs {
                lines.extend(pair.clusters.iter().map(|cluster| format!("{} {:<10} {}", region.code, pair.name, line(cluster))));
            }
        }
        match self.findings.len() {
            0 => lines.push("everything is as the region files say".to_owned()),
            count => lines.push(format!("{count} findings")),
        }
        lines.extend(self.findings.iter().map(|finding| format!("- {}: {}", finding.place, finding.message)));
        lines.join("\n") + "\n"
    }
}

fn line(cluster: &ObservedCluster) -> String {
    let seen = match &cluster.look {
        Look::Unreachable(_) => "unreachable".to_owned(),
        Look::Reached(Facts { role, timeline, followers, .. }) => {
            let followers: Vec<_> = followers
                .iter()
                .map(|one| format!(", {} {} {} {} bytes behind", one.name, one.state, one.sync_state, one.lag_bytes))
                .collect();
            format!("{role:?} on timeline {timeline}{}", followers.concat()).to_lowercase()
        }
    };
    format!("{:<9} {:<21} {seen}", cluster.site, cluster.address)
}
