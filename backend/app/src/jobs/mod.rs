//! Background jobs of a node: started together, stopped together, restarted when one panics.
//!
//! A job is an endless, cancellable loop; it holds no tenant's transaction across a wait.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use store::Outgoing;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::context::App;

mod carry_notices;
mod pull_directory;
mod sweep_sign_ups;

/// Pause before a job that panicked is started again.
const RESTART_PAUSE: Duration = Duration::from_secs(1);

/// The running jobs.
pub struct Jobs {
    stop: CancellationToken,
    running: TaskTracker,
}

impl Jobs {
    /// Starts every job of a node. `outgoing` is the other end of the app's notices.
    #[must_use]
    pub fn start(app: &Arc<App>, outgoing: Outgoing) -> Self {
        let jobs = Self { stop: CancellationToken::new(), running: TaskTracker::new() };
        jobs.keep("pull_directory", app, pull_directory::run);
        jobs.keep("sweep_sign_ups", app, sweep_sign_ups::run);
        for shard in app.shards.numbers() {
            jobs.keep("listen_for_notices", app, move |app, stop| carry_notices::listen(app, shard, stop));
        }
        jobs.running.spawn(carry_notices::send(Arc::clone(app), outgoing, jobs.stop.clone()));
        jobs
    }

    /// Asks every job to stop and waits for it, at most `limit`.
    pub async fn stop(self, limit: Duration) {
        self.stop.cancel();
        self.running.close();
        if tokio::time::timeout(limit, self.running.wait()).await.is_err() {
            tracing::warn!(jobs = self.running.len(), "jobs did not stop in time");
        }
    }

    fn keep<J, F>(&self, name: &'static str, app: &Arc<App>, job: J)
    where
        J: Fn(Arc<App>, CancellationToken) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let (app, stop, tracker) = (Arc::clone(app), self.stop.clone(), self.running.clone());
        let spawn = move || tracker.spawn(job(Arc::clone(&app), stop.clone()));
        self.running.spawn(supervise(name, spawn, RESTART_PAUSE, self.stop.clone()));
    }
}

/// Runs a job until it returns; a panic is logged and the job started again after `pause`.
async fn supervise(name: &'static str, spawn: impl Fn() -> JoinHandle<()> + Send, pause: Duration, stop: CancellationToken) {
    while let Err(error) = spawn().await {
        tracing::error!(job = name, %error, "a job ended abnormally and is started again");
        if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_job_that_panics_is_started_again() {
        let runs = Arc::new(AtomicU32::new(0));
        let spawn = {
            let runs = Arc::clone(&runs);
            move || {
                let run = runs.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(async move { assert!(run >= 2, "planted") })
            }
        };

        supervise("planted", spawn, Duration::ZERO, CancellationToken::new()).await;

        assert_eq!(runs.load(Ordering::SeqCst), 3);
    }
}
