//! What can go wrong below a use case. Named constraints come out as [`StoreFault::Conflict`] so that the use case can
//! turn them into a refusal; everything else is a fault.

use sea_orm::DbErr;
use thiserror::Error;

/// A failed call of the store. No variant holds a value of a row.
#[derive(Debug, Error)]
pub enum StoreFault {
    /// The database cannot be reached, or no connection was free in time. Nothing was written.
    #[error("database unavailable: {0}")]
    Unavailable(String),
    /// A statement ran into its time limit. Nothing was written.
    #[error("statement timed out")]
    TimedOut,
    /// The database takes no writes.
    #[error("database is read-only")]
    ReadOnly,
    /// The directory here is older than the tenant's fence (D1).
    #[error("home epoch is stale")]
    StaleEpoch,
    /// The tenant is being relocated.
    #[error("tenant is frozen")]
    Frozen,
    /// The tenant has no active rows in this shard.
    #[error("tenant is not served here")]
    NotServedHere,
    /// A named constraint refused the row.
    #[error("constraint {constraint} refused the row")]
    Conflict {
        /// The constraint's name.
        constraint: String,
    },
    /// The database asks to run the transaction again (deadlock, serialization).
    #[error("transaction must be run again")]
    Retry,
    /// The connection broke during COMMIT: it may or may not have happened (D2).
    #[error("outcome of the commit is unknown")]
    CommitUnknown,
    /// A row that makes no sense to this version.
    #[error("row of {table} cannot be read: {reason}")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The rule it breaks; no value.
        reason: String,
    },
    /// Any other error of the database.
    #[error("database error {0}")]
    Database(String),
}

impl StoreFault {
    /// Whether the named constraint refused the row.
    #[must_use]
    pub fn is_conflict(&self, name: &str) -> bool {
        matches!(self, Self::Conflict { constraint } if constraint == name)
    }

    /// The fault of a row of `table` that breaks `reason`.
    pub(crate) fn inconsistent(table: &'static str, reason: impl std::fmt::Display) -> Self {
        Self::Inconsistent { table, reason: format!("{reason}") }
    }

    /// The fault of a failed COMMIT: without an answer of the database nobody knows.
    pub(crate) fn of_commit(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(_) => Self::from(error),
            _ => Self::CommitUnknown,
        }
    }
}

impl From<sqlx::Error> for StoreFault {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(database) => of_code(database.code().as_deref().unwrap_or_default(), database.constraint()),
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::ColumnNotFound(_) | sqlx::Error::Decode(_) => {
                Self::inconsistent("a query", error)
            }
            other => Self::Unavailable(other.to_string()),
        }
    }
}

impl From<DbErr> for StoreFault {
    fn from(error: DbErr) -> Self {
        Self::inconsistent("a query", error)
    }
}

/// Maps an SQLSTATE. `DM…` are raised by the fence functions. The server's message is left out: it can quote values.
fn of_code(code: &str, constraint: Option<&str>) -> StoreFault {
    match (code, constraint) {
        ("23P01" | "23505" | "23503" | "23514", Some(name)) => StoreFault::Conflict { constraint: name.to_owned() },
        ("40001" | "40P01", _) => StoreFault::Retry,
        ("25006", _) => StoreFault::ReadOnly,
        ("57014" | "55P03", _) => StoreFault::TimedOut,
        ("DM001", _) => StoreFault::StaleEpoch,
        ("DM002", _) => StoreFault::Frozen,
        ("DM003", _) => StoreFault::NotServedHere,
        (code, _) if code.starts_with("57P") || code.starts_with("08") || code.starts_with("53") => {
            StoreFault::Unavailable(code.to_owned())
        }
        (code, _) => StoreFault::Database(code.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_of_the_fence_and_constraints_are_told_apart() {
        assert!(matches!(of_code("DM001", None), StoreFault::StaleEpoch));
        assert!(matches!(of_code("DM002", None), StoreFault::Frozen));
        assert!(matches!(of_code("DM003", None), StoreFault::NotServedHere));
        assert!(of_code("23P01", Some("claim_no_overlap")).is_conflict("claim_no_overlap"));
        assert!(matches!(of_code("40P01", None), StoreFault::Retry));
        assert!(matches!(of_code("57P01", None), StoreFault::Unavailable(_)));
        assert!(matches!(of_code("42601", None), StoreFault::Database(code) if code == "42601"));
    }
}
