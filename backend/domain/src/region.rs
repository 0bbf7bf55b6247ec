//! Regions and sites: where data may live (R1, R3). A region is a TOML file; no code lists them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use thiserror::Error;

/// A region's number, as the directory stores it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegionNumber(pub i16);

impl fmt::Display for RegionNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A shard's number inside its region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShardNumber(pub i16);

impl fmt::Display for ShardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One data centre of a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// `primary` or `secondary`.
    pub name: String,
    /// For people: the place.
    pub location: String,
    /// Must be the region's.
    pub jurisdiction: String,
    /// `host:port` of each shard's database on this site.
    pub shards: Vec<String>,
    /// `host:port` of the key store's database on this site.
    pub key_store: String,
}

/// A jurisdiction that holds tenants. Public knowledge: no secret in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Its number in the directory.
    pub number: RegionNumber,
    /// Its short name: `us`, `au`, `eu`.
    pub code: String,
    /// Its name for people.
    pub name: String,
    /// Whose law applies.
    pub jurisdiction: String,
    /// The whole URL of its GraphQL endpoint.
    pub api_url: String,
    /// Where its public images are read.
    pub cdn_url: String,
    /// Where its nodes take forwarded requests, over mutual TLS.
    pub peer_url: String,
    /// Its data centres.
    pub sites: Vec<Site>,
}

/// Why a set of regions is refused. Each message names the rule.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RegionError {
    /// A site outside the region's jurisdiction.
    #[error(
        "region {region}: site {site} lies in jurisdiction {found}, but every site of a region must lie in the region's own jurisdiction {expected}"
    )]
    SiteOutsideJurisdiction {
        /// The region's code.
        region: String,
        /// The site's name.
        site: String,
        /// The site's jurisdiction.
        found: String,
        /// The region's jurisdiction.
        expected: String,
    },
    /// Not exactly one primary and one secondary site.
    #[error("region {region}: a region has exactly the sites primary and secondary")]
    Sites {
        /// The region's code.
        region: String,
    },
    /// A code that is not 2 to 8 lower-case letters and digits.
    #[error("region {region}: code must be 2 to 8 lower-case letters or digits")]
    Code {
        /// The code as given.
        region: String,
    },
    /// Two files with one number or one code.
    #[error("region {region}: its number and its code must each be used once")]
    Twice {
        /// The second region's code.
        region: String,
    },
}

impl Region {
    /// Whether the region's own description keeps the rules.
    ///
    /// # Errors
    /// The rule that is broken.
    pub fn check(&self) -> Result<(), RegionError> {
        let code_fits = (2..=8).contains(&self.code.len()) && self.code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if !code_fits {
            return Err(RegionError::Code { region: self.code.clone() });
        }
        let mut names: Vec<&str> = self.sites.iter().map(|site| site.name.as_str()).collect();
        names.sort_unstable();
        if names != ["primary", "secondary"] {
            return Err(RegionError::Sites { region: self.code.clone() });
        }
        match self.sites.iter().find(|site| site.jurisdiction != self.jurisdiction) {
            None => Ok(()),
            Some(site) => Err(RegionError::SiteOutsideJurisdiction {
                region: self.code.clone(),
                site: site.name.clone(),
                found: site.jurisdiction.clone(),
                expected: self.jurisdiction.clone(),
            }),
        }
    }
}

/// All regions of the deployment, ordered by number.
#[derive(Debug, Clone, Default)]
pub struct Regions(BTreeMap<RegionNumber, Arc<Region>>);

impl Regions {
    /// Checks each region and that numbers and codes are used once.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn new(regions: impl IntoIterator<Item = Region>) -> Result<Self, RegionError> {
        let mut all = Self::default();
        for region in regions {
            region.check()?;
            if all.by_code(&region.code).is_some() || all.by_number(region.number).is_some() {
                return Err(RegionError::Twice { region: region.code });
            }
            all.0.insert(region.number, Arc::new(region));
        }
        Ok(all)
    }

    /// The region with this number.
    #[must_use]
    pub fn by_number(&self, number: RegionNumber) -> Option<&Arc<Region>> {
        self.0.get(&number)
    }

    /// The region with this code.
    #[must_use]
    pub fn by_code(&self, code: &str) -> Option<&Arc<Region>> {
        self.0.values().find(|region| region.code == code)
    }

    /// All regions, by number.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Region>> {
        self.0.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(name: &str, jurisdiction: &str) -> Site {
        Site { name: name.into(), location: "X".into(), jurisdiction: jurisdiction.into(), shards: vec![], key_store: String::new() }
    }

    fn region(number: i16, code: &str, secondary: &str) -> Region {
        Region {
            number: RegionNumber(number),
            code: code.into(),
            name: code.into(),
            jurisdiction: "EU".into(),
            api_url: String::new(),
            cdn_url: String::new(),
            peer_url: String::new(),
            sites: vec![site("primary", "EU"), site("secondary", secondary)],
        }
    }

    #[test]
    fn r1_a_site_outside_the_jurisdiction_is_refused_with_the_rule() {
        let error = Regions::new([region(3, "eu", "US")]).map(|_| ()).map_err(|error| error.to_string());

        assert_eq!(
            error,
            Err("region eu: site secondary lies in jurisdiction US, but every site of a region must lie in the region's own jurisdiction EU".to_owned())
        );
    }

    #[test]
    fn numbers_and_codes_are_used_once() {
        let same_number = Regions::new([region(3, "eu", "EU"), region(3, "ch", "EU")]).err();
        let same_code = Regions::new([region(3, "eu", "EU"), region(4, "eu", "EU")]).err();

        assert_eq!(same_number, Some(RegionError::Twice { region: "ch".into() }));
        assert_eq!(same_code, Some(RegionError::Twice { region: "eu".into() }));
    }

    #[test]
    fn a_region_needs_both_sites_and_a_plain_code() {
        let mut lonely = region(3, "eu", "EU");
        lonely.sites.pop();

        assert_eq!(lonely.check(), Err(RegionError::Sites { region: "eu".into() }));
        assert_eq!(region(3, "EU", "EU").check(), Err(RegionError::Code { region: "EU".into() }));
    }
}
