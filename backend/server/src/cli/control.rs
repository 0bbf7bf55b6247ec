//! `domicile control`: the directory's authority, over mutual TLS only (R2, R5).

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use api::control::ControlEndpoint;
use api::http::serve::{ConnectionLimits, serve};
use app::control::Control;
use clap::Args;
use store::control::Authority;
use store::migrate::DatabaseKind;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::config::{self, control::ControlConfig};
use crate::stop::Signals;

/// Arguments.
#[derive(Debug, Args)]
pub struct ControlArgs {
    /// The configuration file.
    #[arg(long)]
    config: PathBuf,
}

/// Serves until a signal. Listens only once the database has been found at this binary's schema.
///
/// # Errors
/// The configuration, the database or the listener refuses.
pub async fn run(args: ControlArgs) -> Result<()> {
    let signals = Signals::catch().context("catch signals")?;
    platform::telemetry::start()?;
    let loaded = config::load::<ControlConfig>(&args.config)?;
    let database = loaded.database()?;
    store::migrate::ready(DatabaseKind::Control, &database, None).await.context("control's database")?;
    let tls = Arc::new(loaded.config.tls.files(&loaded.folder).server()?);
    let listen = loaded.config.listen;
    let socket = TcpListener::bind(listen).await.with_context(|| format!("listen: {listen}"))?;
    let stop = CancellationToken::new();
    let control = Arc::new(Control::new(Authority::new(&database), loaded.regions, stop.clone()));
    tracing::info!(%listen, "control serves the directory");

    let endpoint = ControlEndpoint::new(Arc::clone(&control));
    tokio::join!(
        serve(socket, Some(tls), endpoint, ConnectionLimits::default(), stop.clone()),
        control.follow_head(),
        signals.cancel(stop),
    );
    Ok(())
}
