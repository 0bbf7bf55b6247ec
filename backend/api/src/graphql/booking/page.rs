//! Pages of bookings.

use app::booking::{Booking as Agreed, BookingOrder as Order, BookingOrderField as OrderField, BookingQuery, Cursor, Page};
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};

use super::{Booking, BookingStatus};
use crate::graphql::error::top_level;
use crate::graphql::page::PageInfo;
use crate::graphql::scalars::DateTime;
use crate::graphql::{actor, app};

/// Rows of a page when the client does not say.
const ROWS: i64 = 20;
/// Rows that a page is reckoned to have, for the complexity of what is asked for each. Not `first` itself: the count of
/// complexity refuses an argument whose variable was left out.
const USUAL_ROWS: usize = 50;

/// Which bookings; every given field narrows.
#[derive(InputObject, Default)]
pub struct BookingFilter {
    /// Any of these states.
    status_in: Option<Vec<BookingStatus>>,
    /// Of this service.
    service_id: Option<ID>,
    /// With this person.
    staff_id: Option<ID>,
    /// Of this customer.
    customer_id: Option<ID>,
    /// Of the customer with this e-mail address, whatever its case.
    customer_email: Option<String>,
    /// Starting at or after.
    start_from: Option<DateTime>,
    /// Starting before.
    start_to: Option<DateTime>,
}

/// By what a page is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "OrderField")]
pub enum BookingOrderField {
    /// The booking's start.
    Start,
    /// When it was made.
    Created,
}

/// Which end comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum OrderDirection {
    /// Earliest first.
    Asc,
    /// Latest first.
    Desc,
}

/// The order of a page.
#[derive(InputObject)]
pub struct BookingOrder {
    /// By what.
    field: BookingOrderField,
    /// Which end comes first.
    direction: OrderDirection,
}

/// A page of bookings.
#[derive(SimpleObject)]
pub struct BookingConnection {
    /// The bookings, in order.
    edges: Vec<BookingEdge>,
    /// Whether more follow.
    page_info: PageInfo,
}

/// A booking on a page.
#[derive(SimpleObject)]
pub struct BookingEdge {
    /// Its place: pass it as `after` to read on from here, with the same filter and order.
    cursor: String,
    /// The booking.
    node: Booking,
}

/// Queries of bookings.
#[derive(Default)]
pub struct BookingQueryRoot;

#[Object]
impl BookingQueryRoot {
    /// The tenant's bookings, newest first unless ordered otherwise. Staff without the right to read all get their own.
    #[graphql(complexity = USUAL_ROWS * child_complexity)]
    async fn bookings(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which bookings; all when absent.")] filter: Option<BookingFilter>,
        #[graphql(desc = "The order; newest first when absent.")] order_by: Option<BookingOrder>,
        #[graphql(desc = "Rows of the page, 1 to 100.")] first: Option<i64>,
        #[graphql(desc = "Only bookings after this cursor.")] after: Option<String>,
    ) -> Result<BookingConnection> {
        let query = query(filter.unwrap_or_default(), order_by, first.unwrap_or(ROWS), after);
        let page = app(context)?.bookings(actor(context)?, &query).await.map_err(top_level)?;
        Ok(connection(page, query.order.field))
    }
}

fn query(filter: BookingFilter, order: Option<BookingOrder>, first: i64, after: Option<String>) -> BookingQuery {
    let order = order.map_or(Order { field: OrderField::Created, descending: true }, |order| Order {
        field: order.field.into(),
        descending: order.direction == OrderDirection::Desc,
    });
    BookingQuery {
        status_in: filter.status_in.unwrap_or_default().into_iter().map(Into::into).collect(),
        service_id: filter.service_id.map(|id| id.0),
        staff_id: filter.staff_id.map(|id| id.0),
        customer_id: filter.customer_id.map(|id| id.0),
        customer_email: filter.customer_email,
        start_from: filter.start_from.map(|at| at.0),
        start_to: filter.start_to.map(|at| at.0),
        order,
        first,
        after,
    }
}

fn connection(page: Page<Agreed>, order: OrderField) -> BookingConnection {
    let edges: Vec<_> = page.rows.into_iter().map(|row| BookingEdge { cursor: cursor(&row, order), node: Booking(row) }).collect();
    let page_info = PageInfo { has_next_page: page.has_next, end_cursor: edges.last().map(|edge| edge.cursor.clone()) };
    BookingConnection { edges, page_info }
}

fn cursor(row: &Agreed, order: OrderField) -> String {
    let instant = match order {
        OrderField::Start => row.during.start(),
        OrderField::Created => row.created_at,
    };
    Cursor { instant, id: row.id.uuid() }.to_text()
}
