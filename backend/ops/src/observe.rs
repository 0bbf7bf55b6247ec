//! All clusters of a region, as its region file lists them: each shard and the key store, on both sites.

use std::path::PathBuf;

use domain::region::{Region, Site};
use secrecy::SecretString;
use serde::Serialize;
use store::Database;

use crate::cluster::{self, Look};

/// How the observer signs in; the same on both sites, since roles are replicated.
#[derive(Debug, Clone)]
pub struct Login {
    /// Database name.
    pub database: String,
    /// Role.
    pub user: String,
    /// Its password.
    pub password: SecretString,
    /// Authority of the servers' certificates; none only on this machine.
    pub ca: Option<PathBuf>,
}

/// The observer's logins in one region.
#[derive(Debug, Clone)]
pub struct Logins {
    /// On every shard.
    pub shard: Login,
    /// On the key store.
    pub key_store: Login,
}

/// A region as it was seen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ObservedRegion {
    /// Its code.
    pub code: String,
    /// Its number, as its databases must name it.
    pub number: i16,
    /// Its shards by number, then its key store.
    pub pairs: Vec<ObservedPair>,
}

/// The same database on both sites.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ObservedPair {
    /// `shard 1`, `key store`.
    pub name: String,
    /// One per site that lists it.
    pub clusters: Vec<ObservedCluster>,
}

/// One cluster as it was seen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ObservedCluster {
    /// The site that lists it.
    pub site: String,
    /// `host:port`.
    pub address: String,
    /// What was seen.
    pub look: Look,
}

/// Looks at every cluster of the region, one pair after the other, both sites of a pair at once.
pub async fn observe(region: &Region, logins: &Logins) -> ObservedRegion {
    let mut pairs = Vec::new();
    for index in 0..region.sites.iter().map(|site| site.shards.len()).max().unwrap_or(0) {
        let listed = region.sites.iter().filter_map(|site| Some((site, site.shards.get(index)?.as_str())));
        pairs.push(pair(format!("shard {}", index + 1), listed, &logins.shard).await);
    }
    let listed = region.sites.iter().map(|site| (site, site.key_store.as_str()));
    pairs.push(pair("key store".to_owned(), listed, &logins.key_store).await);
    ObservedRegion { code: region.code.clone(), number: region.number.0, pairs }
}

async fn pair<'a>(name: String, listed: impl Iterator<Item = (&'a Site, &'a str)>, login: &Login) -> ObservedPair {
    let looks = listed.map(|(site, address)| async move {
        let look = match login.at(address) {
            Some(database) => cluster::look(&database).await,
            None => Look::Unreachable("the region file must name it as host:port".to_owned()),
        };
        ObservedCluster { site: site.name.clone(), address: address.to_owned(), look }
    });
    ObservedPair { name, clusters: futures_util::future::join_all(looks).await }
}

impl Login {
    fn at(&self, address: &str) -> Option<Database> {
        let (host, port) = address.rsplit_once(':')?;
        Some(Database {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: port.parse().ok()?,
            database: self.database.clone(),
            user: self.user.clone(),
            password: self.password.clone(),
            ca: self.ca.clone(),
        })
    }
}
