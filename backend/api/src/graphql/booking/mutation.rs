//! Making, moving and cancelling bookings.

use app::booking::{Cancellation, Move, NewBooking, NewContact};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use secrecy::{ExposeSecret, SecretString};

use super::Booking;
use crate::graphql::error::{UserError, settle};
use crate::graphql::scalars::DateTime;
use crate::graphql::{actor, app};

/// Who books.
#[derive(InputObject)]
pub struct CustomerInput {
    /// Name, at most 200 characters.
    name: String,
    /// E-mail address.
    email: String,
    /// Phone number.
    phone: Option<String>,
    /// IANA zone.
    time_zone: Option<String>,
    /// Language tag, such as `en` or `de-CH`.
    locale: Option<String>,
}

/// An answer to a question of the service.
#[derive(InputObject)]
pub struct AnswerInput {
    /// The question's key.
    key: String,
    /// The answer, in the form the question's type asks for.
    value: String,
}

/// What is booked.
#[derive(InputObject)]
pub struct CreateBookingInput {
    /// The service.
    service_id: ID,
    /// An offered start.
    start: DateTime,
    /// With whom; whoever is free and least busy when absent.
    staff_id: Option<ID>,
    /// Seats to take, 1 to the service's capacity.
    #[graphql(default = 1)]
    seats: i64,
    /// The hold that is confirmed.
    hold_id: Option<ID>,
    /// Who books.
    customer: CustomerInput,
    /// Answers to the service's questions.
    #[graphql(default)]
    answers: Vec<AnswerInput>,
    /// What the customer adds, at most 5000 characters.
    note: Option<String>,
    /// Makes a retry safe: the same key with the same input answers the same booking and manage token.
    idempotency_key: Option<String>,
}

/// What `createBooking` answers.
#[derive(SimpleObject)]
pub struct CreateBookingPayload {
    /// The booking; null when there are user errors.
    booking: Option<Booking>,
    /// Lets its holder see, move and cancel this booking. Shown only here; null when there are user errors.
    manage_token: Option<String>,
    /// Why nothing was booked.
    user_errors: Vec<UserError>,
}

/// Where a booking is moved to.
#[derive(InputObject)]
pub struct RescheduleBookingInput {
    /// The booking.
    booking_id: ID,
    /// An offered start.
    start: DateTime,
    /// With whom; with the same person when absent.
    staff_id: Option<ID>,
    /// The customer's right to move it; staff need none.
    manage_token: Option<String>,
    /// Makes a retry safe.
    idempotency_key: Option<String>,
}

/// What `rescheduleBooking` answers.
#[derive(SimpleObject)]
pub struct RescheduleBookingPayload {
    /// The booking as it is now; null when there are user errors.
    booking: Option<Booking>,
    /// Why nothing was moved.
    user_errors: Vec<UserError>,
}

/// Which booking is cancelled.
#[derive(InputObject)]
pub struct CancelBookingInput {
    /// The booking.
    booking_id: ID,
    /// Why; kept with the booking, at most 5000 characters.
    reason: Option<String>,
    /// The customer's right to cancel it; staff need none.
    manage_token: Option<String>,
}

/// What `cancelBooking` answers.
#[derive(SimpleObject)]
pub struct CancelBookingPayload {
    /// The booking as it is now; null when there are user errors.
    booking: Option<Booking>,
    /// Why nothing was cancelled.
    user_errors: Vec<UserError>,
}

/// Mutations of bookings.
#[derive(Default)]
pub struct BookingMutation;

#[Object]
impl BookingMutation {
    /// Books an offered start. Needs no credentials. `CONFIRMED`, or `PENDING` when the service requires approval.
    async fn create_booking(&self, context: &Context<'_>, input: CreateBookingInput) -> Result<CreateBookingPayload> {
        let (new, key) = input.into_new();
        let (booked, user_errors) = settle(app(context)?.create_booking(actor(context)?, &new, key.as_deref()).await)?;
        let (booking, manage_token) =
            booked.map(|booked| (Booking(booked.booking), booked.manage_token.expose_secret().to_owned())).unzip();
        Ok(CreateBookingPayload { booking, manage_token, user_errors })
    }

    /// Moves a booking to another offered start. By staff, or by the customer with the manage token.
    async fn reschedule_booking(&self, context: &Context<'_>, input: RescheduleBookingInput) -> Result<RescheduleBookingPayload> {
        let wanted = Move {
            booking_id: input.booking_id.0,
            start: input.start.0,
            staff_id: input.staff_id.map(|id| id.0),
            manage_token: input.manage_token.map(SecretString::from),
        };
        let moved = app(context)?.reschedule_booking(actor(context)?, &wanted, input.idempotency_key.as_deref()).await;
        let (booking, user_errors) = settle(moved)?;
        Ok(RescheduleBookingPayload { booking: booking.map(Booking), user_errors })
    }

    /// Cancels a booking and gives its time back. By staff, or by the customer with the manage token.
    async fn cancel_booking(&self, context: &Context<'_>, input: CancelBookingInput) -> Result<CancelBookingPayload> {
        let wanted =
            Cancellation { booking_id: input.booking_id.0, reason: input.reason, manage_token: input.manage_token.map(SecretString::from) };
        let (booking, user_errors) = settle(app(context)?.cancel_booking(actor(context)?, &wanted).await)?;
        Ok(CancelBookingPayload { booking: booking.map(Booking), user_errors })
    }
}

impl CreateBookingInput {
    fn into_new(self) -> (NewBooking, Option<String>) {
        let CustomerInput { name, email, phone, time_zone, locale } = self.customer;
        let new = NewBooking {
            service_id: self.service_id.0,
            start: self.start.0,
            staff_id: self.staff_id.map(|id| id.0),
            seats: self.seats,
            hold_id: self.hold_id.map(|id| id.0),
            customer: NewContact { name, email, phone, time_zone, locale },
            answers: self.answers.into_iter().map(|answer| (answer.key, answer.value)).collect(),
            note: self.note,
        };
        (new, self.idempotency_key)
    }
}
