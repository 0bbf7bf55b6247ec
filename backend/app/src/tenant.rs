//! The tenant: what is shown of it, and how a new one comes to be.
//!
//! A **sign-up** is decided by one commit of control (R5): the claim of alias and tenant id.
//!
//! ```text
//! 1 shard      tenant, owner, fence = incoming, pending_sign_up    nobody can use it yet
//! 2 key store  the tenant's data key, wrapped
//! 3 control    claim  ── taken ──────────► remove 2 and 1: ALIAS_TAKEN
//!                     ── not reached ─────► remove 2 and 1: UNAVAILABLE
//!                     ── no certain answer ► release, remove 2 and 1: UNAVAILABLE
//! 4 shard      fence = active, session, pending_sign_up removed
//! ```
//!
//! A crash between two steps leaves a row of `pending_sign_up`; the sweeper finds it after a minute and undoes the rest.
//! Whoever deletes that row decides, and its lock makes the other one wait. The release leaves a tombstone in the
//! directory, so a claim that arrives late fails. No half tenant and no lost alias remain.

use std::sync::Arc;
use std::time::Duration;

use domain::ids::{StaffId, TenantId};
use domain::region::{Region, ShardNumber};
use domain::staff::Role;
use domain::tenant::{DirectoryEntry, DirectoryState, HomeEpoch, Plan, Residency};
use jiff::SignedDuration;
use platform::control::ClaimError;
use platform::vault::DataKey;
use serde::{Deserialize, Serialize};
use store::{NewStaff, NewTenant, StoreFault, TenantRow};

use crate::actor::Actor;
use crate::context::App;
use crate::error::{Error, Fault, Result};
use crate::sealed;
use crate::session::SessionTokens;
use crate::staff::StaffMember;
use check::Checked;

mod check;

pub use check::SignUp;

const TABLE: &str = "tenant";
/// A sign-up that takes longer is given up and undone by the sweeper.
const SIGN_UP_LIMIT: SignedDuration = SignedDuration::from_secs(60);
/// How long a new tenant may take to reach the own mirror before it is answered all the same.
const MIRROR_WAIT: Duration = Duration::from_secs(2);

/// A tenant as it is shown.
#[derive(Debug, Clone)]
pub struct TenantProfile {
    /// Which.
    pub id: TenantId,
    /// Its public name in host names.
    pub alias: String,
    /// Its name for people.
    pub name: String,
    /// Whether it may be forwarded.
    pub residency: Residency,
    /// What it pays for.
    pub plan: Plan,
    /// IANA zone.
    pub time_zone: String,
    /// Where its data lives.
    pub home_region: Arc<Region>,
}

/// What a sign-up made.
#[derive(Debug)]
pub struct SignedUp {
    /// The new tenant.
    pub tenant: TenantProfile,
    /// The owner's session.
    pub session: SessionTokens,
}

/// The sealed fields of a row.
#[derive(Serialize, Deserialize)]
struct Personal {
    alias: String,
    name: String,
}

/// A checked sign-up with its ids and keys.
struct Founding {
    entry: DirectoryEntry,
    owner: NewStaff,
    tenant: NewTenant,
    key: DataKey,
}

impl App {
    /// The actor's tenant. Anyone may ask.
    ///
    /// # Errors
    /// Faults of database and key store.
    pub async fn tenant(&self, actor: &Actor) -> Result<TenantProfile> {
        let id = actor.scope.tenant();
        let key = self.data_key(id).await?;
        let row = self.read(&actor.scope).await?.tenant_row().await?;
        let Personal { alias, name } = sealed::open(&key, sealed::place(id, TABLE, id.uuid()), &row.sealed)?;
        let residency = self.directory.entry(id).ok_or(Error::Fault(Fault::TenantMoving))?.residency;
        let TenantRow { time_zone, plan, .. } = row;
        Ok(TenantProfile { id, alias, name, residency, plan: plan_of(&plan)?, time_zone, home_region: Arc::clone(&self.region) })
    }

    /// Makes a tenant at home in this region, its owner and the owner's session.
    ///
    /// # Errors
    /// Refusals: `INVALID_INPUT`, `WEAK_PASSWORD`, `ALIAS_TAKEN`. [`Fault::Unavailable`]: control, the database or the
    /// key store does not answer; nothing remains, try again.
    pub async fn sign_up(&self, input: &SignUp) -> Result<SignedUp> {
        let checked = self.check_sign_up(input).await?;
        let founding = self.founding(&checked).await?;
        let (tenant, shard) = (founding.entry.tenant, founding.entry.shard);
        if let Err(error) = self.prepare(&founding).await {
            self.undo(shard, tenant, Undo::Local).await;
            return Err(error);
        }
        let version = match self.control.claim(&founding.entry).await {
            Ok(version) => version,
            Err(error) => return Err(self.give_up(shard, tenant, error).await),
        };
        let session = match self.open_tenant(&founding).await {
            Ok(session) => session,
            Err(error) => {
                self.undo(shard, tenant, Undo::Release).await;
                return Err(error);
            }
        };
        tracing::info!(tenant.id = %tenant, region = %self.region.code, "signed up a tenant");
        if !self.directory.wait_for(version, MIRROR_WAIT).await {
            tracing::warn!(tenant.id = %tenant, version, "the own mirror has not seen a new tenant in time");
        }
        Ok(SignedUp { tenant: self.profile(tenant, &checked), session })
    }

    /// Undoes sign-ups that neither finished nor failed within a minute, as after a crash. Run every few seconds on each
    /// node. Returns how many were undone.
    ///
    /// # Errors
    /// Faults of the database; what could not be undone stays for the next run.
    pub async fn sweep_pending_sign_ups(&self) -> Result<usize> {
        let before = self.clock.now().saturating_sub(SIGN_UP_LIMIT).map_err(Error::internal)?;
        let mut undone = 0;
        for (shard, tenant) in self.shards.pending_sign_ups(before).await? {
            if self.undo(shard, tenant, Undo::Release).await {
                tracing::warn!(tenant.id = %tenant, "undid a sign-up that never finished");
                undone += 1;
            }
        }
        Ok(undone)
    }

    async fn founding(&self, checked: &Checked) -> Result<Founding> {
        let password_hash = Some(self.passwords.hash(&checked.password).await?);
        let (tenant, created_at) = (TenantId::new(self.new_id()), self.clock.now());
        let key = DataKey::fresh(&*self.random);
        let personal = Personal { alias: checked.alias.as_str().to_owned(), name: checked.tenant_name.clone() };
        let sealed = sealed::seal(&key, &*self.random, sealed::place(tenant, TABLE, tenant.uuid()), &personal)?;
        let owner = StaffMember {
            id: StaffId::new(self.new_id()),
            name: checked.owner_name.clone(),
            email: checked.email.as_str().to_owned(),
            role: Role::Owner,
            time_zone: checked.time_zone.clone(),
        };
        let entry = DirectoryEntry {
            tenant,
            alias_mac: self.alias_key.mac(&checked.alias),
            region: self.region.number,
            shard: self.shards.for_new_tenant()?,
            home_epoch: HomeEpoch::FIRST,
            residency: checked.residency,
            state: DirectoryState::Active,
            version: 0,
        };
        Ok(Founding {
            entry,
            owner: self.staff_row(&key, tenant, &owner, &checked.email, password_hash)?,
            tenant: NewTenant {
                sealed,
                time_zone: checked.time_zone.clone(),
                locale: checked.locale.clone(),
                home_epoch: HomeEpoch::FIRST,
                created_at,
            },
            key,
        })
    }

    /// Steps 1 and 2: everything but the right to exist.
    async fn prepare(&self, founding: &Founding) -> Result<()> {
        let tenant = founding.entry.tenant;
        let mut tx = self.shards.found(founding.entry.shard, tenant).await?;
        tx.insert_pending_tenant(&founding.tenant).await?;
        tx.insert_staff(&founding.owner).await?;
        tx.commit().await?;
        self.keys.keep(tenant, &founding.key, &*self.random, founding.tenant.created_at).await
    }

    /// Step 4. After an unknown commit the row of `pending_sign_up` tells whether it happened.
    async fn open_tenant(&self, founding: &Founding) -> Result<SessionTokens> {
        let mut tx = self.shards.found(founding.entry.shard, founding.entry.tenant).await?;
        if !(tx.take_pending_sign_up().await? && tx.activate_tenant().await?) {
            return Err(try_again("the sign-up took too long and was undone; try again"));
        }
        let tokens = self.open_session(&mut tx, founding.owner.id).await?;
        tx.commit().await?;
        Ok(tokens)
    }

    async fn give_up(&self, shard: ShardNumber, tenant: TenantId, error: ClaimError) -> Error {
        tracing::info!(tenant.id = %tenant, %error, "a claim does not stand");
        match error {
            ClaimError::Taken => {
                self.undo(shard, tenant, Undo::Local).await;
                check::alias_taken().into()
            }
            ClaimError::Refused(_) => {
                self.undo(shard, tenant, Undo::Local).await;
                Error::internal("control refused the claim of a new tenant")
            }
            ClaimError::NotReached(_) => {
                self.undo(shard, tenant, Undo::Local).await;
                no_control()
            }
            ClaimError::Unavailable(_) => {
                self.undo(shard, tenant, Undo::Release).await;
                no_control()
            }
        }
    }

    /// Removes what steps 1 and 2 left, unless somebody else has decided. True when this call did; what fails is left to
    /// the sweeper.
    async fn undo(&self, shard: ShardNumber, tenant: TenantId, how: Undo) -> bool {
        self.try_undo(shard, tenant, how).await.unwrap_or_else(|error| {
            tracing::warn!(tenant.id = %tenant, %error, "a sign-up could not be undone yet");
            false
        })
    }

    /// Holds the row's lock while it asks control: the sign-up must not finish in between.
    async fn try_undo(&self, shard: ShardNumber, tenant: TenantId, how: Undo) -> Result<bool> {
        let mut tx = self.shards.found(shard, tenant).await?;
        if !tx.take_pending_sign_up().await? {
            return Ok(false);
        }
        tx.delete_pending_tenant().await?;
        if how == Undo::Release {
            self.control.release(tenant).await.map_err(|fault| Error::Fault(Fault::Unavailable(fault.to_string())))?;
        }
        self.keys.destroy(tenant).await?;
        match tx.commit().await {
            Err(StoreFault::CommitUnknown) => Ok(false),
            done => Ok(done.map(|()| true)?),
        }
    }

    fn profile(&self, id: TenantId, checked: &Checked) -> TenantProfile {
        TenantProfile {
            id,
            alias: checked.alias.as_str().to_owned(),
            name: checked.tenant_name.clone(),
            residency: checked.residency,
            plan: Plan::Free,
            time_zone: checked.time_zone.clone(),
            home_region: Arc::clone(&self.region),
        }
    }
}

/// How much there is to undo.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Undo {
    /// Control knows nothing of it: the claim was refused or never sent.
    Local,
    /// The claim may stand, or may still arrive.
    Release,
}

fn no_control() -> Error {
    try_again("signing up is not possible at present: the directory's authority does not answer; try again")
}

fn try_again(what: &str) -> Error {
    Error::Fault(Fault::Unavailable(what.to_owned()))
}

fn plan_of(label: &str) -> Result<Plan> {
    match label {
        "FREE" => Ok(Plan::Free),
        _ => Err(Error::internal("a tenant has an unknown plan")),
    }
}
