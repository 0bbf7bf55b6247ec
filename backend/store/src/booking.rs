//! Rows of `booking`: made, moved, cancelled and read one at a time; pages of them are in [`crate::bookings`].

use chrono::{DateTime, Utc};
use domain::booking::BookingStatus;
use domain::ids::{BookingId, CustomerId, GroupSessionId, HoldId, ServiceId, StaffId};
use domain::time::Interval;
use jiff::Timestamp;
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use crate::claim::{NewClaim, claimed, unless_overlapping};
use crate::fault::StoreFault;
use crate::instant::{from_driver, to_driver};
use crate::scope::{TenantTx, sql};

/// The unique key of a booking's reference.
pub const REFERENCE_KEY: &str = "booking_reference_key";
/// An agreed time.
#[derive(Debug, Clone)]
pub struct BookingRow {
    /// Which booking.
    pub id: BookingId,
    /// Short text for people, unique in the tenant.
    pub reference: String,
    /// Of which service.
    pub service: ServiceId,
    /// With whom.
    pub staff: StaffId,
    /// Who booked.
    pub customer: CustomerId,
    /// The run, for capacity over one.
    pub group_session: Option<GroupSessionId>,
    /// Without buffers.
    pub during: Interval,
    /// Seats taken.
    pub seats: u32,
    /// Where it stands.
    pub status: BookingStatus,
    /// SHA-256 of the manage token.
    pub manage_hash: Vec<u8>,
    /// Who booked as they wrote it, answers, note, reason of cancelling.
    pub sealed: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A customer seen for the first time.
#[derive(Debug, Clone)]
pub struct NewCustomer {
    /// Blind index of the e-mail address.
    pub email_index: [u8; 32],
    /// Name, e-mail address, phone.
    pub sealed: Vec<u8>,
    /// IANA zone, when given.
    pub time_zone: Option<String>,
    /// Language, when given.
    pub locale: Option<String>,
}

#[derive(FromQueryResult)]
pub(crate) struct Row {
    id: Uuid,
    reference: String,
    service_id: Uuid,
    staff_id: Uuid,
    customer_id: Uuid,
    group_session_id: Option<Uuid>,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    seats: i32,
    status: String,
    manage_hash: Vec<u8>,
    sealed: Vec<u8>,
    created_at: DateTime<Utc>,
}

macro_rules! insert_booking {
    () => {
        "INSERT INTO booking (tenant_id, id, reference, service_id, staff_id, customer_id, group_session_id, starts_at, ends_at, seats, \
         status, manage_hash, sealed, created_at, changed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)"
    };
}

/// Booking and claim in one statement. Without the claim the transaction must not be committed.
const INSERT_WITH_CLAIM: &str = concat!(
    "WITH booked AS (",
    insert_booking!(),
    ") INSERT INTO claim (tenant_id, id, subject_kind, subject_id, blocked, booking_id) VALUES ($1, $15, 1, $5, tstzrange($16, $17), $2)",
    unless_overlapping!()
);

/// As above over a hold: its claim becomes the booking's.
const INSERT_FROM_HOLD: &str = concat!(
    "WITH booked AS (",
    insert_booking!(),
    "), kept AS (UPDATE claim SET booking_id = $2, hold_id = NULL, expires_at = NULL WHERE tenant_id = $1 AND hold_id = $15 RETURNING id) \
     SELECT count(*) AS claims FROM kept"
);

const INSERT: &str = insert_booking!();

const INSERT_CUSTOMER: &str = "\
INSERT INTO customer (tenant_id, id, email_index, sealed, time_zone, locale, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT ON CONSTRAINT customer_email_key DO NOTHING";

const SELECT: &str = "\
SELECT id, reference, service_id, staff_id, customer_id, group_session_id, starts_at, ends_at, seats, status, manage_hash, sealed, created_at
  FROM booking WHERE tenant_id = $1 AND id = $2";

const LOCK: &str = "\
SELECT id, reference, service_id, staff_id, customer_id, group_session_id, starts_at, ends_at, seats, status, manage_hash, sealed, created_at
  FROM booking WHERE tenant_id = $1 AND id = $2 FOR UPDATE";

const MOVE: &str = "\
UPDATE booking SET staff_id = $3, group_session_id = $4, starts_at = $5, ends_at = $6, changed_at = $7 WHERE tenant_id = $1 AND id = $2";

const CANCEL: &str = "UPDATE booking SET status = 'CANCELLED', sealed = $3, changed_at = $4 WHERE tenant_id = $1 AND id = $2";

#[derive(FromQueryResult)]
struct Claims {
    claims: i64,
}

impl TenantTx {
    /// Writes a customer unless one with this e-mail address exists; `false` when one does.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statement.
    pub async fn insert_customer(&mut self, id: CustomerId, new: &NewCustomer, now: Timestamp) -> Result<bool, StoreFault> {
        let values = [
            self.tenant().uuid().into(),
            id.uuid().into(),
            new.email_index.to_vec().into(),
            new.sealed.clone().into(),
            new.time_zone.clone().into(),
            new.locale.clone().into(),
            to_driver(now).into(),
        ];
        Ok(self.run(&sql(INSERT_CUSTOMER, values)).await? == 1)
    }

    /// Writes a booking with a claim of its own.
    ///
    /// # Errors
    /// [`StoreFault::Conflict`] of [`crate::NO_OVERLAP`] or [`REFERENCE_KEY`]: the transaction must be dropped.
    pub async fn insert_booking(&mut self, booking: &BookingRow, claim: &NewClaim) -> Result<(), StoreFault> {
        let mut values = self.columns(booking)?.to_vec();
        values.extend([claim.id.uuid().into(), to_driver(claim.blocked.start()).into(), to_driver(claim.blocked.end()).into()]);
        claimed(self.run(&sql(INSERT_WITH_CLAIM, values)).await?)
    }

    /// Writes a booking that takes over the claim of a hold; `false` when the hold had none.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statement.
    pub async fn insert_booking_from_hold(&mut self, booking: &BookingRow, hold: HoldId) -> Result<bool, StoreFault> {
        let mut values = self.columns(booking)?.to_vec();
        values.push(hold.uuid().into());
        let kept: Option<Claims> = self.one(&sql(INSERT_FROM_HOLD, values)).await?;
        Ok(kept.is_some_and(|kept| kept.claims == 1))
    }

    /// Writes a booking of a group session, which owns the claim.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statement.
    pub async fn insert_group_booking(&mut self, booking: &BookingRow) -> Result<(), StoreFault> {
        let values = self.columns(booking)?;
        self.run(&sql(INSERT, values)).await.map(|_| ())
    }

    /// The booking with this id.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statement.
    pub async fn booking(&mut self, id: BookingId) -> Result<Option<BookingRow>, StoreFault> {
        self.booking_by(SELECT, id).await
    }

    /// The booking with this id, locked until the transaction ends.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statement.
    pub async fn lock_booking(&mut self, id: BookingId) -> Result<Option<BookingRow>, StoreFault> {
        self.booking_by(LOCK, id).await
    }

    async fn booking_by(&mut self, text: &'static str, id: BookingId) -> Result<Option<BookingRow>, StoreFault> {
        let row: Option<Row> = self.one(&sql(text, [self.tenant().uuid().into(), id.uuid().into()])).await?;
        row.map(BookingRow::try_from).transpose()
    }

    /// Moves a booking; its claims are written apart.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statement.
    pub async fn move_booking(&mut self, moved: &BookingRow, now: Timestamp) -> Result<(), StoreFault> {
        let values = [
            self.tenant().uuid().into(),
            moved.id.uuid().into(),
            moved.staff.uuid().into(),
            moved.group_session.map(GroupSessionId::uuid).into(),
            to_driver(moved.during.start()).into(),
            to_driver(moved.during.end()).into(),
            to_driver(now).into(),
        ];
        self.run(&sql(MOVE, values)).await.map(|_| ())
    }

    /// Cancels a booking; its claims are removed apart.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statement.
    pub async fn cancel_booking(&mut self, id: BookingId, sealed: Vec<u8>, now: Timestamp) -> Result<(), StoreFault> {
        let values = [self.tenant().uuid().into(), id.uuid().into(), sealed.into(), to_driver(now).into()];
        self.run(&sql(CANCEL, values)).await.map(|_| ())
    }

    fn columns(&self, booking: &BookingRow) -> Result<[Value; 14], StoreFault> {
        Ok([
            self.tenant().uuid().into(),
            booking.id.uuid().into(),
            booking.reference.clone().into(),
            booking.service.uuid().into(),
            booking.staff.uuid().into(),
            booking.customer.uuid().into(),
            booking.group_session.map(GroupSessionId::uuid).into(),
            to_driver(booking.during.start()).into(),
            to_driver(booking.during.end()).into(),
            i32::try_from(booking.seats).map_err(|error| StoreFault::inconsistent("booking", error))?.into(),
            status_text(booking.status).into(),
            booking.manage_hash.clone().into(),
            booking.sealed.clone().into(),
            to_driver(booking.created_at).into(),
        ])
    }
}

/// The column's text of a status.
pub(crate) const fn status_text(status: BookingStatus) -> &'static str {
    match status {
        BookingStatus::Pending => "PENDING",
        BookingStatus::Confirmed => "CONFIRMED",
        BookingStatus::Cancelled => "CANCELLED",
    }
}

fn status_of(text: &str) -> Result<BookingStatus, StoreFault> {
    match text {
        "PENDING" => Ok(BookingStatus::Pending),
        "CONFIRMED" => Ok(BookingStatus::Confirmed),
        "CANCELLED" => Ok(BookingStatus::Cancelled),
        _ => Err(StoreFault::inconsistent("booking", "the status is unknown")),
    }
}

impl TryFrom<Row> for BookingRow {
    type Error = StoreFault;

    fn try_from(row: Row) -> Result<Self, StoreFault> {
        let during = Interval::new(from_driver("booking", row.starts_at)?, from_driver("booking", row.ends_at)?);
        Ok(Self {
            id: BookingId::new(row.id),
            reference: row.reference,
            service: ServiceId::new(row.service_id),
            staff: StaffId::new(row.staff_id),
            customer: CustomerId::new(row.customer_id),
            group_session: row.group_session_id.map(GroupSessionId::new),
            during: during.ok_or_else(|| StoreFault::inconsistent("booking", "it ends before it starts"))?,
            seats: u32::try_from(row.seats).map_err(|error| StoreFault::inconsistent("booking", error))?,
            status: status_of(&row.status)?,
            manage_hash: row.manage_hash,
            sealed: row.sealed,
            created_at: from_driver("booking", row.created_at)?,
        })
    }
}
