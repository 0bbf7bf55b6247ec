//! One newtype per id, so that mixing two kinds does not compile, and the opaque text form clients see.
//!
//! Text form: `<kind>_<32 lower-case hex digits>`, for example `booking_01930c5e9a7b7c3e8f1d2a3b4c5d6e7f`.
//! Clients must treat it as opaque.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;
use uuid::Uuid;

/// Why a text is not an id of the wanted kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IdError {
    /// Not `<kind>_<32 hex digits>` at all.
    #[error("is not an id of this API")]
    BadForm,
    /// A well-formed id of another kind.
    #[error("is an id of another kind, {expected}_… is needed")]
    WrongKind {
        /// The kind that was asked for.
        expected: &'static str,
    },
}

/// Splits an id's text into its kind and value. `None` when the text has another form.
#[must_use]
pub fn split(text: &str) -> Option<(&str, Uuid)> {
    let (kind, value) = text.rsplit_once('_')?;
    let canonical = value.len() == 32 && value.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if !canonical {
        return None;
    }
    Uuid::try_parse(value).ok().map(|uuid| (kind, uuid))
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $kind:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// The word before the underscore of the text form.
            pub const KIND: &'static str = $kind;

            /// Wraps a UUID known to be of this kind.
            #[must_use]
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The bare UUID, for storage.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}_{}", Self::KIND, self.0.simple())
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                match split(text) {
                    Some((kind, uuid)) if kind == Self::KIND => Ok(Self(uuid)),
                    Some(_) => Err(IdError::WrongKind { expected: Self::KIND }),
                    None => Err(IdError::BadForm),
                }
            }
        }
    )*};
}

ids! {
    /// The paying business.
    TenantId = "tenant";
    /// A person of a tenant who signs in and is booked.
    StaffId = "staff";
    /// One staff sign-in.
    SessionId = "session";
    /// What is booked.
    ServiceId = "service";
    /// The weekly hours and overrides of one staff member.
    ScheduleId = "schedule";
    /// A closed span of one staff member.
    TimeOffId = "time_off";
    /// The person who books.
    CustomerId = "customer";
    /// An agreed time.
    BookingId = "booking";
    /// A booking that expires unless confirmed.
    HoldId = "hold";
    /// One run of a service with capacity over one.
    GroupSessionId = "group_session";
    /// The row that occupies time.
    ClaimId = "claim";
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn text_form_round_trips() {
        let id = TimeOffId::new(Uuid::from_u128(0x0193_0c5e));

        let text = id.to_string();

        assert_eq!(text, "time_off_00000000000000000000000001930c5e");
        assert_eq!(text.parse::<TimeOffId>().unwrap(), id);
    }

    #[test]
    fn another_kind_and_other_texts_are_told_apart() {
        let staff = StaffId::new(Uuid::nil()).to_string();

        assert_eq!(staff.parse::<BookingId>(), Err(IdError::WrongKind { expected: "booking" }));
        for bad in [
            "",
            "booking",
            "booking_",
            "booking_zz",
            "booking_0000000000000000000000000000000G",
            "booking_00000000-0000-0000-0000-000000000000",
        ] {
            assert_eq!(bad.parse::<BookingId>(), Err(IdError::BadForm), "{bad}");
        }
    }
}
