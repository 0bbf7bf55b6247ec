//! The one place that turns what a use case answers into what a client sees: a payload's `userErrors`, or a top-level
//! error with a stable code. A fault is opaque: the client gets a reference, the log gets the cause.

use app::{Error, Fault};
use async_graphql::{Enum, ErrorExtensions, SimpleObject};
use domain::refusal::{Refusal, RefusalCode, Refusals};

/// Why something was not done. Show `message` to the user, branch on `code`.
#[derive(Debug, Clone, SimpleObject)]
pub struct UserError {
    /// What kind of problem.
    code: UserErrorCode,
    /// For people: names the field and the rule.
    message: String,
    /// The way to the input field, outermost first, such as `["input", "start"]`; empty when no single field is to blame.
    path: Vec<String>,
}

/// What kind of problem a user error is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "RefusalCode")]
pub enum UserErrorCode {
    /// A field breaks the rule that the message names.
    InvalidInput,
    /// Another tenant has this alias.
    AliasTaken,
    /// Another person of this tenant has this e-mail address.
    EmailTaken,
    /// E-mail address and password do not belong together, or the token is no longer valid.
    WrongCredentials,
    /// The password breaks the policy; the message says which rule.
    WeakPassword,
    /// Too many tries; wait and try again.
    RateLimited,
    /// The time is not, or no longer, free; ask for the slots again.
    SlotTaken,
    /// The start is not one of the offered ones.
    OutsideHours,
    /// The start is nearer than the service's notice allows.
    TooSoon,
    /// The start is later than the service can be booked ahead.
    TooFar,
    /// The service's bookings of that day are used up.
    LimitReached,
    /// The group has fewer seats left than asked for.
    GroupFull,
    /// The hold has expired or was released.
    HoldExpired,
    /// The booking's state or its service's policy does not allow this any more.
    PolicyClosed,
    /// The answer to a question of the service breaks the rule that the message names.
    FieldInvalid,
    /// The idempotency key was used before with another input.
    IdempotencyMismatch,
}

impl From<Refusal> for UserError {
    fn from(refusal: Refusal) -> Self {
        Self { code: refusal.code.into(), message: refusal.message, path: refusal.path }
    }
}

/// Splits what a use case answered: its result, its refusals as user errors, or a top-level error.
///
/// # Errors
/// A top-level error for each denial and fault.
pub(super) fn settle<T>(answer: app::Result<T>) -> async_graphql::Result<(Option<T>, Vec<UserError>)> {
    match answer {
        Ok(value) => Ok((Some(value), Vec::new())),
        Err(Error::Refused(refusals)) => Ok((None, refusals.into_vec().into_iter().map(UserError::from).collect())),
        Err(error) => Err(top_level(error)),
    }
}

/// The top-level error of anything a query answers.
#[must_use]
pub fn top_level(error: Error) -> async_graphql::Error {
    match error {
        Error::Refused(refusals) => bad_input(&refusals),
        Error::InvalidArgument { field, rule } => {
            coded("BAD_USER_INPUT", format!("{field} {rule}")).extend_with(|_, extensions| extensions.set("field", field))
        }
        Error::NotFound => coded("NOT_FOUND", "nothing of this tenant has this id"),
        Error::Forbidden => coded("FORBIDDEN", "your role does not allow this"),
        Error::Unauthenticated => coded("UNAUTHENTICATED", "sign in first: no valid access token was sent"),
        Error::Fault(fault) => of_fault(&fault),
    }
}

/// The error of a field that needs a tenant when the request named none.
pub(super) fn tenant_required() -> async_graphql::Error {
    coded("TENANT_REQUIRED", "name the tenant: by a bearer token, by the host's first label or by the x-tenant header")
}

fn bad_input(refusals: &Refusals) -> async_graphql::Error {
    let field = refusals.as_slice().first().and_then(|refusal| refusal.path.last().cloned()).unwrap_or_default();
    coded("BAD_USER_INPUT", refusals.to_string()).extend_with(|_, extensions| extensions.set("field", field.as_str()))
}

fn of_fault(fault: &Fault) -> async_graphql::Error {
    match fault {
        Fault::Unavailable(what) => retryable("UNAVAILABLE", what),
        Fault::ReadOnly => retryable("REGION_READ_ONLY", "the region takes no changes at present"),
        Fault::TenantMoving => retryable("TENANT_MOVING", "the tenant is moving; try again in a moment"),
        Fault::CommitUnknown => {
            retryable("COMMIT_UNKNOWN", "the change may have happened; repeat it with the same idempotency key to learn")
        }
        Fault::Retry | Fault::Overtaken => retryable("UNAVAILABLE", "too many changes met each other"),
        Fault::Internal(cause) => internal(cause),
    }
}

/// Logs the cause under a reference and tells the client only the reference.
fn internal(cause: &str) -> async_graphql::Error {
    let reference = crate::http::reference();
    tracing::error!(reference, cause, "a use case failed");
    coded("INTERNAL", "something is broken on our side").extend_with(|_, extensions| extensions.set("reference", reference.as_str()))
}

fn retryable(code: &'static str, message: &str) -> async_graphql::Error {
    coded(code, message).extend_with(|_, extensions| extensions.set("retryable", true))
}

fn coded(code: &'static str, message: impl Into<String>) -> async_graphql::Error {
    async_graphql::Error::new(message).extend_with(|_, extensions| extensions.set("code", code))
}
