//! The only place that reads the real clock.

use domain::clock::Clock;
use jiff::Timestamp;

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the place that the rule points to")]
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        // Microseconds, as the databases keep: an answer repeated from a row is the same to the last digit.
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }
}
