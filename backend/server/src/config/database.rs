//! How a database is named in a configuration file, and the rules that S3 and R3 put on it.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use domain::region::{Region, Regions};
use platform::secret;
use serde::Deserialize;
use store::Database;

/// One database and one role of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    /// Host name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Database name.
    pub database: String,
    /// Role.
    pub user: String,
    /// Secret file with the role's password.
    pub password_file: PathBuf,
    /// Authority that signed the server's certificate. May be left out only for a host on this machine.
    pub ca: Option<PathBuf>,
}

/// Whose secret a password is: region tag and purpose of its file.
#[derive(Debug, Clone, Copy)]
pub struct SecretTag<'a> {
    /// A region's code, or `control`.
    pub region: &'a str,
    /// For example `shard_app`.
    pub purpose: &'a str,
}

impl DatabaseConfig {
    /// The database with its password. `key` names the table of the configuration file.
    ///
    /// # Errors
    /// S3: a host outside loopback without `ca`. R3: a password of another region.
    pub fn open(&self, key: &str, folder: &Path, tag: SecretTag<'_>) -> Result<Database> {
        if self.ca.is_none() && !is_loopback(&self.host) {
            bail!("{key}.ca: must be set, since {} is not this machine and its connections must be verified TLS (S3)", self.host);
        }
        Ok(Database {
            host: self.host.clone(),
            port: self.port,
            database: self.database.clone(),
            user: self.user.clone(),
            password: secret::load(&folder.join(&self.password_file), tag.region, tag.purpose)?,
            ca: self.ca.as_ref().map(|ca| folder.join(ca)),
        })
    }

    /// Refuses an endpoint that a region file lists for another region (R3).
    ///
    /// # Errors
    /// Names the key, the endpoint and the region it belongs to.
    pub fn check_belongs_to(&self, key: &str, own: &Region, regions: &Regions) -> Result<()> {
        let address = canonical(&format!("{}:{}", self.host, self.port));
        let listed_in = |region: &Region| {
            region.sites.iter().flat_map(|site| site.shards.iter().chain([&site.key_store])).any(|listed| canonical(listed) == address)
        };
        match regions.iter().find(|region| region.number != own.number && listed_in(region)) {
            None => Ok(()),
            Some(other) => bail!(
                "{key}: {}:{} is an endpoint of region {}, but this node serves region {} (R3)",
                self.host,
                self.port,
                other.code,
                own.code
            ),
        }
    }
}

/// Whether `host` names this machine and nothing else.
fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// `host:port` in one spelling: lower case, and one name for this machine.
fn canonical(address: &str) -> String {
    let lower = address.to_ascii_lowercase();
    match lower.rsplit_once(':') {
        Some((host, port)) if is_loopback(host.trim_matches(['[', ']'])) => format!("localhost:{port}"),
        _ => lower,
    }
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

    #[test]
    fn r3_one_endpoint_has_one_spelling() {
        assert_eq!(canonical("127.0.0.1:8430"), "localhost:8430");
        assert_eq!(canonical("[::1]:8430"), "localhost:8430");
        assert_eq!(canonical("DB1.example:5432"), "db1.example:5432");
    }
}
