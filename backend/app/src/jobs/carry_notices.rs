//! Carries notices of changed bookings between the nodes of the region: one task sends what this node queued, one per
//! shard listens.

use std::sync::Arc;
use std::time::Duration;

use domain::region::ShardNumber;
use store::Outgoing;
use tokio_util::sync::CancellationToken;

use crate::context::App;

/// Pause before a lost connection is made again. What is told meanwhile is lost: notices are hints.
const RECONNECT_PAUSE: Duration = Duration::from_secs(1);

/// Sends until `stop`.
pub(super) async fn send(app: Arc<App>, outgoing: Outgoing, stop: CancellationToken) {
    stop.run_until_cancelled(store::Notices::send_queued(app.shards.clone(), outgoing)).await;
}

/// Listens on one shard until `stop`. A lost connection is logged once, until another one has stood for a while.
pub(super) async fn listen(app: Arc<App>, shard: ShardNumber, stop: CancellationToken) {
    let mut was_lost = false;
    loop {
        let begun = tokio::time::Instant::now();
        let Some(ended) = stop.run_until_cancelled(app.notices.listen(&app.shards, shard)).await else { return };
        let stood = begun.elapsed() > 10 * RECONNECT_PAUSE;
        if let Err(fault) = ended
            && (stood || !was_lost)
        {
            tracing::warn!(%fault, shard = shard.0, "subscribers miss changed bookings until the shard answers again");
        }
        was_lost = true;
        if stop.run_until_cancelled(tokio::time::sleep(RECONNECT_PAUSE)).await.is_none() {
            return;
        }
    }
}
