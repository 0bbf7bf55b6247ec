//! The expected "no": what a client may show to its user. Denials and faults are not refusals.

use std::fmt;

/// Why a use case said no; clients branch on it. The names are those of the GraphQL enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusalCode {
    /// A field breaks the rule that the message names.
    InvalidInput,
    /// Another tenant has this alias.
    AliasTaken,
    /// Another person of this tenant has this e-mail address.
    EmailTaken,
    /// E-mail address and password do not belong together, or the token is dead.
    WrongCredentials,
    /// The password breaks the policy; the message says which rule.
    WeakPassword,
    /// Too many tries; later again.
    RateLimited,
    /// The time is not, or no longer, free.
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

/// One reason for a "no", with the input field it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What kind of "no".
    pub code: RefusalCode,
    /// For people: names the field and the rule. Holds no value the client sent.
    pub message: String,
    /// The way to the input field, outermost first; empty when no single field is to blame.
    pub path: Vec<String>,
}

impl Refusal {
    /// A refusal of the field at `path`.
    pub fn new(code: RefusalCode, message: impl Into<String>, path: &[&str]) -> Self {
        Self { code, message: message.into(), path: path.iter().map(|&part| part.to_owned()).collect() }
    }

    /// An [`RefusalCode::InvalidInput`] of the field at `path`.
    pub fn invalid(message: impl Into<String>, path: &[&str]) -> Self {
        Self::new(RefusalCode::InvalidInput, message, path)
    }
}

/// All reasons found, so that a form can mark every wrong field at once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Refusals(Vec<Refusal>);

impl Refusals {
    /// No reason yet.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Adds one reason.
    pub fn push(&mut self, refusal: Refusal) {
        self.0.push(refusal);
    }

    /// Keeps a checked value, or its reason.
    pub fn check<T>(&mut self, result: Result<T, Refusal>) -> Option<T> {
        result.map_err(|refusal| self.0.push(refusal)).ok()
    }

    /// Keeps a checked value, or all of its reasons.
    pub fn check_all<T>(&mut self, result: Result<T, Self>) -> Option<T> {
        result.map_err(|refusals| self.0.extend(refusals.0)).ok()
    }

    /// `Ok` when there is no reason to refuse.
    ///
    /// # Errors
    /// All reasons, when there is at least one.
    pub fn none_or_err(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }

    /// The reasons, in the order they were found.
    #[must_use]
    pub fn into_vec(self) -> Vec<Refusal> {
        self.0
    }

    /// The reasons, in the order they were found.
    #[must_use]
    pub fn as_slice(&self) -> &[Refusal] {
        &self.0
    }
}

impl From<Refusal> for Refusals {
    fn from(refusal: Refusal) -> Self {
        Self(vec![refusal])
    }
}

impl fmt::Display for Refusals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, refusal) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            f.write_str(&refusal.message)?;
        }
        Ok(())
    }
}
