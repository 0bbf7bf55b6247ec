//! Structured logs: one JSON object per line on standard output.
//!
//! **Redaction rule.** A log line holds ids, codes, counts and durations, and nothing that a person wrote or is: no
//! names, e-mail addresses, phones, aliases, answers, notes, bodies, query texts, header values, tokens, keys or
//! passwords (R1, S3). It is kept by construction and not by a filter, which would always miss one: secrets live in
//! types whose `Debug` is empty (`SecretString`, `DataKey`, `NormalPassword`), errors of this code base hold no values,
//! and SQL statements are not logged. Fields that may be used: `tenant.id`, `region`, `site`, `duration_ms`,
//! `reference`, and ids of rows. Line breaks inside a field are escaped by the JSON form.

use thiserror::Error;
use tracing_subscriber::EnvFilter;

/// The variable that chooses what is logged, for example `info,store=debug`.
pub const FILTER_VARIABLE: &str = "DOMICILE_LOG";

/// Logging cannot start.
#[derive(Debug, Error)]
pub enum TelemetryError {
    /// The variable's text is no filter.
    #[error("{FILTER_VARIABLE} is not a log filter such as info,store=debug")]
    Filter,
    /// Another subscriber is in place.
    #[error("logging was started twice")]
    Twice,
}

/// Starts logging for the process, once.
///
/// # Errors
/// The filter variable is set and malformed, or logging was started before.
#[expect(clippy::disallowed_methods, reason = "the log filter is the operator's, per start, and no configuration of the service")]
pub fn start() -> Result<(), TelemetryError> {
    let chosen = std::env::var(FILTER_VARIABLE).unwrap_or_default();
    let text = if chosen.is_empty() { "info" } else { chosen.as_str() };
    // Statements of the database driver may hold personal data, so no filter may switch them on.
    let filter = EnvFilter::try_new(format!("{text},sqlx=warn,sea_orm=warn")).map_err(|_| TelemetryError::Filter)?;
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_env_filter(filter)
        .with_target(true)
        .try_init()
        .map_err(|_| TelemetryError::Twice)
}
