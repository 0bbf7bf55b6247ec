//! Changes of bookings as they happen.

use app::Actor;
use app::booking::ChangeKind;
use async_graphql::{Context, Enum, Result, SimpleObject, Subscription};
use domain::staff::Permission;
use futures_util::{Stream, StreamExt, future};

use super::Booking;
use crate::graphql::error::top_level;
use crate::graphql::{actor, app};

/// What happened to a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ChangeKind")]
pub enum BookingChangeKind {
    /// It was made.
    Created,
    /// It was moved.
    Rescheduled,
    /// It was cancelled.
    Cancelled,
}

/// A booking changed.
#[derive(SimpleObject)]
pub struct BookingChange {
    /// How.
    kind: BookingChangeKind,
    /// The booking as it is now.
    booking: Booking,
}

/// Subscriptions to bookings.
#[derive(Default)]
pub struct BookingSubscription;

#[Subscription]
impl BookingSubscription {
    /// Each change of a booking of the tenant, from now on, by whichever node of the region; staff without the right to read
    /// all see their own. At most once: after a broken connection, read `bookings` again.
    #[expect(clippy::unused_async, reason = "the macro wants it")]
    async fn booking_changed(&self, context: &Context<'_>) -> Result<impl Stream<Item = Result<BookingChange>>> {
        let app = app(context)?.clone();
        let actor: Actor = actor(context)?.clone();
        actor.demand(Permission::ReadOwnBookings).map_err(top_level)?;
        let tenant = actor.scope.tenant();
        let notices = app.notices.of_tenant(tenant);
        let changes = notices.then(move |notice| {
            let (app, actor) = (app.clone(), actor.clone());
            async move {
                let booking = app.booking(&actor, notice.booking).await.map_err(top_level)?;
                Ok(booking.map(|booking| BookingChange { kind: notice.kind.into(), booking: Booking(booking) }))
            }
        });
        Ok(changes.filter_map(|change: Result<Option<BookingChange>>| future::ready(change.transpose())))
    }
}
