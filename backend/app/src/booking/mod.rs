//! Bookings: made, moved, cancelled and read. The rules are in the domain; the last judge of free time is the database.

mod change;
mod create;
mod list;
mod place;
mod secrets;

use std::sync::Arc;

use domain::booking::BookingStatus;
use domain::field::Answer;
use domain::ids::{BookingId, CustomerId};
use domain::service::Service;
use domain::time::Interval;
use jiff::Timestamp;
use platform::vault::DataKey;
use secrecy::SecretString;
pub use store::{BookingOrder, BookingOrderField, ChangeKind, Cursor, Page};
use store::{BookingRow, Offer, TenantTx};

pub use change::{Cancellation, Move};
pub(crate) use create::overlap;
pub use create::{NewBooking, NewContact};
pub use list::BookingQuery;
pub(crate) use place::{Taken, Wish};

use crate::error::{Error, Result};
use crate::service::read_services;
use crate::staff::{StaffMember, open_staff, read_staff_by_id};
use secrets::BookingSecrets;

/// A booking with everything a client may ask of it.
#[derive(Debug, Clone)]
pub struct Booking {
    /// Which booking.
    pub id: BookingId,
    /// Short text for people.
    pub reference: String,
    /// What was booked.
    pub service: Arc<Service>,
    /// With whom.
    pub staff: Arc<StaffMember>,
    /// Who booked.
    pub customer: CustomerId,
    /// Who booked, as they wrote it then.
    pub contact: Contact,
    /// Answers to the service's questions.
    pub answers: Vec<Answer>,
    /// What the customer added.
    pub note: Option<String>,
    /// When.
    pub during: Interval,
    /// Seats taken.
    pub seats: u32,
    /// Where it stands.
    pub status: BookingStatus,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Who booked, as they wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Phone number, when given.
    pub phone: Option<String>,
}

/// A booking just made.
#[derive(Debug)]
pub struct Booked {
    /// The booking.
    pub booking: Booking,
    /// Lets its holder see, move and cancel this booking.
    pub manage_token: SecretString,
}

/// Makes bookings of rows. At most two statements for all of them together: their services and their staff.
async fn complete(tx: &mut TenantTx, key: &DataKey, rows: Vec<BookingRow>) -> Result<Vec<Booking>> {
    let services = read_services(tx, rows.iter().map(|row| row.service)).await?;
    let staff = read_staff_by_id(tx, key, rows.iter().map(|row| row.staff)).await?;
    rows.into_iter()
        .map(|row| {
            let service = services.get(&row.service).ok_or_else(|| Error::internal("a booking of no service"))?;
            let person = staff.get(&row.staff).ok_or_else(|| Error::internal("a booking with no staff member"))?;
            assemble(tx, key, row, Arc::clone(service), Arc::clone(person))
        })
        .collect()
}

/// A booking of a service that is at hand, with one who gives it. No statement.
fn of_offer(tx: &TenantTx, key: &DataKey, row: BookingRow, offer: Offer) -> Result<Booking> {
    let person = offer.person(row.staff).ok_or_else(|| Error::internal("somebody is booked who does not give the service"))?;
    let person = open_staff(key, tx.tenant(), person)?;
    assemble(tx, key, row, Arc::new(offer.service), Arc::new(person))
}

/// Opens the sealed part of a row.
fn assemble(tx: &TenantTx, key: &DataKey, row: BookingRow, service: Arc<Service>, staff: Arc<StaffMember>) -> Result<Booking> {
    let secrets = BookingSecrets::open(key, tx.tenant(), row.id, &row.sealed)?;
    Ok(Booking {
        id: row.id,
        reference: row.reference,
        service,
        staff,
        customer: row.customer,
        contact: Contact { name: secrets.name, email: secrets.email, phone: secrets.phone },
        answers: secrets.answers.into_iter().map(|answer| Answer { key: answer.key, value: answer.value }).collect(),
        note: secrets.note,
        during: row.during,
        seats: row.seats,
        status: row.status,
        created_at: row.created_at,
    })
}
