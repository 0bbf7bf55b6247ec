//! Rows of `session` and of refresh tokens that were used up. Tokens are known by their SHA-256 only (S2).

use domain::ids::{SessionId, StaffId};
use domain::staff::Role;
use jiff::Timestamp;
use sea_orm::FromQueryResult;
use sea_orm::prelude::DateTimeUtc;
use uuid::Uuid;

use crate::fault::StoreFault;
use crate::instant::{from_driver, to_driver};
use crate::scope::{TenantTx, sql};
use crate::staff::role_of;

/// The hashes under which a session's two tokens are found, and until when the access token is good.
#[derive(Debug, Clone)]
pub struct TokenPair {
    /// SHA-256 of the access token.
    pub access_hash: [u8; 32],
    /// SHA-256 of the refresh token.
    pub refresh_hash: [u8; 32],
    /// From then on the access token is dead.
    pub access_expires_at: Timestamp,
}

/// A sign-in about to be written.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Which.
    pub id: SessionId,
    /// Whose.
    pub staff: StaffId,
    /// Its tokens.
    pub tokens: TokenPair,
    /// From then on the session is dead.
    pub expires_at: Timestamp,
    /// Now.
    pub created_at: Timestamp,
}

/// A session whose access token is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LiveSession {
    /// Which.
    pub id: SessionId,
    /// Whose.
    pub staff: StaffId,
    /// What the person is in the tenant.
    pub role: Role,
    /// From then on the access token is dead.
    pub access_expires_at: Timestamp,
}

/// What a refresh token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshTokenState {
    /// The newest of a live session; the session's row is locked until the transaction ends.
    Good(SessionId),
    /// Was exchanged for a newer one: somebody has a copy.
    Spent(SessionId),
    /// Of no session, or of one that has ended.
    Dead,
}

#[derive(FromQueryResult)]
struct LiveRow {
    id: Uuid,
    staff_id: Uuid,
    role: String,
    access_expires_at: DateTimeUtc,
}

#[derive(FromQueryResult)]
struct IdRow {
    id: Uuid,
}

#[derive(FromQueryResult)]
struct HashRow {
    access_hash: Vec<u8>,
}

const INSERT: &str = "INSERT INTO session \
     (tenant_id, id, staff_id, access_hash, access_expires_at, refresh_hash, refresh_expires_at, created_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const DELETE_ENDED: &str = "DELETE FROM session WHERE tenant_id = $1 AND staff_id = $2 AND (refresh_expires_at < $3 OR revoked_at < $3)";
const SELECT_LIVE: &str = "SELECT session.id, session.staff_id, staff.role, session.access_expires_at \
     FROM session JOIN staff ON staff.tenant_id = session.tenant_id AND staff.id = session.staff_id \
     WHERE session.tenant_id = $1 AND staff.tenant_id = $1 AND session.access_hash = $2 \
     AND session.revoked_at IS NULL AND session.access_expires_at > $3";
const SELECT_GOOD: &str = "SELECT id FROM session \
     WHERE tenant_id = $1 AND refresh_hash = $2 AND revoked_at IS NULL AND refresh_expires_at > $3 FOR UPDATE";
const SELECT_SPENT: &str = "SELECT session_id AS id FROM spent_refresh_token WHERE tenant_id = $1 AND token_hash = $2";
const SPEND: &str = "INSERT INTO spent_refresh_token (tenant_id, token_hash, session_id) \
     SELECT tenant_id, refresh_hash, id FROM session WHERE tenant_id = $1 AND id = $2";
const ROTATE: &str = "UPDATE session SET access_hash = $3, refresh_hash = $4, access_expires_at = least($5, refresh_expires_at) \
     WHERE tenant_id = $1 AND id = $2 RETURNING access_expires_at";
const REVOKE: &str = "UPDATE session SET revoked_at = $3 WHERE tenant_id = $1 AND id = $2 AND revoked_at IS NULL RETURNING access_hash";

#[derive(FromQueryResult)]
struct ExpiryRow {
    access_expires_at: DateTimeUtc,
}

impl TenantTx {
    /// Adds a session and removes those of the same person that have ended.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statements.
    pub async fn insert_session(&mut self, session: &NewSession) -> Result<(), StoreFault> {
        let tenant = self.tenant().uuid();
        let (staff, now) = (session.staff.uuid(), to_driver(session.created_at));
        self.run(&sql(DELETE_ENDED, [tenant.into(), staff.into(), now.into()])).await?;
        let values = [
            tenant.into(),
            session.id.uuid().into(),
            staff.into(),
            session.tokens.access_hash.to_vec().into(),
            to_driver(session.tokens.access_expires_at).into(),
            session.tokens.refresh_hash.to_vec().into(),
            to_driver(session.expires_at).into(),
            now.into(),
        ];
        self.run(&sql(INSERT, values)).await?;
        Ok(())
    }

    /// The session whose access token has this hash, when the token is good.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statement.
    pub async fn live_session(&mut self, access_hash: &[u8; 32], now: Timestamp) -> Result<Option<LiveSession>, StoreFault> {
        let values = [self.tenant().uuid().into(), access_hash.to_vec().into(), to_driver(now).into()];
        let row: Option<LiveRow> = self.one(&sql(SELECT_LIVE, values)).await?;
        row.map(|row| {
            let access_expires_at = from_driver("session", row.access_expires_at)?;
            Ok(LiveSession { id: SessionId::new(row.id), staff: StaffId::new(row.staff_id), role: role_of(&row.role)?, access_expires_at })
        })
        .transpose()
    }

    /// What the refresh token with this hash is. Waits for another use of it that is under way.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statements.
    pub async fn refresh_token_state(&mut self, refresh_hash: &[u8; 32], now: Timestamp) -> Result<RefreshTokenState, StoreFault> {
        let tenant = self.tenant().uuid();
        let good: Option<IdRow> = self.one(&sql(SELECT_GOOD, [tenant.into(), refresh_hash.to_vec().into(), to_driver(now).into()])).await?;
        if let Some(row) = good {
            return Ok(RefreshTokenState::Good(SessionId::new(row.id)));
        }
        let spent: Option<IdRow> = self.one(&sql(SELECT_SPENT, [tenant.into(), refresh_hash.to_vec().into()])).await?;
        Ok(spent.map_or(RefreshTokenState::Dead, |row| RefreshTokenState::Spent(SessionId::new(row.id))))
    }

    /// Gives the session new tokens and uses up its refresh token. Returns until when the new access token is good: not
    /// longer than the session.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statements.
    pub async fn rotate_session(&mut self, session: SessionId, tokens: &TokenPair) -> Result<Timestamp, StoreFault> {
        let tenant = self.tenant().uuid();
        self.run(&sql(SPEND, [tenant.into(), session.uuid().into()])).await?;
        let values = [
            tenant.into(),
            session.uuid().into(),
            tokens.access_hash.to_vec().into(),
            tokens.refresh_hash.to_vec().into(),
            to_driver(tokens.access_expires_at).into(),
        ];
        let row: Option<ExpiryRow> = self.one(&sql(ROTATE, values)).await?;
        from_driver("session", row.ok_or(StoreFault::Retry)?.access_expires_at)
    }

    /// Ends a session. Returns the hash of its access token, or none when it had ended before.
    ///
    /// # Errors
    /// Any [`StoreFault`] of the statement.
    pub async fn revoke_session(&mut self, session: SessionId, now: Timestamp) -> Result<Option<[u8; 32]>, StoreFault> {
        let values = [self.tenant().uuid().into(), session.uuid().into(), to_driver(now).into()];
        let row: Option<HashRow> = self.one(&sql(REVOKE, values)).await?;
        row.map(|row| <[u8; 32]>::try_from(row.access_hash).map_err(|_| StoreFault::inconsistent("session", "hash of another length")))
            .transpose()
    }
}
