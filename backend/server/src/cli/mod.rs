//! The command line: one file per subcommand.

use anyhow::Result;
use clap::{Parser, Subcommand};

pub mod migrate;

/// Domicile: appointment scheduling whose tenants choose where their data lives.
#[derive(Debug, Parser)]
#[command(name = "domicile", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Bring databases to the schema of this binary
    Migrate(migrate::MigrateArgs),
}

/// Runs the chosen subcommand to its end.
///
/// # Errors
/// What the operator has to know, outermost cause first.
pub async fn run(cli: Cli) -> Result<()> {
    match cli.command {
        Command::Migrate(args) => migrate::run(&args).await,
    }
}
