//! `domicile serve`: an API node of one region.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use tokio_util::sync::CancellationToken;

use crate::config::{self, node::NodeConfig};
use crate::node;
use crate::stop::Signals;
use crate::wiring::World;

/// Arguments.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// The configuration file.
    #[arg(long)]
    config: PathBuf,
}

/// Serves until a signal.
///
/// # Errors
/// The configuration, a database or a listener refuses (R3, S3); then nothing was served.
pub async fn run(args: ServeArgs) -> Result<()> {
    let signals = Signals::catch().context("catch signals")?;
    platform::telemetry::start()?;
    let loaded = config::load::<NodeConfig>(&args.config)?;
    let stop = CancellationToken::new();
    let ended = tokio::join!(
        async {
            let ended = node::run(&loaded, World::real(), stop.clone()).await;
            stop.cancel();
            ended
        },
        signals.cancel(stop.clone()),
    );
    ended.0
}
