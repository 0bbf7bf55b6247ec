//! The only source of randomness, and ids made from it.

use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

/// Fills buffers with random bytes.
pub trait Random: Send + Sync {
    /// Fills `buffer`.
    fn fill(&self, buffer: &mut [u8]);
}

/// The operating system's generator, fit for keys.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(clippy::disallowed_methods, reason = "this is the place that the rule points to")]
    fn fill(&self, buffer: &mut [u8]) {
        // Without randomness every key would be predictable: stopping is the only safe answer.
        assert!(getrandom::fill(buffer).is_ok(), "the operating system gives no randomness");
    }
}

/// The same bytes for the same seed; for tests only. SHA-256 of seed and counter, block by block.
#[derive(Debug)]
pub struct SeededRandom {
    seed: u64,
    counter: AtomicU64,
}

impl SeededRandom {
    /// A generator that starts at `seed`.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { seed, counter: AtomicU64::new(0) }
    }
}

impl Random for SeededRandom {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(32) {
            let counter = self.counter.fetch_add(1, Ordering::Relaxed);
            let block = Sha256::new().chain_update(self.seed.to_be_bytes()).chain_update(counter.to_be_bytes()).finalize();
            for (to, from) in chunk.iter_mut().zip(block) {
                *to = from;
            }
        }
    }
}

/// A new id: UUID version 7, so that ids of one time lie together in an index. It tells when it was made.
pub fn id(random: &dyn Random, now: Timestamp) -> Uuid {
    let mut bytes = [0; 10];
    random.fill(&mut bytes);
    let milliseconds = u64::try_from(now.as_millisecond()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(milliseconds, &bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_its_time_and_differs_from_the_next() {
        let random = SeededRandom::new(1);
        let now = Timestamp::constant(1_700_000_000, 0);

        let (first, second) = (id(&random, now), id(&random, now));

        assert_eq!(first.get_version_num(), 7);
        assert!(first.to_string().starts_with("018bcfe5-6800-7"), "{first}");
        assert_ne!(first, second);
    }

    #[test]
    fn a_seed_repeats_itself_and_no_block() {
        let (mut first, mut second) = ([0; 100], [0; 100]);
        SeededRandom::new(9).fill(&mut first);
        SeededRandom::new(9).fill(&mut second);

        assert_eq!(first, second);
        assert_ne!(first[..32], first[32..64]);
    }
}
