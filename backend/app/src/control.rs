//! The directory's authority as a service: what a node of a region may ask of it (R2, R5). Runs in the control process,
//! which has no tenant, no key and no region's credentials.
//!
//! A node claims and releases only for the region that its certificate names. Faults are logged here and answered as
//! "unavailable": the caller learns nothing of the database.

use std::time::Duration;

use domain::ids::TenantId;
use domain::region::{RegionNumber, Regions, ShardNumber};
use domain::tenant::{DirectoryEntry, HomeEpoch};
use store::StoreFault;
use store::control::{Authority, Decision, Feed};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;

/// The wire forms, for the HTTP layer.
pub use platform::control::wire;
use wire::{ChangesBody, EntryBody, RefusalCode, SnapshotBody, VersionBody};

/// Longest a poll may wait.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// How often the head is read, to learn of what another control process committed.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// The control process.
pub struct Control {
    authority: Authority,
    regions: Regions,
    head: watch::Sender<i64>,
    stop: CancellationToken,
}

/// What every call returns.
pub type Answer<T> = std::result::Result<T, RefusalCode>;

impl Control {
    /// Over control's database; `regions` says which certificates are known. After `stop` no poll waits any more.
    #[must_use]
    pub fn new(authority: Authority, regions: Regions, stop: CancellationToken) -> Self {
        Self { authority, regions, head: watch::Sender::new(0), stop }
    }

    /// The caller whose certificate names the region with this code.
    ///
    /// # Errors
    /// [`RefusalCode::OtherRegion`]: no region has the code.
    pub fn caller(&self, code: &str) -> Answer<RegionNumber> {
        self.regions.by_code(code).map(|region| region.number).ok_or(RefusalCode::OtherRegion)
    }

    /// Follows the head until the stop, so that waiting polls learn of every commit, by this process or another.
    pub async fn follow_head(&self) {
        let mut ticks = interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut is_down = false;
        while self.stop.run_until_cancelled(ticks.tick()).await.is_some() {
            match self.authority.head().await {
                Ok(head) => {
                    self.announce(head);
                    if std::mem::take(&mut is_down) {
                        tracing::info!(head, "the directory's database answers again");
                    }
                }
                Err(fault) if !is_down => {
                    is_down = true;
                    tracing::error!(%fault, "the directory's database does not answer");
                }
                Err(_) => {}
            }
        }
    }

    /// The newest version: the database answers.
    ///
    /// # Errors
    /// [`RefusalCode::Unavailable`].
    pub async fn head(&self) -> Answer<VersionBody> {
        let version = self.authority.head().await.map_err(|fault| unavailable("read the head", &fault))?;
        Ok(VersionBody { version })
    }

    /// Changes after `after`. With none, waits for one, at most `wait` and never over 30 s.
    ///
    /// # Errors
    /// [`RefusalCode::Unavailable`].
    pub async fn changes(&self, after: i64, wait: Duration) -> Answer<ChangesBody> {
        let mut head = self.head.subscribe();
        let feed = self.read_changes(after).await?;
        if !feed.entries.is_empty() || feed.head < after {
            return Ok(changes_body(&feed));
        }
        let wait_for_change = timeout(wait.min(LONGEST_WAIT), head.wait_for(|head| *head > after));
        let has_changed = self.stop.run_until_cancelled(wait_for_change).await.is_some_and(|waited| waited.is_ok());
        let feed = if has_changed { self.read_changes(after).await? } else { feed };
        Ok(changes_body(&feed))
    }

    async fn read_changes(&self, after: i64) -> Answer<Feed> {
        self.authority.changes(after).await.map_err(|fault| unavailable("read the feed", &fault))
    }

    /// The whole directory.
    ///
    /// # Errors
    /// [`RefusalCode::Unavailable`].
    pub async fn snapshot(&self) -> Answer<SnapshotBody> {
        let feed = self.authority.snapshot().await.map_err(|fault| unavailable("read the snapshot", &fault))?;
        Ok(SnapshotBody { version: feed.head, entries: bodies(&feed) })
    }

    /// Enters a tenant at home in the caller's region.
    ///
    /// # Errors
    /// Any [`RefusalCode`]; only after [`RefusalCode::Unavailable`] may the claim stand.
    pub async fn claim(&self, caller: RegionNumber, body: EntryBody) -> Answer<VersionBody> {
        let claim = DirectoryEntry::try_from(body).map_err(|_| RefusalCode::Malformed)?;
        if claim.region != caller {
            return Err(RefusalCode::OtherRegion);
        }
        if claim.home_epoch != HomeEpoch::FIRST || claim.shard < ShardNumber(1) {
            return Err(RefusalCode::Malformed);
        }
        let decision = self.authority.claim(&claim).await.map_err(|fault| unavailable("claim a tenant", &fault))?;
        self.decided(decision)
    }

    /// Frees the alias of a sign-up of the caller's region that did not finish.
    ///
    /// # Errors
    /// Any [`RefusalCode`]; after [`RefusalCode::Unavailable`] the release may stand.
    pub async fn release(&self, caller: RegionNumber, tenant: TenantId) -> Answer<VersionBody> {
        let decision = self.authority.release(tenant, caller).await.map_err(|fault| unavailable("release a tenant", &fault))?;
        self.decided(decision)
    }

    /// Wakes the waiting polls of this process at once; the others look by themselves.
    fn decided(&self, decision: Decision) -> Answer<VersionBody> {
        match decision {
            Decision::Done(version) => {
                self.announce(version);
                Ok(VersionBody { version })
            }
            Decision::AliasTaken => Err(RefusalCode::AliasTaken),
            Decision::TenantTaken => Err(RefusalCode::TenantTaken),
            Decision::OtherRegion => Err(RefusalCode::OtherRegion),
        }
    }

    fn announce(&self, version: i64) {
        self.head.send_if_modified(|head| {
            let is_newer = version > *head;
            *head = version.max(*head);
            is_newer
        });
    }
}

fn changes_body(feed: &Feed) -> ChangesBody {
    ChangesBody { head: feed.head, changes: bodies(feed) }
}

fn bodies(feed: &Feed) -> Vec<EntryBody> {
    feed.entries.iter().map(EntryBody::from).collect()
}

fn unavailable(act: &str, fault: &StoreFault) -> RefusalCode {
    tracing::warn!(%fault, act, "the directory's database failed a call");
    RefusalCode::Unavailable
}
