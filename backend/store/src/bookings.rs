//! Pages of bookings: filtered, ordered by start or creation, cut by a cursor. One statement, no joins: the services and
//! staff of a page are few and read by id afterwards.

use domain::booking::BookingStatus;
use domain::ids::{CustomerId, ServiceId, StaffId};
use jiff::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};

use crate::booking::{BookingRow, Row, status_text};
use crate::entity::booking::Column;
use crate::fault::StoreFault;
use crate::instant::to_driver;
use crate::page::{Cursor, Page, PageRequest};
use crate::scope::{TenantTx, built};

/// Which bookings. Empty: all of the tenant.
#[derive(Debug, Clone, Default)]
pub struct BookingFilter {
    /// Any of these states; empty: any.
    pub status_in: Vec<BookingStatus>,
    /// Of this service.
    pub service: Option<ServiceId>,
    /// With this person.
    pub staff: Option<StaffId>,
    /// Of this customer.
    pub customer: Option<CustomerId>,
    /// Starting at or after.
    pub start_from: Option<Timestamp>,
    /// Starting before.
    pub start_to: Option<Timestamp>,
}

/// By which instant a page is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookingOrderField {
    /// The booking's start.
    Start,
    /// When it was made.
    Created,
}

/// The order of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookingOrder {
    /// By which instant.
    pub field: BookingOrderField,
    /// Latest first.
    pub descending: bool,
}

impl TenantTx {
    /// One page of bookings. One statement, index-ordered by start or creation.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statement.
    pub async fn bookings(
        &mut self,
        filter: &BookingFilter,
        order: BookingOrder,
        page: PageRequest,
    ) -> Result<Page<BookingRow>, StoreFault> {
        let mut query = self.filtered(filter);
        let column = column_of(order.field);
        let direction = if order.descending { Order::Desc } else { Order::Asc };
        if let Some(cursor) = page.after {
            query.and_where(beyond(column, order.descending, cursor));
        }
        query.order_by(column, direction.clone()).order_by(Column::Id, direction).limit(u64::from(page.first) + 1);
        let rows: Vec<Row> = self.all(&built(&query)).await?;
        Ok(Page::cut(rows.into_iter().map(BookingRow::try_from).collect::<Result<_, _>>()?, page.first))
    }

    fn filtered(&self, filter: &BookingFilter) -> SelectStatement {
        let mut query = Query::select();
        query.columns(COLUMNS).from(crate::entity::booking::Entity).and_where(Expr::col(Column::TenantId).eq(self.tenant().uuid()));
        if !filter.status_in.is_empty() {
            query.and_where(Expr::col(Column::Status).is_in(filter.status_in.iter().map(|status| status_text(*status))));
        }
        query
            .and_where_option(filter.service.map(|id| Expr::col(Column::ServiceId).eq(id.uuid())))
            .and_where_option(filter.staff.map(|id| Expr::col(Column::StaffId).eq(id.uuid())))
            .and_where_option(filter.customer.map(|id| Expr::col(Column::CustomerId).eq(id.uuid())))
            .and_where_option(filter.start_from.map(|at| Expr::col(Column::StartsAt).gte(to_driver(at))))
            .and_where_option(filter.start_to.map(|at| Expr::col(Column::StartsAt).lt(to_driver(at))));
        query
    }
}

const COLUMNS: [Column; 13] = [
    Column::Id,
    Column::Reference,
    Column::ServiceId,
    Column::StaffId,
    Column::CustomerId,
    Column::GroupSessionId,
    Column::StartsAt,
    Column::EndsAt,
    Column::Seats,
    Column::Status,
    Column::ManageHash,
    Column::Sealed,
    Column::CreatedAt,
];

const fn column_of(field: BookingOrderField) -> Column {
    match field {
        BookingOrderField::Start => Column::StartsAt,
        BookingOrderField::Created => Column::CreatedAt,
    }
}

/// `(column, id)` past the cursor, as a row comparison that the index can serve.
fn beyond(column: Column, descending: bool, cursor: Cursor) -> Expr {
    let place = Expr::tuple([Expr::col(column), Expr::col(Column::Id)]);
    let at = Expr::tuple([Expr::value(to_driver(cursor.instant)), Expr::value(cursor.id)]);
    if descending { place.lt(at) } else { place.gt(at) }
}
