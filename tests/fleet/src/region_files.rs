//! The files of `regions/`, and the fleet's copies of them with local addresses. No other code knows which regions there are.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use toml::{Table, Value};

use crate::plan::{Plan, RegionPlan};

/// One file, kept as it is so that a new key needs no change here.
#[derive(Debug, Clone)]
pub struct RegionFile {
    /// The region's number.
    pub number: u16,
    /// Its code.
    pub code: String,
    table: Table,
}

/// Reads every region, ordered by number.
///
/// # Errors
/// When the folder or a file cannot be read, or there is none.
pub fn read(folder: &Path) -> Result<Vec<RegionFile>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(parse(&fs::read_to_string(&path)?).with_context(|| format!("region file {}", path.display()))?);
        }
    }
    anyhow::ensure!(!files.is_empty(), "{} holds no region", folder.display());
    files.sort_by_key(|file| file.number);
    Ok(files)
}

/// Writes the copies that the fleet's processes read. A copy that is right stays untouched: a node may be reading it.
///
/// # Errors
/// When one cannot be written.
pub fn write_local(plan: &Plan, files: &[RegionFile]) -> Result<()> {
    let folder = plan.state.join("regions");
    fs::create_dir_all(&folder)?;
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        if !files.iter().any(|file| path.file_stem().is_some_and(|stem| stem == file.code.as_str())) {
            fs::remove_file(path)?;
        }
    }
    for file in files {
        let text = toml::to_string(&local(file, plan.region(&file.code)?)?)?;
        let path = folder.join(format!("{}.toml", file.code));
        if fs::read_to_string(&path).ok().as_ref() != Some(&text) {
            fs::write(path, text)?;
        }
    }
    Ok(())
}

fn parse(text: &str) -> Result<RegionFile> {
    let table: Table = text.parse()?;
    let number =
        table.get("number").and_then(Value::as_integer).and_then(|number| u16::try_from(number).ok()).context("number is missing")?;
    let code = table.get("code").and_then(Value::as_str).context("code is missing")?.to_owned();
    Ok(RegionFile { number, code, table })
}

fn local(file: &RegionFile, plan: &RegionPlan) -> Result<Table> {
    let mut table = file.table.clone();
    table.insert("api_url".into(), format!("http://localhost:{}/graphql", plan.api_port).into());
    table.insert("cdn_url".into(), format!("http://localhost:{}/cdn", plan.api_port).into());
    table.insert("peer_url".into(), format!("https://localhost:{}", plan.peer_port).into());
    let sites = table.get_mut("site").and_then(Value::as_array_mut).context("site is missing")?;
    for site in sites.iter_mut().filter_map(Value::as_table_mut) {
        let offset = u16::from(site.get("name").and_then(Value::as_str) == Some("secondary"));
        site.insert("shards".into(), vec![format!("127.0.0.1:{}", plan.shard.port + offset)].into());
        site.insert("key_store".into(), format!("127.0.0.1:{}", plan.key_store.port + offset).into());
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_copy_keeps_everything_but_the_addresses() {
        let file = parse(include_str!("../../../regions/eu.toml")).unwrap();
        let plan = Plan::new(Path::new("/s"), 8400, &[(file.number, file.code.clone())]).unwrap();
        let copy = local(&file, plan.region("eu").unwrap()).unwrap();
        let secondary = &copy["site"][1];

        assert_eq!(copy["name"], file.table["name"]);
        assert_eq!(copy["api_url"].as_str(), Some("http://localhost:8403/graphql"));
        assert_eq!(secondary["shards"][0].as_str(), Some("127.0.0.1:8451"));
        assert_eq!(secondary["key_store"].as_str(), Some("127.0.0.1:8453"));
        assert_eq!(secondary["jurisdiction"].as_str(), Some("EU"));
    }
}
