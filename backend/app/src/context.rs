//! Everything a use case needs of the world, made once by the server's wiring.

use std::sync::Arc;

use domain::clock::Clock;
use domain::ids::TenantId;
use domain::region::{Region, Regions};
use platform::control::ControlClient;
use platform::mac::AliasKey;
use platform::passwords::Passwords;
use platform::random::Random;
use platform::vault::DataKey;
use store::{Directory, Notices, Shards, TenantScope, TenantTx};
use uuid::Uuid;

use crate::actor::Actor;
use crate::error::{Error, Fault, Result};
use crate::keys::TenantKeys;
use crate::session::Sessions;

/// A node's view of the world. Shared by all requests.
pub struct App {
    /// The node's own region.
    pub region: Arc<Region>,
    /// Every region, public facts only.
    pub regions: Arc<Regions>,
    /// The region's own databases.
    pub shards: Shards,
    /// The region's mirror of the directory.
    pub directory: Directory,
    /// The directory's authority.
    pub control: ControlClient,
    /// Turns an alias into what the directory stores.
    pub alias_key: AliasKey,
    /// Data keys of the region's tenants.
    pub keys: TenantKeys,
    /// Hashes and judges passwords.
    pub passwords: Passwords,
    /// Live sessions and tries to sign in.
    pub sessions: Sessions,
    /// Tells subscribers of changed bookings.
    pub notices: Notices,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives random bytes.
    pub random: Arc<dyn Random>,
}

/// How often a transaction that met another one is run in all.
const ATTEMPTS: u32 = 4;
/// How often somebody may take the chosen staff member before; a service has no more of them.
const MOST_OVERTAKEN: u32 = 100;

impl App {
    /// Opens a read over the actor's tenant; one round trip.
    ///
    /// # Errors
    /// A fault when the fence or the database says no.
    pub(crate) async fn read(&self, scope: &TenantScope) -> Result<TenantTx> {
        Ok(self.shards.read(scope).await?)
    }

    /// Opens a write over the actor's tenant; one round trip.
    ///
    /// # Errors
    /// A fault when the fence or the database says no.
    pub(crate) async fn write(&self, scope: &TenantScope) -> Result<TenantTx> {
        Ok(self.shards.write(scope).await?)
    }

    /// A new time-ordered id.
    pub(crate) fn new_id(&self) -> Uuid {
        platform::random::id(&*self.random, self.clock.now())
    }

    /// The tenant's data key.
    ///
    /// # Errors
    /// A fault when the key store does not answer or has no key.
    pub(crate) async fn data_key(&self, tenant: TenantId) -> Result<Arc<DataKey>> {
        self.keys.data_key(tenant).await
    }

    /// Runs `transaction` again while the database asks for it, a few times, and while there is another staff member to
    /// choose.
    ///
    /// # Errors
    /// The last error; two writes that keep meeting come out as unavailable.
    pub(crate) async fn until_settled<T, F>(&self, actor: &Actor, transaction: impl Fn() -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let (mut left, mut overtaken_left) = (ATTEMPTS, MOST_OVERTAKEN);
        loop {
            match transaction().await {
                Err(error) if error.is_retry() => left -= 1,
                Err(error) if error.is_overtaken() => overtaken_left -= 1,
                settled => return settled,
            }
            if left == 0 || overtaken_left == 0 {
                return Err(Error::Fault(Fault::Unavailable("too many writes met each other".to_owned())));
            }
            tracing::debug!(tenant.id = %actor.scope.tenant(), "running a transaction again");
        }
    }
}
