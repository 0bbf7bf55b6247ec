//! Where one database answers and as whom to sign in. Serves S3: outside loopback a connection is verified TLS.
//!
//! Holds no pool and no query.

use std::net::IpAddr;
use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::{PgConnectOptions, PgSslMode};

/// One database and one role of it.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Host name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Database name.
    pub database: String,
    /// Role.
    pub user: String,
    /// The role's password.
    pub password: SecretString,
    /// The authority that signs the server's certificate; without it the host must be loopback.
    pub ca: Option<PathBuf>,
}

impl Endpoint {
    /// `host:port`, as region files list it.
    #[must_use]
    pub fn address(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Whether TLS may be left out: the host is this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
    }

    /// The driver's options. `application` is shown in `pg_stat_activity`.
    #[must_use]
    pub fn options(&self, application: &str) -> PgConnectOptions {
        let options = PgConnectOptions::new_without_pgpass()
            .host(&self.host)
            .port(self.port)
            .database(&self.database)
            .username(&self.user)
            .password(self.password.expose_secret())
            .application_name(application);
        match &self.ca {
            Some(ca) => options.ssl_mode(PgSslMode::VerifyFull).ssl_root_cert(ca),
            None if self.is_loopback() => options.ssl_mode(PgSslMode::Disable),
            None => options.ssl_mode(PgSslMode::VerifyFull),
        }
    }
}

/// Whether `host` names this machine and nothing else.
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s3_only_this_machine_is_loopback() {
        for here in ["127.0.0.1", "127.8.0.1", "::1", "localhost"] {
            assert!(is_loopback(here), "{here}");
        }
        for away in ["10.0.0.1", "db.example", "localhost.example", "0.0.0.0", ""] {
            assert!(!is_loopback(away), "{away}");
        }
    }
}
