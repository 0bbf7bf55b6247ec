//! `bench`: how fast the product answers, as shares of what PostgreSQL alone reaches with the same statements on the same
//! cluster in the same run. `scripts/bench` is the door to it. Absolute numbers belong to the machine, shares carry over.
//!
//! The fleet is its own and started anew: real regions, commits that wait for the standby, data made through the API.

mod case;
mod cpu;
mod documents;
mod engine;
mod hostile;
mod load;
mod report;
mod rounds;
mod salons;
mod statements;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use fleet::{Fleet, Options};
use sqlx::PgPool;

use case::Case;
use hostile::LIMIT_MS;
use report::Report;
use rounds::Bench;
use salons::Salons;

const REGION: &str = "us";
/// Lasts longer than the hostile requests.
const BACKGROUND_SECONDS: usize = 8;

/// Measures the product beside raw SQL on the same database.
#[derive(Debug, Parser)]
#[command(name = "bench", version)]
struct Cli {
    /// What to measure: typename, node, page, slots, create, hostile, engine. Everything if left out.
    cases: Vec<String>,
    /// As JSON.
    #[arg(long)]
    json: bool,
    /// How often each measurement is repeated.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Seconds of each measurement.
    #[arg(long, default_value_t = 4)]
    seconds: usize,
}

impl Cli {
    fn wants(&self, case: &str) -> bool {
        self.cases.is_empty() || self.cases.iter().any(|wanted| wanted == case)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Cli::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("bench: a hostile request was not refused within {LIMIT_MS} ms");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether every refusal came in time.
async fn run(cli: &Cli) -> Result<bool> {
    let unknown = cli.cases.iter().find(|case| !case::NAMES.contains(&case.as_str()) && !["hostile", "engine"].contains(&case.as_str()));
    if let Some(unknown) = unknown {
        anyhow::bail!("there is no case {unknown}; there are {}, hostile, engine", case::NAMES.join(", "));
    }
    let mut report = Report::default();
    if cli.wants("engine") {
        report.slot_function = engine::solve()?;
    }
    if case::NAMES.iter().any(|name| cli.wants(name)) || cli.wants("hostile") {
        let options = Options::from_env()?;
        let state = options.state.clone();
        let measured = tokio::select! {
            measured = with_fleet(cli, options, &mut report) => measured,
            _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("interrupted")),
        };
        Fleet::down(&state).await?;
        measured?;
    }
    println!("{}", if cli.json { serde_json::to_string_pretty(&report)? } else { report.table() });
    Ok(report.hostile.iter().all(|refusal| refusal.worst_ms < LIMIT_MS))
}

async fn with_fleet(cli: &Cli, options: Options, report: &mut Report) -> Result<()> {
    say("Starting a fleet");
    let fleet = Fleet::up(options, true).await?;
    let databases = fleet.database(REGION)?;
    let superuser = PgPool::connect(&databases.superuser).await?;
    let url = fleet.api_url(REGION)?;
    say("Making tenants and bookings");
    let salons = Salons::open(fleet.http(), REGION, &url, &superuser).await?;
    report.bookings = salons.bookings();
    let folder = folder(&fleet.plan.state)?;
    let (rounds, seconds) = (cli.rounds, cli.seconds);
    let bench = Bench {
        fleet: &fleet,
        region: REGION,
        url: &url,
        database: &databases.app,
        superuser: &superuser,
        folder: &folder,
        seconds,
        rounds,
    };
    for name in case::NAMES.into_iter().filter(|name| cli.wants(name)) {
        say(&format!("Measuring {name}"));
        let case = Case::of(name, &salons, fleet.http(), &url, &superuser).await?;
        report.cases.push(bench.measure(&case).await?);
    }
    if cli.wants("hostile") {
        say("Sending hostile requests");
        let honest = Case::of("node", &salons, fleet.http(), &url, &superuser).await?;
        let load = load::product(&honest, &url, &folder, load::CLIENTS, BACKGROUND_SECONDS, 0);
        let (load, refusals) = tokio::join!(load, hostile::refusals(&url));
        load.context("honest requests beside hostile ones")?;
        report.hostile = refusals?;
    }
    Ok(())
}

fn folder(state: &Path) -> Result<PathBuf> {
    let folder = state.join("bench");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn say(what: &str) {
    eprintln!("{what}");
}
