//! Ending a fleet by its records alone: what was started is ended, also when its region's file is gone, and nothing else is.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use futures_util::future::try_join_all;

use crate::process::{self, Running, Signal};
use crate::{cluster, node, place};

/// Ends the processes of `domicile` first, then each primary before its standby: it hands its last rows over. Returns how many
/// there were.
///
/// # Errors
/// When one does not end.
pub async fn end_all(state: &Path) -> Result<usize> {
    let mut records = Vec::new();
    collect(state, &mut records)?;
    let running: Vec<_> = records.iter().filter_map(|record| process::running(record)).collect();
    let count = running.len();
    let (databases, services): (Vec<_>, Vec<_>) = running.into_iter().partition(|process| process.record.ends_with("postgres.pid"));
    let (secondaries, primaries): (Vec<_>, Vec<_>) = databases.into_iter().partition(on_secondary);
    try_join_all(services.into_iter().map(|process| process.end(Signal::Terminate, node::STOP_LIMIT))).await?;
    for databases in [primaries, secondaries] {
        try_join_all(databases.into_iter().map(|process| process.end(Signal::Interrupt, cluster::STOP_LIMIT))).await?;
    }
    Ok(count)
}

fn on_secondary(process: &Running) -> bool {
    process.record.components().any(|part| part.as_os_str() == "secondary")
}

/// A data directory holds PostgreSQL's own file of this kind and thousands of others; what is being removed has no record that
/// counts.
fn collect(folder: &Path, records: &mut Vec<PathBuf>) -> Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries.with_context(|| format!("read {}", folder.display()))?,
    };
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            if entry.file_name() != "data" && !place::is_removed(&entry.file_name()) {
                collect(&path, records)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "pid") {
            records.push(path);
        }
    }
    Ok(())
}
