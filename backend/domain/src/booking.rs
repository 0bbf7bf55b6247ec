//! States of a booking and the legal moves between them, and when a customer may still move or cancel.

use jiff::{SignedDuration, Timestamp};

use crate::refusal::{Refusal, RefusalCode};

/// Where a booking stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BookingStatus {
    /// Waits for approval; occupies its time meanwhile.
    Pending,
    /// Agreed.
    Confirmed,
    /// Called off.
    Cancelled,
}

impl BookingStatus {
    /// Whether the booking occupies time, and so can be moved or cancelled.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Pending | Self::Confirmed)
    }

    /// The status of a booking just made.
    #[must_use]
    pub const fn at_creation(requires_approval: bool) -> Self {
        if requires_approval { Self::Pending } else { Self::Confirmed }
    }
}

/// Who asks to move or cancel a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// Staff: only the booking's state counts.
    Staff,
    /// The customer: the service's time limit counts too.
    Customer,
}

/// Whether a booking that starts at `start` may be moved or cancelled at `now`.
/// `until_minutes` is the service's limit: how long before the start a customer may still do it.
///
/// # Errors
/// [`RefusalCode::PolicyClosed`]: the booking is no longer live, or the customer is too late.
pub fn may_change(status: BookingStatus, asking: Asking, start: Timestamp, until_minutes: u32, now: Timestamp) -> Result<(), Refusal> {
    if !status.is_live() {
        return Err(Refusal::new(RefusalCode::PolicyClosed, "bookingId names a booking that is cancelled", &["input", "bookingId"]));
    }
    let limit = start.saturating_sub(SignedDuration::from_mins(i64::from(until_minutes))).unwrap_or(Timestamp::MIN);
    if asking == Asking::Customer && now > limit {
        let rule = format!("the booking can be changed until {until_minutes} minutes before its start, which has passed");
        return Err(Refusal::new(RefusalCode::PolicyClosed, rule, &["input", "bookingId"]));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::constant(1_800_000_000, 0);

    fn before_start(minutes: i64) -> Timestamp {
        START - SignedDuration::from_mins(minutes)
    }

    #[test]
    fn a_customer_is_bound_by_the_limit_and_the_limit_itself_is_in_time() {
        assert!(may_change(BookingStatus::Confirmed, Asking::Customer, START, 60, before_start(60)).is_ok());
        let late = may_change(BookingStatus::Confirmed, Asking::Customer, START, 60, before_start(59));
        assert_eq!(late.map_err(|refusal| refusal.code), Err(RefusalCode::PolicyClosed));
        assert!(may_change(BookingStatus::Confirmed, Asking::Staff, START, 60, before_start(-5)).is_ok());
    }

    #[test]
    fn a_cancelled_booking_stays_cancelled_for_everybody() {
        for asking in [Asking::Staff, Asking::Customer] {
            let refused = may_change(BookingStatus::Cancelled, asking, START, 0, before_start(600));
            assert_eq!(refused.map_err(|refusal| refusal.code), Err(RefusalCode::PolicyClosed));
        }
    }
}
