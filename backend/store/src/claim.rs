//! Rows of `claim`, the only rows that occupy time, and what a slot search reads of them (B1, B2).

use chrono::{DateTime, Utc};
use domain::ids::{BookingId, ClaimId, GroupSessionId, HoldId, ServiceId, StaffId};
use domain::time::Interval;
use jiff::Timestamp;
use sea_orm::FromQueryResult;
use sea_orm::Value;
use uuid::Uuid;

use crate::fault::StoreFault;
use crate::instant::{from_driver, to_driver};
use crate::scope::{TenantTx, sql};

/// The exclusion constraint that judges double bookings.
pub const NO_OVERLAP: &str = "claim_no_overlap";

/// The end of each statement that inserts a claim. A plain insert puts its row first and looks for overlaps then: two at
/// the same moment see each other's row, wait for each other, and after a second the database ends one as a deadlock.
/// This form looks first, and of two at the same moment one steps back. The constraint judges all the same.
macro_rules! unless_overlapping {
    () => {
        " ON CONFLICT ON CONSTRAINT claim_no_overlap DO NOTHING"
    };
}
pub(crate) use unless_overlapping;

/// What a statement that ends so did: no claim means that somebody else has the time.
///
/// # Errors
/// [`StoreFault::Conflict`] of [`NO_OVERLAP`].
pub(crate) fn claimed(inserted: u64) -> Result<(), StoreFault> {
    if inserted == 1 { Ok(()) } else { Err(StoreFault::Conflict { constraint: NO_OVERLAP.to_owned() }) }
}

/// Who owns a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimOwner {
    /// An agreed time.
    Booking(BookingId),
    /// One run of a service with capacity over one.
    GroupSession(GroupSessionId),
    /// A booking that expires unless confirmed.
    Hold(HoldId),
    /// Not a claim: the staff member is off.
    TimeOff,
}

/// The run of a service that a claim stands for; read only where a rule asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// The service.
    pub service: ServiceId,
    /// Without buffers.
    pub during: Interval,
    /// Seats taken by live bookings and unexpired holds.
    pub seats: u32,
}

/// A span of one staff member that is not free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occupied {
    /// Whose.
    pub staff: StaffId,
    /// Including the buffers it was booked under.
    pub blocked: Interval,
    /// Why.
    pub owner: ClaimOwner,
    /// Counts only before this instant.
    pub expires_at: Option<Timestamp>,
    /// Which run; `None` for time off, or when not asked for.
    pub run: Option<Run>,
}

/// A claim to be written.
#[derive(Debug, Clone, Copy)]
pub struct NewClaim {
    /// Its id.
    pub id: ClaimId,
    /// Whose time.
    pub staff: StaffId,
    /// Including buffers.
    pub blocked: Interval,
    /// Counts only before this instant.
    pub expires_at: Option<Timestamp>,
}

#[derive(FromQueryResult)]
struct OccupiedRow {
    staff_id: Uuid,
    starts: DateTime<Utc>,
    ends: DateTime<Utc>,
    booking_id: Option<Uuid>,
    group_session_id: Option<Uuid>,
    hold_id: Option<Uuid>,
    expires_at: Option<DateTime<Utc>>,
    service_id: Option<Uuid>,
    run_starts: Option<DateTime<Utc>>,
    run_ends: Option<DateTime<Utc>>,
    seats: Option<i64>,
}

/// What occupies staff and meets a window. `$whose` compares the staff's ids with `$2`, the window is `$3` to `$4`. Bounded
/// on both sides of `ends_at`, exactly, since no claim is longer than 72 hours: the index serves it.
macro_rules! occupied {
    ($whose:literal) => {
        occupied!(
            $whose,
            run: "NULL::uuid AS service_id, NULL::timestamptz AS run_starts, NULL::timestamptz AS run_ends, NULL::bigint AS seats",
            of: ""
        )
    };
    ($whose:literal, run: $run:literal, of: $joins:literal) => {
        concat!(
            "SELECT c.subject_id AS staff_id, c.starts_at AS starts, c.ends_at AS ends, c.booking_id, c.group_session_id, c.hold_id, \
             c.expires_at, ",
            $run,
            " FROM claim c ",
            $joins,
            " WHERE c.tenant_id = $1 AND c.subject_kind = 1 AND c.subject_id ",
            $whose,
            " AND c.ends_at > $3 AND c.ends_at < $4 + interval '72 hours' AND c.starts_at < $4 \
             UNION ALL SELECT t.staff_id, t.starts_at, t.ends_at, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL \
             FROM time_off t WHERE t.tenant_id = $1 AND t.staff_id ",
            $whose,
            " AND t.ends_at > $3 AND t.starts_at < $4"
        )
    };
}

const OCCUPIED: &str = occupied!("= ANY($2)");

/// As above for one person. PostgreSQL takes an array for ten values until it sees it, so it would plan this statement
/// anew each time, which costs more than running it.
const OCCUPIED_OF_ONE: &str = occupied!("= $2");

/// As the first with the run behind each claim; `$5` is the present for unexpired holds.
const OCCUPIED_WITH_RUNS: &str = occupied!(
    "= ANY($2)",
    run: "\
       coalesce(b.service_id, g.service_id, h.service_id) AS service_id,
       coalesce(b.starts_at, g.starts_at, h.starts_at) AS run_starts, coalesce(b.ends_at, g.ends_at, h.ends_at) AS run_ends,
       CASE WHEN c.group_session_id IS NULL THEN coalesce(b.seats, h.seats)::bigint
            ELSE (SELECT coalesce(sum(m.seats), 0) FROM booking m
                   WHERE m.tenant_id = $1 AND m.group_session_id = c.group_session_id AND m.status IN ('PENDING', 'CONFIRMED'))
               + (SELECT coalesce(sum(w.seats), 0) FROM hold w
                   WHERE w.tenant_id = $1 AND w.group_session_id = c.group_session_id AND w.expires_at > $5)
       END AS seats",
    of: "\
       LEFT JOIN booking b ON b.tenant_id = $1 AND b.id = c.booking_id
       LEFT JOIN group_session g ON g.tenant_id = $1 AND g.id = c.group_session_id
       LEFT JOIN hold h ON h.tenant_id = $1 AND h.id = c.hold_id"
);

const INSERT: &str = concat!(
    "INSERT INTO claim (tenant_id, id, subject_kind, subject_id, blocked, booking_id, group_session_id, hold_id, expires_at) \
     VALUES ($1, $2, 1, $3, tstzrange($4, $5), $6, $7, $8, $9)",
    unless_overlapping!()
);

const DELETE_OF_BOOKING: &str = "DELETE FROM claim WHERE tenant_id = $1 AND booking_id = $2";

impl TenantTx {
    /// Everything that occupies `staff` and meets `window`, expired claims included. With `runs_at`, each claim comes with
    /// the run it stands for. One statement.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statement.
    pub async fn occupied(&mut self, staff: &[StaffId], window: Interval, runs_at: Option<Timestamp>) -> Result<Vec<Occupied>, StoreFault> {
        let tenant: Value = self.tenant().uuid().into();
        let everybody = || -> Value { staff.iter().map(|staff| staff.uuid()).collect::<Vec<_>>().into() };
        let (start, end): (Value, Value) = (to_driver(window.start()).into(), to_driver(window.end()).into());
        let statement = match (runs_at, staff) {
            (None, [one]) => sql(OCCUPIED_OF_ONE, [tenant, one.uuid().into(), start, end]),
            (None, _) => sql(OCCUPIED, [tenant, everybody(), start, end]),
            (Some(now), _) => sql(OCCUPIED_WITH_RUNS, [tenant, everybody(), start, end, to_driver(now).into()]),
        };
        let rows: Vec<OccupiedRow> = self.all(&statement).await?;
        rows.into_iter().map(Occupied::try_from).collect()
    }

    /// Writes a claim.
    ///
    /// # Errors
    /// [`StoreFault::Conflict`] of [`NO_OVERLAP`]: somebody else has the time.
    pub async fn insert_claim(&mut self, claim: &NewClaim, owner: ClaimOwner) -> Result<(), StoreFault> {
        let (booking, session, hold) = owner_columns(owner);
        let values = [
            self.tenant().uuid().into(),
            claim.id.uuid().into(),
            claim.staff.uuid().into(),
            to_driver(claim.blocked.start()).into(),
            to_driver(claim.blocked.end()).into(),
            booking.into(),
            session.into(),
            hold.into(),
            claim.expires_at.map(to_driver).into(),
        ];
        claimed(self.run(&sql(INSERT, values)).await?)
    }

    /// Gives back the time of a booking that has a claim of its own.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statement.
    pub async fn delete_claim_of_booking(&mut self, booking: BookingId) -> Result<(), StoreFault> {
        self.run(&sql(DELETE_OF_BOOKING, [self.tenant().uuid().into(), booking.uuid().into()])).await.map(|_| ())
    }
}

/// The three owner columns, of which one is set.
pub(crate) fn owner_columns(owner: ClaimOwner) -> (Option<Uuid>, Option<Uuid>, Option<Uuid>) {
    match owner {
        ClaimOwner::Booking(id) => (Some(id.uuid()), None, None),
        ClaimOwner::GroupSession(id) => (None, Some(id.uuid()), None),
        ClaimOwner::Hold(id) => (None, None, Some(id.uuid())),
        ClaimOwner::TimeOff => (None, None, None),
    }
}

impl TryFrom<OccupiedRow> for Occupied {
    type Error = StoreFault;

    fn try_from(row: OccupiedRow) -> Result<Self, StoreFault> {
        let owner = match (row.booking_id, row.group_session_id, row.hold_id) {
            (Some(id), _, _) => ClaimOwner::Booking(BookingId::new(id)),
            (_, Some(id), _) => ClaimOwner::GroupSession(GroupSessionId::new(id)),
            (_, _, Some(id)) => ClaimOwner::Hold(HoldId::new(id)),
            (None, None, None) => ClaimOwner::TimeOff,
        };
        Ok(Self {
            staff: StaffId::new(row.staff_id),
            blocked: span(row.starts, row.ends)?,
            owner,
            expires_at: row.expires_at.map(|at| from_driver("claim", at)).transpose()?,
            run: run(row.service_id, row.run_starts, row.run_ends, row.seats)?,
        })
    }
}

fn run(
    service: Option<Uuid>,
    starts: Option<DateTime<Utc>>,
    ends: Option<DateTime<Utc>>,
    seats: Option<i64>,
) -> Result<Option<Run>, StoreFault> {
    let (Some(service), Some(starts), Some(ends), Some(seats)) = (service, starts, ends, seats) else { return Ok(None) };
    let seats = u32::try_from(seats).map_err(|error| StoreFault::inconsistent("claim", error))?;
    Ok(Some(Run { service: ServiceId::new(service), during: span(starts, ends)?, seats }))
}

fn span(starts: DateTime<Utc>, ends: DateTime<Utc>) -> Result<Interval, StoreFault> {
    Interval::new(from_driver("claim", starts)?, from_driver("claim", ends)?)
        .ok_or_else(|| StoreFault::inconsistent("claim", "it ends before it starts"))
}
