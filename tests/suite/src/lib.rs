//! What the tests share: the fleet, a client of the API, and a business to test with. Tests talk to the product through
//! GraphQL only; SQL is for looking at what it left behind.

pub mod api;
pub mod footprint;
pub mod marker;
pub mod salon;
pub mod scratch;
pub mod socket;
pub mod sql;
pub mod wire;

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::LazyLock;

use fleet::Fleet;
use futures_util::FutureExt;
use tokio::sync::{OnceCell, RwLock, RwLockReadGuard, RwLockWriteGuard};

static FLEET: OnceCell<Fleet> = OnceCell::const_new();
static GATE: LazyLock<RwLock<()>> = LazyLock::new(RwLock::default);

/// The fleet, shared with the tests that run at the same time.
pub async fn fleet() -> (&'static Fleet, RwLockReadGuard<'static, ()>) {
    let gate = GATE.read().await;
    (opened().await, gate)
}

/// The fleet for one test alone: it may stop parts and must start them again.
pub async fn fleet_alone() -> (&'static Fleet, RwLockWriteGuard<'static, ()>) {
    let gate = GATE.write().await;
    (opened().await, gate)
}

async fn opened() -> &'static Fleet {
    FLEET.get_or_init(|| async { Fleet::open().await.expect("the fleet starts") }).await
}

/// Runs `work` and then `repair`, which must succeed, even when `work` fails: the next test meets a whole fleet.
pub async fn repaired<T, E: std::fmt::Debug>(work: impl Future<Output = T>, repair: impl Future<Output = Result<(), E>>) -> T {
    let outcome = AssertUnwindSafe(work).catch_unwind().await;
    repair.await.expect("the fleet is whole again");
    outcome.unwrap_or_else(|failure| resume_unwind(failure))
}
