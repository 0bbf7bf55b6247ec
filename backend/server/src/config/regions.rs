//! The region files: public facts about each region, one TOML file per region, no secret in them.
//!
//! The region's code is in the file, and the file is named after it: `eu.toml`.

use std::path::Path;

use anyhow::{Context, Result, bail};
use domain::region::{Region, RegionNumber, Regions, Site};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RegionFile {
    number: i16,
    code: String,
    name: String,
    jurisdiction: String,
    api_url: String,
    cdn_url: String,
    peer_url: String,
    site: Vec<SiteTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SiteTable {
    name: String,
    location: String,
    jurisdiction: String,
    shards: Vec<String>,
    key_store: String,
}

/// Reads every `*.toml` of the folder.
///
/// # Errors
/// Names the file, and the key or rule that is broken: both sites lie in the region's jurisdiction (R1), numbers and
/// codes are used once, nodes are reached by https (S3).
pub fn load(folder: &Path) -> Result<Regions> {
    let mut regions = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("regions_dir: read {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            regions.push(load_file(&path)?);
        }
    }
    if regions.is_empty() {
        bail!("regions_dir: {} holds no region file", folder.display());
    }
    regions.sort_by_key(|region| region.number);
    Ok(Regions::new(regions)?)
}

fn load_file(path: &Path) -> Result<Region> {
    let region = region(super::parse_file(path)?)?;
    if path.file_stem().is_none_or(|stem| stem != region.code.as_str()) {
        bail!("{}: code is {}, so the file must be named {}.toml", path.display(), region.code, region.code);
    }
    Ok(region)
}

fn region(file: RegionFile) -> Result<Region> {
    if file.number < 1 {
        bail!("region {}: number must be 1 or more", file.code);
    }
    super::check_https(&format!("region {}: peer_url", file.code), &file.peer_url)?;
    Ok(Region {
        number: RegionNumber(file.number),
        code: file.code,
        name: file.name,
        jurisdiction: file.jurisdiction,
        api_url: file.api_url,
        cdn_url: file.cdn_url,
        peer_url: file.peer_url,
        sites: file.site.into_iter().map(site).collect(),
    })
}

fn site(table: SiteTable) -> Site {
    Site { name: table.name, location: table.location, jurisdiction: table.jurisdiction, shards: table.shards, key_store: table.key_store }
}
