//! People of a tenant: who is signed in, adding one, reading some.

use std::collections::HashMap;
use std::sync::Arc;

use domain::customer::{Email, short_text};
use domain::ids::{StaffId, TenantId};
use domain::refusal::{Refusal, RefusalCode, Refusals};
use domain::schedule::parse_time_zone;
use domain::staff::{Permission, Role};
use platform::passwords::NormalPassword;
use platform::vault::DataKey;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use store::{NewStaff, STAFF_EMAIL, StaffRow, TenantTx};

use crate::actor::Actor;
use crate::context::App;
use crate::error::{Error, Result};
use crate::idempotency::{Attempt, attempt, recall};
use crate::sealed;

const TABLE: &str = "staff";

/// A person of the tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffMember {
    /// Who.
    pub id: StaffId,
    /// Shown to customers.
    pub name: String,
    /// For signed-in staff only.
    pub email: String,
    /// For signed-in staff only.
    pub role: Role,
    /// IANA zone.
    pub time_zone: String,
}

/// Input of [`App::add_staff`].
#[derive(Debug)]
pub struct AddStaff {
    /// Shown to customers.
    pub name: String,
    /// Signs in with it.
    pub email: String,
    /// Admin or staff.
    pub role: Role,
    /// IANA zone; the tenant's when absent.
    pub time_zone: Option<String>,
    /// Without one the person is booked but cannot sign in.
    pub password: Option<SecretString>,
    /// Makes a retry safe.
    pub idempotency_key: Option<String>,
}

/// The sealed fields of a row.
#[derive(Serialize, Deserialize)]
struct Personal {
    name: String,
    email: String,
}

/// What an idempotency key is compared with.
#[derive(Serialize)]
struct Digest<'a> {
    name: &'a str,
    email: &'a str,
    role: &'static str,
    time_zone: Option<&'a str>,
    password_mac: Option<[u8; 32]>,
}

/// A checked input.
struct Checked {
    name: String,
    email: Email,
    time_zone: Option<String>,
    password: Option<NormalPassword>,
}

impl App {
    /// The signed-in person.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]. Faults of database and key store.
    pub async fn viewer(&self, actor: &Actor) -> Result<StaffMember> {
        let (id, _) = actor.staff()?;
        self.staff_members(actor, &[id]).await?.pop().ok_or(Error::Unauthenticated)
    }

    /// The persons with these ids, by id; unknown ones are left out. Anyone may ask; what to show is the caller's choice.
    ///
    /// # Errors
    /// Faults of database and key store.
    pub async fn staff_members(&self, actor: &Actor, ids: &[StaffId]) -> Result<Vec<StaffMember>> {
        let key = self.data_key(actor.scope.tenant()).await?;
        let mut tx = self.read(&actor.scope).await?;
        read_staff(&mut tx, &key, ids).await
    }

    /// Adds a person who is booked and, with a password, signs in.
    ///
    /// # Errors
    /// Refusals: `INVALID_INPUT`, `WEAK_PASSWORD`, `EMAIL_TAKEN`, `IDEMPOTENCY_MISMATCH`. [`Error::Unauthenticated`],
    /// [`Error::Forbidden`]. Faults of database and key store.
    pub async fn add_staff(&self, actor: &Actor, input: &AddStaff) -> Result<StaffMember> {
        actor.demand(Permission::ManageStaff)?;
        let key = self.data_key(actor.scope.tenant()).await?;
        let attempt = attempt(&key, "addStaff", input.idempotency_key.as_deref(), &digest(&key, input))?;
        let tenant = self.tenant(actor).await?;
        let checked = self.check_staff(input, &tenant.name, &tenant.alias).await?;
        let password_hash = match &checked.password {
            Some(password) => Some(self.passwords.hash(password).await?),
            None => None,
        };
        let member = StaffMember {
            id: StaffId::new(self.new_id()),
            name: checked.name,
            email: checked.email.as_str().to_owned(),
            role: input.role,
            time_zone: checked.time_zone.unwrap_or(tenant.time_zone),
        };
        let row = self.staff_row(&key, actor.scope.tenant(), &member, &checked.email, password_hash)?;
        self.until_settled(actor, async || self.write_staff(actor, &key, &row, &member, attempt.as_ref()).await).await
    }

    async fn write_staff(
        &self,
        actor: &Actor,
        key: &DataKey,
        row: &NewStaff,
        member: &StaffMember,
        attempt: Option<&Attempt>,
    ) -> Result<StaffMember> {
        let mut tx = self.write(&actor.scope).await?;
        if let Some(earlier) = recall(&mut tx, attempt, row.id.uuid(), row.created_at).await? {
            let found = read_staff(&mut tx, key, &[StaffId::new(earlier)]).await?.pop();
            return found.ok_or_else(|| Error::internal("the person of an idempotency key is gone"));
        }
        match tx.insert_staff(row).await {
            Err(fault) if fault.is_conflict(STAFF_EMAIL) => {
                let rule = "email belongs to another person of this tenant";
                return Err(Refusal::new(RefusalCode::EmailTaken, rule, &["input", "email"]).into());
            }
            inserted => inserted?,
        }
        tx.commit().await?;
        tracing::info!(tenant.id = %actor.scope.tenant(), staff.id = %row.id, "added a staff member");
        Ok(member.clone())
    }

    async fn check_staff(&self, input: &AddStaff, tenant_name: &str, alias: &str) -> Result<Checked> {
        let mut refusals = Refusals::none();
        let name = refusals.check(short_text(&input.name, &["input", "name"]));
        let email = refusals.check(Email::parse(&input.email, &["input", "email"]));
        if input.role == Role::Owner {
            refusals.push(Refusal::invalid("role must be ADMIN or STAFF", &["input", "role"]));
        }
        if let Some(zone) = &input.time_zone {
            refusals.check(parse_time_zone(zone, &["input", "timeZone"]));
        }
        let mut password = None;
        if let (Some(text), Some(name), Some(email)) = (&input.password, &name, &email) {
            let names = [tenant_name, alias, name, email.as_str()];
            password = refusals.check(self.judged(text, &names, &["input", "password"]).await?);
        }
        refusals.none_or_err()?;
        let (Some(name), Some(email)) = (name, email) else { return Err(Error::internal("a checked field is missing")) };
        Ok(Checked { name, email, time_zone: input.time_zone.clone(), password })
    }

    /// The row of a new person.
    ///
    /// # Errors
    /// A fault: the fields have no JSON form.
    pub(crate) fn staff_row(
        &self,
        key: &DataKey,
        tenant: TenantId,
        member: &StaffMember,
        email: &Email,
        password_hash: Option<String>,
    ) -> Result<NewStaff> {
        let personal = Personal { name: member.name.clone(), email: member.email.clone() };
        Ok(NewStaff {
            id: member.id,
            role: member.role,
            email_index: key.blind_index(&email.normalised()),
            sealed: sealed::seal(key, &*self.random, sealed::place(tenant, TABLE, member.id.uuid()), &personal)?,
            password_hash,
            time_zone: member.time_zone.clone(),
            created_at: self.clock.now(),
        })
    }
}

/// The persons with these ids, by id, read in `tx`; unknown ones are left out.
///
/// # Errors
/// Faults of the database; a row that does not open.
pub(crate) async fn read_staff(tx: &mut TenantTx, key: &DataKey, ids: &[StaffId]) -> Result<Vec<StaffMember>> {
    let tenant = tx.tenant();
    tx.staff(ids).await?.iter().map(|row| open_staff(key, tenant, row)).collect()
}

/// The person of a row.
///
/// # Errors
/// A fault: the row does not open.
pub(crate) fn open_staff(key: &DataKey, tenant: TenantId, row: &StaffRow) -> Result<StaffMember> {
    let Personal { name, email } = sealed::open(key, sealed::place(tenant, TABLE, row.id.uuid()), &row.sealed)?;
    Ok(StaffMember { id: row.id, name, email, role: row.role, time_zone: row.time_zone.clone() })
}

/// The password enters the digest only as a keyed hash, so that its plain text is not copied around.
fn digest<'a>(key: &DataKey, input: &'a AddStaff) -> Digest<'a> {
    Digest {
        name: &input.name,
        email: &input.email,
        role: match input.role {
            Role::Owner => "OWNER",
            Role::Admin => "ADMIN",
            Role::Staff => "STAFF",
        },
        time_zone: input.time_zone.as_deref(),
        password_mac: input.password.as_ref().map(|password| key.derive("idempotency password", password.expose_secret().as_bytes())),
    }
}

/// The persons with these ids, each once, by id. One statement.
///
/// # Errors
/// As [`read_staff`].
pub(crate) async fn read_staff_by_id(
    tx: &mut TenantTx,
    key: &DataKey,
    ids: impl Iterator<Item = StaffId>,
) -> Result<HashMap<StaffId, Arc<StaffMember>>> {
    let mut ids: Vec<StaffId> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(read_staff(tx, key, &ids).await?.into_iter().map(|person| (person.id, Arc::new(person))).collect())
}
