//! Limits tries of sign-in, for each tenant and e-mail address, known or not. Keyed by blind index: holds no address.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use domain::ids::TenantId;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use moka::future::Cache;

/// Tries before the limit begins to bind, and how many are given back each minute.
const TRIES: NonZeroU32 = NonZeroU32::new(10).unwrap();
/// An account that was not tried for this long has all its tries again.
const FORGET: Duration = Duration::from_mins(10);
/// Most accounts watched at a time.
const CAPACITY: u64 = 100_000;

type Account = (TenantId, [u8; 32]);

/// Who has tried how often.
pub(super) struct Attempts(Cache<Account, Arc<DefaultDirectRateLimiter>>);

impl Attempts {
    pub(super) fn new() -> Self {
        Self(Cache::builder().max_capacity(CAPACITY).time_to_idle(FORGET).build())
    }

    /// Counts a try before it is made, so that parallel ones count too.
    ///
    /// # Errors
    /// How long to wait when there have been too many.
    pub(super) async fn count(&self, account: Account) -> Result<(), Duration> {
        let limiter = self.0.get_with(account, async { Arc::new(RateLimiter::direct(Quota::per_minute(TRIES))) }).await;
        limiter.check().map_err(|refused| refused.wait_time_from(DefaultClock::default().now()))
    }

    /// A right password ends the count: who knows it does not guess.
    pub(super) async fn forgive(&self, account: Account) {
        self.0.invalidate(&account).await;
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const ANN: Account = (TenantId::new(Uuid::from_u128(1)), [1; 32]);
    const BOB: Account = (TenantId::new(Uuid::from_u128(1)), [2; 32]);

    #[tokio::test]
    async fn s1_the_eleventh_try_waits_and_others_do_not() {
        let attempts = Attempts::new();
        for _ in 0..10 {
            assert_eq!(attempts.count(ANN).await, Ok(()));
        }

        let wait = attempts.count(ANN).await;

        assert!(wait.is_err_and(|wait| wait <= Duration::from_secs(6)), "{wait:?}");
        assert_eq!(attempts.count(BOB).await, Ok(()));
    }

    #[tokio::test]
    async fn s1_a_right_password_ends_the_count() {
        let attempts = Attempts::new();
        for _ in 0..10 {
            assert_eq!(attempts.count(ANN).await, Ok(()));
        }

        attempts.forgive(ANN).await;

        assert_eq!(attempts.count(ANN).await, Ok(()));
    }
}
