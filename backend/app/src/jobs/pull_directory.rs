//! Keeps the mirror at the directory's newest version (R5): long polls, one after the other.
//!
//! With control down the mirror stays as it is and everything but sign-up goes on; polls are repeated with growing,
//! jittered pauses. Memory follows first, the table after it, and a table that cannot be written is caught up later. Each
//! change of state is logged once.

use std::sync::Arc;
use std::time::Duration;

use domain::tenant::DirectoryEntry;
use platform::control::ControlFault;
use platform::random::Random;
use store::directory::MirrorFault;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::context::App;

/// How long control may hold a poll back.
const WAIT: Duration = Duration::from_secs(5);
/// Behind by more than this, one snapshot is cheaper than the changes.
const SNAPSHOT_FROM: i64 = 20_000;
/// First and longest pause between polls that fail.
const PAUSE: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(3));
/// The table may take this long; a slow shard must not hold the mirror back.
const SAVE_LIMIT: Duration = Duration::from_secs(2);
/// Pause between tries to write a table that failed.
const SAVE_PAUSE: Duration = Duration::from_secs(5);

/// Pulls until `stop`.
pub(super) async fn run(app: Arc<App>, stop: CancellationToken) {
    let mut puller = Puller { app, failures: 0, heard: None, table: Table::Current };
    while stop.run_until_cancelled(puller.turn()).await.is_some() {}
}

struct Puller {
    app: Arc<App>,
    failures: u32,
    /// Whether control answered last time; none before the first try.
    heard: Option<bool>,
    table: Table,
}

#[derive(Clone, Copy)]
enum Table {
    Current,
    BehindUntil(Instant),
}

impl Puller {
    /// One poll, and a pause when it failed.
    async fn turn(&mut self) {
        if let Err(fault) = self.pull().await {
            self.note_failure(&fault);
            tokio::time::sleep(pause(self.failures, &*self.app.random)).await;
            self.failures = self.failures.saturating_add(1);
        }
    }

    async fn pull(&mut self) -> Result<(), ControlFault> {
        let held = self.app.directory.version();
        // The first poll asks for an answer at once: a node that starts wants to know where it stands.
        let wait = if self.heard == Some(true) { WAIT } else { Duration::ZERO };
        let answer = self.app.control.changes(held, wait).await?;
        if answer.head < held {
            return Err(ControlFault::Malformed(format!("its directory is at version {}, the mirror at {held}", answer.head)));
        }
        let has_gap = answer.head - held > SNAPSHOT_FROM || !apply(&self.app, &answer.changes);
        if has_gap {
            self.heal().await?;
        }
        self.note_answer();
        // After a snapshot the changes tell only a part.
        let joined = (!has_gap).then_some(answer.changes.as_slice());
        self.save(joined).await;
        Ok(())
    }

    /// Takes a snapshot: the feed has a gap, or is too long.
    async fn heal(&self) -> Result<(), ControlFault> {
        let snapshot = self.app.control.snapshot().await?;
        match self.app.directory.replace(snapshot.version, &snapshot.entries) {
            Ok(passed_over) => {
                passed_over.iter().for_each(log_epoch_fall);
                tracing::info!(version = snapshot.version, entries = snapshot.entries.len(), "the directory was taken as a snapshot");
                Ok(())
            }
            Err(fault) => Err(ControlFault::Malformed(fault.to_string())),
        }
    }

    /// Brings the table up to the mirror: by changes that join on to it, else whole.
    async fn save(&mut self, changes: Option<&[DirectoryEntry]>) {
        let is_due = match self.table {
            Table::Current => changes.is_none_or(|changes| !changes.is_empty()),
            Table::BehindUntil(next_try) => Instant::now() >= next_try,
        };
        if !is_due {
            return;
        }
        let saved = tokio::time::timeout(SAVE_LIMIT, self.app.directory.save(&self.app.shards, changes.unwrap_or_default())).await;
        let failure = match saved {
            Ok(Ok(())) => None,
            Ok(Err(fault)) => Some(fault.to_string()),
            Err(_) => Some("no answer in time".to_owned()),
        };
        self.note_save(failure);
    }

    fn note_answer(&mut self) {
        self.failures = 0;
        self.app.directory.hear(self.app.clock.now());
        if self.heard.replace(true) == Some(false) {
            tracing::info!(version = self.app.directory.version(), "control answers again and the directory goes on");
        }
    }

    fn note_failure(&mut self, fault: &ControlFault) {
        if self.heard.replace(false) != Some(false) {
            tracing::warn!(%fault, version = self.app.directory.version(), "the directory stands still: control cannot be followed");
        }
    }

    fn note_save(&mut self, failure: Option<String>) {
        match (failure, self.table) {
            (None, Table::Current) => {}
            (None, Table::BehindUntil(_)) => {
                self.table = Table::Current;
                tracing::info!("the directory's table is current again");
            }
            (Some(fault), before) => {
                self.table = Table::BehindUntil(Instant::now() + SAVE_PAUSE);
                if matches!(before, Table::Current) {
                    tracing::warn!(fault, "the directory's table falls behind; routing goes on from memory");
                }
            }
        }
    }
}

/// Applies changes in order; false when only a snapshot helps.
fn apply(app: &App, changes: &[DirectoryEntry]) -> bool {
    for change in changes {
        match app.directory.apply(change) {
            Ok(_) => {}
            Err(fault @ MirrorFault::EpochFell { .. }) => log_epoch_fall(&fault),
            Err(fault) => {
                tracing::warn!(%fault, "the directory's feed has a gap");
                return false;
            }
        }
    }
    true
}

fn log_epoch_fall(fault: &MirrorFault) {
    tracing::error!(%fault, "a directory entry was passed over: home epochs never fall");
}

/// Doubles with each failure, up to the longest, and takes between half and all of that.
fn pause(failures: u32, random: &dyn Random) -> Duration {
    let (first, longest) = PAUSE;
    let full = first.saturating_mul(1 << failures.min(10)).min(longest);
    let mut byte = [0];
    random.fill(&mut byte);
    full / 2 + full * u32::from(byte[0]) / 512
}

#[cfg(test)]
mod tests {
    use platform::random::SeededRandom;

    use super::*;

    #[test]
    fn pauses_grow_to_their_longest_and_keep_half_of_it() {
        let random = SeededRandom::new(7);
        for (failures, full_ms) in [(0, 100), (1, 200), (3, 800), (5, 3000), (400, 3000)] {
            let pause = pause(failures, &random);
            let full = Duration::from_millis(full_ms);
            assert!(pause >= full / 2 && pause <= full, "{failures}: {pause:?}");
        }
    }
}
