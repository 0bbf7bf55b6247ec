//! The border between jiff, used everywhere, and chrono, which the database driver speaks. Microseconds, as PostgreSQL.

use chrono::{DateTime, Utc};
use jiff::Timestamp;

use crate::fault::StoreFault;

/// For a bound value. Every instant of jiff fits chrono; sub-microseconds are cut.
pub(crate) fn to_driver(instant: Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(instant.as_microsecond()).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// From a column of `table`.
///
/// # Errors
/// [`StoreFault::Inconsistent`]: the year lies outside -9999 to 9999.
pub(crate) fn from_driver(table: &'static str, instant: DateTime<Utc>) -> Result<Timestamp, StoreFault> {
    Timestamp::from_microsecond(instant.timestamp_micros()).map_err(|error| StoreFault::inconsistent(table, error))
}
