//! Undoes sign-ups that a crash left behind, so that no half tenant and no lost alias remain.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::context::App;

const EVERY: Duration = Duration::from_secs(15);

/// Sweeps until `stop`. A failure is logged once, until a sweep succeeds again.
pub(super) async fn run(app: Arc<App>, stop: CancellationToken) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut is_failing = false;
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        match app.sweep_pending_sign_ups().await {
            Ok(_) => is_failing = false,
            Err(error) if !std::mem::replace(&mut is_failing, true) => {
                tracing::warn!(%error, "pending sign-ups cannot be swept at present");
            }
            Err(_) => {}
        }
    }
}
