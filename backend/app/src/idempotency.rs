//! Idempotency keys (B3): the same key with the same input answers the same result, with another input it is refused.
//!
//! The key and the input are kept only as HMACs under a key derived from the tenant's data key: both can hold personal
//! values, and an input of few possible values could be guessed from a bare hash.

use domain::refusal::{Refusal, RefusalCode};
use platform::vault::DataKey;
use serde::Serialize;
use store::{KeyUse, Recalled, TenantTx};
use uuid::Uuid;

use crate::error::{Error, Result};

const PURPOSE: &str = "idempotency";
/// Most bytes of a caller's key.
const LONGEST_KEY: usize = 255;

/// One use of a caller's key.
#[derive(Debug, Clone)]
pub(crate) struct Attempt(KeyUse);

/// The use of `key` for `operation` with `input`. `None` when the caller gave no key.
///
/// # Errors
/// A refusal when the key is empty or too long.
pub(crate) fn attempt(data_key: &DataKey, operation: &'static str, key: Option<&str>, input: &impl Serialize) -> Result<Option<Attempt>> {
    let Some(key) = key else { return Ok(None) };
    if key.is_empty() || key.len() > LONGEST_KEY {
        let rule = format!("idempotencyKey must have 1 to {LONGEST_KEY} bytes");
        return Err(Refusal::invalid(rule, &["input", "idempotencyKey"]).into());
    }
    let body = serde_json::to_vec(input).map_err(Error::internal)?;
    let key_mac = data_key.derive(PURPOSE, key.as_bytes());
    let digest = data_key.derive(PURPOSE, &[operation.as_bytes(), b"\0", &body].concat());
    Ok(Some(Attempt(KeyUse { operation, key_mac, digest })))
}

/// Remembers that this use makes `result`, inside the act's own transaction; or the id an earlier use made.
/// Waits for an earlier use that is still under way.
///
/// # Errors
/// A refusal when the key was used with another input.
pub(crate) async fn recall(tx: &mut TenantTx, attempt: Option<&Attempt>, result: Uuid, now: jiff::Timestamp) -> Result<Option<Uuid>> {
    let Some(Attempt(key_use)) = attempt else { return Ok(None) };
    match tx.recall(key_use, result, now).await? {
        Recalled::First => Ok(None),
        Recalled::Again(earlier) => Ok(Some(earlier)),
        Recalled::OtherInput => Err(Refusal::new(
            RefusalCode::IdempotencyMismatch,
            "idempotencyKey was used before with another input",
            &["input", "idempotencyKey"],
        )
        .into()),
    }
}
