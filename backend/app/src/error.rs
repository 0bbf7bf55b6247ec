//! The three kinds of "no" a use case can give, never mixed: a refusal, a denial, a fault.

use std::fmt;

use domain::ids::IdError;
use domain::refusal::{Refusal, Refusals};
use platform::passwords::PasswordFault;
use store::StoreFault;
use thiserror::Error;

/// What every use case returns.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a use case did not do what was asked. Nothing was changed, except after [`Fault::CommitUnknown`].
#[derive(Debug, Error)]
pub enum Error {
    /// Expected: the client shows it (a payload's `userErrors`).
    #[error("refused: {0}")]
    Refused(Refusals),
    /// An argument of a query breaks a rule; queries have no payload to carry a refusal.
    #[error("{field} {rule}")]
    InvalidArgument {
        /// The argument or input field.
        field: &'static str,
        /// The rule it breaks.
        rule: String,
    },
    /// Denial: nothing of this tenant has the id. Another tenant's row is answered in the same way (I4).
    #[error("not found")]
    NotFound,
    /// Denial: signed in, but without the right.
    #[error("forbidden")]
    Forbidden,
    /// Denial: no live session.
    #[error("unauthenticated")]
    Unauthenticated,
    /// Broken world.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// What is broken; the client learns the code and a reference, never the cause.
#[derive(Debug, Error)]
pub enum Fault {
    /// Something needed is away; trying again later is right. The text may be shown.
    #[error("{0}")]
    Unavailable(String),
    /// The region takes no writes at present.
    #[error("the region is read-only")]
    ReadOnly,
    /// The tenant is being relocated, or this node's directory is behind.
    #[error("the tenant is moving")]
    TenantMoving,
    /// The write may have happened; the idempotency key tells (D2).
    #[error("the outcome of the commit is unknown")]
    CommitUnknown,
    /// Two writes met; running the use case again is right. Never leaves the app crate's own retry.
    #[error("the transaction must be run again")]
    Retry,
    /// Somebody else took the staff member just chosen, and another one is free: running the use case again is right and
    /// comes to an end, since each time one fewer is free. Never leaves the app crate's own retry.
    #[error("the chosen staff member was taken meanwhile")]
    Overtaken,
    /// A defect, or data that makes no sense. The text is for the log only.
    #[error("{0}")]
    Internal(String),
}

impl Error {
    /// A defect; `cause` goes to the log only.
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self::Fault(Fault::Internal(cause.to_string()))
    }

    /// Whether the transaction should be run again.
    pub(crate) const fn is_retry(&self) -> bool {
        matches!(self, Self::Fault(Fault::Retry))
    }

    /// Whether another staff member should be chosen.
    pub(crate) const fn is_overtaken(&self) -> bool {
        matches!(self, Self::Fault(Fault::Overtaken))
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Refusals::from(refusal))
    }
}

impl From<Refusals> for Error {
    fn from(refusals: Refusals) -> Self {
        Self::Refused(refusals)
    }
}

impl From<PasswordFault> for Error {
    fn from(fault: PasswordFault) -> Self {
        Self::Fault(match fault {
            PasswordFault::Busy => Fault::Unavailable("too many passwords are being checked at present".to_owned()),
            PasswordFault::Broken | PasswordFault::Cost => Fault::Internal(fault.to_string()),
        })
    }
}

impl From<StoreFault> for Error {
    fn from(fault: StoreFault) -> Self {
        Self::Fault(match fault {
            StoreFault::Unavailable(_) | StoreFault::TimedOut => {
                Fault::Unavailable("the region's database does not answer in time".to_owned())
            }
            StoreFault::ReadOnly => Fault::ReadOnly,
            StoreFault::StaleEpoch | StoreFault::Frozen | StoreFault::NotServedHere => Fault::TenantMoving,
            StoreFault::CommitUnknown => Fault::CommitUnknown,
            StoreFault::Retry => Fault::Retry,
            other => Fault::Internal(other.to_string()),
        })
    }
}

/// Reads an id of a mutation's input. `path` may end in the place in a list.
///
/// # Errors
/// A refusal that names the field and the rule.
pub(crate) fn input_id<T: std::str::FromStr<Err = IdError>>(text: &str, path: &[&str]) -> std::result::Result<T, Refusal> {
    let field = path.iter().rfind(|part| part.parse::<usize>().is_err()).copied().unwrap_or("id");
    text.parse().map_err(|error| Refusal::invalid(format!("{field} {error}"), path))
}

/// Reads an id that is an argument of a query.
///
/// # Errors
/// [`Error::InvalidArgument`] names the field and the rule.
pub fn argument_id<T: std::str::FromStr<Err = IdError>>(text: &str, field: &'static str) -> Result<T> {
    text.parse().map_err(|error: IdError| Error::InvalidArgument { field, rule: error.to_string() })
}
