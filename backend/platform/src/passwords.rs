//! Password hashes (S1): bcrypt over a keyed pre-hash, off the async threads and bounded.
//!
//! ```text
//! 1:$2b$12$abcdefghijklmnopqrstuu…    what a staff row holds, 62 characters
//! │ └─ bcrypt(cost, random salt, base64(HMAC-SHA-256(pepper, NFKC(password))))
//! └─ version of the pre-hash
//! ```
//!
//! bcrypt reads 72 bytes and stops at a NUL byte; the pre-hash is always 43 characters without one, so every character
//! of a long or non-ASCII password counts. The pepper is a secret file of the region: a stolen table alone can not be
//! guessed at. Text is normalised once, at the door, by [`NormalPassword`].

use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use domain::password::{Weakness, check};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;
use zxcvbn::{Score, zxcvbn};

use crate::mac::hmac;
use crate::secret::Key;

const VERSION: &str = "1:";
/// Longest password that is normalised, in bytes; far above what the policy accepts.
const LONGEST: usize = 4096;
/// Longest wait for a free place before the caller is told to come back.
const WAIT: Duration = Duration::from_secs(5);
/// The lowest cost is for tests, the highest takes about 4 s on present machines.
const COSTS: std::ops::RangeInclusive<u32> = 4..=16;

/// A password that could not be hashed or checked; says nothing of the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PasswordFault {
    /// Too many are being hashed; try again.
    #[error("too many passwords are being checked")]
    Busy,
    /// A stored hash has another form, or the hashing thread died.
    #[error("a password hash cannot be computed or has an unknown form")]
    Broken,
    /// The configured cost is outside 4 to 16.
    #[error("bcrypt_cost must be 4 to 16, and 12 or more in production")]
    Cost,
}

/// A password in the one form that is judged and hashed (NFKC), so that every keyboard gives the same.
#[derive(Debug, Clone)]
pub struct NormalPassword(Arc<SecretString>);

impl NormalPassword {
    /// Normalises what a client sent.
    ///
    /// # Errors
    /// [`Weakness::TooLong`] above 4,096 bytes, so that no work is done on it.
    pub fn new(password: &SecretString) -> Result<Self, Weakness> {
        let text = password.expose_secret();
        if text.len() > LONGEST {
            return Err(Weakness::TooLong);
        }
        Ok(Self(Arc::new(SecretString::from(text.nfkc().collect::<String>()))))
    }
}

/// Judges by the whole policy: the rules of [`domain::password`], then the number of guesses it would take.
/// `context` holds names that everybody knows. Takes milliseconds: call it through [`Passwords::judge`].
///
/// # Errors
/// The first rule that the password breaks.
fn judge(password: &NormalPassword, context: &[&str]) -> Result<(), Weakness> {
    let text = password.0.expose_secret();
    check(text, context)?;
    if zxcvbn(text, context).score() < Score::Three { Err(Weakness::Guessable) } else { Ok(()) }
}

/// Hashes and checks passwords with one pepper and cost.
#[derive(Clone)]
pub struct Passwords {
    pepper: Arc<Key>,
    cost: u32,
    /// As many at a time as leave one core to the other requests.
    places: Arc<Semaphore>,
}

impl Passwords {
    /// With the region's pepper and the configured cost.
    ///
    /// # Errors
    /// [`PasswordFault::Cost`] when the cost is outside 4 to 16.
    pub fn new(pepper: Key, cost: u32) -> Result<Self, PasswordFault> {
        if !COSTS.contains(&cost) {
            return Err(PasswordFault::Cost);
        }
        let cores = available_parallelism().map_or(1, std::num::NonZero::get);
        let places = Arc::new(Semaphore::new(cores.saturating_sub(1).max(1)));
        Ok(Self { pepper: Arc::new(pepper), cost, places })
    }

    /// Whether the policy accepts the password; `context` holds names that everybody knows.
    ///
    /// # Errors
    /// [`PasswordFault::Busy`] when no place was free in time.
    pub async fn judge(&self, password: &NormalPassword, context: Vec<String>) -> Result<Result<(), Weakness>, PasswordFault> {
        let password = password.clone();
        self.run(move || {
            let words: Vec<&str> = context.iter().map(String::as_str).collect();
            Ok(judge(&password, &words))
        })
        .await
    }

    /// The text to store for this password.
    ///
    /// # Errors
    /// [`PasswordFault::Busy`] when no place was free in time.
    pub async fn hash(&self, password: &NormalPassword) -> Result<String, PasswordFault> {
        let (digest, cost) = (self.prehash(password), self.cost);
        self.run(move || {
            let hash = bcrypt::non_truncating_hash(digest.as_bytes(), cost).map_err(|_| PasswordFault::Broken)?;
            Ok(format!("{VERSION}{hash}"))
        })
        .await
    }

    /// Whether the password belongs to the stored text. `None`, an unknown account or one without a password, takes as
    /// long as a known one and is never right.
    ///
    /// # Errors
    /// [`PasswordFault::Busy`] when no place was free in time, [`PasswordFault::Broken`] when the stored text has
    /// another form.
    pub async fn verify(&self, password: &NormalPassword, stored: Option<&str>) -> Result<bool, PasswordFault> {
        let digest = self.prehash(password);
        let known = stored.is_some();
        let hash = match stored {
            Some(text) => text.strip_prefix(VERSION).ok_or(PasswordFault::Broken)?.to_owned(),
            None => self.nobody(),
        };
        let matches = self.run(move || bcrypt::verify(digest.as_bytes(), &hash).map_err(|_| PasswordFault::Broken)).await?;
        Ok(matches && known)
    }

    /// A hash of the configured cost that belongs to no password: all bits of salt and hash are zero.
    fn nobody(&self) -> String {
        format!("$2b${:02}${}", self.cost, ".".repeat(53))
    }

    fn prehash(&self, password: &NormalPassword) -> Zeroizing<String> {
        Zeroizing::new(STANDARD_NO_PAD.encode(hmac(&self.pepper, password.0.expose_secret().as_bytes())))
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T, PasswordFault> + Send + 'static) -> Result<T, PasswordFault> {
        let place = tokio::time::timeout(WAIT, Arc::clone(&self.places).acquire_owned()).await;
        let place = place.map_err(|_| PasswordFault::Busy)?.map_err(|_| PasswordFault::Broken)?;
        // The place moves into the thread: a caller that hangs up does not make room while its work still runs.
        let task = tokio::task::spawn_blocking(move || {
            let _place = place;
            work()
        });
        task.await.map_err(|_| PasswordFault::Broken)?
    }
}

impl std::fmt::Debug for Passwords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Passwords").field("cost", &self.cost).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
