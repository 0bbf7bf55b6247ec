//! Reading bookings: pages for staff, one by its id, one after a notice.

use domain::booking::BookingStatus;
use domain::customer::Email;
use domain::ids::BookingId;
use domain::staff::Permission;
use jiff::Timestamp;
use store::{BookingFilter, BookingOrder, Cursor, MOST_ROWS, Page, PageRequest};

use super::{Booking, complete};
use crate::actor::Actor;
use crate::context::App;
use crate::error::{Error, Result, argument_id};

/// Which bookings; ids and cursor as the client sent them.
#[derive(Debug, Clone)]
pub struct BookingQuery {
    /// Any of these states; empty: any.
    pub status_in: Vec<BookingStatus>,
    /// Of this service.
    pub service_id: Option<String>,
    /// With this person.
    pub staff_id: Option<String>,
    /// Of this customer.
    pub customer_id: Option<String>,
    /// Of the customer with this e-mail address.
    pub customer_email: Option<String>,
    /// Starting at or after.
    pub start_from: Option<Timestamp>,
    /// Starting before.
    pub start_to: Option<Timestamp>,
    /// In which order.
    pub order: BookingOrder,
    /// Rows of the page.
    pub first: i64,
    /// Only after this cursor.
    pub after: Option<String>,
}

impl App {
    /// One page of bookings, by statements whose number does not grow with it. Whoever may not read all bookings gets their own.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] names the field and the rule; [`Error::Unauthenticated`].
    pub async fn bookings(&self, actor: &Actor, query: &BookingQuery) -> Result<Page<Booking>> {
        let me = actor.demand(Permission::ReadOwnBookings)?;
        let mut filter = filter(query)?;
        let page = page(query)?;
        if actor.demand(Permission::ReadBookings).is_err() {
            if filter.staff.is_some_and(|staff| staff != me) {
                return Err(Error::Forbidden);
            }
            filter.staff = Some(me);
        }
        let key = self.data_key(actor.scope.tenant()).await?;
        let mut tx = self.read(&actor.scope).await?;
        if let Some(email) = &query.customer_email {
            let email = Email::parse(email, &["filter", "customerEmail"])?;
            match tx.customer_by_email(&key.blind_index(&email.normalised())).await? {
                Some(known) if filter.customer.is_none_or(|asked| asked == known) => filter.customer = Some(known),
                _ => return Ok(Page { rows: Vec::new(), has_next: false }),
            }
        }
        let found = tx.bookings(&filter, query.order, page).await?;
        let rows = complete(&mut tx, &key, found.rows).await?;
        Ok(Page { rows, has_next: found.has_next })
    }

    /// One booking, for staff who may read it. `None`: there is none, or not for this reader.
    ///
    /// # Errors
    /// Faults only.
    pub async fn booking(&self, actor: &Actor, id: BookingId) -> Result<Option<Booking>> {
        let Ok((me, _)) = actor.staff() else { return Ok(None) };
        let all = actor.demand(Permission::ReadBookings).is_ok();
        let key = self.data_key(actor.scope.tenant()).await?;
        let mut tx = self.read(&actor.scope).await?;
        let Some(row) = tx.booking(id).await?.filter(|row| all || row.staff == me) else { return Ok(None) };
        Ok(complete(&mut tx, &key, vec![row]).await?.pop())
    }
}

fn filter(query: &BookingQuery) -> Result<BookingFilter> {
    if let (Some(from), Some(to)) = (query.start_from, query.start_to)
        && to < from
    {
        return Err(Error::InvalidArgument { field: "startTo", rule: "must not be before startFrom".to_owned() });
    }
    Ok(BookingFilter {
        status_in: query.status_in.clone(),
        service: query.service_id.as_deref().map(|id| argument_id(id, "serviceId")).transpose()?,
        staff: query.staff_id.as_deref().map(|id| argument_id(id, "staffId")).transpose()?,
        customer: query.customer_id.as_deref().map(|id| argument_id(id, "customerId")).transpose()?,
        start_from: query.start_from,
        start_to: query.start_to,
    })
}

fn page(query: &BookingQuery) -> Result<PageRequest> {
    let first = u32::try_from(query.first).ok().filter(|first| (1..=MOST_ROWS).contains(first));
    let first = first.ok_or_else(|| Error::InvalidArgument { field: "first", rule: format!("must be 1 to {MOST_ROWS}") })?;
    let after = query.after.as_deref().map(Cursor::from_text).transpose();
    let after = after.map_err(|bad| Error::InvalidArgument { field: "after", rule: bad.to_string() })?;
    Ok(PageRequest { first, after })
}
