//! The sealed part of a booking: JSON of who booked as they wrote it, the answers, the note and the reason of cancelling.
//! Frozen when the booking is made: a later change of the customer does not rewrite what was agreed.
//!
//! ```text
//! {"name":…,"email":…,"phone":…,"answers":[{"key":…,"value":…}],"note":…,"cancel_reason":…}   null members left out
//! ```

use domain::ids::{BookingId, TenantId};
use platform::random::Random;
use platform::vault::{DataKey, SealedPlace};
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::sealed;

#[derive(Serialize, Deserialize)]
pub(super) struct BookingSecrets {
    pub name: String,
    pub email: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<SecretAnswer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_reason: Option<String>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct SecretAnswer {
    pub key: String,
    pub value: String,
}

impl BookingSecrets {
    pub fn seal(&self, key: &DataKey, random: &dyn Random, tenant: TenantId, booking: BookingId) -> Result<Vec<u8>> {
        sealed::seal(key, random, place(tenant, booking), self)
    }

    pub fn open(key: &DataKey, tenant: TenantId, booking: BookingId, blob: &[u8]) -> Result<Self> {
        sealed::open(key, place(tenant, booking), blob)
    }
}

const fn place(tenant: TenantId, booking: BookingId) -> SealedPlace {
    sealed::place(tenant, "booking", booking.uuid())
}
