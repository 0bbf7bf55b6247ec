//! The command line: one file per subcommand.

use std::future::Future;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

pub mod control;
pub mod doctor;
pub mod migrate;
pub mod schema;
pub mod serve;
pub mod slots;

/// Domicile: appointment scheduling whose tenants choose where their data lives.
#[derive(Debug, Parser)]
#[command(name = "domicile", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run an API node of one region
    Serve(serve::ServeArgs),
    /// Run the directory's authority
    Control(control::ControlArgs),
    /// Bring databases to the schema of this binary
    Migrate(migrate::MigrateArgs),
    /// Check that the databases are what the region files say
    Doctor(doctor::DoctorArgs),
    /// Print the GraphQL schema
    Schema,
    /// Answer which starts are offered for the problem on standard input
    Slots(slots::SlotsArgs),
}

impl Cli {
    /// Runs the chosen subcommand to its end.
    ///
    /// # Errors
    /// What the operator has to know, outermost cause first.
    pub fn run(self) -> Result<ExitCode> {
        match self.command {
            Command::Serve(args) => in_runtime(serve::run(args)),
            Command::Control(args) => in_runtime(control::run(args)),
            Command::Migrate(args) => in_runtime(migrate::run(args)),
            Command::Doctor(args) => in_runtime_with_exit(doctor::run(args)),
            Command::Schema => schema::run().map(|()| ExitCode::SUCCESS),
            Command::Slots(args) => Ok(slots::main(args)),
        }
    }
}

fn in_runtime(command: impl Future<Output = Result<()>>) -> Result<ExitCode> {
    in_runtime_with_exit(async { command.await.map(|()| ExitCode::SUCCESS) })
}

/// For a command whose answer is its exit status, too.
fn in_runtime_with_exit(command: impl Future<Output = Result<ExitCode>>) -> Result<ExitCode> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("start the runtime")?.block_on(command)
}
