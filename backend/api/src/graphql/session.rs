//! Sign-in, refresh and sign-out.

use app::session::{SessionTokens, SignIn};
use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use secrecy::{ExposeSecret, SecretString};

use super::error::{UserError, settle};
use super::scalars::DateTime;
use super::{actor, app};

/// The tokens of one sign-in. They are answered once; keep them safe.
#[derive(SimpleObject)]
pub struct Session {
    /// Send it as `authorization: Bearer …`. It names its region and tenant, so no other header is needed.
    access_token: String,
    /// Exchange it with `refreshSession` before or after the access token expires. Each one works once.
    refresh_token: String,
    /// From then on the access token is refused.
    expires_at: DateTime,
}

impl From<SessionTokens> for Session {
    fn from(tokens: SessionTokens) -> Self {
        Self {
            access_token: tokens.access_token.expose_secret().to_owned(),
            refresh_token: tokens.refresh_token.expose_secret().to_owned(),
            expires_at: DateTime(tokens.expires_at),
        }
    }
}

/// Who signs in.
#[derive(InputObject)]
pub struct SignInInput {
    /// The e-mail address of a staff member of the tenant.
    email: String,
    /// That person's password.
    password: String,
}

/// Which session to renew.
#[derive(InputObject)]
pub struct RefreshSessionInput {
    /// The newest refresh token of the session.
    refresh_token: String,
}

/// What `signIn` answers.
#[derive(SimpleObject)]
pub struct SignInPayload {
    /// The new session; null when there are user errors.
    session: Option<Session>,
    /// Why nobody was signed in.
    user_errors: Vec<UserError>,
}

/// What `refreshSession` answers.
#[derive(SimpleObject)]
pub struct RefreshSessionPayload {
    /// The session with its new tokens; null when there are user errors.
    session: Option<Session>,
    /// Why there are no new tokens.
    user_errors: Vec<UserError>,
}

/// What `signOut` answers.
#[derive(SimpleObject)]
pub struct SignOutPayload {
    /// Why the session was not ended.
    user_errors: Vec<UserError>,
}

/// Mutations of sessions.
#[derive(Default)]
pub struct SessionMutation;

#[Object]
impl SessionMutation {
    /// Signs a staff member in. The tenant is named by the host's first label or the `x-tenant` header. A wrong address and
    /// a wrong password are answered alike; after ten tries in a minute for one address comes `RATE_LIMITED`.
    async fn sign_in(&self, context: &Context<'_>, input: SignInInput) -> Result<SignInPayload> {
        let input = SignIn { email: input.email, password: SecretString::from(input.password) };
        let (tokens, user_errors) = settle(app(context)?.sign_in(actor(context)?, &input).await)?;
        Ok(SignInPayload { session: tokens.map(Session::from), user_errors })
    }

    /// Exchanges a refresh token for new tokens of the same session; the old ones are dead. A session ends 30 days after its
    /// sign-in, and at once when a refresh token is used twice.
    async fn refresh_session(&self, context: &Context<'_>, input: RefreshSessionInput) -> Result<RefreshSessionPayload> {
        let token = SecretString::from(input.refresh_token);
        let (tokens, user_errors) = settle(app(context)?.refresh_session(actor(context)?, &token).await)?;
        Ok(RefreshSessionPayload { session: tokens.map(Session::from), user_errors })
    }

    /// Ends the session whose access token was sent. Both of its tokens are dead everywhere within 5 seconds.
    async fn sign_out(&self, context: &Context<'_>) -> Result<SignOutPayload> {
        let (_, user_errors) = settle(app(context)?.sign_out(actor(context)?).await)?;
        Ok(SignOutPayload { user_errors })
    }
}
