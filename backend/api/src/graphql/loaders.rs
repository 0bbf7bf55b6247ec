//! Batch loading inside one request: nested fields of a list cost one use case, not one for each row. A loader belongs to
//! one request and its actor, so nothing is ever shared between tenants.

use std::collections::HashMap;
use std::sync::Arc;

use app::staff::StaffMember;
use app::{Actor, App};
use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::runtime::{TokioSpawner, TokioTimer};
use domain::ids::ServiceId;

use super::error::top_level;

/// Who gives a service.
pub(super) struct StaffOfServices {
    app: Arc<App>,
    actor: Actor,
}

impl StaffOfServices {
    pub fn loader(app: Arc<App>, actor: Actor) -> DataLoader<Self> {
        DataLoader::new(Self { app, actor }, TokioSpawner::current(), TokioTimer::default())
    }
}

impl Loader<ServiceId> for StaffOfServices {
    type Value = Vec<Arc<StaffMember>>;
    type Error = async_graphql::Error;

    async fn load(&self, keys: &[ServiceId]) -> Result<HashMap<ServiceId, Self::Value>, Self::Error> {
        self.app.staff_of_services(&self.actor, keys).await.map_err(top_level)
    }
}
