//! What of a fleet runs, and how much memory it holds.

use std::collections::HashMap;
use std::fs;

use anyhow::Result;
use serde::Serialize;

use crate::fleet::Fleet;
use crate::process::Running;

/// One part.
#[derive(Debug, Clone, Serialize)]
pub struct Part {
    /// `us-primary-shard`, `us-node`, `control`.
    pub name: String,
    /// Where it listens.
    pub port: u16,
    /// Its process; none when it does not run.
    pub pid: Option<u32>,
    /// Proportional memory of the process and its children, in kilobytes.
    pub memory_kb: u64,
}

/// Every part of a fleet.
///
/// # Errors
/// When the kernel's process table cannot be read.
pub fn of(fleet: &Fleet) -> Result<Vec<Part>> {
    let children = children()?;
    let part = |name: String, port, running: Option<Running>| {
        let pid = running.map(|running| running.pid);
        Part { name, port, pid, memory_kb: pid.map_or(0, |pid| memory_kb(pid, &children)) }
    };
    let mut parts = vec![part("control".into(), fleet.plan.control_port, fleet.control().running())];
    for region in &fleet.plan.regions {
        parts.push(part(format!("{}-node", region.code), region.api_port, fleet.node(region).running()));
    }
    parts.extend(fleet.clusters().into_iter().map(|cluster| part(cluster.name.clone(), cluster.port, cluster.running())));
    Ok(parts)
}

/// For people: one line per part, and the sum.
#[must_use]
pub fn table(parts: &[Part]) -> String {
    let mut lines: Vec<_> = parts.iter().map(Part::line).collect();
    let running = parts.iter().filter(|part| part.pid.is_some()).count();
    let memory: u64 = parts.iter().map(|part| part.memory_kb).sum();
    lines.push(format!("{running} of {} parts run and hold {} MB\n", parts.len(), memory / 1024));
    lines.join("\n")
}

impl Part {
    fn line(&self) -> String {
        let pid = self.pid.map_or_else(|| "stopped".to_owned(), |pid| format!("pid {pid}"));
        format!("{:<26} {:>5}  {pid:<12} {:>7} kB", self.name, self.port, self.memory_kb)
    }
}

fn memory_kb(pid: u32, children: &HashMap<u32, Vec<u32>>) -> u64 {
    let own = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("Pss:"))?;
        line.split_whitespace().nth(1)?.parse().ok()
    });
    let below: u64 = children.get(&pid).into_iter().flatten().map(|child| memory_kb(*child, children)).sum();
    own.unwrap_or(0) + below
}

fn children() -> Result<HashMap<u32, Vec<u32>>> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for entry in fs::read_dir("/proc")?.flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let parent = stat.rsplit_once(") ").and_then(|(_, fields)| fields.split(' ').nth(1)?.parse().ok());
        if let Some(parent) = parent {
            children.entry(parent).or_default().push(pid);
        }
    }
    Ok(children)
}
