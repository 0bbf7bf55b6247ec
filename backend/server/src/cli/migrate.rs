//! `domicile migrate`: brings every database of the file to this binary's schema. Safe to run twice.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use serde::Serialize;

use crate::config;
use crate::config::migrate::MigrateConfig;

/// Arguments.
#[derive(Debug, Args)]
pub struct MigrateArgs {
    /// The configuration file.
    #[arg(long)]
    config: PathBuf,
    /// Report as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Migrated {
    database: String,
    applied: Vec<&'static str>,
}

/// Migrates one database after the other and stops at the first that fails.
///
/// # Errors
/// Names the database and the file.
pub async fn run(args: MigrateArgs) -> Result<()> {
    let targets = config::load::<MigrateConfig>(&args.config)?.targets()?;
    let mut report = Vec::new();
    for target in targets {
        let applied = store::migrate::migrate(target.kind, &target.database, target.region)
            .await
            .with_context(|| format!("migrate {}", target.label))?;
        let migrated = Migrated { database: target.label, applied };
        if !args.json {
            println!("{}", migrated.line());
        }
        report.push(migrated);
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    }
    Ok(())
}

impl Migrated {
    fn line(&self) -> String {
        match self.applied.as_slice() {
            [] => format!("{}: up to date", self.database),
            applied => format!("{}: applied {}", self.database, applied.join(", ")),
        }
    }
}
