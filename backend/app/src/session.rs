//! Sign-in, refresh, sign-out, and who stands behind an access token (S2, I3).
//!
//! An access token lives 15 minutes, a session 30 days from its sign-in. A refresh exchanges both tokens; showing a used
//! refresh token again ends the session, as one of the two holders stole it. Whom a token belongs to is cached for at
//! most 3 seconds, so a revoked one is dead on every node within 5.

use std::time::Duration;

use domain::customer::Email;
use domain::ids::{SessionId, StaffId, TenantId};
use domain::refusal::{Refusal, RefusalCode};
use domain::token::{TokenKind, TokenText};
use jiff::{SignedDuration, Timestamp};
use moka::future::Cache;
use platform::passwords::NormalPassword;
use platform::token::{self, Minted, TokenHash};
use secrecy::{ExposeSecret, SecretString};
use store::{LiveSession, NewSession, RefreshTokenState, TenantScope, TenantTx, TokenPair};

use crate::actor::{Actor, Who};
use crate::context::App;
use crate::error::{Error, Result};
use attempts::Attempts;

mod attempts;

const ACCESS_LIFETIME: SignedDuration = SignedDuration::from_mins(15);
const SESSION_LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Leaves two of the five seconds that S2 allows to the rest of a request.
const CACHED: Duration = Duration::from_secs(3);
/// Most tokens cached at a time; about two hundred bytes each.
const CAPACITY: u64 = 100_000;

/// What a node remembers of sessions and of tries to sign in; in memory only.
pub struct Sessions {
    live: Cache<(TenantId, TokenHash), LiveSession>,
    attempts: Attempts,
}

impl Default for Sessions {
    fn default() -> Self {
        Self { live: Cache::builder().max_capacity(CAPACITY).time_to_live(CACHED).build(), attempts: Attempts::new() }
    }
}

/// What a client keeps of its session. Given out once; only hashes are stored.
#[derive(Debug)]
pub struct SessionTokens {
    /// For the `authorization` header.
    pub access_token: SecretString,
    /// For the next refresh.
    pub refresh_token: SecretString,
    /// From then on the access token is dead.
    pub expires_at: Timestamp,
}

/// Input of [`App::sign_in`].
#[derive(Debug)]
pub struct SignIn {
    /// The person's e-mail address.
    pub email: String,
    /// The person's password.
    pub password: SecretString,
}

/// Two new tokens of one session.
struct Pair {
    access: Minted,
    refresh: Minted,
    access_expires_at: Timestamp,
}

impl App {
    /// Opens a session for a staff member of the actor's tenant. Known and unknown addresses are answered alike and take
    /// equally long.
    ///
    /// # Errors
    /// Refusals: `WRONG_CREDENTIALS`, `RATE_LIMITED`, `INVALID_INPUT`. Faults of database and key store.
    pub async fn sign_in(&self, actor: &Actor, input: &SignIn) -> Result<SessionTokens> {
        let email = Email::parse(&input.email, &["input", "email"])?;
        let password = NormalPassword::new(&input.password).map_err(|_| wrong_credentials())?;
        let tenant = actor.scope.tenant();
        let email_index = self.data_key(tenant).await?.blind_index(&email.normalised());
        self.sessions.attempts.count((tenant, email_index)).await.map_err(|wait| rate_limited(tenant, wait))?;
        let login = self.read(&actor.scope).await?.staff_login(&email_index).await?;
        let stored = login.as_ref().and_then(|login| login.password_hash.as_deref());
        let right = self.passwords.verify(&password, stored).await?;
        let Some(login) = login.filter(|_| right) else {
            tracing::info!(tenant.id = %tenant, "refused a sign-in: wrong credentials");
            return Err(wrong_credentials().into());
        };
        self.sessions.attempts.forgive((tenant, email_index)).await;
        let mut tx = self.write(&actor.scope).await?;
        let tokens = self.open_session(&mut tx, login.id).await?;
        tx.commit().await?;
        tracing::info!(tenant.id = %tenant, staff.id = %login.id, "signed in");
        Ok(tokens)
    }

    /// Writes a new session of this person into `tx`.
    ///
    /// # Errors
    /// Faults of the database.
    pub(crate) async fn open_session(&self, tx: &mut TenantTx, staff: StaffId) -> Result<SessionTokens> {
        let now = self.clock.now();
        let pair = self.mint_pair(tx.tenant(), now);
        let expires_at = now.saturating_add(SESSION_LIFETIME).unwrap_or(Timestamp::MAX);
        let id = SessionId::new(self.new_id());
        tx.insert_session(&NewSession { id, staff, tokens: pair.hashes(), expires_at, created_at: now }).await?;
        Ok(pair.into_tokens())
    }

    /// Exchanges a refresh token for a new pair of tokens of the same session.
    ///
    /// # Errors
    /// Refusal `WRONG_CREDENTIALS`: the token is dead, spent, or another tenant's. Faults of the database.
    pub async fn refresh_session(&self, actor: &Actor, refresh_token: &SecretString) -> Result<SessionTokens> {
        let hash = hash_of(refresh_token.expose_secret(), TokenKind::Refresh, &actor.scope).ok_or_else(dead_refresh_token)?;
        let now = self.clock.now();
        let mut tx = self.write(&actor.scope).await?;
        match tx.refresh_token_state(&hash, now).await? {
            RefreshTokenState::Good(session) => {
                let mut pair = self.mint_pair(actor.scope.tenant(), now);
                pair.access_expires_at = tx.rotate_session(session, &pair.hashes()).await?;
                tx.commit().await?;
                Ok(pair.into_tokens())
            }
            RefreshTokenState::Spent(session) => {
                self.end_session(tx, session).await?;
                tracing::warn!(tenant.id = %actor.scope.tenant(), session.id = %session, "ended a session: a spent refresh token was shown");
                Err(dead_refresh_token().into())
            }
            RefreshTokenState::Dead => Err(dead_refresh_token().into()),
        }
    }

    /// Ends the actor's session: both tokens are dead here at once and on every other node within 5 seconds.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]. Faults of the database.
    pub async fn sign_out(&self, actor: &Actor) -> Result<()> {
        let Who::Staff { staff, session, .. } = actor.who else { return Err(Error::Unauthenticated) };
        let tx = self.write(&actor.scope).await?;
        self.end_session(tx, session).await?;
        tracing::info!(tenant.id = %actor.scope.tenant(), staff.id = %staff, "signed out");
        Ok(())
    }

    /// The staff member behind an access token of this tenant.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]: no live session of this tenant has the token. Faults of the database.
    pub async fn authenticate(&self, scope: &TenantScope, token_text: &str) -> Result<Actor> {
        let hash = hash_of(token_text, TokenKind::Access, scope).ok_or(Error::Unauthenticated)?;
        let now = self.clock.now();
        let key = (scope.tenant(), hash);
        let live = if let Some(live) = self.sessions.live.get(&key).await {
            live
        } else {
            let found = self.read(scope).await?.live_session(&hash, now).await?;
            let live = found.ok_or(Error::Unauthenticated)?;
            self.sessions.live.insert(key, live).await;
            live
        };
        if live.access_expires_at <= now {
            return Err(Error::Unauthenticated);
        }
        Ok(Actor { scope: *scope, who: Who::Staff { staff: live.staff, session: live.id, role: live.role } })
    }

    async fn end_session(&self, mut tx: TenantTx, session: SessionId) -> Result<()> {
        let tenant = tx.tenant();
        let access_hash = tx.revoke_session(session, self.clock.now()).await?;
        tx.commit().await?;
        if let Some(hash) = access_hash {
            self.sessions.live.invalidate(&(tenant, hash)).await;
        }
        Ok(())
    }

    fn mint_pair(&self, tenant: TenantId, now: Timestamp) -> Pair {
        let mint = |kind| token::mint(&*self.random, &TokenText { kind, region: self.region.code.clone(), tenant });
        let access_expires_at = now.saturating_add(ACCESS_LIFETIME).unwrap_or(Timestamp::MAX);
        Pair { access: mint(TokenKind::Access), refresh: mint(TokenKind::Refresh), access_expires_at }
    }
}

impl Pair {
    const fn hashes(&self) -> TokenPair {
        TokenPair { access_hash: self.access.hash, refresh_hash: self.refresh.hash, access_expires_at: self.access_expires_at }
    }

    fn into_tokens(self) -> SessionTokens {
        SessionTokens { access_token: self.access.text, refresh_token: self.refresh.text, expires_at: self.access_expires_at }
    }
}

/// The hash to look up, when the text is a token of this kind and tenant (I3).
fn hash_of(text: &str, kind: TokenKind, scope: &TenantScope) -> Option<TokenHash> {
    let parsed = TokenText::parse(text).ok()?;
    (parsed.kind == kind && parsed.tenant == scope.tenant()).then(|| token::hash(text))
}

fn wrong_credentials() -> Refusal {
    Refusal::new(RefusalCode::WrongCredentials, "email and password do not belong together", &["input"])
}

fn dead_refresh_token() -> Refusal {
    let rule = "refreshToken must be the newest refresh token of a session that has not ended; sign in again";
    Refusal::new(RefusalCode::WrongCredentials, rule, &["input", "refreshToken"])
}

fn rate_limited(tenant: TenantId, wait: Duration) -> Refusal {
    tracing::info!(tenant.id = %tenant, "refused a sign-in: too many tries for one address");
    let seconds = wait.as_secs().saturating_add(1);
    let rule = format!("too many tries to sign in with this email; wait {seconds} seconds");
    Refusal::new(RefusalCode::RateLimited, rule, &["input", "email"])
}
