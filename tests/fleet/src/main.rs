//! `fleet`: starts, stops and describes a local fleet. `scripts/up` and `scripts/down` are thin doors to it.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Parser, Subcommand};
use domain::clock::Clock;
use fleet::{Fleet, Options, place, status, welcome};
use jiff::tz::TimeZone;
use platform::clock::SystemClock;

/// Real local regions on one machine.
#[derive(Debug, Parser)]
#[command(name = "fleet", version)]
struct Cli {
    /// The state directory.
    #[arg(long, env = "DOMICILE_STATE", default_value = ".domicile")]
    state: PathBuf,
    /// The first port.
    #[arg(long, env = "DOMICILE_PORT_BASE", default_value_t = 8400)]
    port_base: u16,
    /// Cost of the password hash on the nodes.
    #[arg(long, env = "DOMICILE_BCRYPT_COST", default_value_t = 12)]
    bcrypt_cost: u32,
    /// The program `domicile`; the one built beside this program if left out.
    #[arg(long, env = "DOMICILE_BINARY")]
    binary: Option<PathBuf>,
    /// The folder with one file per region; the one in the sources if left out.
    #[arg(long)]
    regions: Option<PathBuf>,
    /// The built GraphiQL page; without it there is none.
    #[arg(long, env = "DOMICILE_GRAPHIQL")]
    graphiql: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start what does not run
    Up {
        /// Start over with nothing.
        #[arg(long)]
        fresh: bool,
        /// Make the demo tenants and print how to use them.
        #[arg(long)]
        seed: bool,
    },
    /// Stop everything
    Down,
    /// Show what runs and how much memory it holds
    Status {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Make the demo tenants, or sign in to them, and describe them as JSON
    Seed,
    /// One region's node
    Node {
        /// What to do.
        act: Act,
        /// The region's code.
        region: String,
    },
    /// Control
    Control {
        /// What to do.
        act: Act,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Act {
    Start,
    Stop,
    Kill,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fleet: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<()> {
    let options = options(&cli)?;
    match cli.command {
        Command::Up { fresh, seed } => up(options, fresh, seed).await,
        Command::Down => {
            let ended = Fleet::down(&options.state).await?;
            println!("{ended} processes ended");
            Ok(())
        }
        Command::Status { json } => {
            let parts = status::of(&Fleet::attach(options)?)?;
            print!("{}", if json { serde_json::to_string_pretty(&parts)? + "\n" } else { status::table(&parts) });
            Ok(())
        }
        Command::Seed => {
            println!("{}", serde_json::to_string_pretty(&Fleet::attach(options)?.seed().await?)?);
            Ok(())
        }
        Command::Node { act, region } => {
            let fleet = Fleet::attach(options)?;
            match act {
                Act::Start => fleet.start_node(&region).await,
                Act::Stop => fleet.stop_node(&region).await,
                Act::Kill => fleet.kill_node(&region).await,
            }
        }
        Command::Control { act } => {
            let fleet = Fleet::attach(options)?;
            match act {
                Act::Start => fleet.start_control().await,
                Act::Stop => fleet.stop_control().await,
                Act::Kill => bail!("control is started and stopped only"),
            }
        }
    }
}

async fn up(options: Options, fresh: bool, seed: bool) -> Result<()> {
    let graphiql = options.graphiql.is_some();
    let fleet = Fleet::up(options, fresh).await?;
    if seed {
        let tomorrow = SystemClock.now().to_zoned(TimeZone::UTC).date().tomorrow()?;
        print!("{}", welcome::text(&fleet.seed().await?, &fleet.control_url(), graphiql, tomorrow));
    }
    Ok(())
}

fn options(cli: &Cli) -> Result<Options> {
    Ok(Options {
        state: cli.state.clone(),
        port_base: cli.port_base,
        bcrypt_cost: cli.bcrypt_cost,
        binary: cli.binary.clone().map_or_else(place::built_beside, Ok)?,
        regions: cli.regions.clone().unwrap_or_else(|| place::sources().join("regions")),
        graphiql: cli.graphiql.clone(),
    })
}
