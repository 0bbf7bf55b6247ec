//! A running node: its jobs and its two listeners, from start to graceful stop. Callable by a test in its own process.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use api::http::forward::Forwarder;
use api::http::serve::{ConnectionLimits, serve};
use api::http::{HttpOptions, Times, peer, public};
use api::node::Node;
use app::App;
use app::jobs::Jobs;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::config::Loaded;
use crate::config::node::NodeConfig;
use crate::wiring::{self, Opened, World};

/// Jobs hold nothing that would be lost: they may be cut off after this.
const JOBS_LIMIT: Duration = Duration::from_secs(5);

/// Runs the node until `stop`, then lets open requests finish.
///
/// # Errors
/// The configuration, a database or a listener refuses; then nothing was served.
pub async fn run(loaded: &Loaded<NodeConfig>, world: World, stop: CancellationToken) -> Result<()> {
    let Opened { app, outgoing } = wiring::open(loaded, world).await?;
    let config = &loaded.config;
    let tls = config.tls.files(&loaded.folder);
    let forwarder = Forwarder::new(tls.client()?, &app.regions)?;
    let (public_socket, peer_socket) = (bind("api.listen", config.api.listen).await?, bind("peer.listen", config.peer.listen).await?);
    let node = Node::new(Arc::clone(&app));
    let options = options(loaded);
    let times = options.times;
    let public = public(node.clone(), &app.region, options, forwarder);
    let peer = peer(node, &app.region, &app.regions, times);
    let jobs = Jobs::start(&app, outgoing);
    tracing::info!(region = %app.region.code, listen = %config.api.listen, "the node serves");

    tokio::join!(
        serve(public_socket, None, public, ConnectionLimits::default(), stop.clone()),
        serve(peer_socket, Some(Arc::new(tls.server()?)), peer, ConnectionLimits::default(), stop),
    );
    close(&app, jobs).await;
    Ok(())
}

async fn close(app: &App, jobs: Jobs) {
    jobs.stop(JOBS_LIMIT).await;
    app.shards.close().await;
}

async fn bind(key: &str, listen: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(listen).await.with_context(|| format!("{key}: {listen}"))
}

fn options(loaded: &Loaded<NodeConfig>) -> HttpOptions {
    let api = &loaded.config.api;
    HttpOptions {
        host_suffixes: api.host_suffixes.clone(),
        allowed_origins: api.allowed_origins.clone(),
        // The page is of no use to somebody who may not read the schema.
        open_introspection: api.graphiql_dir.is_some(),
        graphiql_dir: api.graphiql_dir.as_ref().map(|folder| loaded.folder.join(folder)),
        times: Times::default(),
    }
}
