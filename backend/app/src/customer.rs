//! Customers: known by the blind index of their e-mail address, written by their first booking.

use domain::ids::{CustomerId, TenantId};
use domain::staff::Permission;
use platform::vault::{DataKey, SealedPlace};
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::context::App;
use crate::error::Result;
use crate::sealed;

/// A person who booked.
#[derive(Debug, Clone)]
pub struct Customer {
    /// Who.
    pub id: CustomerId,
    /// Name of the first booking.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Phone number, when given.
    pub phone: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Secrets {
    name: String,
    email: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
}

impl App {
    /// The customer with this id, for whoever may read all bookings. `None`: there is none, or not for this reader.
    ///
    /// # Errors
    /// Faults.
    pub async fn customer(&self, actor: &Actor, id: CustomerId) -> Result<Option<Customer>> {
        if actor.demand(Permission::ReadBookings).is_err() {
            return Ok(None);
        }
        let tenant = actor.scope.tenant();
        let key = self.data_key(tenant).await?;
        let mut tx = self.read(&actor.scope).await?;
        let Some(row) = tx.customer(id).await? else { return Ok(None) };
        let Secrets { name, email, phone } = sealed::open(&key, place(tenant, id), &row.sealed)?;
        Ok(Some(Customer { id, name, email, phone }))
    }

    /// Seals what is kept of a customer.
    ///
    /// # Errors
    /// A fault: the fields have no JSON form.
    pub(crate) fn seal_customer(&self, key: &DataKey, tenant: TenantId, customer: &Customer) -> Result<Vec<u8>> {
        let Customer { id, name, email, phone } = customer.clone();
        sealed::seal(key, &*self.random, place(tenant, id), &Secrets { name, email, phone })
    }
}

const fn place(tenant: TenantId, id: CustomerId) -> SealedPlace {
    sealed::place(tenant, "customer", id.uuid())
}
