//! Rows of `customer`: found by the blind index of the e-mail address; everything readable is sealed.

use domain::ids::CustomerId;
use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, QueryTrait};

use crate::entity::customer;
use crate::fault::StoreFault;
use crate::instant::from_driver;
use crate::scope::{TenantTx, built};

/// A person who booked.
#[derive(Debug, Clone)]
pub struct CustomerRow {
    /// Who.
    pub id: CustomerId,
    /// Name, e-mail address, phone.
    pub sealed: Vec<u8>,
    /// IANA zone, when given.
    pub time_zone: Option<String>,
    /// Language, when given.
    pub locale: Option<String>,
    /// When the person first booked.
    pub created_at: Timestamp,
}

#[derive(FromQueryResult)]
struct IdRow {
    id: uuid::Uuid,
}

impl TenantTx {
    /// The customer with this blind index.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statement.
    pub async fn customer_by_email(&mut self, email_index: &[u8; 32]) -> Result<Option<CustomerId>, StoreFault> {
        let query = customer::Entity::find()
            .select_only()
            .column(customer::Column::Id)
            .filter(customer::Column::TenantId.eq(self.tenant().uuid()))
            .filter(customer::Column::EmailIndex.eq(email_index.to_vec()));
        let row: Option<IdRow> = self.one(&built(query.as_query())).await?;
        Ok(row.map(|row| CustomerId::new(row.id)))
    }

    /// The customer with this id.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statement.
    pub async fn customer(&mut self, id: CustomerId) -> Result<Option<CustomerRow>, StoreFault> {
        let query =
            customer::Entity::find().filter(customer::Column::TenantId.eq(self.tenant().uuid())).filter(customer::Column::Id.eq(id.uuid()));
        let row: Option<customer::Model> = self.one(&built(query.as_query())).await?;
        row.map(|row| {
            Ok(CustomerRow {
                id: CustomerId::new(row.id),
                sealed: row.sealed,
                time_zone: row.time_zone,
                locale: row.locale,
                created_at: from_driver("customer", row.created_at)?,
            })
        })
        .transpose()
    }
}
