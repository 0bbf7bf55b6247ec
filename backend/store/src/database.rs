//! How one database is reached: address, login, TLS, pool. Passwords are secret types and never printed.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};

/// Waiting longer than this for a connection is answered as unavailable.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);
/// A connection idle for longer is pinged before it is used; a ping each time would cost a round trip.
const PING_AFTER: Duration = Duration::from_secs(30);
/// Connections are renewed after this, so that a changed password or address reaches every one.
const MAX_LIFETIME: Duration = Duration::from_mins(30);
/// Prepared statements kept by each connection.
const STATEMENTS: usize = 500;

/// One database and the login used there.
#[derive(Debug, Clone)]
pub struct Database {
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Database name.
    pub database: String,
    /// Role.
    pub user: String,
    /// The role's password.
    pub password: SecretString,
    /// Certificate authority; with it the server's certificate and name are verified, without it there is no TLS.
    pub ca: Option<PathBuf>,
}

/// How many connections a pool keeps.
#[derive(Debug, Clone, Copy)]
pub struct PoolSize {
    /// Kept open.
    pub min: u32,
    /// At most.
    pub max: u32,
}

impl Database {
    /// Options to open one connection outside the pools, for operators' tools.
    #[must_use]
    pub fn options(&self) -> PgConnectOptions {
        let options = PgConnectOptions::new_without_pgpass()
            .host(&self.host)
            .port(self.port)
            .database(&self.database)
            .username(&self.user)
            .password(self.password.expose_secret())
            .application_name("domicile")
            .statement_cache_capacity(STATEMENTS);
        match &self.ca {
            Some(ca) => options.ssl_mode(PgSslMode::VerifyFull).ssl_root_cert(ca),
            None => options.ssl_mode(PgSslMode::Disable),
        }
    }

    /// A pool that connects when first used.
    pub(crate) fn pool(&self, size: PoolSize) -> PgPool {
        PgPoolOptions::new()
            .min_connections(size.min)
            .max_connections(size.max)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .max_lifetime(MAX_LIFETIME)
            .test_before_acquire(false)
            .before_acquire(|connection, idle| {
                Box::pin(async move {
                    if idle.idle_for > PING_AFTER {
                        sqlx::Connection::ping(connection).await?;
                    }
                    Ok(true)
                })
            })
            .connect_lazy_with(self.options())
    }
}
