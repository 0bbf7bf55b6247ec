//! Rows of `staff`: found by id or by the blind index of the e-mail address; everything readable is sealed.

use domain::ids::StaffId;
use domain::staff::Role;
use jiff::Timestamp;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::fault::StoreFault;
use crate::instant::to_driver;
use crate::scope::{TenantTx, sql};

/// The constraint that allows an e-mail address once for each tenant.
pub const STAFF_EMAIL: &str = "staff_email_key";

/// A person of the tenant about to be written.
#[derive(Clone)]
pub struct NewStaff {
    /// Who.
    pub id: StaffId,
    /// What the person is in the tenant.
    pub role: Role,
    /// Blind index of the e-mail address.
    pub email_index: [u8; 32],
    /// Name and e-mail address.
    pub sealed: Vec<u8>,
    /// None: the person cannot sign in.
    pub password_hash: Option<String>,
    /// IANA zone.
    pub time_zone: String,
    /// Now.
    pub created_at: Timestamp,
}

/// A person of the tenant.
#[derive(Debug, Clone)]
pub struct StaffRow {
    /// Who.
    pub id: StaffId,
    /// What the person is in the tenant.
    pub role: Role,
    /// Name and e-mail address.
    pub sealed: Vec<u8>,
    /// IANA zone.
    pub time_zone: String,
}

/// What a sign-in is checked against.
#[derive(Clone)]
pub struct StaffLogin {
    /// Who.
    pub id: StaffId,
    /// None: the person cannot sign in.
    pub password_hash: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    role: String,
    sealed: Vec<u8>,
    time_zone: String,
}

#[derive(FromQueryResult)]
struct LoginRow {
    id: Uuid,
    password_hash: Option<String>,
}

const INSERT: &str = "INSERT INTO staff (tenant_id, id, role, email_index, sealed, password_hash, time_zone, created_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const SELECT_MANY: &str = "SELECT id, role, sealed, time_zone FROM staff WHERE tenant_id = $1 AND id = ANY($2) ORDER BY id";
const SELECT_LOGIN: &str = "SELECT id, password_hash FROM staff WHERE tenant_id = $1 AND email_index = $2";

impl TenantTx {
    /// Adds a person.
    ///
    /// # Errors
    /// A [`StoreFault::Conflict`] of [`STAFF_EMAIL`]: the address is taken. Any other fault of the statement.
    pub async fn insert_staff(&mut self, staff: &NewStaff) -> Result<(), StoreFault> {
        let values = [
            self.tenant().uuid().into(),
            staff.id.uuid().into(),
            role_label(staff.role).into(),
            staff.email_index.to_vec().into(),
            staff.sealed.clone().into(),
            staff.password_hash.clone().into(),
            staff.time_zone.clone().into(),
            to_driver(staff.created_at).into(),
        ];
        self.run(&sql(INSERT, values)).await?;
        Ok(())
    }

    /// The persons with these ids, by id; unknown ones are left out.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statement.
    pub async fn staff(&mut self, ids: &[StaffId]) -> Result<Vec<StaffRow>, StoreFault> {
        let tenant = self.tenant().uuid();
        let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        let rows: Vec<Row> = self.all(&sql(SELECT_MANY, [tenant.into(), ids.into()])).await?;
        rows.into_iter().map(of_row).collect()
    }

    /// The login of the person with this blind index.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statement.
    pub async fn staff_login(&mut self, email_index: &[u8; 32]) -> Result<Option<StaffLogin>, StoreFault> {
        let tenant = self.tenant().uuid();
        let row: Option<LoginRow> = self.one(&sql(SELECT_LOGIN, [tenant.into(), email_index.to_vec().into()])).await?;
        Ok(row.map(|row| StaffLogin { id: StaffId::new(row.id), password_hash: row.password_hash }))
    }
}

fn of_row(row: Row) -> Result<StaffRow, StoreFault> {
    let role = role_of(&row.role)?;
    Ok(StaffRow { id: StaffId::new(row.id), role, sealed: row.sealed, time_zone: row.time_zone })
}

pub(crate) const fn role_label(role: Role) -> &'static str {
    match role {
        Role::Owner => "OWNER",
        Role::Admin => "ADMIN",
        Role::Staff => "STAFF",
    }
}

pub(crate) fn role_of(label: &str) -> Result<Role, StoreFault> {
    [Role::Owner, Role::Admin, Role::Staff]
        .into_iter()
        .find(|role| role_label(*role) == label)
        .ok_or_else(|| StoreFault::inconsistent("staff", "unknown role"))
}
