//! How much processor time parts of the fleet have used, from `/proc`.

use std::collections::HashMap;
use std::fs;
use std::ops::Sub;

use anyhow::{Context, Result};
use fleet::{Fleet, status};

/// What `/proc/<pid>/stat` counts in; a constant of Linux's interface to programs.
const TICKS_PER_SECOND: f64 = 100.0;

/// Processor seconds used so far.
#[derive(Debug, Clone, Copy)]
pub struct Used {
    /// By the node.
    pub node: f64,
    /// By PostgreSQL on both sites of the shard.
    pub postgres: f64,
}

impl Used {
    /// By the parts of one region.
    pub fn now(fleet: &Fleet, code: &str) -> Result<Self> {
        let parts = status::of(fleet)?;
        let pid = |name: String| {
            parts.iter().find(|part| part.name == name).and_then(|part| part.pid).with_context(|| format!("{name} does not run"))
        };
        let table = table()?;
        let shard = |site: &str| Ok::<_, anyhow::Error>(seconds(pid(format!("{code}-{site}-shard"))?, &table));
        Ok(Self { node: seconds(pid(format!("{code}-node"))?, &table), postgres: shard("primary")? + shard("secondary")? })
    }
}

impl Sub for Used {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self { node: self.node - earlier.node, postgres: self.postgres - earlier.postgres }
    }
}

struct Process {
    parent: u32,
    /// Its own, and that of its children that have ended.
    ticks: u32,
}

/// Of a process, its children, and those of them that have ended.
fn seconds(pid: u32, table: &HashMap<u32, Process>) -> f64 {
    let family = table.iter().filter(|(own, process)| **own == pid || process.parent == pid);
    family.map(|(_, process)| f64::from(process.ticks)).sum::<f64>() / TICKS_PER_SECOND
}

fn table() -> Result<HashMap<u32, Process>> {
    let pids = fs::read_dir("/proc")?.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    Ok(pids.filter_map(|pid| Some((pid, process(pid)?))).collect())
}

fn process(pid: u32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    let ticks = fields.get(11..15)?.iter().filter_map(|field| field.parse::<u32>().ok()).sum();
    Some(Process { parent: fields.get(1)?.parse().ok()?, ticks })
}
