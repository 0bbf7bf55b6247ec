//! Bookings: the object with its parts; making, moving and cancelling in [`mutation`], pages in [`page`], changes as they
//! happen in [`changed`].

mod changed;
mod mutation;
mod page;

use std::sync::Arc;

use app::booking::{Booking as Agreed, Contact};
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use domain::ids::CustomerId;

pub use changed::BookingSubscription;
pub use mutation::BookingMutation;
pub use page::BookingQueryRoot;

use super::actor;
use super::scalars::DateTime;
use super::service::Service;
use super::staff::Staff;

/// Where a booking stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::booking::BookingStatus")]
pub enum BookingStatus {
    /// Waits for approval; its time is taken meanwhile.
    Pending,
    /// Agreed.
    Confirmed,
    /// Called off.
    Cancelled,
}

/// An agreed time.
pub struct Booking(pub Agreed);

#[Object]
impl Booking {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Short text for people, unique in the tenant.
    async fn reference(&self) -> &str {
        &self.0.reference
    }

    /// When it begins.
    async fn start(&self) -> DateTime {
        DateTime(self.0.during.start())
    }

    /// When it ends.
    async fn end(&self) -> DateTime {
        DateTime(self.0.during.end())
    }

    /// Where it stands.
    async fn status(&self) -> BookingStatus {
        self.0.status.into()
    }

    /// Seats taken.
    async fn seats(&self) -> u32 {
        self.0.seats
    }

    /// What was booked.
    async fn service(&self) -> Service {
        Service(Arc::clone(&self.0.service))
    }

    /// With whom.
    fn staff(&self, context: &Context<'_>) -> Result<Staff> {
        Ok(Staff::shown_to(actor(context)?, Arc::clone(&self.0.staff)))
    }

    /// Who booked, as they wrote it then.
    async fn customer(&self) -> Customer {
        Customer::of(self.0.customer, self.0.contact.clone())
    }

    /// Answers to the service's questions, in the order of the questions.
    async fn answers(&self) -> Vec<Answer> {
        self.0.answers.iter().map(|answer| Answer { key: answer.key.clone(), value: answer.value.clone() }).collect()
    }

    /// What the customer added. Null: nothing.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
}

/// An answer to a question of the service.
#[derive(SimpleObject)]
pub struct Answer {
    /// The question's key.
    key: String,
    /// The answer, in the form the question's type asks for.
    value: String,
}

/// The person who books.
pub struct Customer {
    id: CustomerId,
    contact: Contact,
}

impl Customer {
    /// A customer with these contact fields.
    #[must_use]
    pub const fn of(id: CustomerId, contact: Contact) -> Self {
        Self { id, contact }
    }
}

#[Object]
impl Customer {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        ID(self.id.to_string())
    }

    /// Name.
    async fn name(&self) -> &str {
        &self.contact.name
    }

    /// E-mail address.
    async fn email(&self) -> &str {
        &self.contact.email
    }

    /// Phone number. Null: none was given.
    async fn phone(&self) -> Option<&str> {
        self.contact.phone.as_deref()
    }
}
